/*
 * DynamoDB as a function sees it: an operation's name, its request as the low-level API has it
 * (typed attribute values), and the answer. In the emulator a call goes straight into the DynamoDB
 * room; with an endpoint, and on AWS, it is a signed HTTP request with retries as the SDKs make
 * them.
 *
 * Source: DynamoDB Developer Guide, "DynamoDB low-level API".
 */
#ifndef SQUALL_DYNAMODB_H
#define SQUALL_DYNAMODB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * http_status: 200, or the error's status; 0 when no answer came (error_type and error_message then
 *              say why).
 * body:        the answer, JSON text, NUL-terminated; lives until the invocation ends.
 * error_type:  the exception's short name ("ResourceNotFoundException"), NULL on success.
 */
struct dynamodb_response {
    int http_status;
    const char *body;
    size_t body_length;
    const char *error_type;
    const char *error_message;
    const char *request_id; /* x-amzn-RequestId */
    uint32_t crc32;         /* x-amz-crc32 of the body */
    int64_t date_ms;        /* the answer's Date, since 1970 */
    int retry_attempts;
    bool retries_exhausted; /* the last of the attempts failed with an error worth another */
};

#endif
