/* Does a condition hold for an item? Never an error: what does not fit is false. */
#include "expression.h"

const struct attribute_value *path_find(const struct path *path, const struct attribute_value *item)
{
    const struct attribute_value *value = item;

    for (size_t i = 0; i < path->count && value != NULL; i++) {
        const struct path_step *step = &path->steps[i];

        if (step->name.ptr != NULL)
            value = value->type == VALUE_M ? item_find(value, step->name) : NULL;
        else if (value->type == VALUE_L && (size_t)step->index < value->list.count)
            value = &value->list.elements[step->index];
        else
            value = NULL;
    }
    return value;
}

/* UTF-16 units: a character of four UTF-8 bytes is two. */
static size_t text_units(struct str text)
{
    size_t units = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];

        units += (byte & 0xc0) != 0x80;
        units += byte >= 0xf0;
    }
    return units;
}

static bool size_of(const struct attribute_value *value, size_t *ret)
{
    switch (value->type) {
    case VALUE_S:
        *ret = text_units(value->text);
        return true;
    case VALUE_B:
        *ret = value->text.len;
        return true;
    case VALUE_L:
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        *ret = value->list.count;
        return true;
    case VALUE_M:
        *ret = value->map.count;
        return true;
    case VALUE_N:
    case VALUE_BOOL:
    case VALUE_NULL:
    case VALUE_TYPE_COUNT:
        break;
    }
    return false;
}

static struct number number_of(size_t value)
{
    struct number number = {.coefficient = value};

    for (; number.coefficient > 0 && number.coefficient % 10 == 0; number.coefficient /= 10)
        number.exponent++;
    return number;
}

/* NULL where there is no value; `room` holds the result of size(). */
static const struct attribute_value *
operand(const struct expr *expr, const struct attribute_value *item, struct attribute_value *room)
{
    size_t size = 0;

    if (expr->type == EXPR_VALUE)
        return expr->value;
    if (expr->type == EXPR_PATH)
        return path_find(&expr->path, item);
    struct attribute_value inner;
    const struct attribute_value *value = operand(expr->operands[0], item, &inner);
    if (value == NULL || !size_of(value, &size))
        return NULL;
    *room = (struct attribute_value){.type = VALUE_N, .number = number_of(size)};
    return room;
}

static bool is_ordered(const struct attribute_value *a, const struct attribute_value *b)
{
    return a->type == b->type && (a->type == VALUE_S || a->type == VALUE_N || a->type == VALUE_B);
}

static bool compare(enum expr_type type, const struct attribute_value *a,
                    const struct attribute_value *b)
{
    if (type == EXPR_NE)
        return a == NULL || b == NULL || !value_equal(a, b);
    if (a == NULL || b == NULL)
        return false;
    if (type == EXPR_EQ)
        return value_equal(a, b);
    if (!is_ordered(a, b))
        return false;
    int order = value_compare(a, b);
    return type == EXPR_LT   ? order < 0
           : type == EXPR_LE ? order <= 0
           : type == EXPR_GT ? order > 0
                             : order >= 0;
}

static bool contains(const struct attribute_value *whole, const struct attribute_value *part)
{
    if (whole->type == part->type && (whole->type == VALUE_S || whole->type == VALUE_B))
        return part->text.len == 0 || str_find(whole->text, part->text) < whole->text.len;
    if (whole->type != VALUE_L && whole->type != VALUE_SS && whole->type != VALUE_NS &&
        whole->type != VALUE_BS)
        return false;
    for (size_t i = 0; i < whole->list.count; i++) {
        if (value_equal(&whole->list.elements[i], part))
            return true;
    }
    return false;
}

static bool function_holds(const struct expr *expr, const struct attribute_value *item)
{
    struct attribute_value rooms[2];
    const struct attribute_value *first = operand(expr->operands[0], item, &rooms[0]);
    const struct attribute_value *second =
        expr->operand_count > 1 ? operand(expr->operands[1], item, &rooms[1]) : NULL;

    switch (expr->function) {
    case FUNCTION_ATTRIBUTE_EXISTS:
        return first != NULL;
    case FUNCTION_ATTRIBUTE_NOT_EXISTS:
        return first == NULL;
    case FUNCTION_ATTRIBUTE_TYPE:
        return first != NULL && second != NULL && second->type == VALUE_S &&
               str_eq(second->text, str_from_c(value_type_names[first->type]));
    case FUNCTION_BEGINS_WITH:
        return first != NULL && second != NULL && first->type == second->type &&
               (first->type == VALUE_S || first->type == VALUE_B) &&
               str_starts_with(first->text, second->text);
    case FUNCTION_CONTAINS:
        return first != NULL && second != NULL && contains(first, second);
    case FUNCTION_NOT_CONTAINS:
        return first != NULL && second != NULL && !contains(first, second);
    case FUNCTION_SIZE:
    case FUNCTION_IF_NOT_EXISTS:
    case FUNCTION_LIST_APPEND:
    case FUNCTION_COUNT:
        break;
    }
    return false;
}

static bool operands_hold(const struct expr *expr, const struct attribute_value *item)
{
    struct attribute_value rooms[3];
    const struct attribute_value *first = operand(expr->operands[0], item, &rooms[0]);

    if (expr->type == EXPR_BETWEEN)
        return compare(EXPR_GE, first, operand(expr->operands[1], item, &rooms[1])) &&
               compare(EXPR_LE, first, operand(expr->operands[2], item, &rooms[2]));
    if (expr->type != EXPR_IN)
        return compare(expr->type, first, operand(expr->operands[1], item, &rooms[1]));
    for (size_t i = 1; i < expr->operand_count; i++) {
        if (compare(EXPR_EQ, first, operand(expr->operands[i], item, &rooms[1])))
            return true;
    }
    return false;
}

bool condition_holds(const struct expr *condition, const struct attribute_value *item)
{
    if (condition == NULL)
        return true;
    switch (condition->type) {
    case EXPR_AND:
        return condition_holds(condition->children[0], item) &&
               condition_holds(condition->children[1], item);
    case EXPR_OR:
        return condition_holds(condition->children[0], item) ||
               condition_holds(condition->children[1], item);
    case EXPR_NOT:
        return !condition_holds(condition->children[0], item);
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE:
    case EXPR_BETWEEN:
    case EXPR_IN:
        return operands_hold(condition, item);
    case EXPR_FUNCTION:
        return function_holds(condition, item);
    case EXPR_PATH:
    case EXPR_VALUE:
    case EXPR_PLUS:
    case EXPR_MINUS:
        break;
    }
    assert(!"no condition");
    return false;
}
