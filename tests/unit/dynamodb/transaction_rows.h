/* Rows of operation_rows.h that are transactions over two_tables.h, in macros that name their
 * parts. */
#ifndef TESTS_TRANSACTION_ROWS_H
#define TESTS_TRANSACTION_ROWS_H

#include "operation_rows.h"
#include "two_tables.h"

#define PUT(table, item, more)   "{'Put':{'TableName':'" table "','Item':{" item "}" more "}}"
#define DELETE(table, key, more) "{'Delete':{'TableName':'" table "','Key':{" key "}" more "}}"
#define UPDATE(table, key, expression, more)                                                       \
    "{'Update':{'TableName':'" table "','Key':{" key "},'UpdateExpression':'" expression "'" more  \
    "}}"
#define CHECK(table, key, condition, more)                                                         \
    "{'ConditionCheck':{'TableName':'" table "','Key':{" key "},'ConditionExpression':'" condition \
    "'" more "}}"
#define FETCH(table, key, more) "{'Get':{'TableName':'" table "','Key':{" key "}" more "}}"
#define IF(condition)           ",'ConditionExpression':'" condition "'"
#define VALUE(value)            ",'ExpressionAttributeValues':{':v':" value "}"
#define ALL_OLD                 ",'ReturnValuesOnConditionCheckFailure':'ALL_OLD'"
#define WRITE(actions, options) "TransactWriteItems", "{'TransactItems':[" actions "]" options "}"
#define READ(items, options)    "TransactGetItems", "{'TransactItems':[" items "]" options "}"
#define GET(table, key)         "GetItem", "{'TableName':'" table "','Key':{" key "}}"
#define INDEXES                 ",'ReturnConsumedCapacity':'INDEXES'"
#define TOKEN(text)             ",'ClientRequestToken':'" text "'"

#define CANCELED(reasons, codes)                                                                   \
    "{'__type':'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',"                   \
    "'CancellationReasons':[" reasons "],'Message':'Transaction cancelled, please refer "          \
    "cancellation reasons for specific reasons [" codes "]'}"
#define NONE "{'Code':'None'}"
#define FAILED(item)                                                                               \
    "{'Code':'ConditionalCheckFailed'" item ",'Message':'The conditional request failed'}"
#define INVALID(text)       "{'Code':'ValidationError','Message':'" text "'}"
#define NO_SCHEMA           "The provided key element does not match the schema"
#define OMPV                "One or more parameter values were invalid: "

#define UNITS(units, which) "'CapacityUnits':" units ",'" which "CapacityUnits':" units
#define WRITTEN(units, more, name)                                                                 \
    "{'CapacityUnits':" units more ",'TableName':'" name "','WriteCapacityUnits':" units "}"
#define READ_UNITS(units, name)                                                                    \
    "{'CapacityUnits':" units ",'ReadCapacityUnits':" units                                        \
    ",'Table':{" UNITS(units, "Read") "},'TableName':'" name "'}"

#endif
