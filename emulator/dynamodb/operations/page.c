#include "page.h"

#include "capacity.h"
#include "errors.h"
#include "index_key.h"
#include "index_row.h"
#include "key.h"
#include "legacy.h"

enum {
    PAGE_BYTES_MAX = 1024 * 1024,
    SCRATCH_BYTES_MAX = 64 * 1024 * 1024,
    START_KEYS_MAX = INDEX_HASH_KEYS_MAX + INDEX_RANGE_KEYS_MAX + 2,
};

static bool fail(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception, "%s", text);
}

bool page_check_select(struct page *page, struct aws_error *err)
{
    const struct json_value *request = page->call->request;
    struct str select = request_string(request, STR("Select"));
    bool index = request_get(request, "IndexName") != NULL;
    const char *chosen = request_get(request, "ProjectionExpression") != NULL
                             ? "ProjectionExpression"
                         : request_get(request, "AttributesToGet") != NULL ? "AttributesToGet"
                                                                           : NULL;

    page->count_only = str_eq(select, STR("COUNT"));
    page->limit = request_int(request, STR("Limit"), INT64_MAX);
    if (str_eq(select, STR("ALL_PROJECTED_ATTRIBUTES")) && !index)
        return fail(err, "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an "
                         "IndexName");
    if (str_eq(select, STR("SPECIFIC_ATTRIBUTES")) && chosen == NULL)
        return fail(err, "Must specify the AttributesToGet or ProjectionExpression when choosing "
                         "to get SPECIFIC_ATTRIBUTES");
    if (chosen != NULL && select.len > 0 && !str_eq(select, STR("SPECIFIC_ATTRIBUTES")))
        return aws_fail(err, &ddb_validation_exception,
                        "Cannot specify the %s when choosing to get %.*s", chosen,
                        STR_ARG(page->count_only ? STR("only the Count") : select));
    return true;
}

bool page_check_names(const struct page *page, struct aws_error *err)
{
    const struct json_value *names = request_get(page->call->request, "AttributesToGet");
    struct projection *ignored = NULL;

    return names == NULL || legacy_projection(names, page->call->arena, &ignored, err);
}

/* Mistakes that the service tells without saying where they are. */
static bool is_told_bare(const char *message)
{
    static const char *const parts[] = {"contains duplicates", "number set", "numeric value",
                                        "significant digits", "with magnitude"};

    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (strstr(message, parts[i]) != NULL)
            return true;
    }
    return false;
}

bool page_read_start(struct page *page, bool *ret_given, struct attribute_value *ret,
                     struct aws_error *err)
{
    const struct json_value *start = request_get(page->call->request, "ExclusiveStartKey");
    struct aws_error why = {0};

    *ret_given = start != NULL;
    if (start == NULL || item_read(start, page->call->arena, ret, &why))
        return true;
    if (why.kind != &ddb_validation_exception || is_told_bare(why.message)) {
        *err = why;
        return false;
    }
    return aws_fail(err, &ddb_validation_exception, "The provided starting key is invalid: %s",
                    why.message);
}

static bool fail_index(const struct table_index *index, struct str part, struct aws_error *err)
{
    return aws_fail(err, &ddb_validation_exception,
                    OMPV "Select type %.*s is not supported for global secondary index %.*s "
                         "because its projection type is not ALL",
                    STR_ARG(part), STR_ARG(index->name));
}

/* What a projection asks for and the index does not project: `[a, b]`, or nothing. */
static struct str list_unprojected(const struct page *page)
{
    struct buffer names;

    buffer_init(&names, page->call->arena);
    for (size_t i = 0; page->projection != NULL && i < page->projection->count; i++) {
        struct str name = page->projection->paths[i].steps[0].name;

        if (index_projects(page->table, page->index, name))
            continue;
        buffer_add(&names, names.len == 0 ? STR("[") : STR(", "));
        buffer_add(&names, name);
    }
    if (names.len > 0)
        buffer_add_char(&names, ']');
    return buffer_str(&names);
}

/* An LSI answers any attribute; a GSI what it projects. */
bool page_check_index(struct page *page, struct aws_error *err)
{
    const struct table_index *index = page->index;
    struct str select = request_string(page->call->request, STR("Select"));
    bool everything = str_eq(select, STR("ALL_ATTRIBUTES"));

    if (index == NULL)
        return true;
    struct str missing = list_unprojected(page);
    if (index->kind == INDEX_LOCAL) {
        page->fetches = index->projection != PROJECTION_ALL && (everything || missing.len > 0);
        return true;
    }
    if (everything && index->projection != PROJECTION_ALL)
        return fail_index(index, select, err);
    if (missing.len > 0)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Global secondary index %.*s does not project %.*s",
                        STR_ARG(index->name), STR_ARG(missing));
    return true;
}

bool page_find_index(struct page *page, struct aws_error *err)
{
    const struct json_value *name = request_get(page->call->request, "IndexName");

    page->index = NULL;
    page->schema = &page->table->schema;
    page->range.collection = page->table->collection;
    if (name == NULL)
        return true;
    page->index = table_index_find(page->table, name->text);
    if (page->index == NULL)
        return aws_fail(err, &ddb_validation_exception,
                        "The table does not have the specified index: %.*s", STR_ARG(name->text));
    page->schema = &page->index->schema;
    page->range.collection = page->index->collection;
    if (page->index->kind == INDEX_GLOBAL &&
        request_bool(page->call->request, STR("ConsistentRead"), false))
        return fail(err, "Consistent reads are not supported on global secondary indexes");
    if (page->index->creating)
        return aws_fail(err, &ddb_validation_exception,
                        "Cannot read from backfilling global secondary index: %.*s",
                        STR_ARG(page->index->name));
    return true;
}

static size_t count_keys(const struct key_schema *schema)
{
    return schema->hash_count + schema->range_count;
}

/* The keys that tell where a page ended: the index's, then the table's that are not among them. */
static size_t start_key_names(const struct page *page, struct str *ret)
{
    const struct key_schema *table = &page->table->schema;
    size_t count = 0;

    for (size_t i = 0; i < count_keys(page->schema); i++)
        ret[count++] = page->schema->keys[i].name;
    for (size_t i = 0; page->index != NULL && i < count_keys(table); i++) {
        if (!key_has(page->schema, table->keys[i].name))
            ret[count++] = table->keys[i].name;
    }
    return count;
}

bool page_start_fits(const struct page *page, const struct attribute_value *start)
{
    struct str names[START_KEYS_MAX];

    return start->map.count == start_key_names(page, names);
}

static bool table_key_of(const struct page *page, const struct attribute_value *start,
                         struct attribute_value *ret, struct aws_error *err)
{
    const struct key_schema *schema = &page->table->schema;

    *ret = (struct attribute_value){.type = VALUE_M};
    ret->map.attributes =
        arena_alloc_array(page->call->arena, count_keys(schema), sizeof(*ret->map.attributes));
    if (ret->map.attributes == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (size_t i = 0; i < count_keys(schema); i++) {
        const struct attribute_value *value = item_find(start, schema->keys[i].name);

        if (value != NULL)
            ret->map.attributes[ret->map.count++] =
                (struct attribute){schema->keys[i].name, *value};
    }
    return true;
}

bool page_start_key(struct page *page, const struct attribute_value *start, struct aws_error *err)
{
    struct arena *arena = page->call->arena;
    struct attribute_value table_key;
    struct store_key ignored;
    bool present = false;

    if (page->index == NULL)
        return key_of_request(page->schema, start, arena, &page->range.after, err);
    if (!table_key_of(page, start, &table_key, err) ||
        !key_of_request(&page->table->schema, &table_key, arena, &ignored, err) ||
        !index_key_of_item(page->table, page->index, start, arena, &present, &page->range.after,
                           err))
        return false;
    return present || fail(err, "The provided key element does not match the schema");
}

/* An LSI's rows hold the whole item: what it does not project is not shown unasked. */
static bool trims(const struct page *page)
{
    return page->index != NULL && page->index->kind == INDEX_LOCAL &&
           page->index->projection != PROJECTION_ALL && !page->fetches;
}

static bool add_item(struct page *page, const struct store_item *row,
                     const struct attribute_value *item)
{
    struct attribute_value part;

    if (page->count_only)
        return true;
    if (page->count > 1)
        buffer_add_char(&page->items, ',');
    if (page->show == NULL && page->projection == NULL && !trims(page)) {
        buffer_add(&page->items, row->json);
        return true;
    }
    if (page->show != NULL ? !page->show(page, item, &part)
        : page->projection == NULL
            ? !index_project(page->table, page->index, item, page->scratch, &part, &page->err)
            : !projection_apply(page->projection, item, page->scratch, &part, &page->err))
        return false;
    struct buffer text;
    buffer_init(&text, page->scratch);
    item_write(&text, &part);
    buffer_add(&page->items, buffer_str(&text));
    page->items.failed = page->items.failed || text.failed;
    return true;
}

/* One row: evaluated, and maybe added. */
static bool evaluate(struct page *page, const struct store_item *row)
{
    struct attribute_value item = {.type = VALUE_M};
    bool shows = page->show != NULL || page->projection != NULL || trims(page);
    struct attribute_value seen;

    arena_reset(page->scratch);
    if ((page->filter != NULL || (shows && !page->count_only)) &&
        !item_decode(row->json, page->scratch, &item, &page->err))
        return false;
    seen = item;
    if (page->filter != NULL && page->filters_projected &&
        !index_project(page->table, page->index, &item, page->scratch, &seen, &page->err))
        return false;
    if (!condition_holds(page->filter, &seen))
        return true;
    page->count++;
    return add_item(page, row, &item);
}

static bool visit(void *state, const struct store_item *row)
{
    struct page *page = state;

    page->scanned++;
    page->bytes += row->size;
    if (page->call->page_bytes_max > 0 && page->bytes > page->call->page_bytes_max)
        return aws_fail(&page->err, &error_page_too_long, "%s", "");
    if (!evaluate(page, row))
        return false;
    page->ended_early = page->scanned >= page->limit || page->bytes >= PAGE_BYTES_MAX;
    if (!page->ended_early)
        return true;
    if (!str_copy(page->call->arena, row->json, &page->last) ||
        !str_copy(page->call->arena, row->key.partition, &page->last_key.partition) ||
        !str_copy(page->call->arena, row->key.sort, &page->last_key.sort))
        (void)aws_fail(&page->err, &error_out_of_memory, "the request needs too much memory");
    return false;
}

bool page_write_last_key(struct page *page, struct aws_error *err)
{
    struct json_writer *out = page->call->out;
    struct str names[START_KEYS_MAX];
    struct attribute_value item;

    if (!page->ended_early)
        return true;
    if (!item_decode(page->last, page->call->arena, &item, err))
        return false;
    size_t count = start_key_names(page, names);
    json_write_name(out, STR("LastEvaluatedKey"));
    json_object_begin(out);
    for (size_t i = 0; i < count; i++) {
        const struct attribute_value *value = item_find(&item, names[i]);
        struct buffer text;

        buffer_init(&text, page->call->arena);
        if (value != NULL)
            value_write(&text, value);
        json_field_raw(out, names[i], buffer_str(&text));
    }
    json_object_end(out);
    return true;
}

static struct throttle_target throttle_of(const struct page *page)
{
    return (struct throttle_target){.table = page->table,
                                    .index = page->index,
                                    .use = THROTTLE_READ,
                                    .partition = page->range.partition};
}

/* What a read of so many bytes and rows used: of the index, and of the table where it fetches. */
static void account(struct page *page, int64_t bytes, int64_t rows)
{
    const struct throttle_target throttle = throttle_of(page);
    bool consistent = request_bool(page->call->request, STR("ConsistentRead"), false);
    double units = capacity_of_read(bytes, consistent);
    double fetched = page->fetches ? (double)rows * capacity_of_read(0, consistent) : 0;

    call_charge(page->call, &throttle, units + fetched);
    page->used.table_units += page->index == NULL ? units : fetched;
    if (page->index == NULL)
        return;
    page->used_index.name = page->index->name;
    page->used_index.global = page->index->kind == INDEX_GLOBAL;
    page->used_index.units += units;
    page->used.indexes = &page->used_index;
    page->used.index_count = 1;
}

static bool write_answer(struct page *page, struct aws_error *err)
{
    struct ddb_call *call = page->call;
    struct str items;

    if (!page_items(page, &items, err))
        return false;
    json_object_begin(call->out);
    capacity_write(call->out, capacity_mode_of(call->request),
                   request_string(call->request, STR("TableName")), &page->used);
    json_field_int(call->out, STR("Count"), page->count);
    if (!page->count_only)
        json_field_raw(call->out, STR("Items"), items);
    if (!page_write_last_key(page, err))
        return false;
    json_field_int(call->out, STR("ScannedCount"), page->scanned);
    json_object_end(call->out);
    return true;
}

bool page_open(struct page *page, struct aws_error *err)
{
    page->scratch = arena_new(SCRATCH_BYTES_MAX);
    if (page->scratch == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for the page");
    buffer_init(&page->items, page->call->arena);
    buffer_add_char(&page->items, '[');
    return true;
}

void page_close(struct page *page)
{
    arena_free(page->scratch);
    page->scratch = NULL;
}

bool page_read(struct page *page, struct aws_error *err)
{
    const struct throttle_target throttle = throttle_of(page);
    int64_t bytes = page->bytes, rows = page->scanned;

    if (!call_admit(page->call, &throttle, err) ||
        !store_read(page->call->store, &page->range, visit, page, err))
        return false;
    if (page->err.kind != NULL) {
        *err = page->err;
        return false;
    }
    account(page, page->bytes - bytes, page->scanned - rows);
    return true;
}

bool page_items(struct page *page, struct str *ret, struct aws_error *err)
{
    buffer_add_char(&page->items, ']');
    return buffer_done(&page->items, ret) ||
           aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

bool page_run(struct page *page, struct aws_error *err)
{
    if (!page_open(page, err))
        return false;
    bool ok = page_read(page, err) && write_answer(page, err);
    page_close(page);
    return ok;
}
