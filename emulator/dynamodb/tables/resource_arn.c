#include "resource_arn.h"

#include <ctype.h>

#include "errors.h"
#include "table_description.h"

bool resource_arn_check_early(const struct ddb_call *call, struct aws_error *err)
{
    return request_get(call->request, "ResourceArn") != NULL ||
           aws_fail(err, &ddb_validation_exception, "Invalid TableArn");
}

static struct str resource_arn(const struct ddb_call *call)
{
    return request_string(call->request, STR("ResourceArn"));
}

bool resource_arn_fail_not_found(const struct ddb_call *call, struct aws_error *err)
{
    return aws_fail(err, &ddb_resource_not_found_exception,
                    "Requested resource not found: ResourceArn: %.*s not found",
                    STR_ARG(resource_arn(call)));
}

static bool is_table_name(struct str name)
{
    if (name.len < 3 || name.len > TABLE_NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (!isalnum((unsigned char)name.ptr[i]) && strchr("_.-", name.ptr[i]) == NULL)
            return false;
    }
    return true;
}

/* table/NAME, or table/NAME/stream/LABEL, which has no tags here. */
static bool read_resource(const struct ddb_call *call, struct str resource, struct str *ret,
                          struct aws_error *err)
{
    struct str arn = resource_arn(call), rest = resource;

    (void)str_split(&rest, '/');
    struct str name = str_split(&rest, '/');
    if (rest.len > 0 && !str_starts_with(rest, STR("stream/")))
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Invalid resource arn provided, only table or stream is accepted. "
                             "Provided resource arn: %.*s",
                        STR_ARG(arn));
    if (!str_starts_with(resource, STR("table/")) || !is_table_name(name))
        return aws_fail(err, &ddb_validation_exception,
                        "Invalid TableArn: Invalid ResourceArn provided as input %.*s",
                        STR_ARG(arn));
    if (rest.len > 0)
        return resource_arn_fail_not_found(call, err);
    *ret = name;
    return true;
}

/* arn:aws:dynamodb:{region}:{account}:{resource} */
bool resource_arn_table(const struct ddb_call *call, const char *action, struct str *ret,
                        struct aws_error *err)
{
    struct str arn = resource_arn(call), rest = arn;

    if (!str_starts_with(arn, STR("arn:")))
        return aws_fail(err, &ddb_validation_exception, OMPV "ARNs must start with 'arn:': %.*s",
                        STR_ARG(arn));
    (void)str_split(&rest, ':');
    (void)str_split(&rest, ':');
    struct str service = str_split(&rest, ':'), region = str_split(&rest, ':');
    struct str account = str_split(&rest, ':');
    if (!str_eq(service, STR("dynamodb")))
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Provided Arn is not a DynamoDB resource arn: %.*s", STR_ARG(arn));
    if (!str_eq(region, call->region))
        return aws_fail(err, &ddb_validation_exception,
                        "Invalid TableArn: Invalid ResourceArn provided as input %.*s",
                        STR_ARG(arn));
    if (!str_eq(account, STR(DDB_ACCOUNT)))
        return aws_fail(err, &ddb_access_denied_exception,
                        "User: arn:aws:iam::" DDB_ACCOUNT ":root is not authorized to perform: "
                        "dynamodb:%s on resource: %.*s",
                        action, STR_ARG(arn));
    return read_resource(call, rest, ret, err);
}

bool resource_arn_update(struct ddb_call *call, struct str name, struct table_edit *edit,
                         struct aws_error *err)
{
    struct table *old = NULL, *table = NULL;

    if (!catalogue_update(call->catalogue, name, edit, call->arena, &old, &table, err))
        return err->kind == &ddb_resource_not_found_exception
                   ? resource_arn_fail_not_found(call, err)
                   : false;
    table_release(old);
    table_release(table);
    return true;
}
