#include "transact_read.h"

#include "capacity.h"
#include "errors.h"
#include "table_name.h"
#include "transact_write.h"

/* A text in the store is at most ten times the item's size: a list of empty strings. */
enum { READ_BYTES_MAX = 10 * TRANSACTION_BYTES_MAX };

bool transact_read_init(struct transact_read *read, struct ddb_call *call, size_t count,
                        struct aws_error *err)
{
    *read = (struct transact_read){
        .call = call,
        .parts = arena_alloc_array(call->arena, count, sizeof(*read->parts)),
        .targets = arena_alloc_array(call->arena, count, sizeof(*read->targets)),
    };
    return (read->parts != NULL && read->targets != NULL) ||
           aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

void transact_read_release(const struct transact_read *read)
{
    for (size_t i = 0; i < read->count; i++)
        table_release(read->parts[i].table);
}

bool transact_read_find_tables(const struct transact_read *read, struct aws_error *err)
{
    for (size_t i = 0; i < read->count; i++) {
        struct transact_read_part *part = &read->parts[i];

        if (!table_name_lookup(read->call, part->table_name, &part->table, err))
            return false;
        read->targets[i].collection = part->table->collection;
    }
    return true;
}

static bool is_same_item(const struct transact_read *read, size_t a, size_t b)
{
    return read->parts[a].err.kind == NULL && read->parts[b].err.kind == NULL &&
           read->targets[a].collection == read->targets[b].collection &&
           store_key_compare(read->targets[a].key, read->targets[b].key) == 0;
}

/* At most a hundred: compared one with another. */
bool transact_read_check_duplicates(const struct transact_read *read, struct aws_error *err)
{
    for (size_t i = 0; i < read->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (is_same_item(read, i, k))
                return aws_fail(err, &ddb_validation_exception, TRANSACTION_DUPLICATES);
        }
    }
    return true;
}

static const struct aws_error *part_error(const void *parts, size_t index)
{
    return &((const struct transact_read_part *)parts)[index].err;
}

bool transact_read_cancel(const struct transact_read *read, struct aws_error *err)
{
    return transaction_cancel(part_error, read->parts, read->count, read->call->arena, err);
}

/* --- throughput ----------------------------------------------------------------------------- */

static struct throttle_target throttle_of(const struct transact_read *read, size_t index)
{
    return (struct throttle_target){.table = read->parts[index].table,
                                    .use = THROTTLE_READ,
                                    .partition = read->targets[index].key.partition};
}

static double units_of(const struct store_target *target)
{
    return capacity_of_read(target->found ? target->item.size : 0, true);
}

static bool admit(const struct transact_read *read, struct aws_error *err)
{
    bool ok = true;

    for (size_t i = 0; i < read->count; i++) {
        const struct throttle_target throttle = throttle_of(read, i);

        if (!call_admit(read->call, &throttle, &read->parts[i].err))
            ok = false;
    }
    return ok || transact_read_cancel(read, err);
}

static void charge(const struct transact_read *read)
{
    for (size_t i = 0; i < read->count; i++) {
        const struct throttle_target throttle = throttle_of(read, i);

        call_charge(read->call, &throttle, 2 * units_of(&read->targets[i]));
    }
}

/* --- the reading ---------------------------------------------------------------------------- */

/* An event thread tries, to a length. */
static bool read_items(const struct transact_read *read, struct aws_error *err)
{
    struct ddb_call *call = read->call;
    size_t bytes_max = call->page_bytes_max > 0 ? (size_t)call->page_bytes_max : READ_BYTES_MAX;
    size_t found = 0;
    int64_t bytes = 0;

    if (!store_get_many(call->store, read->targets, read->count, bytes_max, call->arena, &found,
                        err))
        return false;
    if (found < read->count && call->page_bytes_max > 0)
        return aws_fail(err, &error_page_too_long, "%s", "");
    for (size_t i = 0; i < found; i++)
        bytes += read->targets[i].found ? read->targets[i].item.size : 0;
    if (found == read->count && bytes <= TRANSACTION_BYTES_MAX)
        return true;
    return aws_fail(err, &ddb_validation_exception, "Payload in response is too large.%lld",
                    (long long)bytes);
}

bool transact_read_run(const struct transact_read *read, struct aws_error *err)
{
    if (!admit(read, err) || !read_items(read, err))
        return false;
    charge(read);
    return true;
}

bool transact_read_metrics(const struct transact_read *read, struct aws_error *err)
{
    enum capacity_mode mode = capacity_mode_of(read->call->request);
    struct capacity_list list = {.kind = CAPACITY_OF_TRANSACT_READ};

    for (size_t i = 0; mode != CAPACITY_NONE && i < read->count; i++) {
        const struct capacity used = {.table_units = units_of(&read->targets[i])};

        if (!capacity_list_add(&list, read->parts[i].table_name, &used, read->call->arena))
            return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    }
    capacity_list_write(read->call->out, mode, &list);
    return true;
}
