/* Values that a schema allows: its own examples first, then the plainest. */
#include "openapi.h"

/* "~1" is a slash, "~0" a tilde, "%20" a blank (RFC 6901). */
static const struct json_value *member_of_pointer(const struct json_value *value, struct str name)
{
    for (const struct json_value *at = value->child; at != NULL; at = at->next) {
        size_t i = 0, k = 0;
        while (i < name.len && k < at->name.len) {
            bool escaped = name.ptr[i] == '~' && i + 1 < name.len;
            char wanted = name.ptr[i];
            if (escaped)
                wanted = (char)(name.ptr[i + 1] == '1' ? '/' : '~');
            if (wanted != at->name.ptr[k])
                break;
            i += escaped ? 2 : 1;
            k++;
        }
        if (value->type == JSON_OBJECT && i == name.len && k == at->name.len)
            return at;
    }
    return NULL;
}

const struct json_value *openapi_follow(const struct json_value *root,
                                        const struct json_value *value)
{
    struct str pointer = {0};

    for (int hops = 0; hops < API_DEPTH_MAX && json_is(value, JSON_OBJECT) &&
                       json_string(json_member(value, "$ref"), &pointer);
         hops++) {
        if (!str_starts_with(pointer, STR("#/")))
            return NULL;
        pointer = str_slice(pointer, 2, pointer.len);
        value = root;
        while (value != NULL && pointer.len > 0)
            value = member_of_pointer(value, str_split(&pointer, '/'));
    }
    return json_member(value, "$ref") == NULL ? value : NULL;
}

const struct json_value *openapi_example(const struct json_value *root,
                                         const struct json_value *holder)
{
    const struct json_value *example = json_member(holder, "example");
    const struct json_value *first = json_members(json_member(holder, "examples"));

    return example != NULL || first == NULL ? example
                                            : json_member(openapi_follow(root, first), "value");
}

/* --- one value ------------------------------------------------------------------------------ */

/* "type" is a word, or a list of them (3.1). */
static struct str type_of(const struct json_value *schema)
{
    const struct json_value *type = json_member(schema, "type");

    if (json_is(type, JSON_ARRAY)) {
        for (const struct json_value *at = type->child; at != NULL; at = at->next) {
            if (at->type == JSON_STRING && !str_eq(at->text, STR("null")))
                return at->text;
        }
        return STR("null");
    }
    if (json_is(type, JSON_STRING))
        return type->text;
    return json_member(schema, "properties") != NULL ? STR("object")
           : json_member(schema, "items") != NULL    ? STR("array")
                                                     : STR("string");
}

/* What the file itself gives, or NULL. */
static const struct json_value *given(const struct json_value *schema)
{
    static const struct str names[] = {STR_INIT("example"), STR_INIT("default"), STR_INIT("const")};
    const struct json_value *example = json_elements(json_member(schema, "examples"));

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct json_value *value = json_get(schema, names[i]);
        if (value != NULL)
            return value;
    }
    return example != NULL ? example : json_elements(json_member(schema, "enum"));
}

static const struct {
    struct str format, sample;
} formats[] = {
    {STR_INIT("date-time"), STR_INIT("{{$isoTimestamp}}")},
    {STR_INIT("date"), STR_INIT("2026-01-31")},
    {STR_INIT("time"), STR_INIT("12:00:00Z")},
    {STR_INIT("uuid"), STR_INIT("{{$guid}}")},
    {STR_INIT("email"), STR_INIT("{{$randomEmail}}")},
    {STR_INIT("hostname"), STR_INIT("{{$randomDomainName}}")},
    {STR_INIT("ipv4"), STR_INIT("{{$randomIP}}")},
    {STR_INIT("ipv6"), STR_INIT("{{$randomIPV6}}")},
    {STR_INIT("uri"), STR_INIT("{{$randomUrl}}")},
    {STR_INIT("password"), STR_INIT("{{$randomPassword}}")},
    {STR_INIT("byte"), STR_INIT("c2FtcGxl")},
};

/* At least minLength long. */
static void write_string(const struct json_value *schema, struct json_writer *writer)
{
    char padded[256];
    struct str plain = STR("string");
    struct str format = json_text(schema, "format");
    int64_t least = 0;

    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (str_eq(formats[i].format, format)) {
            json_write_string(writer, formats[i].sample);
            return;
        }
    }
    memset(padded, 'x', sizeof(padded));
    for (size_t i = 0; i < plain.len; i++)
        padded[i] = plain.ptr[i];
    if (!json_int64(json_member(schema, "minLength"), 0, (int64_t)sizeof(padded), &least) ||
        least < (int64_t)plain.len)
        least = (int64_t)plain.len;
    json_write_string(writer, (struct str){padded, (size_t)least});
}

static void write_number(const struct json_value *schema, bool whole, struct json_writer *writer)
{
    double least = 1;

    if (!json_double(json_member(schema, "minimum"), &least))
        least = 1;
    if (whole)
        json_write_int(writer, least < -9e15 || least > 9e15 ? 1 : (int64_t)least);
    else
        json_write_double(writer, least);
}

/* --- composed ones -------------------------------------------------------------------------- */

/* Schemas that name each other would never end: depth, steps and bytes are bounded. */
struct sampler {
    const struct json_value *root;
    struct json_writer *writer;
    int depth;
    size_t steps;
};

static bool is_done(struct sampler *s)
{
    return s->depth > API_DEPTH_MAX || ++s->steps > API_SAMPLE_STEPS_MAX ||
           s->writer->out->len > API_SAMPLE_BYTES_MAX;
}

static void sample(struct sampler *s, const struct json_value *schema);

static bool is_required(const struct json_value *schema, struct str name)
{
    const struct json_value *names = json_member(schema, "required");

    for (const struct json_value *at = json_elements(names); at != NULL; at = at->next) {
        if (at->type == JSON_STRING && str_eq(at->text, name))
            return true;
    }
    return false;
}

static void write_members(struct sampler *s, const struct json_value *schema)
{
    const struct json_value *properties = NULL, *all = NULL;

    if (is_done(s))
        return;
    s->depth++;
    schema = openapi_follow(s->root, schema);
    properties = json_member(schema, "properties");
    all = json_member(schema, "allOf");
    for (const struct json_value *at = json_elements(all); at != NULL; at = at->next)
        write_members(s, at);
    for (const struct json_value *at = json_members(properties); at != NULL; at = at->next) {
        const struct json_value *member = openapi_follow(s->root, at);
        if (json_flag(member, "readOnly") ||
            (s->depth > API_OPTIONAL_DEPTH_MAX && !is_required(schema, at->name)))
            continue;
        json_write_name(s->writer, at->name);
        sample(s, at);
    }
    s->depth--;
}

/* The first of the choices, where there are any. */
static const struct json_value *choice_of(const struct json_value *schema)
{
    const struct json_value *one = json_elements(json_member(schema, "oneOf"));

    return one != NULL ? one : json_elements(json_member(schema, "anyOf"));
}

static void sample_known(struct sampler *s, const struct json_value *schema)
{
    struct json_writer *writer = s->writer;
    struct str type = json_member(schema, "allOf") != NULL ? STR("object") : type_of(schema);

    if (given(schema) != NULL) {
        json_write_value(writer, given(schema));
    } else if (choice_of(schema) != NULL) {
        sample(s, choice_of(schema));
    } else if (str_eq(type, STR("object"))) {
        json_object_begin(writer);
        write_members(s, schema);
        json_object_end(writer);
    } else if (str_eq(type, STR("array"))) {
        json_array_begin(writer);
        if (json_member(schema, "items") != NULL)
            sample(s, json_member(schema, "items"));
        json_array_end(writer);
    } else if (str_eq(type, STR("boolean"))) {
        json_write_bool(writer, true);
    } else if (str_eq(type, STR("null"))) {
        json_write_null(writer);
    } else if (str_eq(type, STR("integer")) || str_eq(type, STR("number"))) {
        write_number(schema, str_eq(type, STR("integer")), writer);
    } else {
        write_string(schema, writer);
    }
}

static void sample(struct sampler *s, const struct json_value *schema)
{
    schema = openapi_follow(s->root, schema);
    if (!json_is(schema, JSON_OBJECT) || is_done(s)) {
        json_write_null(s->writer);
        return;
    }
    s->depth++;
    sample_known(s, schema);
    s->depth--;
}

void openapi_sample(const struct json_value *root, const struct json_value *schema,
                    struct json_writer *writer)
{
    struct sampler sampler = {root, writer, 0, 0};

    sample(&sampler, schema);
}

struct str openapi_sample_text(struct conversion *c, const struct json_value *schema)
{
    struct buffer out;
    struct json_writer writer;
    struct json_value *value = NULL;
    struct str json = {0};

    buffer_init(&out, c->arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    openapi_sample(c->root, schema, &writer);
    if (!buffer_done(&out, &json))
        c->failed = true;
    return json_parse(json, c->arena, &value, NULL) && value->type == JSON_STRING ? value->text
                                                                                  : json;
}
