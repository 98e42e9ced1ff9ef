/* What CreateTable refuses, and which of several mistakes it tells. */
#include "../test.h"

#include "../../../emulator/dynamodb/tables/table_rules.h"

#include "base/arena.h"
#include "base/error.h"

enum { ARENA_BYTES = 1 << 20 };

#define HASH(name)  "{\"AttributeName\":\"" name "\",\"KeyType\":\"HASH\"}"
#define RANGE(name) "{\"AttributeName\":\"" name "\",\"KeyType\":\"RANGE\"}"
#define TEXT(name)  "{\"AttributeName\":\"" name "\",\"AttributeType\":\"S\"}"
#define TABLE(definitions, keys, more)                                                             \
    "{\"AttributeDefinitions\":[" definitions "],\"KeySchema\":[" keys "],\"BillingMode\":"        \
    "\"PAY_PER_REQUEST\"" more "}"
#define INDEXES(kind, keys)                                                                        \
    ",\"" kind "SecondaryIndexes\":[{\"IndexName\":\"abc\",\"KeySchema\":[" keys                   \
    "],\"Projection\":{\"ProjectionType\":\"ALL\"}}]"
#define INVALID "One or more parameter values were invalid: "

static void the_first_rule_that_is_broken_is_told(void **state)
{
    static const struct {
        const char *request, *message; /* NULL: taken */
    } rows[] = {
        {TABLE(TEXT("a"), HASH("a"), ""), NULL},
        {TABLE(TEXT("a") "," TEXT("b"), HASH("a"), ""),
         INVALID "Number of attributes in KeySchema does not exactly match number of attributes "
                 "defined in AttributeDefinitions"},
        {TABLE(TEXT("a") "," TEXT("b"), HASH("a"), ",\"LocalSecondaryIndexes\":[]"),
         INVALID "List of LocalSecondaryIndexes is empty"},
        {TABLE(TEXT("a") "," TEXT("b"), HASH("a"), INDEXES("Local", RANGE("c"))),
         INVALID "Table KeySchema does not have a range key, which is required when specifying a "
                 "LocalSecondaryIndex"},
        {TABLE(TEXT("a") "," TEXT("b"), HASH("a"), INDEXES("Global", RANGE("c"))),
         INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [c], "
                 "AttributeDefinitions: [a, b]"},
        {TABLE(TEXT("a") "," TEXT("b") "," TEXT("c"), HASH("a"), INDEXES("Global", HASH("b"))),
         INVALID "Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c], keys "
                 "used: [a, b]"},
        {TABLE(TEXT("a") "," TEXT("b"), HASH("a"), INDEXES("Global", HASH("b"))), NULL},
    };
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_value *request = NULL;
        struct aws_error err = {0};

        assert_true(json_parse(str_from_c(rows[i].request), arena, &request, NULL));
        bool taken = table_rules_check(request, &err);
        if (taken != (rows[i].message == NULL) ||
            (!taken && strcmp(err.message, rows[i].message) != 0))
            fail_msg("%s: %s", rows[i].request, taken ? "is taken" : err.message);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_rule_that_is_broken_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
