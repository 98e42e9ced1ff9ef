/*
 * Tests of the stores: a folder of the process's own, a store of each kind on it, and reads and
 * writes that must succeed. All of it is about one collection.
 */
#ifndef TESTS_STORE_RIG_H
#define TESTS_STORE_RIG_H

#include "../../../emulator/dynamodb/store/store.h"
#include "../test.h"

enum { ARENA_BYTES = 16 * 1024 * 1024, COLLECTION = 7, RIG_KINDS = 3 };

/* For cmocka_run_group_tests(). */
int rig_make_folder(void **state);
int rig_remove_folder(void **state);

const char *rig_folder(void);
const char *rig_database_path(void);
/* What a store on disk leaves there. */
void rig_remove_files(void);

/* An empty one in memory, and on disk. */
struct store *rig_open_memory(void);
struct store *rig_open_on_disk(void);
/* The one on disk, with what it has. */
struct store *rig_reopen(enum durability durability);
/* In memory, on disk, and on disk with every write synchronous. */
extern const struct rig_kind {
    const char *name;
    struct store *(*open)(void);
} rig_kinds[RIG_KINDS];

/* One put or removal; `only_if_absent` is a condition. */
struct rig_write {
    struct store_change change;
    bool only_if_absent;
    bool refused;
};

/* False when it is refused. */
bool rig_run(struct store *store, struct rig_write *write, struct arena *arena);
void rig_put(struct store *store, struct str partition, struct str sort, struct str json);
void rig_remove(struct store *store, struct str partition, struct str sort);
/* The item, or "-". In `arena`. */
struct str rig_get(struct store *store, struct str partition, struct str sort, struct arena *arena);
/* The items, a blank behind each; `last`, which may be NULL, is the last one's key. In `arena`. */
struct str rig_read_range(struct store *store, struct store_range range, size_t limit,
                          struct arena *arena, struct store_key *last);

#endif
