/* The Lambda API: what the operations' files share. */
#ifndef LAMBDA_API_H
#define LAMBDA_API_H

#include "base/json.h"
#include "function_name.h"
#include "service_state.h"

/* One request to one operation; everything in the exchange's arena. */
struct api_call {
    struct lambda_service *service;
    struct http_exchange *exchange;
    struct arena *arena;
    struct str region;             /* the caller's */
    struct str function_text;      /* {f} of the path, decoded */
    struct str name;               /* the second parameter of the path, decoded */
    struct function_name target;   /* {f} and ?Qualifier= read */
    const struct json_value *body; /* NULL: none was sent */
    struct buffer out;
    struct json_writer writer;
    int status; /* of success */
};

/* Under the service's lock, but for operations that say otherwise. Writes the answer with
 * call->writer. */
typedef bool api_run(struct api_call *call, struct aws_error *err);

api_run api_list_functions, api_get_function, api_delete_function;
api_run api_get_configuration, api_update_configuration;
api_run api_create_function, api_update_code;
api_run api_publish_version, api_list_versions;
api_run api_create_alias, api_list_aliases, api_get_alias, api_update_alias, api_delete_alias;
api_run api_put_concurrency, api_get_concurrency, api_delete_concurrency;
api_run api_get_account_settings;

/* Not under the lock: answers the exchange itself. */
void api_invoke(struct api_call *call, bool old_form);

/* The function of the path; ResourceNotFoundException with the words that Lambda has for it. */
struct lambda_function *api_find_function(struct api_call *call, struct aws_error *err);
/* The version that path and qualifier name; the same. */
struct function_version *api_find_version(struct api_call *call, struct aws_error *err);
/* A member of the body; `*ret` stays NULL when it is absent or null. */
MUST_CHECK bool api_body_string(const struct api_call *call, struct str name,
                                const struct str **ret, struct aws_error *err);
MUST_CHECK bool api_body_int(const struct api_call *call, struct str name, int64_t *ret,
                             struct aws_error *err);
/* ?Marker= and ?MaxItems=: the number of rows to skip, and how many at most. */
MUST_CHECK bool api_page(const struct api_call *call, size_t *skip, size_t *max,
                         struct aws_error *err);
/* "NextMarker" of a page that is not the last. */
void api_write_marker(struct api_call *call, size_t next);
/* Sends an error; also from other threads. */
void api_send_error(struct api_call *call, const struct aws_error *err);

#endif
