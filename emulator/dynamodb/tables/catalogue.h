/*
 * The tables that there are: kept in the store's collection 0, read from memory.
 *
 * Reading takes a lock for a moment; creating, changing and deleting are one after another and end
 * in the store before they show.
 */
#ifndef DYNAMODB_CATALOGUE_H
#define DYNAMODB_CATALOGUE_H

#include "base/clock.h"
#include "base/rng.h"
#include "store.h"
#include "stream_log.h"
#include "table.h"

struct catalogue;

/* Reads what the store has. */
MUST_CHECK bool catalogue_open(struct store *store, struct clock *clock, uint64_t seed,
                               struct catalogue **ret, struct aws_error *err);
void catalogue_close(struct catalogue *catalogue); /* NULL is accepted */

/* What numbers the records of all streams, alive as long as the catalogue. */
struct stream_log *catalogue_stream_log(const struct catalogue *catalogue);

/* Wall time: that of every date in a table. */
int64_t catalogue_now_ms(const struct catalogue *catalogue);

/* With a reference that the caller gives back; NULL when there is none of that name. */
struct table *catalogue_find(struct catalogue *catalogue, struct str name);
/* Is this version the one that is found? One that is stale and found still has its successor, or
 * its end, on the way. */
bool catalogue_shows(struct catalogue *catalogue, const struct table *table);

/* From a request that has passed its shape. Errors: ValidationException, ResourceInUseException. */
MUST_CHECK bool catalogue_create(struct catalogue *catalogue, const struct json_value *request,
                                 struct arena *arena, struct table **ret, struct aws_error *err);
/* `ret` is the table that was; its rows go with catalogue_clear_step(). Errors:
 * ResourceNotFoundException, ValidationException (deletion protection), ResourceInUseException (an
 * index is being filled). */
MUST_CHECK bool catalogue_delete(struct catalogue *catalogue, struct str name, struct arena *arena,
                                 struct table **ret, struct aws_error *err);

/*
 * A change of a table's definition. run() gets the version that is and its copy, which it edits:
 * texts go into the copy's arena, new collections take numbers from next_collection on. It runs
 * under the catalogue's lock, one edit at a time. On false nothing has changed.
 */
struct table_edit {
    bool (*run)(struct table_edit *edit, const struct table *old, struct table *table,
                struct aws_error *err);
    void *state;
    int64_t now_ms;          /* filled by the catalogue */
    int64_t next_collection; /* the same */
};

/*
 * The new version is in place; what the old one alone had in the store goes with
 * catalogue_clear_step(). Both come with a reference. Writes that began with the old version find
 * it stale and begin again. Errors: ResourceNotFoundException, and run()'s.
 */
MUST_CHECK bool catalogue_update(struct catalogue *catalogue, struct str name,
                                 struct table_edit *edit, struct arena *arena,
                                 struct table **ret_old, struct table **ret, struct aws_error *err);

/* Some rows of what is deleted, or of what a process that ended early has left; `ret_more`: there
 * is more to do. For one caller at a time. Errors: the store's. */
MUST_CHECK bool catalogue_clear_step(struct catalogue *catalogue, bool *ret_more,
                                     struct aws_error *err);

/* Every table, without a lock while visit() runs; false stops. Tables that come or go meanwhile may
 * be missed. */
bool catalogue_each(struct catalogue *catalogue, bool (*visit)(void *state, struct table *table),
                    void *state);

/* Names behind `after` in byte order, at most `limit`, in `arena`; `ret_more`: there are others. */
MUST_CHECK bool catalogue_list(struct catalogue *catalogue, struct str after, size_t limit,
                               struct arena *arena, struct str **ret, size_t *ret_count,
                               bool *ret_more, struct aws_error *err);

#endif
