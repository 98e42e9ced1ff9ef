/* MD5 against RFC 1321's own test suite, and in pieces. */
#include "../test.h"

#include "base/md5.h"

/* RFC 1321, appendix A.5. */
static const struct {
    const char *text;
    const char *sum;
} rows[] = {
    {"", "d41d8cd98f00b204e9800998ecf8427e"},
    {"a", "0cc175b9c0f1b6a831c399e269772661"},
    {"abc", "900150983cd24fb0d6963f7d28e17f72"},
    {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
    {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
     "d174ab98d277d9f5a5611c2c9f419d9f"},
    {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
     "57edf4a22be3c955ac49da2e2107b67a"},
};

static void check(const char *text, size_t piece, const char *expected)
{
    unsigned char sum[MD5_BYTES];
    char hex[2 * MD5_BYTES + 1];
    struct md5 hash;

    md5_init(&hash);
    for (size_t at = 0, length = strlen(text); at < length; at += piece)
        md5_add(&hash, text + at, at + piece < length ? piece : length - at);
    md5_finish(&hash, sum);
    for (size_t i = 0; i < MD5_BYTES; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", sum[i]);
    assert_string_equal(hex, expected);
}

static void a_text_has_its_sum_in_one_piece_or_in_many(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t piece = 1; piece <= 80; piece++)
            check(rows[i].text, piece, rows[i].sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_has_its_sum_in_one_piece_or_in_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
