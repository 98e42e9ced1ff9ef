#include "../test.h"

#include "base/buffer.h"
#include "base/error.h"

static void an_arena_ends_at_its_limit(void **state)
{
    struct arena *arena = arena_new(64 * 1024);
    size_t taken = 0;

    (void)state;
    while (arena_alloc(arena, 1000) != NULL)
        taken += 1000;
    assert_in_range(taken, 40 * 1024, 64 * 1024);
    assert_true(arena_bytes(arena) <= 64 * 1024);
    assert_null(arena_alloc(arena, SIZE_MAX - 8));
    assert_null(arena_alloc_array(arena, SIZE_MAX / 2, 4));
    arena_free(arena);
}

static void a_reset_arena_gives_its_memory_again(void **state)
{
    struct arena *arena = arena_new(1024 * 1024);

    (void)state;
    for (int round = 0; round < 100; round++) {
        char *memory = arena_alloc(arena, 500 * 1000);
        assert_non_null(memory);
        assert_int_equal(memory[499999], 0);
        memory[0] = 'x';
        arena_reset(arena);
    }
    arena_free(arena);
}

static void growing_keeps_the_bytes(void **state)
{
    struct arena *arena = arena_new(1024 * 1024);
    char *memory = arena_grow(arena, NULL, 0, 3);

    (void)state;
    memcpy(memory, "abc", 3);
    char *in_place = arena_grow(arena, memory, 3, 100);
    assert_ptr_equal(in_place, memory);
    assert_non_null(arena_alloc(arena, 1));
    char *moved = arena_grow(arena, memory, 3, 200000);
    assert_ptr_not_equal(moved, memory);
    assert_memory_equal(moved, "abc", 3);
    arena_free(arena);
}

static void a_buffer_past_the_limit_remembers_it(void **state)
{
    struct arena *arena = arena_new(2048);
    struct buffer buffer;
    struct str text;

    (void)state;
    buffer_init(&buffer, arena);
    buffer_add_int(&buffer, INT64_MIN);
    buffer_printf(&buffer, " %d", 42);
    assert_true(buffer_done(&buffer, &text));
    assert_str_equal(text, STR("-9223372036854775808 42"));
    for (int i = 0; i < 3000; i++)
        buffer_add_char(&buffer, 'x');
    assert_false(buffer_done(&buffer, &text));
    arena_free(arena);
}

static void a_long_error_is_cut_at_a_whole_character(void **state)
{
    struct aws_error err = {0};
    char text[3000];

    (void)state;
    for (size_t i = 0; i + 2 < sizeof(text); i += 2)
        memcpy(text + i, "\xc3\xa9", 3);
    assert_false(aws_fail(&err, &error_usage, "x%s", text));
    assert_ptr_equal(err.kind, &error_usage);
    assert_true(strlen(err.message) > AWS_ERROR_MESSAGE_BYTES - 4);
    assert_true(str_is_utf8(str_from_c(err.message)));
}

static void a_long_error_in_the_requests_memory_is_whole(void **state)
{
    struct aws_error err = {0};
    char text[3000];

    (void)state;
    memset(text, 'x', sizeof(text));
    assert_false(aws_fail_text(&err, &error_usage, (struct str){text, sizeof(text)}));
    assert_int_equal(strlen(err.message), AWS_ERROR_MESSAGE_BYTES - 1);
    assert_str_equal(aws_error_text(&err), ((struct str){text, sizeof(text)}));
    assert_false(aws_fail(&err, &error_usage, "short"));
    assert_str_equal(aws_error_text(&err), STR("short"));
}

static void a_full_arena_can_be_extended_until_its_reset(void **state)
{
    struct arena *arena = arena_new(1024);

    (void)state;
    assert_non_null(arena_alloc(arena, 900));
    assert_null(arena_alloc(arena, 900));
    arena_extend(arena, 1024);
    assert_non_null(arena_alloc(arena, 900));
    assert_null(arena_alloc(arena, 900));
    arena_reset(arena);
    assert_non_null(arena_alloc(arena, 900));
    assert_null(arena_alloc(arena, 900));
    arena_free(arena);
}

static void arenas_of_a_pool_share_its_limit(void **state)
{
    struct memory_pool pool = {.limit_bytes = 200000};
    struct arena *one = arena_new_in(&pool, 1000000), *other = arena_new_in(&pool, 1000000);

    (void)state;
    assert_non_null(arena_alloc(one, 150000));
    assert_null(arena_alloc(other, 150000));
    assert_non_null(arena_alloc(other, 4000)); /* within its first block, which is free */
    arena_reset(one);
    assert_int_equal(atomic_load(&pool.taken_bytes), 0);
    assert_non_null(arena_alloc(other, 150000));
    assert_false(memory_pool_take(&pool, 100000));
    arena_free(other);
    assert_true(memory_pool_take(&pool, 200000));
    assert_null(arena_alloc(one, 150000));
    arena_free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_ends_at_its_limit),
        cmocka_unit_test(a_reset_arena_gives_its_memory_again),
        cmocka_unit_test(a_full_arena_can_be_extended_until_its_reset),
        cmocka_unit_test(growing_keeps_the_bytes),
        cmocka_unit_test(arenas_of_a_pool_share_its_limit),
        cmocka_unit_test(a_buffer_past_the_limit_remembers_it),
        cmocka_unit_test(a_long_error_is_cut_at_a_whole_character),
        cmocka_unit_test(a_long_error_in_the_requests_memory_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
