#include "parameters.h"

#include "errors.h"
#include "legacy.h"

/* KeyConditions may stand beside other expressions than the one that replaced it. */
static bool counts(const struct json_value *request, const char *name)
{
    return request_member(request, str_from_c(name)) != NULL &&
           (strcmp(name, "KeyConditions") != 0 ||
            request_get(request, "KeyConditionExpression") != NULL);
}

static struct str list_present(const struct ddb_call *call, const char *const *names)
{
    struct buffer out;

    buffer_init(&out, call->arena);
    for (; *names != NULL; names++) {
        if (!counts(call->request, *names))
            continue;
        if (out.len > 0)
            buffer_add_literal(&out, ", ");
        buffer_add(&out, str_from_c(*names));
    }
    return buffer_str(&out);
}

/* Is there an expression that can name a value? */
static bool holds_values(const struct json_value *request, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(*names, "ProjectionExpression") != 0 &&
            request_member(request, str_from_c(*names)) != NULL)
            return true;
    }
    return false;
}

/* `UpdateExpression and ConditionExpression are null`, `ConditionExpression is null` */
static struct str list_missing(const struct ddb_call *call, const char *const *names)
{
    struct buffer out;
    size_t count = 0;

    buffer_init(&out, call->arena);
    for (; *names != NULL; names++) {
        if (strcmp(*names, "ProjectionExpression") == 0)
            continue; /* holds no values */
        if (count++ > 0)
            buffer_add_literal(&out, " and ");
        buffer_add(&out, str_from_c(*names));
    }
    buffer_add(&out, count == 1 ? STR(" is null") : STR(" are null"));
    return buffer_str(&out);
}

bool parameters_check_mixing(const struct ddb_call *call, const struct parameter_set *set,
                             struct aws_error *err)
{
    struct str legacy = list_present(call, set->legacy);
    struct str expressions = list_present(call, set->expressions);

    if (legacy.len > 0 && expressions.len > 0)
        return aws_fail(err, &ddb_validation_exception,
                        "Can not use both expression and non-expression parameters in the same "
                        "request: Non-expression parameters: {%.*s} Expression parameters: {%.*s}",
                        STR_ARG(legacy), STR_ARG(expressions));
    if (expressions.len == 0 && request_get(call->request, "ExpressionAttributeNames") != NULL)
        return aws_fail(err, &ddb_validation_exception,
                        "ExpressionAttributeNames can only be specified when using expressions");
    if (request_get(call->request, "ExpressionAttributeValues") != NULL &&
        !holds_values(call->request, set->expressions))
        return aws_fail(err, &ddb_validation_exception,
                        "ExpressionAttributeValues can only be specified when using expressions: "
                        "%.*s",
                        STR_ARG(list_missing(call, set->expressions)));
    return true;
}

bool parameters_condition(const struct ddb_call *call, enum expression_kind kind,
                          struct placeholders *placeholders, struct expr **ret,
                          struct aws_error *err)
{
    const struct json_value *text = request_member(call->request, expression_names[kind]);

    *ret = NULL;
    return text == NULL || condition_parse(kind, text->text, placeholders, call->arena, ret, err);
}

bool parameters_only_condition(const struct ddb_call *call, struct expr **ret,
                               struct aws_error *err)
{
    struct placeholders placeholders;
    struct expr *expected = NULL;

    if (!legacy_expected(call->request, call->arena, &expected, err) ||
        !placeholders_read(call->request, call->arena, &placeholders, err) ||
        !parameters_condition(call, EXPRESSION_CONDITION, &placeholders, ret, err) ||
        !placeholders_check_used(&placeholders, call->arena, err))
        return false;
    if (expected != NULL)
        *ret = expected;
    return true;
}

bool parameters_projection(const struct ddb_call *call, struct placeholders *placeholders,
                           struct projection **ret, struct aws_error *err)
{
    const struct json_value *text = request_get(call->request, "ProjectionExpression");
    const struct json_value *names = request_get(call->request, "AttributesToGet");

    *ret = NULL;
    if (names != NULL)
        return legacy_projection(names, call->arena, ret, err);
    return text == NULL || projection_parse(text->text, placeholders, call->arena, ret, err);
}
