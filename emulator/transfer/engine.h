/*
 * The DynamoDB that data comes out of or goes into: a data folder, opened by this process, or any
 * endpoint over HTTP. Calls are made by any number of threads.
 */
#ifndef TRANSFER_ENGINE_H
#define TRANSFER_ENGINE_H

#include "base/json.h"
#include "client/dynamodb_client.h"
#include "dynamodb/dynamodb.h"

/* Of one call: request, answer and its tree. An answer has up to 1 MB of items, as DynamoDB counts.
 */
enum { ENGINE_CALL_BYTES_MAX = 256 * 1024 * 1024 };

struct engine_options {
    const char *data;     /* NULL: not given */
    const char *endpoint; /* NULL: not given */
    const char *region;   /* NULL: AWS_REGION, AWS_DEFAULT_REGION, us-east-1 */
    bool create;          /* a data folder that is not there is made */
};

struct engine {
    struct dynamodb *dynamodb; /* NULL over HTTP */
    struct dynamodb_client in_process;
    struct dynamodb_client *http; /* NULL for a folder */
    struct str region;
    const char *where; /* the folder or the URL, for messages */
};

/*
 * `data` or `endpoint`, else AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL, else the folder .squall.
 * Errors: error_usage for both or no URL; error_environment for a folder that is not there, locked
 * or damaged.
 */
MUST_CHECK bool engine_open(const struct engine_options *options, struct engine *ret,
                            struct aws_error *err);
void engine_close(struct engine *engine);

/* One call; the answer is in `arena`, whatever it is. */
void engine_call(const struct engine *engine, struct str operation, struct str request,
                 struct arena *arena, struct dynamodb_response *ret);
/* As an error that names operation, engine and DynamoDB's own error; answers false. Its kind is
 * error_usage where what was asked for is wrong or not there, else error_environment. */
bool engine_fail(const struct engine *engine, const char *operation,
                 const struct dynamodb_response *response, struct aws_error *err);
/* One call that has to succeed: its answer's tree. Errors: engine_fail()'s. */
MUST_CHECK bool engine_ask(const struct engine *engine, struct str operation, struct str request,
                           struct arena *arena, struct json_value **ret, struct aws_error *err);

bool engine_error_is(const struct dynamodb_response *response, const char *name);

#endif
