/*
 * Rooms that this version is built without answer here, weakly: a room's own functions take their
 * place as soon as they are linked.
 */
#include "dynamodb/dynamodb.h"

#define WEAK __attribute__((weak))

WEAK bool dynamodb_open(const struct dynamodb_options *options, struct dynamodb **ret,
                        struct aws_error *err)
{
    (void)options, (void)ret, (void)err;
    return true;
}

WEAK void dynamodb_close(struct dynamodb *db)
{
    (void)db;
}

WEAK void dynamodb_execute(struct dynamodb *db, struct str operation, struct str request,
                           struct str region, struct arena *arena, struct dynamodb_answer *ret)
{
    (void)db, (void)operation, (void)request, (void)region, (void)arena;
    ret->status = 200;

    ret->body = STR("{}");
}

WEAK void dynamodb_handle_http(void *state, struct http_exchange *exchange)
{
    (void)state;
    exchange->response.status = 400;
    exchange->response.body = STR("{\"__type\":\"UnknownOperationException\"}");
    http_exchange_finish(exchange);
}

WEAK void dynamodb_count(struct dynamodb *db, struct dynamodb_counters *ret)
{
    (void)db, (void)ret;
}
