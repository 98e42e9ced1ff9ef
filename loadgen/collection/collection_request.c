#include "loadgen/collection_request.h"

#include "base/buffer.h"
#include "loadgen/url.h"

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the collection does not fit in memory");
}

/* A string's text, another value's JSON, nothing for null or NULL. */
struct str collection_text(const struct json_value *value)
{
    if (value == NULL || value->type == JSON_NULL)
        return STR("");
    return value->type == JSON_STRING ? value->text : value->raw;
}

bool collection_is_disabled(const struct json_value *entry)
{
    return json_flag(entry, "disabled");
}

/* [{key, value, disabled}], the disabled ones left out. */
bool collection_pairs(const struct json_value *list, struct arena *arena, struct pair_list *ret)
{
    struct pair_list pairs = {0};

    pairs.rows = arena_alloc_array(arena, (size_t)list->count + 1, sizeof(*pairs.rows));
    if (pairs.rows == NULL)
        return false;
    for (const struct json_value *entry = list->child; entry != NULL; entry = entry->next) {
        const struct json_value *value = json_member(entry, "value");
        struct str name = collection_text(json_member(entry, "key"));
        bool has_value = value != NULL && value->type != JSON_NULL;
        if (entry->type != JSON_OBJECT || collection_is_disabled(entry) ||
            (name.len == 0 && !has_value))
            continue;
        pairs.rows[pairs.count++] = (struct pair){name, collection_text(value), has_value};
    }
    *ret = pairs;
    return true;
}

/* --- headers -------------------------------------------------------------------------------- */

/* A line is a header where a name without blanks, colons in it included, ends in a colon: what
 * people comment out ("// Name: value") is none. Source: postman-collection, Header.parse(). */
static struct str split_header_line(struct str *line)
{
    size_t end = 0, colon = 0;

    while (end < line->len && strchr(" \t\r\v\f", line->ptr[end]) == NULL) {
        if (line->ptr[end] == ':')
            colon = end;
        end++;
    }
    struct str name = str_slice(*line, 0, colon);
    *line = str_slice(*line, colon + 1, line->len);
    return name;
}

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
        struct str line = str_split(&text, '\n');
        struct str name = split_header_line(&line);
        if (name.len > 0)
            pairs.rows[pairs.count++] = (struct pair){name, str_trim(line), true};
    }
    *ret = pairs;
    return true;
}

/* A header's null goes out as the word. */
static void say_null(const struct json_value *headers, struct pair_list *list)
{
    size_t at = 0;

    for (const struct json_value *entry = headers->child; entry != NULL; entry = entry->next) {
        const struct json_value *value = json_member(entry, "value");
        struct str name = collection_text(json_member(entry, "key"));
        if (at == list->count || entry->type != JSON_OBJECT || collection_is_disabled(entry) ||
            name.ptr != list->rows[at].name.ptr)
            continue;
        if (json_is(value, JSON_NULL))
            list->rows[at].value = STR("null");
        at++;
    }
}

/* "Name: value" among the others, at the end. */
static bool add_header_texts(const struct json_value *headers, struct arena *arena,
                             struct pair_list *ret)
{
    struct pair *rows = NULL;

    for (const struct json_value *entry = headers->child; entry != NULL; entry = entry->next) {
        struct str value = json_string_or(entry, STR(""));
        struct str name = str_trim(str_split(&value, ':'));
        if (name.len == 0)
            continue;
        if (rows == NULL) {
            rows = arena_alloc_array(arena, (size_t)headers->count + 1, sizeof(*rows));
            if (rows == NULL)
                return false;
            if (ret->count > 0)
                memcpy(rows, ret->rows, ret->count * sizeof(*rows));
            ret->rows = rows;
        }
        rows[ret->count++] = (struct pair){name, str_trim(value), true};
    }
    return true;
}

static bool read_headers(const struct json_value *headers, struct arena *arena,
                         struct pair_list *ret)
{
    if (json_is(headers, JSON_STRING))
        return read_header_text(headers->text, arena, ret);
    if (!json_is(headers, JSON_ARRAY))
        return true;
    if (!collection_pairs(headers, arena, ret))
        return false;
    say_null(headers, ret);
    return add_header_texts(headers, arena, ret);
}

/* --- URL ------------------------------------------------------------------------------------ */

/* A list of text joined, or one text. Path segments may be objects with a value. */
static void add_joined(struct buffer *out, const struct json_value *parts, struct str separator)
{
    if (!json_is(parts, JSON_ARRAY)) {
        buffer_add(out, collection_text(parts));
        return;
    }
    for (const struct json_value *part = parts->child; part != NULL; part = part->next) {
        if (part != parts->child)
            buffer_add(out, separator);
        buffer_add(out,
                   collection_text(part->type == JSON_OBJECT ? json_member(part, "value") : part));
    }
}

/* The value of ":name" among the URL's path variables: the last of that name, text and not empty;
 * what is disabled counts, too. */
static bool path_variable(const struct json_value *url, struct str name, struct str *ret)
{
    const struct json_value *list = json_member(url, "variable");
    struct str found = {0};

    if (!json_is(list, JSON_ARRAY))
        return false;
    for (const struct json_value *entry = list->child; entry != NULL; entry = entry->next) {
        struct str key = {0};
        bool named = json_string(json_member(entry, "key"), &key) ||
                     json_string(json_member(entry, "id"), &key);
        if (named && str_eq(key, name))
            found = json_text(entry, "value");
    }
    *ret = found;
    return found.len > 0;
}

/* ":name" or ":name.suffix", as postman-collection's Url.getPath() reads them. */
static void add_segment(struct buffer *out, const struct json_value *url, struct str segment)
{
    size_t dot = str_find_char(segment, '.');
    struct str value = {0};

    if (segment.len > 1 && segment.ptr[0] == ':' &&
        path_variable(url, str_slice(segment, 1, dot), &value)) {
        buffer_add(out, value);
        segment = str_slice(segment, dot, segment.len);
    }
    buffer_add(out, segment);
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
    if (json_is(path, JSON_ARRAY) || text.len == 0 || text.ptr[0] != '/')
        buffer_add_char(out, '/');
    while (text.len > 0) {
        size_t length = str_find_char(text, '/');
        add_segment(out, url, str_slice(text, 0, length));
        if (length < text.len)
            buffer_add_char(out, '/');
        text = str_slice(text, length + 1, text.len);
    }
}

/* One parameter; a value that is no text is none. "a=b" as text is taken apart by whoever gets it.
 */
static void add_parameter(struct buffer *out, const struct json_value *entry)
{
    const struct json_value *value = json_member(entry, "value");

    if (entry->type == JSON_STRING) {
        buffer_add(out, entry->text);
        return;
    }
    url_add_parameter(out, collection_text(json_member(entry, "key")), true);
    if (!json_is(value, JSON_STRING))
        return;
    buffer_add_char(out, '=');
    url_add_parameter(out, value->text, false);
}

static bool is_parameter(const struct json_value *entry)
{
    return entry->type == JSON_STRING ||
           (entry->type == JSON_OBJECT && !collection_is_disabled(entry));
}

static void add_query(struct buffer *out, const struct json_value *url)
{
    const struct json_value *query = json_member(url, "query");
    bool any = false;

    if (json_is(query, JSON_STRING) && query->text.len > 0) {
        buffer_add_char(out, '?');
        buffer_add(out, query->text);
    }
    for (const struct json_value *entry = json_elements(query); entry != NULL;
         entry = entry->next) {
        if (!is_parameter(entry))
            continue;
        buffer_add_char(out, any ? '&' : '?');
        add_parameter(out, entry);
        any = true;
    }
}

/* Before the query a backslash is a slash. */
static bool read_url_text(struct str text, struct arena *arena, struct str *ret)
{
    size_t query = str_find_char(text, '?');
    char *copy = NULL;

    *ret = text;
    if (str_find_char(str_slice(text, 0, query), '\\') == query)
        return true;
    copy = arena_alloc_text(arena, text.len + 1);
    if (copy == NULL)
        return false;
    for (size_t i = 0; i < text.len; i++)
        copy[i] = (char)(i < query && text.ptr[i] == '\\' ? '/' : text.ptr[i]);
    *ret = (struct str){copy, text.len};
    return true;
}

/* An object's `raw` is not looked at: what has no host there is no address, in newman, too. */
static bool read_url(const struct json_value *url, struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct str protocol = collection_text(json_member(url, "protocol"));
    struct str port = collection_text(json_member(url, "port"));
    struct str hash = collection_text(json_member(url, "hash"));
    const struct json_value *auth = json_member(url, "auth");

    if (!json_is(url, JSON_OBJECT))
        return read_url_text(collection_text(url), arena, ret);
    buffer_init(&out, arena);
    if (protocol.len > 0) {
        buffer_add(&out, protocol);
        if (!str_ends_with(protocol, STR("://")))
            buffer_add_literal(&out, "://");
    }
    if (json_is(auth, JSON_OBJECT)) {
        buffer_add(&out, collection_text(json_member(auth, "user")));
        if (json_member(auth, "password") != NULL)
            buffer_add_char(&out, ':');
        buffer_add(&out, collection_text(json_member(auth, "password")));
        buffer_add_char(&out, '@');
    }
    add_joined(&out, json_member(url, "host"), STR("."));
    if (port.len > 0) {
        buffer_add_char(&out, ':');
        buffer_add(&out, port);
    }
    add_path(&out, url);
    add_query(&out, url);
    if (hash.len > 0) {
        buffer_add_char(&out, '#');
        buffer_add(&out, hash);
    }
    return buffer_done(&out, ret);
}

/* Methods whose body Postman leaves out, unless the item asks for it. */
static bool prunes_body(const struct behavior *behavior, struct str method)
{
    static const struct str methods[] = {STR_INIT("GET"), STR_INIT("HEAD"), STR_INIT("COPY"),
                                         STR_INIT("PURGE"), STR_INIT("UNLOCK")};

    if (behavior->keep_body)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (str_eq_nocase(methods[i], method))
            return true;
    }
    return false;
}

static bool in_capitals(struct str text, struct arena *arena, struct str *ret)
{
    struct buffer out;

    buffer_init(&out, arena);
    for (size_t i = 0; i < text.len; i++)
        buffer_add_char(&out, text.ptr[i] >= 'a' && text.ptr[i] <= 'z' ? (char)(text.ptr[i] - 32)
                                                                       : text.ptr[i]);
    return buffer_done(&out, ret);
}

/* `request` is the item's, or what a script made of it. */
static bool read_request(const struct json_value *request, struct inherited inherited,
                         struct arena *arena, struct request_definition *ret, struct aws_error *err)
{
    const struct json_value *auth = json_member(request, "auth");

    ret->inherited = inherited;
    ret->behavior = inherited.behavior;
    ret->method = STR("GET");
    if (json_is(request, JSON_STRING)) {
        ret->url = request->text;
    } else if (json_is(request, JSON_OBJECT)) {
        struct str method = collection_text(json_member(request, "method"));
        if (method.len > 0 && !in_capitals(method, arena, &ret->method))
            return no_memory(err);
        if (!read_url(json_member(request, "url"), arena, &ret->url) ||
            !read_headers(json_member(request, "header"), arena, &ret->headers))
            return no_memory(err);
    }
    if (!prunes_body(&ret->behavior, ret->method) &&
        !collection_body_read(json_member(request, "body"), arena, ret, err))
        return false;
    ret->auth.owner = json_is(auth, JSON_OBJECT) ? NULL : inherited.auth;
    return collection_auth_read(json_is(auth, JSON_OBJECT) ? auth : inherited.auth, arena, ret,
                                err);
}

bool collection_request_read(const struct json_value *item, struct inherited inherited,
                             struct arena *arena, struct request_definition *ret,
                             struct aws_error *err)
{
    const struct json_value *request = json_member(item, "request");

    ret->source = request->raw;
    if (json_member(item, "event") != NULL)
        ret->events = json_member(item, "event")->raw;
    ret->id = collection_text(json_member(item, "id"));
    if (ret->id.len == 0)
        ret->id = collection_text(json_member(item, "_postman_id"));
    ret->name = collection_text(json_member(item, "name"));
    if (!read_request(request, inherited_by(item, inherited), arena, ret, err))
        return false;
    ret->nameless = ret->name.len == 0;
    if (ret->nameless)
        ret->name = ret->url;
    return true;
}

/* What was read of files stays with the paths that name them. */
static bool keep_files(const struct request_definition *definition,
                       struct request_definition *changed, struct aws_error *err)
{
    bool found = true;

    if (definition->files_at_send)
        return true;
    if (changed->body_mode == BODY_FILE) {
        found = str_eq(changed->body_source, definition->body_source) &&
                str_eq(changed->body_inline, definition->body_inline);
        changed->body = definition->body;
        changed->content = definition->content;
    }
    for (size_t i = 0; i < changed->parts.count; i++) {
        struct form_part *part = &changed->parts.rows[i];
        bool known = !part->is_file || part->value.len == 0;
        for (size_t at = 0; !known && at < definition->parts.count; at++) {
            const struct form_part *read = &definition->parts.rows[at];
            known = read->is_file && str_eq(read->source, part->source);
            part->value = known ? read->value : part->value;
            part->content = known ? read->content : part->content;
        }
        found = found && known;
    }
    return found || aws_fail(err, &error_usage,
                             "request '%.*s': a script added a file; files are read before the run",
                             STR_ARG(definition->name));
}

bool collection_request_reread(const struct request_definition *definition, struct str request,
                               struct arena *arena, struct request_definition *ret,
                               struct aws_error *err)
{
    struct request_definition changed = {.name = definition->name, .folder = definition->folder};
    struct json_value *root = NULL;

    if (!json_parse(request, arena, &root, NULL))
        return aws_fail(err, &error_usage, "request '%.*s': a script made it no request",
                        STR_ARG(definition->name));
    if (!read_request(root, definition->inherited, arena, &changed, err) ||
        !keep_files(definition, &changed, err))
        return false;
    changed.auth.owner = definition->auth.owner;
    *ret = changed;
    return true;
}
