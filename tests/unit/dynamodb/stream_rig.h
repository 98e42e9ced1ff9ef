/*
 * Tests of streams: calls whose answers are looked into, for what comes out of one goes into the
 * next. Requests are written with ' for ".
 */
#ifndef TESTS_STREAM_RIG_H
#define TESTS_STREAM_RIG_H

#include "operation_rows.h"

enum { HOUR_MS = 60 * 60 * 1000, MINUTE_MS = 60 * 1000 };

/* Answers live as long as the rig. */
struct rig {
    struct dynamodb *db;
    struct arena *arena;
    struct str arn; /* of the stream that rig_make_table() made */
};

struct rig rig_open(bool on_disk);
void rig_free(struct rig *rig);
/* Over each store, on an empty database. */
void rig_on_both(void (*test)(struct rig *rig));

/* Fails unless the answer has the status. */
struct str rig_ask(struct rig *rig, const char *operation, int status, struct str request);
const char *rig_quoted(struct rig *rig, struct str text);
/* The `place`th text of that name anywhere in the answer; empty when there is none. */
struct str rig_text(struct rig *rig, struct str json, const char *name, int place);
size_t rig_times(struct str text, const char *part);

void rig_make_table(struct rig *rig, const char *request);
/* The id of the stream's `place`th shard; empty when there is none. */
struct str rig_shard(struct rig *rig, int place);
/* `rest` has the type and what it needs. */
struct str rig_iterator(struct rig *rig, struct str shard_id, const char *rest);
/* `rest` of rig_iterator() for the types that take a sequence number. */
const char *rig_by_number(struct rig *rig, const char *type, struct str number);
struct str rig_records(struct rig *rig, struct str iterator);
/* Of the first shard. */
struct str rig_all_records(struct rig *rig);

#define ASK(rig, operation, ...) rig_ask(rig, operation, 200, str_printf((rig)->arena, __VA_ARGS__))
#define REFUSED(rig, operation, ...)                                                               \
    rig_ask(rig, operation, 400, str_printf((rig)->arena, __VA_ARGS__))
/* In functions whose rig is `rig`. */
#define assert_text(text, expected) assert_string_equal(str_to_c(rig->arena, text), expected)
#define assert_contains(rig, text, part)                                                           \
    do {                                                                                           \
        struct str whole_ = (text);                                                                \
                                                                                                   \
        if (rig_times(whole_, rig_quoted(rig, str_from_c(part))) == 0)                             \
            fail_msg("%s is not in %.*s", part, STR_ARG(whole_));                                  \
    } while (0)
#define TABLE(name, view)                                                                          \
    "{'TableName':'" name "','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':["             \
    "{'AttributeName':'p','AttributeType':'S'},{'AttributeName':'s','AttributeType':'N'}],"        \
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'s','KeyType':"          \
    "'RANGE'}],'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'" view "'}}"
#define PUT(n, rest) "{'TableName':'tab','Item':{'p':{'S':'a'},'s':{'N':'" n "'}" rest "}}"
#define OLDEST       "'ShardIteratorType':'TRIM_HORIZON'"
#define LATEST       "'ShardIteratorType':'LATEST'"
#define ON_BOTH(name, test)                                                                        \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        rig_on_both(test);                                                                         \
    }

#endif
