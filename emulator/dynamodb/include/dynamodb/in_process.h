/* The room behind the interface that functions have of any DynamoDB: a call, and no wire. */
#ifndef DYNAMODB_IN_PROCESS_H
#define DYNAMODB_IN_PROCESS_H

#include "client/dynamodb_client.h"
#include "dynamodb/dynamodb.h"

/* Lives as long as `db`. */
struct dynamodb_client dynamodb_in_process(struct dynamodb *db);

#endif
