#include "table_description.h"

#include "throughput.h"

static const char *const view_status[] = {
    [TABLE_VIEW_CREATING] = "CREATING",
    [TABLE_VIEW_ACTIVE] = "ACTIVE",
    [TABLE_VIEW_UPDATING] = "UPDATING",
    [TABLE_VIEW_DELETING] = "DELETING",
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

/* Dates are new at once, units and their count when the change is done. */
static void write_throughput(struct json_writer *out, const struct throughput *throughput,
                             const struct throughput *units, int64_t now_ms)
{
    json_write_name(out, STR("ProvisionedThroughput"));
    json_object_begin(out);
    if (throughput->decreased_ms > 0)
        table_describe_date(out, STR("LastDecreaseDateTime"), throughput->decreased_ms);
    if (throughput->increased_ms > 0)
        table_describe_date(out, STR("LastIncreaseDateTime"), throughput->increased_ms);
    json_field_int(out, STR("NumberOfDecreasesToday"), throughput_decreases(units, now_ms));
    json_field_int(out, STR("ReadCapacityUnits"), units->read_units);
    json_field_int(out, STR("WriteCapacityUnits"), units->write_units);
    json_object_end(out);
}

static void write_warm_throughput(struct json_writer *out, struct unit_pair warm,
                                  struct unit_pair wanted)
{
    bool rises = warm.read_units != wanted.read_units || warm.write_units != wanted.write_units;

    json_write_name(out, STR("WarmThroughput"));
    json_object_begin(out);
    json_field_int(out, STR("ReadUnitsPerSecond"), warm.read_units);
    json_field_string(out, STR("Status"), rises ? STR("UPDATING") : STR("ACTIVE"));
    json_field_int(out, STR("WriteUnitsPerSecond"), warm.write_units);
    json_object_end(out);
}

static void write_on_demand_limit(struct json_writer *out, struct unit_pair limit)
{
    if (limit.read_units == 0 && limit.write_units == 0)
        return;
    json_write_name(out, STR("OnDemandThroughput"));
    json_object_begin(out);
    if (limit.read_units > 0)
        json_field_int(out, STR("MaxReadRequestUnits"), limit.read_units);
    if (limit.write_units > 0)
        json_field_int(out, STR("MaxWriteRequestUnits"), limit.write_units);
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

/* NULL: it was not there. */
static const struct table_index *index_before(const struct table_picture *picture,
                                              const struct table_index *index)
{
    const struct table *before = picture->before;

    for (size_t i = 0; before != NULL && i < before->index_count; i++) {
        if (before->indexes[i].collection == index->collection)
            return &before->indexes[i];
    }
    return NULL;
}

static bool same_units(const struct table_index *a, const struct table_index *b)
{
    return a->throughput.read_units == b->throughput.read_units &&
           a->throughput.write_units == b->throughput.write_units &&
           a->on_demand_limit.read_units == b->on_demand_limit.read_units &&
           a->on_demand_limit.write_units == b->on_demand_limit.write_units;
}

static const char *index_status(const struct table_picture *picture,
                                const struct table_index *index)
{
    const struct table_index *before = index_before(picture, index);

    if (index->creating || picture->view == TABLE_VIEW_CREATING)
        return "CREATING";
    return before != NULL && !same_units(index, before) ? "UPDATING" : "ACTIVE";
}

/* The first moments of a new index are no filling yet. */
static void write_status(struct json_writer *out, const struct table_picture *picture,
                         const struct table_index *index, const char *status)
{
    if (index->creating)
        json_field_bool(out, STR("Backfilling"), picture->before == NULL);
    json_field_string(out, STR("IndexStatus"), str_from_c(status));
}

static void write_index_throughput(struct json_writer *out, const struct table *table,
                                   const struct table_index *index,
                                   const struct table_picture *picture)
{
    const struct table_index *before = index_before(picture, index);
    const struct table_index *units = before == NULL ? index : before;

    write_on_demand_limit(out, index->on_demand_limit);
    write_throughput(out, &index->throughput, &units->throughput, picture->now_ms);
    if (picture->view == TABLE_VIEW_CREATING)
        return;
    write_warm_throughput(out,
                          throughput_warm_now(table->on_demand, &units->throughput, units->warm),
                          throughput_warm_now(table->on_demand, &index->throughput, index->warm));
}

/* `status` NULL: a local index, which has none. */
static void write_index(struct json_writer *out, const struct table *table,
                        const struct table_index *index, const struct table_picture *picture,
                        const char *status)
{
    struct store_size size = store_size(picture->store, index->collection);

    json_object_begin(out);
    field_arn(out, STR("IndexArn"), table, picture->region, STR("/index/"), index->name);
    json_field_string(out, STR("IndexName"), index->name);
    json_field_int(out, STR("IndexSizeBytes"), size.bytes);
    if (status != NULL)
        write_status(out, picture, index, status);
    json_field_int(out, STR("ItemCount"), size.items);
    table_describe_schema(out, &index->schema);
    write_projection(out, index);
    if (status != NULL)
        write_index_throughput(out, table, index, picture);
    json_object_end(out);
}

static void begin_list(struct json_writer *out, const char *name, bool *begun)
{
    if (*begun)
        return;
    json_write_name(out, str_from_c(name));
    json_array_begin(out);
    *begun = true;
}

static void write_local_indexes(struct json_writer *out, const struct table *table,
                                const struct table_picture *picture)
{
    bool begun = false;

    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].kind != INDEX_LOCAL)
            continue;
        begin_list(out, "LocalSecondaryIndexes", &begun);
        write_index(out, table, &table->indexes[i], picture, NULL);
    }
    if (begun)
        json_array_end(out);
}

static bool has_index(const struct table *table, const struct table_index *index)
{
    return table_index_find(table, index->name) != NULL &&
           table_index_find(table, index->name)->collection == index->collection;
}

static void write_global_indexes(struct json_writer *out, const struct table *table,
                                 const struct table_picture *picture)
{
    const struct table *before = picture->before;
    bool begun = false;

    for (size_t i = 0; i < table->index_count; i++) {
        const struct table_index *index = &table->indexes[i];

        if (index->kind != INDEX_GLOBAL)
            continue;
        begin_list(out, "GlobalSecondaryIndexes", &begun);
        write_index(out, table, index, picture, index_status(picture, index));
    }
    for (size_t i = 0; before != NULL && i < before->index_count; i++) {
        const struct table_index *index = &before->indexes[i];

        if (index->kind != INDEX_GLOBAL || has_index(table, index))
            continue;
        begin_list(out, "GlobalSecondaryIndexes", &begun);
        write_index(out, before, index, picture, "DELETING");
    }
    if (begun)
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

/* An index that goes still needs its attributes. */
static const struct table *defining(const struct table *table, const struct table *before)
{
    return before->definition_count > table->definition_count ? before : table;
}

static void write_table_warm(struct json_writer *out, const struct table *table,
                             const struct table *before)
{
    write_warm_throughput(out,
                          throughput_warm_now(before->on_demand, &before->throughput, before->warm),
                          throughput_warm_now(table->on_demand, &table->throughput, table->warm));
}

/* Members in the order of their names, as the service has them. */
void table_describe(struct json_writer *out, const struct table *table,
                    const struct table_picture *picture)
{
    const struct table *before = picture->before == NULL ? table : picture->before;
    enum table_view status = picture->table_stays_active ? TABLE_VIEW_ACTIVE : picture->view;
    bool whole = picture->view != TABLE_VIEW_DELETING;
    struct store_size size = store_size(picture->store, table->collection);

    json_object_begin(out);
    if (whole)
        write_definitions(out, defining(table, before));
    write_billing(out, before, picture->view);
    if (whole)
        table_describe_date(out, STR("CreationDateTime"), table->created_ms);
    json_field_bool(out, STR("DeletionProtectionEnabled"), table->deletion_protection);
    if (whole)
        write_global_indexes(out, table, picture);
    json_field_int(out, STR("ItemCount"), size.items);
    if (whole) {
        table_describe_schema(out, &table->schema);
        write_local_indexes(out, table, picture);
        write_on_demand_limit(out, table->on_demand_limit);
    }
    write_throughput(out, &table->throughput, &before->throughput, picture->now_ms);
    if (whole) {
        write_encryption(out, table, picture->region);
        write_stream(out, table, picture->region);
    }
    field_arn(out, STR("TableArn"), table, picture->region, (struct str){0}, (struct str){0});
    if (whole)
        write_table_class(out, before);
    json_field_string(out, STR("TableId"), str_from_c(table->id));
    json_field_string(out, STR("TableName"), table->name);
    json_field_int(out, STR("TableSizeBytes"), size.bytes);
    json_field_string(out, STR("TableStatus"), str_from_c(view_status[status]));
    if (whole && picture->view != TABLE_VIEW_CREATING)
        write_table_warm(out, table, before);
    json_object_end(out);
}
