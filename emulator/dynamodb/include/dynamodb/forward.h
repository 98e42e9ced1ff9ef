/*
 * Another DynamoDB in our place: each request of the wire goes on to an endpoint (DynamoDB Local,
 * ScyllaDB Alternator, AWS) with its method, path, headers and body, and the endpoint's answer
 * comes back byte for byte: status, headers, and the body as it was sent, compressed where it was.
 *
 * Signature. With credentials in the environment (AWS_ACCESS_KEY_ID ...) a call is signed anew with
 * them, for the caller's region, or for the one that an AWS endpoint's name says. Then it acts with
 * our rights: it has to be a signed call itself, as on our own wire, and no web page of a foreign
 * origin may make it. Without credentials the caller's own signature goes on untouched, and the
 * Host that it covers with it: the endpoint decides about both.
 *
 * Retries. What the endpoint answers is never tried again, be it a 500 or a throttled write: the
 * caller's SDK retries it, with a budget of its own, and the two would multiply (4 attempts of 4).
 * Nor is a call that was sent and got no answer: it may have been done, and a condition would fail
 * the second time; the SDK knows that and decides. Tried again, after the SDKs' back-off, is only
 * the connection that could not be made, for then nothing has happened: no more than a few tenths
 * of a second, an endpoint's restart. After that the answer is a 503, which SDKs retry.
 *
 * Kept connections are reused; a call has CALL_TIMEOUT_MS, less than the SDKs wait for an answer.
 * Sources: HTTP/1.1 (RFC 9110, section 7.6.1) for what is one hop's own; Signature Version 4.
 */
#ifndef DYNAMODB_FORWARD_H
#define DYNAMODB_FORWARD_H

#include "base/error.h"
#include "dynamodb/dynamodb.h"
#include "http/http.h"

struct dynamodb_forward;

/*
 * url:     of the endpoint: "http://127.0.0.1:8000", "https://dynamodb.eu-west-1.amazonaws.com".
 * host:    what our listeners listen on, constant as long as the forward lives.
 * Errors:  error_environment: no memory, no threads.
 */
MUST_CHECK bool dynamodb_forward_new(struct str url, struct str host, struct dynamodb_forward **ret,
                                     struct aws_error *err);
/* Ends calls under way within a second, each with its answer, and answers 503 to further ones;
 * before the HTTP server is freed, for which it has its answers. NULL is accepted. */
void dynamodb_forward_stop(struct dynamodb_forward *forward);
/* After the HTTP server, whose event threads call it. NULL is accepted. */
void dynamodb_forward_free(struct dynamodb_forward *forward);

/* http_service.handle; the state is the forward. Never blocks: calls wait on threads of their own.
 */
void dynamodb_forward_http(void *state, struct http_exchange *exchange);

/* Operations and errors alone. */
void dynamodb_forward_count(struct dynamodb_forward *forward, struct dynamodb_counters *ret);

#endif
