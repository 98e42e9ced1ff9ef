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
static void field_units(struct json_writer *out, double units)
{
    json_field_raw(out, STR("CapacityUnits"), str_printf(out->out->arena, "%.1f", units));
}

static void write_part(struct json_writer *out, struct str name, double units)
{
    json_write_name(out, name);
    json_object_begin(out);
    field_units(out, units);
    json_object_end(out);
}

static void write_indexes(struct json_writer *out, const struct capacity *used, bool global)
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
        write_part(out, used->indexes[i].name, used->indexes[i].units);
    }
    if (any)
        json_object_end(out);
}

void capacity_write(struct json_writer *out, enum capacity_mode mode, struct str name,
                    const struct capacity *used)
{
    double sum = used->table_units;

    if (mode == CAPACITY_NONE)
        return;
    for (size_t i = 0; i < used->index_count; i++)
        sum += used->indexes[i].units;
    json_write_name(out, STR("ConsumedCapacity"));
    json_object_begin(out);
    field_units(out, sum);
    if (mode == CAPACITY_INDEXES) {
        write_indexes(out, used, true);
        write_indexes(out, used, false);
        write_part(out, STR("Table"), used->table_units);
    }
    json_field_string(out, STR("TableName"), name);
    json_object_end(out);
}
