/*
 * UpdateTable: everything changes at once, in one edit of the definition; the answer shows the
 * table as the service does while it works on it. Only a new index takes time to fill.
 */
#include "errors.h"
#include "operation.h"
#include "table_description.h"
#include "table_name.h"
#include "table_request.h"
#include "throughput.h"
#include "update_table_indexes.h"
#include "update_table_rules.h"

static bool fail_full(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the table's definition is too long");
}

/* --- throughput and billing mode ------------------------------------------------------------ */

static bool has_throughput_update(const struct json_value *request, struct str index)
{
    const struct json_value *changes = request_get(request, "GlobalSecondaryIndexUpdates");

    for (const struct json_value *change = changes == NULL ? NULL : changes->child; change != NULL;
         change = change->next) {
        const struct json_value *update = request_get(change, "Update");

        if (update != NULL && request_get(update, "ProvisionedThroughput") != NULL &&
            str_eq(request_string(update, STR("IndexName")), index))
            return true;
    }
    return false;
}

/* Nothing is estimated: each index needs its own units in the same call. */
static bool check_all_provisioned(const struct json_value *request, const struct table *table,
                                  struct aws_error *err)
{
    struct buffer names;

    buffer_init(&names, table->arena);
    for (size_t i = 0; i < table->index_count; i++) {
        const struct table_index *index = &table->indexes[i];

        if (index->kind != INDEX_GLOBAL || has_throughput_update(request, index->name))
            continue;
        buffer_printf(&names, "%s%.*s", names.len == 0 ? "" : ",", STR_ARG(index->name));
    }
    return names.len == 0 || aws_fail(err, &ddb_validation_exception,
                                      OMPV "ProvisionedThroughput must be specified for index: "
                                           "%.*s",
                                      STR_ARG(buffer_str(&names)));
}

/* What was provisioned stays warm, what was on demand too. */
static void set_on_demand(struct table *table, bool on_demand, int64_t now_ms)
{
    table->warm = throughput_warm_now(table->on_demand, &table->throughput, table->warm);
    for (size_t i = 0; i < table->index_count; i++) {
        struct table_index *index = &table->indexes[i];

        if (index->kind != INDEX_GLOBAL)
            continue;
        index->warm = throughput_warm_now(table->on_demand, &index->throughput, index->warm);
        index->throughput.read_units = index->throughput.write_units = 0;
        index->on_demand_limit = (struct unit_pair){0};
    }
    table->on_demand_limit = (struct unit_pair){0};
    table->throughput.read_units = table->throughput.write_units = 0;
    table->on_demand = on_demand;
    if (on_demand)
        table->on_demand_ms = now_ms;
}

static bool edit_throughput(const struct json_value *request, struct table *table, int64_t now_ms,
                            struct aws_error *err)
{
    struct str mode = request_string(request, STR("BillingMode"));
    struct throughput asked = table_read_throughput(request);

    if (mode.len > 0 && str_eq(mode, STR("PAY_PER_REQUEST")) != table->on_demand) {
        if (table->on_demand && !check_all_provisioned(request, table, err))
            return false;
        set_on_demand(table, !table->on_demand, now_ms);
    }
    if (asked.read_units == 0)
        return true;
    if (table->on_demand)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                             "when BillingMode is PAY_PER_REQUEST");
    return throughput_change(&table->throughput, &table->warm,
                             (struct unit_pair){asked.read_units, asked.write_units},
                             (struct str){0}, now_ms, err);
}

/* --- the rest ------------------------------------------------------------------------------- */

static bool edit_stream(const struct json_value *request, struct table *table,
                        struct table_edit *edit, struct aws_error *err)
{
    const struct json_value *stream = request_get(request, "StreamSpecification");
    struct table_stream *latest =
        table->stream_count == 0 ? NULL : &table->streams[table->stream_count - 1];
    bool enabled = latest != NULL && latest->enabled;

    if (stream == NULL)
        return true;
    if (!request_bool(stream, STR("StreamEnabled"), false)) {
        if (!enabled)
            return aws_fail(err, &ddb_validation_exception,
                            "Table has no stream to disable: TableName: %.*s",
                            STR_ARG(table->name));
        latest->enabled = false;
        latest->disabled_ms = edit->now_ms;
        return true;
    }
    if (enabled)
        return aws_fail(err, &ddb_validation_exception,
                        "Table already has an enabled stream: TableName: %.*s",
                        STR_ARG(table->name));
    return table_add_stream(table, request_string(stream, STR("StreamViewType")), edit->now_ms,
                            edit->next_collection++) ||
           fail_full(err);
}

static bool edit_encryption(const struct json_value *request, const struct table *old,
                            struct table *table, struct aws_error *err)
{
    const struct json_value *encryption = request_get(request, "SSESpecification");

    if (encryption == NULL)
        return true;
    if (!table_set_encryption(table, encryption))
        return fail_full(err);
    if (!str_eq(table->sse_key_arn, old->sse_key_arn))
        return true;
    return aws_fail(err, &ddb_validation_exception, OMPV "%s",
                    table->sse_key_arn.len == 0
                        ? "Table is already encrypted by default"
                        : "Table is already encrypted with given KMSMasterKeyId. Use "
                          "KMSMasterKeyId parameter if you want to change Master Key");
}

/* STANDARD where no class was ever set changes nothing, and says so nowhere. */
static bool edit_table_class(const struct json_value *request, struct table *table, int64_t now_ms,
                             struct aws_error *err)
{
    struct str name = request_string(request, STR("TableClass"));

    if (name.len == 0 || str_eq(name, table->table_class) ||
        (table->table_class.len == 0 && str_eq(name, STR("STANDARD"))))
        return true;
    table->table_class_ms = now_ms;
    return str_copy(table->arena, name, &table->table_class) || fail_full(err);
}

static bool edit(struct table_edit *edit, const struct table *old, struct table *table,
                 struct aws_error *err)
{
    const struct json_value *request = ((const struct ddb_call *)edit->state)->request;

    table->deletion_protection =
        request_bool(request, STR("DeletionProtectionEnabled"), table->deletion_protection);
    return edit_throughput(request, table, edit->now_ms, err) &&
           edit_stream(request, table, edit, err) && edit_encryption(request, old, table, err) &&
           edit_table_class(request, table, edit->now_ms, err) &&
           throughput_limit_on_demand(request, table->on_demand, (struct str){0},
                                      &table->on_demand_limit, err) &&
           throughput_warm(request, table->on_demand, &table->throughput, (struct str){0},
                           &table->warm, err) &&
           update_table_indexes(request, old, table, edit, err);
}

static void answer(struct ddb_call *call, const struct table *old, const struct table *table)
{
    /* What the service does at once, or beside the table. */
    const unsigned quick =
        UPDATE_INDEX_UPDATE | UPDATE_ON_DEMAND_LIMIT | UPDATE_ENCRYPTION | UPDATE_WARM;
    const struct table_picture picture = {
        .view = TABLE_VIEW_UPDATING,
        .before = old,
        .table_stays_active = (update_table_parts(call->request) & ~quick) == 0,
        .region = call->region,
        .store = call->store,
        .now_ms = catalogue_now_ms(call->catalogue),
    };

    json_object_begin(call->out);
    json_write_name(call->out, STR("TableDescription"));
    table_describe(call->out, table, &picture);
    json_object_end(call->out);
}

/* Buckets of indexes that went. */
static void forget_throughput(struct ddb_call *call, const struct table *old,
                              const struct table *table)
{
    for (size_t i = 0; i < old->index_count; i++) {
        const struct table_index *index = &old->indexes[i];

        if (index->kind == INDEX_GLOBAL && table_index_find(table, index->name) == NULL)
            throttle_forget(call->throttles, index->collection);
    }
}

bool update_table_run(struct ddb_call *call, struct aws_error *err)
{
    struct table_edit change = {.run = edit, .state = call};
    struct table *old = NULL, *table = NULL;
    struct str name;

    if (!table_name_read(call, request_string(call->request, STR("TableName")), &name, err) ||
        !update_table_rules_check(call->request, err) ||
        !catalogue_update(call->catalogue, name, &change, call->arena, &old, &table, err))
        return false;
    answer(call, old, table);
    forget_throughput(call, old, table);
    housekeeper_wake(call->housekeeper);
    table_release(old);
    table_release(table);
    return true;
}
