#include "capacity.h"

enum { READ_UNIT_BYTES = 4096, WRITE_UNIT_BYTES = 1024 };

enum capacity_mode capacity_mode_of(const struct json_value *request)
{
    struct str text = request_string(request, STR("ReturnConsumedCapacity"));

    return str_eq(text, STR("TOTAL"))     ? CAPACITY_TOTAL
           : str_eq(text, STR("INDEXES")) ? CAPACITY_INDEXES
                                          : CAPACITY_NONE;
}

static int64_t units_of(int64_t bytes, int64_t unit_bytes)
{
    return bytes <= unit_bytes ? 1 : (bytes + unit_bytes - 1) / unit_bytes;
}

double capacity_of_read(int64_t bytes, bool consistent)
{
    double units = (double)units_of(bytes, READ_UNIT_BYTES);

    return consistent ? units : units / 2;
}

double capacity_of_write(int64_t old_bytes, int64_t new_bytes)
{
    return (double)units_of(old_bytes > new_bytes ? old_bytes : new_bytes, WRITE_UNIT_BYTES);
}

/* Always with a decimal, as the service writes it: 1.0, 0.5. */
static void field_units(struct json_writer *out, struct str name, double units)
{
    json_field_raw(out, name, str_printf(out->out->arena, "%.1f", units));
}

static void write_part(struct json_writer *out, struct str name, enum capacity_kind kind,
                       double units)
{
    json_write_name(out, name);
    json_object_begin(out);
    field_units(out, STR("CapacityUnits"), units);
    if (kind == CAPACITY_OF_TRANSACT_READ)
        field_units(out, STR("ReadCapacityUnits"), units);
    if (kind == CAPACITY_OF_TRANSACT_WRITE)
        field_units(out, STR("WriteCapacityUnits"), units);
    json_object_end(out);
}

static void write_indexes(struct json_writer *out, enum capacity_kind kind,
                          const struct capacity *used, bool global)
{
    bool any = false;

    for (size_t i = 0; i < used->index_count; i++) {
        if (used->indexes[i].global != global || used->indexes[i].units <= 0)
            continue;
        if (!any) {
            json_write_name(out,
                            global ? STR("GlobalSecondaryIndexes") : STR("LocalSecondaryIndexes"));
            json_object_begin(out);
        }
        any = true;
        write_part(out, used->indexes[i].name, kind, used->indexes[i].units);
    }
    if (any)
        json_object_end(out);
}

static void write_entry(struct json_writer *out, enum capacity_mode mode, enum capacity_kind kind,
                        struct str name, const struct capacity *used)
{
    double sum = used->table_units;

    for (size_t i = 0; i < used->index_count; i++)
        sum += used->indexes[i].units;
    json_object_begin(out);
    field_units(out, STR("CapacityUnits"), sum);
    if (mode == CAPACITY_INDEXES) {
        write_indexes(out, kind, used, true);
        write_indexes(out, kind, used, false);
    }
    if (kind == CAPACITY_OF_TRANSACT_READ)
        field_units(out, STR("ReadCapacityUnits"), sum);
    if (mode == CAPACITY_INDEXES)
        write_part(out, STR("Table"), kind, used->table_units);
    json_field_string(out, STR("TableName"), name);
    if (kind == CAPACITY_OF_TRANSACT_WRITE)
        field_units(out, STR("WriteCapacityUnits"), sum);
    json_object_end(out);
}

void capacity_write(struct json_writer *out, enum capacity_mode mode, struct str name,
                    const struct capacity *used)
{
    if (mode == CAPACITY_NONE)
        return;
    json_write_name(out, STR("ConsumedCapacity"));
    write_entry(out, mode, CAPACITY_OF_BATCH, name, used);
}

enum { INDEXES_MAX = TABLE_LOCAL_INDEXES_MAX + TABLE_GLOBAL_INDEXES_MAX };

static struct capacity *find_or_add(struct capacity_list *list, struct str name,
                                    struct arena *arena)
{
    for (size_t i = 0; i < list->count; i++) {
        if (str_eq(list->entries[i].name, name))
            return &list->entries[i].used;
    }
    struct capacity_entry *grown = arena_alloc_array(arena, list->count + 1, sizeof(*grown));
    struct capacity_index *indexes = arena_alloc_array(arena, INDEXES_MAX, sizeof(*indexes));
    if (grown == NULL || indexes == NULL)
        return NULL;
    if (list->count > 0)
        memcpy(grown, list->entries, list->count * sizeof(*grown));
    list->entries = grown;
    grown[list->count] = (struct capacity_entry){.name = name, .used = {.indexes = indexes}};
    return &grown[list->count++].used;
}

static void add_index(struct capacity *sum, const struct capacity_index *used, double times)
{
    size_t i = 0;

    while (i < sum->index_count && !str_eq(sum->indexes[i].name, used->name))
        i++;
    if (i == INDEXES_MAX)
        return; /* a table has no more of them */
    if (i == sum->index_count)
        sum->indexes[sum->index_count++] =
            (struct capacity_index){.name = used->name, .global = used->global};
    sum->indexes[i].units += times * used->units;
}

bool capacity_list_add(struct capacity_list *list, struct str name, const struct capacity *used,
                       struct arena *arena)
{
    double times = list->kind == CAPACITY_OF_BATCH ? 1 : 2;
    struct capacity *sum = find_or_add(list, name, arena);

    if (sum == NULL)
        return false;
    sum->table_units += times * used->table_units;
    for (size_t i = 0; i < used->index_count; i++)
        add_index(sum, &used->indexes[i], times);
    return true;
}

void capacity_list_write(struct json_writer *out, enum capacity_mode mode,
                         const struct capacity_list *list)
{
    if (mode == CAPACITY_NONE)
        return;
    json_write_name(out, STR("ConsumedCapacity"));
    json_array_begin(out);
    for (size_t i = 0; i < list->count; i++)
        write_entry(out, mode, list->kind, list->entries[i].name, &list->entries[i].used);
    json_array_end(out);
}
