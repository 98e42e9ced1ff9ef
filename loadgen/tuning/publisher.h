/*
 * Versions and aliases of a function, one for each memory size. Source: the published tool, version
 * 4.4.0 (Publisher, Cleaner), and what its Lambda calls look like.
 */
#ifndef TUNING_PUBLISHER_H
#define TUNING_PUBLISHER_H

#include "lambda_api.h"

struct power_configuration {
    int64_t memory_mb;
    const struct str *description; /* NULL leaves it as it is */
    struct str alias;              /* empty: none, as when the original size comes back */
};

/*
 * Sets the memory size, waits for the update, publishes a version and points the alias at it. A
 * version that got no alias is deleted again.
 */
MUST_CHECK bool publish_configuration(const struct lambda_api *api, struct str function,
                                      const struct power_configuration *configuration,
                                      struct aws_error *err);

/* Waits until an update of the function is done (LastUpdateStatus), for at most 5 minutes. */
MUST_CHECK bool wait_until_updated(const struct lambda_api *api, struct str function,
                                   struct aws_error *err);
/* Waits until the alias's version is no longer Pending. */
MUST_CHECK bool wait_until_active(const struct lambda_api *api, struct str function,
                                  struct str alias, struct aws_error *err);

/* Deletes the alias and its version; what is not there is done already. */
MUST_CHECK bool delete_configuration(const struct lambda_api *api, struct str function,
                                     struct str alias, struct aws_error *err);

#endif
