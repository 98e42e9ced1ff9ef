/* A table as DescribeTable shows it. Source: API Reference, TableDescription. */
#ifndef DYNAMODB_TABLE_DESCRIPTION_H
#define DYNAMODB_TABLE_DESCRIPTION_H

#include "base/json.h"
#include "store.h"
#include "table.h"

#define DDB_ACCOUNT "000000000000"

enum table_view {
    TABLE_VIEW_CREATING, /* CreateTable's answer */
    TABLE_VIEW_ACTIVE,
    TABLE_VIEW_UPDATING, /* UpdateTable's answer */
    TABLE_VIEW_DELETING, /* DeleteTable's answer: a few members only */
};

/* 2026-01-31T12:00:00.000, in `arena`. */
struct str table_stream_label(const struct table_stream *stream, struct arena *arena);

/* Members of an open object: a date as seconds with milliseconds, and "KeySchema". */
void table_describe_date(struct json_writer *out, struct str name, int64_t ms);
void table_describe_schema(struct json_writer *out, const struct key_schema *schema);

/* What a description shows beside the table. */
struct table_picture {
    enum table_view view;
    /* UPDATING: the version that was. Units, billing mode and table class are still its; an index
     * that only it has is being deleted. */
    const struct table *before;
    bool table_stays_active; /* UPDATING: only an index, or nothing that takes time */
    struct str region;
    struct store *store; /* for sizes */
    int64_t now_ms;
};

void table_describe(struct json_writer *out, const struct table *table,
                    const struct table_picture *picture);

#endif
