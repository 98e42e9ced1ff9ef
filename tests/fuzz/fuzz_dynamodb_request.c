/*
 * Any request to any operation is answered, and only memory's limit is a fault of ours. The first
 * line of the input names the operation, the rest is the request. There is one table, with an index
 * of each kind, a stream and an item; its clock stands still, so that its names stay the same.
 */
#include "dynamodb/dynamodb.h"

enum { FUZZ_ARENA_BYTES = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TABLE                                                                                      \
    "{\"TableName\":\"tab\",\"KeySchema\":[{\"AttributeName\":\"p\",\"KeyType\":\"HASH\"},"        \
    "{\"AttributeName\":\"s\",\"KeyType\":\"RANGE\"}],\"AttributeDefinitions\":["                  \
    "{\"AttributeName\":\"p\",\"AttributeType\":\"S\"},"                                           \
    "{\"AttributeName\":\"s\",\"AttributeType\":\"N\"},"                                           \
    "{\"AttributeName\":\"n\",\"AttributeType\":\"N\"},"                                           \
    "{\"AttributeName\":\"b\",\"AttributeType\":\"B\"}],\"BillingMode\":\"PAY_PER_REQUEST\","      \
    "\"LocalSecondaryIndexes\":[{\"IndexName\":\"lsi\",\"KeySchema\":["                            \
    "{\"AttributeName\":\"p\",\"KeyType\":\"HASH\"},{\"AttributeName\":\"n\",\"KeyType\":"         \
    "\"RANGE\"}],\"Projection\":{\"ProjectionType\":\"KEYS_ONLY\"}}],"                             \
    "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"gsi\",\"KeySchema\":["                           \
    "{\"AttributeName\":\"n\",\"KeyType\":\"HASH\"},{\"AttributeName\":\"b\",\"KeyType\":"         \
    "\"RANGE\"}],\"Projection\":{\"ProjectionType\":\"INCLUDE\",\"NonKeyAttributes\":[\"l\"]}}],"  \
    "\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":"                          \
    "\"NEW_AND_OLD_IMAGES\"}}"
#define ITEM                                                                                       \
    "{\"TableName\":\"tab\",\"Item\":{\"p\":{\"S\":\"a\"},\"s\":{\"N\":\"1\"},\"n\":{\"N\":\"5\"}" \
    ",\"b\":{\"B\":\"AAEC\"},\"l\":{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"}]},\"m\":{\"M\":{\"k\":{"    \
    "\"S\":\"y\"}}},\"ss\":{\"SS\":[\"a\",\"b\"]},\"t\":{\"BOOL\":true}}}"

static void prepare(struct dynamodb *db, struct str operation, struct str request)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct dynamodb_answer answer;

    dynamodb_execute(db, operation, request, STR("us-east-1"), arena, &answer);
    assert(answer.status == 200);
    arena_free(arena);
}

static struct dynamodb *open_table(void)
{
    static struct fake_clock clock;
    struct dynamodb *db = NULL;
    struct dynamodb_options options = {.durability = DURABILITY_OFF, .seed = 1};
    struct aws_error err = {0};

    fake_clock_init(&clock, INT64_C(1795752424010));
    options.clock = &clock.clock;
    if (!dynamodb_open(&options, &db, &err))
        abort();
    prepare(db, STR("CreateTable"), STR(TABLE));
    return db;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dynamodb *db; /* for many inputs: they meet each other's items */
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct str request = {(const char *)data, size};
    struct str operation = str_split(&request, '\n');
    struct dynamodb_answer answer;

    if (db == NULL)
        db = open_table();
    prepare(db, STR("PutItem"), STR(ITEM));
    dynamodb_execute(db, operation, request, STR("us-east-1"), arena, &answer);
    assert(answer.status == 200 || answer.status == 400 ||
           arena_bytes(arena) > FUZZ_ARENA_BYTES / 2);
    assert((answer.status == 200) == (answer.error_type == NULL));
    arena_free(arena);
    /* What comes next would meet no table, or another one. */
    if (answer.status == 200 &&
        (str_eq(operation, STR("DeleteTable")) || str_starts_with(operation, STR("Update")))) {
        dynamodb_close(db);
        db = NULL;
    }
    return 0;
}
