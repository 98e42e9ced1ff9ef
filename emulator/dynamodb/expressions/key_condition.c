/* What part of a partition a key condition names. */
#include "errors.h"
#include "expression.h"
#include "expression_parser.h"
#include "index_key.h"
#include "key.h"

enum { CONDITIONS_MAX = INDEX_HASH_KEYS_MAX + INDEX_RANGE_KEYS_MAX };

/* One test of a key condition. */
struct part {
    const struct expr *expr;
    struct str name; /* of the attribute */
};

struct key_condition_reader {
    const struct key_schema *schema;
    const struct attribute_value *start; /* ExclusiveStartKey; NULL: none */
    struct part parts[CONDITIONS_MAX];
    size_t count;                            /* may be more than there is room for */
    const struct expr *keys[CONDITIONS_MAX]; /* parts as the schema's keys */
    struct aws_error *err;
};

static bool fail(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception, "%s", text);
}

static bool fail_operator(const struct expr *expr, struct aws_error *err)
{
    return aws_fail(err, &ddb_validation_exception,
                    "Invalid operator used in KeyConditionExpression: %s",
                    expr_operator_name(expr));
}

static bool is_allowed(const struct expr *expr)
{
    return (expr->type == EXPR_FUNCTION && expr->function == FUNCTION_BEGINS_WITH) ||
           expr->type == EXPR_EQ || (expr->type >= EXPR_LT && expr->type <= EXPR_BETWEEN);
}

/* The attribute among the operands, which may stand on either side of a comparison. */
static bool find_name(const struct expr *expr, struct str *ret, struct aws_error *err)
{
    bool first = expr->type == EXPR_BETWEEN || expr->type == EXPR_FUNCTION;

    *ret = (struct str){0};
    if (first && expr->operands[0]->type != EXPR_PATH)
        return aws_fail(err, &ddb_validation_exception,
                        "Invalid condition in KeyConditionExpression: %s operator must have the "
                        "key attribute as its first operand",
                        expr_operator_name(expr));
    for (size_t i = 0; i < expr->operand_count; i++) {
        const struct expr *operand = expr->operands[i];

        if (operand->type == EXPR_FUNCTION)
            return fail(err, "KeyConditionExpressions cannot contain nested operations");
        if (operand->type != EXPR_PATH)
            continue;
        if (ret->ptr != NULL)
            return fail(err, "Invalid condition in KeyConditionExpression: Multiple attribute "
                             "names used in one condition");
        if (operand->path.count > 1)
            return fail(err, "KeyConditionExpressions cannot have conditions on nested "
                             "attributes");
        *ret = operand->path.steps[0].name;
    }
    return ret->ptr != NULL || fail(err, "Invalid condition in KeyConditionExpression: No key "
                                         "attribute specified");
}

static bool add_part(struct key_condition_reader *reader, const struct expr *expr)
{
    struct part part = {.expr = expr};

    if (!find_name(expr, &part.name, reader->err))
        return false;
    for (size_t i = 0; i < reader->count && i < CONDITIONS_MAX; i++) {
        if (str_eq(reader->parts[i].name, part.name))
            return fail(reader->err,
                        "KeyConditionExpressions must only contain one condition per key");
    }
    if (reader->count < CONDITIONS_MAX)
        reader->parts[reader->count] = part;
    reader->count++;
    return true;
}

/* Joined by AND; `strict` for the operators of an expression, which legacy conditions may have and
 * are told of later. */
static bool read_parts(struct key_condition_reader *reader, const struct expr *expr, bool strict)
{
    if (expr->type == EXPR_AND)
        return read_parts(reader, expr->children[0], strict) &&
               read_parts(reader, expr->children[1], strict);
    if (strict && !is_allowed(expr))
        return fail_operator(expr, reader->err);
    return add_part(reader, expr);
}

bool key_condition_check(const struct expr *condition, size_t keys_max, struct aws_error *err)
{
    struct key_condition_reader reader = {.err = err};

    return read_parts(&reader, condition, true) &&
           (reader.count <= keys_max || fail(err, "Conditions can be of length 1 or 2 only"));
}

static bool check_type(const struct expr *expr, const struct key_attribute *key,
                       struct aws_error *err)
{
    for (size_t i = 0; i < expr->operand_count; i++) {
        const struct attribute_value *value = expr->operands[i]->value;

        if (value != NULL && key_type_of(value) != key->type)
            return fail(err, OMPV "Condition parameter type does not match schema type");
        if (value != NULL && value->type != VALUE_N && value->text.len == 0 &&
            expr->type != EXPR_FUNCTION)
            return aws_fail(err, &ddb_validation_exception,
                            "One or more parameter values are not valid. The AttributeValue for a "
                            "key attribute cannot contain an empty %s value. Key: %.*s",
                            value->type == VALUE_S ? "string" : "binary", STR_ARG(key->name));
    }
    return true;
}

/* `:v < k` is `k > :v`. */
static enum expr_type turned(const struct expr *expr)
{
    if (expr->operands[0]->type == EXPR_PATH)
        return expr->type;
    switch (expr->type) {
    case EXPR_LT:
        return EXPR_GT;
    case EXPR_LE:
        return EXPR_GE;
    case EXPR_GT:
        return EXPR_LT;
    case EXPR_GE:
        return EXPR_LE;
    case EXPR_PATH:
    case EXPR_VALUE:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_NOT:
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_BETWEEN:
    case EXPR_IN:
    case EXPR_FUNCTION:
    case EXPR_PLUS:
    case EXPR_MINUS:
        break;
    }
    return expr->type;
}

/* The first bytes behind a key: itself and one zero byte more, which the copy has already. */
static bool successor(struct str bytes, struct arena *arena, struct str *ret)
{
    if (!str_copy(arena, bytes, ret))
        return false;
    ret->len++;
    return true;
}

static const struct attribute_value *value_of(const struct expr *expr)
{
    assert(expr != NULL);
    return expr->operands[0]->value != NULL ? expr->operands[0]->value : expr->operands[1]->value;
}

/* In a table the sort bytes are the attribute's own. */
static bool table_range(const struct expr *expr, struct arena *arena, struct key_range *ret)
{
    enum expr_type type = turned(expr);
    struct str low, high;

    if (!key_bytes(value_of(expr), arena, &low))
        return false;
    if (type == EXPR_FUNCTION) {
        ret->sort_from = low;
        return key_prefix_end(low, arena, &ret->sort_to);
    }
    if (type == EXPR_BETWEEN) {
        ret->sort_from = low;
        return key_bytes(expr->operands[2]->value, arena, &high) &&
               successor(high, arena, &ret->sort_to);
    }
    if (type == EXPR_LT) {
        ret->sort_to = low;
        return true;
    }
    if (type == EXPR_GT)
        return successor(low, arena, &ret->sort_from);
    if (type == EXPR_EQ || type == EXPR_GE)
        ret->sort_from = low;
    return type == EXPR_GE || successor(low, arena, &ret->sort_to);
}

enum bound { BOUND_OPEN, BOUND_CLOSED, BOUND_PASSED };

/* The bytes behind `prefix` where rows with that value begin (closed) or end (passed). */
static bool index_bound(struct str prefix, const struct attribute_value *value, enum bound bound,
                        struct arena *arena, struct str *ret)
{
    struct buffer bytes;

    buffer_init(&bytes, arena);
    buffer_add(&bytes, prefix);
    if (value != NULL && bound == BOUND_OPEN)
        index_key_add_open(&bytes, value);
    else if (value != NULL)
        index_key_add(&bytes, value);
    if (bound == BOUND_PASSED)
        index_key_pass(&bytes);
    if (bytes.len > 0 || bytes.failed)
        return buffer_done(&bytes, ret);
    *ret = (struct str){0};
    return true;
}

/* In an index they are closed parts; `prefix` are those that are equal to something. */
static bool index_range(struct str prefix, const struct expr *expr, struct arena *arena,
                        struct key_range *ret)
{
    enum expr_type type = expr == NULL ? EXPR_GE : turned(expr);
    const struct attribute_value *low = expr == NULL ? NULL : value_of(expr);

    if (type == EXPR_FUNCTION)
        return index_bound(prefix, low, BOUND_OPEN, arena, &ret->sort_from) &&
               key_prefix_end(ret->sort_from, arena, &ret->sort_to);
    bool from_low = type == EXPR_EQ || type == EXPR_GE || type == EXPR_GT || type == EXPR_BETWEEN;
    bool to_low = type == EXPR_EQ || type == EXPR_LE || type == EXPR_LT;
    const struct attribute_value *high = type == EXPR_BETWEEN ? expr->operands[2]->value
                                         : to_low             ? low
                                                              : NULL;
    return index_bound(prefix, from_low ? low : NULL, type == EXPR_GT ? BOUND_PASSED : BOUND_CLOSED,
                       arena, &ret->sort_from) &&
           index_bound(prefix, high, type == EXPR_LT ? BOUND_CLOSED : BOUND_PASSED, arena,
                       &ret->sort_to);
}

static bool fail_missed(struct str name, struct aws_error *err)
{
    return aws_fail(err, &ddb_validation_exception,
                    "Query condition missed key schema element: %.*s", STR_ARG(name));
}

static const struct expr *find_part(const struct key_condition_reader *reader, struct str name)
{
    for (size_t i = 0; i < reader->count; i++) {
        if (str_eq(reader->parts[i].name, name))
            return reader->parts[i].expr;
    }
    return NULL;
}

/* Where RANGE attributes are several, a condition on one wants = on those before it. */
static bool check_gap(const struct key_condition_reader *reader)
{
    const struct key_attribute *ranges = reader->schema->keys + reader->schema->hash_count;
    struct str names[INDEX_RANGE_KEYS_MAX] = {{0}}; /* without = */
    size_t count = 0;

    for (size_t i = 0; i < reader->schema->range_count && reader->schema->range_count > 1; i++) {
        const struct expr *part = find_part(reader, ranges[i].name);

        if (part != NULL && count > 0)
            return aws_fail(reader->err, &ddb_validation_exception,
                            "RANGE key attributes %.*s%s%.*s%s%.*s must have equality conditions "
                            "specified in the query because a condition is present on key "
                            "attribute %.*s",
                            STR_ARG(names[0]), count > 1 ? ", " : "", STR_ARG(names[1]),
                            count > 2 ? ", " : "", STR_ARG(names[2]), STR_ARG(ranges[i].name));
        if (part == NULL || part->type != EXPR_EQ)
            names[count++] = ranges[i].name;
    }
    return true;
}

/* One attribute of the schema, as the service goes through them: the starting key's part, then the
 * condition's. `ret_more` false: it and those behind it are left open. */
static bool check_key(struct key_condition_reader *reader, size_t i, bool *ret_more)
{
    const struct key_schema *schema = reader->schema;
    const struct key_attribute *key = &schema->keys[i];
    const struct expr *part = find_part(reader, key->name);
    bool is_hash = i < schema->hash_count;

    *ret_more = part != NULL;
    if (reader->start != NULL && !key_check_start(reader->start, key, reader->err))
        return false;
    if (schema->hash_count + schema->range_count == 1 && reader->count > 1)
        return fail(reader->err, "Query key condition not supported");
    if (part == NULL)
        return (!is_hash && reader->count <= i) ||
               ((is_hash || check_gap(reader)) && fail_missed(key->name, reader->err));
    if (!is_allowed(part))
        return fail(reader->err, "Attempted conditional constraint is not an indexable operation");
    if (!check_type(part, key, reader->err))
        return false;
    if (is_hash && part->type != EXPR_EQ)
        return fail(reader->err, "Query key condition not supported");
    reader->keys[i] = part;
    return true;
}

/* Every HASH attribute by =; RANGE attributes from the left, only the last by something else. */
static bool check_keys(struct key_condition_reader *reader, size_t *ret_count)
{
    const struct key_schema *schema = reader->schema;
    size_t key_count = schema->hash_count + schema->range_count, count = 0;
    bool more = true;

    if (reader->count > (key_count < 2 ? 2 : key_count))
        return fail(reader->err, "Conditions can be of length 1 or 2 only");
    while (count < key_count) {
        if (!check_key(reader, count, &more))
            return false;
        if (!more)
            break;
        count++;
    }
    if (reader->count > count)
        return fail(reader->err, "Query key condition not supported");
    if (!check_gap(reader))
        return false;
    for (size_t i = count; reader->start != NULL && i < key_count; i++) {
        if (!key_check_start(reader->start, &schema->keys[i], reader->err))
            return false;
    }
    *ret_count = count;
    return true;
}

static bool fill_index(const struct key_condition_reader *reader, size_t count, struct arena *arena,
                       struct key_range *ret)
{
    const struct attribute_value *values[INDEX_HASH_KEYS_MAX];
    const struct key_schema *schema = reader->schema;
    struct buffer prefix;

    for (size_t i = 0; i < schema->hash_count; i++)
        values[i] = value_of(reader->keys[i]);
    buffer_init(&prefix, arena);
    for (size_t i = schema->hash_count; i + 1 < count; i++)
        index_key_add(&prefix, value_of(reader->keys[i]));
    return index_key_partition(schema, values, arena, &ret->partition) &&
           index_range(buffer_str(&prefix),
                       count > schema->hash_count ? reader->keys[count - 1] : NULL, arena, ret);
}

static bool fill_table(const struct key_condition_reader *reader, size_t count, struct arena *arena,
                       struct key_range *ret)
{
    return key_bytes(value_of(reader->keys[0]), arena, &ret->partition) &&
           (count < 2 || table_range(reader->keys[1], arena, ret));
}

bool key_condition_range(const struct expr *condition, const struct key_schema *schema,
                         const struct attribute_value *start, bool is_index, struct arena *arena,
                         struct key_range *ret, struct aws_error *err)
{
    struct key_condition_reader reader = {.schema = schema, .start = start, .err = err};
    size_t count = 0;

    *ret = (struct key_range){0};
    if (!read_parts(&reader, condition, false) || !check_keys(&reader, &count))
        return false;
    return (is_index ? fill_index : fill_table)(&reader, count, arena, ret) ||
           aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}
