/* The way of an invocation from its name to an environment. */
#ifndef LAMBDA_INVOKE_H
#define LAMBDA_INVOKE_H

#include "service_state.h"

/*
 * Runs a synchronous invocation: what lambda_invoke() does for one, also used for the attempts of
 * an asynchronous one.
 */
void invoke_now(struct lambda_service *service, struct invocation *invocation);
/* As AWS: name and qualifier checked, payload checked; the version may be gone later. */
MUST_CHECK bool invoke_check(struct lambda_service *service, struct invocation *invocation,
                             struct aws_error *err);

/* Accepts an asynchronous invocation, which has passed invoke_check(). */
MUST_CHECK bool async_accept(struct lambda_service *service, const struct invocation *invocation,
                             struct aws_error *err);
/* Forgets what waits for its next attempt; the service has stopped. */
void async_drop_all(struct lambda_service *service);

#endif
