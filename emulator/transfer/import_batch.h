/* The items that go together in one BatchWriteItem, and their way into the table. */
#ifndef TRANSFER_IMPORT_BATCH_H
#define TRANSFER_IMPORT_BATCH_H

#include <stdatomic.h>

#include "import_writer.h"

enum {
    IMPORT_BATCH_ITEMS_MAX = 25,      /* API Reference, BatchWriteItem */
    IMPORT_BATCH_BYTES = 1024 * 1024, /* then it goes; a single item may be longer */
};

struct import_batch {
    struct arena *arena; /* the items' text */
    struct arena *call;  /* requests and answers */
    struct import_item items[IMPORT_BATCH_ITEMS_MAX];
    size_t count;
    size_t bytes;
};

/* What all lanes share. */
struct import_sender {
    const struct import_writer_options *options;
    atomic_bool one_by_one; /* the engine has no BatchWriteItem */
    _Atomic uint64_t count; /* items acknowledged */
};

MUST_CHECK bool import_batch_init(struct import_batch *batch); /* false without memory */
void import_batch_deinit(struct import_batch *batch);
bool import_batch_has_room(const struct import_batch *batch, size_t bytes);
/* Copies into a batch that has room. */
MUST_CHECK bool import_batch_add(struct import_batch *batch, const struct import_item *item,
                                 struct aws_error *err);
/* Returns when every item is written, or refused and that was let pass. */
MUST_CHECK bool import_batch_send(struct import_batch *batch, struct import_sender *sender,
                                  struct aws_error *err);
void import_batch_clear(struct import_batch *batch);

#endif
