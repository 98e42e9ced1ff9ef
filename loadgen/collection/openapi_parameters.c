/* Parameters: each is a variable of its name, and is sent where its place ("in") says. */
#include "openapi.h"

/* --- variables ------------------------------------------------------------------------------ */

static bool grow(struct conversion *c)
{
    size_t capacity = c->capacity == 0 ? 64 : c->capacity * 2;
    char *known = arena_grow(c->arena, (char *)c->known, c->capacity * sizeof(*c->known),
                             capacity * sizeof(*c->known));

    if (known == NULL)
        return false;
    c->known = (struct api_variable *)(void *)known;
    c->capacity = capacity;
    return true;
}

struct str openapi_variable(struct conversion *c, struct str name, struct str value)
{
    for (size_t i = 0; i < c->known_count; i++) {
        if (str_eq(c->known[i].name, name))
            return str_eq(c->known[i].value, value)
                       ? str_printf(c->arena, "{{%.*s}}", STR_ARG(name))
                       : value;
    }
    if (c->known_count == c->capacity && !grow(c)) {
        c->failed = true;
        return value;
    }
    c->known[c->known_count++] = (struct api_variable){name, value};
    openapi_write_pair(c->variables, name, value);
    return str_printf(c->arena, "{{%.*s}}", STR_ARG(name));
}

/* A parameter's example, the first of its examples, or its schema's sample. */
static struct str parameter_value(struct conversion *c, const struct json_value *parameter)
{
    const struct json_value *example = openapi_example(c->root, parameter);
    const struct json_value *schema = json_member(parameter, "schema");

    if (json_is(example, JSON_STRING))
        return example->text;
    if (json_is(example, JSON_NUMBER) || json_is(example, JSON_TRUE) ||
        json_is(example, JSON_FALSE))
        return example->raw;
    /* Swagger has the schema's members in the parameter itself. */
    return openapi_sample_text(c, schema != NULL ? schema : parameter);
}

/* --- parameters ----------------------------------------------------------------------------- */

static bool has_parameter(struct conversion *c, const struct json_value *list,
                          const struct json_value *like)
{
    for (const struct json_value *at = json_elements(list); at != NULL; at = at->next) {
        const struct json_value *one = openapi_follow(c->root, at);
        if (str_eq(json_text(one, "name"), json_text(like, "name")) &&
            str_eq(json_text(one, "in"), json_text(like, "in")))
            return true;
    }
    return false;
}

const struct json_value *openapi_next_parameter(struct conversion *c, struct parameters *left)
{
    while (left->list < 2) {
        left->at = left->at != NULL ? left->at->next : json_elements(left->lists[left->list]);
        if (left->at == NULL) {
            left->list++;
            continue;
        }
        const struct json_value *one = openapi_follow(c->root, left->at);
        if (json_is(one, JSON_OBJECT) &&
            !(left->list == 1 && has_parameter(c, left->lists[0], one)))
            return one;
    }
    return NULL;
}

static const struct json_value *path_parameter(struct conversion *c, struct parameters of,
                                               struct str name)
{
    const struct json_value *one = NULL;

    while ((one = openapi_next_parameter(c, &of)) != NULL) {
        if (str_eq(json_text(one, "in"), STR("path")) && str_eq(json_text(one, "name"), name))
            return one;
    }
    return NULL;
}

void openapi_add_path(struct conversion *c, struct str path, struct parameters of,
                      struct buffer *out)
{
    while (path.len > 0) {
        size_t open = str_find_char(path, '{'), close = str_find_char(path, '}');
        if (open >= path.len || close < open || close >= path.len) {
            buffer_add(out, path);
            return;
        }
        struct str name = str_slice(path, open + 1, close);
        const struct json_value *parameter = path_parameter(c, of, name);
        buffer_add(out, str_slice(path, 0, open));
        buffer_add(out, openapi_variable(
                            c, name, parameter == NULL ? STR("1") : parameter_value(c, parameter)));
        path = str_slice(path, close + 1, path.len);
    }
}

/* Those that must be there, and those with an example. */
static bool is_sent(const struct json_value *parameter, const char *in)
{
    return str_eq(json_text(parameter, "in"), str_from_c(in)) &&
           (json_flag(parameter, "required") || json_member(parameter, "example") != NULL ||
            json_member(parameter, "examples") != NULL);
}

void openapi_add_query(struct conversion *c, struct parameters of, struct buffer *out)
{
    const struct json_value *one = NULL;
    bool first = true;

    while ((one = openapi_next_parameter(c, &of)) != NULL) {
        if (!is_sent(one, "query"))
            continue;
        buffer_add_char(out, first ? '?' : '&');
        buffer_add(out, json_text(one, "name"));
        buffer_add_char(out, '=');
        buffer_add(out, openapi_variable(c, json_text(one, "name"), parameter_value(c, one)));
        first = false;
    }
}

void openapi_write_headers(struct conversion *c, struct parameters of, struct str content_type)
{
    const struct json_value *one = NULL;

    json_write_name(c->writer, STR("header"));
    json_array_begin(c->writer);
    if (content_type.len > 0)
        openapi_write_pair(c->writer, STR("Content-Type"), content_type);
    while ((one = openapi_next_parameter(c, &of)) != NULL) {
        if (is_sent(one, "header"))
            openapi_write_pair(
                c->writer, json_text(one, "name"),
                openapi_variable(c, json_text(one, "name"), parameter_value(c, one)));
    }
    json_array_end(c->writer);
}
