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
    struct expr *filter = NULL, *keys = NULL;

    if (!legacy_filter(call->request, STR("QueryFilter"), call->arena, &filter, err) ||
        (conditions != NULL && !legacy_key_conditions(conditions, call->arena, &keys, err)) ||
        !placeholders_read(call->request, call->arena, &placeholders, err) ||
        !parameters_condition(call, EXPRESSION_FILTER, &placeholders, &query->page.filter, err) ||
        !parameters_projection(call, &placeholders, &query->page.projection, err) ||
        !parameters_condition(call, EXPRESSION_KEY_CONDITION, &placeholders, &query->key_condition,
                              err) ||
        !placeholders_check_used(&placeholders, call->arena, err))
        return false;
    if (filter != NULL)
        query->page.filter = filter;
    if (keys != NULL)
        query->key_condition = keys;
    if (query->key_condition == NULL)
        return aws_fail(err, &ddb_validation_exception,
                        "Either the KeyConditions or KeyConditionExpression parameter must be "
                        "specified in the request.");
    return true;
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

    if (!key_condition_range(query->key_condition, page->schema, page->index != NULL,
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

    if (!query->started)
        return true;
    if (!page_start_fits(page, &query->start))
        return aws_fail(err, &ddb_validation_exception, "The provided starting key is invalid");
    if (!page_start_key(page, &query->start, err))
        return false;
    if (!str_eq(range->after.partition, range->partition))
        return aws_fail(err, &ddb_validation_exception,
                        "The provided starting key is outside query boundaries based on provided "
                        "conditions");
    if (page->index == NULL && page->schema->range_count == 0)
        return fail_no_sort_key(query, err);
    if (str_compare(range->after.sort, range->sort_from) < 0 ||
        (range->sort_to.ptr != NULL && str_compare(range->after.sort, range->sort_to) >= 0))
        return aws_fail(err, &ddb_validation_exception,
                        "The provided starting key does not match the range key predicate");
    return true;
}

bool query_run(struct ddb_call *call, struct aws_error *err)
{
    struct query query = {.page = {.call = call}};
    struct page *page = &query.page;

    if (!parameters_check_mixing(call, &parameters, err) ||
        !page_read_start(page, &query.started, &query.start, err) ||
        !page_check_select(page, err) || !read_conditions(&query, err) ||
        !table_name_find(call, &page->table, err))
        return false;
    bool ok = page_find_index(page, err) &&
              condition_check_keys(query.key_condition, page->schema, err) &&
              page_check_paths(page, err) && read_range(&query, err) && check_filter(&query, err) &&
              check_start(&query, err) && page_run(page, err);
    table_release(page->table);
    return ok;
}
