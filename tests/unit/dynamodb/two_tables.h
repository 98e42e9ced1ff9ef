/*
 * Rows of operation_rows.h that make two tables: "one" with a partition key, "two" with a sort key
 * beside it and an index of each kind; and keys of theirs.
 */
#ifndef TESTS_TWO_TABLES_H
#define TESTS_TWO_TABLES_H

#define TWO_TABLES_ROW(name, definitions, schema)                                                  \
    "CreateTable",                                                                                 \
        "{'TableName':'" name "','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':["         \
        "{'AttributeName':'p','AttributeType':'S'}" definitions "],'KeySchema':["                  \
        "{'AttributeName':'p','KeyType':'HASH'}" schema "}",                                       \
        200, "{any}"
#define TWO_TABLES_NAMES                                                                           \
    ",{'AttributeName':'s','AttributeType':'N'},{'AttributeName':'g','AttributeType':'S'}"
#define TWO_TABLES_SCHEMA                                                                          \
    ",{'AttributeName':'s','KeyType':'RANGE'}],'LocalSecondaryIndexes':[{'IndexName':'lsi',"       \
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'g','KeyType':"          \
    "'RANGE'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}],'GlobalSecondaryIndexes':[{"          \
    "'IndexName':'gsi','KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{"        \
    "'ProjectionType':'ALL'}}]"
#define TABLE_ONE TWO_TABLES_ROW("one", "", "]")
#define TABLE_TWO TWO_TABLES_ROW("two", TWO_TABLES_NAMES, TWO_TABLES_SCHEMA)

#define A         "'p':{'S':'a'}"
#define B         "'p':{'S':'b'}"
#define C         "'p':{'S':'c'}"
#define A1        A ",'s':{'N':'1'}"
#define A2        A ",'s':{'N':'2'}"

#endif
