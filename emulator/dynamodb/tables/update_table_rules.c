#include "update_table_rules.h"

#include "errors.h"
#include "shape.h"
#include "table_rules.h"

static unsigned index_parts(const struct json_value *changes)
{
    unsigned parts = 0;

    for (const struct json_value *change = changes == NULL ? NULL : changes->child; change != NULL;
         change = change->next) {
        parts |= request_get(change, "Create") != NULL ? UPDATE_INDEX_CREATE : 0u;
        parts |= request_get(change, "Update") != NULL ? UPDATE_INDEX_UPDATE : 0u;
        parts |= request_get(change, "Delete") != NULL ? UPDATE_INDEX_DELETE : 0u;
    }
    return parts;
}

unsigned update_table_parts(const struct json_value *request)
{
    static const struct {
        struct str member;
        enum update_part part;
    } rows[] = {
        {STR_INIT("ProvisionedThroughput"), UPDATE_THROUGHPUT},
        {STR_INIT("BillingMode"), UPDATE_BILLING_MODE},
        {STR_INIT("StreamSpecification"), UPDATE_STREAM},
        {STR_INIT("SSESpecification"), UPDATE_ENCRYPTION},
        {STR_INIT("DeletionProtectionEnabled"), UPDATE_PROTECTION},
        {STR_INIT("OnDemandThroughput"), UPDATE_ON_DEMAND_LIMIT},
        {STR_INIT("WarmThroughput"), UPDATE_WARM},
        {STR_INIT("TableClass"), UPDATE_TABLE_CLASS},
    };
    unsigned parts = index_parts(request_get(request, "GlobalSecondaryIndexUpdates"));

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (request_member(request, rows[i].member) != NULL)
            parts |= rows[i].part;
    }
    return parts;
}

static bool fail(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception, "%s", text);
}

static bool fail_ompv(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception, OMPV "%s", text);
}

/* An empty list of index updates is nothing, unless there is something else. */
static bool check_any(const struct json_value *request, struct aws_error *err)
{
    const struct json_value *changes = request_get(request, "GlobalSecondaryIndexUpdates");

    if (update_table_parts(request) == 0 && (changes == NULL || changes->count == 0))
        return fail(err, "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
                         "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, "
                         "MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
                         "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or "
                         "TableClass is required");
    if (changes != NULL && changes->count == 0)
        return fail_ompv(err, "List of GlobalSecondaryIndexUpdates is empty");
    return true;
}

static bool check_billing(const struct json_value *request, struct aws_error *err)
{
    const struct json_value *throughput = request_get(request, "ProvisionedThroughput");
    struct str mode = request_string(request, STR("BillingMode"));

    if (str_eq(mode, STR("PAY_PER_REQUEST")) && throughput != NULL)
        return fail_ompv(err, "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
                              "when BillingMode is PAY_PER_REQUEST");
    if (str_eq(mode, STR("PROVISIONED")) && throughput == NULL)
        return fail_ompv(err,
                         "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    return throughput == NULL || table_rules_check_units(throughput, err);
}

static struct str changed_index(const struct json_value *change)
{
    static const struct str actions[] = {STR_INIT("Update"), STR_INIT("Create"),
                                         STR_INIT("Delete")};

    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        const struct json_value *action = request_member(change, actions[i]);

        if (action != NULL)
            return request_string(action, STR("IndexName"));
    }
    return (struct str){0};
}

static bool check_change(const struct json_value *changes, const struct json_value *change,
                         struct aws_error *err)
{
    int actions = (request_get(change, "Update") != NULL) +
                  (request_get(change, "Create") != NULL) + (request_get(change, "Delete") != NULL);
    struct str name = changed_index(change);

    if (actions == 0)
        return fail_ompv(err, "One of GlobalSecondaryIndexUpdate.Update, "
                              "GlobalSecondaryIndexUpdate.Create, "
                              "GlobalSecondaryIndexUpdate.Delete must not be null");
    if (actions > 1)
        return fail_ompv(err, "Only one global secondary index action is allowed per "
                              "GlobalSecondaryIndexUpdate object");
    for (const struct json_value *other = changes->child; other != change; other = other->next) {
        if (str_eq(changed_index(other), name))
            return aws_fail(err, &ddb_validation_exception,
                            OMPV "Only one global secondary index update per index is allowed "
                                 "simultaneously. Index: %.*s",
                            STR_ARG(name));
    }
    return true;
}

static bool check_changes(const struct json_value *request, struct aws_error *err)
{
    const struct json_value *changes = request_get(request, "GlobalSecondaryIndexUpdates");

    for (const struct json_value *change = changes == NULL ? NULL : changes->child; change != NULL;
         change = change->next) {
        if (!check_change(changes, change, err))
            return false;
    }
    return true;
}

/* What may not come together. The two about IOPS sound like a moment's state; they are not. */
static bool check_combination(unsigned parts, struct aws_error *err)
{
    static const struct {
        unsigned part;
        unsigned forbidden; /* beside it */
        const char *text;
    } rows[] = {
        {UPDATE_ENCRYPTION, UPDATE_EVERYTHING & ~UPDATE_ENCRYPTION,
         "Server-Side Encryption modification must be the only operation in the request"},
        {UPDATE_PROTECTION, UPDATE_EVERYTHING & ~UPDATE_PROTECTION,
         "DeletionProtection modification must be the only operation in the request"},
        {UPDATE_TABLE_CLASS, UPDATE_EVERYTHING & ~UPDATE_TABLE_CLASS,
         "TableClass modification must be the only operation in the request"},
        {UPDATE_ON_DEMAND_LIMIT,
         UPDATE_EVERYTHING & ~(UPDATE_ON_DEMAND_LIMIT | UPDATE_BILLING_MODE),
         "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"},
        {UPDATE_WARM, UPDATE_INDEX_CREATE,
         "Create global secondary index cannot be specified when updating WarmThroughput"},
        {UPDATE_WARM, UPDATE_EVERYTHING & ~UPDATE_WARM,
         "WarmThroughput must be the only operation in the request"},
        {UPDATE_STREAM, UPDATE_THROUGHPUT,
         "You cannot modify stream status while updating table IOPS"},
        {UPDATE_INDEX_CREATE | UPDATE_INDEX_DELETE, UPDATE_THROUGHPUT,
         "You cannot create or delete index while updating table IOPS"},
        {UPDATE_INDEX_CREATE | UPDATE_INDEX_DELETE, UPDATE_STREAM,
         "You cannot create or delete index while changing stream status"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if ((parts & rows[i].part) != 0 && (parts & rows[i].forbidden) != 0)
            return fail_ompv(err, rows[i].text);
    }
    return true;
}

static bool check_stream(const struct json_value *request, struct aws_error *err)
{
    const struct json_value *stream = request_get(request, "StreamSpecification");
    bool enabled = request_bool(stream, STR("StreamEnabled"), false);
    bool typed = request_get(stream, "StreamViewType") != NULL;

    if (enabled && !typed)
        return fail_ompv(err, "If stream is being enabled then UpdateViewType is required");
    if (stream != NULL && !enabled && typed)
        return fail_ompv(err,
                         "If stream is being disabled, then UpdateViewType must not be specified");
    return true;
}

bool update_table_rules_check(const struct json_value *request, struct aws_error *err)
{
    return check_any(request, err) && table_rules_check_class(request, err) &&
           check_billing(request, err) && check_changes(request, err) &&
           check_combination(update_table_parts(request), err) && check_stream(request, err) &&
           table_rules_check_encryption(request, err);
}
