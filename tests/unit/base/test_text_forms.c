/* Base64, dates, identifiers and chance. */
#include "../test.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/uuid.h"

static void base64_agrees_with_the_rfc_and_reads_back(void **state)
{
    static const struct {
        struct str bytes;
        struct str text;
    } rows[] = {
        /* RFC 4648, section 10 */
        {STR_INIT(""), STR_INIT("")},
        {STR_INIT("f"), STR_INIT("Zg==")},
        {STR_INIT("fo"), STR_INIT("Zm8=")},
        {STR_INIT("foo"), STR_INIT("Zm9v")},
        {STR_INIT("foobar"), STR_INIT("Zm9vYmFy")},
        {STR_INIT("\0\xff"), STR_INIT("AP8=")},
    };
    struct arena *arena = arena_new(4096);
    struct str made;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(base64_encode(arena, rows[i].bytes, &made));
        assert_str_equal(made, rows[i].text);
        assert_true(base64_decode(arena, rows[i].text, &made));
        assert_str_equal(made, rows[i].bytes);
    }
    assert_false(base64_decode(arena, STR("Zg"), &made));
    assert_false(base64_decode(arena, STR("Zh=="), &made)); /* bits behind the last byte */
    assert_false(base64_decode(arena, STR("Z=g="), &made));
    assert_false(base64_decode(arena, STR("===="), &made));
    arena_free(arena);
}

static void base64_is_read_loosely_as_node_reads_it(void **state)
{
    static const struct {
        struct str text;
        struct str bytes;
    } rows[] = {
        /* What Buffer.from(text, "base64") of Node 20 makes of them. */
        {STR_INIT("aGVsbG8="), STR_INIT("hello")},
        {STR_INIT("aGVsbG8"), STR_INIT("hello")},
        {STR_INIT("aGV\nsb G8="), STR_INIT("hello")},
        {STR_INIT("aGVs=bG8="), STR_INIT("hel")},
        {STR_INIT("a-_b!xy"), STR_INIT("k\xef\xdb\xc7")},
        {STR_INIT("a"), STR_INIT("")},
        {STR_INIT("aG"), STR_INIT("h")},
        {STR_INIT("=aGV"), STR_INIT("")},
        {STR_INIT("aGVsb"), STR_INIT("hel")},
        {STR_INIT(""), STR_INIT("")},
    };
    struct arena *arena = arena_new(4096);
    struct str made;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(base64_decode_loosely(arena, rows[i].text, &made));
        assert_str_equal(made, rows[i].bytes);
    }
    arena_free(arena);
}

static void dates_have_the_forms_of_the_services(void **state)
{
    char text[CLOCK_TEXT_BYTES];

    (void)state;
    clock_format_http(784111777000, text);
    assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT"); /* RFC 9110, section 5.6.7 */
    clock_format_iso(1769860800123, text);
    assert_string_equal(text, "2026-01-31T12:00:00.123Z");
    clock_format_aws(1769860800123, text);
    assert_string_equal(text, "2026-01-31T12:00:00.123+0000");
}

static void the_fake_clock_moves_when_told(void **state)
{
    struct fake_clock fake;

    (void)state;
    fake_clock_init(&fake, 1000);
    assert_int_equal(clock_wall_ms(&fake.clock), 1000);
    fake_clock_advance_ms(&fake, 5);
    assert_int_equal(clock_wall_ms(&fake.clock), 1005);
    assert_int_equal(clock_monotonic_ns(&fake.clock), 5 * NS_PER_MS);
}

static void the_same_seed_gives_the_same_chance(void **state)
{
    struct rng a, b, c;
    char first[UUID_TEXT_BYTES], second[UUID_TEXT_BYTES];

    (void)state;
    rng_init(&a, 42);
    rng_init(&b, 42);
    rng_init(&c, 43);
    uuid_v4(&a, first);
    uuid_v4(&b, second);
    assert_string_equal(first, second);
    uuid_v4(&c, second);
    assert_string_not_equal(first, second);
    assert_int_equal(strlen(first), 36);
    assert_int_equal(first[14], '4');
    assert_non_null(strchr("89ab", first[19]));
}

static void chance_is_spread_evenly(void **state)
{
    struct rng rng;
    int counts[7] = {0};
    double sum = 0, squares = 0;

    (void)state;
    rng_init(&rng, 1);
    for (int i = 0; i < 70000; i++) {
        counts[rng_below(&rng, 7)]++;
        double normal = rng_normal(&rng);
        sum += normal;
        squares += normal * normal;
    }
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        assert_in_range(counts[i], 9500, 10500);
    assert_true(sum / 70000 > -0.02 && sum / 70000 < 0.02);
    assert_true(squares / 70000 > 0.97 && squares / 70000 < 1.03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_agrees_with_the_rfc_and_reads_back),
        cmocka_unit_test(base64_is_read_loosely_as_node_reads_it),
        cmocka_unit_test(dates_have_the_forms_of_the_services),
        cmocka_unit_test(the_fake_clock_moves_when_told),
        cmocka_unit_test(the_same_seed_gives_the_same_chance),
        cmocka_unit_test(chance_is_spread_evenly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
