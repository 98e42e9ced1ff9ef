/* What every service asks of a request; nothing here knows libmicrohttpd. */
#include "http/http.h"

#include "base/buffer.h"

bool http_request_header(const struct http_request *request, struct str name, struct str *ret)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_eq_nocase(request->headers[i].name, name)) {
            *ret = request->headers[i].value;
            return true;
        }
    }
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool http_percent_decode(struct str text, bool plus, struct arena *arena, struct str *ret)
{
    char *out = arena_alloc_text(arena, text.len + 1);
    size_t length = 0;

    if (out == NULL)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        int high = -1, low = -1;
        if (text.ptr[i] == '%' && text.len - i > 2) {
            high = hex_digit(text.ptr[i + 1]);
            low = hex_digit(text.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            out[length++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[length++] = (char)(plus && text.ptr[i] == '+' ? ' ' : text.ptr[i]);
        }
    }
    out[length] = '\0';
    *ret = (struct str){out, length};
    return true;
}

bool http_request_query(const struct http_request *request, struct str name, struct arena *arena,
                        struct str *ret)
{
    struct str rest = request->query;

    while (rest.len > 0) {
        struct str value = str_split(&rest, '&');
        struct str key = str_split(&value, '=');
        struct str decoded;
        if (!http_percent_decode(key, true, arena, &decoded))
            return false;
        if (str_eq(decoded, name))
            return http_percent_decode(value, true, arena, ret);
    }
    return false;
}

void http_response_header(struct http_response *response, struct str name, struct str value)
{
    if (response->header_count < HTTP_RESPONSE_HEADERS_MAX)
        response->headers[response->header_count++] = (struct http_header){name, value};
}
