#include "../test.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>

#include "lambda/service.h"

/* A service with one function, `fn`, and a caller that waits. */
struct bench {
    struct lambda_service *service;
    struct arena *arena;
    uint32_t history;
};

struct waiting {
    struct invocation invocation;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool waits;
    bool done;
};

static struct lambda_service_options options_for_tests(void)
{
    return (struct lambda_service_options){
        .region = STR("us-east-1"),
        .account_id = STR("000000000000"),
        .clock = clock_system(),
        .seed = 7,
    };
}

static void bench_begin(struct bench *bench, const struct lambda_service_options *options,
                        const struct function_spec *spec)
{
    struct aws_error err = {0};

    *bench = (struct bench){.arena = arena_new(64 * 1024 * 1024)};
    if (!lambda_service_new(options, &bench->service, &err) ||
        !lambda_function_create(bench->service, spec, &err))
        fail_msg("%s", err.message);
}

static struct function_spec spec_for_tests(void)
{
    return (struct function_spec){
        .name = STR("fn"),
        .code = str_from_c(TEST_HANDLER),
        .timeout_s = 1,
        .reserved_concurrency = -1,
    };
}

static void bench_end(struct bench *bench)
{
    lambda_service_stop(bench->service, 2000);
    lambda_service_free(bench->service);
    arena_free(bench->arena);
}

static void on_wait(struct invocation *invocation)
{
    struct waiting *waiting = invocation->caller;

    waiting->waits = true;
}

static void on_done(struct invocation *invocation)
{
    struct waiting *waiting = invocation->caller;

    (void)pthread_mutex_lock(&waiting->lock);
    waiting->done = true;
    (void)pthread_cond_signal(&waiting->changed);
    (void)pthread_mutex_unlock(&waiting->lock);
}

static struct waiting *call_begin(struct bench *bench, struct str event)
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
        .will_wait = on_wait,
        .done = on_done,
    };
    lambda_invoke(bench->service, &waiting->invocation);
    return waiting;
}

static struct invocation *call_end(struct waiting *waiting)
{
    (void)pthread_mutex_lock(&waiting->lock);
    while (!waiting->done)
        (void)pthread_cond_wait(&waiting->changed, &waiting->lock);
    (void)pthread_mutex_unlock(&waiting->lock);
    return &waiting->invocation;
}

static struct invocation *call(struct bench *bench, struct str event)
{
    return call_end(call_begin(bench, event));
}

static void answers_are_what_the_handler_sent(void **state)
{
    static const struct {
        struct str event, payload;
        bool failed;
    } rows[] = {
        {STR_INIT("{\"e\":1}"), STR_INIT("{\"e\":1}"), false},
        {STR_INIT(""), STR_INIT("{}"), false},
        {STR_INIT("{\"n\":1}"), STR_INIT("null"), false},
        {STR_INIT("{\"f\":1}"),
         STR_INIT("{\"errorMessage\": \"no\", \"errorType\": \"ValueError\"}"), true},
        {STR_INIT("{\"c\":1}"), STR_INIT("5"), false}, /* one environment served all of them */
    };
    struct bench bench;
    struct lambda_service_options options = options_for_tests();
    struct function_spec spec = spec_for_tests();

    (void)state;
    bench_begin(&bench, &options, &spec);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct invocation *invocation = call(&bench, rows[i].event);
        assert_null(invocation->error.kind);
        assert_str_equal(invocation->payload, rows[i].payload);
        assert_int_equal(invocation->function_error, rows[i].failed);
        assert_str_equal(invocation->executed_version, STR("$LATEST"));
        arena_free(invocation->arena);
    }
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_what_the_handler_sent),
    };

    return cmocka_run_group_tests_name("lambda/service", tests, NULL, NULL);
}
