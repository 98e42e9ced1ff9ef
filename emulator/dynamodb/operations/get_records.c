/* GetRecords: a page of a shard's records. */
#include "errors.h"
#include "stream.h"
#include "stream_iterator.h"
#include "stream_record.h"

enum { GET_RECORDS_MAX = 1000, GET_RECORDS_BYTES_MAX = 1024 * 1024 };

struct page {
    struct ddb_call *call;
    struct str region; /* {"awsRegion":"...", */
    int64_t limit;
    int64_t count;
    int64_t bytes;
    struct stream_sequence next; /* where the next page begins */
    bool more;                   /* there is at least one record behind this page */
    bool too_long;               /* for this thread */
};

/* The row has everything but the caller's region. */
static bool visit_record(void *state, const struct store_item *item)
{
    struct page *page = state;
    struct stream_sequence sequence;

    page->more = page->count == page->limit ||
                 (page->count > 0 && page->bytes + item->size > GET_RECORDS_BYTES_MAX);
    page->too_long = page->call->page_bytes_max > 0 && !page->more &&
                     page->bytes + item->size > page->call->page_bytes_max;
    if (page->more || page->too_long || !stream_record_sequence(item->key, &sequence))
        return !page->more && !page->too_long;
    struct str members = str_slice(item->json, 1, item->json.len);
    json_write_raw(page->call->out, str_printf(page->call->arena, "%.*s%.*s", STR_ARG(page->region),
                                               STR_ARG(members)));
    page->count++;
    page->bytes += item->size;
    page->next = stream_sequence_after(sequence);
    return true;
}

static bool fail_too_long(struct aws_error *err)
{
    return aws_fail(err, &error_page_too_long, "%s", "");
}

static bool read_page(struct page *page, const struct stream *stream,
                      const struct stream_shard *shard, struct aws_error *err)
{
    struct arena *arena = page->call->arena;
    const struct store_range range = {.collection = stream->definition->collection,
                                      .partition = stream_record_partition,
                                      .sort_from = stream_sequence_text(page->next, arena),
                                      .sort_to = stream_sequence_text(shard->to, arena)};

    return store_read(page->call->store, &range, visit_record, page, err) &&
           (!page->too_long || fail_too_long(err));
}

static bool write_nothing(struct store_transaction *transaction)
{
    (void)transaction;
    return false;
}

/*
 * Waits for the writes that were numbered before now. A shard that the clock has closed may still
 * get the record of a write that took its number in time and is not committed yet; behind a
 * transaction of our own there is none. False when the store writes no more.
 */
static bool wait_for_writes(const struct page *page)
{
    struct store_transaction transaction = {.arena = page->call->arena, .decide = write_nothing};
    struct aws_error ignored = {0};

    return store_write(page->call->store, &transaction, &ignored);
}

/* `ret_ended`: the shard is closed, and the page holds its last record. */
static bool read_records(struct page *page, const struct stream *stream,
                         const struct stream_shard *shard, bool *ret_ended, struct aws_error *err)
{
    if (!read_page(page, stream, shard, err))
        return false;
    if (!page->more && shard->closed && stream->definition->enabled) {
        if (page->call->page_bytes_max > 0)
            return fail_too_long(err); /* waiting is no event thread's business */
        bool settled = wait_for_writes(page);

        if (!read_page(page, stream, shard, err))
            return false;
        *ret_ended = settled && !page->more;
        return true;
    }
    *ret_ended = !page->more && shard->closed;
    return true;
}

static bool fail_iterator(struct aws_error *err)
{
    return aws_fail(err, &ddb_validation_exception, "Invalid ShardIterator");
}

/* Records are there for the 15 minutes that an iterator may be older than the horizon. */
static bool check_place(const struct stream *stream, const struct stream_iterator *iterator,
                        struct stream_shard *ret_shard, struct aws_error *err)
{
    if (!stream_shard_of(stream, iterator->shard, ret_shard) ||
        stream_sequence_compare(iterator->from, ret_shard->from) < 0 ||
        stream_sequence_compare(iterator->from, ret_shard->to) > 0)
        return fail_iterator(err);
    if (stream->now_ms - iterator->issued_ms > STREAM_ITERATOR_MS)
        return aws_fail(err, &ddb_expired_iterator_exception, "Shard iterator has expired");
    if (iterator->from.ms < stream->now_ms - STREAM_KEPT_MS - STREAM_ITERATOR_MS)
        return stream_fail_trimmed(err);
    return true;
}

static struct str region_text(const struct ddb_call *call)
{
    struct buffer text;

    buffer_init(&text, call->arena);
    buffer_add_literal(&text, "{\"awsRegion\":");
    json_escape(&text, call->region);
    buffer_add_char(&text, ',');
    return buffer_str(&text);
}

static bool answer(struct ddb_call *call, const struct stream *stream,
                   struct stream_iterator *iterator, struct aws_error *err)
{
    struct page page = {.call = call,
                        .region = region_text(call),
                        .limit = request_int(call->request, STR("Limit"), GET_RECORDS_MAX),
                        .next = iterator->from};
    struct stream_shard shard;
    bool ended = false;
    struct str text;

    if (!check_place(stream, iterator, &shard, err))
        return false;
    json_object_begin(call->out);
    json_write_name(call->out, STR("Records"));
    json_array_begin(call->out);
    if (!read_records(&page, stream, &shard, &ended, err))
        return false;
    json_array_end(call->out);
    iterator->from = page.next;
    iterator->issued_ms = stream->now_ms;
    if (!ended && !stream_iterator_text(iterator, call->arena, &text))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    if (!ended)
        json_field_string(call->out, STR("NextShardIterator"), text);
    json_object_end(call->out);
    return true;
}

bool get_records_run(struct ddb_call *call, struct aws_error *err)
{
    struct str text = request_string(call->request, STR("ShardIterator"));
    struct stream_iterator iterator;
    struct stream stream;

    if (!stream_iterator_read(text, call->arena, &iterator))
        return fail_iterator(err);
    if (!stream_find(call, iterator.arn, &stream, err))
        return false;
    bool ok = answer(call, &stream, &iterator, err);
    stream_release(&stream);
    return ok;
}
