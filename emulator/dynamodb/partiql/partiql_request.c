#include "partiql_request.h"

#include "errors.h"
#include "shape.h"

/* The exponent's digits without leading zeros; empty where there is no exponent. */
static struct str exponent_of(struct str number, bool *ret_negative)
{
    size_t at = str_find_char(number, 'e');

    if (at == number.len)
        at = str_find_char(number, 'E');
    struct str text = str_slice(number, at + 1, number.len);
    *ret_negative = text.len > 0 && text.ptr[0] == '-';
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        text = str_slice(text, 1, text.len);
    while (text.len > 1 && text.ptr[0] == '0')
        text = str_slice(text, 1, text.len);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return (struct str){0}; /* no number at all */
    }
    return text;
}

/*
 * A statement's numbers are Java's BigDecimals: an exponent past 32 bits cannot be converted, and
 * at the upper end of them the check for the magnitude turns round.
 */
static bool check_number(struct str number, struct aws_error *err)
{
    bool negative = false;
    struct str text = exponent_of(number, &negative);
    int64_t exponent = 0;

    if (text.len == 0)
        return true;
    if (!str_to_int64(text, 0, INT32_MAX, &exponent))
        return aws_fail(err, &ddb_validation_exception,
                        "The parameter cannot be converted to a numeric value: %.*s",
                        STR_ARG(number));
    if (!negative && exponent == INT32_MAX)
        return aws_fail(err, &ddb_validation_exception,
                        "Number underflow. Attempting to store a number with magnitude smaller "
                        "than supported range");
    return true;
}

/* Every N and NS in a value; its depth is bounded where the JSON was read. */
static bool check_numbers(const struct json_value *value, struct aws_error *err)
{
    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        bool number = child->type == JSON_STRING &&
                      (str_eq(child->name, STR("N")) || str_eq(value->name, STR("NS")));

        if (!(number ? check_number(child->text, err) : check_numbers(child, err)))
            return false;
    }
    return true;
}

static bool read_parameters(const struct json_value *list, struct arena *arena,
                            struct partiql_parameters *ret, struct aws_error *err)
{
    struct attribute_value *values = NULL;

    *ret = (struct partiql_parameters){0};
    if (list == NULL)
        return true;
    values = arena_alloc_array(arena, list->count, sizeof(*values));
    if (values == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (const struct json_value *child = list->child; child != NULL; child = child->next) {
        if (!check_numbers(child, err) || !value_read(child, arena, &values[ret->count++], err))
            return false;
    }
    ret->values = values;
    return true;
}

bool partiql_request_read(const struct json_value *request, struct arena *arena,
                          struct partiql_statement *ret, bool *ret_of_values, struct aws_error *err)
{
    struct partiql_parameters parameters;
    bool ok = read_parameters(request_get(request, "Parameters"), arena, &parameters, err);

    if (ret_of_values != NULL)
        *ret_of_values = !ok;
    return ok &&
           partiql_parse(request_string(request, STR("Statement")), &parameters, arena, ret, err);
}
