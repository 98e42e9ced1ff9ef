/* Updates: a row is a text and what it makes of one item, or its error. */
#include "expression_rig.h"

#define L_REST "{\"M\":{\"x\":{\"B\":\"AAEC\"}}}"

static const struct {
    const char *text;
    const char *path;    /* an attribute, as the update leaves it */
    const char *after;   /* NULL: gone */
    const char *message; /* the update's error, else NULL */
} updates[] = {
    {"SET a = a + :two", "a", "{\"N\":\"3\"}", NULL},
    {"SET a = a - :three", "a", "{\"N\":\"-2\"}", NULL},
    {"SET a = :two - :three", "a", "{\"N\":\"-1\"}", NULL},
    {"SET n = if_not_exists(n, :one) + :two", "n", "{\"N\":\"3\"}", NULL},
    {"SET a = if_not_exists(a, :three)", "a", "{\"N\":\"1\"}", NULL},
    {"SET a = b, b = a", "a", "{\"S\":\"text\"}", NULL},
    {"SET a = b, b = a", "b", "{\"N\":\"1\"}", NULL},
    {"SET #l = list_append(#l, :list)", "l",
     "{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"}," L_REST ",{\"N\":\"7\"}]}", NULL},
    {"SET #l = list_append(:list, #l)", "l",
     "{\"L\":[{\"N\":\"7\"},{\"N\":\"1\"},{\"S\":\"x\"}," L_REST "]}", NULL},
    {"SET n = list_append(if_not_exists(n, :list), :list)", "n",
     "{\"L\":[{\"N\":\"7\"},{\"N\":\"7\"}]}", NULL},
    {"SET l[1] = :two", "l", "{\"L\":[{\"N\":\"1\"},{\"N\":\"2\"}," L_REST "]}", NULL},
    {"SET l[9] = :three, l[8] = :two", "l",
     "{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"}," L_REST ",{\"N\":\"2\"},{\"N\":\"3\"}]}", NULL},
    {"REMOVE l[0] SET l[1] = :two", "l", "{\"L\":[{\"N\":\"2\"}," L_REST "]}", NULL},
    {"REMOVE l[0], l[1], l[7]", "l", "{\"L\":[" L_REST "]}", NULL},
    {"REMOVE l[2].x", "l", "{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"},{\"M\":{}}]}", NULL},
    {"SET m.y.#dot = :one", "m",
     "{\"M\":{\"x\":{\"NS\":[\"1\",\"2\"]},\"y\":{\"M\":{\"x.y\":{\"N\":\"1\"}}}}}", NULL},
    {"REMOVE a", "a", NULL, NULL},
    {"REMOVE absent, m.q", "m", "{\"M\":{\"x\":{\"NS\":[\"1\",\"2\"]},\"y\":{\"M\":{}}}}", NULL},
    {"ADD a :two", "a", "{\"N\":\"3\"}", NULL},
    {"ADD n :two", "n", "{\"N\":\"2\"}", NULL},
    {"ADD m.x :ns", "m", "{\"M\":{\"x\":{\"NS\":[\"1\",\"2\",\"3\"]},\"y\":{\"M\":{}}}}", NULL},
    {"ADD n :pp", "n", "{\"SS\":[\"p\"]}", NULL},
    {"DELETE s :pp", "s", "{\"SS\":[\"q\"]}", NULL},
    {"DELETE s :qp", "s", NULL, NULL},
    {"DELETE n :qp", "n", NULL, NULL},
    {"set a = :map remove b add n :one delete s :pp", "a", "{\"M\":{\"k\":{\"N\":\"5\"}}}", NULL},
    {"SET a = absent", "a", NULL,
     "The provided expression refers to an attribute that does not exist in the item"},
    {"SET a = b + :one", "a", NULL,
     "An operand in the update expression has an incorrect data type"},
    {"SET a = list_append(a, :list)", "a", NULL,
     "An operand in the update expression has an incorrect data type"},
    {"SET absent.x = :one", "a", NULL,
     "The document path provided in the update expression is invalid for update"},
    {"SET m[0] = :one", "a", NULL,
     "The document path provided in the update expression is invalid for update"},
    {"SET l.x = :one", "a", NULL,
     "The document path provided in the update expression is invalid for update"},
    {"ADD b :one", "a", NULL, "An operand in the update expression has an incorrect data type"},
    {"ADD s :ns", "a", NULL, "An operand in the update expression has an incorrect data type"},
    {"DELETE a :pp", "a", NULL, "An operand in the update expression has an incorrect data type"},
    {"SET a = :big + :big", "a", NULL,
     "Number overflow. Attempting to store a number with magnitude larger than supported range"},
};

static void updates_change_a_copy_of_the_item(void **state)
{
    struct rig rig;

    (void)state;
    rig_begin(&rig);
    for (size_t i = 0; i < ARRAY_LEN(updates); i++) {
        struct update *update = NULL;
        struct attribute_value after;
        struct aws_error err = {0};
        struct buffer out;

        if (!update_parse(str_from_c(updates[i].text), &rig.placeholders, rig.arena, &update, &err))
            fail_msg("%s: %s", updates[i].text, err.message);
        bool ok = update_apply(update, &rig.item, rig.arena, &after, &err);
        if (ok != (updates[i].message == NULL))
            fail_msg("%s: '%s'", updates[i].text, err.message);
        if (!ok) {
            assert_string_equal(err.message, updates[i].message);
            continue;
        }
        const struct attribute_value *value = item_find(&after, str_from_c(updates[i].path));
        buffer_init(&out, rig.arena);
        if (value != NULL)
            value_write(&out, value);
        if (!str_eq(buffer_str(&out), str_from_c(updates[i].after)))
            fail_msg("%s: %.*s", updates[i].text, STR_ARG(buffer_str(&out)));
        assert_str_equal(rig_show(&rig.item, rig.arena), str_from_c(rig_item_text));
    }
    rig_end(&rig);
}

/* Elements are searched for, not compared each with each. */
static void large_sets_are_joined_and_parted_at_once(void **state)
{
    enum { ELEMENTS = 100000 };
    static const struct {
        const char *text;
        size_t count;
    } rows[] = {{"ADD n :v", ELEMENTS + ELEMENTS / 2}, {"DELETE n :v", ELEMENTS / 2}};
    struct attribute_value *elements = calloc(2 * ELEMENTS, sizeof(*elements));
    struct arena *arena = arena_new(16 * ARENA_BYTES);

    (void)state;
    assert_non_null(elements);
    for (size_t i = 0; i < 2 * ELEMENTS; i++) /* 1, 11, 21, ..: in their one form */
        elements[i] = (struct attribute_value){.type = VALUE_N, .number = {10 * i + 1, 0, false}};
    struct attribute attribute = {STR("n"), {.type = VALUE_NS, .list = {elements, ELEMENTS}}};
    struct attribute_value item = {.type = VALUE_M, .map = {&attribute, 1}};
    struct placeholder value = {
        .key = STR_INIT(":v"),
        .value = {.type = VALUE_NS, .list = {elements + ELEMENTS / 2, ELEMENTS}}};
    struct placeholders placeholders = {.values = &value, .value_count = 1};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct update *update = NULL;
        struct attribute_value after;
        struct aws_error err = {0};

        assert_true(update_parse(str_from_c(rows[i].text), &placeholders, arena, &update, &err));
        assert_true(update_apply(update, &item, arena, &after, &err));
        assert_int_equal(item_find(&after, STR("n"))->list.count, rows[i].count);
    }
    arena_free(arena);
    free(elements);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(updates_change_a_copy_of_the_item),
        cmocka_unit_test(large_sets_are_joined_and_parted_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
