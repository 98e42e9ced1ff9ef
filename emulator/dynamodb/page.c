#include "page.h"

#include "capacity.h"
#include "errors.h"
#include "key.h"

enum { PAGE_BYTES_MAX = 1024 * 1024, SCRATCH_BYTES_MAX = 64 * 1024 * 1024 };

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

bool page_read_start(struct page *page, bool *ret_given, struct attribute_value *ret,
                     struct aws_error *err)
{
    const struct json_value *start = request_get(page->call->request, "ExclusiveStartKey");
    struct aws_error why = {0};

    *ret_given = start != NULL;
    if (start == NULL || item_read(start, page->call->arena, ret, &why))
        return true;
    if (why.kind != &ddb_validation_exception) {
        *err = why;
        return false;
    }
    return aws_fail(err, &ddb_validation_exception, "The provided starting key is invalid: %s",
                    why.message);
}

static bool add_item(struct page *page, const struct store_item *row,
                     const struct attribute_value *item)
{
    struct attribute_value part;

    if (page->count_only)
        return true;
    if (page->count > 1)
        buffer_add_char(&page->items, ',');
    if (page->projection == NULL) {
        buffer_add(&page->items, row->json);
        return true;
    }
    if (!projection_apply(page->projection, item, page->scratch, &part, &page->err))
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
    bool decodes = page->filter != NULL || (page->projection != NULL && !page->count_only);

    arena_reset(page->scratch);
    if (decodes && !item_decode(row->json, page->scratch, &item, &page->err))
        return false;
    if (!condition_holds(page->filter, &item))
        return true;
    page->count++;
    return add_item(page, row, &item);
}

static bool visit(void *state, const struct store_item *row)
{
    struct page *page = state;

    page->scanned++;
    page->bytes += row->size;
    if (!evaluate(page, row))
        return false;
    page->ended_early = page->scanned >= page->limit || page->bytes >= PAGE_BYTES_MAX;
    if (!page->ended_early)
        return true;
    if (!str_copy(page->call->arena, row->json, &page->last))
        (void)aws_fail(&page->err, &error_out_of_memory, "the request needs too much memory");
    return false;
}

static bool write_last_key(struct page *page, struct aws_error *err)
{
    const struct key_schema *schema = &page->table->schema;
    struct json_writer *out = page->call->out;
    struct attribute_value item;

    if (!page->ended_early)
        return true;
    if (!item_decode(page->last, page->call->arena, &item, err))
        return false;
    json_write_name(out, STR("LastEvaluatedKey"));
    json_object_begin(out);
    for (size_t i = 0; i < schema->hash_count + schema->range_count; i++) {
        const struct attribute_value *value = item_find(&item, schema->keys[i].name);
        struct buffer text;

        buffer_init(&text, page->call->arena);
        if (value != NULL)
            value_write(&text, value);
        json_field_raw(out, schema->keys[i].name, buffer_str(&text));
    }
    json_object_end(out);
    return true;
}

static bool write_answer(struct page *page, struct aws_error *err)
{
    struct ddb_call *call = page->call;
    bool consistent = request_bool(call->request, STR("ConsistentRead"), false);
    struct capacity used = {.table_units = capacity_of_read(page->bytes, consistent)};
    struct str items;

    if (!buffer_done(&page->items, &items))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    json_object_begin(call->out);
    capacity_write(call->out, capacity_mode_of(call->request),
                   request_string(call->request, STR("TableName")), &used);
    json_field_int(call->out, STR("Count"), page->count);
    if (!page->count_only)
        json_field_raw(call->out, STR("Items"), items);
    if (!write_last_key(page, err))
        return false;
    json_field_int(call->out, STR("ScannedCount"), page->scanned);
    json_object_end(call->out);
    return true;
}

bool page_run(struct page *page, struct aws_error *err)
{
    bool ok = false;

    page->scratch = arena_new(SCRATCH_BYTES_MAX);
    if (page->scratch == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for the page");
    buffer_init(&page->items, page->call->arena);
    buffer_add_char(&page->items, '[');
    page->range.collection = page->table->collection;
    if (store_read(page->call->store, &page->range, visit, page, err)) {
        buffer_add_char(&page->items, ']');
        if (page->err.kind != NULL)
            *err = page->err;
        else
            ok = write_answer(page, err);
    }
    arena_free(page->scratch);
    return ok;
}
