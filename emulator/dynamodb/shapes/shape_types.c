/* The first check of a request: is each value of the kind that the model says? */
#include "shape.h"

#include "errors.h"

static const char java_package[] = "com.amazonaws.dynamodb.v20120810";
static const char not_expected[] = "Start of structure or map found where not expected";
/* The service's own failure at a scalar in place of a collection inside a collection. */
static const char nested_collection[] =
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
    "java.lang.Class are in module java.base of loader 'bootstrap')";

/* The service's parser names a token so. */
static const char *token_name(const struct json_value *value)
{
    switch (value->type) {
    case JSON_TRUE:
        return "TRUE_VALUE";
    case JSON_FALSE:
        return "FALSE_VALUE";
    case JSON_STRING:
        return "STRING_VALUE";
    case JSON_NUMBER:
        for (size_t i = 0; i < value->text.len; i++) {
            if (strchr(".eE", value->text.ptr[i]) != NULL)
                return "DECIMAL_VALUE";
        }
        return "NUMBER_VALUE";
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return "NULL_VALUE";
}

static bool fail(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_serialization_exception, "%s", text);
}

/* A scalar of kind `java`, found as an array, an object or another scalar. */
static bool fail_scalar(const struct json_value *value, const char *java, struct aws_error *err)
{
    if (value->type == JSON_ARRAY)
        return aws_fail(err, &ddb_serialization_exception,
                        "Unrecognized collection type class java.lang.%s", java);
    if (value->type == JSON_OBJECT)
        return fail(err, not_expected);
    return aws_fail(err, &ddb_serialization_exception, "%s cannot be converted to %s",
                    token_name(value), java);
}

static const char *const boolean_words[] = {"true", "1", "yes", "false", "0", "no"};

static bool check_boolean(const struct json_value *value, struct aws_error *err)
{
    if (value->type == JSON_TRUE || value->type == JSON_FALSE)
        return true;
    if (value->type != JSON_STRING)
        return fail_scalar(value, "Boolean", err);
    for (size_t i = 0; i < ARRAY_LEN(boolean_words); i++) {
        if (str_eq_nocase(value->text, str_from_c(boolean_words[i])))
            return true;
    }
    return fail(err, "Unexpected token received from parser");
}

static int base64_digit(char byte)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = byte == '\0' ? NULL : strchr(alphabet, byte);

    return found == NULL ? -1 : (int)(found - alphabet);
}

/* Said of every digit that is none, wherever it stands. */
static const char bad_digit[] = "Invalid last non-pad Base64 character dectected";

static bool check_blob(const struct json_value *value, struct aws_error *err)
{
    size_t len = value->text.len, padding = 0;

    if (value->type == JSON_ARRAY)
        return fail(err, "Unrecognized collection type class java.nio.ByteBuffer");
    if (value->type == JSON_OBJECT)
        return fail(err, not_expected);
    if (value->type != JSON_STRING)
        return fail(err, "only base-64-encoded strings are convertible to bytes");
    if (len % 4 != 0)
        return aws_fail(err, &ddb_serialization_exception,
                        "Base64 encoded length is expected a multiple of 4 bytes but found: %zu",
                        len);
    while (padding < 2 && padding < len && value->text.ptr[len - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < len - padding; i++) {
        if (base64_digit(value->text.ptr[i]) < 0)
            return fail(err, bad_digit);
    }
    int unused = padding == 2 ? 15 : padding == 1 ? 3 : 0;
    if (padding > 0 && (base64_digit(value->text.ptr[len - 1 - padding]) & unused) != 0)
        return fail(err, bad_digit);
    return true;
}

static bool check_value(const struct shape *shape, const struct json_value *value, bool is_field,
                        struct aws_error *err);

static bool check_elements(const struct shape *shape, const struct json_value *value,
                           struct aws_error *err)
{
    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        if (!check_value(shape->element, child, false, err))
            return false;
    }
    return true;
}

static bool check_list(const struct shape *shape, const struct json_value *value, bool is_field,
                       struct aws_error *err)
{
    if (value->type == JSON_OBJECT)
        return fail(err, not_expected);
    if (value->type != JSON_ARRAY)
        return fail(err, is_field ? "Unexpected field type" : nested_collection);
    return check_elements(shape, value, err);
}

static bool check_map(const struct shape *shape, const struct json_value *value, bool is_field,
                      struct aws_error *err)
{
    if (value->type == JSON_OBJECT)
        return check_elements(shape, value, err);
    if (value->type != JSON_ARRAY)
        return fail(err, is_field ? "Unexpected field type" : nested_collection);
    if (shape->name == NULL)
        return fail(err, "Unrecognized collection type java.util.Map<java.lang.String, "
                         "java.lang.String>");
    bool whole = strchr(shape->name, '.') != NULL;
    return aws_fail(err, &ddb_serialization_exception,
                    "Unrecognized collection type java.util.Map<java.lang.String, %s%s%s>",
                    whole ? "" : java_package, whole ? "" : ".", shape->name);
}

static const struct shape_member *find_member(const struct shape *shape, struct str name)
{
    for (size_t i = 0; i < shape->member_count; i++) {
        if (str_eq(shape->members[i].name, name))
            return &shape->members[i];
    }
    return NULL;
}

static bool check_structure(const struct shape *shape, const struct json_value *value,
                            bool is_field, struct aws_error *err)
{
    if (value->type == JSON_ARRAY)
        return aws_fail(err, &ddb_serialization_exception,
                        "Unrecognized collection type class %s.%s", java_package, shape->name);
    if (value->type != JSON_OBJECT)
        return fail(err, is_field ? "Unexpected field type" : "Unexpected value type in payload");
    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        const struct shape_member *member = find_member(shape, child->name);

        if (member != NULL && !check_value(member->shape, child, true, err))
            return false;
    }
    return true;
}

/* The tree's depth is bounded by JSON_DEPTH_MAX, and so is this. */
static bool check_value(const struct shape *shape, const struct json_value *value, bool is_field,
                        struct aws_error *err)
{
    if (value->type == JSON_NULL)
        return true;
    switch (shape->type) {
    case SHAPE_STRING:
        return value->type == JSON_STRING || fail_scalar(value, "String", err);
    case SHAPE_INTEGER:
        return value->type == JSON_NUMBER || fail_scalar(value, "Integer", err);
    case SHAPE_LONG:
        return value->type == JSON_NUMBER || fail_scalar(value, "Long", err);
    case SHAPE_BOOLEAN:
        return check_boolean(value, err);
    case SHAPE_BLOB:
        return check_blob(value, err);
    case SHAPE_LIST:
        return check_list(shape, value, is_field, err);
    case SHAPE_MAP:
        return check_map(shape, value, is_field, err);
    case SHAPE_STRUCTURE:
        return check_structure(shape, value, is_field, err);
    }
    return true;
}

bool shape_check_types(const struct shape *shape, const struct json_value *value,
                       struct aws_error *err)
{
    return check_value(shape, value, true, err);
}

bool shape_known_members(const struct shape *shape, const struct json_value *value,
                         struct arena *arena, struct json_value **ret)
{
    struct json_value *copy = arena_alloc(arena, sizeof(*copy));
    struct json_value **last = copy == NULL ? NULL : &copy->child;

    if (copy == NULL)
        return false;
    copy->type = JSON_OBJECT;
    copy->raw = value->raw;
    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        if (value->type != JSON_OBJECT || find_member(shape, child->name) == NULL)
            continue;
        *last = arena_alloc(arena, sizeof(**last));
        if (*last == NULL)
            return false;
        **last = *child;
        (*last)->next = NULL;
        last = &(*last)->next;
        copy->count++;
    }
    *ret = copy;
    return true;
}

const struct json_value *request_member(const struct json_value *request, struct str name)
{
    const struct json_value *value = json_get(request, name);

    return json_is(value, JSON_NULL) ? NULL : value;
}

struct str request_string(const struct json_value *request, struct str name)
{
    struct str text = {0};

    (void)!json_string(request_member(request, name), &text);
    return text;
}

bool shape_bool(const struct json_value *value)
{
    if (value->type != JSON_STRING)
        return value->type == JSON_TRUE;
    for (size_t i = 0; i < ARRAY_LEN(boolean_words) / 2; i++) {
        if (str_eq_nocase(value->text, str_from_c(boolean_words[i])))
            return true;
    }
    return false;
}

bool request_bool(const struct json_value *request, struct str name, bool absent)
{
    const struct json_value *value = request_member(request, name);

    return value == NULL ? absent : shape_bool(value);
}

/* Decimals are cut; what no int64_t holds becomes the nearest one. */
int64_t request_int(const struct json_value *request, struct str name, int64_t absent)
{
    const struct json_value *value = request_member(request, name);
    int64_t whole = 0;
    double number = 0;

    if (value == NULL)
        return absent;
    if (json_int64(value, INT64_MIN, INT64_MAX, &whole))
        return whole;
    if (!json_double(value, &number))
        return value->text.len > 0 && value->text.ptr[0] == '-' ? INT64_MIN : INT64_MAX;
    if (number >= 9.2e18)
        return INT64_MAX;
    return number <= -9.2e18 ? INT64_MIN : (int64_t)number;
}
