#include "table_name.h"

#include "errors.h"

enum { TABLE_NAME_MIN = 3 };

bool table_name_check_early(const struct ddb_call *call, struct aws_error *err)
{
    struct str name = request_string(call->request, STR("TableName"));

    if (request_get(call->request, "TableName") == NULL)
        return aws_fail(err, &ddb_validation_exception,
                        "The parameter 'TableName' is required but was not present in the request");
    if (str_starts_with(name, STR("arn:")))
        return true;
    if (name.len < TABLE_NAME_MIN || name.len > TABLE_NAME_BYTES_MAX)
        return aws_fail(err, &ddb_validation_exception,
                        "TableName must be at least 3 characters long and at most 255 characters "
                        "long");
    return true;
}

/* arn:aws:dynamodb:{region}:{account}:table/{name} */
bool table_name_read(const struct ddb_call *call, struct str text, struct str *ret,
                     struct aws_error *err)
{
    struct str rest = text;

    if (!str_starts_with(text, STR("arn:"))) {
        *ret = text;
        return true;
    }
    for (int i = 0; i < 3; i++)
        (void)str_split(&rest, ':');
    if (!str_eq(str_split(&rest, ':'), call->region))
        return aws_fail(err, &ddb_validation_exception, "Invalid AWS region in '%.*s'",
                        STR_ARG(text));
    (void)str_split(&rest, ':');
    if (!str_starts_with(rest, STR("table/")))
        return aws_fail(err, &ddb_validation_exception,
                        "Invalid TableArn: Invalid ResourceArn provided as input %.*s",
                        STR_ARG(text));
    *ret = str_slice(rest, strlen("table/"), rest.len);
    return true;
}

bool table_name_lookup(const struct ddb_call *call, struct str text, struct table **ret,
                       struct aws_error *err)
{
    struct str name = {0};

    if (!table_name_read(call, text, &name, err))
        return false;
    *ret = catalogue_find(call->catalogue, name);
    if (*ret != NULL)
        return true;
    return aws_fail(err, &ddb_resource_not_found_exception, "Requested resource not found");
}

bool table_name_find(const struct ddb_call *call, struct table **ret, struct aws_error *err)
{
    return table_name_lookup(call, request_string(call->request, STR("TableName")), ret, err);
}

bool table_name_find_control(const struct ddb_call *call, struct table **ret, struct aws_error *err)
{
    struct str name = {0};

    if (!table_name_read(call, request_string(call->request, STR("TableName")), &name, err))
        return false;
    *ret = catalogue_find(call->catalogue, name);
    if (*ret != NULL)
        return true;
    return aws_fail(err, &ddb_resource_not_found_exception,
                    "Requested resource not found: Table: %.*s not found", STR_ARG(name));
}
