/* A table's description becomes the request that makes it again. */
#include "../test.h"

#include "table_definition.h"

enum { ARENA_BYTES = 1 << 20 };

/* Compact, so that rows are readable. */
static const struct {
    const char *described;
    const char *definition;
} rows[] = {
    {"{\"TableName\":\"t\",\"TableStatus\":\"ACTIVE\",\"ItemCount\":3,"
     "\"AttributeDefinitions\":[{\"AttributeName\":\"p\",\"AttributeType\":\"S\"}],"
     "\"KeySchema\":[{\"AttributeName\":\"p\",\"KeyType\":\"HASH\"}],"
     "\"BillingModeSummary\":{\"BillingMode\":\"PAY_PER_REQUEST\"},"
     "\"ProvisionedThroughput\":{\"NumberOfDecreasesToday\":0,\"ReadCapacityUnits\":0,"
     "\"WriteCapacityUnits\":0},\"DeletionProtectionEnabled\":false}",
     "{\"TableName\":\"t\","
     "\"AttributeDefinitions\":[{\"AttributeName\":\"p\",\"AttributeType\":\"S\"}],"
     "\"KeySchema\":[{\"AttributeName\":\"p\",\"KeyType\":\"HASH\"}],"
     "\"BillingMode\":\"PAY_PER_REQUEST\"}"},
    {"{\"TableName\":\"t\",\"AttributeDefinitions\":[],\"KeySchema\":[],"
     "\"LocalSecondaryIndexes\":[{\"IndexName\":\"l\",\"KeySchema\":[1],"
     "\"Projection\":{\"ProjectionType\":\"ALL\"},\"IndexArn\":\"arn\",\"ItemCount\":1}],"
     "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"g\",\"KeySchema\":[2],\"IndexStatus\":"
     "\"ACTIVE\","
     "\"Projection\":{\"ProjectionType\":\"KEYS_ONLY\"},"
     "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":1,\"WriteCapacityUnits\":2}}],"
     "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":3,\"WriteCapacityUnits\":4},"
     "\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":\"NEW_IMAGE\"},"
     "\"TableClassSummary\":{\"TableClass\":\"STANDARD_INFREQUENT_ACCESS\",\"LastUpdateDateTime\":"
     "1},"
     "\"DeletionProtectionEnabled\":true}",
     "{\"TableName\":\"t\",\"AttributeDefinitions\":[],\"KeySchema\":[],"
     "\"LocalSecondaryIndexes\":[{\"IndexName\":\"l\",\"KeySchema\":[1],"
     "\"Projection\":{\"ProjectionType\":\"ALL\"}}],"
     "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"g\",\"KeySchema\":[2],"
     "\"Projection\":{\"ProjectionType\":\"KEYS_ONLY\"},"
     "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":1,\"WriteCapacityUnits\":2}}],"
     "\"BillingMode\":\"PROVISIONED\","
     "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":3,\"WriteCapacityUnits\":4},"
     "\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":\"NEW_IMAGE\"},"
     "\"TableClass\":\"STANDARD_INFREQUENT_ACCESS\",\"DeletionProtectionEnabled\":true}"},
};

static struct str compact(struct str json, struct arena *arena)
{
    struct json_value *root = NULL;
    struct json_writer out;
    struct buffer text;

    assert_true(json_parse(json, arena, &root, NULL));
    buffer_init(&text, arena);
    json_writer_init(&out, &text, JSON_COMPACT);
    json_write_value(&out, root);
    return buffer_str(&text);
}

static void a_description_becomes_the_request_of_its_row(void **state)
{
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_value *table = NULL;
        struct str definition = {NULL, 0};
        assert_true(json_parse(str_from_c(rows[i].described), arena, &table, NULL));
        assert_true(table_definition_of(table, arena, &definition));
        assert_str_equal(compact(definition, arena), str_from_c(rows[i].definition));
    }
    arena_free(arena);
}

static void names_of_keys_become_a_request_that_gets_its_tables_name(void **state)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct str definition = {NULL, 0}, renamed = {NULL, 0};
    struct aws_error err = {0};

    (void)state;
    assert_true(table_definition_of_keys("a:b:S", "n:N", arena, &definition, &err));
    assert_true(table_definition_rename(definition, STR("t"), arena, &renamed, &err));
    assert_str_equal(renamed,
                     STR("{\"TableName\":\"t\",\"AttributeDefinitions\":["
                         "{\"AttributeName\":\"a:b\",\"AttributeType\":\"S\"},"
                         "{\"AttributeName\":\"n\",\"AttributeType\":\"N\"}],\"KeySchema\":["
                         "{\"AttributeName\":\"a:b\",\"KeyType\":\"HASH\"},"
                         "{\"AttributeName\":\"n\",\"KeyType\":\"RANGE\"}],"
                         "\"BillingMode\":\"PAY_PER_REQUEST\"}"));
    arena_free(arena);
}

static void a_key_without_a_type_is_told(void **state)
{
    static const char *const bad[] = {"", "id", ":S", "id:", "id:SS", "id:s"};
    struct arena *arena = arena_new(ARENA_BYTES);
    struct str definition = {NULL, 0};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct aws_error err = {0};
        assert_false(table_definition_of_keys(bad[i], NULL, arena, &definition, &err));
        assert_ptr_equal(err.kind, &error_usage);
        assert_non_null(strstr(err.message, "NAME:S"));
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_description_becomes_the_request_of_its_row),
        cmocka_unit_test(names_of_keys_become_a_request_that_gets_its_tables_name),
        cmocka_unit_test(a_key_without_a_type_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
