/*
 * A page of items, for Query and Scan: rows are read in order, counted, filtered, projected, until
 * the limit, 1 MB, or the end.
 *
 * Source: Developer Guide, "Query", "Scan", "Paginating results".
 */
#ifndef DYNAMODB_PAGE_H
#define DYNAMODB_PAGE_H

#include "capacity.h"
#include "expression.h"
#include "operation.h"
#include "store.h"
#include "table.h"

struct page {
    struct ddb_call *call;
    struct table *table;
    const struct table_index *index; /* NULL: the table itself */
    const struct key_schema *schema; /* the index's or the table's */
    struct store_range range;
    struct expr *filter;           /* NULL: none */
    bool filters_projected;        /* the filter sees of an LSI's item what it projects alone */
    struct projection *projection; /* NULL: everything, or what the index projects */
    /* How an item is shown, in page->scratch; NULL: as the projection says. Fails into page->err.
     */
    bool (*show)(struct page *page, const struct attribute_value *item,
                 struct attribute_value *ret);
    const void *show_state; /* show()'s */
    bool count_only;
    bool fetches;  /* an LSI is asked for more than it projects */
    int64_t limit; /* items evaluated; INT64_MAX: none */
    /* What was found. */
    struct buffer items;
    int64_t count;
    int64_t scanned;
    int64_t bytes;
    bool ended_early; /* more may follow */
    struct str last;  /* the last item evaluated, JSON */
    struct store_key last_key;
    struct capacity used;
    struct capacity_index used_index; /* used.indexes */
    struct arena *scratch;
    struct aws_error err;
};

/* Select, IndexName, Limit and Segment's relatives, which Query and Scan share. Errors:
 * ValidationException. */
MUST_CHECK bool page_check_select(struct page *page, struct aws_error *err);
/* AttributesToGet names nothing twice. Errors: ValidationException. */
MUST_CHECK bool page_check_names(const struct page *page, struct aws_error *err);
/* ExclusiveStartKey, which needs no table yet. */
MUST_CHECK bool page_read_start(struct page *page, bool *ret_given, struct attribute_value *ret,
                                struct aws_error *err);
/* With the table known: IndexName, and whether the index is to be read. Errors:
 * ValidationException. */
MUST_CHECK bool page_find_index(struct page *page, struct aws_error *err);
/* What the index can answer. Errors: ValidationException. */
MUST_CHECK bool page_check_index(struct page *page, struct aws_error *err);
/* Has the key as many attributes as the table's key and the index's together? */
bool page_start_fits(const struct page *page, const struct attribute_value *start);
/* range->after from a key that fits; of an index's own attributes the types were checked. Errors:
 * ValidationException. */
MUST_CHECK bool page_start_key(struct page *page, const struct attribute_value *start,
                               struct aws_error *err);

/*
 * Reading by hand: page_read() evaluates the rows of page->range, adds up what it used, and may be
 * called again with another range of the same collection while nothing ended early; page_items()
 * are the items so far as a JSON array. page_close() is owed once page_open() was true.
 */
MUST_CHECK bool page_open(struct page *page, struct aws_error *err);
MUST_CHECK bool page_read(struct page *page, struct aws_error *err);
MUST_CHECK bool page_items(struct page *page, struct str *ret, struct aws_error *err);
void page_close(struct page *page);
/* LastEvaluatedKey, when the page ended early. */
MUST_CHECK bool page_write_last_key(struct page *page, struct aws_error *err);

/* Reads, and writes the whole answer. */
MUST_CHECK bool page_run(struct page *page, struct aws_error *err);

#endif
