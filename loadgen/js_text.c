#include "loadgen/js_text.h"

static void add_number(struct buffer *out, const struct json_value *value)
{
    char text[JSON_DOUBLE_BYTES];
    double number = 0;

    if (!json_double(value, &number)) {
        buffer_add(out, value->text); /* past a double's range */
        return;
    }
    buffer_add(out, (struct str){text, json_format_double(number, text)});
}

/* A tree's depth is bounded by its parser. */
void js_text_add(struct buffer *out, const struct json_value *value)
{
    switch (value->type) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
        buffer_add(out, value->raw);
        return;
    case JSON_NUMBER:
        add_number(out, value);
        return;
    case JSON_STRING:
        buffer_add(out, value->text);
        return;
    case JSON_ARRAY:
        for (const struct json_value *one = value->child; one != NULL; one = one->next) {
            if (one != value->child)
                buffer_add_char(out, ',');
            if (one->type != JSON_NULL)
                js_text_add(out, one);
        }
        return;
    case JSON_OBJECT:
        buffer_add_literal(out, "[object Object]");
        return;
    }
}

bool js_text(const struct json_value *value, struct arena *arena, struct str *ret)
{
    struct buffer out;

    if (value->type == JSON_STRING) {
        *ret = value->text.ptr == NULL ? STR("") : value->text;
        return true;
    }
    buffer_init(&out, arena);
    js_text_add(&out, value);
    return buffer_done(&out, ret);
}

void js_write(struct json_writer *w, const struct json_value *value)
{
    double number = 0;

    if (value->type == JSON_NUMBER && json_double(value, &number)) {
        json_write_double(w, number);
    } else if (value->type == JSON_STRING) {
        json_write_string(w, value->text);
    } else if (value->type == JSON_OBJECT) {
        json_object_begin(w);
        for (const struct json_value *one = value->child; one != NULL; one = one->next) {
            json_write_name(w, one->name);
            js_write(w, one);
        }
        json_object_end(w);
    } else if (value->type == JSON_ARRAY) {
        json_array_begin(w);
        for (const struct json_value *one = value->child; one != NULL; one = one->next)
            js_write(w, one);
        json_array_end(w);
    } else {
        json_write_raw(w, value->raw);
    }
}

bool js_compact(const struct json_value *value, struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct json_writer w;

    buffer_init(&out, arena);
    json_writer_init(&w, &out, JSON_COMPACT);
    js_write(&w, value);
    return buffer_done(&out, ret);
}
