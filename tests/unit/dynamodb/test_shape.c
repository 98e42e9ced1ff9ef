/* What a request may look like: kinds of JSON values, and constraints told all at once. */
#include "../test.h"

#include "../../../emulator/dynamodb/shapes/shape.h"

#include "base/arena.h"
#include "base/error.h"

enum { ARENA_BYTES = 1 << 20 };

struct row {
    const struct shape *shape;
    const char *request, *message; /* NULL: passes */
};

static const char *check(const struct row *row, struct arena *arena, struct aws_error *err)
{
    struct json_value *request = NULL;

    assert_true(json_parse(str_from_c(row->request), arena, &request, NULL));
    if (shape_check_types(row->shape, request, err) &&
        shape_check_constraints(row->shape, request, arena, err))
        return NULL;
    return err->message;
}

static void check_rows(const struct row *rows, size_t count)
{
    struct arena *arena = arena_new(ARENA_BYTES);

    for (size_t i = 0; i < count; i++) {
        struct aws_error err = {0};
        const char *message = check(&rows[i], arena, &err);

        if ((message == NULL) != (rows[i].message == NULL) ||
            (message != NULL && strcmp(message, rows[i].message) != 0))
            fail_msg("%s: %s", rows[i].request, message == NULL ? "passes" : message);
    }
    arena_free(arena);
}

#define JAVA "com.amazonaws.dynamodb.v20120810."
#define NESTED                                                                                     \
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "  \
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "           \
    "java.lang.Class are in module java.base of loader 'bootstrap')"

static void a_value_of_another_kind_is_named_by_what_was_found_and_expected(void **state)
{
    static const struct row rows[] = {
        {&shape_put_item, "{\"TableName\":23}", "NUMBER_VALUE cannot be converted to String"},
        {&shape_put_item, "{\"TableName\":[]}",
         "Unrecognized collection type class java.lang.String"},
        {&shape_put_item, "{\"Item\":[]}",
         "Unrecognized collection type java.util.Map<java.lang.String, " JAVA "AttributeValue>"},
        {&shape_put_item, "{\"Item\":{\"a\":1}}", "Unexpected value type in payload"},
        {&shape_put_item, "{\"Item\":{\"a\":{\"L\":1}}}", "Unexpected field type"},
        {&shape_put_item, "{\"Item\":{\"a\":{\"B\":\"=+/=\"}}}",
         "Invalid last non-pad Base64 character dectected"},
        {&shape_batch_get_item, "{\"RequestItems\":{\"abc\":{\"Keys\":[true]}}}", NESTED},
        {&shape_batch_write_item, "{\"RequestItems\":{\"abc\":\"x\"}}", NESTED},
        {&shape_batch_write_item, "{\"RequestItems\":[]}",
         "Unrecognized collection type java.util.Map<java.lang.String, java.util.List<" JAVA
         "WriteRequest>>"},
        {&shape_transact_write_items, "{\"TransactItems\":[[]]}",
         "Unrecognized collection type class " JAVA "TransactWriteItem"},
    };

    (void)state;
    check_rows(rows, ARRAY_LEN(rows));
}

#define NAMES                                                                                      \
    "Map keys must satisfy constraint: [Member must have length less than or equal to 255, "       \
    "Member must have length greater than or equal to 3, Member must satisfy regular expression "  \
    "pattern: [a-zA-Z0-9_.-]+]"
#define LENGTHS                                                                                    \
    "Map value must satisfy constraint: [Member must have length less than or equal to 25, "       \
    "Member must have length greater than or equal to 1]"

static void what_a_map_breaks_is_told_at_the_map_before_its_members(void **state)
{
    static const struct row rows[] = {
        {&shape_batch_write_item, "{\"RequestItems\":{\"a\":[]}}",
         "2 validation errors detected: Value '{a=[]}' at 'requestItems' failed to satisfy "
         "constraint: " NAMES "; Value '{a=[]}' at 'requestItems' failed to satisfy "
         "constraint: " LENGTHS},
        {&shape_batch_write_item, "{\"RequestItems\":{\"abc\":[{\"PutRequest\":{}}]}}",
         "1 validation error detected: Value null at "
         "'requestItems.abc.member.1.member.putRequest.item' failed to satisfy constraint: "
         "Member must not be null"},
        {&shape_batch_get_item, "{\"RequestItems\":{\"abc\":{\"Keys\":[]}}}",
         "1 validation error detected: Value '[]' at 'requestItems.abc.member.keys' failed to "
         "satisfy constraint: Member must have length greater than or equal to 1"},
        {&shape_batch_get_item,
         "{\"RequestItems\":{\"arn:aws:dynamodb:us-east-1:000000000000:table/abc\":"
         "{\"Keys\":[{}]}}}",
         NULL},
    };

    (void)state;
    check_rows(rows, ARRAY_LEN(rows));
}

static void constraints_are_told_in_the_order_of_the_members(void **state)
{
    static const struct row rows[] = {
        {&shape_update_table,
         "{\"TableName\":\"a;\",\"GlobalSecondaryIndexUpdates\":[{"
         "\"Update\":{\"IndexName\":\"a\"}}]}",
         "2 validation errors detected: Value 'a;' at 'tableName' failed to satisfy constraint: "
         "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a' at "
         "'globalSecondaryIndexUpdates.1.member.update.indexName' failed to satisfy constraint: "
         "Member must have length greater than or equal to 3"},
        {&shape_transact_write_items,
         "{\"TransactItems\":[],\"ReturnConsumedCapacity\":\"x\","
         "\"ClientRequestToken\":\"0123456789012345678901234567890123456\"}",
         "3 validation errors detected: Value '0123456789012345678901234567890123456' at "
         "'clientRequestToken' failed to satisfy constraint: Member must have length less than or "
         "equal to 36; Value 'x' at 'returnConsumedCapacity' failed to satisfy constraint: Member "
         "must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value '[]' at 'transactItems' "
         "failed to satisfy constraint: Member must have length greater than or equal to 1"},
        {&shape_list_streams, "{\"Limit\":101}",
         "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: "
         "Member must have value less than or equal to 100"},
        {&shape_no_members, "{\"Any\":[{}]}", NULL},
        {&shape_list_tables, "{\"ExclusiveStartTableName\":\"\"}",
         "2 validation errors detected: Value '' at 'exclusiveStartTableName' failed to satisfy "
         "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '' at "
         "'exclusiveStartTableName' failed to satisfy constraint: Member must have length greater "
         "than or equal to 3"},
        {&shape_get_item, "{\"TableName\":\"\"}",
         "2 validation errors detected: Value '' at 'tableName' failed to satisfy constraint: "
         "Member must have length greater than or equal to 1; Value null at 'key' failed to "
         "satisfy constraint: Member must not be null"},
    };

    (void)state;
    check_rows(rows, ARRAY_LEN(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_of_another_kind_is_named_by_what_was_found_and_expected),
        cmocka_unit_test(what_a_map_breaks_is_told_at_the_map_before_its_members),
        cmocka_unit_test(constraints_are_told_in_the_order_of_the_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
