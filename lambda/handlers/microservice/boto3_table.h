/*
 * boto3's Table resource in C: parameters and answers in native JSON values, DynamoDB's typed
 * attribute values between.
 *
 * A number stays the digits it was; sets and binary values cannot be written in the event's JSON,
 * and are answered as arrays and as Base64 text. Source: boto3 1.40, dynamodb/transform.py and
 * dynamodb/types.py; botocore, validate.py.
 */
#ifndef MICROSERVICE_BOTO3_TABLE_H
#define MICROSERVICE_BOTO3_TABLE_H

#include "base/json.h"
#include "squall/dynamodb.h"

/*
 * The low-level request of `parameters`, an object, for the table. `operation`: DynamoDB's name of
 * one that parameters_of() knows. False with `*problems` in botocore's words ("Parameter validation
 * failed:\n...") for parameters that botocore would not send; empty past the arena's limit.
 */
bool table_request(struct str operation, struct str table_name, const struct json_value *parameters,
                   struct arena *arena, struct str *ret, struct str *problems);

/* The native answer with its ResponseMetadata. False when it is no JSON, or past the arena's limit.
 */
bool table_answer(const struct dynamodb_response *response, struct arena *arena, struct str *ret);

#endif
