/*
 * CPU-bound: how many primes are there up to n? Trial division by odd numbers, so that the work
 * grows with n^1.5 and nothing is allocated. Event {"n": 100000}, answer
 * {"n":100000,"primes":9592}.
 */
#include "../answer.h"

enum { N_MAX = 50 * 1000 * 1000 };

static bool is_prime(int64_t number)
{
    if (number % 2 == 0)
        return number == 2;
    for (int64_t divisor = 3; divisor * divisor <= number; divisor += 2) {
        if (number % divisor == 0)
            return false;
    }
    return number > 1;
}

static void handle(void *state, const char *event, size_t event_length,
                   struct lambda_context *context)
{
    char answer[64];
    int64_t n = 0, primes = 0;

    (void)state;
    if (!answer_read_int(context, event, event_length, "n", 0, N_MAX, &n))
        return;
    for (int64_t number = 2; number <= n; number++)
        primes += is_prime(number);
    int length = snprintf(answer, sizeof(answer), "{\"n\":%lld,\"primes\":%lld}", (long long)n,
                          (long long)primes);
    lambda_respond(context, answer, (size_t)length);
}

const struct lambda_handler squall_lambda_handler = {SQUALL_LAMBDA_ABI, NULL, handle, NULL};
