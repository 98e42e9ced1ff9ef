/*
 * WHERE as a condition. What the item operations' expressions know has the same tree; IS and the
 * comparison of a test with TRUE or FALSE are put into their words.
 */
#include "partiql_builder.h"

#include "errors.h"

static const struct attribute_value true_value = {.type = VALUE_BOOL, .boolean = true};
static const struct attribute_value false_value = {.type = VALUE_BOOL};

bool partiql_check_operators(struct partiql_builder *builder, const struct partiql_node *node)
{
    return node->operators <= EXPRESSION_OPERATORS_MAX ||
           parser_fail(&builder->parser,
                       "The expression contains too many operators; operator count: %d",
                       EXPRESSION_OPERATORS_MAX + 1);
}

static bool fail_operator(struct partiql_builder *builder, const char *name)
{
    return parser_fail(&builder->parser,
                       "Unsupported operator in Condition Expression. Operator: %s", name);
}

/* Of the functions of expressions; FUNCTION_COUNT where there is none. */
static enum expr_function find_function(struct str name)
{
    for (int i = 0; i < FUNCTION_NOT_CONTAINS; i++) {
        if (str_eq(name, str_from_c(function_names[i])))
            return (enum expr_function)i;
    }
    return FUNCTION_COUNT;
}

static bool is_test_function(enum expr_function function)
{
    return function <= FUNCTION_CONTAINS;
}

/* Whether a node says yes or no. */
static bool is_test(const struct partiql_node *node)
{
    switch (node->type) {
    case PARTIQL_NODE_BETWEEN:
    case PARTIQL_NODE_IS:
        return true;
    case PARTIQL_NODE_BINARY:
    case PARTIQL_NODE_UNARY:
        return node->op <= PARTIQL_LIKE;
    case PARTIQL_NODE_CALL:
        return is_test_function(find_function(node->name));
    case PARTIQL_NODE_NAME:
    case PARTIQL_NODE_STRING:
    case PARTIQL_NODE_NUMBER:
    case PARTIQL_NODE_BOOLEAN:
    case PARTIQL_NODE_NULL:
    case PARTIQL_NODE_MISSING:
    case PARTIQL_NODE_PARAMETER:
    case PARTIQL_NODE_PATH:
    case PARTIQL_NODE_INDEX:
    case PARTIQL_NODE_UNPIVOT:
    case PARTIQL_NODE_WILDCARD:
    case PARTIQL_NODE_LIST:
    case PARTIQL_NODE_BAG:
    case PARTIQL_NODE_STRUCT:
    case PARTIQL_NODE_ALL:
    case PARTIQL_NODE_STATEMENT:
        break;
    }
    return false;
}

static bool value_operand(struct partiql_builder *builder, const struct attribute_value *value,
                          struct expr **ret)
{
    *ret = parser_node(&builder->parser, EXPR_VALUE);
    if (*ret == NULL)
        return false;
    (*ret)->value = value;
    return true;
}

static bool literal_operand(struct partiql_builder *builder, const struct partiql_node *node,
                            struct expr **ret)
{
    struct attribute_value *value = arena_alloc(builder->parser.arena, sizeof(*value));

    if (value == NULL)
        return parser_fail_memory(&builder->parser);
    return partiql_value(builder, node, value) && value_operand(builder, value, ret);
}

static bool path_operand(struct partiql_builder *builder, const struct partiql_node *node,
                         struct expr **ret)
{
    *ret = parser_node(&builder->parser, EXPR_PATH);
    return *ret != NULL && partiql_path(builder, node, &(*ret)->path);
}

/* The arguments come before the name: EXISTS(SELECT ...) fails for its SELECT. */
static bool call_operand(struct partiql_builder *builder, const struct partiql_node *node,
                         struct expr **ret)
{
    struct expr *expr = parser_node(&builder->parser, EXPR_FUNCTION), *argument = NULL;

    if (expr == NULL)
        return false;
    for (const struct partiql_node *child = node->first; child != NULL; child = child->next) {
        if (!partiql_operand(builder, child, &argument) ||
            !parser_add_operand(&builder->parser, expr, argument))
            return false;
    }
    expr->function = find_function(node->name);
    *ret = expr;
    return expr->function != FUNCTION_COUNT ||
           partiql_fail_at(builder, &node->token, "Unrecognized function: %.*s",
                           STR_ARG(node->name));
}

bool partiql_operand(struct partiql_builder *builder, const struct partiql_node *node,
                     struct expr **ret)
{
    switch (node->type) {
    case PARTIQL_NODE_NAME:
    case PARTIQL_NODE_PATH:
        return path_operand(builder, node, ret);
    case PARTIQL_NODE_STRING:
    case PARTIQL_NODE_NUMBER:
    case PARTIQL_NODE_BOOLEAN:
    case PARTIQL_NODE_NULL:
    case PARTIQL_NODE_LIST:
    case PARTIQL_NODE_BAG:
    case PARTIQL_NODE_STRUCT:
        return literal_operand(builder, node, ret);
    case PARTIQL_NODE_PARAMETER:
        return value_operand(builder, &builder->parameters->values[node->parameter], ret);
    case PARTIQL_NODE_CALL:
        return call_operand(builder, node, ret);
    case PARTIQL_NODE_MISSING:
        return parser_fail(&builder->parser, "MISSING must be compared using IS operator");
    case PARTIQL_NODE_UNARY:
    case PARTIQL_NODE_BINARY:
        return fail_operator(builder, partiql_operator_names[node->op]);
    case PARTIQL_NODE_BETWEEN:
        return fail_operator(builder, "between");
    case PARTIQL_NODE_IS:
        return fail_operator(builder, "is");
    case PARTIQL_NODE_INDEX:
    case PARTIQL_NODE_UNPIVOT:
    case PARTIQL_NODE_WILDCARD:
    case PARTIQL_NODE_ALL:
    case PARTIQL_NODE_STATEMENT:
        break;
    }
    return partiql_fail_at(builder, &node->token, "Unsupported token in expression: %.*s",
                           STR_ARG(node->token.text));
}

static bool negate(struct partiql_builder *builder, bool negated, struct expr **expr_and_ret)
{
    if (!negated)
        return true;
    struct expr *expr = parser_node(&builder->parser, EXPR_NOT);
    if (expr == NULL)
        return false;
    expr->children[0] = *expr_and_ret;
    *expr_and_ret = expr;
    return true;
}

/* Two operands under an operator. */
static bool pair(struct partiql_builder *builder, enum expr_type type, struct expr *left,
                 struct expr *right, struct expr **ret)
{
    *ret = parser_node(&builder->parser, type);
    return *ret != NULL && parser_add_operand(&builder->parser, *ret, left) &&
           parser_add_operand(&builder->parser, *ret, right);
}

/* What holds always, or never. */
static bool constant(struct partiql_builder *builder, bool holds, struct expr **ret)
{
    struct expr *left = NULL, *right = NULL;

    return value_operand(builder, &true_value, &left) &&
           value_operand(builder, holds ? &true_value : &false_value, &right) &&
           pair(builder, EXPR_EQ, left, right, ret);
}

static bool test(struct partiql_builder *builder, const struct partiql_node *node,
                 const char *otherwise, struct expr **ret);

static const char no_test[] = "WHERE clause must contain an expression that resolves to a boolean";

static bool logical(struct partiql_builder *builder, const struct partiql_node *node,
                    struct expr **ret)
{
    static const char otherwise[] = "The arguments to AND/OR must be Expressions";

    *ret = parser_node(&builder->parser, node->op == PARTIQL_AND ? EXPR_AND : EXPR_OR);
    return *ret != NULL && test(builder, node->first, otherwise, &(*ret)->children[0]) &&
           test(builder, node->last, otherwise, &(*ret)->children[1]);
}

/* (a = 1) = TRUE, contains(s, 'x') <> FALSE: the test, or its opposite. Any other literal is
 * neither. */
static bool compare_test(struct partiql_builder *builder, const struct partiql_node *node,
                         struct expr **ret)
{
    const struct partiql_node *tested = is_test(node->first) ? node->first : node->last;
    const struct partiql_node *other = tested == node->first ? node->last : node->first;
    struct expr *value = NULL;

    if (is_test(other) || other->type == PARTIQL_NODE_NAME || other->type == PARTIQL_NODE_PATH ||
        other->type == PARTIQL_NODE_CALL)
        return fail_operator(builder, partiql_operator_names[node->op]);
    if (!test(builder, tested, no_test, ret) || !partiql_operand(builder, other, &value))
        return false;
    if (value->value->type != VALUE_BOOL)
        return constant(builder, node->op == PARTIQL_NE, ret);
    return negate(builder, value->value->boolean == (node->op == PARTIQL_NE), ret);
}

static bool comparison(struct partiql_builder *builder, const struct partiql_node *node,
                       struct expr **ret)
{
    static const enum expr_type types[PARTIQL_OPERATOR_COUNT] = {
        [PARTIQL_EQ] = EXPR_EQ, [PARTIQL_NE] = EXPR_NE, [PARTIQL_LT] = EXPR_LT,
        [PARTIQL_LE] = EXPR_LE, [PARTIQL_GT] = EXPR_GT, [PARTIQL_GE] = EXPR_GE,
    };
    struct expr *left = NULL, *right = NULL;

    if ((node->op == PARTIQL_EQ || node->op == PARTIQL_NE) &&
        (is_test(node->first) || is_test(node->last)))
        return compare_test(builder, node, ret);
    if (is_test(node->first) || is_test(node->last))
        return parser_fail(&builder->parser,
                           "Incorrect operand type for operator or function; operator or "
                           "function: %s, operand type: BOOL",
                           partiql_operator_names[node->op]);
    return partiql_operand(builder, node->first, &left) &&
           partiql_operand(builder, node->last, &right) &&
           pair(builder, types[node->op], left, right, ret);
}

static bool membership(struct partiql_builder *builder, const struct partiql_node *node,
                       struct expr **ret)
{
    const struct partiql_node *members = node->last;
    struct expr *operand = NULL;

    if ((members->type != PARTIQL_NODE_LIST && members->type != PARTIQL_NODE_BAG) ||
        members->count == 0)
        return parser_fail(&builder->parser,
                           "IN operator must have a left hand argument of type Variable Reference "
                           "and right hand argument of type Seq with at least one member");
    *ret = parser_node(&builder->parser, EXPR_IN);
    if (*ret == NULL || !partiql_operand(builder, node->first, &operand) ||
        !parser_add_operand(&builder->parser, *ret, operand))
        return false;
    for (const struct partiql_node *child = members->first; child != NULL; child = child->next) {
        if (!partiql_operand(builder, child, &operand) ||
            !parser_add_operand(&builder->parser, *ret, operand))
            return false;
    }
    return true;
}

static bool between(struct partiql_builder *builder, const struct partiql_node *node,
                    struct expr **ret)
{
    struct expr *operand = NULL;

    *ret = parser_node(&builder->parser, EXPR_BETWEEN);
    if (*ret == NULL)
        return false;
    for (const struct partiql_node *child = node->first; child != NULL; child = child->next) {
        if (!partiql_operand(builder, child, &operand) ||
            !parser_add_operand(&builder->parser, *ret, operand))
            return false;
    }
    return true;
}

/* The types that IS takes, and what attribute_type() calls them; MISSING is none. */
static const struct {
    struct str name;
    struct attribute_value type;
} is_types[] = {
    {STR_INIT("MISSING"), {.type = VALUE_TYPE_COUNT}},
    {STR_INIT("NULL"), {.type = VALUE_S, .text = STR_INIT("NULL")}},
    {STR_INIT("BOOLEAN"), {.type = VALUE_S, .text = STR_INIT("BOOL")}},
    {STR_INIT("BLOB"), {.type = VALUE_S, .text = STR_INIT("B")}},
    {STR_INIT("STRING"), {.type = VALUE_S, .text = STR_INIT("S")}},
    {STR_INIT("NUMERIC"), {.type = VALUE_S, .text = STR_INIT("N")}},
    {STR_INIT("STRUCT"), {.type = VALUE_S, .text = STR_INIT("M")}},
    {STR_INIT("TUPLE"), {.type = VALUE_S, .text = STR_INIT("M")}},
    {STR_INIT("LIST"), {.type = VALUE_S, .text = STR_INIT("L")}},
};

static bool find_type(struct partiql_builder *builder, const struct partiql_node *node,
                      const struct attribute_value **ret)
{
    for (size_t i = 0; i < ARRAY_LEN(is_types); i++) {
        if (!str_eq(is_types[i].name, node->name))
            continue;
        *ret = is_types[i].type.type == VALUE_TYPE_COUNT ? NULL : &is_types[i].type;
        return true;
    }
    return partiql_fail_at(builder, &node->token,
                           "Unsupported data type for IS operator: %.*s. Supported data types are "
                           "[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]",
                           STR_ARG(node->name));
}

/* Of a path a function, of a literal known at once. */
static bool type_test(struct partiql_builder *builder, const struct partiql_node *node,
                      struct expr **ret)
{
    const struct partiql_node *tested = node->first;
    const struct attribute_value *type = NULL;
    struct expr *operand = NULL, *expected = NULL;
    bool path = tested->type == PARTIQL_NODE_NAME || tested->type == PARTIQL_NODE_PATH;

    if (!path && (tested->type < PARTIQL_NODE_STRING || tested->type > PARTIQL_NODE_NULL))
        return parser_fail(&builder->parser, "The left hand side argument to IS must be a Variable "
                                             "Reference, Literal, or Path");
    if (!find_type(builder, node, &type) || !partiql_operand(builder, tested, &operand))
        return false;
    assert(operand != NULL);
    if (!path)
        return constant(builder,
                        type != NULL &&
                            str_eq(type->text, str_from_c(value_type_names[operand->value->type])),
                        ret);
    *ret = parser_node(&builder->parser, EXPR_FUNCTION);
    if (*ret == NULL || !parser_add_operand(&builder->parser, *ret, operand))
        return false;
    (*ret)->function = type == NULL ? FUNCTION_ATTRIBUTE_NOT_EXISTS : FUNCTION_ATTRIBUTE_TYPE;
    return type == NULL || (value_operand(builder, type, &expected) &&
                            parser_add_operand(&builder->parser, *ret, expected));
}

static bool binary_test(struct partiql_builder *builder, const struct partiql_node *node,
                        struct expr **ret)
{
    if (node->op == PARTIQL_AND || node->op == PARTIQL_OR)
        return logical(builder, node, ret);
    if (node->op == PARTIQL_IN)
        return membership(builder, node, ret) && negate(builder, node->negated, ret);
    if (node->op == PARTIQL_LIKE)
        return fail_operator(builder, partiql_operator_names[node->op]);
    return comparison(builder, node, ret);
}

/* `otherwise`: the text where the node is no test. */
static bool test(struct partiql_builder *builder, const struct partiql_node *node,
                 const char *otherwise, struct expr **ret)
{
    if (node->type == PARTIQL_NODE_BINARY && node->op > PARTIQL_LIKE)
        return fail_operator(builder, partiql_operator_names[node->op]);
    bool unknown = node->type == PARTIQL_NODE_CALL && find_function(node->name) == FUNCTION_COUNT;
    if (!is_test(node) && !unknown)
        return parser_fail(&builder->parser, "%s", otherwise);
    if (node->type == PARTIQL_NODE_BETWEEN)
        return between(builder, node, ret) && negate(builder, node->negated, ret);
    if (node->type == PARTIQL_NODE_IS)
        return type_test(builder, node, ret) && negate(builder, node->negated, ret);
    if (node->type == PARTIQL_NODE_UNARY)
        return test(builder, node->first, "The argument to NOT must be a Type or Expression",
                    ret) &&
               negate(builder, true, ret);
    if (node->type == PARTIQL_NODE_BINARY)
        return binary_test(builder, node, ret);
    return call_operand(builder, node, ret);
}

bool partiql_condition(struct partiql_builder *builder, const struct partiql_node *node,
                       struct expr **ret)
{
    return partiql_check_operators(builder, node) && test(builder, node, no_test, ret) &&
           parser_check_statement(&builder->parser, *ret);
}
