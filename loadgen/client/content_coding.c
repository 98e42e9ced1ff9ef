#include "loadgen/content_coding.h"

#include <brotli/decode.h>
#include <zlib.h>

#include "base/buffer.h"

enum { CHUNK_BYTES = 64 << 10, AUTO_HEADER = 32, RAW = -MAX_WBITS };

/* `window_bits` as inflateInit2() takes them: AUTO_HEADER finds gzip and zlib by their heads. */
static bool inflate_all(struct str body, int window_bits, struct arena *arena, struct str *ret)
{
    z_stream stream = {0};
    struct buffer out;
    int status = Z_OK;

    if (body.len > UINT32_MAX || inflateInit2(&stream, window_bits) != Z_OK)
        return false;
    buffer_init(&out, arena);
    stream.next_in = (Bytef *)(uintptr_t)body.ptr;
    stream.avail_in = (uInt)body.len;
    while (status == Z_OK && out.len < CONTENT_BYTES_MAX) {
        char *room = buffer_reserve(&out, CHUNK_BYTES);
        if (room == NULL)
            break;
        stream.next_out = (Bytef *)room;
        stream.avail_out = CHUNK_BYTES;
        status = inflate(&stream, Z_NO_FLUSH);
        out.len += CHUNK_BYTES - stream.avail_out;
    }
    (void)inflateEnd(&stream);
    return status == Z_STREAM_END && buffer_done(&out, ret);
}

static bool brotli_all(struct str body, struct arena *arena, struct str *ret)
{
    BrotliDecoderState *state = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    const uint8_t *next_in = (const uint8_t *)body.ptr;
    size_t left_in = body.len;
    struct buffer out;
    BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;

    if (state == NULL)
        return false;
    buffer_init(&out, arena);
    while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT && out.len < CONTENT_BYTES_MAX) {
        uint8_t *room = (uint8_t *)buffer_reserve(&out, CHUNK_BYTES);
        size_t left_out = CHUNK_BYTES;
        if (room == NULL)
            break;
        result = BrotliDecoderDecompressStream(state, &left_in, &next_in, &left_out, &room, NULL);
        out.len += CHUNK_BYTES - left_out;
    }
    BrotliDecoderDestroyInstance(state);
    return result == BROTLI_DECODER_RESULT_SUCCESS && left_in == 0 && buffer_done(&out, ret);
}

/* "deflate" is zlib's form, or, from some servers, the bare one (RFC 9110, section 8.4.1.2). */
static bool decode_one(struct str coding, struct str body, struct arena *arena, struct str *ret)
{
    *ret = body;
    if (coding.len == 0 || str_eq_nocase(coding, STR("identity")) || body.len == 0)
        return true;
    if (str_eq_nocase(coding, STR("gzip")) || str_eq_nocase(coding, STR("x-gzip")))
        return inflate_all(body, MAX_WBITS + AUTO_HEADER, arena, ret);
    if (str_eq_nocase(coding, STR("br")))
        return brotli_all(body, arena, ret);
    return str_eq_nocase(coding, STR("deflate")) &&
           (inflate_all(body, MAX_WBITS + AUTO_HEADER, arena, ret) ||
            inflate_all(body, RAW, arena, ret));
}

bool content_decode(struct str body, struct str coding, struct arena *arena, struct str *ret)
{
    /* The last coding was applied last. */
    for (int codings = 0; coding.len > 0; codings++) {
        size_t at = coding.len;
        if (codings == CONTENT_CODINGS_MAX)
            return false;
        while (at > 0 && coding.ptr[at - 1] != ',')
            at--;
        if (!decode_one(str_trim(str_slice(coding, at, coding.len)), body, arena, &body))
            return false;
        coding = str_slice(coding, 0, at > 0 ? at - 1 : 0);
    }
    *ret = body;
    return true;
}
