#include "boto3_parameters.h"

/* --- the model ------------------------------------------------------------------------------- */

/* clang-format off */
static const struct parameter expected[] = {
    {STR_INIT("Value"), PARAMETER_VALUE, false, 0, NULL},
    {STR_INIT("Exists"), PARAMETER_BOOLEAN, false, 0, NULL},
    {STR_INIT("ComparisonOperator"), PARAMETER_TEXT, false, 0, NULL},
    {STR_INIT("AttributeValueList"), PARAMETER_VALUE_LIST, false, 0, NULL},
};
static const struct parameter update[] = {
    {STR_INIT("Value"), PARAMETER_VALUE, false, 0, NULL},
    {STR_INIT("Action"), PARAMETER_TEXT, false, 0, NULL},
};
static const struct parameter condition[] = {
    {STR_INIT("AttributeValueList"), PARAMETER_VALUE_LIST, false, 0, NULL},
    {STR_INIT("ComparisonOperator"), PARAMETER_TEXT, true, 0, NULL},
};
static const struct parameter_list expected_members = {expected, ARRAY_LEN(expected)};
static const struct parameter_list update_members = {update, ARRAY_LEN(update)};
static const struct parameter_list condition_members = {condition, ARRAY_LEN(condition)};

/* TableName is never missing: the resource brings it. */
#define TABLE_NAME          {STR_INIT("TableName"), PARAMETER_TEXT, false, 1, NULL}
#define TEXT(name)          {STR_INIT(name), PARAMETER_TEXT, false, 0, NULL}
#define BOOLEAN(name)       {STR_INIT(name), PARAMETER_BOOLEAN, false, 0, NULL}
#define INTEGER(name, min)  {STR_INIT(name), PARAMETER_INTEGER, false, min, NULL}
#define VALUES(name)        {STR_INIT(name), PARAMETER_VALUE_MAP, false, 0, NULL}
#define REQUIRED(name)      {STR_INIT(name), PARAMETER_VALUE_MAP, true, 0, NULL}
#define ATTRIBUTES          {STR_INIT("AttributesToGet"), PARAMETER_TEXT_LIST, false, 1, NULL}
#define NAMES               {STR_INIT("ExpressionAttributeNames"), PARAMETER_TEXT_MAP, false, 0, NULL}
#define STRUCTURES(name, m) {STR_INIT(name), PARAMETER_STRUCTURES, false, 0, m}
/* clang-format on */

static const struct parameter put_item[] = {
    TABLE_NAME,
    REQUIRED("Item"),
    STRUCTURES("Expected", &expected_members),
    TEXT("ReturnValues"),
    TEXT("ReturnConsumedCapacity"),
    TEXT("ReturnItemCollectionMetrics"),
    TEXT("ConditionalOperator"),
    TEXT("ConditionExpression"),
    NAMES,
    VALUES("ExpressionAttributeValues"),
    TEXT("ReturnValuesOnConditionCheckFailure"),
};
static const struct parameter get_item[] = {
    TABLE_NAME,
    REQUIRED("Key"),
    ATTRIBUTES,
    BOOLEAN("ConsistentRead"),
    TEXT("ReturnConsumedCapacity"),
    TEXT("ProjectionExpression"),
    NAMES,
};
static const struct parameter update_item[] = {
    TABLE_NAME,
    REQUIRED("Key"),
    STRUCTURES("AttributeUpdates", &update_members),
    STRUCTURES("Expected", &expected_members),
    TEXT("ConditionalOperator"),
    TEXT("ReturnValues"),
    TEXT("ReturnConsumedCapacity"),
    TEXT("ReturnItemCollectionMetrics"),
    TEXT("UpdateExpression"),
    TEXT("ConditionExpression"),
    NAMES,
    VALUES("ExpressionAttributeValues"),
    TEXT("ReturnValuesOnConditionCheckFailure"),
};
static const struct parameter delete_item[] = {
    TABLE_NAME,
    REQUIRED("Key"),
    STRUCTURES("Expected", &expected_members),
    TEXT("ConditionalOperator"),
    TEXT("ReturnValues"),
    TEXT("ReturnConsumedCapacity"),
    TEXT("ReturnItemCollectionMetrics"),
    TEXT("ConditionExpression"),
    NAMES,
    VALUES("ExpressionAttributeValues"),
    TEXT("ReturnValuesOnConditionCheckFailure"),
};
static const struct parameter scan[] = {
    TABLE_NAME,
    {STR_INIT("IndexName"), PARAMETER_TEXT, false, 3, NULL},
    ATTRIBUTES,
    INTEGER("Limit", 1),
    TEXT("Select"),
    STRUCTURES("ScanFilter", &condition_members),
    TEXT("ConditionalOperator"),
    VALUES("ExclusiveStartKey"),
    TEXT("ReturnConsumedCapacity"),
    INTEGER("TotalSegments", 1),
    INTEGER("Segment", 0),
    TEXT("ProjectionExpression"),
    TEXT("FilterExpression"),
    NAMES,
    VALUES("ExpressionAttributeValues"),
    BOOLEAN("ConsistentRead"),
};

static const struct {
    struct str operation;
    struct parameter_list list;
} lists[] = {
    {STR_INIT("PutItem"), {put_item, ARRAY_LEN(put_item)}},
    {STR_INIT("GetItem"), {get_item, ARRAY_LEN(get_item)}},
    {STR_INIT("UpdateItem"), {update_item, ARRAY_LEN(update_item)}},
    {STR_INIT("DeleteItem"), {delete_item, ARRAY_LEN(delete_item)}},
    {STR_INIT("Scan"), {scan, ARRAY_LEN(scan)}},
};

const struct parameter_list *parameters_of(struct str operation)
{
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (str_eq(lists[i].operation, operation))
            return &lists[i].list;
    }
    return NULL;
}

const struct parameter *parameter_find(const struct parameter_list *list, struct str name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (str_eq(list->rows[i].name, name))
            return &list->rows[i];
    }
    return NULL;
}

/* --- Python's words for a value --------------------------------------------------------------- */

static bool is_whole(const struct json_value *number)
{
    for (size_t i = 0; i < number->text.len; i++) {
        if (strchr(".eE", number->text.ptr[i]) != NULL)
            return false;
    }
    return true;
}

const char *python_type(const struct json_value *value)
{
    switch (value == NULL ? JSON_NULL : value->type) {
    case JSON_NULL:
        return "NoneType";
    case JSON_FALSE:
    case JSON_TRUE:
        return "bool";
    case JSON_NUMBER:
        return is_whole(value) ? "int" : "float";
    case JSON_STRING:
        return "str";
    case JSON_ARRAY:
        return "list";
    case JSON_OBJECT:
        return "dict";
    }
    return "";
}

/* repr() of a text: in apostrophes, unless only quotation marks would need no escape. */
static void repr_text(struct str text, struct buffer *out)
{
    bool doubled = str_find_char(text, '\'') < text.len && str_find_char(text, '"') == text.len;
    char quote = doubled ? '"' : '\'';

    buffer_add_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte == '\n' || byte == '\r' || byte == '\t')
            buffer_printf(out, "\\%c", byte == '\n' ? 'n' : byte == '\r' ? 'r' : 't');
        else if (byte < 0x20 || byte == 0x7f)
            buffer_printf(out, "\\x%02x", byte);
        else if (byte == '\\' || (char)byte == quote)
            buffer_printf(out, "\\%c", byte);
        else
            buffer_add_char(out, (char)byte);
    }
    buffer_add_char(out, quote);
}

/* The depth is JSON_DEPTH_MAX at most. */
static void repr(const struct json_value *value, struct buffer *out)
{
    bool object = value->type == JSON_OBJECT;

    if (value->type == JSON_STRING) {
        repr_text(value->text, out);
        return;
    }
    if (!object && value->type != JSON_ARRAY) {
        python_str(value, out);
        return;
    }
    buffer_add_char(out, object ? '{' : '[');
    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        if (child != value->child)
            buffer_add_literal(out, ", ");
        if (object) {
            repr_text(child->name, out);
            buffer_add_literal(out, ": ");
        }
        repr(child, out);
    }
    buffer_add_char(out, object ? '}' : ']');
}

void python_str(const struct json_value *value, struct buffer *out)
{
    switch (value->type) {
    case JSON_NULL:
        buffer_add_literal(out, "None");
        break;
    case JSON_TRUE:
        buffer_add_literal(out, "True");
        break;
    case JSON_FALSE:
        buffer_add_literal(out, "False");
        break;
    case JSON_NUMBER:
    case JSON_STRING:
        buffer_add(out, value->text);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        repr(value, out);
        break;
    }
}

/* --- the check ---------------------------------------------------------------------------------
 */

/* Where a value stands, innermost first: "AttributesToGet[1]", "Expected.a.Exists". */
struct place {
    const struct place *outer;
    struct str name;
    size_t index; /* of a list's element, whose name is empty */
};

struct check {
    struct buffer *problems;
    bool failed;
};

static void write_place(const struct place *place, struct buffer *out)
{
    if (place->outer != NULL)
        write_place(place->outer, out);
    if (place->name.ptr == NULL)
        buffer_printf(out, "[%zu]", place->index);
    else
        buffer_printf(out, "%s%.*s", place->outer == NULL ? "" : ".", STR_ARG(place->name));
}

static struct buffer *report(struct check *check)
{
    if (!check->failed)
        buffer_add_literal(check->problems, "Parameter validation failed:");
    check->failed = true;
    buffer_add_char(check->problems, '\n');
    return check->problems;
}

static void report_type(struct check *check, const struct place *place,
                        const struct json_value *value, const char *wanted)
{
    struct buffer *out = report(check);

    buffer_add_literal(out, "Invalid type for parameter ");
    write_place(place, out);
    buffer_add_literal(out, ", value: ");
    python_str(value, out);
    buffer_printf(out, ", type: <class '%s'>, valid types: %s", python_type(value), wanted);
}

/* `what`: "length" or "value". */
static void report_range(struct check *check, const struct place *place, const char *what,
                         struct str value, int64_t min)
{
    struct buffer *out = report(check);

    buffer_printf(out, "Invalid %s for parameter ", what);
    write_place(place, out);
    buffer_printf(out, ", value: %.*s, valid min %s: %lld", STR_ARG(value), what, (long long)min);
}

static void check_length(struct check *check, const struct place *place, size_t length, int64_t min)
{
    char text[24];

    if (min <= 0 || length >= (size_t)min)
        return;
    (void)snprintf(text, sizeof(text), "%zu", length);
    report_range(check, place, "length", str_from_c(text), min);
}

/* Python counts characters. */
static size_t characters(struct str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
    return count;
}

/* Python's booleans are integers. */
static void check_integer(struct check *check, const struct place *place,
                          const struct json_value *value, int64_t min)
{
    bool boolean = value->type == JSON_TRUE || value->type == JSON_FALSE;
    int64_t number = value->type == JSON_TRUE ? 1 : 0;

    if (!boolean && !(value->type == JSON_NUMBER && is_whole(value))) {
        report_type(check, place, value, "<class 'int'>");
        return;
    }
    if (!boolean && !json_int64(value, INT64_MIN, INT64_MAX, &number))
        number = value->text.ptr[0] == '-' ? INT64_MIN : INT64_MAX; /* past 64 bits */
    if (number < min)
        report_range(check, place, "value",
                     boolean ? (number == 1 ? STR("True") : STR("False")) : value->text, min);
}

static void check_texts(struct check *check, const struct place *place,
                        const struct json_value *texts)
{
    size_t index = 0;

    for (const struct json_value *t = texts->child; t != NULL; t = t->next, index++) {
        struct place own = {place, t->name, index};
        if (t->type != JSON_STRING)
            report_type(check, &own, t, "<class 'str'>");
    }
}

static void check_structure(struct check *check, const struct place *place,
                            const struct parameter_list *list, const struct json_value *value);

static void check_structures(struct check *check, const struct place *place,
                             const struct parameter_list *members, const struct json_value *map)
{
    for (const struct json_value *m = map->child; m != NULL; m = m->next) {
        struct place own = {place, m->name, 0};
        if (m->type == JSON_OBJECT)
            check_structure(check, &own, members, m);
        else
            report_type(check, &own, m, "<class 'dict'>");
    }
}

static void check_list(struct check *check, const struct place *place,
                       const struct parameter *parameter, const struct json_value *value)
{
    if (value->type != JSON_ARRAY) {
        report_type(check, place, value, "<class 'list'>, <class 'tuple'>");
        return;
    }
    check_length(check, place, value->count, parameter->min);
    if (parameter->kind == PARAMETER_TEXT_LIST)
        check_texts(check, place, value);
}

static void check_map(struct check *check, const struct place *place,
                      const struct parameter *parameter, const struct json_value *value)
{
    if (value->type != JSON_OBJECT)
        report_type(check, place, value, "<class 'dict'>");
    else if (parameter->kind == PARAMETER_TEXT_MAP)
        check_texts(check, place, value);
    else if (parameter->kind == PARAMETER_STRUCTURES)
        check_structures(check, place, parameter->members, value);
}

static void check_value(struct check *check, const struct place *place,
                        const struct parameter *parameter, const struct json_value *value)
{
    switch (parameter->kind) {
    case PARAMETER_TEXT:
        if (value->type != JSON_STRING)
            report_type(check, place, value, "<class 'str'>");
        else
            check_length(check, place, characters(value->text), parameter->min);
        break;
    case PARAMETER_BOOLEAN:
        if (value->type != JSON_TRUE && value->type != JSON_FALSE)
            report_type(check, place, value, "<class 'bool'>");
        break;
    case PARAMETER_INTEGER:
        check_integer(check, place, value, parameter->min);
        break;
    case PARAMETER_TEXT_LIST:
    case PARAMETER_VALUE_LIST:
        check_list(check, place, parameter, value);
        break;
    case PARAMETER_TEXT_MAP:
    case PARAMETER_VALUE_MAP:
    case PARAMETER_STRUCTURES:
        check_map(check, place, parameter, value);
        break;
    case PARAMETER_VALUE:
        break; /* anything can be made an attribute value */
    }
}

/* " in input" for the whole, " in Expected.a" within. */
static void write_inside(const struct place *place, struct buffer *out)
{
    if (place == NULL)
        buffer_add_literal(out, "input");
    else
        write_place(place, out);
}

static void report_unknown(struct check *check, const struct place *place,
                           const struct parameter_list *list, struct str name)
{
    struct buffer *out = report(check);

    buffer_add_literal(out, "Unknown parameter in ");
    write_inside(place, out);
    buffer_printf(out, ": \"%.*s\", must be one of: ", STR_ARG(name));
    for (size_t i = 0; i < list->count; i++)
        buffer_printf(out, "%s%.*s", i > 0 ? ", " : "", STR_ARG(list->rows[i].name));
}

/* Missing ones first, then unknown ones, then each by itself, as botocore does. */
static void check_structure(struct check *check, const struct place *place,
                            const struct parameter_list *list, const struct json_value *value)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->rows[i].required && json_get(value, list->rows[i].name) == NULL) {
            struct buffer *out = report(check);
            buffer_add_literal(out, "Missing required parameter in ");
            write_inside(place, out);
            buffer_printf(out, ": \"%.*s\"", STR_ARG(list->rows[i].name));
        }
    }
    for (const struct json_value *m = value->child; m != NULL; m = m->next) {
        if (parameter_find(list, m->name) == NULL)
            report_unknown(check, place, list, m->name);
    }
    for (const struct json_value *m = value->child; m != NULL; m = m->next) {
        const struct parameter *parameter = parameter_find(list, m->name);
        struct place own = {place, m->name, 0};
        if (parameter != NULL)
            check_value(check, &own, parameter, m);
    }
}

bool parameters_check(const struct parameter_list *list, struct str table_name,
                      const struct json_value *parameters, struct buffer *problems)
{
    struct check check = {problems, false};
    const struct place place = {NULL, STR("TableName"), 0};

    check_structure(&check, NULL, list, parameters);
    if (json_member(parameters, "TableName") == NULL)
        check_length(&check, &place, characters(table_name), 1);
    return !check.failed;
}
