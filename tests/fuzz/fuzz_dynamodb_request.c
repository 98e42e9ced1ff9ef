/*
 * Any request to any operation is answered, and only memory's limit is a fault of ours. The first
 * line of the input names the operation, the rest is the request.
 */
#include "dynamodb/dynamodb.h"

enum { FUZZ_ARENA_BYTES = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dynamodb *open_once(struct arena *arena)
{
    static struct dynamodb *db; /* one for all inputs: they meet each other's items */
    struct dynamodb_options options = {
        .durability = DURABILITY_OFF, .clock = clock_system(), .seed = 1};
    struct dynamodb_answer answer;
    struct aws_error err = {0};

    if (db != NULL)
        return db;
    if (!dynamodb_open(&options, &db, &err))
        abort();
    dynamodb_execute(
        db, STR("CreateTable"),
        STR("{\"TableName\":\"tab\",\"KeySchema\":[{\"AttributeName\":\"p\",\"KeyType\":\"HASH\"},"
            "{\"AttributeName\":\"s\",\"KeyType\":\"RANGE\"}],\"AttributeDefinitions\":[{"
            "\"AttributeName\":\"p\",\"AttributeType\":\"S\"},{\"AttributeName\":\"s\","
            "\"AttributeType\":\"N\"}],\"BillingMode\":\"PAY_PER_REQUEST\","
            "\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":"
            "\"NEW_AND_OLD_IMAGES\"}}"),
        STR("us-east-1"), arena, &answer);
    assert(answer.status == 200);
    return db;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct dynamodb *db = open_once(arena);
    struct str request = {(const char *)data, size};
    struct str operation = str_split(&request, '\n');
    struct dynamodb_answer answer;

    dynamodb_execute(db, operation, request, STR("us-east-1"), arena, &answer);
    assert(answer.status == 200 || answer.status == 400 ||
           arena_bytes(arena) > FUZZ_ARENA_BYTES / 2);
    assert((answer.status == 200) == (answer.error_type == NULL));
    arena_free(arena);
    return 0;
}
