#include "update_table_indexes.h"

#include "errors.h"
#include "shape.h"
#include "table_request.h"
#include "table_rules.h"
#include "throughput.h"

static bool fail_full(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the table's definition is too long");
}

/* The table's own number may change: it is looked up in the version that is edited. */
static struct table_index *find_index(struct table *table, struct str name)
{
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].kind != INDEX_TIME_TO_LIVE && str_eq(table->indexes[i].name, name))
            return &table->indexes[i];
    }
    return NULL;
}

/* --- one that comes ------------------------------------------------------------------------- */

static size_t count_global(const struct table *table)
{
    size_t count = 0;

    for (size_t i = 0; i < table->index_count; i++)
        count += table->indexes[i].kind == INDEX_GLOBAL;
    return count;
}

static bool check_throughput(const struct table *table, const struct json_value *element,
                             struct aws_error *err)
{
    const struct json_value *throughput = request_get(element, "ProvisionedThroughput");
    struct str name = request_string(element, STR("IndexName"));

    if (table->on_demand && throughput != NULL)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                             "for index: %.*s when BillingMode is PAY_PER_REQUEST",
                        STR_ARG(name));
    if (!table->on_demand && throughput == NULL)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Both ReadCapacityUnits and WriteCapacityUnits must be specified for "
                             "index: %.*s",
                        STR_ARG(name));
    return throughput == NULL || table_rules_check_units(throughput, err);
}

static bool check_new(const struct json_value *request, const struct table *table,
                      const struct json_value *element, struct aws_error *err)
{
    struct str name = request_string(element, STR("IndexName"));
    struct unit_pair limit = {0};

    if (table_index_find(table, name) != NULL)
        return aws_fail(err, &ddb_validation_exception,
                        "Attempting to create an index which already exists");
    if (request_get(request, "AttributeDefinitions") == NULL)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "AttributeDefinitions is not specified for index: %.*s",
                        STR_ARG(name));
    if (!table_rules_check_index_keys(request, element, err) ||
        !check_throughput(table, element, err) || !table_rules_check_projection(element, err) ||
        !throughput_limit_on_demand(element, table->on_demand, name, &limit, err))
        return false;
    if (count_global(table) >= TABLE_GLOBAL_INDEXES_MAX)
        return aws_fail(err, &ddb_limit_exceeded_exception,
                        "Subscriber limit exceeded: Number of global secondary indexes exceeds "
                        "per-table limit of 20");
    return true;
}

/* Schema:[SchemaElement: key{a:S:HASH}, SchemaElement: key{b:N:RANGE}] */
static void show_schema(struct buffer *out, const struct key_schema *schema)
{
    buffer_add_literal(out, "Schema:[");
    for (size_t i = 0; i < schema->hash_count + schema->range_count; i++)
        buffer_printf(out, "%sSchemaElement: key{%.*s:%c:%s}", i == 0 ? "" : ", ",
                      STR_ARG(schema->keys[i].name), schema->keys[i].type,
                      i < schema->hash_count ? "HASH" : "RANGE");
    buffer_add_char(out, ']');
}

static bool fail_redefined(const struct table *table, const struct key_schema *existing,
                           const struct key_schema *added, struct aws_error *err)
{
    struct buffer text;

    buffer_init(&text, table->arena);
    buffer_add_literal(&text, OMPV "Attributes cannot be redefined. Please check that your "
                                   "attribute has the same type as previously defined. Existing "
                                   "schema: ");
    show_schema(&text, existing);
    buffer_add_literal(&text, " New schema: ");
    show_schema(&text, added);
    return aws_fail(err, &ddb_validation_exception, "%.*s", STR_ARG(buffer_str(&text)));
}

static bool agrees(const struct key_schema *existing, const struct key_attribute *key)
{
    for (size_t i = 0; i < existing->hash_count + existing->range_count; i++) {
        if (str_eq(existing->keys[i].name, key->name) && existing->keys[i].type != key->type)
            return false;
    }
    return true;
}

/* A key has the type that it has in the table's key and in every other index. */
static bool check_redefined(const struct table *table, const struct key_schema *added,
                            struct aws_error *err)
{
    for (size_t i = 0; i < added->hash_count + added->range_count; i++) {
        const struct key_attribute *key = &added->keys[i];

        if (!agrees(&table->schema, key))
            return fail_redefined(table, &table->schema, added, err);
        for (size_t n = 0; n < table->index_count; n++) {
            const struct table_index *index = &table->indexes[n];

            if (index->kind != INDEX_TIME_TO_LIVE && !agrees(&index->schema, key))
                return fail_redefined(table, &index->schema, added, err);
        }
    }
    return true;
}

/* The request's definitions, of which table_tidy_definitions() keeps what a key needs, in front of
 * the table's. */
static bool add_definitions(struct table *table, const struct json_value *definitions)
{
    size_t count = definitions->count + table->definition_count;
    struct key_attribute *all = arena_alloc_array(table->arena, count, sizeof(*all));

    if (all == NULL)
        return false;
    memcpy(all, table->definitions, table->definition_count * sizeof(*all));
    count = table->definition_count;
    table->definitions = all;
    for (const struct json_value *element = definitions->child; element != NULL;
         element = element->next) {
        struct str name = request_string(element, STR("AttributeName"));
        bool known = false;

        for (size_t i = 0; i < count && !known; i++)
            known = str_eq(all[i].name, name);
        if (known)
            continue;
        all[table->definition_count].type = request_string(element, STR("AttributeType")).ptr[0];
        if (!str_copy(table->arena, name, &all[table->definition_count].name))
            return false;
        table->definition_count++;
    }
    return true;
}

/* Behind the other global ones. */
static bool insert_index(struct table *table, const struct json_value *element, int64_t collection)
{
    size_t count = table->index_count;
    struct table_index *all = arena_alloc_array(table->arena, count + 1, sizeof(*all));
    bool hidden = count > 0 && table->indexes[count - 1].kind == INDEX_TIME_TO_LIVE;

    if (all == NULL)
        return false;
    if (count > 0)
        memcpy(all, table->indexes, count * sizeof(*all));
    table->index_count = count - hidden;
    struct table_index last = hidden ? all[count - 1] : (struct table_index){0};
    table->indexes = all;
    if (!table_add_index(table, element, INDEX_GLOBAL, collection))
        return false;
    all[count - hidden].creating = true;
    if (hidden)
        all[table->index_count++] = last;
    return true;
}

/* Of the request alone: the types are those that it gives. */
static struct key_schema read_schema(const struct json_value *request,
                                     const struct json_value *element)
{
    struct key_schema schema = {0};

    for (const struct json_value *key = request_get(element, "KeySchema")->child; key != NULL;
         key = key->next) {
        struct key_attribute *next = &schema.keys[schema.hash_count + schema.range_count];

        next->name = request_string(key, STR("AttributeName"));
        for (const struct json_value *definition =
                 request_get(request, "AttributeDefinitions")->child;
             definition != NULL; definition = definition->next) {
            if (str_eq(request_string(definition, STR("AttributeName")), next->name))
                next->type = request_string(definition, STR("AttributeType")).ptr[0];
        }
        if (str_eq(request_string(key, STR("KeyType")), STR("HASH")))
            schema.hash_count++;
        else
            schema.range_count++;
    }
    return schema;
}

static bool create_index(const struct json_value *request, struct table *table,
                         const struct json_value *element, struct table_edit *edit,
                         struct aws_error *err)
{
    if (!check_new(request, table, element, err))
        return false;
    const struct key_schema schema = read_schema(request, element);
    if (!check_redefined(table, &schema, err))
        return false;
    return (add_definitions(table, request_get(request, "AttributeDefinitions")) &&
            insert_index(table, element, edit->next_collection++)) ||
           fail_full(err);
}

/* --- one that changes, one that goes -------------------------------------------------------- */

/* NULL: `err` says why. */
static struct table_index *find_global(struct table *table, struct str name, const char *action,
                                       struct aws_error *err)
{
    struct table_index *index = find_index(table, name);

    if (index == NULL) {
        (void)aws_fail(err, &ddb_resource_not_found_exception,
                       "Requested resource not found: Index %.*s for table %.*s", STR_ARG(name),
                       STR_ARG(table->name));
        return NULL;
    }
    if (index->kind != INDEX_GLOBAL) {
        (void)aws_fail(err, &ddb_validation_exception,
                       "Cannot %s an index that is not a GlobalSecondaryIndex: %.*s", action,
                       STR_ARG(name));
        return NULL;
    }
    return index;
}

static bool update_units(const struct json_value *element, const struct table *table,
                         struct table_index *index, int64_t now_ms, struct aws_error *err)
{
    struct throughput asked = table_read_throughput(element);

    if (table->on_demand && asked.read_units > 0)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "The only Updates for index: %.*s when TableThroughputMode is "
                             "PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput",
                        STR_ARG(index->name));
    if (asked.read_units == 0)
        return true;
    return table_rules_check_units(request_get(element, "ProvisionedThroughput"), err) &&
           throughput_change(&index->throughput, &index->warm,
                             (struct unit_pair){asked.read_units, asked.write_units}, index->name,
                             now_ms, err);
}

static bool update_index(struct table *table, const struct json_value *element,
                         struct table_edit *edit, struct aws_error *err)
{
    struct str name = request_string(element, STR("IndexName"));
    struct table_index *index = find_global(table, name, "update", err);

    if (index == NULL)
        return false;
    if (!table->on_demand && request_get(element, "ProvisionedThroughput") == NULL &&
        request_get(element, "OnDemandThroughput") == NULL &&
        request_get(element, "WarmThroughput") == NULL)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Both ReadCapacityUnits and WriteCapacityUnits must be specified for "
                             "index: %.*s",
                        STR_ARG(name));
    return update_units(element, table, index, edit->now_ms, err) &&
           throughput_limit_on_demand(element, table->on_demand, name, &index->on_demand_limit,
                                      err) &&
           throughput_warm(element, table->on_demand, &index->throughput, name, &index->warm, err);
}

static bool delete_index(struct table *table, const struct json_value *element,
                         struct aws_error *err)
{
    struct table_index *index =
        find_global(table, request_string(element, STR("IndexName")), "delete", err);

    if (index == NULL)
        return false;
    size_t behind = (size_t)(&table->indexes[table->index_count] - index) - 1;
    memmove(index, index + 1, behind * sizeof(*index));
    table->index_count--;
    return true;
}

/* --- all of them ---------------------------------------------------------------------------- */

/* One at a time comes or goes; what still fills may go itself. */
static bool check_one(const struct json_value *changes, const struct table *old,
                      struct aws_error *err)
{
    struct str gone = {0};
    int moves = 0;

    for (const struct json_value *change = changes->child; change != NULL; change = change->next) {
        const struct json_value *removal = request_get(change, "Delete");

        moves += removal != NULL || request_get(change, "Create") != NULL;
        if (removal != NULL)
            gone = request_string(removal, STR("IndexName"));
    }
    bool busy = moves > 1;
    for (size_t i = 0; i < old->index_count && moves > 0; i++)
        busy = busy || (old->indexes[i].kind == INDEX_GLOBAL && old->indexes[i].creating &&
                        !str_eq(old->indexes[i].name, gone));
    return !busy || aws_fail(err, &ddb_limit_exceeded_exception,
                             "Subscriber limit exceeded: Only 1 online index can be created or "
                             "deleted simultaneously per table");
}

bool update_table_indexes(const struct json_value *request, const struct table *old,
                          struct table *table, struct table_edit *edit, struct aws_error *err)
{
    const struct json_value *changes = request_get(request, "GlobalSecondaryIndexUpdates");

    if (changes == NULL)
        return true;
    if (!check_one(changes, old, err))
        return false;
    for (const struct json_value *change = changes->child; change != NULL; change = change->next) {
        const struct json_value *creation = request_get(change, "Create");
        const struct json_value *update = request_get(change, "Update");
        const struct json_value *removal = request_get(change, "Delete");

        if ((creation != NULL && !create_index(request, table, creation, edit, err)) ||
            (update != NULL && !update_index(table, update, edit, err)) ||
            (removal != NULL && !delete_index(table, removal, err)))
            return false;
    }
    table_tidy_definitions(table);
    return true;
}
