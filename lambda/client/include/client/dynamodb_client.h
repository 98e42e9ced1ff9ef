/*
 * One interface to DynamoDB for both hosts of a function: straight into the emulator's DynamoDB
 * room, or over HTTP.
 */
#ifndef CLIENT_DYNAMODB_CLIENT_H
#define CLIENT_DYNAMODB_CLIENT_H

#include "base/arena.h"
#include "base/error.h"
#include "squall/dynamodb.h"

/*
 * call() may be used by many threads at once. What `ret` points to lives in `arena`. It never fails
 * otherwise than through `ret` (http_status 0).
 */
struct dynamodb_client {
    void *state;
    void (*call)(void *state, struct str operation, struct str request, struct str region,
                 struct arena *arena, struct dynamodb_response *ret);
    /*
     * Whether a call now may wait for a disk. What else it waits for is other callers, briefly.
     * NULL: waits as any network does, unforeseen.
     */
    bool (*may_wait)(void *state);
};

/*
 * A client of the endpoint `url` ("http://127.0.0.1:8000"; NULL:
 * https://dynamodb.{region}.amazonaws.com), signed (SigV4, libcurl) with the credentials of the
 * environment (AWS_ACCESS_KEY_ID ...) or, where there are none, with local ones; for the region
 * that the URL names, where it does. Connections are kept and reused; failed calls are retried with
 * back-off as the SDKs do (standard mode, four attempts). Errors: error_usage for no URL.
 */
MUST_CHECK bool dynamodb_http_client_new(struct str url, struct dynamodb_client **ret,
                                         struct aws_error *err);
/* "https://dynamodb.eu-west-1.amazonaws.com" -> "eu-west-1", borrowed; empty for a host that is not
 * AWS's. A call there has to be signed for that region, whatever the caller's own is. */
struct str dynamodb_url_region(struct str url);
void dynamodb_http_client_free(struct dynamodb_client *client);

#endif
