#include "transact_write.h"

#include "errors.h"
#include "write_metrics.h"

/* --- reasons -------------------------------------------------------------------------------- */

static const struct {
    const struct error_kind *kind;
    struct str code;
} codes[] = {
    {&ddb_conditional_check_failed_exception, STR_INIT("ConditionalCheckFailed")},
    {&ddb_duplicate_item_exception, STR_INIT("DuplicateItem")},
    {&ddb_item_collection_size_limit_exceeded_exception,
     STR_INIT("ItemCollectionSizeLimitExceeded")},
    {&ddb_provisioned_throughput_exceeded_exception, STR_INIT("ProvisionedThroughputExceeded")},
    {&ddb_throttling_exception, STR_INIT("ThrottlingError")},
    {&ddb_transaction_conflict_exception, STR_INIT("TransactionConflict")},
    {&ddb_validation_exception, STR_INIT("ValidationError")},
};

static struct str code_of(const struct aws_error *why)
{
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (codes[i].kind == why->kind)
            return codes[i].code;
    }
    return STR("None");
}

static void write_reason(struct json_writer *out, const struct aws_error *why)
{
    json_object_begin(out);
    json_field_string(out, STR("Code"), code_of(why));
    if (why->kind == &ddb_conditional_check_failed_exception && why->detail.len > 0) {
        buffer_add_char(out->out, ',');
        buffer_add(out->out, why->detail);
    }
    if (why->kind != NULL)
        json_field_string(out, STR("Message"), aws_error_text(why));
    json_object_end(out);
}

bool transaction_cancel(const struct aws_error *(*why)(const void *parts, size_t index),
                        const void *parts, size_t count, struct arena *arena, struct aws_error *err)
{
    static const struct aws_error none = {0};
    struct json_writer writer;
    struct buffer reasons, text;
    struct str message;
    size_t invalid = 0;

    while (invalid < count && why(parts, invalid)->kind != &ddb_validation_exception)
        invalid++;
    buffer_init(&reasons, arena);
    buffer_init(&text, arena);
    json_writer_init(&writer, &reasons, JSON_COMPACT);
    buffer_add_literal(&reasons, "\"CancellationReasons\":");
    buffer_add_literal(&text, "Transaction cancelled, please refer cancellation reasons for "
                              "specific reasons [");
    json_array_begin(&writer);
    for (size_t i = 0; i < count; i++) {
        const struct aws_error *reason = invalid == count || invalid == i ? why(parts, i) : &none;

        write_reason(&writer, reason);
        buffer_add(&text, i > 0 ? STR(", ") : STR(""));
        buffer_add(&text, code_of(reason));
    }
    json_array_end(&writer);
    buffer_add_char(&text, ']');
    if (!buffer_done(&text, &message) || !buffer_done(&reasons, &err->detail))
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    return aws_fail_text(err, &ddb_transaction_canceled_exception, message);
}

static const struct aws_error *write_error(const void *writes, size_t index)
{
    return &((const struct item_write *)writes)[index].err;
}

/* --- the transaction ------------------------------------------------------------------------ */

/* Of items that are put, of keys, and of what updates bring. */
static bool check_payload(const struct write_set *set, struct aws_error *err)
{
    int64_t bytes = 0;

    for (size_t i = 0; i < set->count; i++)
        bytes += (int64_t)(item_size(&set->writes[i].item) + set->writes[i].update_bytes);
    return bytes <= TRANSACTION_BYTES_MAX ||
           aws_fail(err, &ddb_validation_exception,
                    "Transaction payload size cannot exceed 4MB. Payload Size: %lld",
                    (long long)bytes);
}

/* A repetition reads where the first time wrote. */
static void count_as_reads(const struct write_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct store_target *target = &set->writes[i].target;

        set->writes[i].used = (struct capacity){
            .table_units = capacity_of_read(target->found ? target->item.size : 0, true)};
    }
}

static bool finish(struct write_set *set, bool ok, struct aws_error *err)
{
    struct transact_write *transaction = (struct transact_write *)set;
    struct ddb_call *call = set->call;

    if (set->token != NULL)
        request_token_end(set->token, call->tokens);
    if (!ok)
        return set->writes_failed
                   ? transaction_cancel(write_error, set->writes, set->count, call->arena, err)
                   : false;
    transaction->repeated = set->token != NULL && set->token->state == TOKEN_REPEATED;
    if (transaction->repeated)
        count_as_reads(set);
    return transaction->answer(transaction, err);
}

bool transact_write_run(struct transact_write *transaction, struct aws_error *err)
{
    struct write_set *set = &transaction->set;
    struct ddb_call *call = set->call;
    struct str text = request_string(call->request, STR("ClientRequestToken"));

    if (!check_payload(set, err))
        return false;
    if (text.len > 0 &&
        !request_token_begin(&transaction->token, call->tokens, text, transaction->parameters,
                             call->clock, call->arena, err))
        return false;
    set->token = text.len > 0 ? &transaction->token : NULL;
    set->duplicates = TRANSACTION_DUPLICATES;
    set->finish = finish;
    for (size_t i = 0; i < set->count; i++)
        set->writes[i].in_transaction = true;
    return write_set_run(set, err);
}

bool transact_write_metrics(const struct transact_write *transaction, struct aws_error *err)
{
    return write_metrics(
        &transaction->set,
        transaction->repeated ? CAPACITY_OF_TRANSACT_READ : CAPACITY_OF_TRANSACT_WRITE, err);
}
