/*
 * CloudFormation's intrinsic functions: a value of the template becomes the value that they stand
 * for. Source: CloudFormation User Guide, "Intrinsic function reference" and "Pseudo parameters
 * reference".
 */
#ifndef TEMPLATE_INTRINSICS_H
#define TEMPLATE_INTRINSICS_H

#include "base/error.h"
#include "base/json.h"

struct scope;

/* What a resource's Ref and Fn::GetAtt stand for; false when the type has no such attribute. */
struct resource_values {
    bool (*ref)(struct scope *scope, const struct json_value *resource, struct str *ret);
    bool (*get_att)(struct scope *scope, const struct json_value *resource, struct str attribute,
                    struct str *ret);
};

struct scope {
    const struct json_value *root; /* the template */
    struct str region;
    struct str account_id;
    struct str stack_name;
    struct arena *arena;
    struct resource_values resources;
    struct aws_error *err;
    int depth;
};

/*
 * The value without intrinsic functions; NULL in *ret where Ref AWS::NoValue removes it. In the
 * scope's arena; values without functions are shared with the template. Errors: error_usage, with
 * the function and what is wrong.
 */
MUST_CHECK bool evaluate(struct scope *scope, const struct json_value *value,
                         const struct json_value **ret);
/* The same for a value that must be a text or number; absent is the empty text. */
MUST_CHECK bool evaluate_text(struct scope *scope, const struct json_value *value, struct str *ret);
/* Is the condition of that name true? */
MUST_CHECK bool evaluate_condition(struct scope *scope, struct str name, bool *ret);

#endif
