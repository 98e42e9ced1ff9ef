#include "loadgen/api_files.h"

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the archive does not fit in memory");
}

bool har_is(const struct json_value *root)
{
    return json_is(json_member(json_member(root, "log"), "entries"), JSON_ARRAY);
}

/* What the connection, or the address, says anew. */
static bool is_left_out(struct str name)
{
    static const struct str names[] = {
        STR_INIT("Host"),       STR_INIT("Content-Length"),    STR_INIT("Connection"),
        STR_INIT("Keep-Alive"), STR_INIT("Transfer-Encoding"), STR_INIT("Proxy-Connection"),
        STR_INIT("Upgrade")};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq_nocase(names[i], name))
            return true;
    }
    return name.len == 0 || name.ptr[0] == ':'; /* HTTP/2's own */
}

static void write_pair(struct json_writer *writer, struct str key, struct str value)
{
    json_object_begin(writer);
    json_field_string(writer, STR("key"), key);
    json_field_string(writer, STR("value"), value);
    json_object_end(writer);
}

/* `data` is the body: its type stands in for a Content-Type that was not recorded. */
static void write_headers(struct json_writer *writer, const struct json_value *headers,
                          const struct json_value *data)
{
    bool has_type = json_text(data, "text").len == 0 || json_text(data, "mimeType").len == 0;

    json_write_name(writer, STR("header"));
    json_array_begin(writer);
    for (const struct json_value *at = headers == NULL ? NULL : headers->child; at != NULL;
         at = at->next) {
        if (!is_left_out(json_text(at, "name")))
            write_pair(writer, json_text(at, "name"), json_text(at, "value"));
        has_type = has_type || str_eq_nocase(json_text(at, "name"), STR("Content-Type"));
    }
    if (!has_type)
        write_pair(writer, STR("Content-Type"), json_text(data, "mimeType"));
    json_array_end(writer);
}

/* A part of a form; what a file held is not in the archive. */
static void write_part(struct json_writer *writer, const struct json_value *param)
{
    json_object_begin(writer);
    json_field_string(writer, STR("key"), json_text(param, "name"));
    json_field_string(writer, STR("value"), json_text(param, "value"));
    if (json_is(json_member(param, "fileName"), JSON_STRING))
        json_field_string(writer, STR("fileName"), json_text(param, "fileName"));
    if (json_text(param, "contentType").len > 0)
        json_field_string(writer, STR("contentType"), json_text(param, "contentType"));
    json_object_end(writer);
}

/* The text where there is one; else what its parameters make. */
static void write_body(struct json_writer *writer, const struct json_value *data)
{
    const struct json_value *params = json_member(data, "params");
    struct str mode = str_starts_with(json_text(data, "mimeType"), STR("multipart/form-data"))
                          ? STR("formdata")
                          : STR("urlencoded");

    if (!json_is(data, JSON_OBJECT))
        return;
    json_write_name(writer, STR("body"));
    json_object_begin(writer);
    if (json_text(data, "text").len > 0 || !json_is(params, JSON_ARRAY)) {
        json_field_string(writer, STR("mode"), STR("raw"));
        json_field_string(writer, STR("raw"), json_text(data, "text"));
    } else {
        json_field_string(writer, STR("mode"), mode);
        json_write_name(writer, mode);
        json_array_begin(writer);
        for (const struct json_value *at = params->child; at != NULL; at = at->next)
            write_part(writer, at);
        json_array_end(writer);
    }
    json_object_end(writer);
}

/* "GET /path", without host and query. */
static struct str name_of(struct str method, struct str url, struct arena *arena)
{
    size_t scheme = str_find(url, STR("://"));
    struct str rest = str_slice(url, scheme + 3, url.len);

    rest = str_slice(rest, str_find_char(rest, '/'), rest.len);
    rest = str_slice(rest, 0, str_find_char(rest, '?'));
    return str_printf(arena, "%.*s %.*s", STR_ARG(method), STR_ARG(rest.len > 0 ? rest : STR("/")));
}

/* As recorded: redirects have entries of their own, cookies are among the headers. */
static void write_behavior(struct json_writer *writer)
{
    static const struct str headers[] = {STR_INIT("Accept"), STR_INIT("Cache-Control"),
                                         STR_INIT("Accept-Encoding")};

    json_write_name(writer, STR("protocolProfileBehavior"));
    json_object_begin(writer);
    json_field_bool(writer, STR("followRedirects"), false);
    json_field_bool(writer, STR("disableCookies"), true);
    json_field_bool(writer, STR("disableBodyPruning"), true);
    json_field_bool(writer, STR("disableUrlEncoding"), true);
    json_field_bool(writer, STR("disableVariables"), true);
    json_write_name(writer, STR("disabledSystemHeaders"));
    json_object_begin(writer);
    for (size_t i = 0; i < ARRAY_LEN(headers); i++)
        json_field_bool(writer, headers[i], true);
    json_object_end(writer);
    json_object_end(writer);
}

static bool write_entry(struct json_writer *writer, const struct json_value *request,
                        struct arena *arena)
{
    struct str url = json_text(request, "url"), method = json_text(request, "method");

    if (!str_starts_with(url, STR("http://")) && !str_starts_with(url, STR("https://")))
        return false;
    json_object_begin(writer);
    json_field_string(writer, STR("name"), name_of(method, url, arena));
    json_write_name(writer, STR("request"));
    json_object_begin(writer);
    json_field_string(writer, STR("method"), method);
    json_field_string(writer, STR("url"), url);
    write_headers(writer, json_member(request, "headers"), json_member(request, "postData"));
    write_body(writer, json_member(request, "postData"));
    json_object_end(writer);
    json_object_end(writer);
    return true;
}

bool har_convert(const struct json_value *root, struct arena *arena, struct str *ret,
                 struct aws_error *err)
{
    const struct json_value *entries = json_member(json_member(root, "log"), "entries");
    struct buffer out;
    struct json_writer writer;
    size_t count = 0;

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_write_name(&writer, STR("info"));
    json_object_begin(&writer);
    json_field_string(&writer, STR("name"), STR("archive"));
    json_object_end(&writer);
    write_behavior(&writer);
    json_write_name(&writer, STR("item"));
    json_array_begin(&writer);
    for (const struct json_value *at = entries->child; at != NULL; at = at->next)
        count += write_entry(&writer, json_member(at, "request"), arena) ? 1 : 0;
    json_array_end(&writer);
    json_object_end(&writer);
    if (count == 0)
        return aws_fail(err, &error_usage, "the archive has no http or https request");
    return buffer_done(&out, ret) || no_memory(err);
}
