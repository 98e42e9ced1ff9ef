#include "item_collection.h"

#include "shape.h"

bool item_collection_is_asked(const struct json_value *request)
{
    return str_eq(request_string(request, STR("ReturnItemCollectionMetrics")), STR("SIZE"));
}

/* A collection here is far from a gigabyte: the first step of the service's estimate. */
void item_collection_write(struct json_writer *out, const struct table *table,
                           const struct attribute_value *item)
{
    struct str name = table->schema.keys[0].name;
    struct buffer key;

    buffer_init(&key, out->out->arena);
    value_write(&key, item_find(item, name));
    json_object_begin(out);
    json_write_name(out, STR("ItemCollectionKey"));
    json_object_begin(out);
    json_field_raw(out, name, buffer_str(&key));
    json_object_end(out);
    json_field_raw(out, STR("SizeEstimateRangeGB"), STR("[0.0,1.0]"));
    json_object_end(out);
}
