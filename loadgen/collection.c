/* The tree of items; url, body and auth of one request are read in collection_request.c. */
#include "loadgen/collection.h"

#include "loadgen/collection_request.h"

struct walk {
    struct arena *arena;
    struct collection *collection;
    size_t capacity;
    struct aws_error *err;
};

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the collection does not fit in memory");
}

/* "exec" is a list of lines, or one text; blank ones are no script. */
static bool is_script(const struct json_value *event)
{
    const struct json_value *exec = json_member(json_member(event, "script"), "exec");

    if (json_is(exec, JSON_STRING))
        return str_trim(exec->text).len > 0;
    if (!json_is(exec, JSON_ARRAY))
        return false;
    for (const struct json_value *line = exec->child; line != NULL; line = line->next) {
        if (line->type == JSON_STRING && str_trim(line->text).len > 0)
            return true;
    }
    return false;
}

/* "event" is a list, or now and then one object. */
static size_t scripts_of(const struct json_value *item)
{
    const struct json_value *events = json_member(item, "event");
    size_t count = 0;

    if (json_is(events, JSON_OBJECT))
        return is_script(events) ? 1 : 0;
    if (!json_is(events, JSON_ARRAY))
        return 0;
    for (const struct json_value *event = events->child; event != NULL; event = event->next)
        count += is_script(event) && !json_is(json_member(event, "disabled"), JSON_TRUE) ? 1 : 0;
    return count;
}

static bool add_request(struct walk *walk, const struct json_value *item, struct str folder,
                        const struct json_value *auth)
{
    struct collection *collection = walk->collection;

    if (collection->request_count == COLLECTION_REQUESTS_MAX)
        return aws_fail(walk->err, &error_usage, "the collection has more than %d requests",
                        (int)COLLECTION_REQUESTS_MAX);
    if (collection->request_count == walk->capacity) {
        size_t capacity = walk->capacity == 0 ? 16 : walk->capacity * 2;
        char *grown = arena_grow(walk->arena, (char *)collection->requests,
                                 walk->capacity * sizeof(*collection->requests),
                                 capacity * sizeof(*collection->requests));
        if (grown == NULL)
            return no_memory(walk->err);
        collection->requests = (struct request_definition *)(void *)grown;
        walk->capacity = capacity;
    }
    struct request_definition *request = &collection->requests[collection->request_count];
    memset(request, 0, sizeof(*request));
    request->folder = folder;
    if (!collection_request_read(item, auth, walk->arena, request, walk->err))
        return false;
    collection->request_count++;
    return true;
}

/* Auth of an item: its own, or its parent's where it has none. */
static const struct json_value *auth_of(const struct json_value *holder,
                                        const struct json_value *inherited)
{
    const struct json_value *own = json_member(holder, "auth");

    return json_is(own, JSON_OBJECT) ? own : inherited;
}

static bool walk_items(struct walk *walk, const struct json_value *items, struct str folder,
                       const struct json_value *auth, int depth);

static bool walk_folder(struct walk *walk, const struct json_value *item, struct str parent,
                        const struct json_value *auth, int depth)
{
    struct str name = {0};
    struct str folder = parent;

    if (json_string(json_member(item, "name"), &name) && name.len > 0)
        folder = parent.len == 0
                     ? name
                     : str_printf(walk->arena, "%.*s / %.*s", STR_ARG(parent), STR_ARG(name));
    return walk_items(walk, json_member(item, "item"), folder, auth_of(item, auth), depth + 1);
}

static bool walk_items(struct walk *walk, const struct json_value *items, struct str folder,
                       const struct json_value *auth, int depth)
{
    if (depth > COLLECTION_DEPTH_MAX)
        return aws_fail(walk->err, &error_usage, "the collection's folders are nested too deeply");
    for (const struct json_value *item = items->child; item != NULL; item = item->next) {
        walk->collection->script_count += scripts_of(item);
        if (json_is(json_member(item, "item"), JSON_ARRAY)) {
            if (!walk_folder(walk, item, folder, auth, depth))
                return false;
        } else if (json_member(item, "request") != NULL) {
            const struct json_value *request = json_member(item, "request");
            if (!add_request(walk, item, folder, auth_of(request, auth)))
                return false;
        }
    }
    return true;
}

bool collection_parse(struct str text, struct arena *arena, struct collection *ret,
                      struct aws_error *err)
{
    struct json_value *root = NULL;
    struct json_error why = {0};
    struct collection collection = {0};
    struct walk walk = {arena, &collection, 0, err};

    if (!json_parse(text, arena, &root, &why))
        return aws_fail(err, &error_usage, "the collection is no JSON: %s at byte %zu", why.reason,
                        why.offset);
    const struct json_value *body = root;
    if (json_is(json_member(root, "collection"), JSON_OBJECT))
        body = json_member(root, "collection");
    if (!json_is(json_member(body, "item"), JSON_ARRAY))
        return aws_fail(err, &error_usage,
                        "this is no Postman collection v2: it has no \"item\" list "
                        "(export it as Collection v2.1)");
    if (!json_string(json_member(json_member(body, "info"), "name"), &collection.name))
        collection.name = STR("collection");
    collection.variables = json_member(body, "variable");
    collection.script_count = scripts_of(body);
    if (!walk_items(&walk, json_member(body, "item"), STR(""), auth_of(body, NULL), 0))
        return false;
    if (collection.request_count == 0)
        return aws_fail(err, &error_usage, "the collection has no request");
    *ret = collection;
    return true;
}

bool collection_of_url(struct str url, struct arena *arena, struct collection *ret,
                       struct aws_error *err)
{
    struct request_definition *request = arena_alloc(arena, sizeof(*request));

    if (request == NULL)
        return no_memory(err);
    request->name = str_printf(arena, "GET %.*s", STR_ARG(url));
    request->method = STR("GET");
    request->url = url;
    *ret = (struct collection){url, request, 1, NULL, 0};
    return true;
}
