#include "loadgen/collection_request.h"

#include "base/buffer.h"

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the collection does not fit in memory");
}

/* A string's text, another value's JSON, nothing for null or NULL. */
static struct str text_of(const struct json_value *value)
{
    if (value == NULL || value->type == JSON_NULL)
        return STR("");
    return value->type == JSON_STRING ? value->text : value->raw;
}

static bool is_disabled(const struct json_value *entry)
{
    return json_is(json_member(entry, "disabled"), JSON_TRUE);
}

/* [{key, value, disabled}], the disabled ones left out. */
static bool read_pairs(const struct json_value *list, struct arena *arena, struct pair_list *ret)
{
    struct pair_list pairs = {0};

    pairs.rows = arena_alloc_array(arena, (size_t)list->count + 1, sizeof(*pairs.rows));
    if (pairs.rows == NULL)
        return false;
    for (const struct json_value *entry = list->child; entry != NULL; entry = entry->next) {
        const struct json_value *value = json_member(entry, "value");
        struct str name = text_of(json_member(entry, "key"));
        bool has_value = value != NULL && value->type != JSON_NULL;
        if (entry->type != JSON_OBJECT || is_disabled(entry) || (name.len == 0 && !has_value))
            continue;
        pairs.rows[pairs.count++] = (struct pair){name, text_of(value), has_value};
    }
    *ret = pairs;
    return true;
}

/* --- headers -------------------------------------------------------------------------------- */

/* "Name: value" lines, as v2.0 allows. */
static bool read_header_text(struct str text, struct arena *arena, struct pair_list *ret)
{
    size_t lines = 1;
    struct pair_list pairs = {0};

    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n' ? 1 : 0;
    pairs.rows = arena_alloc_array(arena, lines, sizeof(*pairs.rows));
    if (pairs.rows == NULL)
        return false;
    while (text.len > 0) {
        struct str line = str_trim(str_split(&text, '\n'));
        struct str name = str_trim(str_split(&line, ':'));
        if (name.len > 0)
            pairs.rows[pairs.count++] = (struct pair){name, str_trim(line), true};
    }
    *ret = pairs;
    return true;
}

static bool read_headers(const struct json_value *headers, struct arena *arena,
                         struct pair_list *ret)
{
    if (json_is(headers, JSON_STRING))
        return read_header_text(headers->text, arena, ret);
    return !json_is(headers, JSON_ARRAY) || read_pairs(headers, arena, ret);
}

/* --- URL ------------------------------------------------------------------------------------ */

/* A list of text joined, or one text. Path segments may be objects with a value. */
static void add_joined(struct buffer *out, const struct json_value *parts, struct str separator)
{
    if (!json_is(parts, JSON_ARRAY)) {
        buffer_add(out, text_of(parts));
        return;
    }
    for (const struct json_value *part = parts->child; part != NULL; part = part->next) {
        if (part != parts->child)
            buffer_add(out, separator);
        buffer_add(out, text_of(part->type == JSON_OBJECT ? json_member(part, "value") : part));
    }
}

/* The value of ":name" among the URL's path variables. */
static bool path_variable(const struct json_value *url, struct str name, struct str *ret)
{
    const struct json_value *list = json_member(url, "variable");

    if (!json_is(list, JSON_ARRAY))
        return false;
    for (const struct json_value *entry = list->child; entry != NULL; entry = entry->next) {
        struct str key = {0};
        bool named = json_string(json_member(entry, "key"), &key) ||
                     json_string(json_member(entry, "id"), &key);
        if (named && str_eq(key, name) && !is_disabled(entry)) {
            *ret = text_of(json_member(entry, "value"));
            return true;
        }
    }
    return false;
}

static void add_path(struct buffer *out, const struct json_value *url)
{
    const struct json_value *path = json_member(url, "path");
    struct str text = {0};
    struct buffer joined;

    if (path == NULL || path->type == JSON_NULL)
        return;
    buffer_init(&joined, out->arena);
    add_joined(&joined, path, STR("/"));
    out->failed = out->failed || joined.failed;
    text = buffer_str(&joined);
    if (text.len == 0 || text.ptr[0] != '/')
        buffer_add_char(out, '/');
    while (text.len > 0) {
        size_t length = str_find_char(text, '/');
        struct str segment = str_slice(text, 0, length), value = {0};
        bool named = segment.len > 1 && segment.ptr[0] == ':' &&
                     path_variable(url, str_slice(segment, 1, segment.len), &value);
        buffer_add(out, named ? value : segment);
        if (length < text.len)
            buffer_add_char(out, '/');
        text = str_slice(text, length + 1, text.len);
    }
}

/* A parameter of its own: what would end it is encoded, outside {{names}}. */
static void add_parameter(struct buffer *out, struct str text, bool is_name)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '&')
            buffer_add_literal(out, "%26");
        else if (text.ptr[i] == '#')
            buffer_add_literal(out, "%23");
        else if (text.ptr[i] == '=' && is_name)
            buffer_add_literal(out, "%3D");
        else
            buffer_add_char(out, text.ptr[i]);
    }
}

static bool add_query(struct buffer *out, const struct json_value *url)
{
    const struct json_value *query = json_member(url, "query");
    struct pair_list pairs = {0};

    if (json_is(query, JSON_STRING) && query->text.len > 0) {
        buffer_add_char(out, '?');
        buffer_add(out, query->text);
    }
    if (!json_is(query, JSON_ARRAY))
        return true;
    if (!read_pairs(query, out->arena, &pairs))
        return false;
    for (size_t i = 0; i < pairs.count; i++) {
        buffer_add_char(out, i == 0 ? '?' : '&');
        add_parameter(out, pairs.rows[i].name, true);
        if (pairs.rows[i].has_value)
            buffer_add_char(out, '=');
        add_parameter(out, pairs.rows[i].value, false);
    }
    return true;
}

static bool read_url(const struct json_value *url, struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct str protocol = text_of(json_member(url, "protocol"));
    struct str port = text_of(json_member(url, "port"));

    if (!json_is(url, JSON_OBJECT) || json_member(url, "host") == NULL) {
        *ret = text_of(json_is(url, JSON_OBJECT) ? json_member(url, "raw") : url);
        return true;
    }
    buffer_init(&out, arena);
    if (protocol.len > 0) {
        buffer_add(&out, protocol);
        if (!str_ends_with(protocol, STR("://")))
            buffer_add_literal(&out, "://");
    }
    add_joined(&out, json_member(url, "host"), STR("."));
    if (port.len > 0) {
        buffer_add_char(&out, ':');
        buffer_add(&out, port);
    }
    add_path(&out, url);
    return add_query(&out, url) && buffer_done(&out, ret);
}

/* --- body ----------------------------------------------------------------------------------- */

/* What Postman sends for a raw body's language; plain text without one. */
static struct str language_type(const struct json_value *body)
{
    static const struct {
        struct str language, type;
    } rows[] = {
        {STR_INIT("json"), STR_INIT("application/json")},
        {STR_INIT("xml"), STR_INIT("application/xml")},
        {STR_INIT("html"), STR_INIT("text/html")},
        {STR_INIT("javascript"), STR_INIT("application/javascript")},
    };
    const struct json_value *options = json_member(body, "options");
    struct str language = text_of(json_member(json_member(options, "raw"), "language"));

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(rows[i].language, language))
            return rows[i].type;
    }
    return STR("text/plain");
}

/* {query, variables, operationName} as one JSON object; variables are JSON text already. */
static bool read_graphql(const struct json_value *graphql, struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct json_writer writer;
    struct str operation = text_of(json_member(graphql, "operationName"));
    struct str variables = str_trim(text_of(json_member(graphql, "variables")));

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_string(&writer, STR("query"), text_of(json_member(graphql, "query")));
    if (operation.len > 0)
        json_field_string(&writer, STR("operationName"), operation);
    if (variables.len > 0)
        json_field_raw(&writer, STR("variables"), variables);
    json_object_end(&writer);
    return buffer_done(&out, ret);
}

static bool read_body(const struct json_value *body, struct arena *arena,
                      struct request_definition *ret, struct aws_error *err)
{
    struct str mode = text_of(json_member(body, "mode"));

    if (!json_is(body, JSON_OBJECT) || is_disabled(body) || mode.len == 0)
        return true;
    if (str_eq(mode, STR("raw"))) {
        ret->body = text_of(json_member(body, "raw"));
        ret->body_mode = ret->body.len > 0 ? BODY_RAW : BODY_NONE;
        ret->content_type = ret->body.len > 0 ? language_type(body) : STR("");
        return true;
    }
    if (str_eq(mode, STR("urlencoded"))) {
        const struct json_value *list = json_member(body, "urlencoded");
        ret->body_mode = BODY_URLENCODED;
        ret->content_type = STR("application/x-www-form-urlencoded");
        return !json_is(list, JSON_ARRAY) || read_pairs(list, arena, &ret->form) || no_memory(err);
    }
    if (str_eq(mode, STR("graphql"))) {
        ret->body_mode = BODY_GRAPHQL;
        ret->content_type = STR("application/json");
        return read_graphql(json_member(body, "graphql"), arena, &ret->body) || no_memory(err);
    }
    return aws_fail(err, &error_usage,
                    "request '%.*s': body mode '%.*s' is not part of this version "
                    "(raw, urlencoded and graphql are)",
                    STR_ARG(ret->name), STR_ARG(mode));
}

/* Methods whose body Postman leaves out, unless the item asks for it. */
static bool prunes_body(const struct json_value *item, struct str method)
{
    static const struct str methods[] = {STR_INIT("GET"), STR_INIT("HEAD"), STR_INIT("COPY"),
                                         STR_INIT("PURGE"), STR_INIT("UNLOCK")};
    const struct json_value *behavior = json_member(item, "protocolProfileBehavior");

    if (json_is(json_member(behavior, "disableBodyPruning"), JSON_TRUE))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (str_eq_nocase(methods[i], method))
            return true;
    }
    return false;
}

/* --- auth ----------------------------------------------------------------------------------- */

/* An attribute: v2.1 has a list of {key, value}, v2.0 an object. */
static struct str auth_attribute(const struct json_value *attributes, struct str name)
{
    if (!json_is(attributes, JSON_ARRAY))
        return text_of(json_get(attributes, name));
    for (const struct json_value *entry = attributes->child; entry != NULL; entry = entry->next) {
        if (str_eq(text_of(json_member(entry, "key")), name))
            return text_of(json_member(entry, "value"));
    }
    return STR("");
}

static void read_basic(const struct json_value *attributes, struct auth *ret)
{
    ret->user = auth_attribute(attributes, STR("username"));
    ret->password = auth_attribute(attributes, STR("password"));
}

static void read_bearer(const struct json_value *attributes, struct auth *ret)
{
    ret->token = auth_attribute(attributes, STR("token"));
}

static void read_apikey(const struct json_value *attributes, struct auth *ret)
{
    ret->key = auth_attribute(attributes, STR("key"));
    ret->value = auth_attribute(attributes, STR("value"));
    ret->in_query = str_eq(auth_attribute(attributes, STR("in")), STR("query"));
}

static bool read_auth(const struct json_value *auth, struct request_definition *ret,
                      struct aws_error *err)
{
    static const struct {
        struct str name;
        enum auth_type type;
        void (*read)(const struct json_value *attributes, struct auth *ret);
    } rows[] = {
        {STR_INIT("noauth"), AUTH_NONE, NULL},
        {STR_INIT("basic"), AUTH_BASIC, read_basic},
        {STR_INIT("bearer"), AUTH_BEARER, read_bearer},
        {STR_INIT("apikey"), AUTH_APIKEY, read_apikey},
    };
    struct str type = text_of(json_member(auth, "type"));

    if (auth == NULL || type.len == 0)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!str_eq(rows[i].name, type))
            continue;
        ret->auth.type = rows[i].type;
        if (rows[i].read != NULL)
            rows[i].read(json_get(auth, type), &ret->auth);
        return true;
    }
    return aws_fail(err, &error_usage,
                    "request '%.*s': auth type '%.*s' is not part of this version "
                    "(noauth, basic, bearer and apikey are)",
                    STR_ARG(ret->name), STR_ARG(type));
}

/* `request` is the item's, or what a script made of it. */
static bool read_request(const struct json_value *item, const struct json_value *request,
                         const struct json_value *auth, struct arena *arena,
                         struct request_definition *ret, struct aws_error *err)
{
    ret->method = STR("GET");
    if (json_is(request, JSON_STRING)) {
        ret->url = request->text;
    } else if (json_is(request, JSON_OBJECT)) {
        struct str method = text_of(json_member(request, "method"));
        if (method.len > 0)
            ret->method = method;
        if (!read_url(json_member(request, "url"), arena, &ret->url) ||
            !read_headers(json_member(request, "header"), arena, &ret->headers))
            return no_memory(err);
    }
    if (!prunes_body(item, ret->method) &&
        !read_body(json_member(request, "body"), arena, ret, err))
        return false;
    return read_auth(auth, ret, err);
}

bool collection_request_read(const struct json_value *item, const struct json_value *auth,
                             struct arena *arena, struct request_definition *ret,
                             struct aws_error *err)
{
    const struct json_value *request = json_member(item, "request");

    ret->item = item;
    ret->auth_source = auth;
    ret->source = request->raw;
    ret->id = text_of(json_member(item, "id"));
    ret->name = text_of(json_member(item, "name"));
    if (!read_request(item, request, auth, arena, ret, err))
        return false;
    if (ret->name.len == 0)
        ret->name = ret->url;
    return true;
}

bool collection_request_reread(const struct request_definition *definition, struct str request,
                               struct arena *arena, struct request_definition *ret,
                               struct aws_error *err)
{
    struct request_definition changed = {.name = definition->name, .folder = definition->folder};
    struct json_value *root = NULL;
    const struct json_value *auth = NULL;

    if (!json_parse(request, arena, &root, NULL))
        return aws_fail(err, &error_usage, "request '%.*s': a script made it no request",
                        STR_ARG(definition->name));
    auth = json_member(root, "auth");
    if (!read_request(definition->item, root,
                      json_is(auth, JSON_OBJECT) ? auth : definition->auth_source, arena, &changed,
                      err))
        return false;
    *ret = changed;
    return true;
}
