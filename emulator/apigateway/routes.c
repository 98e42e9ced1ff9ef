/*
 * Path -> resource. A segment's literal beats {name}, which beats {name+}; a resource without any
 * method is none (it falls through to the next candidate, as AWS does), and a resource that lacks
 * the method ends the search.
 */
#include "rest_api.h"

static struct str without_trailing_slash(struct str text)
{
    return text.len > 0 && text.ptr[text.len - 1] == '/' ? str_slice(text, 0, text.len - 1) : text;
}

static void add_parameter(struct route_match *match, struct str name, struct str value)
{
    assert(match->parameter_count < RESOURCE_DEPTH_MAX); /* the import bounds the tree's depth */
    match->parameters[match->parameter_count++] = (struct path_parameter){name, value};
}

/* `rest` is what follows the parent's path, without the slash between. */
static struct resource *match_below(struct resource *parent, struct str rest,
                                    struct route_match *match)
{
    if (rest.len == 0)
        return parent->methods == NULL ? NULL : parent;
    struct str behind = rest;
    struct str segment = str_split(&behind, '/');
    size_t parameters = match->parameter_count;
    for (struct resource *child = parent->children; child != NULL; child = child->next) {
        struct resource *found = NULL;
        match->parameter_count = parameters;
        switch (child->kind) {
        case RESOURCE_LITERAL:
            if (str_eq(child->part, segment))
                found = match_below(child, behind, match);
            break;
        case RESOURCE_VARIABLE:
            if (segment.len == 0)
                break;
            add_parameter(match, child->part, segment);
            found = match_below(child, behind, match);
            break;
        case RESOURCE_GREEDY:
            if (child->methods == NULL)
                break;
            add_parameter(match, child->part, without_trailing_slash(rest));
            found = child;
            break;
        }
        if (found != NULL)
            return found;
    }
    match->parameter_count = parameters;
    return NULL;
}

static struct method *find_method(struct resource *resource, struct str http_method)
{
    struct method *any = NULL;

    for (struct method *method = resource->methods; method != NULL; method = method->next) {
        if (str_eq(method->http_method, http_method))
            return method;
        if (str_eq(method->http_method, STR("ANY")))
            any = method;
    }
    return any;
}

bool route_match(struct rest_api *api, struct str http_method, struct str path,
                 struct route_match *ret)
{
    size_t slashes = 0;

    ret->api = api;
    ret->parameter_count = 0;
    ret->raw_path = path;
    while (slashes < path.len && path.ptr[slashes] == '/')
        slashes++;
    ret->path = slashes == 0 ? STR("/") : str_slice(path, slashes - 1, path.len);
    ret->resource = match_below(&api->root, str_slice(ret->path, 1, ret->path.len), ret);
    if (ret->resource == NULL)
        return false;
    ret->method = find_method(ret->resource, http_method);
    return ret->method != NULL;
}
