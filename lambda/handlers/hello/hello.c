/* The smallest function: the same answer to every event, fit for proxy and non-proxy routes. */
#include "squall/lambda.h"

static void handle(void *state, const char *event, size_t event_length,
                   struct lambda_context *context)
{
    static const char answer[] = "{\"statusCode\":200,"
                                 "\"headers\":{\"Content-Type\":\"application/json\"},"
                                 "\"body\":\"{\\\"message\\\":\\\"hello\\\"}\"}";

    (void)state, (void)event, (void)event_length;
    lambda_respond(context, answer, sizeof(answer) - 1);
}

const struct lambda_handler squall_lambda_handler = {SQUALL_LAMBDA_ABI, NULL, handle, NULL};
