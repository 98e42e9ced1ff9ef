#include "function_name.h"

#include "errors.h"
#include "limits.h"

#define NAME_PATTERN                                                                               \
    "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?"    \
    "(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?"
#define QUALIFIER_PATTERN "\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

bool function_name_is_plain(struct str text)
{
    assert(text.len == 0 || text.ptr != NULL);
    for (size_t i = 0; i < text.len; i++) {
        if (!is_word(text.ptr[i]))
            return false;
    }
    return text.len > 0;
}

static bool is_qualifier(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_word(text.ptr[i]) && text.ptr[i] != '$')
            return false;
    }
    return text.len > 0;
}

bool function_qualifier_check(struct str qualifier, struct aws_error *err)
{
    if (qualifier.len == 0 || is_qualifier(qualifier))
        return true;
    return aws_fail(err, &lambda_validation,
                    "1 validation error detected: Value '%.*s' at 'qualifier' failed to satisfy "
                    "constraint: Member must satisfy regular expression pattern: %s",
                    STR_ARG(qualifier), QUALIFIER_PATTERN);
}

static bool is_account_id(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    }
    return text.len == 12;
}

/* As "us-east-1": lower-case letters and dashes, then a digit. */
static bool is_region(struct str text)
{
    if (text.len < 6 || text.ptr[text.len - 2] != '-' || text.ptr[text.len - 1] < '0' ||
        text.ptr[text.len - 1] > '9')
        return false;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] != '-' && (text.ptr[i] < 'a' || text.ptr[i] > 'z'))
            return false;
    }
    return true;
}

/* Takes the part before the next ':' when `accept` likes it. */
static bool take_part(struct str *rest, bool (*accept)(struct str), struct str *ret)
{
    size_t colon = str_find_char(*rest, ':');
    struct str part = str_slice(*rest, 0, colon);

    if (colon == rest->len || !accept(part))
        return false;
    *ret = part;
    *rest = str_slice(*rest, colon + 1, rest->len);
    return true;
}

static bool is_function_word(struct str text)
{
    return str_eq(text, STR("function"));
}

static bool take_prefix(struct str *rest)
{
    struct str partition = {0}, service = {0}, after = *rest;

    if (!str_starts_with(after, STR("arn:")))
        return true;
    after = str_slice(after, 4, after.len);
    partition = str_split(&after, ':');
    service = str_split(&after, ':');
    if ((partition.len > 0 && !str_starts_with(partition, STR("aws"))) ||
        !str_eq(service, STR("lambda")))
        return false;
    *rest = after;
    return true;
}

static bool parse_parts(struct str text, struct function_name *name)
{
    struct str rest = text, ignored;

    if (!take_prefix(&rest))
        return false;
    (void)take_part(&rest, is_region, &name->region);
    (void)take_part(&rest, is_account_id, &name->account_id);
    /* "function" may be a function's own name, when nothing follows it. */
    (void)take_part(&rest, is_function_word, &ignored);
    name->name = str_split(&rest, ':');
    bool has_qualifier =
        name->name.ptr != NULL && name->name.ptr + name->name.len != text.ptr + text.len;
    name->qualifier = rest;
    return function_name_is_plain(name->name) && (!has_qualifier || is_qualifier(name->qualifier));
}

bool function_name_parse(struct str text, struct str qualifier, struct function_name *ret,
                         struct aws_error *err)
{
    struct function_name name = {0};

    if (text.len > LAMBDA_FUNCTION_ARN_BYTES)
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'functionName' failed to "
                        "satisfy constraint: Member must have length less than or equal to %d",
                        STR_ARG(text), LAMBDA_FUNCTION_ARN_BYTES);
    if (!parse_parts(text, &name))
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'functionName' failed to "
                        "satisfy constraint: Member must satisfy regular expression pattern: %s",
                        STR_ARG(text), NAME_PATTERN);
    if (!function_qualifier_check(qualifier, err))
        return false;
    if (name.qualifier.len > 0 && qualifier.len > 0 && !str_eq(name.qualifier, qualifier))
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "The derived qualifier from the function name does not match the "
                        "specified qualifier.");
    if (name.qualifier.len == 0)
        name.qualifier = qualifier;
    *ret = name;
    return true;
}
