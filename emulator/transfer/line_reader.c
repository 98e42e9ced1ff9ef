#include "line_reader.h"

#include <errno.h>
#include <zlib.h>

enum { INPUT_BYTES = 64 * 1024, GZIP_ONLY = 15 + 16 };

enum form { FORM_UNKNOWN, FORM_PLAIN, FORM_GZIP };

struct line_reader {
    struct line_source source;
    size_t line_bytes_max;
    enum form form;
    z_stream stream;
    bool in_member; /* gzip: between a member's head and its end */
    bool source_ended;
    bool text_ended;
    enum line_result ended; /* LINE_READ: not yet */
    struct aws_error failure;
    struct aws_error damage; /* behind the text that is there */
    uint64_t number;

    unsigned char input[INPUT_BYTES]; /* [input_begin, input_end) is not looked at yet */
    size_t input_begin, input_end;
    char *text; /* [begin, end) is not given out yet; no line ends in [begin, searched) */
    size_t begin, searched, end, capacity;
};

struct line_reader *line_reader_new(struct line_source source, size_t line_bytes_max)
{
    struct line_reader *reader = calloc(1, sizeof(*reader));

    if (reader == NULL)
        return NULL;
    reader->source = source;
    reader->line_bytes_max = line_bytes_max;
    reader->capacity = INPUT_BYTES;
    reader->text = malloc(reader->capacity);
    if (reader->text == NULL) {
        free(reader);
        return NULL;
    }
    return reader;
}

void line_reader_free(struct line_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->form == FORM_GZIP)
        (void)inflateEnd(&reader->stream);
    free(reader->text);
    free(reader);
}

uint64_t line_reader_number(const struct line_reader *reader)
{
    return reader->number;
}

/* --- bytes ---------------------------------------------------------------------------------- */

/* More of the source behind what is there; room is made by the caller. */
static bool read_input(struct line_reader *reader, struct aws_error *err)
{
    ssize_t got = reader->source.read(reader->source.state, reader->input + reader->input_end,
                                      INPUT_BYTES - reader->input_end);

    if (got < 0)
        return aws_fail(err, &error_environment, "cannot be read: %s", strerror(errno));
    reader->source_ended = got == 0;
    reader->input_end += (size_t)got;
    return true;
}

static bool refill_input(struct line_reader *reader, struct aws_error *err)
{
    if (reader->input_begin < reader->input_end || reader->source_ended)
        return true;
    reader->input_begin = reader->input_end = 0;
    return read_input(reader, err);
}

static bool find_form(struct line_reader *reader, struct aws_error *err)
{
    while (reader->input_end < 2 && !reader->source_ended) {
        if (!read_input(reader, err))
            return false;
    }
    if (reader->input_end < 2 || reader->input[0] != 0x1f || reader->input[1] != 0x8b) {
        reader->form = FORM_PLAIN;
        return true;
    }
    if (inflateInit2(&reader->stream, GZIP_ONLY) != Z_OK)
        return aws_fail(err, &error_environment, "no memory to decompress");
    reader->form = FORM_GZIP;
    return true;
}

/* --- text ----------------------------------------------------------------------------------- */

/* Room behind the text: what was given out makes place, then the buffer grows. */
static bool make_room(struct line_reader *reader, struct aws_error *err)
{
    if (reader->end < reader->capacity)
        return true;
    if (reader->begin > 0) {
        memmove(reader->text, reader->text + reader->begin, reader->end - reader->begin);
        reader->end -= reader->begin;
        reader->searched -= reader->begin;
        reader->begin = 0;
        return true;
    }
    char *grown = realloc(reader->text, reader->capacity * 2);
    if (grown == NULL)
        return aws_fail(err, &error_environment, "no memory for a line of %zu bytes", reader->end);
    reader->text = grown;
    reader->capacity *= 2;
    return true;
}

static void take_plain(struct line_reader *reader)
{
    size_t count = reader->input_end - reader->input_begin;
    size_t room = reader->capacity - reader->end;

    if (count > room)
        count = room;
    memcpy(reader->text + reader->end, reader->input + reader->input_begin, count);
    reader->input_begin += count;
    reader->end += count;
    reader->text_ended = reader->source_ended && reader->input_begin == reader->input_end;
}

static bool inflate_step(struct line_reader *reader, struct aws_error *err)
{
    z_stream *stream = &reader->stream;

    if (!reader->in_member && inflateReset(stream) != Z_OK)
        return aws_fail(err, &error_environment, "no memory to decompress");
    reader->in_member = true;
    stream->next_in = reader->input + reader->input_begin;
    stream->avail_in = (uInt)(reader->input_end - reader->input_begin);
    stream->next_out = (unsigned char *)reader->text + reader->end;
    stream->avail_out = (uInt)(reader->capacity - reader->end);
    size_t before = reader->end;
    int result = inflate(stream, Z_NO_FLUSH);
    reader->input_begin = reader->input_end - stream->avail_in;
    reader->end = reader->capacity - stream->avail_out;
    if (result == Z_STREAM_END)
        reader->in_member = false;
    if (result == Z_OK || result == Z_BUF_ERROR || result == Z_STREAM_END)
        return true;
    (void)aws_fail(err, &error_usage, "the compressed data is damaged (%s)",
                   stream->msg == NULL ? "gzip" : stream->msg);
    if (reader->end == before)
        return false;
    /* The text up to there is good: it comes first, in pieces of any size. */
    reader->damage = *err;
    *err = (struct aws_error){0};
    return true;
}

static bool take_gzip(struct line_reader *reader, struct aws_error *err)
{
    size_t before = reader->end;
    bool empty = reader->input_begin == reader->input_end;

    if (empty && !reader->in_member) {
        reader->text_ended = reader->source_ended;
        return true;
    }
    if (!inflate_step(reader, err))
        return false;
    /* With no input left and none to come, inflate() may still have text that it keeps. */
    if (empty && reader->source_ended && reader->in_member && reader->end == before)
        return aws_fail(err, &error_usage, "the compressed data is cut off: copy the file again");
    return true;
}

/* Some more text, or text_ended. */
static bool take_text(struct line_reader *reader, struct aws_error *err)
{
    if (reader->damage.kind != NULL) {
        *err = reader->damage;
        return false;
    }
    if (reader->form == FORM_UNKNOWN && !find_form(reader, err))
        return false;
    if (!refill_input(reader, err) || !make_room(reader, err))
        return false;
    if (reader->form == FORM_GZIP)
        return take_gzip(reader, err);
    take_plain(reader);
    return true;
}

/* --- lines ---------------------------------------------------------------------------------- */

static enum line_result give(struct line_reader *reader, size_t length, size_t end_bytes,
                             struct str *ret, struct aws_error *err)
{
    struct str line = {reader->text + reader->begin, length};

    reader->begin += length + end_bytes;
    reader->searched = reader->begin;
    reader->number++;
    if (length > reader->line_bytes_max) {
        (void)aws_fail(err, &error_usage, "longer than %zu bytes", reader->line_bytes_max);
        return LINE_FAILED;
    }
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    *ret = line;
    return LINE_READ;
}

static enum line_result next(struct line_reader *reader, struct str *ret, struct aws_error *err)
{
    for (;;) {
        const char *from = reader->text + reader->searched;
        const char *found = memchr(from, '\n', reader->end - reader->searched);
        size_t pending = reader->end - reader->begin;
        if (found != NULL)
            return give(reader, (size_t)(found - reader->text) - reader->begin, 1, ret, err);
        reader->searched = reader->end;
        if (reader->text_ended && pending == 0)
            return LINE_END;
        if (reader->text_ended || pending > reader->line_bytes_max)
            return give(reader, pending, 0, ret, err);
        if (!take_text(reader, err))
            return LINE_FAILED;
    }
}

enum line_result line_reader_next(struct line_reader *reader, struct str *ret,
                                  struct aws_error *err)
{
    if (reader->ended == LINE_READ)
        reader->ended = next(reader, ret, &reader->failure);
    if (reader->ended == LINE_FAILED)
        *err = reader->failure;
    return reader->ended;
}
