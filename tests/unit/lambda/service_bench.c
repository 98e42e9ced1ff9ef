#include "service_bench.h"

#include <dlfcn.h>
#include <stdatomic.h>

#include "base/base64.h"

struct bench bench_default(void)
{
    return (struct bench){
        .options = {.region = STR("us-east-1"),
                    .account_id = STR("000000000000"),
                    .clock = clock_system(),
                    .seed = 7},
        .spec = {.name = STR("fn"),
                 .code = str_from_c(TEST_HANDLER),
                 .timeout_s = 1,
                 .reserved_concurrency = -1},
    };
}

void bench_begin(struct bench *bench)
{
    struct aws_error err = {0};

    bench->arena = arena_new(64 * 1024 * 1024);
    if (!lambda_service_new(&bench->options, &bench->service, &err) ||
        !lambda_function_create(bench->service, &bench->spec, &err))
        fail_msg("%s", err.message);
}

void bench_end(struct bench *bench)
{
    lambda_service_stop(bench->service, 2000);
    lambda_service_free(bench->service);
    arena_free(bench->arena);
}

void bench_on_wait(struct invocation *invocation)
{
    struct waiting *waiting = invocation->caller;

    waiting->waits = true;
}

void bench_on_done(struct invocation *invocation)
{
    struct waiting *waiting = invocation->caller;

    (void)pthread_mutex_lock(&waiting->lock);
    waiting->done = true;
    (void)pthread_cond_signal(&waiting->changed);
    (void)pthread_mutex_unlock(&waiting->lock);
}

struct waiting *call_begin(struct bench *bench, struct str event)
{
    struct waiting *waiting = arena_alloc(bench->arena, sizeof(*waiting));

    (void)pthread_mutex_init(&waiting->lock, NULL);
    (void)pthread_cond_init(&waiting->changed, NULL);
    waiting->invocation = (struct invocation){
        .function = STR("fn"),
        .event = event,
        .log_tail = true,
        .arena = arena_new(16 * 1024 * 1024),
        .route_history = &bench->history,
        .caller = waiting,
        .will_wait = bench_on_wait,
        .done = bench_on_done,
    };
    lambda_invoke(bench->service, &waiting->invocation);
    return waiting;
}

struct invocation *call_end(struct waiting *waiting)
{
    (void)pthread_mutex_lock(&waiting->lock);
    while (!waiting->done)
        (void)pthread_cond_wait(&waiting->changed, &waiting->lock);
    (void)pthread_mutex_unlock(&waiting->lock);
    return &waiting->invocation;
}

struct invocation *call(struct bench *bench, struct str event)
{
    return call_end(call_begin(bench, event));
}

void bench_unblock(bool unblocked)
{
    void *library = dlopen(TEST_HANDLER, RTLD_NOW | RTLD_NOLOAD);
    atomic_bool *flag = dlsym(library, "test_handler_unblock");

    *flag = unblocked;
    (void)dlclose(library);
}

void assert_tail(struct bench *bench, const struct invocation *invocation, const char *text)
{
    struct str decoded = {0};

    assert_true(base64_decode(bench->arena, invocation->log_result, &decoded));
    if (str_find(decoded, str_from_c(text)) == decoded.len)
        fail_msg("'%s' is not in the log '%.*s'", text, STR_ARG(decoded));
}
