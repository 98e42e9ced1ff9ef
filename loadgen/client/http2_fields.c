#include "loadgen/http2_fields.h"

enum { PSEUDO_FIELDS = 4 };

/* Of one connection, or of HTTP/1.1's framing (section 8.2.2); Host is :authority. */
static bool is_left_out(struct str name, struct str value)
{
    static const struct str names[] = {
        STR_INIT("connection"),        STR_INIT("host"),    STR_INIT("http2-settings"),
        STR_INIT("keep-alive"),        STR_INIT("upgrade"), STR_INIT("proxy-connection"),
        STR_INIT("transfer-encoding"),
    };

    /* Few names begin as one of these. */
    if (name.len == 0 || strchr("chkptu", name.ptr[0]) == NULL)
        return name.len == 0;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i].len == name.len && memcmp(names[i].ptr, name.ptr, name.len) == 0)
            return true;
    }
    return str_eq(name, STR("te")) && !str_eq_nocase(value, STR("trailers"));
}

/* Up to the line feed, or all that is left. */
static struct str next_line(struct str *rest)
{
    const char *end = rest->len == 0 ? NULL : memchr(rest->ptr, '\n', rest->len);
    struct str line = {rest->ptr, end == NULL ? rest->len : (size_t)(end - rest->ptr)};
    size_t taken = line.len + (end != NULL ? 1 : 0);

    rest->ptr += taken;
    rest->len -= taken;
    return line;
}

/* The request line and the headers, up to the empty line. */
static size_t count_lines(struct str head)
{
    size_t count = 0;

    while (head.len > 0 && head.ptr[0] != '\r' && head.ptr[0] != '\n') {
        (void)next_line(&head);
        count++;
    }
    return count;
}

/* nghttp2 writes to neither, though its type would let it. */
static uint8_t *bytes_of(struct str text)
{
    return (uint8_t *)(uintptr_t)text.ptr;
}

static nghttp2_nv field(struct str name, struct str value)
{
    return (nghttp2_nv){bytes_of(name), bytes_of(value), name.len, value.len, NGHTTP2_NV_FLAG_NONE};
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* The name in lower case, in `space`; what is left of the line is the value. */
static struct str take_name(struct str *line, char *space)
{
    size_t at = 0, len = 0;

    while (at < line->len && line->ptr[at] != ':') {
        char byte = line->ptr[at++];
        if (byte >= 'A' && byte <= 'Z')
            byte = (char)(byte - 'A' + 'a');
        space[len++] = byte;
    }
    at += at < line->len ? 1 : 0;
    while (at < line->len && is_blank(line->ptr[at]))
        at++;
    while (line->len > at && is_blank(line->ptr[line->len - 1]))
        line->len--;
    *line = (struct str){line->ptr + at, line->len - at};
    return (struct str){space, len};
}

bool http2_fields_make(struct str head, bool tls, struct arena *arena, struct http2_fields *ret)
{
    size_t lines = count_lines(head), count = PSEUDO_FIELDS;
    nghttp2_nv *rows = arena_alloc_array(arena, lines + PSEUDO_FIELDS, sizeof(*rows));
    char *names = arena_alloc_text(arena, head.len + 1);
    struct str first = next_line(&head), authority = {0};

    if (rows == NULL || names == NULL)
        return false;
    rows[0] = field(STR(":method"), str_split(&first, ' '));
    rows[1] = field(STR(":scheme"), tls ? STR("https") : STR("http"));
    rows[2] = field(STR(":path"), str_split(&first, ' '));
    for (size_t i = 1; i < lines; i++) {
        struct str value = next_line(&head);
        struct str name = take_name(&value, names);
        if (is_left_out(name, value)) {
            if (str_eq(name, STR("host")))
                authority = value;
            continue;
        }
        names += name.len;
        rows[count++] = field(name, value);
    }
    rows[3] = field(STR(":authority"), authority);
    *ret = (struct http2_fields){rows, count};
    return true;
}
