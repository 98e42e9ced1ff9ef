/* Reads of the SQLite store: on connections of their own, each in the snapshot of its moment. */
#include "store_sqlite.h"

enum { READERS_MAX = 16 };

void reader_pool_init(struct reader_pool *pool)
{
    *pool = (struct reader_pool){0};
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->given_back, NULL);
}

void reader_pool_deinit(struct reader_pool *pool)
{
    while (pool->idle != NULL) {
        struct connection *next = pool->idle->next;

        connection_close(pool->idle);
        pool->idle = next;
    }
    pthread_cond_destroy(&pool->given_back);
    pthread_mutex_destroy(&pool->lock);
}

/* The one used last, whose pages are warm; a new one while there may be more; else waits. */
static bool take_reader(struct sqlite_store *store, struct connection **ret, struct aws_error *err)
{
    struct reader_pool *pool = &store->readers;

    pthread_mutex_lock(&pool->lock);
    while (pool->idle == NULL && pool->open >= READERS_MAX)
        pthread_cond_wait(&pool->given_back, &pool->lock);
    if (pool->idle != NULL) {
        *ret = pool->idle;
        pool->idle = pool->idle->next;
        pthread_mutex_unlock(&pool->lock);
        return true;
    }
    pool->open++;
    pthread_mutex_unlock(&pool->lock);
    if (connection_open_reader(store->folder.database, ret, err))
        return true;
    pthread_mutex_lock(&pool->lock);
    pool->open--;
    pthread_cond_signal(&pool->given_back);
    pthread_mutex_unlock(&pool->lock);
    return false;
}

static void give_reader_back(struct sqlite_store *store, struct connection *reader)
{
    struct reader_pool *pool = &store->readers;

    pthread_mutex_lock(&pool->lock);
    reader->next = pool->idle;
    pool->idle = reader;
    pthread_cond_signal(&pool->given_back);
    pthread_mutex_unlock(&pool->lock);
}

bool sqlite_get(struct connection *connection, struct store_target *target, struct arena *arena,
                struct aws_error *err)
{
    sqlite3_stmt *statement = connection->statements[STATEMENT_GET];
    bool row = false;

    (void)sqlite3_bind_int64(statement, 1, target->collection);
    (void)sqlite3_bind_int64(statement, 2, store_hash(target->key.partition));
    statement_bind_bytes(statement, 3, target->key.partition);
    statement_bind_bytes(statement, 4, target->key.sort);
    target->found = false;
    bool ok = connection_step(connection, statement, &row, err);
    if (ok && row)
        ok = store_target_fill(target, arena, statement_bytes(statement, 1),
                               sqlite3_column_int64(statement, 0), err);
    statement_reset(statement);
    return ok;
}

bool sqlite_store_get(struct store *store, struct store_target *target, struct arena *arena,
                      struct aws_error *err)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;
    struct connection *reader = NULL;

    if (!take_reader(sqlite, &reader, err))
        return false;
    bool ok = sqlite_get(reader, target, arena, err);
    give_reader_back(sqlite, reader);
    return ok;
}

static bool get_all(struct connection *reader, struct store_target *targets, size_t count,
                    size_t bytes_max, struct arena *arena, size_t *ret_count, struct aws_error *err)
{
    size_t bytes = 0;

    *ret_count = 0;
    for (size_t i = 0; i < count && bytes <= bytes_max; i++) {
        if (!sqlite_get(reader, &targets[i], arena, err))
            return false;
        bytes += targets[i].found ? targets[i].item.json.len : 0;
        *ret_count += bytes <= bytes_max;
    }
    return true;
}

/* The snapshot is that of the transaction's first read. */
bool sqlite_store_get_many(struct store *store, struct store_target *targets, size_t count,
                           size_t bytes_max, struct arena *arena, size_t *ret_count,
                           struct aws_error *err)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;
    struct connection *reader = NULL;

    if (!take_reader(sqlite, &reader, err))
        return false;
    bool begun = connection_run(reader, STATEMENT_BEGIN_READ, err);
    bool ok = begun && get_all(reader, targets, count, bytes_max, arena, ret_count, err);
    struct aws_error ignored = {0}; /* nothing was written: how a read ends is no matter */
    if (begun)
        (void)!connection_run(reader, STATEMENT_COMMIT, &ignored);
    give_reader_back(sqlite, reader);
    return ok;
}

static sqlite3_stmt *bind_partition(struct connection *reader, const struct store_range *range)
{
    struct str from = range->sort_from, to = range->sort_to;
    bool after = range->after.partition.len > 0;

    if (after && !range->reverse && str_compare(range->after.sort, from) > 0)
        from = range->after.sort;
    if (after && range->reverse && (to.ptr == NULL || str_compare(range->after.sort, to) < 0))
        to = range->after.sort;
    enum statement which = !range->reverse           ? STATEMENT_QUERY
                           : after || to.ptr != NULL ? STATEMENT_QUERY_BACK_FROM
                                                     : STATEMENT_QUERY_BACK;
    sqlite3_stmt *statement = reader->statements[which];

    (void)sqlite3_bind_int64(statement, 1, range->collection);
    (void)sqlite3_bind_int64(statement, 2, store_hash(range->partition));
    statement_bind_bytes(statement, 3, range->partition);
    statement_bind_bytes(statement, 4, from);
    if (which == STATEMENT_QUERY_BACK_FROM)
        statement_bind_bytes(statement, 5, to);
    return statement;
}

/* No partition is empty, so (hash, '', '') lies before all of that hash. */
static sqlite3_stmt *bind_scan(struct connection *reader, const struct store_range *range)
{
    sqlite3_stmt *statement = reader->statements[STATEMENT_SCAN];
    bool after = range->after.partition.len > 0;

    (void)sqlite3_bind_int64(statement, 1, range->collection);
    (void)sqlite3_bind_int64(statement, 2,
                             after ? store_hash(range->after.partition) : range->hash_from);
    statement_bind_bytes(statement, 3, range->after.partition);
    statement_bind_bytes(statement, 4, range->after.sort);
    return statement;
}

/* Past the end of a forward read; backward, the statement itself ends. */
static bool is_past_end(const struct store_range *range, uint32_t hash,
                        const struct store_item *item)
{
    if (range->partition.len == 0)
        return hash > range->hash_to;
    return !range->reverse && range->sort_to.ptr != NULL &&
           str_compare(item->key.sort, range->sort_to) >= 0;
}

static bool is_after_itself(const struct store_range *range, const struct store_item *item)
{
    return range->partition.len > 0 && range->after.partition.len > 0 &&
           str_eq(range->after.sort, item->key.sort);
}

static bool visit_rows(struct connection *reader, sqlite3_stmt *statement,
                       const struct store_range *range, store_visit *visit, void *state,
                       struct aws_error *err)
{
    bool row = false, ok = false;

    while ((ok = connection_step(reader, statement, &row, err)) && row) {
        struct store_item item = {
            .key = {statement_bytes(statement, 1), statement_bytes(statement, 2)},
            .size = sqlite3_column_int64(statement, 3),
            .json = statement_bytes(statement, 4),
        };

        if (is_past_end(range, (uint32_t)sqlite3_column_int64(statement, 0), &item))
            break;
        if (!is_after_itself(range, &item) && !visit(state, &item))
            break;
    }
    statement_reset(statement);
    return ok;
}

bool sqlite_store_read(struct store *store, const struct store_range *range, store_visit *visit,
                       void *state, struct aws_error *err)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;
    struct connection *reader = NULL;

    if (!take_reader(sqlite, &reader, err))
        return false;
    sqlite3_stmt *statement =
        range->partition.len > 0 ? bind_partition(reader, range) : bind_scan(reader, range);
    bool ok = visit_rows(reader, statement, range, visit, state, err);
    give_reader_back(sqlite, reader);
    return ok;
}
