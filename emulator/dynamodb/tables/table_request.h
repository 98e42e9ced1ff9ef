/*
 * Members of CreateTable and UpdateTable, read into a table. Requests have passed their shape and
 * their rules; texts are copied into the table's arena.
 */
#ifndef DYNAMODB_TABLE_REQUEST_H
#define DYNAMODB_TABLE_REQUEST_H

#include "base/json.h"
#include "table.h"

/* ProvisionedThroughput, OnDemandThroughput, WarmThroughput of a table or an index; what is absent
 * is zero. */
struct throughput table_read_throughput(const struct json_value *owner);
struct unit_pair table_read_on_demand_limit(const struct json_value *owner);
struct unit_pair table_read_warm(const struct json_value *owner);

/* These answer false when the table's arena is full. table_add_index() needs a free place in
 * table->indexes, and the definitions of its keys. */
MUST_CHECK bool table_add_index(struct table *table, const struct json_value *element,
                                enum index_kind kind, int64_t collection);
/* created_ms names the stream: it is moved behind the one before it. */
MUST_CHECK bool table_add_stream(struct table *table, struct str view_type, int64_t created_ms,
                                 int64_t collection);
MUST_CHECK bool table_add_tag(struct table *table, struct str key, struct str value);
/* SSESpecification; NULL is the default key. */
MUST_CHECK bool table_set_encryption(struct table *table, const struct json_value *specification);

#endif
