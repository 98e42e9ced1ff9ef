/*
 * The second check of a request: required members, patterns, lengths, ranges, enumerations. All
 * that fail are told at once, ten at most, in the model's order:
 * `2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: ...; ...`
 */
#include "shape.h"

#include "errors.h"

enum { VIOLATIONS_MAX = 10, PATH_BYTES = 1024, SHOWN_DEPTH_MAX = 8, ARN_LENGTH_MAX = 1024 };

struct violations {
    struct buffer text;
    int count;
    char path[PATH_BYTES];
    size_t path_length;
};

/* As Java prints it: [a, b], {k=v}, Name(member=value, other=null). */
static void show(struct buffer *out, const struct shape *shape, const struct json_value *value,
                 int depth);

static void show_structure(struct buffer *out, const struct shape *shape,
                           const struct json_value *value, int depth)
{
    buffer_add(out, str_from_c(shape->name));
    buffer_add_char(out, '(');
    for (size_t i = 0; i < shape->member_count; i++) {
        struct str name = shape->members[i].name;

        if (i > 0)
            buffer_add_literal(out, ", ");
        buffer_add_char(out, (char)(name.ptr[0] | 0x20)); /* names begin with a capital letter */
        buffer_add(out, str_slice(name, 1, name.len));
        buffer_add_char(out, '=');
        show(out, shape->members[i].shape, request_member(value, name), depth + 1);
    }
    buffer_add_char(out, ')');
}

static void show_elements(struct buffer *out, const struct shape *shape,
                          const struct json_value *value, int depth)
{
    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        if (shape->type == SHAPE_MAP) {
            buffer_add(out, child->name);
            buffer_add_char(out, '=');
        }
        show(out, shape->element, child, depth + 1);
        if (child->next != NULL)
            buffer_add_literal(out, ", ");
    }
}

static void show(struct buffer *out, const struct shape *shape, const struct json_value *value,
                 int depth)
{
    if (value == NULL || value->type == JSON_NULL || depth > SHOWN_DEPTH_MAX) {
        buffer_add_literal(out, "null");
        return;
    }
    switch (shape->type) {
    case SHAPE_STRUCTURE:
        show_structure(out, shape, value, depth);
        return;
    case SHAPE_LIST:
        buffer_add_char(out, '[');
        show_elements(out, shape, value, depth);
        buffer_add_char(out, ']');
        return;
    case SHAPE_MAP:
        buffer_add_char(out, '{');
        show_elements(out, shape, value, depth);
        buffer_add_char(out, '}');
        return;
    case SHAPE_STRING:
    case SHAPE_INTEGER:
    case SHAPE_LONG:
    case SHAPE_BOOLEAN:
    case SHAPE_BLOB:
        buffer_add(out, value->type == JSON_STRING || value->type == JSON_NUMBER ? value->text
                                                                                 : value->raw);
        return;
    }
}

/* Begins the next violation; the rule is to follow. False when there are ten already. */
static bool violate(struct violations *found, const struct shape *shape,
                    const struct json_value *value)
{
    if (found->count >= VIOLATIONS_MAX)
        return false;
    if (found->count++ > 0)
        buffer_add_literal(&found->text, "; ");
    buffer_add_literal(&found->text, "Value ");
    if (value == NULL) {
        buffer_add_literal(&found->text, "null");
    } else {
        buffer_add_char(&found->text, '\'');
        show(&found->text, shape, value, 0);
        buffer_add_char(&found->text, '\'');
    }
    buffer_printf(&found->text,
                  " at '%.*s' failed to satisfy constraint: ", (int)found->path_length,
                  found->path);
    return true;
}

static bool is_arn(const struct shape *shape, struct str text)
{
    return shape->pattern == SHAPE_NAME_OR_ARN && str_starts_with(text, STR("arn:"));
}

static bool is_name(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];

        if (!((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
              (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' || byte == '-'))
            return false;
    }
    return true;
}

static void check_text(struct violations *found, const struct shape *shape,
                       const struct json_value *value)
{
    /* The pattern wants a character; of a table's missing name only the length is told. */
    bool named = value->text.len == 0 ? shape->pattern != SHAPE_NAME : is_name(value->text);

    if (shape->pattern != SHAPE_ANY_TEXT && !named && !is_arn(shape, value->text) &&
        violate(found, shape, value))
        buffer_add_literal(&found->text,
                           "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
    if (shape->values == NULL)
        return;
    for (const char *const *allowed = shape->values; *allowed != NULL; allowed++) {
        if (str_eq(value->text, str_from_c(*allowed)))
            return;
    }
    if (!violate(found, shape, value))
        return;
    buffer_add_literal(&found->text, "Member must satisfy enum value set: [");
    for (const char *const *allowed = shape->values; *allowed != NULL; allowed++)
        buffer_printf(&found->text, "%s%s", allowed == shape->values ? "" : ", ", *allowed);
    buffer_add_char(&found->text, ']');
}

/* Characters, not bytes. */
static int64_t text_length(struct str text)
{
    int64_t length = 0;

    for (size_t i = 0; i < text.len; i++)
        length += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return length;
}

static void check_bounds(struct violations *found, const struct shape *shape,
                         const struct json_value *value)
{
    bool number = shape->type == SHAPE_INTEGER || shape->type == SHAPE_LONG;
    const char *what = number ? "value" : "length";
    int64_t measure = value->count;
    int64_t max = shape->max;

    if (shape->type == SHAPE_STRING && is_arn(shape, value->text))
        max = ARN_LENGTH_MAX;
    if (shape->type == SHAPE_STRING)
        measure = text_length(value->text);
    if (number && !json_int64(value, INT64_MIN, INT64_MAX, &measure))
        measure = value->text.ptr[0] == '-' ? INT64_MIN : INT64_MAX;
    if (shape->bounded_below && measure < shape->min && violate(found, shape, value))
        buffer_printf(&found->text, "Member must have %s greater than or equal to %lld", what,
                      (long long)shape->min);
    if (max > 0 && measure > max && violate(found, shape, value))
        buffer_printf(&found->text, "Member must have %s less than or equal to %lld", what,
                      (long long)max);
}

static bool is_table_name(struct str name)
{
    int64_t length = text_length(name);

    return str_starts_with(name, STR("arn:")) || (length >= 3 && length <= 255 && is_name(name));
}

/* What keys and values of a map break is told at the map, which is printed whole. */
static void check_entries(struct violations *found, const struct shape *shape,
                          const struct json_value *value)
{
    const struct shape *element = shape->element;

    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        if (shape->keys_are_tables && !is_table_name(child->name) && violate(found, shape, value))
            buffer_add_literal(&found->text,
                               "Map keys must satisfy constraint: [Member must have length less "
                               "than or equal to 255, Member must have length greater than or "
                               "equal to 3, Member must satisfy regular expression pattern: "
                               "[a-zA-Z0-9_.-]+]");
    }
    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        if (element->type == SHAPE_LIST && element->bounded_below && child->type == JSON_ARRAY &&
            (child->count < element->min || child->count > element->max) &&
            violate(found, shape, value))
            buffer_printf(&found->text,
                          "Map value must satisfy constraint: [Member must have length less than "
                          "or equal to %lld, Member must have length greater than or equal to "
                          "%lld]",
                          (long long)element->max, (long long)element->min);
    }
}

static void path_add(struct violations *found, const char *text, size_t length)
{
    if (length > PATH_BYTES - found->path_length)
        length = PATH_BYTES - found->path_length;
    memcpy(found->path + found->path_length, text, length);
    found->path_length += length;
}

static void check_value(struct violations *found, const struct shape *shape,
                        const struct json_value *value);
static void check_inside(struct violations *found, const struct shape *shape,
                         const struct json_value *value);

static void check_members(struct violations *found, const struct shape *shape,
                          const struct json_value *value)
{
    size_t length = found->path_length;

    for (size_t i = 0; i < shape->member_count; i++) {
        const struct shape_member *member = &shape->members[i];

        if (!member->required && !member->shape->constrained)
            continue;
        const struct json_value *child = request_member(value, member->name);
        char first = (char)(member->name.ptr[0] | 0x20);

        if (length > 0)
            path_add(found, ".", 1);
        path_add(found, &first, 1);
        path_add(found, member->name.ptr + 1, member->name.len - 1);
        if (child != NULL)
            check_value(found, member->shape, child);
        else if (member->required && violate(found, member->shape, NULL))
            buffer_add_literal(&found->text, "Member must not be null");
        found->path_length = length;
    }
}

/* keySchema.1.member.keyType, requestItems.{name}.member.keys */
static void check_elements(struct violations *found, const struct shape *shape,
                           const struct json_value *value)
{
    size_t length = found->path_length, number = 0;
    char text[32];

    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        path_add(found, ".", 1);
        if (shape->type == SHAPE_MAP) {
            path_add(found, child->name.ptr, child->name.len);
        } else {
            int written = snprintf(text, sizeof(text), "%zu", ++number);
            path_add(found, text, (size_t)written);
        }
        path_add(found, ".member", 7);
        if (child->type != JSON_NULL && shape->type == SHAPE_MAP)
            check_inside(found, shape->element, child); /* its bounds: check_entries */
        else if (child->type != JSON_NULL)
            check_value(found, shape->element, child);
        found->path_length = length;
    }
}

static void check_inside(struct violations *found, const struct shape *shape,
                         const struct json_value *value)
{
    if (shape->type == SHAPE_STRUCTURE) {
        check_members(found, shape, value);
        return;
    }
    if (shape->element == NULL)
        return;
    if (shape->type == SHAPE_MAP)
        check_entries(found, shape, value);
    if (shape->element->constrained)
        check_elements(found, shape, value);
}

static void check_value(struct violations *found, const struct shape *shape,
                        const struct json_value *value)
{
    if (!shape->constrained)
        return;
    if (shape->type == SHAPE_STRING)
        check_text(found, shape, value);
    check_bounds(found, shape, value);
    check_inside(found, shape, value);
}

bool shape_check_constraints(const struct shape *shape, const struct json_value *value,
                             struct arena *arena, struct aws_error *err)
{
    struct violations found;
    struct buffer whole;
    struct str text;

    found.count = 0;
    found.path_length = 0;
    buffer_init(&found.text, arena);
    check_value(&found, shape, value);
    if (found.count == 0)
        return true;
    buffer_init(&whole, arena);
    buffer_printf(&whole, "%d validation error%s detected: ", found.count,
                  found.count == 1 ? "" : "s");
    buffer_add(&whole, buffer_str(&found.text));
    if (found.text.failed || !buffer_done(&whole, &text))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    return aws_fail_text(err, &ddb_validation_exception, text);
}
