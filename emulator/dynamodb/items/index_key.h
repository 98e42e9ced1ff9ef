/*
 * The keys of an index's rows. Any number of items may have the same index key, and an index's key
 * may have several attributes, so parts are closed: an attribute's bytes have 00 FF in place of 00
 * and end in 00 01, which keeps their order. The partition is the HASH attribute's bytes as they
 * are (several: closed parts); the sort bytes are the RANGE attributes, the hash of the table's key
 * (which orders equal ones, as in the service), then the table's key.
 *
 * Source: Developer Guide, "Global secondary indexes", "Local secondary indexes", "Multi-attribute
 * keys"; texts as the service answers.
 */
#ifndef DYNAMODB_INDEX_KEY_H
#define DYNAMODB_INDEX_KEY_H

#include "store.h"
#include "table.h"
#include "value.h"

/* `ret_present` false: the item lacks a key attribute, or has another type, nothing or too much
 * there (it may be older than the index), and so has no row. Errors: error_out_of_memory. */
MUST_CHECK bool index_key_of_item(const struct table *table, const struct table_index *index,
                                  const struct attribute_value *item, struct arena *arena,
                                  bool *ret_present, struct store_key *ret, struct aws_error *err);

/* The partition that `values`, one for each HASH attribute, name. False past the arena's limit. */
MUST_CHECK bool index_key_partition(const struct key_schema *schema,
                                    const struct attribute_value *const *values,
                                    struct arena *arena, struct str *ret);
/* One RANGE attribute's part of the sort bytes: open for a prefix of its value, else closed. */
void index_key_add_open(struct buffer *out, const struct attribute_value *value);
void index_key_add(struct buffer *out, const struct attribute_value *value);
/* Where the rows with exactly the parts in `closed` end: they end in 00 01, the next in 00 02. */
void index_key_pass(struct buffer *closed);

/*
 * What an item that is put may not have in an index's key attributes: another type, an empty value,
 * too many bytes. Absent ones are fine: the item is not in that index then. Errors:
 * ValidationException.
 */
MUST_CHECK bool index_key_check_item(const struct table *table, const struct attribute_value *item,
                                     struct aws_error *err);
/* The same for what an update made, in the words for updates; a transaction has its own. */
MUST_CHECK bool index_key_check_update(const struct table *table,
                                       const struct attribute_value *item, bool in_transaction,
                                       struct aws_error *err);

#endif
