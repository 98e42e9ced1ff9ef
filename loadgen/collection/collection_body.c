/* The body of one item, in each of Postman's modes. */
#include "loadgen/collection_request.h"

#include "base/buffer.h"
#include "loadgen/js_value.h"
#include "loadgen/json_comments.h"

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the collection does not fit in memory");
}

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
    struct str language = collection_text(json_member(json_member(options, "raw"), "language"));

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(rows[i].language, language))
            return rows[i].type;
    }
    return STR("text/plain");
}

/* By its language, or where that is not said by a header. */
static bool is_json_body(const struct json_value *body, const struct pair_list *headers)
{
    const struct json_value *options = json_member(body, "options");
    struct str language = collection_text(json_member(json_member(options, "raw"), "language"));

    for (size_t i = 0; language.len == 0 && i < headers->count; i++) {
        if (str_eq_nocase(headers->rows[i].name, STR("Content-Type")))
            return media_type_is_json(headers->rows[i].value);
    }
    return str_eq(language, STR("json"));
}

/* {query, variables, operationName} as one JSON object; variables are JSON text already. */
static bool read_graphql(const struct json_value *graphql, struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct json_writer writer;
    struct str operation = collection_text(json_member(graphql, "operationName"));
    const struct json_value *given = json_member(graphql, "variables");
    struct str variables = str_trim(collection_text(given));

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    if (json_member(graphql, "query") != NULL)
        json_field_string(&writer, STR("query"), collection_text(json_member(graphql, "query")));
    if (operation.len > 0)
        json_field_string(&writer, STR("operationName"), operation);
    if (json_is(given, JSON_OBJECT)) {
        json_write_name(&writer, STR("variables"));
        json_write_value(&writer, given);
    } else if (variables.len > 0) {
        json_field_raw(&writer, STR("variables"), variables);
    }
    json_object_end(&writer);
    return buffer_done(&out, ret);
}

/* Parts of one name together, at the first one's place: so postman-request sends them. */
static bool gather_names(struct arena *arena, struct pair_list *pairs)
{
    struct pair *rows = arena_alloc_array(arena, pairs->count + 1, sizeof(*rows));
    bool *taken = arena_alloc_array(arena, pairs->count + 1, sizeof(*taken));
    size_t count = 0;

    if (rows == NULL || taken == NULL)
        return false;
    for (size_t i = 0; i < pairs->count; i++) {
        for (size_t at = i; at < pairs->count && !taken[i]; at++) {
            if (at > i && (taken[at] || !str_eq(pairs->rows[at].name, pairs->rows[i].name)))
                continue;
            rows[count++] = pairs->rows[at];
            taken[at] = at > i;
        }
        taken[i] = true;
    }
    pairs->rows = rows;
    return true;
}

/* "a=1&b=2%20", as the body is written, too. */
static bool read_form_text(struct str text, struct arena *arena, struct request_definition *ret)
{
    size_t count = 1;
    struct pair_list *form = &ret->form;

    if (text.len == 0)
        return true;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '&' ? 1 : 0;
    form->rows = arena_alloc_array(arena, count, sizeof(*form->rows));
    if (form->rows == NULL)
        return false;
    while (text.len > 0) {
        struct str value = str_split(&text, '&');
        bool has_value = str_find_char(value, '=') < value.len;
        struct str name = str_split(&value, '=');
        form->rows[form->count++] = (struct pair){name, value, has_value};
    }
    ret->body_mode = BODY_URLENCODED;
    ret->content_type = STR("application/x-www-form-urlencoded");
    return gather_names(arena, form);
}

static bool read_urlencoded(const struct json_value *list, struct arena *arena,
                            struct request_definition *ret)
{
    if (json_is(list, JSON_STRING))
        return read_form_text(list->text, arena, ret);
    if (!json_is(list, JSON_ARRAY) || list->count == 0)
        return true;
    if (!collection_pairs(list, arena, &ret->form) || !gather_names(arena, &ret->form))
        return false;
    ret->body_mode = ret->form.count > 0 ? BODY_URLENCODED : BODY_NONE;
    ret->content_type =
        ret->form.count > 0 ? STR("application/x-www-form-urlencoded") : (struct str){0};
    return true;
}

/* "src" may be a list: a part a file. */
static size_t paths_of(const struct json_value *entry)
{
    const struct json_value *src = json_member(entry, "src");

    return json_is(src, JSON_ARRAY) && src->count > 0 ? src->count : 1;
}

static bool add_parts(const struct json_value *entry, struct arena *arena, struct part_list *ret)
{
    const struct json_value *src = json_member(entry, "src");
    const struct json_value *file_name = json_member(entry, "fileName");
    const struct json_value *value = json_member(entry, "value");
    struct form_part part = {.name = collection_text(json_member(entry, "key")),
                             .content_type = json_text(entry, "contentType"),
                             .has_file_name = json_is(file_name, JSON_STRING)};

    part.file_name = collection_text(part.has_file_name ? file_name : NULL);
    part.is_file = str_eq(collection_text(json_member(entry, "type")), STR("file"));
    part.value = part.source = collection_text(part.is_file ? src : json_member(entry, "value"));
    if (!part.is_file && (json_is(value, JSON_OBJECT) || json_is(value, JSON_ARRAY)) &&
        !js_stringify(value, arena, &part.value))
        return false;
    if (!part.is_file || !json_is(src, JSON_ARRAY)) {
        ret->rows[ret->count++] = part;
        return true;
    }
    part.value = part.source = STR("");
    if (src->count == 0)
        ret->rows[ret->count++] = part;
    for (const struct json_value *path = src->child; path != NULL; path = path->next) {
        part.value = part.source = collection_text(path);
        ret->rows[ret->count++] = part;
    }
    return true;
}

static bool read_formdata(const struct json_value *list, struct arena *arena,
                          struct request_definition *ret)
{
    size_t count = 0;

    if (!json_is(list, JSON_ARRAY))
        return true;
    for (const struct json_value *entry = list->child; entry != NULL; entry = entry->next)
        count += paths_of(entry);
    ret->parts.rows = arena_alloc_array(arena, count + 1, sizeof(*ret->parts.rows));
    if (ret->parts.rows == NULL)
        return false;
    for (const struct json_value *entry = list->child; entry != NULL; entry = entry->next) {
        if (entry->type == JSON_OBJECT && !collection_is_disabled(entry) &&
            !add_parts(entry, arena, &ret->parts))
            return false;
    }
    ret->body_mode = ret->parts.count > 0 ? BODY_FORMDATA : BODY_NONE;
    return true;
}

/* A path that is no text names no file, and leaves no use for a content. */
static void read_file(const struct json_value *file, struct request_definition *ret)
{
    const struct json_value *path = json_is(file, JSON_OBJECT) ? json_member(file, "src") : file;
    const struct json_value *content = json_member(file, "content");

    if (!json_is(file, JSON_STRING) && !js_truthy(file))
        return;
    ret->body_mode = BODY_FILE;
    if (json_is(path, JSON_STRING))
        ret->body = ret->body_source = path->text;
    if (json_is(file, JSON_OBJECT) && !js_truthy(path) && json_is(content, JSON_STRING))
        ret->body_inline = content->text;
}

bool collection_body_read(const struct json_value *body, struct arena *arena,
                          struct request_definition *ret, struct aws_error *err)
{
    struct str mode = collection_text(json_member(body, "mode"));

    if (json_is(body, JSON_STRING) && body->text.len > 0) {
        ret->body = body->text;
        ret->body_mode = BODY_RAW;
        ret->content_type = STR("text/plain");
    }
    if (!json_is(body, JSON_OBJECT) || collection_is_disabled(body) || mode.len == 0)
        return true;
    if (str_eq(mode, STR("raw"))) {
        const struct json_value *raw = json_member(body, "raw");
        bool is_text = !json_is(raw, JSON_OBJECT) && !json_is(raw, JSON_ARRAY);
        ret->body = collection_text(raw);
        ret->body_mode = ret->body.len > 0 ? BODY_RAW : BODY_NONE;
        ret->content_type = ret->body.len > 0 ? language_type(body) : STR("");
        ret->has_comments = is_json_body(body, &ret->headers);
        return is_text || js_stringify(raw, arena, &ret->body) || no_memory(err);
    }
    if (str_eq(mode, STR("urlencoded")))
        return read_urlencoded(json_member(body, "urlencoded"), arena, ret) || no_memory(err);
    if (str_eq(mode, STR("formdata")))
        return read_formdata(json_member(body, "formdata"), arena, ret) || no_memory(err);
    if (str_eq(mode, STR("file"))) {
        read_file(json_member(body, "file"), ret);
        return true;
    }
    if (str_eq(mode, STR("graphql"))) {
        ret->body_mode = BODY_GRAPHQL;
        ret->content_type = STR("application/json");
        return read_graphql(json_member(body, "graphql"), arena, &ret->body) || no_memory(err);
    }
    return true; /* a mode that Postman does not know sends nothing */
}
