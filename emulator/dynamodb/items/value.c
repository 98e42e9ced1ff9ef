#include "value.h"

#include "base/base64.h"
#include "errors.h"

const char *const value_type_names[VALUE_TYPE_COUNT] = {
    [VALUE_S] = "S",       [VALUE_N] = "N",   [VALUE_B] = "B", [VALUE_BOOL] = "BOOL",
    [VALUE_NULL] = "NULL", [VALUE_L] = "L",   [VALUE_M] = "M", [VALUE_SS] = "SS",
    [VALUE_NS] = "NS",     [VALUE_BS] = "BS",
};

static void write_base64(struct buffer *out, struct str bytes)
{
    struct str text;

    if (base64_encode(out->arena, bytes, &text))
        buffer_add(out, text);
    else
        out->failed = true;
}

static void write_element(struct buffer *out, const struct attribute_value *value)
{
    switch (value->type) {
    case VALUE_S:
        json_escape(out, value->text);
        return;
    case VALUE_N:
        buffer_add_char(out, '"');
        number_write(out, value->number);
        buffer_add_char(out, '"');
        return;
    case VALUE_B:
        buffer_add_char(out, '"');
        write_base64(out, value->text);
        buffer_add_char(out, '"');
        return;
    case VALUE_BOOL:
        buffer_add(out, value->boolean ? STR("true") : STR("false"));
        return;
    case VALUE_NULL:
        buffer_add_literal(out, "true");
        return;
    case VALUE_L:
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        buffer_add_char(out, '[');
        for (size_t i = 0; i < value->list.count; i++) {
            if (i > 0)
                buffer_add_char(out, ',');
            if (value->type == VALUE_L)
                value_write(out, &value->list.elements[i]);
            else
                write_element(out, &value->list.elements[i]);
        }
        buffer_add_char(out, ']');
        return;
    case VALUE_M:
        item_write(out, value);
        return;
    case VALUE_TYPE_COUNT:
        break;
    }
    assert(!"a value has a type");
}

void value_write(struct buffer *out, const struct attribute_value *value)
{
    buffer_add_literal(out, "{\"");
    buffer_add(out, str_from_c(value_type_names[value->type]));
    buffer_add_literal(out, "\":");
    write_element(out, value);
    buffer_add_char(out, '}');
}

void item_write(struct buffer *out, const struct attribute_value *item)
{
    buffer_add_char(out, '{');
    for (size_t i = 0; i < item->map.count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        json_escape(out, item->map.attributes[i].name);
        buffer_add_char(out, ':');
        value_write(out, &item->map.attributes[i].value);
    }
    buffer_add_char(out, '}');
}

static void show_inside(struct buffer *out, const struct attribute_value *value);

static void show_list(struct buffer *out, const struct attribute_value *value)
{
    buffer_add_char(out, '[');
    for (size_t i = 0; i < value->list.count; i++) {
        if (i > 0)
            buffer_add_char(out, ',');
        if (value->type == VALUE_L)
            value_show(out, &value->list.elements[i]);
        else
            show_inside(out, &value->list.elements[i]);
    }
    buffer_add_char(out, ']');
}

static void show_inside(struct buffer *out, const struct attribute_value *value)
{
    switch (value->type) {
    case VALUE_S:
        buffer_add(out, value->text);
        return;
    case VALUE_N:
        number_write(out, value->number);
        return;
    case VALUE_B:
        write_base64(out, value->text);
        return;
    case VALUE_M:
        buffer_add_char(out, '{');
        for (size_t i = 0; i < value->map.count; i++) {
            if (i > 0)
                buffer_add_literal(out, ", ");
            buffer_add(out, value->map.attributes[i].name);
            buffer_add_literal(out, "=AttributeValue: ");
            value_show(out, &value->map.attributes[i].value);
        }
        buffer_add_char(out, '}');
        return;
    case VALUE_L:
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        show_list(out, value);
        return;
    case VALUE_BOOL:
    case VALUE_NULL:
    case VALUE_TYPE_COUNT:
        write_element(out, value);
        return;
    }
}

void value_show(struct buffer *out, const struct attribute_value *value)
{
    buffer_add_char(out, '{');
    buffer_add(out, str_from_c(value_type_names[value->type]));
    buffer_add_char(out, ':');
    show_inside(out, value);
    buffer_add_char(out, '}');
}

struct attribute_value *item_find(const struct attribute_value *item, struct str name)
{
    for (size_t i = 0; i < item->map.count; i++) {
        if (str_eq(item->map.attributes[i].name, name))
            return &item->map.attributes[i].value;
    }
    return NULL;
}

int value_compare(const struct attribute_value *a, const struct attribute_value *b)
{
    if (a->type == VALUE_N)
        return number_compare(a->number, b->number);
    return str_compare(a->text, b->text);
}

static bool lists_equal(const struct attribute_value *a, const struct attribute_value *b)
{
    if (a->list.count != b->list.count)
        return false;
    for (size_t i = 0; i < a->list.count; i++) {
        if (!value_equal(&a->list.elements[i], &b->list.elements[i]))
            return false;
    }
    return true;
}

static bool maps_equal(const struct attribute_value *a, const struct attribute_value *b)
{
    if (a->map.count != b->map.count)
        return false;
    for (size_t i = 0; i < a->map.count; i++) {
        struct str name = a->map.attributes[i].name;
        const struct attribute *same = &b->map.attributes[i]; /* equal maps mostly agree in order */
        const struct attribute_value *other =
            str_eq(same->name, name) ? &same->value : item_find(b, name);

        if (other == NULL || !value_equal(&a->map.attributes[i].value, other))
            return false;
    }
    return true;
}

/* Sets are sorted, so they compare as lists do. */
bool value_equal(const struct attribute_value *a, const struct attribute_value *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        return value_compare(a, b) == 0;
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_NULL:
        return true;
    case VALUE_L:
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return lists_equal(a, b);
    case VALUE_M:
        return maps_equal(a, b);
    case VALUE_TYPE_COUNT:
        break;
    }
    return false;
}

/* Lists and maps: 3 bytes, and 1 an element. */
size_t value_size(const struct attribute_value *value)
{
    size_t size = 0;

    switch (value->type) {
    case VALUE_S:
    case VALUE_B:
        return value->text.len;
    case VALUE_N:
        return number_size(value->number);
    case VALUE_BOOL:
    case VALUE_NULL:
        return 1;
    case VALUE_L:
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        for (size_t i = 0; i < value->list.count; i++)
            size += value_size(&value->list.elements[i]);
        return value->type == VALUE_L ? size + 3 + value->list.count : size;
    case VALUE_M:
        return item_size(value) + 3 + value->map.count;
    case VALUE_TYPE_COUNT:
        break;
    }
    return size;
}

size_t item_size(const struct attribute_value *item)
{
    size_t size = 0;

    for (size_t i = 0; i < item->map.count; i++)
        size += item->map.attributes[i].name.len + value_size(&item->map.attributes[i].value);
    return size;
}
