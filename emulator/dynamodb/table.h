/*
 * A table: what CreateTable said, in the form that every other operation needs. A table never
 * changes after it is made (an update makes a new one in its place), so it is read without a lock;
 * it is counted, because a call may still hold it when it is deleted.
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

enum projection_type { PROJECTION_ALL, PROJECTION_INCLUDE, PROJECTION_KEYS_ONLY };

struct throughput {
    int64_t read_units; /* 0, 0: on demand */
    int64_t write_units;
};

struct table_index {
    struct str name;
    bool global;
    int64_t collection;
    struct key_schema schema;
    enum projection_type projection;
    struct str *non_key_attributes;
    size_t non_key_count;
    struct throughput throughput;
};

struct table {
    _Atomic int references;
    _Atomic bool deleted; /* set within the store's transaction that deletes it */
    struct arena *arena;  /* everything below lives here */
    struct str name;
    char id[UUID_TEXT_BYTES];
    int64_t collection; /* of its items; its indexes' follow */
    int64_t created_ms;
    struct key_schema schema;
    struct key_attribute *definitions; /* AttributeDefinitions, in the order they are shown */
    size_t definition_count;
    bool on_demand;
    struct throughput throughput;
    struct table_index *indexes; /* local ones first */
    size_t index_count;
    bool deletion_protection;
    struct str stream_view_type; /* empty: no stream */
    struct str table_class;      /* empty: STANDARD, never set */
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

/* What the catalogue keeps, and the way back. */
void table_write(struct json_writer *out, const struct json_value *request,
                 const struct table_birth *birth);
MUST_CHECK bool table_read(struct str definition, struct arena *arena, struct table **ret,
                           struct aws_error *err);

/* The index of that name, or NULL. */
const struct table_index *table_index_find(const struct table *table, struct str name);
/* How many collections the table has from its own on. */
int64_t table_collection_count(const struct table *table);

#endif
