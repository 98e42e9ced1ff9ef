/*
 * The FunctionName parameter: a name, `name:qualifier`, a partial ARN
 * (`123456789012:function:name`) or an ARN. Source: Lambda API Reference, Invoke, FunctionName.
 */
#ifndef LAMBDA_FUNCTION_NAME_H
#define LAMBDA_FUNCTION_NAME_H

#include "base/error.h"
#include "base/str.h"

/* Parts of the text; empty where it has none. */
struct function_name {
    struct str region;
    struct str account_id;
    struct str name;
    struct str qualifier;
};

/*
 * Errors: ValidationException for text that is no function name, InvalidParameterValueException
 * where a qualifier in the text differs from `qualifier` (empty: not given). `ret->qualifier` is
 * whichever was given.
 */
MUST_CHECK bool function_name_parse(struct str text, struct str qualifier,
                                    struct function_name *ret, struct aws_error *err);
/* Letters, digits, '-' and '_', at least one. */
bool function_name_is_plain(struct str text);
/* "$LATEST", or an alias's or version's name; ValidationException otherwise. */
MUST_CHECK bool function_qualifier_check(struct str qualifier, struct aws_error *err);

#endif
