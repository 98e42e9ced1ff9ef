/* Lines out of plain and compressed bytes that come in pieces of every size. */
#include "../test.h"

#include <errno.h>
#include <zlib.h>

#include "line_reader.h"

enum { LONGEST = 1000, ROOM = 4096, PIECES_MAX = 70 };

/* Bytes that come `piece` at a time. */
struct bytes {
    const unsigned char *ptr;
    size_t len;
    size_t piece;
    bool fails; /* at its end */
};

static ssize_t read_bytes(void *state, void *to, size_t room)
{
    struct bytes *bytes = state;
    size_t count = bytes->piece < bytes->len ? bytes->piece : bytes->len;

    if (count == 0 && bytes->fails) {
        errno = EIO;
        return -1;
    }
    count = count < room ? count : room;
    memcpy(to, bytes->ptr, count);
    bytes->ptr += count;
    bytes->len -= count;
    return (ssize_t)count;
}

/* The lines joined by '|', and '!' with the error behind them where one ends it. */
static enum line_result read_all(struct bytes bytes, char ret[ROOM], struct aws_error *err)
{
    struct line_reader *reader =
        line_reader_new((struct line_source){.state = &bytes, .read = read_bytes}, LONGEST);
    struct str line = {NULL, 0};
    enum line_result got = LINE_FAILED;
    size_t length = 0;
    uint64_t count = 0;

    assert_non_null(reader);
    ret[0] = '\0';
    while ((got = line_reader_next(reader, &line, err)) == LINE_READ) {
        assert_int_equal(line_reader_number(reader), ++count);
        assert_true(line.len <= LONGEST && length + line.len + 2 < ROOM);
        memcpy(ret + length, line.ptr, line.len);
        length += line.len;
        ret[length++] = '|';
        ret[length] = '\0';
    }
    assert_int_equal(line_reader_next(reader, &line, err), got); /* and so for ever */
    assert_int_equal((err->kind != NULL), (got == LINE_FAILED));
    line_reader_free(reader);
    return got;
}

static size_t compress_text(const char *text, unsigned char *to, size_t room)
{
    z_stream stream = {0};
    union {
        const char *given;
        unsigned char *taken;
    } input = {.given = text};

    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = input.taken;
    stream.avail_in = (uInt)strlen(text);
    stream.next_out = to;
    stream.avail_out = (uInt)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    (void)deflateEnd(&stream);
    return room - stream.avail_out;
}

static const struct {
    const char *text;
    const char *lines;
} rows[] = {
    {"", ""},
    {"\n", "|"},
    {"a", "a|"},
    {"a\n", "a|"},
    {"a\nb", "a|b|"},
    {"a\r\n\r\nb\r\n", "a||b|"},
    {"\r", "|"},
    {"\n\nlong line of text\n", "||long line of text|"},
    {"\x1f"
     "a\n",
     "\x1f"
     "a|"},
};

static void lines_are_the_same_in_every_form_and_piece(void **state)
{
    unsigned char packed[ROOM];
    char lines[ROOM];

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t packed_len = compress_text(rows[i].text, packed, sizeof(packed));
        for (size_t piece = 1; piece < PIECES_MAX; piece++) {
            struct aws_error err = {0};
            struct bytes plain = {(const unsigned char *)rows[i].text, strlen(rows[i].text), piece,
                                  false};
            struct bytes gzip = {packed, packed_len, piece, false};
            assert_int_equal(read_all(plain, lines, &err), LINE_END);
            assert_string_equal(lines, rows[i].lines);
            assert_int_equal(read_all(gzip, lines, &err), LINE_END);
            assert_string_equal(lines, rows[i].lines);
        }
    }
}

static void members_one_behind_the_other_are_one_text(void **state)
{
    unsigned char packed[ROOM];
    char lines[ROOM];

    (void)state;
    size_t length = compress_text("a\nhalf ", packed, sizeof(packed));
    length += compress_text("", packed + length, sizeof(packed) - length);
    length += compress_text("line\nb", packed + length, sizeof(packed) - length);
    for (size_t piece = 1; piece < PIECES_MAX; piece++) {
        struct aws_error err = {0};
        assert_int_equal(read_all((struct bytes){packed, length, piece, false}, lines, &err),
                         LINE_END);
        assert_string_equal(lines, "a|half line|b|");
    }
}

static void compressed_text_that_is_cut_off_is_an_error_at_every_byte(void **state)
{
    unsigned char packed[ROOM];
    char lines[ROOM];
    size_t length = compress_text("a line\nanother line\n", packed, sizeof(packed));

    (void)state;
    for (size_t cut = 2; cut < length; cut++) {
        struct aws_error err = {0};
        assert_int_equal(read_all((struct bytes){packed, cut, 7, false}, lines, &err), LINE_FAILED);
        assert_ptr_equal(err.kind, &error_usage);
        assert_non_null(strstr(err.message, "cut off"));
    }
}

static void compressed_text_that_is_damaged_is_an_error(void **state)
{
    unsigned char packed[ROOM];
    char lines[ROOM];
    struct aws_error err = {0};
    size_t length = compress_text("a line\nanother line\n", packed, sizeof(packed));

    (void)state;
    packed[length - 6] ^= 1; /* the checksum */
    assert_int_equal(read_all((struct bytes){packed, length, 7, false}, lines, &err), LINE_FAILED);
    assert_non_null(strstr(err.message, "damaged"));
    packed[length - 6] ^= 1;
    packed[length] = 'x'; /* and something behind it */
    err = (struct aws_error){0};
    assert_int_equal(read_all((struct bytes){packed, length + 1, 7, false}, lines, &err),
                     LINE_FAILED);
    assert_string_equal(lines, "a line|another line|");
}

static void a_line_that_is_too_long_is_an_error_and_the_longest_is_not(void **state)
{
    char text[LONGEST + 3], lines[ROOM];
    struct aws_error err = {0};

    (void)state;
    memset(text, 'x', sizeof(text));
    text[LONGEST] = '\n';
    assert_int_equal(
        read_all((struct bytes){(const unsigned char *)text, LONGEST + 1, 64, false}, lines, &err),
        LINE_END);
    text[LONGEST] = 'x';
    assert_int_equal(
        read_all((struct bytes){(const unsigned char *)text, LONGEST + 1, 64, false}, lines, &err),
        LINE_FAILED);
    assert_string_equal(err.message, "longer than 1000 bytes");
    assert_string_equal(lines, "");
}

static void what_cannot_be_read_is_an_error_behind_what_could(void **state)
{
    char lines[ROOM];
    struct aws_error err = {0};

    (void)state;
    assert_int_equal(
        read_all((struct bytes){(const unsigned char *)"a\nb", 3, 2, true}, lines, &err),
        LINE_FAILED);
    assert_ptr_equal(err.kind, &error_environment);
    assert_string_equal(lines, "a|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_the_same_in_every_form_and_piece),
        cmocka_unit_test(members_one_behind_the_other_are_one_text),
        cmocka_unit_test(compressed_text_that_is_cut_off_is_an_error_at_every_byte),
        cmocka_unit_test(compressed_text_that_is_damaged_is_an_error),
        cmocka_unit_test(a_line_that_is_too_long_is_an_error_and_the_longest_is_not),
        cmocka_unit_test(what_cannot_be_read_is_an_error_behind_what_could),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
