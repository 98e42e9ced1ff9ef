#include "partiql_error.h"

#include "errors.h"

static const struct {
    const struct error_kind *kind;
    struct str code;
} codes[] = {
    {&ddb_access_denied_exception, STR_INIT("AccessDenied")},
    {&ddb_conditional_check_failed_exception, STR_INIT("ConditionalCheckFailed")},
    {&ddb_duplicate_item_exception, STR_INIT("DuplicateItem")},
    {&ddb_item_collection_size_limit_exceeded_exception,
     STR_INIT("ItemCollectionSizeLimitExceeded")},
    {&ddb_provisioned_throughput_exceeded_exception, STR_INIT("ProvisionedThroughputExceeded")},
    {&ddb_request_limit_exceeded, STR_INIT("RequestLimitExceeded")},
    {&ddb_resource_not_found_exception, STR_INIT("ResourceNotFound")},
    {&ddb_throttling_exception, STR_INIT("ThrottlingError")},
    {&ddb_transaction_conflict_exception, STR_INIT("TransactionConflict")},
    {&ddb_validation_exception, STR_INIT("ValidationError")},
};

struct str partiql_error_code(const struct aws_error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (codes[i].kind == err->kind)
            return codes[i].code;
    }
    return STR("InternalServerError");
}
