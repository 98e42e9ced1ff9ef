#include "partiql_builder.h"

#include "errors.h"
#include "shape.h"

static bool fail(struct partiql_builder *builder, const char *text)
{
    return parser_fail(&builder->parser, "%s", text);
}

static bool check_name(struct partiql_builder *builder, struct str name)
{
    if (name.len == 0)
        return fail(builder, "Path component cannot be an empty string");
    return true;
}

static bool is_table_name(struct str name)
{
    if (name.len < 3 || name.len > 255)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];

        if (!((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
              (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '.'))
            return false;
    }
    return true;
}

static bool check_component(struct partiql_builder *builder, const struct partiql_node *node)
{
    if (!partiql_check_star(builder, node))
        return false;
    if (node->type == PARTIQL_NODE_INDEX)
        return fail(builder, "Invalid list expression in source.");
    return check_name(builder, node->name);
}

/* "t" or "t"."i" */
static bool source(struct partiql_builder *builder, const struct partiql_node *node,
                   struct partiql_statement *ret)
{
    const struct partiql_node *table = node->type == PARTIQL_NODE_PATH ? node->first : node;

    if (table->type != PARTIQL_NODE_NAME)
        return fail(builder, "Unexpected from source");
    if (node->type == PARTIQL_NODE_PATH && node->count > 2)
        return fail(builder, "A path may contain at most 2 components in the FROM clause");
    if (!check_name(builder, table->name))
        return false;
    if (node->type == PARTIQL_NODE_PATH && !check_component(builder, node->last))
        return false;
    if (!is_table_name(table->name))
        return fail(builder, "Table name should be within the length [3, 255] and only contain "
                             "'a-z', 'A-Z', '0-9', '-', '_', '.'.");
    ret->table = table->name;
    ret->index = node->type == PARTIQL_NODE_PATH ? node->last->name : STR("");
    return true;
}

static bool target(struct partiql_builder *builder, const struct partiql_clauses *clauses,
                   struct partiql_statement *ret)
{
    if (clauses->several_sources)
        return fail(builder, "Only select from a single table or index is supported.");
    if (clauses->alias)
        return fail(builder, "Aliasing is not supported");
    if (!source(builder, clauses->from, ret))
        return false;
    if (ret->index.len == 0 || clauses->type == PARTIQL_STATEMENT_SELECT)
        return true;
    return fail(builder, clauses->type == PARTIQL_STATEMENT_INSERT
                             ? "FROM clause may only contain a single table name in data "
                               "manipulation statements"
                             : "This operation is not supported on an index");
}

/* The last name, and what indices follow the first that is followed by one. */
static bool name_column(struct partiql_builder *builder, const struct path *path,
                        struct partiql_column *ret)
{
    struct buffer out;
    size_t last = 0;

    while (last + 1 < path->count && path->steps[last + 1].name.ptr != NULL)
        last++;
    ret->name = path->steps[last].name;
    ret->depth = last + 1;
    if (ret->depth == path->count)
        return true;
    buffer_init(&out, builder->parser.arena);
    buffer_add(&out, ret->name);
    for (; ret->depth < path->count && path->steps[ret->depth].name.ptr == NULL; ret->depth++)
        buffer_printf(&out, "[%lld]", (long long)path->steps[ret->depth].index);
    return buffer_done(&out, &ret->name) || parser_fail_memory(&builder->parser);
}

static bool column(struct partiql_builder *builder, const struct partiql_node *node,
                   struct partiql_statement *ret)
{
    struct partiql_column *to = &ret->columns[ret->projection.count];
    struct path *path = &ret->projection.paths[ret->projection.count];

    if (node->type == PARTIQL_NODE_PATH && node->last->type == PARTIQL_NODE_UNPIVOT)
        return fail(builder, "Changing item's hierarchy while reading isn't supported");
    if (node->type != PARTIQL_NODE_NAME && node->type != PARTIQL_NODE_PATH)
        return partiql_fail_at(builder, &node->token, "Unexpected path component");
    if (!partiql_path(builder, node, path) || !name_column(builder, path, to))
        return false;
    for (size_t i = 0; i < ret->projection.count; i++) {
        if (str_eq(ret->columns[i].name, to->name))
            return parser_fail(&builder->parser, "Duplicate identifiers in select clause: %.*s",
                               STR_ARG(to->name));
    }
    ret->projection.count++;
    return true;
}

/* Later paths are told first. */
static bool check_overlap(struct partiql_builder *builder, const struct projection *projection)
{
    struct path *paths =
        arena_alloc_array(builder->parser.arena, projection->count, sizeof(*paths));

    if (paths == NULL)
        return parser_fail_memory(&builder->parser);
    for (size_t i = 0; i < projection->count; i++)
        paths[i] = projection->paths[projection->count - 1 - i];
    return parser_check_overlap(&builder->parser, paths, projection->count);
}

static bool columns(struct partiql_builder *builder, const struct partiql_node *list,
                    struct partiql_statement *ret)
{
    struct arena *arena = builder->parser.arena;

    if (list->first->type == PARTIQL_NODE_ALL)
        return true;
    ret->columns = arena_alloc_array(arena, list->count, sizeof(*ret->columns));
    ret->projection.paths = arena_alloc_array(arena, list->count, sizeof(*ret->projection.paths));
    if (ret->columns == NULL || ret->projection.paths == NULL)
        return parser_fail_memory(&builder->parser);
    for (const struct partiql_node *child = list->first; child != NULL; child = child->next) {
        if (!column(builder, child, ret))
            return false;
    }
    return check_overlap(builder, &ret->projection);
}

static bool order(struct partiql_builder *builder, const struct partiql_clauses *clauses,
                  struct partiql_statement *ret)
{
    const struct partiql_order_key *key = NULL;

    if (clauses->order != NULL && clauses->where == NULL)
        return fail(builder, "Must have WHERE clause in the statement when using ORDER BY clause.");
    for (key = clauses->order; key != NULL; key = key->next)
        ret->order_count++;
    ret->order = arena_alloc_array(builder->parser.arena, ret->order_count, sizeof(*ret->order));
    if (ret->order == NULL)
        return parser_fail_memory(&builder->parser);
    ret->order_count = 0;
    for (key = clauses->order; key != NULL; key = key->next) {
        if (key->key->type != PARTIQL_NODE_NAME)
            return parser_fail(&builder->parser,
                               "Argument to ORDER BY must be of type VariableReference. Type: %.*s",
                               STR_ARG(partiql_show(key->key)));
        ret->order[ret->order_count++] =
            (struct partiql_order){.name = key->key->name, .descending = key->descending};
    }
    return true;
}

static bool where(struct partiql_builder *builder, const struct partiql_clauses *clauses,
                  struct partiql_statement *ret)
{
    return clauses->where == NULL || partiql_condition(builder, clauses->where, &ret->where);
}

static bool select_of(struct partiql_builder *builder, const struct partiql_clauses *clauses,
                      struct partiql_statement *ret)
{
    ret->kind = PARTIQL_SELECT;
    if (clauses->value)
        return fail(builder, "Select projection doesn't support value or pivot keywords");
    if (clauses->distinct)
        return fail(builder, "Unsupported token in expression: DISTINCT");
    if (clauses->group)
        return fail(builder, "Unsupported clause: GROUP BY");
    if (clauses->having != NULL)
        return partiql_fail_at(builder, &clauses->having->token, "Unsupported clause: HAVING");
    if (clauses->limit != NULL)
        return partiql_fail_at(builder, &clauses->limit->token, "Unsupported clause: LIMIT");
    return target(builder, clauses, ret) && columns(builder, clauses->columns, ret) &&
           where(builder, clauses, ret) && order(builder, clauses, ret);
}

static bool insert_of(struct partiql_builder *builder, const struct partiql_node *node,
                      struct partiql_statement *ret)
{
    const struct partiql_clauses *clauses = node->clauses;

    ret->kind = PARTIQL_INSERT;
    if (clauses->insert_without_value)
        return fail(builder, "Unsupported operation: Inserting multiple items in a single "
                             "statement is not supported, use \"INSERT INTO tableName VALUE "
                             "item\" instead");
    if (clauses->insert_at != NULL)
        return partiql_fail_at(builder, &node->token, "AT is not supported in insert statements.");
    if (clauses->returning.present)
        return fail(builder, "RETURNING is not supported in INSERT");
    return target(builder, clauses, ret) && partiql_item(builder, clauses->item, &ret->item);
}

static bool returning(struct partiql_builder *builder, const struct partiql_clauses *clauses,
                      struct partiql_statement *ret)
{
    const struct partiql_returning *found = &clauses->returning;

    if (!found->present)
        return true;
    if (found->several)
        return fail(builder, "Invalid syntax with multiple returning elements in RETURNING clause");
    if (!found->starred)
        return fail(builder, "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING "
                             "clause");
    ret->returns = found->all ? (found->old ? RETURN_ALL_OLD : RETURN_ALL_NEW)
                              : (found->old ? RETURN_UPDATED_OLD : RETURN_UPDATED_NEW);
    if (ret->kind == PARTIQL_DELETE && ret->returns != RETURN_ALL_OLD)
        return parser_fail(&builder->parser,
                           "Invalid returning clause: RETURNING %s %s *. Only RETURNING ALL OLD * "
                           "is allowed in DELETE statements.",
                           found->all ? "ALL" : "MODIFIED", found->old ? "OLD" : "NEW");
    return true;
}

static bool write_of(struct partiql_builder *builder, const struct partiql_clauses *clauses,
                     struct partiql_statement *ret)
{
    ret->kind = clauses->type == PARTIQL_STATEMENT_UPDATE ? PARTIQL_UPDATE : PARTIQL_DELETE;
    return target(builder, clauses, ret) && returning(builder, clauses, ret) &&
           (ret->kind == PARTIQL_DELETE ||
            partiql_update(builder, clauses->assignments, &ret->update)) &&
           where(builder, clauses, ret);
}

static bool statement_of(struct partiql_builder *builder, const struct partiql_node *node,
                         struct partiql_statement *ret)
{
    switch (node->clauses->type) {
    case PARTIQL_STATEMENT_SELECT:
        return select_of(builder, node->clauses, ret);
    case PARTIQL_STATEMENT_INSERT:
        return insert_of(builder, node, ret);
    case PARTIQL_STATEMENT_UPDATE:
    case PARTIQL_STATEMENT_DELETE:
        return write_of(builder, node->clauses, ret);
    case PARTIQL_STATEMENT_CREATE:
        return parser_fail(&builder->parser, "Unsupported operation: Create%.*s",
                           STR_ARG(node->name));
    case PARTIQL_STATEMENT_DROP:
        return parser_fail(&builder->parser, "Unsupported operation: Drop%.*s",
                           STR_ARG(node->name));
    }
    return false;
}

static bool is_exists(const struct partiql_node *node)
{
    return node->type == PARTIQL_NODE_CALL && str_eq(node->name, STR("exists")) &&
           node->count == 1 && node->first->type == PARTIQL_NODE_STATEMENT &&
           node->first->clauses->type == PARTIQL_STATEMENT_SELECT;
}

/* An expression by itself is none of the operations; the service says which kind it is. */
static bool fail_expression(struct partiql_builder *builder, const struct partiql_node *node)
{
    static const char *const kinds[] = {
        [PARTIQL_NODE_NAME] = "Id",      [PARTIQL_NODE_STRING] = "Lit",
        [PARTIQL_NODE_NUMBER] = "Lit",   [PARTIQL_NODE_BOOLEAN] = "Lit",
        [PARTIQL_NODE_NULL] = "Lit",     [PARTIQL_NODE_MISSING] = "Missing",
        [PARTIQL_NODE_PATH] = "Path",    [PARTIQL_NODE_PARAMETER] = "Parameter",
        [PARTIQL_NODE_IS] = "IsType",    [PARTIQL_NODE_LIST] = "List",
        [PARTIQL_NODE_BAG] = "Bag",      [PARTIQL_NODE_STRUCT] = "Struct",
        [PARTIQL_NODE_STATEMENT] = NULL,
    };

    if (kinds[node->type] != NULL)
        return parser_fail(&builder->parser, "Unsupported operation: %s", kinds[node->type]);
    return fail(builder, "EXISTS can only be used in ExecuteTransaction write requests.");
}

bool partiql_parse(struct str text, const struct partiql_parameters *parameters,
                   struct arena *arena, struct partiql_statement *ret, struct aws_error *err)
{
    struct partiql_builder builder = {
        .parser = {.kind = EXPRESSION_STATEMENT, .source = text, .arena = arena, .err = err},
        .parameters = parameters};
    struct partiql_statement statement = {.returns = RETURN_NONE};
    struct partiql_node *node = NULL;
    size_t wanted = 0;

    if (!partiql_read(text, arena, &node, &wanted, err))
        return false;
    if (wanted != parameters->count)
        return fail(&builder, "Number of parameters in request and statement don't match.");
    bool exists = is_exists(node);
    if (exists)
        node = node->first;
    if (node->type != PARTIQL_NODE_STATEMENT)
        return fail_expression(&builder, node);
    if (!statement_of(&builder, node, &statement))
        return false;
    if (exists)
        statement.kind = PARTIQL_EXISTS;
    *ret = statement;
    return true;
}
