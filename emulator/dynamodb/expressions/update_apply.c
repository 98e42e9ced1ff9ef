/*
 * An update applied: values are read from the item as it was; list positions are those of before,
 * so removals leave a mark that is cleared at the end.
 */
#include "expression.h"

#include "errors.h"

enum { VALUE_REMOVED = VALUE_TYPE_COUNT }; /* an element's type until the list is closed up */

struct applying {
    const struct update *update;
    const struct attribute_value *before;
    struct attribute_value *after;
    struct arena *arena;
    struct aws_error *err;
};

static bool fail(struct applying *state, const char *text)
{
    aws_fail(state->err, &ddb_validation_exception, "%s", text);
    return false;
}

static bool fail_memory(struct applying *state)
{
    return aws_fail(state->err, &error_out_of_memory, "the request needs too much memory");
}

/* Containers are copied, with room for one more; texts are shared. */
static bool clone(struct applying *state, const struct attribute_value *value,
                  struct attribute_value *ret)
{
    *ret = *value;
    if (value->type == VALUE_M) {
        ret->map.attributes =
            arena_alloc_array(state->arena, value->map.count + 1, sizeof(*ret->map.attributes));
        if (ret->map.attributes == NULL)
            return fail_memory(state);
        for (size_t i = 0; i < value->map.count; i++) {
            ret->map.attributes[i].name = value->map.attributes[i].name;
            if (!clone(state, &value->map.attributes[i].value, &ret->map.attributes[i].value))
                return false;
        }
    } else if (value->type == VALUE_L) {
        ret->list.elements =
            arena_alloc_array(state->arena, value->list.count + 1, sizeof(*ret->list.elements));
        if (ret->list.elements == NULL)
            return fail_memory(state);
        for (size_t i = 0; i < value->list.count; i++) {
            if (!clone(state, &value->list.elements[i], &ret->list.elements[i]))
                return false;
        }
    }
    return true;
}

/* The value of a SET clause. */
static bool evaluate(struct applying *state, const struct expr *expr, struct attribute_value *ret);

static bool evaluate_append(struct applying *state, const struct expr *expr,
                            struct attribute_value *ret)
{
    struct attribute_value first = {.type = VALUE_NULL}, second = first;

    if (!evaluate(state, expr->operands[0], &first) || !evaluate(state, expr->operands[1], &second))
        return false;
    if (first.type != VALUE_L || second.type != VALUE_L)
        return fail(state, "An operand in the update expression has an incorrect data type");
    size_t count = first.list.count + second.list.count;
    struct attribute_value *elements = arena_alloc_array(state->arena, count, sizeof(*elements));
    if (elements == NULL)
        return fail_memory(state);
    if (first.list.count > 0)
        memcpy(elements, first.list.elements, first.list.count * sizeof(*elements));
    if (second.list.count > 0)
        memcpy(elements + first.list.count, second.list.elements,
               second.list.count * sizeof(*elements));
    *ret = (struct attribute_value){.type = VALUE_L, .list = {elements, count}};
    return true;
}

static bool evaluate_sum(struct applying *state, const struct expr *expr,
                         struct attribute_value *ret)
{
    struct attribute_value first = {.type = VALUE_NULL}, second = first;

    if (!evaluate(state, expr->operands[0], &first) || !evaluate(state, expr->operands[1], &second))
        return false;
    if (first.type != VALUE_N || second.type != VALUE_N)
        return fail(state, "An operand in the update expression has an incorrect data type");
    ret->type = VALUE_N;
    return number_add(first.number,
                      expr->type == EXPR_MINUS ? number_negate(second.number) : second.number,
                      &ret->number, state->err);
}

static bool evaluate(struct applying *state, const struct expr *expr, struct attribute_value *ret)
{
    if (expr->type == EXPR_VALUE) {
        *ret = *expr->value;
        return true;
    }
    if (expr->type == EXPR_PLUS || expr->type == EXPR_MINUS)
        return evaluate_sum(state, expr, ret);
    if (expr->type == EXPR_FUNCTION && expr->function == FUNCTION_LIST_APPEND)
        return evaluate_append(state, expr, ret);
    bool defaulted = expr->type == EXPR_FUNCTION; /* if_not_exists */
    const struct path *path = defaulted ? &expr->operands[0]->path : &expr->path;
    const struct attribute_value *found = path_find(path, state->before);
    if (found != NULL) {
        *ret = *found;
        return true;
    }
    if (defaulted)
        return evaluate(state, expr->operands[1], ret);
    return fail(state, "The provided expression refers to an attribute that does not exist in the "
                       "item");
}

/* Where the last step of a path leads: the container, in the item as it becomes. */
static bool find_parent(struct applying *state, const struct path *path,
                        struct attribute_value **ret)
{
    struct path parent = {path->steps, path->count - 1};
    const struct attribute_value *found = path_find(&parent, state->before);
    struct attribute_value *value = state->after;
    const struct path_step *last = &path->steps[path->count - 1];
    bool fits = found != NULL && found->type == (last->name.ptr != NULL ? VALUE_M : VALUE_L);

    /* No clause takes away what another leads through: paths do not overlap. */
    for (size_t i = 0; fits && i < parent.count; i++) {
        const struct path_step *step = &path->steps[i];

        value = step->name.ptr != NULL ? item_find(value, step->name)
                                       : &value->list.elements[step->index];
        fits = value != NULL;
    }
    if (!fits)
        return fail(state, "The document path provided in the update expression is invalid for "
                           "update");
    *ret = value;
    return true;
}

static bool put_in_map(struct applying *state, struct attribute_value *map, struct str name,
                       const struct attribute_value *value)
{
    struct attribute_value *old = item_find(map, name);

    if (old != NULL)
        return clone(state, value, old);
    struct attribute *grown = arena_alloc_array(state->arena, map->map.count + 1, sizeof(*grown));
    if (grown == NULL)
        return fail_memory(state);
    if (map->map.count > 0)
        memcpy(grown, map->map.attributes, map->map.count * sizeof(*grown));
    map->map.attributes = grown;
    grown[map->map.count].name = name;
    return clone(state, value, &grown[map->map.count++].value);
}

static bool put_in_list(struct applying *state, struct attribute_value *list, int64_t index,
                        const struct attribute_value *value)
{
    if ((size_t)index < list->list.count)
        return clone(state, value, &list->list.elements[index]);
    struct attribute_value *grown =
        arena_alloc_array(state->arena, list->list.count + 1, sizeof(*grown));
    if (grown == NULL)
        return fail_memory(state);
    if (list->list.count > 0)
        memcpy(grown, list->list.elements, list->list.count * sizeof(*grown));
    list->list.elements = grown;
    return clone(state, value, &grown[list->list.count++]);
}

static bool put_at(struct applying *state, const struct path *path,
                   const struct attribute_value *value)
{
    const struct path_step *last = &path->steps[path->count - 1];
    struct attribute_value *parent = NULL;

    if (!find_parent(state, path, &parent))
        return false;
    return last->name.ptr != NULL ? put_in_map(state, parent, last->name, value)
                                  : put_in_list(state, parent, last->index, value);
}

static void remove_from_map(struct attribute_value *map, struct str name)
{
    for (size_t i = 0; i < map->map.count; i++) {
        if (!str_eq(map->map.attributes[i].name, name))
            continue;
        memmove(&map->map.attributes[i], &map->map.attributes[i + 1],
                (map->map.count - i - 1) * sizeof(map->map.attributes[0]));
        map->map.count--;
        return;
    }
}

static bool remove_at(struct applying *state, const struct path *path)
{
    const struct path_step *last = &path->steps[path->count - 1];
    struct attribute_value *parent = NULL;

    if (!find_parent(state, path, &parent))
        return false;
    if (last->name.ptr != NULL)
        remove_from_map(parent, last->name);
    else if (path_find(path, state->before) != NULL)
        parent->list.elements[last->index].type = (enum value_type)VALUE_REMOVED;
    return true;
}

static int compare_elements(const void *a, const void *b)
{
    return value_compare(a, b);
}

/* Sets are sorted. */
static bool has_element(const struct attribute_value *set, const struct attribute_value *element)
{
    return bsearch(element, set->list.elements, set->list.count, sizeof(*element),
                   compare_elements) != NULL;
}

static bool add_to_set(struct applying *state, const struct attribute_value *set,
                       const struct attribute_value *more, struct attribute_value *ret)
{
    struct attribute_value *elements =
        arena_alloc_array(state->arena, set->list.count + more->list.count, sizeof(*elements));
    size_t count = set->list.count;

    if (elements == NULL)
        return fail_memory(state);
    memcpy(elements, set->list.elements, count * sizeof(*elements));
    for (size_t i = 0; i < more->list.count; i++) {
        if (!has_element(set, &more->list.elements[i]))
            elements[count++] = more->list.elements[i];
    }
    qsort(elements, count, sizeof(*elements), compare_elements);
    *ret = (struct attribute_value){.type = set->type, .list = {elements, count}};
    return true;
}

static bool apply_add(struct applying *state, const struct update_clause *clause)
{
    const struct attribute_value *old = path_find(&clause->path, state->before);
    const struct attribute_value *more = clause->operand;
    struct attribute_value sum = {.type = VALUE_N};

    if (old == NULL)
        return put_at(state, &clause->path, more);
    if (old->type != more->type)
        return fail(state, state->update->legacy
                               ? "Type mismatch for attribute to update"
                               : "An operand in the update expression has an incorrect data type");
    if (old->type == VALUE_N) {
        if (!number_add(old->number, more->number, &sum.number, state->err))
            return false;
    } else if (old->type == VALUE_L) {
        struct expr operands[2] = {{.type = EXPR_VALUE, .value = old},
                                   {.type = EXPR_VALUE, .value = more}};
        struct expr *both[2] = {&operands[0], &operands[1]};
        struct expr append = {.operands = both, .operand_count = 2};

        if (!evaluate_append(state, &append, &sum))
            return false;
    } else if (!add_to_set(state, old, more, &sum)) {
        return false;
    }
    return put_at(state, &clause->path, &sum);
}

/* An emptied set goes. */
static bool apply_delete(struct applying *state, const struct update_clause *clause)
{
    const struct attribute_value *old = path_find(&clause->path, state->before);
    struct attribute_value *parent = NULL;

    if (old == NULL)
        return find_parent(state, &clause->path, &parent);
    if (old->type != clause->operand->type)
        return fail(state, state->update->legacy
                               ? "Type mismatch for attribute to update"
                               : "An operand in the update expression has an incorrect data type");
    struct attribute_value *elements =
        arena_alloc_array(state->arena, old->list.count, sizeof(*elements));
    struct attribute_value rest = {.type = old->type, .list = {elements, 0}};
    if (elements == NULL)
        return fail_memory(state);
    for (size_t i = 0; i < old->list.count; i++) {
        if (!has_element(clause->operand, &old->list.elements[i]))
            elements[rest.list.count++] = old->list.elements[i];
    }
    return rest.list.count > 0 ? put_at(state, &clause->path, &rest)
                               : remove_at(state, &clause->path);
}

static bool apply_clause(struct applying *state, const struct update_clause *clause)
{
    struct attribute_value value;

    switch (clause->action) {
    case UPDATE_SET:
        return evaluate(state, clause->value, &value) && put_at(state, &clause->path, &value);
    case UPDATE_REMOVE:
        return remove_at(state, &clause->path);
    case UPDATE_ADD:
        return apply_add(state, clause);
    case UPDATE_DELETE:
        return apply_delete(state, clause);
    }
    return false;
}

static int64_t last_index(const struct update_clause *clause)
{
    const struct path_step *last = &clause->path.steps[clause->path.count - 1];

    return last->name.ptr != NULL ? -1 : last->index;
}

static int compare_clauses(const void *a, const void *b)
{
    const struct update_clause *first = *(const struct update_clause *const *)a;
    const struct update_clause *second = *(const struct update_clause *const *)b;

    if (last_index(first) != last_index(second))
        return last_index(first) < last_index(second) ? -1 : 1;
    return first < second ? -1 : first > second;
}

static void close_up(struct attribute_value *value)
{
    size_t kept = 0;

    if (value->type == VALUE_M) {
        for (size_t i = 0; i < value->map.count; i++)
            close_up(&value->map.attributes[i].value);
    } else if (value->type == VALUE_L) {
        for (size_t i = 0; i < value->list.count; i++) {
            if (value->list.elements[i].type == (enum value_type)VALUE_REMOVED)
                continue;
            close_up(&value->list.elements[i]);
            value->list.elements[kept++] = value->list.elements[i];
        }
        value->list.count = kept;
    }
}

/* Lower list positions first, so that what lies past a list's end is appended in order. */
bool update_apply(const struct update *update, const struct attribute_value *item,
                  struct arena *arena, struct attribute_value *ret, struct aws_error *err)
{
    struct applying state = {
        .update = update, .before = item, .after = ret, .arena = arena, .err = err};
    const struct update_clause **order =
        arena_alloc_array(arena, update->count, sizeof(struct update_clause *));

    if (order == NULL)
        return fail_memory(&state);
    if (!clone(&state, item, ret))
        return false;
    for (size_t i = 0; i < update->count; i++)
        order[i] = &update->clauses[i];
    qsort(order, update->count, sizeof(struct update_clause *), compare_clauses);
    for (size_t i = 0; i < update->count; i++) {
        if (!apply_clause(&state, order[i]))
            return false;
    }
    close_up(ret);
    return true;
}

bool update_paths(const struct update *update, struct arena *arena, struct projection *ret,
                  struct aws_error *err)
{
    ret->count = update->count;
    ret->paths = arena_alloc_array(arena, update->count, sizeof(*ret->paths));
    if (ret->paths == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (size_t i = 0; i < update->count; i++)
        ret->paths[i] = update->clauses[i].path;
    return true;
}
