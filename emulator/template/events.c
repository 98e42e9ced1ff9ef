/*
 * SAM's shorthand: a function's events of type Api become a REST API with proxy integrations.
 * Source: AWS SAM Developer Guide, "Api" event source; AWS::Serverless::Api, the implicit API.
 */
#include "resources.h"

struct route {
    struct str path;
    struct str method; /* lower case; "x-amazon-apigateway-any-method" for any */
    struct str arn;
};

enum { ROUTES_MAX = 300 /* API Gateway's limit of resources */ };

static bool is_api_event(const struct json_value *event, struct str api)
{
    const struct json_value *named = json_member(json_member(event, "Properties"), "RestApiId");
    struct str type = json_text(event, "Type");
    /* {"Ref": "Api"}, or its logical id as a text. */
    struct str id = json_string_or(json_member(named, "Ref"), json_string_or(named, STR("")));

    return str_eq(type, STR("Api")) && str_eq(id, api);
}

static bool read_method(struct scope *scope, const struct json_value *event, struct str *ret)
{
    struct str text;

    if (!evaluate_text(scope, json_member(json_member(event, "Properties"), "Method"), &text))
        return false;
    if (str_eq_nocase(text, STR("any"))) {
        *ret = STR("x-amazon-apigateway-any-method");
        return true;
    }
    char *lower = arena_alloc_text(scope->arena, text.len + 1);
    for (size_t i = 0; lower != NULL && i < text.len; i++) {
        char byte = text.ptr[i];
        lower[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
    }
    *ret = (struct str){lower, text.len};
    return lower != NULL;
}

static bool add_routes(struct deployment *d, const struct json_value *function, struct str api,
                       struct route *routes, size_t *count)
{
    const struct json_value *events = json_member(json_member(function, "Properties"), "Events");

    for (const struct json_value *e = events == NULL ? NULL : events->child; e != NULL;
         e = e->next) {
        struct route *route = &routes[*count];
        if (!is_api_event(e, api))
            continue;
        if (*count == ROUTES_MAX)
            return aws_fail(d->scope.err, &error_usage, "more than %d routes", (int)ROUTES_MAX);
        if (!evaluate_text(&d->scope, json_member(json_member(e, "Properties"), "Path"),
                           &route->path) ||
            !read_method(&d->scope, e, &route->method) ||
            !resource_get_att(&d->scope, function, STR("Arn"), &route->arn))
            return false;
        if (route->path.len == 0 || route->method.len == 0)
            return aws_fail(d->scope.err, &error_usage,
                            "%.*s.Events.%.*s: an event of type Api needs Path and Method",
                            STR_ARG(function->name), STR_ARG(e->name));
        (*count)++;
    }
    return true;
}

static void write_route(struct json_writer *w, const struct scope *scope, const struct route *route)
{
    struct str uri = str_printf(
        scope->arena, "arn:aws:apigateway:%.*s:lambda:path/2015-03-31/functions/%.*s/invocations",
        STR_ARG(scope->region), STR_ARG(route->arn));

    json_write_name(w, route->method);
    json_object_begin(w);
    json_write_name(w, STR("x-amazon-apigateway-integration"));
    json_object_begin(w);
    json_field_string(w, STR("type"), STR("aws_proxy"));
    json_field_string(w, STR("httpMethod"), STR("POST"));
    json_field_string(w, STR("uri"), uri);
    json_object_end(w);
    json_object_end(w);
}

/* Routes of one path stand together: the first of a path writes them all. */
static void write_paths(struct json_writer *w, const struct scope *scope,
                        const struct route *routes, size_t count)
{
    json_object_begin(w);
    for (size_t i = 0; i < count; i++) {
        bool written = false;
        for (size_t k = 0; k < i; k++)
            written = written || str_eq(routes[k].path, routes[i].path);
        if (written)
            continue;
        json_write_name(w, routes[i].path);
        json_object_begin(w);
        for (size_t k = i; k < count; k++) {
            if (str_eq(routes[k].path, routes[i].path))
                write_route(w, scope, &routes[k]);
        }
        json_object_end(w);
    }
    json_object_end(w);
}

bool events_definition(struct deployment *d, struct str api, const struct json_value **ret)
{
    const struct json_value *resources = json_member(d->scope.root, "Resources");
    struct route *routes = arena_alloc_array(d->scope.arena, ROUTES_MAX, sizeof(*routes));
    struct json_value *definition = NULL;
    struct json_writer writer;
    struct buffer out;
    size_t count = 0;

    *ret = NULL;
    if (routes == NULL)
        return aws_fail(d->scope.err, &error_usage, "the template is too large");
    for (const struct json_value *r = resources == NULL ? NULL : resources->child; r != NULL;
         r = r->next) {
        struct str type;
        if (json_string(json_member(r, "Type"), &type) &&
            str_eq(type, STR("AWS::Serverless::Function")) &&
            !add_routes(d, r, api, routes, &count))
            return false;
    }
    if (count == 0)
        return true;
    buffer_init(&out, d->scope.arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_string(&writer, STR("openapi"), STR("3.0.1"));
    json_write_name(&writer, STR("paths"));
    write_paths(&writer, &d->scope, routes, count);
    json_object_end(&writer);
    if (out.failed || !json_parse(buffer_str(&out), d->scope.arena, &definition, NULL))
        return aws_fail(d->scope.err, &error_usage, "the template is too large");
    *ret = definition;
    return true;
}
