/* Waits without using CPU, as a function does that calls a slow service. Event {"ms": 100}, answer
 * {"slept_ms":100}. */
#include "../answer.h"

enum { SLEEP_MS_MAX = 900 * 1000 };

static void handle(void *state, const char *event, size_t event_length,
                   struct lambda_context *context)
{
    char answer[64];
    int64_t ms = 0;

    (void)state;
    if (!answer_read_int(context, event, event_length, "ms", 0, SLEEP_MS_MAX, &ms))
        return;
    lambda_sleep_ms(context, ms);
    int length = snprintf(answer, sizeof(answer), "{\"slept_ms\":%lld}", (long long)ms);
    lambda_respond(context, answer, (size_t)length);
}

const struct lambda_handler squall_lambda_handler = {SQUALL_LAMBDA_ABI, NULL, handle, NULL};
