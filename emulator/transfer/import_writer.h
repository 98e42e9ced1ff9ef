/*
 * Items into a table, as fast as the engine takes them and in bounded memory: a few lanes, each
 * with a thread, one batch that grows and one that is being written. An item's lane comes from its
 * key, so that of two items with one key the later one is the one that stays.
 *
 * A batch goes by BatchWriteItem; what that leaves unprocessed goes again, after a back-off. An
 * engine that does not know BatchWriteItem, and a batch that is refused as a whole, get their items
 * one by one with PutItem, in order: so the one that is bad is known, by file and line.
 *
 * import_writer_add() and _finish() are one thread's; the tell callback comes from the lanes.
 */
#ifndef TRANSFER_IMPORT_WRITER_H
#define TRANSFER_IMPORT_WRITER_H

#include "engine.h"

struct import_writer;

struct import_item {
    struct str json;  /* the attributes: {"p":{"S":"x"}} */
    uint32_t lane;    /* the same for the same key */
    const char *file; /* lives as long as the writer */
    uint64_t line;
};

struct import_writer_options {
    const struct engine *engine;
    struct str table;
    /* An item that the engine refuses, and why. False: the import ends with that error. */
    void *state;
    bool (*refused)(void *state, const char *file, uint64_t line, const char *why,
                    struct aws_error *err);
};

MUST_CHECK bool import_writer_new(const struct import_writer_options *options,
                                  struct import_writer **ret, struct aws_error *err);
/* Copies. Waits while the item's lane is full. Errors: a lane's, for good: error_environment, or
 * refused()'s own. */
MUST_CHECK bool import_writer_add(struct import_writer *writer, const struct import_item *item,
                                  struct aws_error *err);
/* Writes what is left. */
MUST_CHECK bool import_writer_finish(struct import_writer *writer, struct aws_error *err);
/* Written and acknowledged so far; any thread. */
uint64_t import_writer_count(const struct import_writer *writer);
/* Lets the batches under way end, and forgets the others. NULL is accepted. */
void import_writer_free(struct import_writer *writer);

#endif
