#include "loadgen/js_value.h"

#include <math.h>

/* Beyond this a double is no longer every whole number; nothing here needs more. */
#define JS_WHOLE_MAX (INT64_C(1) << 53)

static struct str without_blanks(struct str text)
{
    while (text.len > 0 && strchr(" \t\n\v\f\r", text.ptr[0]) != NULL && text.ptr[0] != '\0')
        text = str_slice(text, 1, text.len);
    while (text.len > 0 && strchr(" \t\n\v\f\r", text.ptr[text.len - 1]) != NULL &&
           text.ptr[text.len - 1] != '\0')
        text.len--;
    return text;
}

static double number_of_text(struct str text)
{
    double number = 0;

    text = without_blanks(text);
    if (text.len == 0)
        return 0;
    if (text.ptr[0] == '+')
        text = str_slice(text, 1, text.len);
    return str_to_double(text, &number) ? number : (double)NAN;
}

bool js_truthy(const struct json_value *value)
{
    if (value == NULL)
        return false;
    switch (value->type) {
    case JSON_NULL:
    case JSON_FALSE:
        return false;
    case JSON_NUMBER:
        return number_of_text(value->text) != 0;
    case JSON_STRING:
        return value->text.len > 0;
    case JSON_TRUE:
    case JSON_ARRAY:
    case JSON_OBJECT:
        return true;
    }
    return false;
}

double js_number(const struct json_value *value)
{
    if (value == NULL)
        return (double)NAN;
    switch (value->type) {
    case JSON_NULL:
    case JSON_FALSE:
        return 0;
    case JSON_TRUE:
        return 1;
    case JSON_NUMBER:
    case JSON_STRING:
        return number_of_text(value->text);
    case JSON_ARRAY: /* through its text: [] is "", [7] is "7" */
        if (value->count == 0)
            return 0;
        if (value->count == 1 && value->child->type != JSON_TRUE &&
            value->child->type != JSON_FALSE)
            return js_number(value->child);
        return (double)NAN;
    case JSON_OBJECT:
        return (double)NAN;
    }
    return (double)NAN;
}

bool js_parse_int(struct str text, int64_t *ret)
{
    int64_t number = 0;
    bool negative = false;
    size_t at = 0;

    text = without_blanks(text);
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        negative = text.ptr[0] == '-';
        at = 1;
    }
    size_t first = at;
    for (; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++) {
        if (number < JS_WHOLE_MAX)
            number = number * 10 + (text.ptr[at] - '0');
    }
    if (at == first)
        return false;
    number = number > JS_WHOLE_MAX ? JS_WHOLE_MAX : number;
    *ret = negative ? -number : number;
    return true;
}

/* A number's text: a JSON number past a double's range is Infinity in JavaScript. */
static void add_number(struct buffer *out, struct str text)
{
    char digits[JSON_DOUBLE_BYTES];
    double number = 0;

    if (!str_to_double(text, &number)) {
        buffer_add(out, STR("Infinity"));
        return;
    }
    buffer_add(out, (struct str){digits, json_format_double(number, digits)});
}

static void add_string_of(struct buffer *out, const struct json_value *value)
{
    if (value == NULL) {
        buffer_add(out, STR("undefined"));
        return;
    }
    switch (value->type) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        buffer_add(out, value->raw);
        return;
    case JSON_NUMBER:
        add_number(out, value->text);
        return;
    case JSON_STRING:
        buffer_add(out, value->text);
        return;
    case JSON_ARRAY: /* joined with commas; null is empty there */
        for (const struct json_value *item = value->child; item != NULL; item = item->next) {
            if (item != value->child)
                buffer_add_char(out, ',');
            if (item->type != JSON_NULL)
                add_string_of(out, item);
        }
        return;
    case JSON_OBJECT:
        buffer_add(out, STR("[object Object]"));
        return;
    }
}

bool js_string(const struct json_value *value, struct arena *arena, struct str *ret)
{
    struct buffer out;

    if (value != NULL && value->type == JSON_STRING) {
        *ret = value->text.ptr == NULL ? STR("") : value->text;
        return true;
    }
    buffer_init(&out, arena);
    add_string_of(&out, value);
    return buffer_done(&out, ret);
}

/* An object's member in JavaScript's order of properties. */
struct property {
    const struct json_value *value;
    size_t at; /* where the name was first met */
    bool indexed;
    uint32_t index;
};

/* "0" to "4294967294" without leading zeros: an array index, which sorts before other names. */
static bool is_index(struct str name, uint32_t *ret)
{
    int64_t number = 0;

    if (name.len == 0 || (name.len > 1 && name.ptr[0] == '0') || name.ptr[0] == '-' ||
        !str_to_int64(name, 0, 4294967294, &number))
        return false;
    *ret = (uint32_t)number;
    return true;
}

static int compare_names(const void *left, const void *right)
{
    const struct property *a = left, *b = right;
    int order = str_compare(a->value->name, b->value->name);

    return order != 0 ? order : (a->at > b->at) - (a->at < b->at);
}

static int compare_order(const void *left, const void *right)
{
    const struct property *a = left, *b = right;

    if (a->indexed != b->indexed)
        return a->indexed ? -1 : 1;
    if (a->indexed)
        return (a->index > b->index) - (a->index < b->index);
    return (a->at > b->at) - (a->at < b->at);
}

/* The members as JavaScript has them after JSON.parse; NULL past the arena's limit. */
static struct property *properties_of(const struct json_value *object, struct arena *arena,
                                      size_t *ret_count)
{
    struct property *all = arena_alloc_array(arena, object->count, sizeof(*all));
    size_t read = 0, kept = 0;

    if (all == NULL)
        return NULL;
    for (const struct json_value *m = object->child; m != NULL; m = m->next, read++) {
        all[read] = (struct property){.value = m, .at = read};
        all[read].indexed = is_index(m->name, &all[read].index);
    }
    qsort(all, read, sizeof(*all), compare_names);
    for (size_t i = 0; i < read; i++) {
        if (kept > 0 && str_eq(all[kept - 1].value->name, all[i].value->name))
            all[kept - 1].value = all[i].value; /* the last value, at the first one's place */
        else
            all[kept++] = all[i];
    }
    qsort(all, kept, sizeof(*all), compare_order);
    *ret_count = kept;
    return all;
}

static void write_object(struct json_writer *writer, const struct json_value *object)
{
    size_t count = 0;
    struct property *members = properties_of(object, writer->out->arena, &count);

    if (members == NULL) {
        writer->out->failed = true;
        return;
    }
    json_object_begin(writer);
    for (size_t i = 0; i < count; i++) {
        json_write_name(writer, members[i].value->name);
        js_write(writer, members[i].value);
    }
    json_object_end(writer);
}

void js_write(struct json_writer *writer, const struct json_value *value)
{
    double number = 0;

    switch (value->type) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        json_write_raw(writer, value->raw);
        return;
    case JSON_NUMBER:
        json_write_double(writer, str_to_double(value->text, &number) ? number : (double)INFINITY);
        return;
    case JSON_STRING:
        json_write_string(writer, value->text);
        return;
    case JSON_ARRAY:
        json_array_begin(writer);
        for (const struct json_value *item = value->child; item != NULL; item = item->next)
            js_write(writer, item);
        json_array_end(writer);
        return;
    case JSON_OBJECT:
        write_object(writer, value);
        return;
    }
}

bool js_stringify(const struct json_value *value, struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct json_writer writer;

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    js_write(&writer, value);
    return buffer_done(&out, ret);
}
