/* Every store under the same cases: items, ranges, collections. */
#include "store_rig.h"

#include "base/rng.h"

static void a_put_item_is_found_replaced_and_removed(struct store *store, struct arena *arena)
{
    assert_str_equal(rig_get(store, STR("p"), STR("s"), arena), STR("-"));
    rig_put(store, STR("p"), STR("s"), STR("one"));
    assert_str_equal(rig_get(store, STR("p"), STR("s"), arena), STR("one"));
    assert_str_equal(rig_get(store, STR("p"), STR(""), arena), STR("-"));
    rig_put(store, STR("p"), STR("s"), STR("second"));
    assert_str_equal(rig_get(store, STR("p"), STR("s"), arena), STR("second"));
    assert_int_equal(store_size(store, COLLECTION).items, 1);
    assert_int_equal(store_size(store, COLLECTION).bytes, 6);
    rig_remove(store, STR("p"), STR("s"));
    rig_remove(store, STR("p"), STR("s"));
    assert_str_equal(rig_get(store, STR("p"), STR("s"), arena), STR("-"));
    assert_int_equal(store_size(store, COLLECTION).items, 0);
    assert_int_equal(store_size(store, COLLECTION).bytes, 0);
}

static void keys_are_bytes_and_not_text(struct store *store, struct arena *arena)
{
    rig_put(store, STR("a\0b"), STR(""), STR("nul"));
    rig_put(store, STR("a"), STR(""), STR("short"));
    rig_put(store, STR("\xff\xfe"), STR("\0"), STR("no utf-8"));
    rig_put(store, STR("' OR 1=1 --"), STR(""), STR("quote"));
    assert_str_equal(rig_get(store, STR("a\0b"), STR(""), arena), STR("nul"));
    assert_str_equal(rig_get(store, STR("a"), STR(""), arena), STR("short"));
    assert_str_equal(rig_get(store, STR("\xff\xfe"), STR("\0"), arena), STR("no utf-8"));
    assert_str_equal(rig_get(store, STR("\xff\xfe"), STR(""), arena), STR("-"));
    assert_str_equal(rig_get(store, STR("' OR 1=1 --"), STR(""), arena), STR("quote"));
}

static void a_refused_write_changes_nothing(struct store *store, struct arena *arena)
{
    struct rig_write write = {.change = {.collection = COLLECTION,
                                         .key = {STR("p"), STR("s")},
                                         .json = STR("new"),
                                         .size = 3},
                              .only_if_absent = true};

    assert_true(rig_run(store, &write, arena));
    write.change.json = STR("newer");
    assert_false(rig_run(store, &write, arena));
    assert_str_equal(rig_get(store, STR("p"), STR("s"), arena), STR("new"));
    assert_int_equal(store_size(store, COLLECTION).bytes, 3);
}

static const struct {
    const char *name, *from, *to, *after; /* NULL: none */
    bool reverse;
    size_t limit;
    const char *expected;
} partition_rows[] = {
    {"all", "", NULL, NULL, false, 99, "a ab b c d "},
    {"backward", "", NULL, NULL, true, 99, "d c b ab a "},
    {"from", "ab", NULL, NULL, false, 99, "ab b c d "},
    {"from to", "ab", "c", NULL, false, 99, "ab b "},
    {"backward from to", "ab", "c", NULL, true, 99, "b ab "},
    {"limit", "", NULL, NULL, false, 2, "a ab "},
    {"backward limit", "", NULL, NULL, true, 2, "d c "},
    {"after", "", NULL, "ab", false, 99, "b c d "},
    {"after what is gone", "", NULL, "abc", false, 99, "b c d "},
    {"after, from", "b", NULL, "b", false, 99, "c d "},
    {"after before from", "b", NULL, "a", false, 99, "b c d "},
    {"backward after", "", NULL, "c", true, 99, "b ab a "},
    {"backward after to", "a", "c", "d", true, 99, "b ab a "},
    {"backward after, from", "ab", NULL, "c", true, 99, "b ab "},
    {"after the last", "", NULL, "d", false, 99, ""},
    {"backward after the first", "", NULL, "a", true, 99, ""},
    {"empty", "x", "x", NULL, false, 99, ""},
    {"backward empty", "b", "b", NULL, true, 99, ""},
};

static void a_partition_is_read_in_sort_order(struct store *store, struct arena *arena)
{
    static const char *const sorts[] = {"c", "a", "d", "ab", "b"};

    for (size_t i = 0; i < ARRAY_LEN(sorts); i++) {
        rig_put(store, STR("p"), str_from_c(sorts[i]), str_from_c(sorts[i]));
        rig_put(store, STR("other"), str_from_c(sorts[i]), STR("wrong"));
    }
    for (size_t i = 0; i < ARRAY_LEN(partition_rows); i++) {
        struct store_range range = {.partition = STR("p"),
                                    .sort_from = str_from_c(partition_rows[i].from),
                                    .sort_to = str_from_c(partition_rows[i].to),
                                    .reverse = partition_rows[i].reverse};

        if (partition_rows[i].after != NULL)
            range.after = (struct store_key){STR("p"), str_from_c(partition_rows[i].after)};
        struct str found = rig_read_range(store, range, partition_rows[i].limit, arena, NULL);
        if (!str_eq(found, str_from_c(partition_rows[i].expected)))
            fail_msg("%s: '%.*s'", partition_rows[i].name, STR_ARG(found));
    }
}

/* Page by page, in every number of segments: each item once. */
static void segments_are_disjoint_and_complete(struct store *store, struct arena *arena)
{
    enum { ITEMS = 60 };
    char name[16];

    for (int i = 0; i < ITEMS; i++) {
        (void)snprintf(name, sizeof(name), "%d", i);
        rig_put(store, str_from_c(name), STR(""), str_from_c(name));
    }
    for (uint32_t total = 1; total <= 7; total++) {
        size_t found = 0;

        for (uint32_t segment = 0; segment < total; segment++) {
            struct store_range range = {
                .hash_from = (uint32_t)((uint64_t)segment * ((uint64_t)STORE_HASH_MAX + 1) / total),
                .hash_to =
                    (uint32_t)((uint64_t)(segment + 1) * ((uint64_t)STORE_HASH_MAX + 1) / total -
                               1)};
            struct str page;

            do {
                page = rig_read_range(store, range, 4, arena, &range.after);
                for (size_t i = 0; i < page.len; i++)
                    found += page.ptr[i] == ' ';
            } while (page.len > 0);
        }
        assert_int_equal(found, ITEMS);
    }
}

struct pair_plan {
    struct store_change changes[2];
    bool refuse;
};

static bool decide_pair(struct store_transaction *transaction)
{
    struct pair_plan *plan = transaction->state;

    for (size_t i = 0; i < 2; i++)
        plan->changes[i].old_size =
            transaction->targets[i].found ? transaction->targets[i].item.size : -1;
    plan->changes[0].next = &plan->changes[1];
    transaction->changes = plan->changes;
    return !plan->refuse;
}

static void several_changes_are_one(struct store *store, struct arena *arena)
{
    struct store_target targets[2] = {{.collection = COLLECTION, .key = {STR("a"), STR("")}},
                                      {.collection = COLLECTION, .key = {STR("b"), STR("")}}};
    struct pair_plan plan = {.changes = {{.collection = COLLECTION,
                                          .key = {STR("a"), STR("")},
                                          .json = STR("first"),
                                          .size = 5},
                                         {.collection = COLLECTION + 1,
                                          .key = {STR("b"), STR("")},
                                          .json = STR("index"),
                                          .size = 5}},
                             .refuse = true};
    struct store_transaction transaction = {.arena = arena,
                                            .targets = targets,
                                            .target_count = 2,
                                            .decide = decide_pair,
                                            .state = &plan};
    struct aws_error err = {0};

    assert_true(store_write(store, &transaction, &err));
    assert_str_equal(rig_get(store, STR("a"), STR(""), arena), STR("-"));
    plan.refuse = false;
    assert_true(store_write(store, &transaction, &err));
    assert_str_equal(rig_get(store, STR("a"), STR(""), arena), STR("first"));
    assert_int_equal(store_size(store, COLLECTION + 1).items, 1);
}

static void several_items_are_read_up_to_their_bytes(struct store *store, struct arena *arena)
{
    struct store_target targets[] = {{.collection = COLLECTION, .key = {STR("a"), STR("")}},
                                     {.collection = COLLECTION, .key = {STR("none"), STR("")}},
                                     {.collection = COLLECTION, .key = {STR("b"), STR("")}},
                                     {.collection = COLLECTION, .key = {STR("c"), STR("")}}};
    struct aws_error err = {0};
    size_t count = 0;

    rig_put(store, STR("a"), STR(""), STR("12345"));
    rig_put(store, STR("b"), STR(""), STR("67890"));
    rig_put(store, STR("c"), STR(""), STR("!"));
    assert_true(store_get_many(store, targets, ARRAY_LEN(targets), SIZE_MAX, arena, &count, &err));
    assert_int_equal(count, 4);
    assert_str_equal(targets[0].item.json, STR("12345"));
    assert_false(targets[1].found);
    assert_str_equal(targets[3].item.json, STR("!"));
    assert_true(store_get_many(store, targets, ARRAY_LEN(targets), 10, arena, &count, &err));
    assert_int_equal(count, 3);
    assert_true(store_get_many(store, targets, ARRAY_LEN(targets), 9, arena, &count, &err));
    assert_int_equal(count, 2);
    assert_true(store_get_many(store, targets, ARRAY_LEN(targets), 4, arena, &count, &err));
    assert_int_equal(count, 0);
}

static void a_dropped_collection_is_empty(struct store *store, struct arena *arena)
{
    struct aws_error err = {0};
    bool more = true;
    char name[16];

    for (int i = 0; i < 700; i++) {
        (void)snprintf(name, sizeof(name), "%d", i);
        rig_put(store, STR("p"), str_from_c(name), str_from_c(name));
    }
    assert_int_equal(store_size(store, COLLECTION).items, 700);
    assert_int_equal(store_last(store), COLLECTION);
    while (more)
        assert_true(store_drop(store, COLLECTION, &more, &err));
    assert_int_equal(store_size(store, COLLECTION).items, 0);
    assert_int_equal(store_last(store), 0);
    assert_str_equal(
        rig_read_range(store, (struct store_range){.hash_to = STORE_HASH_MAX}, 9, arena, NULL),
        STR(""));
    rig_put(store, STR("p"), STR(""), STR("again"));
    assert_int_equal(store_size(store, COLLECTION).items, 1);
}

static void an_item_past_the_arena_is_an_error_of_its_own(struct store *store, struct arena *arena)
{
    struct arena *small = arena_new(8 * 1024);
    char *big = arena_alloc_text(arena, 300 * 1000);
    struct store_target target = {.collection = COLLECTION, .key = {STR("p"), STR("")}};
    struct aws_error err = {0};

    memset(big, 'x', 300 * 1000);
    rig_put(store, STR("p"), STR(""), (struct str){big, 300 * 1000});
    assert_false(store_get(store, &target, small, &err));
    assert_ptr_equal(err.kind, &error_out_of_memory);
    assert_int_equal(rig_get(store, STR("p"), STR(""), arena).len, 300 * 1000);
    arena_free(small);
}

static const struct {
    const char *name;
    void (*run)(struct store *store, struct arena *arena);
} cases[] = {
    {"a put item is found, replaced and removed", a_put_item_is_found_replaced_and_removed},
    {"keys are bytes and not text", keys_are_bytes_and_not_text},
    {"a refused write changes nothing", a_refused_write_changes_nothing},
    {"a partition is read in sort order", a_partition_is_read_in_sort_order},
    {"segments are disjoint and complete", segments_are_disjoint_and_complete},
    {"several changes are one", several_changes_are_one},
    {"several items are read up to their bytes", several_items_are_read_up_to_their_bytes},
    {"a dropped collection is empty", a_dropped_collection_is_empty},
    {"an item past the arena is an error of its own",
     an_item_past_the_arena_is_an_error_of_its_own},
};

static void every_store_passes_every_case(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < RIG_KINDS; kind++) {
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
            struct store *store = rig_kinds[kind].open();
            struct arena *arena = arena_new(ARENA_BYTES);

            print_message("# %s: %s\n", rig_kinds[kind].name, cases[i].name);
            cases[i].run(store, arena);
            arena_free(arena);
            store_close(store);
        }
    }
}

static void the_stores_agree_on_random_calls(void **state)
{
    struct store *stores[2] = {rig_open_memory(), rig_open_on_disk()};
    struct arena *arena = arena_new(ARENA_BYTES);
    struct rng rng;

    (void)state;
    rng_init(&rng, 20261123);
    for (int round = 0; round < 4000; round++) {
        char partition[8], sort[8], json[24];

        (void)snprintf(partition, sizeof(partition), "p%d", (int)rng_below(&rng, 4));
        (void)snprintf(sort, sizeof(sort), "%02d", (int)rng_below(&rng, 30));
        (void)snprintf(json, sizeof(json), "%s/%s/%d", partition, sort, round);
        struct store_range range = {.partition = str_from_c(partition),
                                    .sort_from = str_from_c(sort),
                                    .reverse = rng_below(&rng, 2) == 1,
                                    .hash_to = STORE_HASH_MAX};
        uint64_t what = rng_below(&rng, 6);
        size_t limit = 1 + rng_below(&rng, 9);
        struct str found[2];

        if (what == 4)
            range.after = (struct store_key){range.partition, STR("15")};
        if (what == 5)
            range = (struct store_range){.hash_to = STORE_HASH_MAX};
        for (size_t i = 0; i < 2; i++) {
            if (what < 2)
                rig_put(stores[i], str_from_c(partition), str_from_c(sort), str_from_c(json));
            else if (what == 2)
                rig_remove(stores[i], str_from_c(partition), str_from_c(sort));
            found[i] = what > 2
                           ? rig_read_range(stores[i], range, limit, arena, NULL)
                           : rig_get(stores[i], str_from_c(partition), str_from_c(sort), arena);
        }
        if (!str_eq(found[0], found[1]))
            fail_msg("round %d, call %d: '%.*s' and '%.*s'", round, (int)what, STR_ARG(found[0]),
                     STR_ARG(found[1]));
        assert_int_equal(store_size(stores[0], COLLECTION).items,
                         store_size(stores[1], COLLECTION).items);
        assert_int_equal(store_size(stores[0], COLLECTION).bytes,
                         store_size(stores[1], COLLECTION).bytes);
        arena_reset(arena);
    }
    arena_free(arena);
    store_close(stores[0]);
    store_close(stores[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_store_passes_every_case),
        cmocka_unit_test(the_stores_agree_on_random_calls),
    };

    return cmocka_run_group_tests(tests, rig_make_folder, rig_remove_folder);
}
