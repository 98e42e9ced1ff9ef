/* Writes of the SQLite store: a group of read-modify-writes in one transaction. */
#include "store_sqlite.h"

#include <time.h>

static bool write_put(struct connection *writer, const struct store_change *change,
                      struct aws_error *err)
{
    sqlite3_stmt *statement = writer->statements[STATEMENT_PUT];

    (void)sqlite3_bind_int64(statement, 1, change->collection);
    (void)sqlite3_bind_int64(statement, 2, store_hash(change->key.partition));
    statement_bind_bytes(statement, 3, change->key.partition);
    statement_bind_bytes(statement, 4, change->key.sort);
    (void)sqlite3_bind_int64(statement, 5, change->size);
    (void)sqlite3_bind_text64(statement, 6, change->json.ptr, change->json.len, SQLITE_STATIC,
                              SQLITE_UTF8);
    return connection_run(writer, STATEMENT_PUT, err);
}

static bool write_remove(struct connection *writer, const struct store_change *change,
                         struct aws_error *err)
{
    sqlite3_stmt *statement = writer->statements[STATEMENT_REMOVE];

    (void)sqlite3_bind_int64(statement, 1, change->collection);
    (void)sqlite3_bind_int64(statement, 2, store_hash(change->key.partition));
    statement_bind_bytes(statement, 3, change->key.partition);
    statement_bind_bytes(statement, 4, change->key.sort);
    return connection_run(writer, STATEMENT_REMOVE, err);
}

static bool look_up_size(struct connection *writer, struct store_change *change,
                         struct aws_error *err)
{
    sqlite3_stmt *statement = writer->statements[STATEMENT_GET];
    bool row = false;

    (void)sqlite3_bind_int64(statement, 1, change->collection);
    (void)sqlite3_bind_int64(statement, 2, store_hash(change->key.partition));
    statement_bind_bytes(statement, 3, change->key.partition);
    statement_bind_bytes(statement, 4, change->key.sort);
    bool ok = connection_step(writer, statement, &row, err);
    change->old_size = row ? sqlite3_column_int64(statement, 0) : STORE_SIZE_NONE;
    statement_reset(statement);
    return ok;
}

static bool write_change(struct connection *writer, struct store_change *change,
                         struct aws_error *err)
{
    if (change->old_size == STORE_SIZE_UNKNOWN && !look_up_size(writer, change, err))
        return false;
    return (change->json.ptr == NULL ? write_remove : write_put)(writer, change, err);
}

/* False: the database failed, and with it the group. */
static bool run_entry(struct connection *writer, struct store_pending *entry, struct aws_error *err)
{
    struct store_transaction *transaction = entry->transaction;

    for (size_t i = 0; i < transaction->target_count; i++) {
        if (sqlite_get(writer, &transaction->targets[i], transaction->arena, entry->err))
            continue;
        entry->ok = false;
        if (entry->err->kind == &error_out_of_memory)
            return true; /* that request's own limit */
        *err = *entry->err;
        return false;
    }
    entry->decided = transaction->decide(transaction);
    for (struct store_change *change = transaction->changes; entry->decided && change != NULL;
         change = change->next) {
        if (!write_change(writer, change, err))
            return false;
    }
    return true;
}

static bool run_transaction(struct sqlite_store *store, struct group_entry *first,
                            struct aws_error *err)
{
    struct connection *writer = store->writer;
    struct aws_error ignored = {0};
    bool ok = connection_run(writer, STATEMENT_BEGIN, err);

    for (struct group_entry *entry = first; ok && entry != NULL; entry = entry->next)
        ok = run_entry(writer, (struct store_pending *)entry, err);
    if (ok && connection_run(writer, STATEMENT_COMMIT, err))
        return true;
    int status = sqlite3_errcode(writer->db) & 0xff;
    if (status == SQLITE_CORRUPT || status == SQLITE_NOTADB)
        atomic_store(&store->damaged, true);
    if (!sqlite3_get_autocommit(writer->db))
        (void)!connection_run(writer, STATEMENT_ROLLBACK, &ignored);
    return false;
}

/* Only once the commit stands, so that a rollback has nothing to take back here. */
static void count_entry(struct sqlite_store *store, const struct store_pending *entry)
{
    if (!entry->ok || !entry->decided)
        return;
    for (struct store_change *change = entry->transaction->changes; change != NULL;
         change = change->next) {
        bool was = change->old_size >= 0, is = change->json.ptr != NULL;

        (void)!store_sizes_add(&store->sizes, change->collection, (int64_t)is - (int64_t)was,
                               (is ? change->size : 0) - (was ? change->old_size : 0));
    }
}

void sqlite_store_run_group(void *state, struct group_entry *first)
{
    struct sqlite_store *store = state;
    struct aws_error err = {0};
    uint64_t writes = 0;

    pthread_mutex_lock(&store->writer_lock);
    bool ok = run_transaction(store, first, &err);
    pthread_mutex_unlock(&store->writer_lock);
    for (struct group_entry *next = first; next != NULL; next = next->next) {
        struct store_pending *entry = (struct store_pending *)next;

        writes++;
        if (ok) {
            count_entry(store, entry);
        } else {
            entry->ok = false;
            *entry->err = err;
        }
    }
    atomic_fetch_add(&store->commits, 1);
    atomic_fetch_add(&store->writes, writes);
}

static bool fail_damaged(struct aws_error *err)
{
    return aws_fail(err, &error_environment, "the database is damaged; it is only read now");
}

bool sqlite_store_write(struct store *store, struct store_transaction *transaction,
                        struct aws_error *err)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;
    struct store_pending pending = {.transaction = transaction, .err = err, .ok = true};

    if (atomic_load(&sqlite->damaged))
        return fail_damaged(err);
    transaction->changes = NULL;
    group_commit_join(&sqlite->group, &pending.entry);
    return pending.ok;
}

static void entry_done(struct group_entry *entry)
{
    struct store_pending *pending = (struct store_pending *)entry; /* its first member */

    pending->done(pending);
}

void sqlite_store_write_later(struct store *store, struct store_pending *pending)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;

    pending->ok = !atomic_load(&sqlite->damaged) || fail_damaged(pending->err);
    if (!pending->ok) {
        pending->done(pending);
        return;
    }
    pending->decided = false;
    pending->transaction->changes = NULL;
    pending->entry.done = entry_done;
    group_commit_add(&sqlite->group, &pending->entry);
}

/* The lock goes to whoever asks first: who waits for it has a moment to come before the next step.
 */
static void let_writers_pass(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};

    (void)nanosleep(&moment, NULL);
}

bool sqlite_store_drop(struct store *store, int64_t collection, bool *ret_more,
                       struct aws_error *err)
{
    struct sqlite_store *sqlite = (struct sqlite_store *)store;

    if (atomic_load(&sqlite->damaged))
        return fail_damaged(err);
    pthread_mutex_lock(&sqlite->writer_lock);
    (void)sqlite3_bind_int64(sqlite->writer->statements[STATEMENT_DROP], 1, collection);
    bool ok = connection_run(sqlite->writer, STATEMENT_DROP, err);
    *ret_more = ok && sqlite3_changes(sqlite->writer->db) > 0;
    pthread_mutex_unlock(&sqlite->writer_lock);
    if (*ret_more)
        let_writers_pass();
    else if (ok)
        store_sizes_clear(&sqlite->sizes, collection);
    return ok;
}
