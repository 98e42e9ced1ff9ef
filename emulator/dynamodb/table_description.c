#include "table_description.h"

/* On demand, a new table takes so much at once. */
enum { WARM_READ_UNITS = 12000, WARM_WRITE_UNITS = 4000 };

static const char *const view_status[] = {
    [TABLE_VIEW_CREATING] = "CREATING",
    [TABLE_VIEW_ACTIVE] = "ACTIVE",
    [TABLE_VIEW_UPDATING] = "UPDATING",
    [TABLE_VIEW_DELETING] = "DELETING",
};

/* While a table is updated, its indexes serve. */
static const char *const index_status[] = {
    [TABLE_VIEW_CREATING] = "CREATING",
    [TABLE_VIEW_ACTIVE] = "ACTIVE",
    [TABLE_VIEW_UPDATING] = "ACTIVE",
    [TABLE_VIEW_DELETING] = "DELETING",
};

static const char *const projection_names[] = {
    [PROJECTION_ALL] = "ALL",
    [PROJECTION_INCLUDE] = "INCLUDE",
    [PROJECTION_KEYS_ONLY] = "KEYS_ONLY",
};

void table_describe_date(struct json_writer *out, struct str name, int64_t ms)
{
    char text[40];
    int length =
        snprintf(text, sizeof(text), "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));

    json_field_raw(out, name, (struct str){text, (size_t)length});
}

static void field_arn(struct json_writer *out, struct str name, const struct table *table,
                      struct str region, struct str kind, struct str rest)
{
    json_field_string(
        out, name,
        str_printf(out->out->arena, "arn:aws:dynamodb:%.*s:" DDB_ACCOUNT ":table/%.*s%.*s%.*s",
                   STR_ARG(region), STR_ARG(table->name), STR_ARG(kind), STR_ARG(rest)));
}

static void write_definitions(struct json_writer *out, const struct table *table)
{
    json_write_name(out, STR("AttributeDefinitions"));
    json_array_begin(out);
    for (size_t i = 0; i < table->definition_count; i++) {
        json_object_begin(out);
        json_field_string(out, STR("AttributeName"), table->definitions[i].name);
        json_field_string(out, STR("AttributeType"), (struct str){&table->definitions[i].type, 1});
        json_object_end(out);
    }
    json_array_end(out);
}

void table_describe_schema(struct json_writer *out, const struct key_schema *schema)
{
    json_write_name(out, STR("KeySchema"));
    json_array_begin(out);
    for (size_t i = 0; i < schema->hash_count + schema->range_count; i++) {
        json_object_begin(out);
        json_field_string(out, STR("AttributeName"), schema->keys[i].name);
        json_field_string(out, STR("KeyType"), i < schema->hash_count ? STR("HASH") : STR("RANGE"));
        json_object_end(out);
    }
    json_array_end(out);
}

static void write_throughput(struct json_writer *out, struct throughput throughput)
{
    json_write_name(out, STR("ProvisionedThroughput"));
    json_object_begin(out);
    if (throughput.decreased_ms > 0)
        table_describe_date(out, STR("LastDecreaseDateTime"), throughput.decreased_ms);
    if (throughput.increased_ms > 0)
        table_describe_date(out, STR("LastIncreaseDateTime"), throughput.increased_ms);
    json_field_int(out, STR("NumberOfDecreasesToday"), throughput.decreases);
    json_field_int(out, STR("ReadCapacityUnits"), throughput.read_units);
    json_field_int(out, STR("WriteCapacityUnits"), throughput.write_units);
    json_object_end(out);
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void write_warm_throughput(struct json_writer *out, const struct table *table,
                                  struct throughput throughput, struct unit_pair asked)
{
    int64_t reads = table->on_demand ? WARM_READ_UNITS : throughput.read_units;
    int64_t writes = table->on_demand ? WARM_WRITE_UNITS : throughput.write_units;

    json_write_name(out, STR("WarmThroughput"));
    json_object_begin(out);
    json_field_int(out, STR("ReadUnitsPerSecond"), larger(reads, asked.read_units));
    json_field_string(out, STR("Status"), STR("ACTIVE"));
    json_field_int(out, STR("WriteUnitsPerSecond"), larger(writes, asked.write_units));
    json_object_end(out);
}

static void write_on_demand_limit(struct json_writer *out, struct unit_pair limit)
{
    if (limit.read_units == 0 && limit.write_units == 0)
        return;
    json_write_name(out, STR("OnDemandThroughput"));
    json_object_begin(out);
    json_field_int(out, STR("MaxReadRequestUnits"), limit.read_units > 0 ? limit.read_units : -1);
    json_field_int(out, STR("MaxWriteRequestUnits"),
                   limit.write_units > 0 ? limit.write_units : -1);
    json_object_end(out);
}

static void write_billing(struct json_writer *out, const struct table *table, enum table_view view)
{
    if (table->on_demand_ms == 0)
        return;
    json_write_name(out, STR("BillingModeSummary"));
    json_object_begin(out);
    json_field_string(out, STR("BillingMode"),
                      table->on_demand ? STR("PAY_PER_REQUEST") : STR("PROVISIONED"));
    if (view != TABLE_VIEW_CREATING)
        table_describe_date(out, STR("LastUpdateToPayPerRequestDateTime"), table->on_demand_ms);
    json_object_end(out);
}

static void write_projection(struct json_writer *out, const struct table_index *index)
{
    json_write_name(out, STR("Projection"));
    json_object_begin(out);
    if (index->non_key_count > 0) {
        json_write_name(out, STR("NonKeyAttributes"));
        json_array_begin(out);
        for (size_t i = 0; i < index->non_key_count; i++)
            json_write_string(out, index->non_key_attributes[i]);
        json_array_end(out);
    }
    json_field_string(out, STR("ProjectionType"), str_from_c(projection_names[index->projection]));
    json_object_end(out);
}

static void write_index(struct json_writer *out, const struct table *table,
                        const struct table_index *index, enum table_view view, struct str region,
                        struct store *store)
{
    struct store_size size = store_size(store, index->collection);

    json_object_begin(out);
    field_arn(out, STR("IndexArn"), table, region, STR("/index/"), index->name);
    json_field_string(out, STR("IndexName"), index->name);
    json_field_int(out, STR("IndexSizeBytes"), size.bytes);
    if (index->creating)
        json_field_bool(out, STR("Backfilling"), true);
    if (index->kind == INDEX_GLOBAL)
        json_field_string(out, STR("IndexStatus"),
                          index->creating ? STR("CREATING") : str_from_c(index_status[view]));
    json_field_int(out, STR("ItemCount"), size.items);
    table_describe_schema(out, &index->schema);
    write_projection(out, index);
    if (index->kind == INDEX_GLOBAL) {
        write_on_demand_limit(out, index->on_demand_limit);
        write_throughput(out, index->throughput);
        if (view == TABLE_VIEW_ACTIVE)
            write_warm_throughput(out, table, index->throughput, index->warm);
    }
    json_object_end(out);
}

static void write_indexes(struct json_writer *out, const struct table *table, enum index_kind kind,
                          enum table_view view, struct str region, struct store *store)
{
    bool any = false;

    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].kind != kind)
            continue;
        if (!any) {
            json_write_name(out, kind == INDEX_GLOBAL ? STR("GlobalSecondaryIndexes")
                                                      : STR("LocalSecondaryIndexes"));
            json_array_begin(out);
        }
        any = true;
        write_index(out, table, &table->indexes[i], view, region, store);
    }
    if (any)
        json_array_end(out);
}

struct str table_stream_label(const struct table_stream *stream, struct arena *arena)
{
    char label[CLOCK_TEXT_BYTES];

    clock_format_iso(stream->created_ms, label);
    return str_printf(arena, "%.*s", (int)strlen(label) - 1, label); /* without the Z */
}

static void write_stream(struct json_writer *out, const struct table *table, struct str region)
{
    if (table->stream_count == 0)
        return;
    const struct table_stream *stream = &table->streams[table->stream_count - 1];
    struct str label = table_stream_label(stream, out->out->arena);
    field_arn(out, STR("LatestStreamArn"), table, region, STR("/stream/"), label);
    json_field_string(out, STR("LatestStreamLabel"), label);
    if (!stream->enabled)
        return;
    json_write_name(out, STR("StreamSpecification"));
    json_object_begin(out);
    json_field_bool(out, STR("StreamEnabled"), true);
    json_field_string(out, STR("StreamViewType"), stream->view_type);
    json_object_end(out);
}

static void write_encryption(struct json_writer *out, const struct table *table, struct str region)
{
    struct str key = table->sse_key_arn;

    if (key.len == 0)
        return;
    if (!str_starts_with(key, STR("arn:")))
        key =
            str_printf(out->out->arena, "arn:aws:kms:%.*s:" DDB_ACCOUNT ":%s%.*s", STR_ARG(region),
                       str_starts_with(key, STR("alias/")) ? "" : "key/", STR_ARG(key));
    json_write_name(out, STR("SSEDescription"));
    json_object_begin(out);
    json_field_string(out, STR("KMSMasterKeyArn"), key);
    json_field_string(out, STR("SSEType"), STR("KMS"));
    json_field_string(out, STR("Status"), STR("ENABLED"));
    json_object_end(out);
}

static void write_table_class(struct json_writer *out, const struct table *table)
{
    if (table->table_class.len == 0)
        return;
    json_write_name(out, STR("TableClassSummary"));
    json_object_begin(out);
    table_describe_date(out, STR("LastUpdateDateTime"), table->table_class_ms);
    json_field_string(out, STR("TableClass"), table->table_class);
    json_object_end(out);
}

void table_describe(struct json_writer *out, const struct table *table, enum table_view view,
                    struct str region, struct store *store)
{
    bool whole = view != TABLE_VIEW_DELETING;
    struct store_size size = store_size(store, table->collection);

    json_object_begin(out);
    if (whole)
        write_definitions(out, table);
    write_billing(out, table, view);
    if (whole)
        table_describe_date(out, STR("CreationDateTime"), table->created_ms);
    json_field_bool(out, STR("DeletionProtectionEnabled"), table->deletion_protection);
    if (whole)
        write_indexes(out, table, INDEX_GLOBAL, view, region, store);
    json_field_int(out, STR("ItemCount"), size.items);
    if (whole) {
        table_describe_schema(out, &table->schema);
        write_indexes(out, table, INDEX_LOCAL, view, region, store);
    }
    if (whole)
        write_on_demand_limit(out, table->on_demand_limit);
    write_throughput(out, table->throughput);
    if (whole) {
        write_encryption(out, table, region);
        write_stream(out, table, region);
    }
    field_arn(out, STR("TableArn"), table, region, (struct str){0}, (struct str){0});
    if (whole)
        write_table_class(out, table);
    json_field_string(out, STR("TableId"), str_from_c(table->id));
    json_field_string(out, STR("TableName"), table->name);
    json_field_int(out, STR("TableSizeBytes"), size.bytes);
    json_field_string(out, STR("TableStatus"), str_from_c(view_status[view]));
    if (view == TABLE_VIEW_ACTIVE)
        write_warm_throughput(out, table, table->throughput, table->warm);
    json_object_end(out);
}
