/* Projection expressions: parsed, and applied to an item. */
#include "expression_parser.h"

#include "errors.h"

enum { PATHS_ROOM = 32 };

static bool add_path(struct expression_parser *parser, struct projection *projection)
{
    if (projection->count % PATHS_ROOM == 0) {
        struct path *grown =
            arena_alloc_array(parser->arena, projection->count + PATHS_ROOM, sizeof(*grown));

        if (grown == NULL)
            return parser_fail_memory(parser);
        if (projection->count > 0)
            memcpy(grown, projection->paths, projection->count * sizeof(*grown));
        projection->paths = grown;
    }
    return parser_path(parser, &projection->paths[projection->count++]);
}

static bool parse_paths(struct expression_parser *parser, struct projection *projection)
{
    for (;;) {
        if (!add_path(parser, projection))
            return false;
        if (parser->token.type == TOKEN_END)
            return true;
        if (!parser_take(parser, ","))
            return false;
    }
}

bool projection_parse(struct str text, struct placeholders *placeholders, struct arena *arena,
                      struct projection **ret, struct aws_error *err)
{
    struct expression_parser parser;
    struct projection *projection = NULL;

    if (!parser_begin(&parser, EXPRESSION_PROJECTION, text, placeholders, arena, err))
        return false;
    projection = arena_alloc(arena, sizeof(*projection));
    if (projection == NULL)
        return parser_fail_memory(&parser);
    if (!parse_paths(&parser, projection))
        return false;
    for (size_t i = 0; i < projection->count; i++) {
        if (!parser_check_path_reserved(&parser, &projection->paths[i]))
            return false;
    }
    for (size_t i = 0; i < projection->count; i++) {
        if (!parser_resolve_path(&parser, &projection->paths[i]))
            return false;
    }
    *ret = projection;
    return parser_check_overlap(&parser, projection->paths, projection->count);
}

/* The paths that still matter at one value: they agree up to `depth`. */
struct selection {
    const struct path **paths;
    size_t count;
    size_t depth;
};

static bool select_value(const struct selection *selection, const struct attribute_value *value,
                         struct arena *arena, struct attribute_value *ret, bool *ret_found,
                         struct aws_error *err);

/* What is selected of the child that `step` names. */
static bool select_child(const struct selection *selection, struct path_step step,
                         const struct attribute_value *child, struct arena *arena,
                         struct attribute_value *ret, bool *ret_found, struct aws_error *err)
{
    struct selection inner = {.depth = selection->depth + 1};

    *ret_found = false;
    for (size_t i = 0; i < selection->count; i++) {
        const struct path_step *own = &selection->paths[i]->steps[selection->depth];
        bool same = step.name.ptr != NULL ? own->name.ptr != NULL && str_eq(own->name, step.name)
                                          : own->name.ptr == NULL && own->index == step.index;

        if (!same)
            continue;
        if (inner.paths == NULL)
            inner.paths = arena_alloc_array(arena, selection->count, sizeof(struct path *));
        if (inner.paths == NULL)
            return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
        inner.paths[inner.count++] = selection->paths[i];
    }
    return inner.count == 0 || select_value(&inner, child, arena, ret, ret_found, err);
}

static bool select_map(const struct selection *selection, const struct attribute_value *value,
                       struct arena *arena, struct attribute_value *ret, struct aws_error *err)
{
    size_t room = value->map.count;

    *ret = (struct attribute_value){.type = VALUE_M};
    ret->map.attributes = arena_alloc_array(arena, room, sizeof(*ret->map.attributes));
    if (ret->map.attributes == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (size_t i = 0; i < value->map.count; i++) {
        const struct attribute *from = &value->map.attributes[i];
        struct attribute *to = &ret->map.attributes[ret->map.count];
        struct path_step step = {.name = from->name.ptr == NULL ? STR("") : from->name};
        bool found = false;

        if (!select_child(selection, step, &from->value, arena, &to->value, &found, err))
            return false;
        to->name = from->name;
        ret->map.count += found;
    }
    return true;
}

static bool select_list(const struct selection *selection, const struct attribute_value *value,
                        struct arena *arena, struct attribute_value *ret, struct aws_error *err)
{
    *ret = (struct attribute_value){.type = VALUE_L};
    ret->list.elements = arena_alloc_array(arena, value->list.count, sizeof(*ret->list.elements));
    if (ret->list.elements == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (size_t i = 0; i < value->list.count; i++) {
        struct path_step step = {.index = (int64_t)i};
        bool found = false;

        if (!select_child(selection, step, &value->list.elements[i], arena,
                          &ret->list.elements[ret->list.count], &found, err))
            return false;
        ret->list.count += found;
    }
    return true;
}

/* No path begins another, so one that ends here is alone. */
static bool select_value(const struct selection *selection, const struct attribute_value *value,
                         struct arena *arena, struct attribute_value *ret, bool *ret_found,
                         struct aws_error *err)
{
    bool ok = true;

    if (selection->paths[0]->count == selection->depth) {
        *ret = *value;
        *ret_found = true;
        return true;
    }
    *ret_found = false;
    if (value->type == VALUE_M) {
        ok = select_map(selection, value, arena, ret, err);
        *ret_found = ok && ret->map.count > 0;
    } else if (value->type == VALUE_L) {
        ok = select_list(selection, value, arena, ret, err);
        *ret_found = ok && ret->list.count > 0;
    }
    return ok;
}

bool projection_apply(const struct projection *projection, const struct attribute_value *item,
                      struct arena *arena, struct attribute_value *ret, struct aws_error *err)
{
    struct selection selection = {.count = projection->count};

    selection.paths = arena_alloc_array(arena, projection->count, sizeof(struct path *));
    if (selection.paths == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (size_t i = 0; i < projection->count; i++)
        selection.paths[i] = &projection->paths[i];
    return select_map(&selection, item, arena, ret, err);
}
