/* SET and REMOVE as an update; set_add() and set_delete() are its ADD and DELETE. */
#include "partiql_builder.h"

#include "errors.h"

static bool fail_operator(struct partiql_builder *builder, const char *name)
{
    return parser_fail(&builder->parser, "Unsupported operator in Update Expression. Operator: %s",
                       name);
}

static bool value_of(struct partiql_builder *builder, const struct partiql_node *node,
                     struct expr **ret);

static bool sum(struct partiql_builder *builder, const struct partiql_node *node, struct expr **ret)
{
    struct expr *left = NULL, *right = NULL;

    *ret = parser_node(&builder->parser, node->op == PARTIQL_PLUS ? EXPR_PLUS : EXPR_MINUS);
    return *ret != NULL && value_of(builder, node->first, &left) &&
           value_of(builder, node->last, &right) &&
           parser_add_operand(&builder->parser, *ret, left) &&
           parser_add_operand(&builder->parser, *ret, right);
}

static bool value_of(struct partiql_builder *builder, const struct partiql_node *node,
                     struct expr **ret)
{
    if (node->type == PARTIQL_NODE_BINARY)
        return node->op == PARTIQL_PLUS || node->op == PARTIQL_MINUS
                   ? sum(builder, node, ret)
                   : fail_operator(builder, partiql_operator_names[node->op]);
    if (node->type == PARTIQL_NODE_UNARY && node->op == PARTIQL_NOT)
        return fail_operator(builder, "not");
    if (node->type == PARTIQL_NODE_UNARY)
        return parser_fail(&builder->parser,
                           "Incorrect number of operands for operator or function; operator or "
                           "function: %s, number of operands: 1",
                           partiql_operator_names[node->op]);
    if (node->type == PARTIQL_NODE_BETWEEN)
        return fail_operator(builder, "between");
    if (node->type == PARTIQL_NODE_IS)
        return parser_fail(&builder->parser, "IS operator is not supported in update expressions");
    return partiql_operand(builder, node, ret);
}

static bool is_set(const struct attribute_value *value)
{
    return value->type == VALUE_SS || value->type == VALUE_NS || value->type == VALUE_BS;
}

/* a = set_add(a, <<...>>) */
static bool set_function(struct partiql_builder *builder, const struct partiql_node *call,
                         struct update_clause *clause)
{
    const char *name = clause->action == UPDATE_ADD ? "SET_ADD" : "SET_DELETE";
    struct expr *operand = NULL;
    struct path first;

    if (call->count != 2)
        return partiql_fail_at(builder, &call->token, "%s must have exactly two arguments", name);
    bool path = call->first->type == PARTIQL_NODE_NAME || call->first->type == PARTIQL_NODE_PATH;
    if (path && !partiql_path(builder, call->first, &first))
        return false;
    if (!path || !path_equal(&first, &clause->path))
        return partiql_fail_at(builder, &call->token,
                               "The first argument to %s must equal the assignment value", name);
    if (call->last->type == PARTIQL_NODE_BAG || call->last->type == PARTIQL_NODE_PARAMETER) {
        if (!partiql_operand(builder, call->last, &operand))
            return false;
        clause->operand = operand->value;
    }
    /* The service points at the first argument. */
    return (clause->operand != NULL && is_set(clause->operand)) ||
           partiql_fail_at(builder, &call->first->token,
                           "The second argument to %s must be a value with type SET", name);
}

static bool clause_of(struct partiql_builder *builder, const struct partiql_assignment *assignment,
                      struct update_clause *ret)
{
    const struct partiql_node *value = assignment->value;

    ret->action = value == NULL ? UPDATE_REMOVE : UPDATE_SET;
    if (!partiql_path(builder, assignment->path, &ret->path))
        return false;
    if (value == NULL)
        return true;
    if (!partiql_check_operators(builder, value))
        return false;
    if (value->type == PARTIQL_NODE_CALL && str_eq(value->name, STR("set_add")))
        ret->action = UPDATE_ADD;
    else if (value->type == PARTIQL_NODE_CALL && str_eq(value->name, STR("set_delete")))
        ret->action = UPDATE_DELETE;
    return ret->action == UPDATE_SET ? value_of(builder, value, &ret->value)
                                     : set_function(builder, value, ret);
}

/* Later paths are told first. */
static bool check_overlap(struct partiql_builder *builder, const struct update *update)
{
    struct path *paths = arena_alloc_array(builder->parser.arena, update->count, sizeof(*paths));

    if (paths == NULL)
        return parser_fail_memory(&builder->parser);
    for (size_t i = 0; i < update->count; i++)
        paths[i] = update->clauses[update->count - 1 - i].path;
    return parser_check_overlap(&builder->parser, paths, update->count);
}

static bool check(struct partiql_builder *builder, const struct update *update)
{
    struct expression_parser *parser = &builder->parser;

    for (size_t i = 0; i < update->count; i++) {
        if (!parser_check_update_use(parser, update->clauses[i].value))
            return false;
    }
    if (!check_overlap(builder, update))
        return false;
    for (size_t i = 0; i < update->count; i++) {
        if (!parser_check_update_operands(parser, update->clauses[i].value))
            return false;
    }
    return true;
}

bool partiql_update(struct partiql_builder *builder, const struct partiql_assignment *assignments,
                    struct update **ret)
{
    struct update *update = arena_alloc(builder->parser.arena, sizeof(*update));
    size_t count = 0;

    for (const struct partiql_assignment *each = assignments; each != NULL; each = each->next)
        count++;
    if (update == NULL)
        return parser_fail_memory(&builder->parser);
    update->clauses = arena_alloc_array(builder->parser.arena, count, sizeof(*update->clauses));
    if (update->clauses == NULL)
        return parser_fail_memory(&builder->parser);
    for (; assignments != NULL; assignments = assignments->next) {
        if (!clause_of(builder, assignments, &update->clauses[update->count++]))
            return false;
    }
    *ret = update;
    return check(builder, update);
}
