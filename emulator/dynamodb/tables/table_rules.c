#include "table_rules.h"

#include "errors.h"
#include "shape.h"
#include "table.h"
#include "tags.h"

enum { NAMES_BYTES = 1024, NAMES_MAX = 256 };

/* Names in the order of their first use; text as the service prints them: [a, b]. */
struct names {
    struct str list[NAMES_MAX];
    size_t count;
};

static bool names_has(const struct names *names, struct str name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (str_eq(names->list[i], name))
            return true;
    }
    return false;
}

static void names_add(struct names *names, const struct json_value *elements, bool once)
{
    for (const struct json_value *element = elements->child; element != NULL;
         element = element->next) {
        struct str name = request_string(element, STR("AttributeName"));

        if (names->count < NAMES_MAX && !(once && names_has(names, name)))
            names->list[names->count++] = name;
    }
}

static const char *names_text(const struct names *names, char text[NAMES_BYTES])
{
    size_t length = 0;

    text[length++] = '[';
    for (size_t i = 0; i < names->count; i++) {
        int written = snprintf(text + length, NAMES_BYTES - 2 - length, "%s%.*s",
                               i == 0 ? "" : ", ", STR_ARG(names->list[i]));

        if (written < 0 || (size_t)written >= NAMES_BYTES - 2 - length)
            break;
        length += (size_t)written;
    }
    text[length++] = ']';
    text[length] = '\0';
    return text;
}

static bool fail(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception, "%s", text);
}

static bool fail_ompv(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception, OMPV "%s", text);
}

static bool is_on_demand(const struct json_value *request)
{
    return str_eq(request_string(request, STR("BillingMode")), STR("PAY_PER_REQUEST"));
}

bool table_rules_check_units(const struct json_value *throughput, struct aws_error *err)
{
    static const struct str names[] = {STR_INIT("ReadCapacityUnits"),
                                       STR_INIT("WriteCapacityUnits")};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        int64_t units = request_int(throughput, names[i], 0);

        if (units > INT64_C(1000000000000))
            return aws_fail(err, &ddb_validation_exception,
                            "Given value %lld for %.*s is out of bounds", (long long)units,
                            STR_ARG(names[i]));
    }
    return true;
}

static bool check_billing(const struct json_value *request, struct aws_error *err)
{
    const struct json_value *throughput = request_get(request, "ProvisionedThroughput");

    if (is_on_demand(request) && throughput != NULL)
        return fail_ompv(err, "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                              "when BillingMode is PAY_PER_REQUEST");
    if (!is_on_demand(request) && throughput == NULL)
        return fail_ompv(err, "ReadCapacityUnits and WriteCapacityUnits must both be specified "
                              "when BillingMode is PROVISIONED");
    return throughput == NULL || table_rules_check_units(throughput, err);
}

/* Every key is defined, and no definition twice. */
static bool check_defined(const struct json_value *request, const struct json_value *schema,
                          struct aws_error *err)
{
    char keys_text[NAMES_BYTES], defined_text[NAMES_BYTES];
    struct names keys = {.count = 0}, defined = {.count = 0};

    names_add(&keys, schema, false);
    names_add(&defined, request_get(request, "AttributeDefinitions"), false);
    if (keys.count > defined.count)
        return fail(err, "Invalid KeySchema: Some index key attribute have no definition");
    for (size_t i = 0; i < keys.count; i++) {
        if (!names_has(&defined, keys.list[i]))
            return aws_fail(err, &ddb_validation_exception,
                            OMPV "Some index key attributes are not defined in "
                                 "AttributeDefinitions. Keys: %s, AttributeDefinitions: %s",
                            names_text(&keys, keys_text), names_text(&defined, defined_text));
    }
    for (size_t i = 0; i < defined.count; i++) {
        struct names before = {.count = 0};

        before.count = i;
        memcpy(before.list, defined.list, i * sizeof(defined.list[0]));
        if (names_has(&before, defined.list[i]))
            return aws_fail(err, &ddb_validation_exception, "Attribute Name is duplicated: %.*s",
                            STR_ARG(defined.list[i]));
    }
    return true;
}

static bool is_hash(const struct json_value *element)
{
    return str_eq(request_string(element, STR("KeyType")), STR("HASH"));
}

/* Of a table or a local index: HASH, then perhaps RANGE. */
static bool check_pair(const struct json_value *schema, struct aws_error *err)
{
    const struct json_value *first = schema->child, *second = first->next;

    if (second != NULL && str_eq(request_string(first, STR("AttributeName")),
                                 request_string(second, STR("AttributeName"))))
        return fail(err, "Both the Hash Key and the Range Key element in the KeySchema have the "
                         "same name");
    if (!is_hash(first))
        return fail(err, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    if (second != NULL && is_hash(second))
        return fail(err, "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    return true;
}

static void add_index_keys(struct names *names, const struct json_value *indexes)
{
    for (const struct json_value *index = indexes == NULL ? NULL : indexes->child; index != NULL;
         index = index->next)
        names_add(names, request_get(index, "KeySchema"), true);
}

/* A definition that nothing uses: without indexes the number tells. */
static bool check_number(const struct json_value *request, struct aws_error *err)
{
    if (request_get(request, "LocalSecondaryIndexes") != NULL ||
        request_get(request, "GlobalSecondaryIndexes") != NULL ||
        request_get(request, "KeySchema")->count ==
            request_get(request, "AttributeDefinitions")->count)
        return true;
    return fail_ompv(err, "Number of attributes in KeySchema does not exactly match number of "
                          "attributes defined in AttributeDefinitions");
}

/* With indexes, whose own rules come first. */
static bool check_unused(const struct json_value *request, struct aws_error *err)
{
    char used_text[NAMES_BYTES], defined_text[NAMES_BYTES];
    struct names used = {.count = 0}, defined = {.count = 0};

    names_add(&used, request_get(request, "KeySchema"), true);
    names_add(&defined, request_get(request, "AttributeDefinitions"), false);
    add_index_keys(&used, request_get(request, "LocalSecondaryIndexes"));
    add_index_keys(&used, request_get(request, "GlobalSecondaryIndexes"));
    for (size_t i = 0; i < defined.count; i++) {
        if (!names_has(&used, defined.list[i]))
            return aws_fail(err, &ddb_validation_exception,
                            OMPV "Some AttributeDefinitions are not used. AttributeDefinitions: "
                                 "%s, keys used: %s",
                            names_text(&defined, defined_text), names_text(&used, used_text));
    }
    return true;
}

bool table_rules_check_projection(const struct json_value *index, struct aws_error *err)
{
    const struct json_value *projection = request_get(index, "Projection");
    struct str type = request_string(projection, STR("ProjectionType"));
    const struct json_value *names = request_get(projection, "NonKeyAttributes");

    if (type.len == 0)
        return fail_ompv(err, "Unknown ProjectionType: null");
    if (!str_eq(type, STR("INCLUDE")) && names != NULL)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "ProjectionType is %.*s, but NonKeyAttributes is specified",
                        STR_ARG(type));
    if (str_eq(type, STR("INCLUDE")) && names == NULL)
        return fail_ompv(err, "ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
    for (const struct json_value *name = names == NULL ? NULL : names->child; name != NULL;
         name = name->next) {
        for (const struct json_value *other = name->next; other != NULL; other = other->next) {
            if (str_eq(name->text, other->text))
                return aws_fail(err, &ddb_validation_exception,
                                OMPV "Duplicate element in NonKeyAttributes: %.*s",
                                STR_ARG(name->text));
        }
    }
    return true;
}

static bool check_name(const struct json_value *request, const struct json_value *index,
                       struct aws_error *err)
{
    const struct json_value *lists[] = {request_get(request, "LocalSecondaryIndexes"),
                                        request_get(request, "GlobalSecondaryIndexes")};
    struct str name = request_string(index, STR("IndexName"));

    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        for (const struct json_value *other = lists[i] == NULL ? NULL : lists[i]->child;
             other != NULL; other = other->next) {
            if (other == index)
                return true;
            if (str_eq(request_string(other, STR("IndexName")), name))
                return aws_fail(err, &ddb_validation_exception, OMPV "Duplicate index name: %.*s",
                                STR_ARG(name));
        }
    }
    return true;
}

static bool check_local_index(const struct json_value *request, const struct json_value *index,
                              struct aws_error *err)
{
    const struct json_value *schema = request_get(index, "KeySchema");
    struct str name = request_string(index, STR("IndexName"));
    struct str table_hash =
        request_string(request_get(request, "KeySchema")->child, STR("AttributeName"));

    if (!check_defined(request, schema, err) || !check_pair(schema, err))
        return false;
    struct str hash = request_string(schema->child, STR("AttributeName"));
    if (schema->count < 2)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Index KeySchema does not have a range key for index: %.*s",
                        STR_ARG(name));
    if (!str_eq(hash, table_hash))
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Index KeySchema does not have the same leading hash key as table "
                             "KeySchema for index: %.*s. index hash key: %.*s, table hash key: "
                             "%.*s",
                        STR_ARG(name), STR_ARG(hash), STR_ARG(table_hash));
    return table_rules_check_projection(index, err) && check_name(request, index, err);
}

static bool check_local_indexes(const struct json_value *request, struct aws_error *err)
{
    const struct json_value *indexes = request_get(request, "LocalSecondaryIndexes");

    if (indexes == NULL)
        return true;
    if (indexes->count == 0)
        return fail_ompv(err, "List of LocalSecondaryIndexes is empty");
    if (request_get(request, "KeySchema")->count < 2)
        return fail_ompv(err, "Table KeySchema does not have a range key, which is required when "
                              "specifying a LocalSecondaryIndex");
    for (const struct json_value *index = indexes->child; index != NULL; index = index->next) {
        if (!check_local_index(request, index, err))
            return false;
    }
    if (indexes->count > TABLE_LOCAL_INDEXES_MAX)
        return fail_ompv(err, "Number of LocalSecondaryIndexes exceeds per-table limit of 5");
    return true;
}

static bool check_global_keys(const struct json_value *schema, struct aws_error *err)
{
    size_t hashes = 0, ranges = 0;

    if (!is_hash(schema->child))
        return fail(err, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    for (const struct json_value *key = schema->child; key != NULL; key = key->next) {
        if (is_hash(key) && ranges > 0)
            return fail_ompv(err, "All HASH key attributes must precede RANGE key attributes in "
                                  "the KeySchema");
        hashes += is_hash(key);
        ranges += !is_hash(key);
    }
    if (hashes > INDEX_HASH_KEYS_MAX)
        return fail_ompv(err, "The KeySchema exceeds the maximum allowed number of HASH key "
                              "attributes");
    if (ranges > INDEX_RANGE_KEYS_MAX)
        return fail_ompv(err, "The KeySchema exceeds the maximum allowed number of RANGE key "
                              "attributes");
    for (const struct json_value *key = schema->child; key != NULL; key = key->next) {
        for (const struct json_value *other = key->next; other != NULL; other = other->next) {
            if (str_eq(request_string(key, STR("AttributeName")),
                       request_string(other, STR("AttributeName"))))
                return fail(err,
                            "The KeySchema contains multiple key attributes with the same name");
        }
    }
    return true;
}

bool table_rules_check_index_keys(const struct json_value *request, const struct json_value *index,
                                  struct aws_error *err)
{
    const struct json_value *schema = request_get(index, "KeySchema");

    return check_defined(request, schema, err) && check_global_keys(schema, err);
}

static bool check_global_index(const struct json_value *request, const struct json_value *index,
                               struct aws_error *err)
{
    const struct json_value *throughput = request_get(index, "ProvisionedThroughput");
    struct str name = request_string(index, STR("IndexName"));

    if (!table_rules_check_index_keys(request, index, err))
        return false;
    if (!is_on_demand(request) && throughput == NULL)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "ProvisionedThroughput is not specified for index: %.*s",
                        STR_ARG(name));
    if (is_on_demand(request) && throughput != NULL)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "ProvisionedThroughput should not be specified for index: %.*s when "
                             "BillingMode is PAY_PER_REQUEST",
                        STR_ARG(name));
    return (throughput == NULL || table_rules_check_units(throughput, err)) &&
           table_rules_check_projection(index, err) && check_name(request, index, err);
}

static bool check_global_indexes(const struct json_value *request, struct aws_error *err)
{
    const struct json_value *indexes = request_get(request, "GlobalSecondaryIndexes");

    if (indexes == NULL)
        return true;
    if (indexes->count == 0)
        return fail_ompv(err, "List of GlobalSecondaryIndexes is empty");
    for (const struct json_value *index = indexes->child; index != NULL; index = index->next) {
        if (!check_global_index(request, index, err))
            return false;
    }
    if (indexes->count > TABLE_GLOBAL_INDEXES_MAX)
        return fail_ompv(err, "GlobalSecondaryIndex count exceeds the per-table limit of 20");
    return true;
}

static bool check_stream(const struct json_value *request, struct aws_error *err)
{
    const struct json_value *stream = request_get(request, "StreamSpecification");
    bool enabled = request_bool(stream, STR("StreamEnabled"), false);
    bool typed = request_get(stream, "StreamViewType") != NULL;

    if (enabled && !typed)
        return fail_ompv(err, "Table is being created with a stream enabled, UpdateViewType is "
                              "required");
    if (stream != NULL && !enabled && typed)
        return fail_ompv(err, "Table is being created with a stream disabled, UpdateViewType "
                              "should not be specified");
    return true;
}

bool table_rules_check_class(const struct json_value *request, struct aws_error *err)
{
    struct str name = request_string(request, STR("TableClass"));

    if (request_get(request, "TableClass") == NULL || str_eq(name, STR("STANDARD")) ||
        str_eq(name, STR("STANDARD_INFREQUENT_ACCESS")))
        return true;
    return fail(err, "Invalid table-class parameter provided. Please try again with a valid "
                     "table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].");
}

bool table_rules_check_encryption(const struct json_value *request, struct aws_error *err)
{
    const struct json_value *encryption = request_get(request, "SSESpecification");
    struct str type = request_string(encryption, STR("SSEType"));
    bool key = request_get(encryption, "KMSMasterKeyId") != NULL;

    if (encryption == NULL)
        return true;
    if (!request_bool(encryption, STR("Enabled"), false)) {
        if (type.len > 0)
            return fail_ompv(err, "SSEType can not be specified if Enabled is false");
        if (key)
            return fail_ompv(err, "KMSMasterKeyId can not be specified if Enabled is false");
        return true;
    }
    if (str_eq(type, STR("AES256")))
        return fail_ompv(err, "SSEType AES256 is not supported");
    if (key && type.len == 0)
        return fail_ompv(err, "SSEType KMS is required if KMSMasterKeyId is specified");
    return true;
}

bool table_rules_check(const struct json_value *request, struct aws_error *err)
{
    const struct json_value *schema = request_get(request, "KeySchema");

    return table_rules_check_class(request, err) && check_billing(request, err) &&
           check_defined(request, schema, err) && check_pair(schema, err) &&
           check_number(request, err) && check_local_indexes(request, err) &&
           check_global_indexes(request, err) && check_unused(request, err) &&
           check_stream(request, err) && table_rules_check_encryption(request, err) &&
           tags_check(request_get(request, "Tags"), err);
}
