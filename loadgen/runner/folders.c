#include "folders.h"

struct selection {
    const struct collection *collection;
    struct request_definition *kept;
    size_t count, capacity;
};

static bool has_name(const struct json_value *item, struct str name)
{
    struct str id = json_text(item, "id");

    return (id.len > 0 && str_eq(id, name)) || str_eq(json_text(item, "name"), name);
}

/* The request that was read at that place of the file; they are in its order. */
static void keep(struct selection *selection, const char *place)
{
    const struct request_definition *rows = selection->collection->requests;
    size_t from = 0, to = selection->collection->request_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (rows[middle].source.ptr < place)
            from = middle + 1;
        else
            to = middle;
    }
    if (from < selection->collection->request_count && rows[from].source.ptr == place &&
        selection->count < selection->capacity)
        selection->kept[selection->count++] = rows[from];
}

static const struct json_value *children(const struct json_value *group)
{
    return json_elements(json_member(group, "item"));
}

/* The requests below. */
static void take(struct selection *selection, const struct json_value *item)
{
    const struct json_value *request = json_member(item, "request");

    if (json_is(json_member(item, "item"), JSON_ARRAY)) {
        for (const struct json_value *at = children(item); at != NULL; at = at->next)
            take(selection, at);
        return;
    }
    if (request != NULL)
        keep(selection, request->raw.ptr);
}

/* Among the children first, then below each of them. */
static const struct json_value *find(const struct json_value *group, struct str name)
{
    const struct json_value *found = NULL;

    for (const struct json_value *at = children(group); at != NULL; at = at->next) {
        if (has_name(at, name))
            return at;
    }
    for (const struct json_value *at = children(group); at != NULL && found == NULL; at = at->next)
        found = find(at, name);
    return found;
}

/* `missing`: the names that nothing has had so far. `taken`: a folder above is. */
static void find_all(struct selection *selection, const struct json_value *group,
                     struct option_list *missing, bool taken)
{
    for (const struct json_value *at = children(group); at != NULL; at = at->next) {
        bool found = false;
        for (size_t i = 0; i < missing->count && !found; i++) {
            if (!has_name(at, str_from_c(missing->values[i])))
                continue;
            found = true;
            missing->values[i] = missing->values[--missing->count];
        }
        if (found && !taken)
            take(selection, at);
        find_all(selection, at, missing, taken || found);
    }
}

static struct option_list without_repeats(const struct option_list *names)
{
    struct option_list once = {0};

    for (size_t i = 0; i < names->count; i++) {
        bool known = false;
        for (size_t at = 0; at < once.count; at++)
            known = known || strcmp(once.values[at], names->values[i]) == 0;
        if (!known)
            once.values[once.count++] = names->values[i];
    }
    return once;
}

static bool select_from(const struct option_list *names, const struct json_value *root,
                        struct selection *selection, struct aws_error *err)
{
    struct option_list missing = without_repeats(names);
    const struct json_value *found = NULL;

    if (names->count == 1) {
        found = find(root, str_from_c(names->values[0]));
        if (found == NULL)
            return aws_fail(err, &error_usage,
                            "runtime~extractRunnableItems: Unable to find a folder or request: "
                            "\"%s\"",
                            names->values[0]);
        take(selection, found);
        return true;
    }
    find_all(selection, root, &missing, false);
    return missing.count == 0 ||
           aws_fail(err, &error_usage, "runtime~extractRunnableItems: Invalid entrypoint");
}

bool folders_select(const struct option_list *names, struct arena *arena,
                    struct collection *collection, struct aws_error *err)
{
    struct selection selection = {.collection = collection, .capacity = collection->request_count};
    struct json_value *root = NULL;

    if (names->count == 0)
        return true;
    selection.kept = arena_alloc_array(arena, selection.capacity + 1, sizeof(*selection.kept));
    if (selection.kept == NULL || !json_parse(collection->source, arena, &root, NULL))
        return aws_fail(err, &error_out_of_memory, "out of memory");
    if (!select_from(names, root, &selection, err))
        return false;
    collection->requests = selection.kept;
    collection->request_count = selection.count;
    return true;
}
