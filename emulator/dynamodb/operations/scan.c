/* Scan: all items, by the hash of their partition keys; a segment is a range of hashes. */
#include "errors.h"
#include "key.h"
#include "legacy.h"
#include "page.h"
#include "parameters.h"
#include "table_name.h"

static const char *const legacy[] = {"AttributesToGet", "ScanFilter", "ConditionalOperator", NULL};
static const char *const expressions[] = {"ProjectionExpression", "FilterExpression", NULL};
static const struct parameter_set parameters = {legacy, expressions};

static bool read_segment(struct page *page, struct aws_error *err)
{
    const struct json_value *request = page->call->request;
    bool has_total = request_get(request, "TotalSegments") != NULL;
    bool has_segment = request_get(request, "Segment") != NULL;
    int64_t total = request_int(request, STR("TotalSegments"), 1);
    int64_t segment = request_int(request, STR("Segment"), 0);
    int64_t hashes = (int64_t)STORE_HASH_MAX + 1;

    if (has_segment && !has_total)
        return aws_fail(err, &ddb_validation_exception,
                        "The TotalSegments parameter is required but was not present in the "
                        "request when Segment parameter is present");
    if (has_total && !has_segment)
        return aws_fail(err, &ddb_validation_exception,
                        "The Segment parameter is required but was not present in the request "
                        "when parameter TotalSegments is present");
    if (segment >= total)
        return aws_fail(err, &ddb_validation_exception,
                        "The Segment parameter is zero-based and must be less than parameter "
                        "TotalSegments: Segment: %lld is not less than TotalSegments: %lld",
                        (long long)segment, (long long)total);
    page->range.hash_from = (uint32_t)(segment * hashes / total);
    page->range.hash_to = (uint32_t)((segment + 1) * hashes / total - 1);
    return true;
}

static bool check_start(struct page *page, const struct attribute_value *start,
                        struct aws_error *err)
{
    struct aws_error why = {0};

    if (!page_start_key(page, start, &why))
        return aws_fail(err, &ddb_validation_exception, "The provided starting key is invalid: %s",
                        why.message);
    uint32_t hash = store_hash(page->range.after.partition);
    if (hash < page->range.hash_from || hash > page->range.hash_to)
        return aws_fail(
            err, &ddb_validation_exception,
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
            "ExclusiveStartKey with correct Segment. TotalSegments: %lld Segment: %lld",
            (long long)request_int(page->call->request, STR("TotalSegments"), 1),
            (long long)request_int(page->call->request, STR("Segment"), 0));
    return true;
}

/* An index's own attributes are checked one by one, a table's all together. */
static bool check_start_form(const struct page *page, const struct attribute_value *start,
                             struct aws_error *err)
{
    if (!page_start_fits(page, start))
        return aws_fail(err, &ddb_validation_exception,
                        page->index != NULL ? "The provided starting key is invalid"
                                            : "The provided starting key is invalid: The provided "
                                              "key element does not match the schema");
    for (size_t i = 0;
         page->index != NULL && i < page->schema->hash_count + page->schema->range_count; i++) {
        if (!key_check_start(start, &page->schema->keys[i], err))
            return false;
    }
    return true;
}

/* In the service's order, as far as no table is needed. */
static bool read_request(struct page *page, bool *ret_started, struct attribute_value *start,
                         struct aws_error *err)
{
    struct ddb_call *call = page->call;
    struct placeholders placeholders;
    struct expr *filter = NULL;

    if (!parameters_check_mixing(call, &parameters, err) || !page_check_names(page, err) ||
        !legacy_filter(call->request, STR("ScanFilter"), call->arena, &filter, err) ||
        !page_read_start(page, ret_started, start, err) || !page_check_select(page, err) ||
        !read_segment(page, err) ||
        !placeholders_read(call->request, call->arena, &placeholders, err) ||
        !parameters_condition(call, EXPRESSION_FILTER, &placeholders, &page->filter, err) ||
        !parameters_projection(call, &placeholders, &page->projection, err) ||
        !placeholders_check_used(&placeholders, call->arena, err))
        return false;
    if (filter != NULL)
        page->filter = filter;
    return true;
}

/* The same with the table at hand. */
static bool check_request(struct page *page, const struct attribute_value *start,
                          struct aws_error *err)
{
    return page_find_index(page, err) && (start == NULL || check_start_form(page, start, err)) &&
           page_check_index(page, err) && (start == NULL || check_start(page, start, err)) &&
           projection_check_keys(page->projection, page->table, err) &&
           condition_check_keys(page->filter, page->table, err);
}

bool scan_run(struct ddb_call *call, struct aws_error *err)
{
    struct page page = {.call = call};
    struct attribute_value start;
    bool started = false;

    if (!read_request(&page, &started, &start, err) || !table_name_find(call, &page.table, err))
        return false;
    bool ok = check_request(&page, started ? &start : NULL, err) && page_run(&page, err);
    table_release(page.table);
    return ok;
}
