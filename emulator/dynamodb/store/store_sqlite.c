#include "store_sqlite.h"

#include "base/log.h"

enum { GROUP_MAX = 256 };

static struct store_size sqlite_store_size(struct store *store, int64_t collection)
{
    return store_sizes_get(&((struct sqlite_store *)store)->sizes, collection);
}

static int64_t sqlite_store_last(struct store *store)
{
    return store_sizes_last(&((struct sqlite_store *)store)->sizes);
}

static void sqlite_store_count(struct store *store, uint64_t *commits, uint64_t *writes)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;

    *commits = atomic_load(&sqlite->commits);
    *writes = atomic_load(&sqlite->writes);
}

static bool sqlite_store_is_busy(struct store *store)
{
    return atomic_load(&((struct sqlite_store *)store)->checkpointing);
}

static bool sqlite_store_is_writing(struct store *store)
{
    return group_commit_is_led(&((struct sqlite_store *)store)->group);
}

static void sqlite_store_settle(struct store *store)
{
    group_commit_end(&((struct sqlite_store *)store)->group);
}

static void release(struct sqlite_store *store)
{
    checkpointer_stop(store);
    reader_pool_deinit(&store->readers);
    connection_close(store->writer);
    store_sizes_deinit(&store->sizes);
    group_commit_deinit(&store->group);
    pthread_mutex_destroy(&store->writer_lock);
    data_folder_close(&store->folder);
    free(store);
}

/* The checkpoint comes last, with the sizes in it, and leaves one file. */
static void sqlite_store_close(struct store *store)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;
    struct aws_error err = {0};

    checkpointer_stop(sqlite);
    if (!atomic_load(&sqlite->damaged)) {
        if (!store_sizes_save(&sqlite->sizes, sqlite->writer, &err))
            log_error("closing '%s': %s", sqlite->folder.database, err.message);
        (void)sqlite3_wal_checkpoint_v2(sqlite->writer->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                        NULL);
    }
    release(sqlite);
}

static const struct store_ops sqlite_store_ops = {
    .get = sqlite_store_get,
    .get_many = sqlite_store_get_many,
    .read = sqlite_store_read,
    .write = sqlite_store_write,
    .write_later = sqlite_store_write_later,
    .settle = sqlite_store_settle,
    .drop = sqlite_store_drop,
    .size = sqlite_store_size,
    .last = sqlite_store_last,
    .count = sqlite_store_count,
    .is_busy = sqlite_store_is_busy,
    .is_writing = sqlite_store_is_writing,
    .close = sqlite_store_close,
};

/* SQLite's own counting of memory would be a lock at every allocation. */
static void configure_once(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static bool start_group(struct sqlite_store *store, struct aws_error *err)
{
    return group_commit_init(&store->group, GROUP_MAX, sqlite_store_run_group, store) ||
           aws_fail(err, &error_environment, "no thread for the store");
}

bool store_open_sqlite(const char *folder, enum durability durability, struct store **ret,
                       struct aws_error *err)
{
    static pthread_once_t configured = PTHREAD_ONCE_INIT;
    struct sqlite_store *store = calloc(1, sizeof(*store));

    if (store == NULL)
        return aws_fail(err, &error_environment, "no memory for the store");
    if (!data_folder_open(folder, &store->folder, err)) {
        free(store);
        return false;
    }
    (void)pthread_once(&configured, configure_once);
    store->store.ops = &sqlite_store_ops;
    pthread_mutex_init(&store->writer_lock, NULL);
    reader_pool_init(&store->readers);
    store_sizes_init(&store->sizes);
    if (!start_group(store, err) ||
        !connection_open_writer(store->folder.database, durability, &store->writer, err) ||
        !store_sizes_load(&store->sizes, store->writer, err) || !checkpointer_start(store, err)) {
        release(store);
        return false;
    }
    *ret = &store->store;
    return true;
}
