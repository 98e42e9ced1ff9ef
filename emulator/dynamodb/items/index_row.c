#include "index_row.h"

#include "index_key.h"
#include "key.h"

bool index_projects(const struct table *table, const struct table_index *index, struct str name)
{
    if (index->projection == PROJECTION_ALL || key_has(&table->schema, name) ||
        key_has(&index->schema, name))
        return true;
    for (size_t i = 0; i < index->non_key_count; i++) {
        if (str_eq(index->non_key_attributes[i], name))
            return true;
    }
    return false;
}

bool index_project(const struct table *table, const struct table_index *index,
                   const struct attribute_value *item, struct arena *arena,
                   struct attribute_value *ret, struct aws_error *err)
{
    struct attribute *attributes = arena_alloc_array(arena, item->map.count, sizeof(*attributes));
    size_t count = 0;

    if (attributes == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (size_t i = 0; i < item->map.count; i++) {
        if (index_projects(table, index, item->map.attributes[i].name))
            attributes[count++] = item->map.attributes[i];
    }
    *ret = (struct attribute_value){.type = VALUE_M};
    ret->map.attributes = attributes;
    ret->map.count = count;
    return true;
}

static bool fill_row(const struct table *table, const struct table_index *index,
                     const struct item_version *version, struct arena *arena, struct index_row *row,
                     struct aws_error *err)
{
    struct attribute_value part;
    struct buffer json;

    row->json = version->json;
    row->projected = version->json;
    row->size = version->size;
    if (index->projection == PROJECTION_ALL)
        return true;
    if (!index_project(table, index, version->item, arena, &part, err))
        return false;
    row->size = (int64_t)item_size(&part);
    buffer_init(&json, arena);
    item_write(&json, &part);
    if (!buffer_done(&json, &row->projected))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    if (index->kind != INDEX_LOCAL)
        row->json = row->projected;
    return true;
}

bool index_row_make(const struct table *table, const struct table_index *index,
                    const struct item_version *version, struct arena *arena, struct index_row *ret,
                    struct aws_error *err)
{
    *ret = (struct index_row){0};
    if (!version->found)
        return true;
    return index_key_of_item(table, index, version->item, arena, &ret->present, &ret->key, err) &&
           (!ret->present || fill_row(table, index, version, arena, ret, err));
}
