#include "table.h"

enum { TABLE_BYTES_MAX = 4 * 1024 * 1024 };

struct table *table_empty(void)
{
    struct table *table = calloc(1, sizeof(*table));

    if (table == NULL)
        return NULL;
    table->arena = arena_new(TABLE_BYTES_MAX);
    if (table->arena == NULL) {
        free(table);
        return NULL;
    }
    atomic_store(&table->references, 1);
    return table;
}

struct table *table_hold(struct table *table)
{
    atomic_fetch_add(&table->references, 1);
    return table;
}

void table_release(struct table *table)
{
    if (table == NULL || atomic_fetch_sub(&table->references, 1) != 1)
        return;
    arena_free(table->arena);
    free(table);
}

const struct table_index *table_index_find(const struct table *table, struct str name)
{
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].kind != INDEX_TIME_TO_LIVE && str_eq(table->indexes[i].name, name))
            return &table->indexes[i];
    }
    return NULL;
}

bool table_has_local_indexes(const struct table *table)
{
    return table->index_count > 0 && table->indexes[0].kind == INDEX_LOCAL;
}

const struct table_stream *table_stream_enabled(const struct table *table)
{
    const struct table_stream *latest =
        table->stream_count == 0 ? NULL : &table->streams[table->stream_count - 1];

    return latest != NULL && latest->enabled ? latest : NULL;
}

static bool schema_has(const struct key_schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->hash_count + schema->range_count; i++) {
        if (str_eq(schema->keys[i].name, name))
            return true;
    }
    return false;
}

static bool is_used(const struct table *table, struct str name)
{
    bool used = schema_has(&table->schema, name);

    for (size_t i = 0; i < table->index_count && !used; i++)
        used = table->indexes[i].kind != INDEX_TIME_TO_LIVE &&
               schema_has(&table->indexes[i].schema, name);
    return used;
}

static void sort_definitions(struct table *table)
{
    for (size_t i = 1; i < table->definition_count; i++) {
        struct key_attribute moved = table->definitions[i];
        size_t place = i;

        for (; place > 0 && str_compare(table->definitions[place - 1].name, moved.name) > 0;
             place--)
            table->definitions[place] = table->definitions[place - 1];
        table->definitions[place] = moved;
    }
}

void table_tidy_definitions(struct table *table)
{
    size_t kept = 0;

    for (size_t i = 0; i < table->definition_count; i++) {
        if (is_used(table, table->definitions[i].name))
            table->definitions[kept++] = table->definitions[i];
    }
    table->definition_count = kept;
    if (table->index_count > 0)
        sort_definitions(table);
}

bool table_each_collection(const struct table *table,
                           bool (*visit)(void *state, int64_t collection), void *state)
{
    bool ok = visit(state, table->collection);

    for (size_t i = 0; ok && i < table->index_count; i++)
        ok = visit(state, table->indexes[i].collection);
    for (size_t i = 0; ok && i < table->stream_count; i++)
        ok = visit(state, table->streams[i].collection);
    return ok;
}
