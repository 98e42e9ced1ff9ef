/*
 * A table: what CreateTable and later changes said, in the form that every other operation needs. A
 * table never changes after it is made (an update makes a new version in its place), so it is read
 * without a lock; it is counted, because a call may still hold it when it is deleted.
 *
 * Source: API Reference, CreateTable, TableDescription; Developer Guide, "Constraints".
 */
#ifndef DYNAMODB_TABLE_H
#define DYNAMODB_TABLE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "base/uuid.h"

enum {
    TABLE_NAME_BYTES_MAX = 255,
    INDEX_HASH_KEYS_MAX = 4,
    INDEX_RANGE_KEYS_MAX = 4,
    TABLE_LOCAL_INDEXES_MAX = 5,
    TABLE_GLOBAL_INDEXES_MAX = 20,
};

struct key_attribute {
    struct str name;
    char type; /* 'S', 'N', 'B' */
};

/* HASH attributes, then RANGE attributes; tables and local indexes have one and at most one. */
struct key_schema {
    struct key_attribute keys[INDEX_HASH_KEYS_MAX + INDEX_RANGE_KEYS_MAX];
    size_t hash_count;
    size_t range_count;
};

enum projection_type {
    PROJECTION_ALL,
    PROJECTION_INCLUDE,
    PROJECTION_KEYS_ONLY,
    PROJECTION_COUNT,
};
extern const char *const projection_names[PROJECTION_COUNT]; /* as requests have them */

struct throughput {
    int64_t read_units; /* 0, 0: on demand */
    int64_t write_units;
    int64_t increased_ms; /* wall time of the last change; 0: never */
    int64_t decreased_ms;
    int64_t decreases; /* on the (UTC) day of decreased_ms */
};

/* A pair that bounds or prepares a table on demand. 0: not set. */
struct unit_pair {
    int64_t read_units;
    int64_t write_units;
};

enum index_kind {
    INDEX_LOCAL,
    INDEX_GLOBAL,
    /* The table's own list of what expires when: no HASH attribute, RANGE is the attribute that
     * time to live reads. No client sees it. */
    INDEX_TIME_TO_LIVE,
};

struct table_index {
    struct str name; /* empty: INDEX_TIME_TO_LIVE */
    enum index_kind kind;
    bool creating; /* what was in the table before it is not all here yet: not read, but kept */
    int64_t collection;
    struct key_schema schema;
    enum projection_type projection;
    struct str *non_key_attributes;
    size_t non_key_count;
    struct throughput throughput;
    struct unit_pair on_demand_limit; /* OnDemandThroughput */
    struct unit_pair warm;            /* WarmThroughput, where it was asked for */
};

/* A change stream. A table has the ones of the last 24 hours; the last of them is the latest. */
struct table_stream {
    struct str view_type;
    bool enabled;       /* only the latest can be */
    int64_t created_ms; /* tells streams apart: the label is this time */
    int64_t disabled_ms;
    int64_t collection;
};

struct table_tag {
    struct str key;
    struct str value;
};

struct stream_log;

struct table {
    _Atomic int references;
    /* Deleted, or another version has its place. Set within the store's transaction that does it:
     * a write that meets it there begins again. */
    _Atomic bool stale;
    struct arena *arena; /* everything below lives here */
    struct str name;
    char id[UUID_TEXT_BYTES];
    int64_t collection; /* of its items */
    int64_t created_ms;
    struct key_schema schema;
    struct key_attribute *definitions; /* AttributeDefinitions, in the order they are shown */
    size_t definition_count;
    bool on_demand;
    int64_t on_demand_ms; /* since when; 0: never was */
    struct throughput throughput;
    struct unit_pair on_demand_limit;
    struct unit_pair warm;
    struct table_index *indexes; /* local ones, global ones, time to live */
    size_t index_count;
    bool deletion_protection;
    struct table_stream *streams; /* oldest first */
    size_t stream_count;
    struct stream_log *stream_log; /* the catalogue's, which numbers the records */
    struct str table_class;        /* empty: STANDARD, never set */
    int64_t table_class_ms;
    struct str sse_key_arn; /* empty: the default key */
    struct str time_to_live_attribute;
    bool time_to_live_enabled; /* the attribute stays when it is disabled */
    struct table_tag *tags;
    size_t tag_count;
};

/* What the service adds to a request to make a table. */
struct table_birth {
    int64_t collection;
    int64_t created_ms;
    struct str id;
};

/*
 * CreateTable's rules, and the table with one reference. `request` has passed its shape; nothing of
 * it is borrowed. Errors: ValidationException.
 */
MUST_CHECK bool table_new(const struct json_value *request, const struct table_birth *birth,
                          struct table **ret, struct aws_error *err);
struct table *table_hold(struct table *table);
void table_release(struct table *table); /* NULL is accepted */

/* What the catalogue keeps, and the way back (table_definition.c). */
void table_write(struct json_writer *out, const struct table *table);
/* "Tags": [{Key, Value}]: of that, and of answers. */
void table_write_tags(struct json_writer *out, const struct table *table);
MUST_CHECK bool table_read(struct str definition, struct arena *arena, struct table **ret,
                           struct aws_error *err);
/* The next version to be: the same in an arena of its own, with one reference. `arena` is for the
 * way there. */
MUST_CHECK bool table_copy(const struct table *table, struct arena *arena, struct table **ret,
                           struct aws_error *err);
/* One without anything, for those who fill it. NULL when there is no memory. */
struct table *table_empty(void);

/* The index of that name, or NULL. */
const struct table_index *table_index_find(const struct table *table, struct str name);
bool table_has_local_indexes(const struct table *table);
/* The stream that writes go to, or NULL. */
const struct table_stream *table_stream_enabled(const struct table *table);
/* AttributeDefinitions that no key needs any more go; with indexes they are in order of names. */
void table_tidy_definitions(struct table *table);
/* Every collection of the table is visited, its own first; false stops. */
bool table_each_collection(const struct table *table,
                           bool (*visit)(void *state, int64_t collection), void *state);

#endif
