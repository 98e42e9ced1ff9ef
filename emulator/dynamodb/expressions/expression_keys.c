/*
 * Nothing lies within a key attribute: a path that leads into one is refused, whatever the item
 * holds; the table's own keys are told before those of its indexes.
 */
#include "errors.h"
#include "expression.h"

/* One of the schema's attributes, when the path leads into it. */
static bool leads_into(const struct path *path, const struct key_schema *schema)
{
    for (size_t i = 0; path->count > 1 && i < schema->hash_count + schema->range_count; i++) {
        if (str_eq(schema->keys[i].name, path->steps[0].name))
            return true;
    }
    return false;
}

/* What a search looks at; the first path that leads into a key, or NULL. */
struct sources {
    const struct expr *expr;
    const struct projection *projection;
    const struct update *update;
};

static const struct path *find_in_expr(const struct expr *expr, const struct key_schema *schema)
{
    const struct path *found = NULL;

    if (expr == NULL)
        return NULL;
    if (expr->type == EXPR_PATH)
        return leads_into(&expr->path, schema) ? &expr->path : NULL;
    for (size_t i = 0; i < ARRAY_LEN(expr->children) && found == NULL; i++)
        found = find_in_expr(expr->children[i], schema);
    for (size_t i = 0; i < expr->operand_count && found == NULL; i++)
        found = find_in_expr(expr->operands[i], schema);
    return found;
}

static const struct path *find(const struct sources *sources, const struct key_schema *schema)
{
    const struct path *found = find_in_expr(sources->expr, schema);

    for (size_t i = 0; sources->projection != NULL && i < sources->projection->count; i++) {
        if (found == NULL && leads_into(&sources->projection->paths[i], schema))
            found = &sources->projection->paths[i];
    }
    for (size_t i = 0; sources->update != NULL && i < sources->update->count; i++) {
        const struct update_clause *clause = &sources->update->clauses[i];

        assert(clause != NULL);
        if (found != NULL)
            break;
        if (leads_into(&clause->path, schema))
            found = &clause->path;
        else
            found = find_in_expr(clause->value, schema);
    }
    return found;
}

static bool fail_path(const struct path *path, const char *what, struct aws_error *err)
{
    return aws_fail(err, &ddb_validation_exception,
                    "Key attributes must be scalars; list random access '[]' and map lookup '.' "
                    "are not allowed: %s: %.*s",
                    what, STR_ARG(path->steps[0].name));
}

static bool check(const struct sources *sources, const struct table *table, struct aws_error *err)
{
    const struct path *path = find(sources, &table->schema);

    if (path != NULL)
        return fail_path(path, "Key", err);
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].kind == INDEX_TIME_TO_LIVE)
            continue;
        path = find(sources, &table->indexes[i].schema);
        if (path != NULL)
            return fail_path(path, "IndexKey", err);
    }
    return true;
}

bool condition_check_keys(const struct expr *expr, const struct table *table, struct aws_error *err)
{
    return expr == NULL || check(&(struct sources){.expr = expr}, table, err);
}

bool projection_check_keys(const struct projection *projection, const struct table *table,
                           struct aws_error *err)
{
    return projection == NULL || check(&(struct sources){.projection = projection}, table, err);
}

bool update_check_keys(const struct update *update, const struct table *table,
                       struct aws_error *err)
{
    return check(&(struct sources){.update = update}, table, err);
}
