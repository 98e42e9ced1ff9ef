#include "loadgen/url.h"

static bool is_unreserved(unsigned char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

static bool in_set(const char *set, unsigned char byte)
{
    return byte != '\0' && strchr(set, byte) != NULL;
}

static bool must_encode(unsigned char byte, enum encoding encoding)
{
    switch (encoding) {
    case ENCODE_NONE:
    case ENCODE_HEADER:
    case ENCODE_LINE:
        return false;
    case ENCODE_PATH:
        return byte <= 0x20 || byte >= 0x7F || in_set("\"<>`#{}", byte);
    case ENCODE_QUERY:
        return byte <= 0x20 || byte >= 0x7F || in_set("\"#'<>", byte);
    case ENCODE_LEAST:
        return byte <= 0x20 || byte >= 0x7F;
    case ENCODE_FORM:
        return !is_unreserved(byte);
    }
    return false;
}

void encode_add(struct buffer *out, struct str text, enum encoding encoding)
{
    static const char digits[] = "0123456789ABCDEF";

    if (encoding == ENCODE_NONE) {
        buffer_add(out, text);
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (must_encode(byte, encoding)) {
            buffer_add_char(out, '%');
            buffer_add_char(out, digits[byte >> 4]);
            buffer_add_char(out, digits[byte & 15]);
        } else if ((encoding == ENCODE_HEADER || encoding == ENCODE_LINE) &&
                   (byte < 0x20 || byte == 0x7F) && byte != '\t') {
            buffer_add_char(out, ' ');
        } else if (encoding == ENCODE_HEADER && (byte == 0xC2 || byte == 0xC3) &&
                   i + 1 < text.len && ((unsigned char)text.ptr[i + 1] & 0xC0) == 0x80) {
            buffer_add_char(out, (char)((byte & 3) << 6 | ((unsigned char)text.ptr[++i] & 0x3F)));
        } else {
            buffer_add_char(out, (char)byte);
        }
    }
}

/* Behind a "{{name}}" that begins at `at`, or `at`. */
static size_t skip_name(struct str text, size_t at)
{
    struct str rest = str_slice(text, at, text.len);
    size_t end = str_find(rest, STR("}}"));

    return str_starts_with(rest, STR("{{")) && end < rest.len ? at + end + 2 : at;
}

void url_add_parameter(struct buffer *out, struct str text, bool is_name)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t end = skip_name(text, i);
        buffer_add(out, str_slice(text, i, end));
        i = end;
        if (i == text.len)
            return;
        if (text.ptr[i] == '&')
            buffer_add_literal(out, "%26");
        else if (text.ptr[i] == '#')
            buffer_add_literal(out, "%23");
        else if (text.ptr[i] == '=' && is_name)
            buffer_add_literal(out, "%3D");
        else
            buffer_add_char(out, text.ptr[i]);
    }
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

bool percent_decode(struct arena *arena, struct str text, bool is_form, struct str *ret)
{
    char *out = arena_alloc_text(arena, text.len + 1);
    size_t len = 0;

    if (out == NULL)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool coded = text.ptr[i] == '%' && i + 2 < text.len && hex_digit(text.ptr[i + 1]) >= 0 &&
                     hex_digit(text.ptr[i + 2]) >= 0;
        if (coded) {
            out[len++] = (char)(hex_digit(text.ptr[i + 1]) << 4 | hex_digit(text.ptr[i + 2]));
            i += 2;
        } else {
            out[len++] = text.ptr[i] == '+' && is_form ? ' ' : text.ptr[i];
        }
    }
    out[len] = '\0';
    *ret = (struct str){out, len};
    return true;
}

/* Takes "http://" or "https://" off; without any scheme http is meant, as in Postman. */
static bool read_scheme(struct str *text, struct url *ret, struct aws_error *err)
{
    size_t at = str_find(*text, STR("://"));
    struct str scheme = str_slice(*text, 0, at);

    /* A "://" inside path or query is none of ours. */
    if (at == text->len || str_find_char(scheme, '/') < scheme.len ||
        str_find_char(scheme, '?') < scheme.len)
        return true;
    ret->tls = str_eq_nocase(scheme, STR("https"));
    if (!ret->tls && !str_eq_nocase(scheme, STR("http")))
        return aws_fail(err, &error_usage, "Invalid protocol: %.*s:", STR_ARG(scheme));
    *text = str_slice(*text, at + 3, text->len);
    return true;
}

static bool host_is_sane(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        unsigned char byte = (unsigned char)host.ptr[i];
        if (byte <= 0x20 || byte >= 0x7F || in_set("{}<>\"\\^`|", byte))
            return false;
    }
    return host.len > 0 && host.len < 256;
}

static bool read_authority(struct str authority, struct url *ret, struct aws_error *err)
{
    struct str host = {0}, port = {0};
    int64_t number = ret->tls ? 443 : 80;

    for (size_t i = authority.len; i > 0 && ret->user_info.ptr == NULL; i--) {
        if (authority.ptr[i - 1] == '@') {
            ret->user_info = str_slice(authority, 0, i - 1);
            authority = str_slice(authority, i, authority.len);
        }
    }
    if (authority.len > 0 && authority.ptr[0] == '[') {
        size_t end = str_find_char(authority, ']');
        host = end < authority.len ? str_slice(authority, 1, end) : (struct str){0};
        port = str_slice(authority, end + 1, authority.len);
    } else {
        size_t colon = str_find_char(authority, ':');
        host = str_slice(authority, 0, colon);
        port = str_slice(authority, colon, authority.len);
    }
    if (!host_is_sane(host))
        return aws_fail(err, &error_usage, "the address '%.*s' has no usable host",
                        STR_ARG(authority));
    if ((port.len > 0 && port.ptr[0] != ':') ||
        (port.len > 1 && !str_to_int64(str_slice(port, 1, port.len), 1, 65535, &number)))
        return aws_fail(err, &error_usage,
                        "Port should be >= 0 and < 65536. Received type string ('%.*s').",
                        STR_ARG(str_slice(port, 1, port.len)));
    ret->authority = authority;
    ret->host = host;
    ret->port = (uint16_t)number;
    return true;
}

bool url_read(struct str text, struct url *ret, struct aws_error *err)
{
    struct url url = {0};
    size_t end = 0;
    struct str rest = {0};

    while (text.len > 0 && strchr(" \t\r\n", text.ptr[0]) != NULL)
        text = str_slice(text, 1, text.len);
    if (!read_scheme(&text, &url, err))
        return false;
    while (end < text.len && !in_set("/?#", (unsigned char)text.ptr[end]))
        end++;
    if (end == 0)
        return aws_fail(
            err, &error_usage, "Invalid URI \"%s:///%.*s\"", url.tls ? "https" : "http",
            STR_ARG(str_starts_with(text, STR("/")) ? str_slice(text, 1, text.len) : text));
    if (!read_authority(str_slice(text, 0, end), &url, err))
        return false;
    rest = str_slice(text, end, text.len);
    rest.len = str_find_char(rest, '#');
    end = str_find_char(rest, '?');
    url.path = str_slice(rest, 0, end);
    url.has_query = end < rest.len;
    url.query = str_slice(rest, end + 1, rest.len);
    *ret = url;
    return true;
}
