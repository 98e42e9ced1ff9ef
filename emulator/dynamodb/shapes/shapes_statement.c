/* The requests that hold PartiQL statements. */
#include "shape_parts.h"

static const struct shape statement = {
    .type = SHAPE_STRING, .min = 1, .max = 8192, .bounded_below = true, .constrained = true};
static const struct shape parameters = {.type = SHAPE_LIST,
                                        .element = &shape_attribute_value,
                                        .min = 1,
                                        .bounded_below = true,
                                        .constrained = true};
static const struct shape next_token = {
    .type = SHAPE_STRING, .min = 1, .max = 32768, .bounded_below = true, .constrained = true};

static const struct shape_member execute_statement_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("Statement"), &statement, true},
    {STR_INIT("Parameters"), &parameters, false},
    {STR_INIT("Limit"), &shape_limit, false},
    {STR_INIT("NextToken"), &next_token, false},
    {STR_INIT("ConsistentRead"), &shape_boolean, false},
    {STR_INIT("ReturnValuesOnConditionCheckFailure"), &shape_return_values_on_failure, false},
};
const struct shape shape_execute_statement = {.name = "ExecuteStatementInput",
                                              SHAPE_MEMBERS(execute_statement_members)};

static const struct shape_member batch_statement_members[] = {
    {STR_INIT("Statement"), &statement, true},
    {STR_INIT("Parameters"), &parameters, false},
    {STR_INIT("ConsistentRead"), &shape_boolean, false},
    {STR_INIT("ReturnValuesOnConditionCheckFailure"), &shape_return_values_on_failure, false},
};
static const struct shape batch_statement = {.name = "BatchStatementRequest",
                                             SHAPE_MEMBERS(batch_statement_members)};
static const struct shape batch_statements = {.type = SHAPE_LIST,
                                              .element = &batch_statement,
                                              .min = 1,
                                              .max = 25,
                                              .bounded_below = true,
                                              .constrained = true};
static const struct shape_member batch_execute_statement_members[] = {
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("Statements"), &batch_statements, true},
};
const struct shape shape_batch_execute_statement = {.name = "BatchExecuteStatementInput",
                                                    SHAPE_MEMBERS(batch_execute_statement_members)};

static const struct shape_member transact_statement_members[] = {
    {STR_INIT("Statement"), &statement, true},
    {STR_INIT("Parameters"), &parameters, false},
    {STR_INIT("ReturnValuesOnConditionCheckFailure"), &shape_return_values_on_failure, false},
};
static const struct shape transact_statement = {.name = "ParameterizedStatement",
                                                SHAPE_MEMBERS(transact_statement_members)};
static const struct shape transact_statements = {.type = SHAPE_LIST,
                                                 .element = &transact_statement,
                                                 .min = 1,
                                                 .max = 100,
                                                 .bounded_below = true,
                                                 .constrained = true};
static const struct shape_member execute_transaction_members[] = {
    {STR_INIT("ClientRequestToken"), &shape_client_request_token, false},
    {STR_INIT("ReturnConsumedCapacity"), &shape_return_consumed_capacity, false},
    {STR_INIT("TransactStatements"), &transact_statements, true},
};
const struct shape shape_execute_transaction = {.name = "ExecuteTransactionInput",
                                                SHAPE_MEMBERS(execute_transaction_members)};
