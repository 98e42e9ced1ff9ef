#include "write_metrics.h"

#include "item_collection.h"

static bool write_capacities(const struct write_set *set, enum capacity_kind kind,
                             struct aws_error *err)
{
    const struct ddb_call *call = set->call;
    enum capacity_mode mode = capacity_mode_of(call->request);
    struct capacity_list list = {.kind = kind};

    for (size_t i = 0; mode != CAPACITY_NONE && i < set->count; i++) {
        const struct item_write *write = &set->writes[i];

        if (write->err.kind == NULL &&
            !capacity_list_add(&list, write->table_name, &write->used, call->arena))
            return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    }
    capacity_list_write(call->out, mode, &list);
    return true;
}

/* It changed an item collection that has a size. */
static bool has_collection(const struct item_write *write)
{
    return write->err.kind == NULL && write->kind->make != NULL &&
           table_has_local_indexes(write->table);
}

static bool same_table(const struct item_write *a, const struct item_write *b)
{
    return str_eq(a->table_name, b->table_name);
}

/* Is there a write before `index` that the same entry tells of? */
static bool is_told(const struct write_set *set, size_t index,
                    bool (*same)(const struct item_write *a, const struct item_write *b))
{
    for (size_t i = 0; i < index; i++) {
        if (has_collection(&set->writes[i]) && same(&set->writes[i], &set->writes[index]))
            return true;
    }
    return false;
}

static bool same_collection(const struct item_write *a, const struct item_write *b)
{
    return same_table(a, b) && str_eq(a->key.partition, b->key.partition);
}

static void write_table(struct json_writer *out, const struct write_set *set, size_t first)
{
    json_write_name(out, set->writes[first].table_name);
    json_array_begin(out);
    for (size_t i = first; i < set->count; i++) {
        const struct item_write *write = &set->writes[i];

        if (has_collection(write) && same_table(write, &set->writes[first]) &&
            !is_told(set, i, same_collection))
            item_collection_write(out, write->table, &write->item);
    }
    json_array_end(out);
}

static void write_collections(const struct write_set *set)
{
    struct json_writer *out = set->call->out;
    bool any = false;

    for (size_t i = 0; i < set->count; i++) {
        if (!has_collection(&set->writes[i]) || is_told(set, i, same_table))
            continue;
        if (!any) {
            json_write_name(out, STR("ItemCollectionMetrics"));
            json_object_begin(out);
        }
        any = true;
        write_table(out, set, i);
    }
    if (any)
        json_object_end(out);
}

bool write_metrics(const struct write_set *set, enum capacity_kind kind, struct aws_error *err)
{
    if (!write_capacities(set, kind, err))
        return false;
    if (item_collection_is_asked(set->call->request))
        write_collections(set);
    return true;
}
