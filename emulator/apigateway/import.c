/*
 * OpenAPI 2.0 or 3.0 -> a REST API, as ImportRestApi and CreateDeployment make it.
 *
 * Source: Developer Guide, "Working with API Gateway extensions to OpenAPI".
 */
#include "base/log.h"
#include "base/rng.h"
#include "gateway.h"

const struct error_kind api_bad_request = {"BadRequestException", 400, false};

/* Path item member -> method. */
static const struct {
    struct str member;
    struct str http_method;
} methods[] = {
    {STR_INIT("get"), STR_INIT("GET")},
    {STR_INIT("post"), STR_INIT("POST")},
    {STR_INIT("put"), STR_INIT("PUT")},
    {STR_INIT("delete"), STR_INIT("DELETE")},
    {STR_INIT("patch"), STR_INIT("PATCH")},
    {STR_INIT("head"), STR_INIT("HEAD")},
    {STR_INIT("options"), STR_INIT("OPTIONS")},
    {STR_INIT("x-amazon-apigateway-any-method"), STR_INIT("ANY")},
};

/* Members that AWS gives an effect and this version does not. */
static const struct {
    struct str member;
    const char *what;
} absent_in_api[] = {
    {STR_INIT("x-amazon-apigateway-gateway-responses"), "gateway responses stay as they are"},
    {STR_INIT("x-amazon-apigateway-policy"), "the resource policy is not enforced"},
    {STR_INIT("x-amazon-apigateway-request-validators"), "requests are not validated"},
    {STR_INIT("security"), "methods are called without authorisation"},
};
static const struct {
    struct str member;
    const char *what;
} absent_in_method[] = {
    {STR_INIT("security"), "it is called without authorisation or API key"},
    {STR_INIT("x-amazon-apigateway-request-validator"), "its requests are not validated"},
    {STR_INIT("x-amazon-apigateway-auth"), "it is called without authorisation"},
};

struct import {
    struct rest_api *api;
    struct rng rng; /* of the ids that AWS would give */
};

static void make_id(struct rng *rng, char ret[RESOURCE_ID_BYTES])
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    for (size_t i = 0; i < RESOURCE_ID_BYTES - 1; i++)
        ret[i] = alphabet[rng_below(rng, sizeof(alphabet) - 1)];
    ret[RESOURCE_ID_BYTES - 1] = '\0';
}

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the API definition is too large");
}

/* --- resources ------------------------------------------------------------------------------ */

static bool read_part(struct str part, enum resource_kind *kind, struct str *name,
                      struct aws_error *err)
{
    if (part.len == 0)
        return aws_fail(err, &api_bad_request, "Resource's path part must be specified");
    *kind = RESOURCE_LITERAL;
    *name = part;
    if (part.ptr[0] != '{')
        return true;
    bool greedy = str_ends_with(part, STR("+}"));
    *kind = greedy ? RESOURCE_GREEDY : RESOURCE_VARIABLE;
    *name = str_slice(part, 1, part.len - (greedy ? 2 : 1));
    if (part.ptr[part.len - 1] != '}' || name->len == 0)
        return aws_fail(err, &api_bad_request,
                        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path "
                        "variable and curly braces at the beginning and the end.");
    return true;
}

/* Siblings lie in the order of matching. */
static void insert_child(struct resource *parent, struct resource *child)
{
    struct resource **place = &parent->children;

    while (*place != NULL && (*place)->kind <= child->kind)
        place = &(*place)->next;
    child->next = *place;
    *place = child;
}

static bool add_child(struct import *import, struct resource *parent, struct str part,
                      enum resource_kind kind, struct str name, struct resource **ret,
                      struct aws_error *err)
{
    struct arena *arena = import->api->arena;
    struct resource *child = arena_alloc(arena, sizeof(*child));
    bool top = parent == &import->api->root;

    for (const struct resource *sibling = parent->children; sibling != NULL;
         sibling = sibling->next) {
        if (kind != RESOURCE_LITERAL && sibling->kind == kind)
            return aws_fail(err, &api_bad_request,
                            "A sibling ({%.*s%s}) of this resource already has a variable path "
                            "part -- only one is allowed",
                            STR_ARG(sibling->part), kind == RESOURCE_GREEDY ? "+" : "");
    }
    if (child == NULL || !str_copy(arena, name, &child->part))
        return no_memory(err);
    if (++import->api->resource_count > API_RESOURCES_MAX)
        return aws_fail(err, &api_bad_request, "an API has at most %d resources",
                        API_RESOURCES_MAX);
    child->kind = kind;
    child->path = str_printf(arena, "%.*s/%.*s", top ? 0 : (int)parent->path.len, parent->path.ptr,
                             STR_ARG(part));
    make_id(&import->rng, child->id);
    insert_child(parent, child);
    *ret = child;
    return true;
}

/* Finds or makes the resource of a path. */
static bool resource_at(struct import *import, struct str path, struct resource **ret,
                        struct aws_error *err)
{
    struct resource *at = &import->api->root;
    struct str rest = str_slice(path, 1, path.len);
    int depth = 0;

    if (path.len == 0 || path.ptr[0] != '/')
        return aws_fail(err, &api_bad_request, "Invalid path '%.*s': a path begins with '/'",
                        STR_ARG(path));
    while (rest.len > 0) {
        struct str part = str_split(&rest, '/'), name = {NULL, 0};
        enum resource_kind kind = RESOURCE_LITERAL;
        struct resource *child = at->children;
        if (!read_part(part, &kind, &name, err))
            return false;
        if (++depth > RESOURCE_DEPTH_MAX || (kind == RESOURCE_GREEDY && rest.len > 0))
            return aws_fail(err, &api_bad_request,
                            "Cannot create a child of a resource with a "
                            "greedy path variable: %.*s",
                            STR_ARG(path));
        while (child != NULL && (child->kind != kind || !str_eq(child->part, name)))
            child = child->next;
        if (child == NULL && !add_child(import, at, part, kind, name, &child, err))
            return false;
        at = child;
    }
    *ret = at;
    return true;
}

/* --- methods -------------------------------------------------------------------------------- */

static bool import_responses(struct rest_api *api, struct method *method,
                             const struct json_value *responses, struct aws_error *err)
{
    const struct json_value *row = json_members(responses);

    for (; row != NULL; row = row->next) {
        int64_t status = 0;
        if (!str_to_int64(row->name, 100, 599, &status))
            continue; /* "default": AWS leaves it out too */
        struct method_response *response = arena_alloc(api->arena, sizeof(*response));
        if (response == NULL)
            return no_memory(err);
        response->status = (int)status;
        response->headers = json_member(row, "headers");
        response->next = method->responses;
        method->responses = response;
    }
    return true;
}

static bool import_method(struct import *import, struct resource *resource, struct str http_method,
                          const struct json_value *operation, struct aws_error *err)
{
    struct rest_api *api = import->api;
    const struct json_value *integration =
        json_member(operation, "x-amazon-apigateway-integration");
    struct method *method = arena_alloc(api->arena, sizeof(*method));
    struct method **last = &resource->methods;

    if (method == NULL)
        return no_memory(err);
    struct str where =
        str_printf(api->arena, "%.*s %.*s", STR_ARG(http_method), STR_ARG(resource->path));
    method->http_method = http_method; /* a constant */
    for (size_t i = 0; i < ARRAY_LEN(absent_in_method); i++) {
        if (json_get(operation, absent_in_method[i].member) != NULL)
            log_notice("%.*s: '%.*s' has no effect: %s", STR_ARG(where),
                       STR_ARG(absent_in_method[i].member), absent_in_method[i].what);
    }
    if (integration == NULL)
        return aws_fail(err, &api_bad_request, "No integration defined for method (%.*s)",
                        STR_ARG(where));
    /* In its place before it is read: what it holds is freed with the API, whatever fails. */
    while (*last != NULL)
        last = &(*last)->next;
    *last = method;
    return import_responses(api, method, json_member(operation, "responses"), err) &&
           integration_import(api, method, where, integration, err);
}

static bool import_path(struct import *import, const struct json_value *item, struct aws_error *err)
{
    struct resource *resource = NULL;

    if (!resource_at(import, item->name, &resource, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        const struct json_value *operation = json_get(item, methods[i].member);
        if (operation != NULL &&
            !import_method(import, resource, methods[i].http_method, operation, err))
            return false;
    }
    return true;
}

/* --- the API -------------------------------------------------------------------------------- */

static bool import_binary_types(struct rest_api *api, const struct json_value *list,
                                struct aws_error *err)
{
    if (!json_is(list, JSON_ARRAY))
        return true;
    api->binary_media_types =
        arena_alloc_array(api->arena, list->count, sizeof(*api->binary_media_types));
    if (api->binary_media_types == NULL)
        return no_memory(err);
    for (const struct json_value *row = list->child; row != NULL; row = row->next) {
        struct str text;
        if (!json_string(row, &text))
            return aws_fail(err, &api_bad_request,
                            "x-amazon-apigateway-binary-media-types is a list of strings");
        if (!str_copy(api->arena, text, &api->binary_media_types[api->binary_media_type_count++]))
            return no_memory(err);
    }
    return true;
}

static bool import_definition(struct import *import, const struct json_value *definition,
                              struct aws_error *err)
{
    const struct json_value *paths = json_member(definition, "paths");

    if (!json_is(definition, JSON_OBJECT) ||
        (json_member(definition, "openapi") == NULL && json_member(definition, "swagger") == NULL))
        return aws_fail(err, &api_bad_request, "Invalid OpenAPI input.");
    for (size_t i = 0; i < ARRAY_LEN(absent_in_api); i++) {
        if (json_get(definition, absent_in_api[i].member) != NULL)
            log_notice("API %.*s: '%.*s' has no effect: %s", STR_ARG(import->api->name),
                       STR_ARG(absent_in_api[i].member), absent_in_api[i].what);
    }
    if (!import_binary_types(
            import->api, json_member(definition, "x-amazon-apigateway-binary-media-types"), err))
        return false;
    if (!json_is(paths, JSON_OBJECT))
        return aws_fail(err, &api_bad_request, "Invalid OpenAPI input: it has no paths");
    for (const struct json_value *item = paths->child; item != NULL; item = item->next) {
        if (!import_path(import, item, err))
            return false;
    }
    return true;
}

bool rest_api_import(struct str id, struct str name, struct str stage, uint64_t seed,
                     const struct json_value *definition, struct rest_api **ret,
                     struct aws_error *err)
{
    struct arena *arena = arena_new(API_ARENA_BYTES);
    struct rest_api *api = arena == NULL ? NULL : arena_alloc(arena, sizeof(*api));
    struct import import = {.api = api};

    if (api == NULL) {
        arena_free(arena);
        return no_memory(err);
    }
    api->arena = arena;
    rng_init(&import.rng, seed);
    make_id(&import.rng, api->deployment_id);
    make_id(&import.rng, api->root.id);
    api->root.path = STR("/");
    if (!str_copy(arena, id, &api->id) || !str_copy(arena, name, &api->name) ||
        !str_copy(arena, stage, &api->stage)) {
        (void)no_memory(err);
        goto failed;
    }
    if (!import_definition(&import, definition, err))
        goto failed;
    *ret = api;
    return true;
failed:
    rest_api_free(api);
    return false;
}

static void free_patterns(const struct resource *resource)
{
    for (struct method *method = resource->methods; method != NULL; method = method->next) {
        for (struct integration_response *response = method->integration.responses;
             response != NULL; response = response->next) {
            if (!response->is_default)
                regfree(&response->pattern);
        }
    }
    for (const struct resource *child = resource->children; child != NULL; child = child->next)
        free_patterns(child);
}

void rest_api_free(struct rest_api *api)
{
    if (api == NULL)
        return;
    free_patterns(&api->root);
    arena_free(api->arena);
}
