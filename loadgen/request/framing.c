#include "loadgen/framing.h"

static const struct str last_chunk = STR_INIT("0\r\n\r\n");

static bool is_word(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '_' ||
           (str_lower(byte) >= 'a' && str_lower(byte) <= 'z');
}

bool framing_is_chunked(struct str coding)
{
    struct str word = STR("chunked");

    for (size_t i = 0; i + word.len <= coding.len; i++) {
        size_t end = i + word.len;
        if (str_eq_nocase(str_slice(coding, i, end), word) &&
            (i == 0 || !is_word(coding.ptr[i - 1])) &&
            (end == coding.len || !is_word(coding.ptr[end])))
            return true;
    }
    return false;
}

void framing_add(struct buffer *out, struct str body)
{
    char size[32];

    if (body.len > 0) {
        (void)snprintf(size, sizeof(size), "%zx\r\n", body.len);
        buffer_add(out, str_from_c(size));
        buffer_add(out, body);
        buffer_add_literal(out, "\r\n");
    }
    buffer_add(out, last_chunk);
}

struct str framing_body(struct str framed)
{
    size_t begin = str_find(framed, STR("\r\n")) + strlen("\r\n");
    size_t after = strlen("\r\n") + last_chunk.len;

    if (str_eq(framed, last_chunk))
        return (struct str){framed.ptr, 0};
    if (!str_ends_with(framed, last_chunk) || begin + after > framed.len)
        return framed;
    return str_slice(framed, begin, framed.len - after);
}
