#include "catalogue.h"

#include <pthread.h>

#include "dropped.h"
#include "errors.h"
#include "stream_record.h"

enum { LOAD_BYTES_MAX = 64 * 1024 * 1024 };

/* `lock` guards the array; `control` is held by whoever changes tables, and guards the rest. */
struct catalogue {
    struct store *store;
    struct clock *clock;
    pthread_rwlock_t lock;
    struct table **tables; /* by name, in byte order */
    size_t count;
    size_t capacity;
    pthread_mutex_t control;
    int64_t next_collection;
    struct rng rng; /* for TableId */
    struct stream_log *stream_log;
    struct dropped dropped;
};

int64_t catalogue_now_ms(const struct catalogue *catalogue)
{
    return clock_wall_ms(catalogue->clock);
}

/* Where the name is, or would be. */
static size_t find_place_locked(const struct catalogue *catalogue, struct str name)
{
    size_t low = 0, high = catalogue->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(catalogue->tables[middle]->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct table *find_locked(const struct catalogue *catalogue, struct str name)
{
    size_t place = find_place_locked(catalogue, name);

    if (place < catalogue->count && str_eq(catalogue->tables[place]->name, name))
        return catalogue->tables[place];
    return NULL;
}

struct stream_log *catalogue_stream_log(const struct catalogue *catalogue)
{
    return catalogue->stream_log;
}

struct table *catalogue_find(struct catalogue *catalogue, struct str name)
{
    pthread_rwlock_rdlock(&catalogue->lock);
    struct table *table = find_locked(catalogue, name);
    if (table != NULL)
        (void)table_hold(table);
    pthread_rwlock_unlock(&catalogue->lock);
    return table;
}

bool catalogue_shows(struct catalogue *catalogue, const struct table *table)
{
    pthread_rwlock_rdlock(&catalogue->lock);
    bool shows = find_locked(catalogue, table->name) == table;
    pthread_rwlock_unlock(&catalogue->lock);
    return shows;
}

/* Room for one more, so that inserting after the commit cannot fail. */
static bool reserve(struct catalogue *catalogue, struct aws_error *err)
{
    bool ok = true;

    pthread_rwlock_wrlock(&catalogue->lock);
    if (catalogue->count == catalogue->capacity) {
        size_t capacity = catalogue->capacity * 2 + 16;
        struct table **grown = realloc(catalogue->tables, capacity * sizeof(struct table *));

        if (grown != NULL) {
            catalogue->tables = grown;
            catalogue->capacity = capacity;
        }
        ok = grown != NULL;
    }
    pthread_rwlock_unlock(&catalogue->lock);
    return ok || aws_fail(err, &error_out_of_memory, "no memory for one more table");
}

/* Takes the caller's reference. */
static void insert(struct catalogue *catalogue, struct table *table)
{
    pthread_rwlock_wrlock(&catalogue->lock);
    size_t place = find_place_locked(catalogue, table->name);
    memmove(&catalogue->tables[place + 1], &catalogue->tables[place],
            (catalogue->count - place) * sizeof(struct table *));
    table->stream_log = catalogue->stream_log;
    catalogue->tables[place] = table;
    catalogue->count++;
    pthread_rwlock_unlock(&catalogue->lock);
}

static void take_out(struct catalogue *catalogue, struct table *table)
{
    pthread_rwlock_wrlock(&catalogue->lock);
    size_t place = find_place_locked(catalogue, table->name);
    catalogue->count--;
    memmove(&catalogue->tables[place], &catalogue->tables[place + 1],
            (catalogue->count - place) * sizeof(struct table *));
    pthread_rwlock_unlock(&catalogue->lock);
    table_release(table);
}

/* The same place, another version. Takes the caller's reference, gives back the one that was. */
static void replace(struct catalogue *catalogue, struct table *table)
{
    pthread_rwlock_wrlock(&catalogue->lock);
    size_t place = find_place_locked(catalogue, table->name);
    struct table *old = catalogue->tables[place];
    table->stream_log = catalogue->stream_log;
    catalogue->tables[place] = table;
    pthread_rwlock_unlock(&catalogue->lock);
    table_release(old);
}

/* A write of one row of the catalogue. */
struct row_write {
    struct store_change change;
    struct table *ends; /* the version whose time is over; NULL: none */
};

static bool decide_row(struct store_transaction *transaction)
{
    struct row_write *write = transaction->state;

    write->change.old_size = transaction->targets[0].found ? transaction->targets[0].item.size : -1;
    transaction->changes = &write->change;
    /* Writes of items that come behind this one in the group see it. */
    if (write->ends != NULL)
        atomic_store(&write->ends->stale, true);
    return true;
}

/* `json` without a pointer removes the row. */
static bool write_row(struct catalogue *catalogue, struct str name, struct str json,
                      struct table *ends, struct arena *arena, struct aws_error *err)
{
    struct row_write write = {.change = {.collection = STORE_CATALOGUE,
                                         .key = {.partition = name},
                                         .json = json,
                                         .size = (int64_t)json.len},
                              .ends = ends};
    struct store_target target = {.collection = STORE_CATALOGUE, .key = write.change.key};
    struct store_transaction transaction = {.arena = arena,
                                            .targets = &target,
                                            .target_count = 1,
                                            .decide = decide_row,
                                            .state = &write};

    if (store_write(catalogue->store, &transaction, err))
        return true;
    if (ends != NULL)
        atomic_store(&ends->stale, false);
    return false;
}

static bool definition_text(const struct table *table, struct arena *arena, struct str *ret,
                            struct aws_error *err)
{
    struct json_writer writer;
    struct buffer buffer;

    buffer_init(&buffer, arena);
    json_writer_init(&writer, &buffer, JSON_COMPACT);
    table_write(&writer, table);
    return buffer_done(&buffer, ret) ||
           aws_fail(err, &error_out_of_memory, "the table's definition is too long");
}

/* Numbers are given in order; what a table took is never given again while the process runs. */
static bool count_collection(void *state, int64_t collection)
{
    struct catalogue *catalogue = state;

    if (collection >= catalogue->next_collection)
        catalogue->next_collection = collection + 1;
    return true;
}

static bool create_locked(struct catalogue *catalogue, const struct json_value *request,
                          struct arena *arena, struct table **ret, struct aws_error *err)
{
    char id[UUID_TEXT_BYTES];
    struct table_birth birth = {.collection = catalogue->next_collection,
                                .created_ms = clock_wall_ms(catalogue->clock)};
    struct table *table = NULL;
    struct str json;

    uuid_v4(&catalogue->rng, id);
    birth.id = str_from_c(id);
    if (!reserve(catalogue, err) || !table_new(request, &birth, &table, err))
        return false;
    bool ok = find_locked(catalogue, table->name) == NULL ||
              aws_fail(err, &ddb_resource_in_use_exception, "Table already exists: %.*s",
                       STR_ARG(table->name));
    if (ok && definition_text(table, arena, &json, err) &&
        write_row(catalogue, table->name, json, NULL, arena, err)) {
        (void)table_each_collection(table, count_collection, catalogue);
        *ret = table_hold(table);
        insert(catalogue, table);
        return true;
    }
    table_release(table);
    return false;
}

bool catalogue_create(struct catalogue *catalogue, const struct json_value *request,
                      struct arena *arena, struct table **ret, struct aws_error *err)
{
    pthread_mutex_lock(&catalogue->control);
    bool ok = create_locked(catalogue, request, arena, ret, err);
    pthread_mutex_unlock(&catalogue->control);
    return ok;
}

struct dropper {
    struct catalogue *catalogue;
    const struct table *kept; /* what this version has stays; NULL: nothing */
};

static bool is_not(void *state, int64_t collection)
{
    return *(const int64_t *)state != collection;
}

static bool drop_collection(void *state, int64_t collection)
{
    struct dropper *dropper = state;

    if (dropper->kept == NULL || table_each_collection(dropper->kept, is_not, &collection))
        dropped_add(&dropper->catalogue->dropped, collection);
    return true;
}

bool catalogue_clear_step(struct catalogue *catalogue, bool *ret_more, struct aws_error *err)
{
    return dropped_clear_step(&catalogue->dropped, catalogue->store, ret_more, err);
}

static bool fail_not_found(struct str name, struct aws_error *err)
{
    return aws_fail(err, &ddb_resource_not_found_exception,
                    "Requested resource not found: Table: %.*s not found", STR_ARG(name));
}

static bool is_filling(const struct table *table)
{
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].kind == INDEX_GLOBAL && table->indexes[i].creating)
            return true;
    }
    return false;
}

static bool delete_locked(struct catalogue *catalogue, struct table *table, struct arena *arena,
                          struct aws_error *err)
{
    if (table->deletion_protection)
        return aws_fail(err, &ddb_validation_exception,
                        "Resource cannot be deleted as it is currently protected against "
                        "deletion. Disable deletion protection first.");
    if (is_filling(table))
        return aws_fail(err, &ddb_resource_in_use_exception,
                        "Attempt to change a resource which is still in use: Cannot delete table "
                        "while indexes are being created, updated, or deleted.");
    if (!write_row(catalogue, table->name, (struct str){0}, table, arena, err))
        return false;
    take_out(catalogue, table);
    return true;
}

bool catalogue_delete(struct catalogue *catalogue, struct str name, struct arena *arena,
                      struct table **ret, struct aws_error *err)
{
    struct dropper dropper = {.catalogue = catalogue};

    pthread_mutex_lock(&catalogue->control);
    struct table *table = catalogue_find(catalogue, name);
    bool ok =
        table == NULL ? fail_not_found(name, err) : delete_locked(catalogue, table, arena, err);
    pthread_mutex_unlock(&catalogue->control);
    if (!ok) {
        table_release(table);
        return false;
    }
    (void)table_each_collection(table, drop_collection, &dropper);
    *ret = table;
    return true;
}

static bool update_locked(struct catalogue *catalogue, struct table *old, struct table_edit *edit,
                          struct arena *arena, struct table **ret, struct aws_error *err)
{
    struct table *table = NULL;
    struct str json;

    if (!table_copy(old, arena, &table, err))
        return false;
    edit->now_ms = clock_wall_ms(catalogue->clock);
    edit->next_collection = catalogue->next_collection;
    if (!edit->run(edit, old, table, err) || !definition_text(table, arena, &json, err) ||
        !write_row(catalogue, table->name, json, old, arena, err)) {
        table_release(table);
        return false;
    }
    (void)table_each_collection(table, count_collection, catalogue);
    *ret = table_hold(table);
    replace(catalogue, table);
    return true;
}

bool catalogue_update(struct catalogue *catalogue, struct str name, struct table_edit *edit,
                      struct arena *arena, struct table **ret_old, struct table **ret,
                      struct aws_error *err)
{
    struct dropper dropper = {.catalogue = catalogue};
    struct table *table = NULL;

    pthread_mutex_lock(&catalogue->control);
    struct table *old = catalogue_find(catalogue, name);
    bool ok = old == NULL ? fail_not_found(name, err)
                          : update_locked(catalogue, old, edit, arena, &table, err);
    pthread_mutex_unlock(&catalogue->control);
    if (!ok) {
        table_release(old);
        return false;
    }
    dropper.kept = table;
    (void)table_each_collection(old, drop_collection, &dropper);
    *ret_old = old;
    *ret = table;
    return true;
}

bool catalogue_each(struct catalogue *catalogue, bool (*visit)(void *state, struct table *table),
                    void *state)
{
    struct table *table = NULL;
    bool ok = true;

    /* By place: a table that comes or goes meanwhile may be visited twice or, once, not at all. */
    for (size_t place = 0; ok; place++) {
        pthread_rwlock_rdlock(&catalogue->lock);
        table = place < catalogue->count ? table_hold(catalogue->tables[place]) : NULL;
        pthread_rwlock_unlock(&catalogue->lock);
        if (table == NULL)
            break;
        ok = visit(state, table);
        table_release(table);
    }
    return ok;
}

bool catalogue_list(struct catalogue *catalogue, struct str after, size_t limit,
                    struct arena *arena, struct str **ret, size_t *ret_count, bool *ret_more,
                    struct aws_error *err)
{
    struct str *names = arena_alloc_array(arena, limit, sizeof(*names));
    size_t count = 0;
    bool ok = names != NULL;

    pthread_rwlock_rdlock(&catalogue->lock);
    size_t place = find_place_locked(catalogue, after);
    if (place < catalogue->count && str_eq(catalogue->tables[place]->name, after))
        place++;
    while (ok && count < limit && place < catalogue->count) {
        ok = str_copy(arena, catalogue->tables[place++]->name, &names[count]);
        count++;
    }
    *ret_more = place < catalogue->count;
    pthread_rwlock_unlock(&catalogue->lock);
    if (!ok)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    *ret = names;
    *ret_count = count;
    return true;
}

struct loader {
    struct catalogue *catalogue;
    struct arena *arena;
    struct aws_error *err;
    bool ok;
};

static bool load_table(void *state, const struct store_item *item)
{
    struct loader *loader = state;
    struct catalogue *catalogue = loader->catalogue;
    struct table *table = NULL;

    loader->ok = reserve(catalogue, loader->err) &&
                 table_read(item->json, loader->arena, &table, loader->err);
    arena_reset(loader->arena);
    if (!loader->ok)
        return false;
    (void)table_each_collection(table, count_collection, catalogue);
    insert(catalogue, table);
    return true;
}

static bool see_record(void *state, const struct store_item *item)
{
    struct stream_sequence sequence;

    if (stream_record_sequence(item->key, &sequence))
        stream_log_seen(state, sequence);
    return false;
}

/* No number is given again: those that are kept are told to the log. */
static bool see_streams(struct catalogue *catalogue, const struct table *table,
                        struct aws_error *err)
{
    for (size_t i = 0; i < table->stream_count; i++) {
        const struct store_range last = {.collection = table->streams[i].collection,
                                         .partition = stream_record_partition,
                                         .reverse = true};

        if (!store_read(catalogue->store, &last, see_record, catalogue->stream_log, err))
            return false;
    }
    return true;
}

static bool is_owned(const struct catalogue *catalogue, int64_t collection)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (!table_each_collection(catalogue->tables[i], is_not, &collection))
            return true;
    }
    return false;
}

/* What a process that ended early has left: rows of tables and indexes that were deleted. No number
 * that has rows is given again. */
static void find_left_behind(struct catalogue *catalogue)
{
    int64_t last = store_last(catalogue->store);

    for (int64_t i = STORE_CATALOGUE + 1; i <= last; i++) {
        if (store_size(catalogue->store, i).items > 0 && !is_owned(catalogue, i))
            dropped_add(&catalogue->dropped, i);
    }
    (void)count_collection(catalogue, last);
}

static bool load(struct catalogue *catalogue, struct aws_error *err)
{
    struct store_range all = {.collection = STORE_CATALOGUE, .hash_to = STORE_HASH_MAX};
    struct loader loader = {.catalogue = catalogue, .err = err, .ok = true};

    loader.arena = arena_new(LOAD_BYTES_MAX);
    if (loader.arena == NULL)
        return aws_fail(err, &error_environment, "no memory for the tables");
    bool ok = store_read(catalogue->store, &all, load_table, &loader, err) && loader.ok;
    arena_free(loader.arena);
    for (size_t i = 0; ok && i < catalogue->count; i++)
        ok = see_streams(catalogue, catalogue->tables[i], err);
    find_left_behind(catalogue);
    return ok;
}

bool catalogue_open(struct store *store, struct clock *clock, uint64_t seed, struct catalogue **ret,
                    struct aws_error *err)
{
    struct catalogue *catalogue = calloc(1, sizeof(*catalogue));

    if (catalogue == NULL)
        return aws_fail(err, &error_environment, "no memory for the tables");
    catalogue->store = store;
    catalogue->clock = clock;
    catalogue->next_collection = STORE_CATALOGUE + 1;
    rng_init(&catalogue->rng, seed);
    dropped_init(&catalogue->dropped);
    catalogue->stream_log = stream_log_new(clock, rng_next(&catalogue->rng));
    pthread_rwlock_init(&catalogue->lock, NULL);
    pthread_mutex_init(&catalogue->control, NULL);
    bool ok = catalogue->stream_log != NULL
                  ? load(catalogue, err)
                  : aws_fail(err, &error_environment, "no memory for the tables");
    if (!ok) {
        catalogue_close(catalogue);
        return false;
    }
    *ret = catalogue;
    return true;
}

void catalogue_close(struct catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    for (size_t i = 0; i < catalogue->count; i++)
        table_release(catalogue->tables[i]);
    free(catalogue->tables);
    stream_log_free(catalogue->stream_log);
    dropped_deinit(&catalogue->dropped);
    pthread_mutex_destroy(&catalogue->control);
    pthread_rwlock_destroy(&catalogue->lock);
    free(catalogue);
}
