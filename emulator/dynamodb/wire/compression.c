#include "compression.h"

#include <zlib.h>

#include "base/buffer.h"
#include "errors.h"

enum {
    COMPRESS_ABOVE_BYTES = 4096,
    INFLATE_STEP_BYTES = 64 * 1024,
    GZIP_WINDOW = 15 + 16, /* zlib: the gzip wrapper */
    ZLIB_WINDOW = 15,
};

static const struct error_kind too_large = {"RequestEntityTooLarge", 413, false};

static const struct coding {
    struct str name;
    int window;
} codings[] = {
    /* The first wins where the client likes both the same. */
    {STR_INIT("gzip"), GZIP_WINDOW},
    {STR_INIT("deflate"), ZLIB_WINDOW},
};

static const struct coding *find_coding(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(codings); i++) {
        if (str_eq_nocase(codings[i].name, name))
            return &codings[i];
    }
    return NULL;
}

static bool inflate_all(z_stream *stream, size_t limit, struct buffer *out, struct aws_error *err)
{
    int status = Z_OK;

    while (status != Z_STREAM_END) {
        char *room = buffer_reserve(out, INFLATE_STEP_BYTES);

        if (room == NULL || out->len > limit)
            return aws_fail(err, &too_large, "the body unfolds to more than one request may have");
        stream->next_out = (unsigned char *)room;
        stream->avail_out = INFLATE_STEP_BYTES;
        status = inflate(stream, Z_NO_FLUSH);
        size_t written = INFLATE_STEP_BYTES - stream->avail_out;
        out->len += written;
        if ((status != Z_OK && status != Z_STREAM_END) || (status == Z_OK && written == 0))
            return aws_fail(err, &ddb_internal_server_error, "the body is no compressed stream");
    }
    if (out->len > limit)
        return aws_fail(err, &too_large, "the body unfolds to more than one request may have");
    return true;
}

bool compression_request(const struct http_request *request, size_t limit, struct arena *arena,
                         struct str *ret_body, struct aws_error *err)
{
    struct str name = {0};
    z_stream stream = {0};
    struct buffer out;

    if (!http_request_header(request, STR("Content-Encoding"), &name) ||
        str_eq_nocase(name, STR("identity")) || name.len == 0) {
        *ret_body = request->body;
        return true;
    }
    const struct coding *coding = find_coding(str_trim(name));
    if (coding == NULL || inflateInit2(&stream, coding->window) != Z_OK)
        return aws_fail(err, &ddb_internal_server_error, "the body's encoding is not known");
    /* zlib takes what it only reads as a pointer to bytes it could write. */
    union {
        const char *read;
        unsigned char *taken;
    } in = {.read = request->body.ptr};
    stream.next_in = in.taken;
    stream.avail_in = (unsigned)request->body.len; /* at most 16 MB, checked by the caller */
    buffer_init(&out, arena);
    bool ok = inflate_all(&stream, limit, &out, err);
    (void)inflateEnd(&stream);
    if (ok)
        *ret_body = buffer_str(&out);
    return ok;
}

/* `gzip;q=0.5`: the coding's weight, 1 when none is said. */
static double weight(struct str part, struct str *ret_name)
{
    double quality = 1;

    *ret_name = str_trim(str_split(&part, ';'));
    part = str_trim(part);
    if (str_starts_with(part, STR("q=")) && !str_to_double(str_slice(part, 2, part.len), &quality))
        quality = 0;
    return quality;
}

static const struct coding *choose(struct str accepted)
{
    double qualities[ARRAY_LEN(codings)] = {0};
    const struct coding *best = NULL;
    double best_quality = 0;

    while (accepted.len > 0) {
        struct str name;
        double quality = weight(str_split(&accepted, ','), &name);
        const struct coding *coding = find_coding(name);

        if (coding != NULL)
            qualities[coding - codings] = quality;
    }
    for (size_t i = 0; i < ARRAY_LEN(codings); i++) {
        if (qualities[i] > best_quality) {
            best_quality = qualities[i];
            best = &codings[i];
        }
    }
    return best;
}

bool compression_answer(struct str accepted, struct arena *arena, struct str *body,
                        struct str *ret_encoding)
{
    const struct coding *coding = body->len > COMPRESS_ABOVE_BYTES ? choose(accepted) : NULL;
    z_stream stream = {0};

    if (coding == NULL || deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, coding->window, 8,
                                       Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t room = deflateBound(&stream, body->len);
    char *out = arena_alloc_text(arena, room);
    union {
        const char *read;
        unsigned char *taken;
    } in = {.read = body->ptr};
    stream.next_in = in.taken;
    stream.avail_in = (unsigned)body->len; /* an answer is bounded by the arena, below 4 GB */
    stream.next_out = (unsigned char *)out;
    stream.avail_out = (unsigned)room;
    bool ok = out != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    size_t length = room - stream.avail_out;
    (void)deflateEnd(&stream);
    if (!ok)
        return false;
    *body = (struct str){out, length};
    *ret_encoding = coding->name;
    return true;
}
