/* ResourceArn of a request: the table that it names. Texts as the service answers. */
#ifndef DYNAMODB_RESOURCE_ARN_H
#define DYNAMODB_RESOURCE_ARN_H

#include "operation.h"

/* A request without ResourceArn: comes before the constraints. */
MUST_CHECK bool resource_arn_check_early(const struct ddb_call *call, struct aws_error *err);

/* The name of the table, for the action of that name. Errors: ValidationException,
 * AccessDeniedException for another account, ResourceNotFoundException for a stream, which has
 * nothing here that the action is about. */
MUST_CHECK bool resource_arn_table(const struct ddb_call *call, const char *action, struct str *ret,
                                   struct aws_error *err);

/* catalogue_update() of that table; none is told as a resource that is not there. */
MUST_CHECK bool resource_arn_update(struct ddb_call *call, struct str name, struct table_edit *edit,
                                    struct aws_error *err);

/* There is no such table. Answers false. */
bool resource_arn_fail_not_found(const struct ddb_call *call, struct aws_error *err);

#endif
