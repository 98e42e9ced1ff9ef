/* Query: the items of one partition, in the order of their sort keys. */
#include "errors.h"
#include "key.h"
#include "legacy.h"
#include "page.h"
#include "parameters.h"
#include "table_name.h"

static const char *const legacy[] = {"AttributesToGet", "QueryFilter", "ConditionalOperator",
                                     "KeyConditions", NULL};
static const char *const expressions[] = {"ProjectionExpression", "FilterExpression",
                                          "KeyConditionExpression", NULL};
static const struct parameter_set parameters = {legacy, expressions};

enum { TABLE_KEYS_MAX = 2 };

struct query {
    struct page page;
    struct expr *key_condition;
    bool started;
    struct attribute_value start;
};

static bool read_conditions(struct query *query, struct aws_error *err)
{
    struct ddb_call *call = query->page.call;
    const struct json_value *conditions = request_get(call->request, "KeyConditions");
    struct placeholders placeholders;
    struct expr *filter = NULL;

    if (conditions == NULL && request_get(call->request, "KeyConditionExpression") == NULL)
        return aws_fail(err, &ddb_validation_exception,
                        "Either the KeyConditions or KeyConditionExpression parameter must be "
                        "specified in the request.");
    if (!placeholders_read(call->request, call->arena, &placeholders, err) ||
        !parameters_condition(call, EXPRESSION_KEY_CONDITION, &placeholders, &query->key_condition,
                              err) ||
        !parameters_condition(call, EXPRESSION_FILTER, &placeholders, &filter, err) ||
        !parameters_projection(call, &placeholders, &query->page.projection, err) ||
        !placeholders_check_used(&placeholders, call->arena, err))
        return false;
    if (filter != NULL)
        query->page.filter = filter;
    if (conditions != NULL)
        return legacy_key_conditions(conditions, call->arena, &query->key_condition, err);
    /* A table's key has two attributes at the most; an index's number is known later. */
    return key_condition_check(
        query->key_condition,
        request_get(call->request, "IndexName") == NULL ? TABLE_KEYS_MAX : SIZE_MAX, err);
}

/* In the service's order, as far as no table is needed. */
static bool read_request(struct query *query, struct aws_error *err)
{
    struct page *page = &query->page;
    struct ddb_call *call = page->call;

    return parameters_check_mixing(call, &parameters, err) &&
           legacy_filter(call->request, STR("QueryFilter"), call->arena, &page->filter, err) &&
           page_check_names(page, err) &&
           page_read_start(page, &query->started, &query->start, err) &&
           page_check_select(page, err) && read_conditions(query, err);
}

/* The first key attribute that a filter names, or NULL. */
static const struct path *find_key_path(const struct expr *expr, const struct key_schema *schema)
{
    const struct path *found = NULL;

    if (expr == NULL)
        return NULL;
    if (expr->type == EXPR_PATH && key_has(schema, expr->path.steps[0].name))
        return &expr->path;
    for (size_t i = 0; i < 2 && found == NULL; i++)
        found = find_key_path(expr->children[i], schema);
    for (size_t i = 0; i < expr->operand_count && found == NULL; i++)
        found = find_key_path(expr->operands[i], schema);
    return found;
}

static bool check_filter(const struct query *query, struct aws_error *err)
{
    const struct path *path = find_key_path(query->page.filter, query->page.schema);
    bool old = request_get(query->page.call->request, "QueryFilter") != NULL;

    if (path == NULL)
        return true;
    return aws_fail(err, &ddb_validation_exception,
                    "%s can only contain non-primary key attributes: Primary key attribute: %.*s",
                    old ? "QueryFilter" : "Filter Expression", STR_ARG(path->steps[0].name));
}

static bool read_range(struct query *query, struct aws_error *err)
{
    struct page *page = &query->page;
    struct key_range keys;

    if (!key_condition_range(query->key_condition, page->schema,
                             query->started ? &query->start : NULL, page->index != NULL,
                             page->call->arena, &keys, err))
        return false;
    page->range.partition = keys.partition;
    page->range.sort_from = keys.sort_from;
    page->range.sort_to = keys.sort_to;
    page->range.reverse = !request_bool(page->call->request, STR("ScanIndexForward"), true);
    return true;
}

static bool fail_no_sort_key(const struct query *query, struct aws_error *err)
{
    const struct attribute *attribute = &query->start.map.attributes[0];
    struct buffer shown;

    buffer_init(&shown, query->page.call->arena);
    value_show(&shown, &attribute->value);
    return aws_fail(err, &ddb_validation_exception,
                    "The provided exclusive start key is invalid: ExclusiveStartKey: "
                    "{%.*s=AttributeValue: %.*s}",
                    STR_ARG(attribute->name), STR_ARG(buffer_str(&shown)));
}

static bool check_start(struct query *query, struct aws_error *err)
{
    struct page *page = &query->page;
    struct store_range *range = &page->range;
    struct aws_error why = {0};

    if (!query->started)
        return true;
    if (!page_start_key(page, &query->start, &why))
        return aws_fail(err, &ddb_validation_exception, "The provided starting key is invalid: %s",
                        why.message);
    if (str_compare(range->after.sort, range->sort_from) < 0 ||
        (range->sort_to.ptr != NULL && str_compare(range->after.sort, range->sort_to) >= 0))
        return aws_fail(err, &ddb_validation_exception,
                        "The provided starting key does not match the range key predicate");
    if (!str_eq(range->after.partition, range->partition))
        return aws_fail(err, &ddb_validation_exception,
                        "The provided starting key is outside query boundaries based on provided "
                        "conditions");
    if (page->index == NULL && page->schema->range_count == 0)
        return fail_no_sort_key(query, err);
    return true;
}

/* The same with the table at hand. */
static bool check_request(struct query *query, struct aws_error *err)
{
    struct page *page = &query->page;

    if (!page_find_index(page, err))
        return false;
    if (query->started && !page_start_fits(page, &query->start))
        return aws_fail(err, &ddb_validation_exception, "The provided starting key is invalid");
    return read_range(query, err) && check_start(query, err) &&
           projection_check_keys(page->projection, page->table, err) && check_filter(query, err) &&
           page_check_index(page, err) && condition_check_keys(page->filter, page->table, err);
}

bool query_run(struct ddb_call *call, struct aws_error *err)
{
    struct query query = {.page = {.call = call}};
    struct page *page = &query.page;

    if (!read_request(&query, err) || !table_name_find(call, &page->table, err))
        return false;
    bool ok = check_request(&query, err) && page_run(page, err);
    table_release(page->table);
    return ok;
}
