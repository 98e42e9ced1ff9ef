/*
 * The parameters that boto3's Table methods take, and botocore's check of them before anything is
 * sent.
 *
 * Source: botocore's DynamoDB model (2012-08-10) and validate.py, whose words and order these are.
 */
#ifndef MICROSERVICE_BOTO3_PARAMETERS_H
#define MICROSERVICE_BOTO3_PARAMETERS_H

#include "base/json.h"

enum parameter_kind {
    PARAMETER_TEXT,
    PARAMETER_BOOLEAN,
    PARAMETER_INTEGER,
    PARAMETER_TEXT_LIST,
    PARAMETER_TEXT_MAP,
    PARAMETER_VALUE,      /* any native value */
    PARAMETER_VALUE_LIST, /* AttributeValueList */
    PARAMETER_VALUE_MAP,  /* Key, Item, ExpressionAttributeValues */
    PARAMETER_STRUCTURES, /* a map of structures: Expected, AttributeUpdates, ScanFilter */
};

struct parameter_list;

struct parameter {
    struct str name;
    enum parameter_kind kind;
    bool required;
    int64_t min;                          /* a text's or list's length, an integer's value */
    const struct parameter_list *members; /* of PARAMETER_STRUCTURES */
};

/* In the order of the service's model, which the messages show. */
struct parameter_list {
    const struct parameter *rows;
    size_t count;
};

/* By DynamoDB's name of the operation: "PutItem", "GetItem" ...; NULL for none of them. */
const struct parameter_list *parameters_of(struct str operation);
const struct parameter *parameter_find(const struct parameter_list *list, struct str name);

/*
 * Whether botocore would send `parameters`, an object, with that table's name (which one among the
 * parameters replaces). When not, `problems`, freshly initialised, holds "Parameter validation
 * failed:\n..." unless it ran out of memory.
 */
bool parameters_check(const struct parameter_list *list, struct str table_name,
                      const struct json_value *parameters, struct buffer *problems);

/* "NoneType", "bool", "int", "float", "str", "list" or "dict"; NULL is absent, Python's None. */
const char *python_type(const struct json_value *value);
/* What str() makes of the value. */
void python_str(const struct json_value *value, struct buffer *out);

#endif
