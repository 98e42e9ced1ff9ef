#include "runtime_request.h"

#include "limits.h"

struct framing {
    size_t head;   /* bytes of the head, with its empty line */
    size_t length; /* Content-Length */
    bool has_length;
    bool chunked;
};

/* The offset behind the empty line, or 0 when it is not there yet. */
static size_t find_head_end(struct str text)
{
    const struct str end = STR("\r\n\r\n");
    size_t at = str_find(text, end);

    return at == text.len ? 0 : at + end.len;
}

static struct str take_line(struct str *rest)
{
    size_t at = str_find(*rest, STR("\r\n"));
    struct str line = str_slice(*rest, 0, at);

    *rest = str_slice(*rest, at + 2, rest->len);
    return line;
}

static bool read_header(struct str name, struct str value, struct framing *framing,
                        struct runtime_request *ret)
{
    int64_t length = 0;

    if (str_eq_nocase(name, STR("Content-Length"))) {
        if (framing->has_length || !str_to_int64(value, 0, INT64_MAX / 2, &length))
            return false;
        framing->length = (size_t)length;
        framing->has_length = true;
    } else if (str_eq_nocase(name, STR("Transfer-Encoding"))) {
        if (!str_eq_nocase(value, STR("chunked")))
            return false;
        framing->chunked = true;
    } else if (str_eq_nocase(name, STR("Expect"))) {
        ret->expects_continue = str_eq_nocase(value, STR("100-continue"));
    } else if (str_eq_nocase(name, STR("Connection"))) {
        ret->closes = str_eq_nocase(value, STR("close"));
    } else if (str_eq_nocase(name, STR("Lambda-Runtime-Function-Error-Type"))) {
        ret->error_type = value;
    }
    return true;
}

static bool read_head(struct str head, struct framing *framing, struct runtime_request *ret)
{
    struct str line = take_line(&head);
    int count = 0;

    ret->method = str_split(&line, ' ');
    ret->path = str_split(&line, ' ');
    if (ret->method.len == 0 || ret->path.len == 0 || !str_starts_with(line, STR("HTTP/1.")))
        return false;
    if (str_eq(line, STR("HTTP/1.0")))
        ret->closes = true;
    for (line = take_line(&head); line.len > 0; line = take_line(&head)) {
        size_t colon = str_find_char(line, ':');
        if (colon == 0 || colon == line.len || ++count > RUNTIME_HEADERS_MAX ||
            !read_header(str_slice(line, 0, colon), str_trim(str_slice(line, colon + 1, line.len)),
                         framing, ret))
            return false;
    }
    return !(framing->chunked && framing->has_length);
}

static bool read_hex(struct str text, size_t *ret)
{
    size_t value = 0, digits = 0;

    for (; digits < text.len && digits < 8; digits++) {
        char c = text.ptr[digits];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            break;
        value = value * 16 + (size_t)digit;
    }
    *ret = value;
    return digits > 0 && (digits == text.len || text.ptr[digits] == ';');
}

/* Walks the chunks; with `to` it joins them there. `*used` is what they take, trailers included. */
static enum runtime_parse walk_chunks(struct str text, char *to, size_t *total, size_t *used)
{
    struct str rest = text;
    size_t size = 0;

    *total = 0;
    for (;;) {
        if (str_find(rest, STR("\r\n")) == rest.len)
            return rest.len > RUNTIME_HEAD_BYTES ? RUNTIME_BAD : RUNTIME_MORE;
        struct str line = take_line(&rest);
        if (!read_hex(line, &size))
            return RUNTIME_BAD;
        if (size == 0)
            break;
        if (size > LAMBDA_PAYLOAD_BYTES || *total + size > LAMBDA_PAYLOAD_BYTES)
            return RUNTIME_TOO_LARGE;
        if (rest.len < size + 2)
            return RUNTIME_MORE;
        if (to != NULL)
            memmove(to + *total, rest.ptr, size);
        *total += size;
        if (rest.ptr[size] != '\r' || rest.ptr[size + 1] != '\n')
            return RUNTIME_BAD;
        rest = str_slice(rest, size + 2, rest.len);
    }
    for (;;) { /* trailers, to an empty line */
        if (str_find(rest, STR("\r\n")) == rest.len)
            return rest.len > RUNTIME_HEAD_BYTES ? RUNTIME_BAD : RUNTIME_MORE;
        if (take_line(&rest).len == 0)
            break;
    }
    *used = (size_t)(rest.ptr - text.ptr);
    return RUNTIME_DONE;
}

static enum runtime_parse read_chunked(char *bytes, size_t length, struct runtime_request *ret,
                                       const struct framing *framing)
{
    struct str text = {bytes + framing->head, length - framing->head};
    size_t total = 0, used = 0;
    enum runtime_parse result = walk_chunks(text, NULL, &total, &used);

    if (result != RUNTIME_DONE)
        return result;
    (void)walk_chunks(text, bytes + framing->head, &total, &used);
    ret->body = (struct str){bytes + framing->head, total};
    ret->used = framing->head + used;
    return RUNTIME_DONE;
}

enum runtime_parse runtime_request_parse(char *bytes, size_t length, struct runtime_request *ret)
{
    struct framing framing = {0};
    struct str text = {bytes, length};

    *ret = (struct runtime_request){0};
    framing.head = find_head_end(
        str_slice(text, 0, length < RUNTIME_HEAD_BYTES ? length : RUNTIME_HEAD_BYTES));
    if (framing.head == 0)
        return length >= RUNTIME_HEAD_BYTES ? RUNTIME_BAD : RUNTIME_MORE;
    if (!read_head(str_slice(text, 0, framing.head), &framing, ret))
        return RUNTIME_BAD;
    if (framing.chunked)
        return read_chunked(bytes, length, ret, &framing);
    if (framing.length > LAMBDA_PAYLOAD_BYTES)
        return RUNTIME_TOO_LARGE;
    if (length - framing.head < framing.length)
        return RUNTIME_MORE;
    ret->body = str_slice(text, framing.head, framing.head + framing.length);
    ret->used = framing.head + framing.length;
    return RUNTIME_DONE;
}
