/* ExecuteStatement: one PartiQL statement. */
#include "errors.h"
#include "partiql_request.h"
#include "partiql_select.h"
#include "partiql_write.h"

bool execute_statement_run(struct ddb_call *call, struct aws_error *err)
{
    struct partiql_statement statement;

    if (!partiql_request_read(call->request, call->arena, &statement, NULL, err))
        return false;
    switch (statement.kind) {
    case PARTIQL_SELECT:
        return partiql_select_run(call, &statement, err);
    case PARTIQL_INSERT:
    case PARTIQL_UPDATE:
    case PARTIQL_DELETE:
        return partiql_write_run(call, &statement, err);
    case PARTIQL_EXISTS:
        break;
    }
    return aws_fail(err, &ddb_validation_exception,
                    "EXISTS can only be used in ExecuteTransaction write requests.");
}
