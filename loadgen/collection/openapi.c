#include "loadgen/api_files.h"

struct conversion {
    const struct json_value *root;
    struct arena *arena;
    struct json_writer *writer;
    struct json_writer *variables; /* [{key, value}], written beside */
    struct str *names;             /* of those */
    struct str *values;
    size_t variable_count, capacity;
    bool failed; /* out of memory */
};

bool openapi_is(const struct json_value *root)
{
    return json_member(root, "openapi") != NULL || json_member(root, "swagger") != NULL;
}

/* --- variables ------------------------------------------------------------------------------ */

static bool grow(struct conversion *c)
{
    size_t capacity = c->capacity == 0 ? 64 : c->capacity * 2;
    char *names = arena_grow(c->arena, (char *)c->names, c->capacity * sizeof(struct str),
                             capacity * sizeof(struct str));
    char *values = names == NULL
                       ? NULL
                       : arena_grow(c->arena, (char *)c->values, c->capacity * sizeof(struct str),
                                    capacity * sizeof(struct str));

    if (values == NULL)
        return false;
    c->names = (struct str *)(void *)names;
    c->values = (struct str *)(void *)values;
    c->capacity = capacity;
    return true;
}

/* "{{name}}", whose value is `value`; the value itself where the name has another one already. */
static struct str variable(struct conversion *c, struct str name, struct str value)
{
    for (size_t i = 0; i < c->variable_count; i++) {
        if (str_eq(c->names[i], name))
            return str_eq(c->values[i], value) ? str_printf(c->arena, "{{%.*s}}", STR_ARG(name))
                                               : value;
    }
    if (c->variable_count == c->capacity && !grow(c)) {
        c->failed = true;
        return value;
    }
    c->names[c->variable_count] = name;
    c->values[c->variable_count++] = value;
    json_object_begin(c->variables);
    json_field_string(c->variables, STR("key"), name);
    json_field_string(c->variables, STR("value"), value);
    json_object_end(c->variables);
    return str_printf(c->arena, "{{%.*s}}", STR_ARG(name));
}

/* A parameter's example, the first of its examples, or its schema's sample. */
static struct str parameter_value(struct conversion *c, const struct json_value *parameter)
{
    const struct json_value *examples = json_member(parameter, "examples");
    const struct json_value *example = json_member(parameter, "example");
    const struct json_value *schema = json_member(parameter, "schema");
    struct str value = {0};

    if (example == NULL && json_is(examples, JSON_OBJECT) && examples->child != NULL)
        example = json_member(openapi_follow(c->root, examples->child), "value");
    if (json_is(example, JSON_STRING))
        return example->text;
    if (json_is(example, JSON_NUMBER) || json_is(example, JSON_TRUE) ||
        json_is(example, JSON_FALSE))
        return example->raw;
    /* Swagger has the schema's members in the parameter itself. */
    if (!openapi_sample_text(c->root, schema != NULL ? schema : parameter, c->arena, &value))
        c->failed = true;
    return value;
}

/* --- parameters ----------------------------------------------------------------------------- */

/* Of the operation, then of its path where the operation has none of that name and place. */
struct parameters_of {
    const struct json_value *lists[2];
};

static const struct json_value *next_parameter(struct conversion *c, struct parameters_of of,
                                               const struct json_value **at, int *list)
{
    while (*list < 2) {
        const struct json_value *values = of.lists[*list];
        *at = *at != NULL ? (*at)->next : json_elements(values);
        if (*at == NULL) {
            ++*list;
            continue;
        }
        const struct json_value *one = openapi_follow(c->root, *at);
        bool again = false;
        for (const struct json_value *own = *list == 1 ? json_elements(of.lists[0]) : NULL;
             own != NULL; own = own->next) {
            const struct json_value *other = openapi_follow(c->root, own);
            again = again || (str_eq(json_text(other, "name"), json_text(one, "name")) &&
                              str_eq(json_text(other, "in"), json_text(one, "in")));
        }
        if (json_is(one, JSON_OBJECT) && !again)
            return one;
    }
    return NULL;
}

static const struct json_value *path_parameter(struct conversion *c, struct parameters_of of,
                                               struct str name)
{
    const struct json_value *at = NULL, *one = NULL;
    int list = 0;

    while ((one = next_parameter(c, of, &at, &list)) != NULL) {
        if (str_eq(json_text(one, "in"), STR("path")) && str_eq(json_text(one, "name"), name))
            return one;
    }
    return NULL;
}

/* "/pets/{id}" with its variables. */
static void add_path(struct conversion *c, struct str path, struct parameters_of of,
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
        buffer_add(out,
                   variable(c, name, parameter == NULL ? STR("1") : parameter_value(c, parameter)));
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

static void add_query(struct conversion *c, struct parameters_of of, struct buffer *out)
{
    const struct json_value *at = NULL, *one = NULL;
    bool first = true;
    int list = 0;

    while ((one = next_parameter(c, of, &at, &list)) != NULL) {
        if (!is_sent(one, "query"))
            continue;
        buffer_add_char(out, first ? '?' : '&');
        buffer_add(out, json_text(one, "name"));
        buffer_add_char(out, '=');
        buffer_add(out, variable(c, json_text(one, "name"), parameter_value(c, one)));
        first = false;
    }
}

static void write_pair(struct json_writer *writer, struct str key, struct str value)
{
    json_object_begin(writer);
    json_field_string(writer, STR("key"), key);
    json_field_string(writer, STR("value"), value);
    json_object_end(writer);
}

static void write_headers(struct conversion *c, struct parameters_of of, struct str content_type)
{
    const struct json_value *at = NULL, *one = NULL;
    int list = 0;

    json_write_name(c->writer, STR("header"));
    json_array_begin(c->writer);
    if (content_type.len > 0)
        write_pair(c->writer, STR("Content-Type"), content_type);
    while ((one = next_parameter(c, of, &at, &list)) != NULL) {
        if (is_sent(one, "header"))
            write_pair(c->writer, json_text(one, "name"),
                       variable(c, json_text(one, "name"), parameter_value(c, one)));
    }
    json_array_end(c->writer);
}

/* --- bodies --------------------------------------------------------------------------------- */

/* The media type to send: JSON where it is offered, else the first. */
static const struct json_value *media_of(const struct json_value *content)
{
    if (!json_is(content, JSON_OBJECT))
        return NULL;
    for (const struct json_value *at = content->child; at != NULL; at = at->next) {
        if (str_find(at->name, STR("json")) < at->name.len)
            return at;
    }
    return content->child;
}

static void write_raw(struct conversion *c, struct str body)
{
    json_write_name(c->writer, STR("body"));
    json_object_begin(c->writer);
    json_field_string(c->writer, STR("mode"), STR("raw"));
    json_field_string(c->writer, STR("raw"), body);
    json_object_end(c->writer);
}

/* A form of the schema's properties; `mode` is Postman's. */
static void write_form(struct conversion *c, const struct json_value *schema, struct str mode)
{
    const struct json_value *properties =
        json_member(openapi_follow(c->root, schema), "properties");
    struct str value = {0};

    json_write_name(c->writer, STR("body"));
    json_object_begin(c->writer);
    json_field_string(c->writer, STR("mode"), mode);
    json_write_name(c->writer, mode);
    json_array_begin(c->writer);
    for (const struct json_value *at = json_members(properties); at != NULL; at = at->next) {
        if (!openapi_sample_text(c->root, at, c->arena, &value))
            c->failed = true;
        write_pair(c->writer, at->name, value);
    }
    json_array_end(c->writer);
    json_object_end(c->writer);
}

/* The media's example, the first of its examples, or its schema's sample. */
static struct str media_body(struct conversion *c, const struct json_value *media)
{
    const struct json_value *examples = json_member(media, "examples");
    const struct json_value *example = json_member(media, "example");
    struct buffer out;
    struct json_writer writer;
    struct str body = {0};

    if (example == NULL && json_is(examples, JSON_OBJECT) && examples->child != NULL)
        example = json_member(openapi_follow(c->root, examples->child), "value");
    if (json_is(example, JSON_STRING))
        return example->text;
    buffer_init(&out, c->arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    if (example != NULL)
        json_write_value(&writer, example);
    else
        openapi_sample(c->root, json_member(media, "schema"), &writer);
    if (!buffer_done(&out, &body))
        c->failed = true;
    return body;
}

/* Answers the Content-Type that the body wants as a header of its own. */
static struct str write_body(struct conversion *c, const struct json_value *operation,
                             struct parameters_of of)
{
    const struct json_value *body = openapi_follow(c->root, json_member(operation, "requestBody"));
    const struct json_value *media = media_of(json_member(body, "content"));
    const struct json_value *at = NULL, *one = NULL;
    struct str sample = {0};
    int list = 0;

    if (media != NULL && str_eq(media->name, STR("application/x-www-form-urlencoded"))) {
        write_form(c, json_member(media, "schema"), STR("urlencoded"));
        return (struct str){0};
    }
    if (media != NULL && str_eq(media->name, STR("multipart/form-data"))) {
        write_form(c, json_member(media, "schema"), STR("formdata"));
        return (struct str){0};
    }
    if (media != NULL) {
        write_raw(c, media_body(c, media));
        return media->name;
    }
    /* Swagger: the body is a parameter. */
    while ((one = next_parameter(c, of, &at, &list)) != NULL) {
        if (!str_eq(json_text(one, "in"), STR("body")))
            continue;
        if (!openapi_sample_text(c->root, json_member(one, "schema"), c->arena, &sample))
            c->failed = true;
        write_raw(c, sample);
        return STR("application/json");
    }
    return (struct str){0};
}

/* --- security ------------------------------------------------------------------------------- */

static void begin_auth(struct conversion *c, struct str type)
{
    json_write_name(c->writer, STR("auth"));
    json_object_begin(c->writer);
    json_field_string(c->writer, STR("type"), type);
    json_write_name(c->writer, type);
    json_array_begin(c->writer);
}

static void end_auth(struct conversion *c)
{
    json_array_end(c->writer);
    json_object_end(c->writer);
}

static void write_scheme(struct conversion *c, const struct json_value *scheme)
{
    struct str type = json_text(scheme, "type"), kind = json_text(scheme, "scheme");

    if (str_eq(type, STR("apiKey")) && !str_eq(json_text(scheme, "in"), STR("cookie"))) {
        begin_auth(c, STR("apikey"));
        write_pair(c->writer, STR("key"), json_text(scheme, "name"));
        write_pair(c->writer, STR("value"), STR("{{apiKey}}"));
        write_pair(c->writer, STR("in"), json_text(scheme, "in"));
        end_auth(c);
    } else if (str_eq(type, STR("basic")) || str_eq_nocase(kind, STR("basic"))) {
        begin_auth(c, STR("basic"));
        write_pair(c->writer, STR("username"), STR("{{username}}"));
        write_pair(c->writer, STR("password"), STR("{{password}}"));
        end_auth(c);
    } else if (str_eq(type, STR("oauth2")) || str_eq(type, STR("openIdConnect")) ||
               str_eq_nocase(kind, STR("bearer"))) {
        begin_auth(c, STR("bearer"));
        write_pair(c->writer, STR("token"), STR("{{token}}"));
        end_auth(c);
    }
}

/* The first of the requirements that are enough each; an empty list means none. */
static void write_security(struct conversion *c, const struct json_value *holder)
{
    const struct json_value *list = json_member(holder, "security");
    const struct json_value *schemes =
        json_member(json_member(c->root, "components"), "securitySchemes");

    if (!json_is(list, JSON_ARRAY))
        return;
    if (list->child == NULL || list->child->child == NULL) {
        begin_auth(c, STR("noauth"));
        end_auth(c);
        return;
    }
    if (schemes == NULL)
        schemes = json_member(c->root, "securityDefinitions");
    write_scheme(c, openapi_follow(c->root, json_get(schemes, list->child->child->name)));
}

/* --- operations ----------------------------------------------------------------------------- */

static void write_operation(struct conversion *c, struct str path, struct str method,
                            const struct json_value *operation, const struct json_value *item)
{
    struct parameters_of of = {
        {json_member(operation, "parameters"), json_member(item, "parameters")}};
    struct str name = json_text(operation, "operationId"), type = {0}, url = {0};
    char upper[16] = {0};
    struct buffer out;

    for (size_t i = 0; i < method.len && i + 1 < sizeof(upper); i++)
        upper[i] = (char)(method.ptr[i] & ~0x20);
    if (name.len == 0)
        name = str_printf(c->arena, "%s %.*s", upper, STR_ARG(path));
    buffer_init(&out, c->arena);
    buffer_add_literal(&out, "{{baseUrl}}");
    add_path(c, path, of, &out);
    add_query(c, of, &out);
    if (!buffer_done(&out, &url))
        c->failed = true;
    json_object_begin(c->writer);
    json_field_string(c->writer, STR("name"), name);
    json_write_name(c->writer, STR("request"));
    json_object_begin(c->writer);
    json_field_string(c->writer, STR("method"), str_from_c(upper));
    json_field_string(c->writer, STR("url"), url);
    write_security(c, operation);
    type = write_body(c, operation, of);
    write_headers(c, of, type);
    json_object_end(c->writer);
    json_object_end(c->writer);
}

static size_t write_operations(struct conversion *c)
{
    static const struct str methods[] = {STR_INIT("get"),    STR_INIT("put"),     STR_INIT("post"),
                                         STR_INIT("delete"), STR_INIT("options"), STR_INIT("head"),
                                         STR_INIT("patch"),  STR_INIT("trace")};
    const struct json_value *paths = json_member(c->root, "paths");
    size_t count = 0;

    for (const struct json_value *path = json_members(paths); path != NULL; path = path->next) {
        const struct json_value *item = openapi_follow(c->root, path);
        for (const struct json_value *at = json_members(item);
             at != NULL && count < API_OPERATIONS_MAX; at = at->next) {
            bool is_operation = false;
            for (size_t i = 0; i < ARRAY_LEN(methods); i++)
                is_operation = is_operation || str_eq(methods[i], at->name);
            if (!is_operation || at->type != JSON_OBJECT || json_flag(at, "deprecated"))
                continue;
            write_operation(c, path->name, at->name, at, item);
            count++;
        }
    }
    return count;
}

/* The first server's address with its variables' defaults; Swagger's scheme, host and base path. */
static struct str base_address(struct conversion *c)
{
    const struct json_value *servers = json_member(c->root, "servers");
    const struct json_value *server = json_elements(servers);
    const struct json_value *schemes = json_member(c->root, "schemes");
    struct str url = json_text(server, "url"), host = json_text(c->root, "host"), found = {0};
    struct buffer out;

    buffer_init(&out, c->arena);
    if (server == NULL && host.len > 0)
        return str_printf(c->arena, "%.*s://%.*s%.*s",
                          STR_ARG(json_string_or(json_elements(schemes), STR("http"))),
                          STR_ARG(host), STR_ARG(json_text(c->root, "basePath")));
    while (url.len > 0) {
        size_t open = str_find_char(url, '{'), close = str_find_char(url, '}');
        bool named = open < close && close < url.len;
        buffer_add(&out, str_slice(url, 0, named ? open : url.len));
        if (!named)
            break;
        buffer_add(&out, json_text(json_get(json_member(server, "variables"),
                                            str_slice(url, open + 1, close)),
                                   "default"));
        url = str_slice(url, close + 1, url.len);
    }
    if (!buffer_done(&out, &found))
        c->failed = true;
    if (found.len > 0 && found.ptr[found.len - 1] == '/')
        found.len--;
    return found;
}

bool openapi_convert(const struct json_value *root, struct arena *arena, struct str *ret,
                     struct aws_error *err)
{
    struct buffer out, variables;
    struct json_writer writer, variable_writer;
    struct conversion c = {
        .root = root, .arena = arena, .writer = &writer, .variables = &variable_writer};
    struct str base = {0};
    size_t count = 0;

    buffer_init(&out, arena);
    buffer_init(&variables, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_writer_init(&variable_writer, &variables, JSON_COMPACT);
    json_array_begin(&variable_writer);
    base = base_address(&c);
    /* A path alone ("/v1") says nothing of where: whoever runs it gives {{baseUrl}}. */
    if (str_find(base, STR("://")) < base.len)
        (void)variable(&c, STR("baseUrl"), base);
    json_object_begin(&writer);
    json_write_name(&writer, STR("info"));
    json_object_begin(&writer);
    json_field_string(&writer, STR("name"),
                      json_string_or(json_member(json_member(root, "info"), "title"), STR("API")));
    json_object_end(&writer);
    write_security(&c, root);
    json_write_name(&writer, STR("item"));
    json_array_begin(&writer);
    count = write_operations(&c);
    json_array_end(&writer);
    json_array_end(&variable_writer);
    json_field_raw(&writer, STR("variable"), buffer_str(&variables));
    json_object_end(&writer);
    if (count == 0)
        return aws_fail(err, &error_usage, "the API description has no operation");
    return (!c.failed && !variables.failed && buffer_done(&out, ret)) ||
           aws_fail(err, &error_out_of_memory, "the API description does not fit in memory");
}
