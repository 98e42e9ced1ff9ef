/* The tree of items; url, body and auth of one request are read in collection_request.c. */
#include "loadgen/collection.h"

#include "loadgen/collection_request.h"
#include "loadgen/collection_scripts.h"

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

static bool add_request(struct walk *walk, const struct json_value *item, struct str folder,
                        const struct script_level *parent, struct inherited inherited)
{
    struct collection *collection = walk->collection;
    struct script_level level = {0};

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
    if (!collection_request_read(item, inherited, walk->arena, request, walk->err) ||
        !collection_scripts_read(item, request->name, parent, walk->arena, collection, &level,
                                 walk->err) ||
        !collection_scripts_chain(&level, collection, walk->arena, request, walk->err))
        return false;
    collection->request_count++;
    return true;
}

static bool walk_items(struct walk *walk, const struct json_value *items, struct str folder,
                       const struct script_level *level, struct inherited inherited, int depth);

static bool walk_folder(struct walk *walk, const struct json_value *item, struct str parent,
                        const struct script_level *outer, struct inherited inherited, int depth)
{
    struct str name = {0};
    struct str folder = parent;
    struct script_level level = {0};

    if (json_string(json_member(item, "name"), &name) && name.len > 0)
        folder = parent.len == 0
                     ? name
                     : str_printf(walk->arena, "%.*s / %.*s", STR_ARG(parent), STR_ARG(name));
    return collection_scripts_read(item, name, outer, walk->arena, walk->collection, &level,
                                   walk->err) &&
           walk_items(walk, json_member(item, "item"), folder, &level,
                      inherited_by(item, inherited), depth + 1);
}

static bool walk_items(struct walk *walk, const struct json_value *items, struct str folder,
                       const struct script_level *level, struct inherited inherited, int depth)
{
    if (depth > COLLECTION_DEPTH_MAX)
        return aws_fail(walk->err, &error_usage, "the collection's folders are nested too deeply");
    for (const struct json_value *item = items->child; item != NULL; item = item->next) {
        if (json_is(json_member(item, "item"), JSON_ARRAY)) {
            if (!walk_folder(walk, item, folder, level, inherited, depth))
                return false;
        } else if (json_member(item, "request") != NULL) {
            if (!add_request(walk, item, folder, level, inherited))
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
    struct script_level level = {0};

    if (!json_parse(text, arena, &root, &why))
        return aws_fail(err, &error_usage, "the collection is no JSON: %s in line %zu (byte %zu)",
                        why.reason, json_error_line(text, &why), why.offset);
    const struct json_value *body = root;
    if (json_is(json_member(root, "collection"), JSON_OBJECT))
        body = json_member(root, "collection");
    if (!json_is(json_member(body, "item"), JSON_ARRAY))
        return aws_fail(err, &error_usage,
                        "this is no Postman collection: it has neither an \"item\" list (v2) nor "
                        "\"name\", \"order\" and \"requests\" (v1)");
    collection.nameless =
        !json_string(json_member(json_member(body, "info"), "name"), &collection.name) &&
        !json_string(json_member(body, "name"), &collection.name);
    if (collection.nameless)
        collection.name = STR("collection");
    collection.id = json_text(json_member(body, "info"), "_postman_id");
    collection.source = body->raw;
    collection.variables = json_member(body, "variable");
    if (!collection_scripts_read(body, collection.name, NULL, arena, &collection, &level, err) ||
        !walk_items(&walk, json_member(body, "item"), STR(""), &level,
                    inherited_by(body, inherited_nothing()), 0))
        return false;
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
    request->behavior = inherited_nothing().behavior;
    request->behavior.disabled_headers = 1U << HEADER_CACHE_CONTROL; /* that is Postman's wish */
    *ret = (struct collection){.name = url, .requests = request, .request_count = 1};
    return true;
}
