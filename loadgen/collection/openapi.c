/* The document: its servers, what secures it, and a request for each operation. */
#include "openapi.h"

bool openapi_is(const struct json_value *root)
{
    return json_member(root, "openapi") != NULL || json_member(root, "swagger") != NULL;
}

void openapi_write_pair(struct json_writer *writer, struct str key, struct str value)
{
    json_object_begin(writer);
    json_field_string(writer, STR("key"), key);
    json_field_string(writer, STR("value"), value);
    json_object_end(writer);
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
        openapi_write_pair(c->writer, STR("key"), json_text(scheme, "name"));
        openapi_write_pair(c->writer, STR("value"), STR("{{apiKey}}"));
        openapi_write_pair(c->writer, STR("in"), json_text(scheme, "in"));
        end_auth(c);
    } else if (str_eq(type, STR("basic")) || str_eq_nocase(kind, STR("basic"))) {
        begin_auth(c, STR("basic"));
        openapi_write_pair(c->writer, STR("username"), STR("{{username}}"));
        openapi_write_pair(c->writer, STR("password"), STR("{{password}}"));
        end_auth(c);
    } else if (str_eq(type, STR("oauth2")) || str_eq(type, STR("openIdConnect")) ||
               str_eq_nocase(kind, STR("bearer"))) {
        begin_auth(c, STR("bearer"));
        openapi_write_pair(c->writer, STR("token"), STR("{{token}}"));
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
    struct parameters of = {
        {json_member(operation, "parameters"), json_member(item, "parameters")}, 0, NULL};
    struct str name = json_text(operation, "operationId"), type = {0}, url = {0};
    char upper[16] = {0};
    struct buffer out;

    for (size_t i = 0; i < method.len && i + 1 < sizeof(upper); i++)
        upper[i] = (char)(method.ptr[i] & ~0x20);
    if (name.len == 0)
        name = str_printf(c->arena, "%s %.*s", upper, STR_ARG(path));
    buffer_init(&out, c->arena);
    buffer_add_literal(&out, "{{baseUrl}}");
    openapi_add_path(c, path, of, &out);
    openapi_add_query(c, of, &out);
    if (!buffer_done(&out, &url))
        c->failed = true;
    json_object_begin(c->writer);
    json_field_string(c->writer, STR("name"), name);
    json_write_name(c->writer, STR("request"));
    json_object_begin(c->writer);
    json_field_string(c->writer, STR("method"), str_from_c(upper));
    json_field_string(c->writer, STR("url"), url);
    write_security(c, operation);
    type = openapi_write_body(c, operation, of);
    openapi_write_headers(c, of, type);
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
        (void)openapi_variable(&c, STR("baseUrl"), base);
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
