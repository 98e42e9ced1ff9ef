#include "stream_record.h"

const struct str stream_record_partition = STR_INIT("records");

/* What a view type has beside the keys. */
static const struct view {
    struct str name;
    bool new_image, old_image;
} views[] = {
    {STR_INIT("KEYS_ONLY"), false, false},
    {STR_INIT("NEW_IMAGE"), true, false},
    {STR_INIT("OLD_IMAGE"), false, true},
    {STR_INIT("NEW_AND_OLD_IMAGES"), true, true},
};

static const struct view *view_of(const struct table_stream *stream)
{
    for (size_t i = 0; i < ARRAY_LEN(views); i++) {
        if (str_eq(views[i].name, stream->view_type))
            return &views[i];
    }
    return &views[0];
}

/* Equal texts are equal values; equal values have equal sizes; the rest is for the values. */
static bool is_same(const struct item_version *a, const struct item_version *b)
{
    if (!a->found || !b->found || a->size != b->size)
        return false;
    return str_eq(a->json, b->json) || value_equal(a->item, b->item);
}

/* The key as an item, with shared attributes. */
static void take_keys(const struct item_change *change, struct attribute *attributes,
                      struct attribute_value *ret)
{
    const struct attribute_value *item = change->now.found ? change->now.item : change->old.item;
    const struct key_schema *schema = &change->table->schema;

    *ret = (struct attribute_value){.type = VALUE_M};
    ret->map.attributes = attributes;
    for (size_t i = 0; i < schema->hash_count + schema->range_count; i++) {
        const struct attribute_value *value = item_find(item, schema->keys[i].name);

        if (value != NULL)
            attributes[ret->map.count++] = (struct attribute){schema->keys[i].name, *value};
    }
}

static void write_content(struct json_writer *out, const struct item_change *change,
                          const struct table_stream *stream, struct stream_sequence sequence,
                          int64_t *ret_size)
{
    struct attribute attributes[INDEX_HASH_KEYS_MAX + INDEX_RANGE_KEYS_MAX];
    const struct view *view = view_of(stream);
    struct attribute_value keys;
    struct buffer text;

    take_keys(change, attributes, &keys);
    buffer_init(&text, change->arena);
    item_write(&text, &keys);
    out->out->failed |= text.failed;
    *ret_size = (int64_t)item_size(&keys);
    json_object_begin(out);
    json_field_int(out, STR("ApproximateCreationDateTime"), sequence.ms / 1000);
    json_field_raw(out, STR("Keys"), buffer_str(&text));
    if (view->new_image && change->now.found) {
        json_field_raw(out, STR("NewImage"), change->now.json);
        *ret_size += change->now.size;
    }
    if (view->old_image && change->old.found) {
        json_field_raw(out, STR("OldImage"), change->old.json);
        *ret_size += change->old.size;
    }
    json_field_string(out, STR("SequenceNumber"), stream_sequence_text(sequence, change->arena));
    json_field_int(out, STR("SizeBytes"), *ret_size);
    json_field_string(out, STR("StreamViewType"), stream->view_type);
    json_object_end(out);
}

static void write_record(struct json_writer *out, const struct item_change *change,
                         const struct table_stream *stream, struct stream_sequence sequence,
                         int64_t *ret_size)
{
    char id[STREAM_EVENT_ID_BYTES];

    stream_log_event_id(change->table->stream_log, id);
    json_object_begin(out);
    json_write_name(out, STR("dynamodb"));
    write_content(out, change, stream, sequence, ret_size);
    json_field_string(out, STR("eventID"), str_from_c(id));
    json_field_string(out, STR("eventName"),
                      !change->old.found   ? STR("INSERT")
                      : !change->now.found ? STR("REMOVE")
                                           : STR("MODIFY"));
    json_field_string(out, STR("eventSource"), STR("aws:dynamodb"));
    json_field_string(out, STR("eventVersion"), STR("1.1"));
    if (change->by_service)
        json_field_raw(out, STR("userIdentity"),
                       STR("{\"PrincipalId\":\"dynamodb.amazonaws.com\",\"Type\":\"Service\"}"));
    json_object_end(out);
}

bool stream_record_add(const struct item_change *change, const struct table_stream *stream,
                       struct store_change **changes, struct aws_error *err)
{
    struct store_change *added;
    struct json_writer out;
    struct buffer text;

    if (is_same(&change->old, &change->now))
        return true;
    struct stream_sequence sequence =
        stream_log_next(change->table->stream_log, stream->created_ms);
    added = arena_alloc(change->arena, sizeof(*added));
    if (added == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    *added = (struct store_change){
        .next = *changes,
        .collection = stream->collection,
        .key = {stream_record_partition, stream_sequence_text(sequence, change->arena)},
        .old_size = -1};
    buffer_init(&text, change->arena);
    json_writer_init(&out, &text, JSON_COMPACT);
    write_record(&out, change, stream, sequence, &added->size);
    if (!buffer_done(&text, &added->json) || added->key.sort.len == 0)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    *changes = added;
    return true;
}

bool stream_record_sequence(struct store_key key, struct stream_sequence *ret)
{
    return key.sort.len == STREAM_SEQUENCE_DIGITS && stream_sequence_read(key.sort, ret);
}
