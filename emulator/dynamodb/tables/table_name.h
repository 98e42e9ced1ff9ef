/* TableName of a request: a name or a table's ARN. */
#ifndef DYNAMODB_TABLE_NAME_H
#define DYNAMODB_TABLE_NAME_H

#include "operation.h"

/* The table operations' own rule, which comes before the constraints. */
MUST_CHECK bool table_name_check_early(const struct ddb_call *call, struct aws_error *err);

/* The name itself. Errors: ValidationException for an ARN of another region or kind. */
MUST_CHECK bool table_name_read(const struct ddb_call *call, struct str text, struct str *ret,
                                struct aws_error *err);

/* The table of that name or ARN, with a reference. Errors: as above, ResourceNotFoundException. */
MUST_CHECK bool table_name_lookup(const struct ddb_call *call, struct str text, struct table **ret,
                                  struct aws_error *err);
/* The table that an item operation names. */
MUST_CHECK bool table_name_find(const struct ddb_call *call, struct table **ret,
                                struct aws_error *err);

/* The same for a table operation, which has more to say when there is none. */
MUST_CHECK bool table_name_find_control(const struct ddb_call *call, struct table **ret,
                                        struct aws_error *err);

#endif
