/* The writer: states no more than JSON needs; the caller pairs begin and end. */
#include "base/json.h"

#include <math.h>

void json_writer_init(struct json_writer *writer, struct buffer *out, enum json_style style)
{
    *writer = (struct json_writer){.out = out, .style = style};
}

static void new_line(struct json_writer *w)
{
    buffer_add_char(w->out, '\n');
    for (int i = 0; i < w->depth; i++)
        buffer_add(w->out, STR("  "));
}

/* Before each value or name: the comma behind the one before it. */
static void separate(struct json_writer *w)
{
    if (w->comma) {
        buffer_add_char(w->out, ',');
        if (w->style == JSON_SPACED)
            buffer_add_char(w->out, ' ');
    }
    if (w->style == JSON_PRETTY && w->depth > 0)
        new_line(w);
}

static void begin_value(struct json_writer *w)
{
    /* A value behind its name has been separated by the name. */
    if (w->depth < 0)
        w->depth = -w->depth;
    else
        separate(w);
}

static void container_begin(struct json_writer *w, char open)
{
    begin_value(w);
    buffer_add_char(w->out, open);
    w->depth++;
    w->comma = false;
}

static void container_end(struct json_writer *w, char close)
{
    assert(w->depth > 0);
    w->depth--;
    if (w->style == JSON_PRETTY && w->comma)
        new_line(w);
    buffer_add_char(w->out, close);
    w->comma = true;
}

void json_object_begin(struct json_writer *writer)
{
    container_begin(writer, '{');
}

void json_object_end(struct json_writer *writer)
{
    container_end(writer, '}');
}

void json_array_begin(struct json_writer *writer)
{
    container_begin(writer, '[');
}

void json_array_end(struct json_writer *writer)
{
    container_end(writer, ']');
}

void json_write_name(struct json_writer *writer, struct str name)
{
    assert(writer->depth > 0);
    separate(writer);
    json_escape(writer->out, name);
    buffer_add_char(writer->out, ':');
    if (writer->style != JSON_COMPACT)
        buffer_add_char(writer->out, ' ');
    /* Negative until its value comes: tells begin_value() that no comma is due. */
    writer->depth = -writer->depth;
}

void json_write_raw(struct json_writer *writer, struct str json)
{
    begin_value(writer);
    buffer_add(writer->out, json);
    writer->comma = true;
}

void json_write_string(struct json_writer *writer, struct str text)
{
    begin_value(writer);
    json_escape(writer->out, text);
    writer->comma = true;
}

void json_write_int(struct json_writer *writer, int64_t value)
{
    begin_value(writer);
    buffer_add_int(writer->out, value);
    writer->comma = true;
}

void json_write_double(struct json_writer *writer, double value)
{
    char text[JSON_DOUBLE_BYTES];

    if (!isfinite(value)) {
        json_write_null(writer);
        return;
    }
    size_t length = json_format_double(value, text);
    json_write_raw(writer, (struct str){text, length});
}

void json_write_bool(struct json_writer *writer, bool value)
{
    json_write_raw(writer, value ? STR("true") : STR("false"));
}

void json_write_null(struct json_writer *writer)
{
    json_write_raw(writer, STR("null"));
}

void json_write_value(struct json_writer *writer, const struct json_value *value)
{
    bool object = value->type == JSON_OBJECT;

    if (!object && value->type != JSON_ARRAY) {
        json_write_raw(writer, value->raw);
        return;
    }
    container_begin(writer, object ? '{' : '[');
    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        if (object)
            json_write_name(writer, child->name);
        json_write_value(writer, child);
    }
    container_end(writer, object ? '}' : ']');
}

void json_field_string(struct json_writer *writer, struct str name, struct str text)
{
    json_write_name(writer, name);
    json_write_string(writer, text);
}

void json_field_int(struct json_writer *writer, struct str name, int64_t value)
{
    json_write_name(writer, name);
    json_write_int(writer, value);
}

void json_field_double(struct json_writer *writer, struct str name, double value)
{
    json_write_name(writer, name);
    json_write_double(writer, value);
}

void json_field_bool(struct json_writer *writer, struct str name, bool value)
{
    json_write_name(writer, name);
    json_write_bool(writer, value);
}

void json_field_raw(struct json_writer *writer, struct str name, struct str json)
{
    json_write_name(writer, name);
    json_write_raw(writer, json);
}

static void escape_byte(struct buffer *out, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", into[] = "\"\\bfnrt";
    const char *found = c == '\0' ? NULL : strchr(from, c);

    if (found != NULL) {
        buffer_add_char(out, '\\');
        buffer_add_char(out, into[found - from]);
    } else {
        buffer_printf(out, "\\u%04x", (unsigned)c);
    }
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

static void escape_valid(struct buffer *out, struct str text)
{
    size_t from = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (is_plain((unsigned char)text.ptr[i]))
            continue;
        buffer_add(out, str_slice(text, from, i));
        escape_byte(out, (unsigned char)text.ptr[i]);
        from = i + 1;
    }
    buffer_add(out, str_slice(text, from, text.len));
}

void json_escape(struct buffer *out, struct str text)
{
    buffer_add_char(out, '"');
    if (str_is_utf8(text)) {
        escape_valid(out, text);
    } else {
        /* Character by character: the longest well-formed piece, else U+FFFD for one byte. */
        for (size_t i = 0; i < text.len;) {
            size_t length = 1;
            while (length < 4 && i + length < text.len &&
                   !str_is_utf8(str_slice(text, i, i + length)))
                length++;
            if (str_is_utf8(str_slice(text, i, i + length))) {
                escape_valid(out, str_slice(text, i, i + length));
                i += length;
            } else {
                buffer_add(out, STR("\xef\xbf\xbd"));
                i++;
            }
        }
    }
    buffer_add_char(out, '"');
}

/*
 * The shortest decimal digits that read back as `value`, without trailing zeros; `*exponent` is the
 * power of ten of the first one. ECMA-262, Number::toString, asks for these digits and this layout.
 */
static int shortest_digits(double value, char digits[20], int *exponent)
{
    char text[40];

    for (int precision = 0; precision < 17; precision++) {
        (void)snprintf(text, sizeof(text), "%.*e", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    int count = 0;
    const char *at = text;
    for (; *at != 'e'; at++) {
        if (*at != '.')
            digits[count++] = *at;
    }
    *exponent = (int)strtol(at + 1, NULL, 10);
    while (count > 1 && digits[count - 1] == '0')
        count--;
    return count;
}

size_t json_format_double(double value, char ret[JSON_DOUBLE_BYTES])
{
    char digits[20];
    int exponent = 0;
    size_t used = 0;

    if (!isfinite(value) || value == 0.0) {
        const char *name = isnan(value) ? "NaN"
                           : value > 0  ? "Infinity"
                           : value < 0  ? "-Infinity"
                                        : "0";
        return (size_t)snprintf(ret, JSON_DOUBLE_BYTES, "%s", name);
    }
    if (value < 0) {
        ret[used++] = '-';
        value = -value;
    }
    int count = shortest_digits(value, digits, &exponent);
    int written = 0;
    char *to = ret + used;
    size_t room = JSON_DOUBLE_BYTES - used;
    if (exponent >= 0 && exponent < 21 && count <= exponent + 1) /* 1200 */
        written = snprintf(to, room, "%.*s%.*s", count, digits, exponent + 1 - count,
                           "00000000000000000000");
    else if (exponent >= 0 && exponent < 21) /* 12.5 */
        written = snprintf(to, room, "%.*s.%.*s", exponent + 1, digits, count - exponent - 1,
                           digits + exponent + 1);
    else if (exponent < 0 && exponent >= -6) /* 0.00125 */
        written = snprintf(to, room, "0.%.*s%.*s", -exponent - 1, "000000", count, digits);
    else /* 1.25e-7 */
        written =
            snprintf(to, room, "%c%s%.*se%c%d", digits[0], count > 1 ? "." : "", count - 1,
                     digits + 1, exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
    return used + (size_t)written;
}
