#include "stream_rig.h"

const char *rig_quoted(struct rig *rig, struct str text)
{
    return rows_quoted(rig->arena, text);
}

struct str rig_ask(struct rig *rig, const char *operation, int status, struct str request)
{
    struct dynamodb_answer answer =
        rows_execute(rig->db, operation, str_from_c(rig_quoted(rig, request)), rig->arena);

    if (answer.status != status)
        fail_msg("%s %.*s answers %d %.*s", operation, STR_ARG(request), answer.status,
                 STR_ARG(answer.body));
    return answer.body;
}

struct str rig_text(struct rig *rig, struct str json, const char *name, int place)
{
    struct str wanted = str_printf(rig->arena, "\"%s\":\"", name);

    for (; place >= 0; place--) {
        size_t found = str_find(json, wanted);

        if (found == json.len)
            return (struct str){0};
        json = str_slice(json, found + wanted.len, json.len);
    }
    return str_split(&json, '"');
}

size_t rig_times(struct str text, const char *part)
{
    struct str wanted = str_from_c(part);
    size_t count = 0, found = 0;

    while ((found = str_find(text, wanted)) < text.len) {
        text = str_slice(text, found + wanted.len, text.len);
        count++;
    }
    return count;
}

void rig_make_table(struct rig *rig, const char *request)
{
    rig->arn = rig_text(rig, ASK(rig, "CreateTable", "%s", request), "LatestStreamArn", 0);
}

struct rig rig_open(bool on_disk)
{
    struct rig rig = {.db = rows_open_empty(on_disk), .arena = arena_new(ROWS_ARENA_BYTES)};

    return rig;
}

void rig_free(struct rig *rig)
{
    dynamodb_close(rig->db);
    arena_free(rig->arena);
}

struct str rig_shard(struct rig *rig, int place)
{
    return rig_text(rig, ASK(rig, "DescribeStream", "{'StreamArn':'%.*s'}", STR_ARG(rig->arn)),
                    "ShardId", place);
}

struct str rig_iterator(struct rig *rig, struct str shard_id, const char *rest)
{
    return rig_text(rig,
                    ASK(rig, "GetShardIterator", "{'StreamArn':'%.*s','ShardId':'%.*s',%s}",
                        STR_ARG(rig->arn), STR_ARG(shard_id), rest),
                    "ShardIterator", 0);
}

struct str rig_records(struct rig *rig, struct str iterator)
{
    return ASK(rig, "GetRecords", "{'ShardIterator':'%.*s'}", STR_ARG(iterator));
}

struct str rig_all_records(struct rig *rig)
{
    return rig_records(rig, rig_iterator(rig, rig_shard(rig, 0), OLDEST));
}

void rig_on_both(void (*test)(struct rig *rig))
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct rig rig = rig_open(on_disk == 1);

        test(&rig);
        rig_free(&rig);
    }
}

const char *rig_by_number(struct rig *rig, const char *type, struct str number)
{
    return str_printf(rig->arena, "'ShardIteratorType':'%s','SequenceNumber':'%.*s'", type,
                      STR_ARG(number))
        .ptr;
}
