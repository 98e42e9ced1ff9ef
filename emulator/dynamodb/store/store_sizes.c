/*
 * How many items and bytes each collection holds. Kept in memory, because a row that every commit
 * changes would cost every commit a page; a clean close writes them down, and after anything else
 * they are counted anew.
 */
#include "store_sqlite.h"

void store_sizes_init(struct store_sizes *sizes)
{
    *sizes = (struct store_sizes){0};
    pthread_mutex_init(&sizes->lock, NULL);
}

void store_sizes_deinit(struct store_sizes *sizes)
{
    pthread_mutex_destroy(&sizes->lock);
    free(sizes->sizes);
}

static bool grow_locked(struct store_sizes *sizes, size_t collection)
{
    size_t count = collection + 64;
    struct store_size *grown = NULL;

    if (collection < sizes->count)
        return true;
    grown = realloc(sizes->sizes, count * sizeof(*grown));
    if (grown == NULL)
        return false;
    memset(grown + sizes->count, 0, (count - sizes->count) * sizeof(*grown));
    sizes->sizes = grown;
    sizes->count = count;
    return true;
}

bool store_sizes_add(struct store_sizes *sizes, int64_t collection, int64_t items, int64_t bytes)
{
    if (collection < 0)
        return true; /* STORE_TOKENS */
    pthread_mutex_lock(&sizes->lock);
    bool ok = grow_locked(sizes, (size_t)collection);
    if (ok) {
        sizes->sizes[collection].items += items;
        sizes->sizes[collection].bytes += bytes;
    }
    pthread_mutex_unlock(&sizes->lock);
    return ok;
}

void store_sizes_clear(struct store_sizes *sizes, int64_t collection)
{
    pthread_mutex_lock(&sizes->lock);
    if ((size_t)collection < sizes->count)
        sizes->sizes[collection] = (struct store_size){0};
    pthread_mutex_unlock(&sizes->lock);
}

struct store_size store_sizes_get(struct store_sizes *sizes, int64_t collection)
{
    struct store_size size = {0};

    pthread_mutex_lock(&sizes->lock);
    if ((size_t)collection < sizes->count)
        size = sizes->sizes[collection];
    pthread_mutex_unlock(&sizes->lock);
    return size;
}

int64_t store_sizes_last(struct store_sizes *sizes)
{
    size_t last = 0;

    pthread_mutex_lock(&sizes->lock);
    for (size_t i = 0; i < sizes->count; i++) {
        if (sizes->sizes[i].items > 0)
            last = i;
    }
    pthread_mutex_unlock(&sizes->lock);
    return (int64_t)last;
}

static bool set_clean(struct connection *writer, bool clean, struct aws_error *err)
{
    (void)sqlite3_bind_int(writer->statements[STATEMENT_SET_CLEAN], 1, clean);
    return connection_run(writer, STATEMENT_SET_CLEAN, err);
}

static bool is_clean(struct connection *writer, bool *ret, struct aws_error *err)
{
    sqlite3_stmt *statement = writer->statements[STATEMENT_IS_CLEAN];
    bool row = false;
    bool ok = connection_step(writer, statement, &row, err);

    *ret = row && sqlite3_column_int(statement, 0) == 1;
    statement_reset(statement);
    return ok;
}

static bool load_rows(struct store_sizes *sizes, struct connection *writer, enum statement which,
                      struct aws_error *err)
{
    sqlite3_stmt *statement = writer->statements[which];
    bool row = false, ok = false;

    while ((ok = connection_step(writer, statement, &row, err)) && row) {
        int64_t collection = sqlite3_column_int64(statement, 0);

        if (collection < STORE_TOKENS || collection > INT32_MAX ||
            !store_sizes_add(sizes, collection, sqlite3_column_int64(statement, 1),
                             sqlite3_column_int64(statement, 2))) {
            ok = aws_fail(err, &error_environment, "collection %lld cannot be counted",
                          (long long)collection);
            break;
        }
    }
    statement_reset(statement);
    return ok;
}

bool store_sizes_load(struct store_sizes *sizes, struct connection *writer, struct aws_error *err)
{
    bool clean = false;

    return is_clean(writer, &clean, err) &&
           load_rows(sizes, writer, clean ? STATEMENT_LOAD_SIZES : STATEMENT_COUNT_ITEMS, err) &&
           (!clean || set_clean(writer, false, err));
}

static bool save_rows(struct store_sizes *sizes, struct connection *writer, struct aws_error *err)
{
    sqlite3_stmt *statement = writer->statements[STATEMENT_SAVE_SIZE];

    for (size_t i = 0; i < sizes->count; i++) {
        (void)sqlite3_bind_int64(statement, 1, (int64_t)i);
        (void)sqlite3_bind_int64(statement, 2, sizes->sizes[i].items);
        (void)sqlite3_bind_int64(statement, 3, sizes->sizes[i].bytes);
        if (!connection_run(writer, STATEMENT_SAVE_SIZE, err))
            return false;
    }
    return true;
}

bool store_sizes_save(struct store_sizes *sizes, struct connection *writer, struct aws_error *err)
{
    struct aws_error ignored = {0};

    if (!connection_run(writer, STATEMENT_BEGIN, err))
        return false;
    if (save_rows(sizes, writer, err) && set_clean(writer, true, err) &&
        connection_run(writer, STATEMENT_COMMIT, err))
        return true;
    (void)!connection_run(writer, STATEMENT_ROLLBACK, &ignored);
    return false;
}
