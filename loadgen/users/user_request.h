/* The request of a user's step, where the send decides what it is: its variables, and what scripts
 * or newman's ways make of it. Private to virtual_user.c. */
#ifndef LOADGEN_USER_REQUEST_H
#define LOADGEN_USER_REQUEST_H

#include "loadgen/virtual_user.h"

/*
 * Makes the user's plan, bytes and target; plan and target are the lane's of the step until then.
 * The bytes lie in the user's arena, until its next request.
 *
 * Errors: what cannot be built, addressed or read (`unmade` is then the address, as far as it can
 *         be told); error_environment for too many hosts.
 */
MUST_CHECK bool user_request_prepare(struct virtual_user *user, struct aws_error *err);

#endif
