/*
 * YAML to JSON, then JSON to a tree: libyaml's events are written as JSON text, which base/json
 * reads. An anchor is the place of its node's JSON text, and an alias a copy of it, so that the
 * output's limit bounds both.
 *
 * Scalars follow YAML 1.1 as CloudFormation reads it, but for these: a number with a leading zero,
 * a plus sign or underscores stays text (an account number is no octal number), and so do dates.
 */
#include "base/yaml.h"

#include <yaml.h>

#include "base/buffer.h"

enum {
    YAML_DEPTH_MAX = 100,
    YAML_ANCHORS_MAX = 64,
    YAML_JSON_BYTES_MAX = 16 * 1024 * 1024,
    YAML_MEMBERS_MAX = 2000, /* of one mapping */
};

struct anchor {
    struct str name;
    size_t from, to; /* of the JSON text */
};

struct yaml_reader {
    yaml_parser_t parser;
    struct arena *arena;
    struct buffer json;
    struct anchor anchors[YAML_ANCHORS_MAX];
    size_t anchor_count;
    int depth;
    struct aws_error *err;
};

static bool refuse(struct yaml_reader *r, const yaml_event_t *event, const char *what)
{
    return aws_fail(r->err, &error_usage, "line %zu: %s", event->start_mark.line + 1, what);
}

static bool next_event(struct yaml_reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event) != 0)
        return true;
    return aws_fail(r->err, &error_usage, "line %zu: %s%s%s", r->parser.problem_mark.line + 1,
                    r->parser.problem == NULL ? "not YAML" : r->parser.problem,
                    r->parser.context == NULL ? "" : " ",
                    r->parser.context == NULL ? "" : r->parser.context);
}

/* --- scalars ------------------------------------------------------------------------------------
 */

static bool is_one_of(struct str text, const char *words)
{
    struct str rest = str_from_c(words);

    while (rest.len > 0) {
        if (str_eq(str_split(&rest, '|'), text))
            return true;
    }
    return false;
}

/* The JSON text of a plain scalar that is no string; empty when it is one. */
static struct str plain_json(struct str text)
{
    if (text.len == 0 || is_one_of(text, "~|null|Null|NULL"))
        return STR("null");
    if (is_one_of(text, "true|True|TRUE|yes|Yes|YES|on|On|ON"))
        return STR("true");
    if (is_one_of(text, "false|False|FALSE|no|No|NO|off|Off|OFF"))
        return STR("false");
    if ((text.ptr[0] == '-' || (text.ptr[0] >= '0' && text.ptr[0] <= '9')) &&
        json_is_valid(text, NULL))
        return text;
    return (struct str){NULL, 0};
}

static void write_scalar(struct yaml_reader *r, const yaml_event_t *event)
{
    struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    struct str json = {NULL, 0};
    const char *tag = (const char *)event->data.scalar.tag;
    bool is_string = tag != NULL && strcmp(tag, YAML_STR_TAG) == 0;

    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !is_string)
        json = plain_json(text);
    if (json.len > 0)
        buffer_add(&r->json, json);
    else
        json_escape(&r->json, text);
}

/* --- tags: CloudFormation's short forms
 * ------------------------------------------------------------ */

static const struct {
    struct str tag;
    struct str name;
} short_forms[] = {
    {STR_INIT("!Ref"), STR_INIT("Ref")},
    {STR_INIT("!Condition"), STR_INIT("Condition")},
    {STR_INIT("!GetAtt"), STR_INIT("Fn::GetAtt")},
    {STR_INIT("!Sub"), STR_INIT("Fn::Sub")},
    {STR_INIT("!Join"), STR_INIT("Fn::Join")},
    {STR_INIT("!Select"), STR_INIT("Fn::Select")},
    {STR_INIT("!Split"), STR_INIT("Fn::Split")},
    {STR_INIT("!FindInMap"), STR_INIT("Fn::FindInMap")},
    {STR_INIT("!If"), STR_INIT("Fn::If")},
    {STR_INIT("!Equals"), STR_INIT("Fn::Equals")},
    {STR_INIT("!And"), STR_INIT("Fn::And")},
    {STR_INIT("!Or"), STR_INIT("Fn::Or")},
    {STR_INIT("!Not"), STR_INIT("Fn::Not")},
    {STR_INIT("!Base64"), STR_INIT("Fn::Base64")},
    {STR_INIT("!ImportValue"), STR_INIT("Fn::ImportValue")},
    {STR_INIT("!GetAZs"), STR_INIT("Fn::GetAZs")},
    {STR_INIT("!Cidr"), STR_INIT("Fn::Cidr")},
    {STR_INIT("!Transform"), STR_INIT("Fn::Transform")},
};

/* Opens {"Fn::Sub": for a tagged node; `*opened` says that it must be closed again. */
static bool open_short_form(struct yaml_reader *r, const yaml_event_t *event, const char *tag,
                            bool *opened)
{
    *opened = false;
    if (tag == NULL || tag[0] != '!')
        return true; /* none, or one of YAML's own */
    for (size_t i = 0; i < ARRAY_LEN(short_forms); i++) {
        if (!str_eq(short_forms[i].tag, str_from_c(tag)))
            continue;
        buffer_add_char(&r->json, '{');
        json_escape(&r->json, short_forms[i].name);
        buffer_add_char(&r->json, ':');
        *opened = true;
        return true;
    }
    return refuse(r, event, "an unknown tag; CloudFormation's are !Ref, !Sub, !GetAtt, !Join ...");
}

/* !GetAtt Name.Attribute is the one short form whose scalar is split. */
static bool write_get_att(struct yaml_reader *r, const yaml_event_t *event)
{
    struct str attribute = {(const char *)event->data.scalar.value, event->data.scalar.length};
    struct str name = str_split(&attribute, '.');

    if (name.len == 0 || attribute.len == 0)
        return refuse(r, event, "!GetAtt wants Name.Attribute");
    buffer_add_char(&r->json, '[');
    json_escape(&r->json, name);
    buffer_add_char(&r->json, ',');
    json_escape(&r->json, attribute);
    buffer_add_char(&r->json, ']');
    return true;
}

/* --- nodes
 * ------------------------------------------------------------------------------------------ */

static bool read_node(struct yaml_reader *r, const yaml_event_t *event);

static bool read_next_node(struct yaml_reader *r, yaml_event_type_t end, bool *ended)
{
    yaml_event_t event;

    if (!next_event(r, &event))
        return false;
    *ended = event.type == end;
    bool ok = *ended || read_node(r, &event);
    yaml_event_delete(&event);
    return ok;
}

static bool read_sequence(struct yaml_reader *r)
{
    bool ended = false;

    buffer_add_char(&r->json, '[');
    for (bool first = true;; first = false) {
        size_t before = r->json.len;
        if (!first)
            buffer_add_char(&r->json, ',');
        if (!read_next_node(r, YAML_SEQUENCE_END_EVENT, &ended))
            return false;
        if (ended) {
            r->json.len = before; /* without the comma */
            buffer_add_char(&r->json, ']');
            return true;
        }
    }
}

static bool read_key(struct yaml_reader *r, bool first, bool *ended)
{
    yaml_event_t event;
    bool ok = true;

    if (!next_event(r, &event))
        return false;
    *ended = event.type == YAML_MAPPING_END_EVENT;
    if (!*ended && event.type != YAML_SCALAR_EVENT) {
        ok = refuse(r, &event, "a mapping's key must be a plain word");
    } else if (!*ended) {
        if (!first)
            buffer_add_char(&r->json, ',');
        json_escape(&r->json,
                    (struct str){(const char *)event.data.scalar.value, event.data.scalar.length});
        buffer_add_char(&r->json, ':');
    }
    yaml_event_delete(&event);
    return ok;
}

static bool read_mapping(struct yaml_reader *r, const yaml_event_t *event)
{
    bool ended = false, unused = false;

    buffer_add_char(&r->json, '{');
    for (int members = 0; !ended; members++) {
        if (members > YAML_MEMBERS_MAX)
            return refuse(r, event, "this mapping has too many members");
        if (!read_key(r, members == 0, &ended))
            return false;
        if (!ended && !read_next_node(r, YAML_NO_EVENT, &unused))
            return false;
    }
    buffer_add_char(&r->json, '}');
    return true;
}

static bool read_alias(struct yaml_reader *r, const yaml_event_t *event)
{
    struct str name = str_from_c((const char *)event->data.alias.anchor);

    for (size_t i = r->anchor_count; i > 0; i--) {
        const struct anchor *anchor = &r->anchors[i - 1];
        if (!str_eq(anchor->name, name))
            continue;
        size_t bytes = anchor->to - anchor->from;
        if (r->json.len + bytes > YAML_JSON_BYTES_MAX)
            return refuse(r, event, "the file grows too large by its aliases");
        /* Room first: adding from the buffer's own text must not move it meanwhile. */
        if (buffer_reserve(&r->json, bytes) != NULL)
            buffer_add(&r->json, (struct str){r->json.ptr + anchor->from, bytes});
        return true;
    }
    return refuse(r, event, "an alias without its anchor");
}

static bool keep_anchor(struct yaml_reader *r, const yaml_event_t *event, const yaml_char_t *name,
                        size_t from)
{
    struct anchor *anchor = &r->anchors[r->anchor_count];

    if (name == NULL)
        return true;
    if (r->anchor_count == YAML_ANCHORS_MAX)
        return refuse(r, event, "too many anchors");
    *anchor = (struct anchor){.from = from, .to = r->json.len};
    if (!str_copy(r->arena, str_from_c((const char *)name), &anchor->name))
        return refuse(r, event, "the file is too large");
    r->anchor_count++;
    return true;
}

static bool read_tagged(struct yaml_reader *r, const yaml_event_t *event, const yaml_char_t *tag,
                        const yaml_char_t *anchor)
{
    size_t from = r->json.len;
    bool opened = false, ok = false;

    if (!open_short_form(r, event, (const char *)tag, &opened))
        return false;
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        ok = read_sequence(r);
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        ok = read_mapping(r, event);
    } else if (opened && strcmp((const char *)tag, "!GetAtt") == 0) {
        ok = write_get_att(r, event);
    } else {
        write_scalar(r, event);
        ok = true;
    }
    if (opened)
        buffer_add_char(&r->json, '}');
    return ok && keep_anchor(r, event, anchor, from);
}

static bool read_node(struct yaml_reader *r, const yaml_event_t *event)
{
    bool ok = false;

    if (++r->depth > YAML_DEPTH_MAX)
        return refuse(r, event, "nested too deeply");
    if (r->json.len > YAML_JSON_BYTES_MAX || r->json.failed)
        return refuse(r, event, "the file is too large");
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        ok = read_tagged(r, event, event->data.scalar.tag, event->data.scalar.anchor);
        break;
    case YAML_SEQUENCE_START_EVENT:
        ok = read_tagged(r, event, event->data.sequence_start.tag,
                         event->data.sequence_start.anchor);
        break;
    case YAML_MAPPING_START_EVENT:
        ok = read_tagged(r, event, event->data.mapping_start.tag, event->data.mapping_start.anchor);
        break;
    case YAML_ALIAS_EVENT:
        ok = read_alias(r, event);
        break;
    default:
        ok = refuse(r, event, "a value is missing");
        break;
    }
    r->depth--;
    return ok;
}

/* The first document's node; empty text is null. */
static bool read_document(struct yaml_reader *r)
{
    for (;;) {
        yaml_event_t event;
        bool ok = true, done = false;
        if (!next_event(r, &event))
            return false;
        switch ((int)event.type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_START_EVENT:
            break;
        case YAML_STREAM_END_EVENT:
            buffer_add_literal(&r->json, "null");
            done = true;
            break;
        default:
            ok = read_node(r, &event);
            done = true;
            break;
        }
        yaml_event_delete(&event);
        if (!ok || done)
            return ok;
    }
}

/* CloudFormation refuses a name given twice; JSON readers would keep the last. */
static bool names_are_unique(const struct json_value *value, struct aws_error *err)
{
    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        if (value->type == JSON_OBJECT && json_get(value, child->name) != child)
            return aws_fail(err, &error_usage, "'%.*s' is given twice", STR_ARG(child->name));
        if (!names_are_unique(child, err))
            return false;
    }
    return true;
}

bool yaml_parse(struct str text, struct arena *arena, struct json_value **ret,
                struct aws_error *err)
{
    struct yaml_reader reader = {.arena = arena, .err = err};
    struct json_error why = {0, NULL};

    if (!str_is_utf8(text))
        return aws_fail(err, &error_usage, "the file is not UTF-8 text");
    if (yaml_parser_initialize(&reader.parser) == 0)
        return aws_fail(err, &error_environment, "no memory to read YAML");
    buffer_init(&reader.json, arena);
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text.ptr, text.len);
    bool ok = read_document(&reader);
    yaml_parser_delete(&reader.parser);
    if (!ok)
        return false;
    if (reader.json.failed || !json_parse(buffer_str(&reader.json), arena, ret, &why))
        return aws_fail(err, &error_usage, "%s",
                        reader.json.failed ? "the file is too large" : why.reason);
    return names_are_unique(*ret, err);
}
