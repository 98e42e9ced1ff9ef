/*
 * A handler for the tests of the service: the event's first byte behind '{"' says what to do.
 *   e  answers the event          f  fails          l  logs a line, then answers
 *   n  answers nothing            s  sleeps 300 ms  b  blocks until test_handler_unblock
 *   c  counts calls in the environment's state      r  answers the remaining time
 *   u  uses CPU for 10 ms         U  for 100 ms
 *   x  sleeps in its own way, 20 ms
 *   d  calls DynamoDB and answers its status
 */
#include "squall/lambda.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Set by the test through dlsym(): handlers that block return. */
extern atomic_bool test_handler_unblock;
atomic_bool test_handler_unblock;

struct state {
    int calls;
};

static bool init(struct lambda_context *context, void **state)
{
    *state = calloc(1, sizeof(struct state));
    if (lambda_environment(context, "FAIL_INIT") != NULL) {
        free(*state);
        *state = NULL;
        return false;
    }
    return *state != NULL;
}

static void sleep_by_itself(long ms)
{
    struct timespec pause = {.tv_nsec = ms * 1000000};

    (void)nanosleep(&pause, NULL);
}

static void use_cpu(long ms)
{
    struct timespec start, now;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    do
        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < ms * 1000000);
}

static void answer_int(struct lambda_context *context, long long value)
{
    char text[32];
    int length = snprintf(text, sizeof(text), "%lld", value);

    lambda_respond(context, text, (size_t)length);
}

static void handle(void *state, const char *event, size_t length, struct lambda_context *context)
{
    static const char error[] = "{\"errorMessage\": \"no\", \"errorType\": \"ValueError\"}";
    struct state *own = state;
    struct dynamodb_response response;

    own->calls++;
    switch (length > 2 ? event[2] : 'e') {
    case 'f':
        lambda_fail(context, error, sizeof(error) - 1, "ValueError");
        break;
    case 'l':
        lambda_log(context, "a line", 6);
        lambda_respond(context, event, length);
        break;
    case 'n':
        break;
    case 's':
        lambda_sleep_ms(context, 300);
        lambda_respond(context, event, length);
        break;
    case 'b':
        while (!test_handler_unblock)
            sleep_by_itself(5);
        lambda_respond(context, event, length);
        break;
    case 'c':
        answer_int(context, own->calls);
        break;
    case 'r':
        answer_int(context, lambda_remaining_ms(context));
        break;
    case 'u':
        use_cpu(10);
        lambda_respond(context, event, length);
        break;
    case 'U':
        use_cpu(100);
        lambda_respond(context, event, length);
        break;
    case 'd':
        dynamodb_call(context, "GetItem", "{}", 2, &response);
        answer_int(context, response.http_status);
        break;
    case 'x':
        sleep_by_itself(20);
        lambda_respond(context, event, length);
        break;
    default:
        lambda_respond(context, event, length);
        break;
    }
}

const struct lambda_handler squall_lambda_handler = {
    .abi = SQUALL_LAMBDA_ABI,
    .init = init,
    .handle = handle,
    .shutdown = free,
};
