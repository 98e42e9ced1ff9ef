#include "invoke.h"

#include "base/log.h"
#include "environment_call.h"
#include "errors.h"
#include "function_name.h"
#include "payload_error.h"
#include "route.h"

static bool check_size(const struct invocation *invocation, struct aws_error *err)
{
    if (invocation->asynchronous && invocation->event.len > LAMBDA_EVENT_PAYLOAD_BYTES)
        return aws_fail(err, &lambda_request_too_large,
                        "%zu byte payload is too large for the Event invocation type (limit %d "
                        "bytes)",
                        invocation->event.len, LAMBDA_EVENT_PAYLOAD_BYTES);
    if (invocation->event.len > LAMBDA_REQUEST_BYTES)
        return aws_fail(err, &lambda_request_entity_too_large,
                        "Request must be smaller than 6291456 bytes for the InvokeFunction "
                        "operation");
    return true;
}

static bool check_event(const struct invocation *invocation, struct aws_error *err)
{
    struct json_error why = {0};

    if (invocation->event.len == 0 || json_is_valid(invocation->event, &why))
        return true;
    return payload_fail(invocation->event, &why, err);
}

/* Leaves the plain name and the qualifier in the invocation. */
static bool split_name(struct lambda_service *service, struct invocation *invocation,
                       struct aws_error *err)
{
    struct function_name name = {0};

    if (invocation->function.len <= LAMBDA_FUNCTION_NAME_BYTES && invocation->qualifier.len == 0 &&
        function_name_is_plain(invocation->function))
        return true;
    if (!function_name_parse(invocation->function, invocation->qualifier, &name, err))
        return false;
    if (name.account_id.len > 0 && !str_eq(name.account_id, str_from_c(service->account_id)))
        return aws_fail(err, &lambda_access_denied,
                        "User is not authorized to perform: lambda:InvokeFunction on resource: "
                        "%.*s",
                        STR_ARG(invocation->function));
    invocation->function = name.name;
    invocation->qualifier = name.qualifier;
    return true;
}

static bool fail_not_found(const struct lambda_service *service,
                           const struct invocation *invocation, struct aws_error *err)
{
    struct str qualifier = invocation->qualifier.len == 0 ? STR("$LATEST") : invocation->qualifier;

    return aws_fail(err, &lambda_resource_not_found,
                    "Function not found: arn:aws:lambda:%s:%s:function:%.*s:%.*s", service->region,
                    service->account_id, STR_ARG(invocation->function), STR_ARG(qualifier));
}

static struct function_version *find_locked(struct lambda_service *service,
                                            const struct invocation *invocation)
{
    const struct lambda_function *function = store_find(&service->store, invocation->function);

    return function == NULL ? NULL
                            : function_resolve(&service->store, function, invocation->qualifier);
}

static bool fail_throttled_locked(struct lambda_service *service, struct str reason,
                                  struct aws_error *err)
{
    service->counters.throttles++;
    err->detail = reason;
    return aws_fail(err, &lambda_too_many_requests, "Rate Exceeded.");
}

/* Concurrency: a function's own reservation, else what no function has reserved. */
static bool admit_locked(struct lambda_service *service, const struct lambda_function *function,
                         struct aws_error *err)
{
    if (service->stopping)
        return aws_fail(err, &lambda_service_exception, "The emulator is stopping.");
    if (function->reserved >= 0 && function->in_flight >= function->reserved)
        return fail_throttled_locked(
            service, STR("\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\""), err);
    if (function->reserved < 0 &&
        service->in_flight >= LAMBDA_CONCURRENCY - service->store.reserved_sum)
        return fail_throttled_locked(service,
                                     STR("\"Reason\":\"ConcurrentInvocationLimitExceeded\""), err);
    return true;
}

static bool admit_cold_locked(struct lambda_service *service, struct aws_error *err)
{
    if (service->lost < LAMBDA_LOST_ENVIRONMENTS)
        return true;
    return aws_fail(err, &lambda_service_exception,
                    "%d handlers have not returned after their time-out and hold their threads; "
                    "--isolate runs functions in processes, which can be ended.",
                    LAMBDA_LOST_ENVIRONMENTS);
}

static struct execution_environment *pop_idle_locked(struct function_version *version)
{
    struct execution_environment *env = version->idle;

    if (env == NULL)
        return NULL;
    version->idle = env->next_idle;
    env->next_idle = NULL;
    env_set_state_locked(env, ENV_BUSY);
    return env;
}

/*
 * Finds and reserves: on success the call counts as in flight, and `*ret_env` is an environment
 * that only this thread has, or NULL where one is to be made of `*ret_version`, with a reference.
 */
static bool reserve(struct lambda_service *service, const struct invocation *invocation,
                    struct function_version **ret_version, struct execution_environment **ret_env,
                    struct aws_error *err)
{
    bool ok = false;

    (void)pthread_mutex_lock(&service->lock);
    struct function_version *version = find_locked(service, invocation);
    if (version == NULL) {
        (void)fail_not_found(service, invocation, err);
        goto done;
    }
    if (!admit_locked(service, version->function, err))
        goto done;
    struct execution_environment *env = pop_idle_locked(version);
    if (env == NULL) {
        if (!admit_cold_locked(service, err))
            goto done;
        version->references++;
        service->counters.cold_starts++;
    }
    service->in_flight++;
    version->function->in_flight++;
    *ret_version = version;
    *ret_env = env;
    ok = true;
done:
    (void)pthread_mutex_unlock(&service->lock);
    return ok;
}

static void fail_call(struct invocation *invocation)
{
    invocation->done(invocation);
}

/* Gives back what reserve() took, when no environment could be made. */
static void unreserve(struct lambda_service *service, struct function_version *version)
{
    (void)pthread_mutex_lock(&service->lock);
    service->in_flight--;
    version->function->in_flight--;
    version_release(version);
    (void)pthread_mutex_unlock(&service->lock);
}

static struct execution_environment *
cold_start(struct lambda_service *service, struct function_version *version, struct aws_error *err)
{
    env_join_finished(service);
    struct execution_environment *env = env_new(service, version);
    if (env != NULL)
        return env;
    unreserve(service, version);
    log_error("no memory or no thread for an environment of function '%.*s'",
              STR_ARG(version->function->name));
    (void)aws_fail(err, &lambda_service_exception,
                   "Lambda encountered an internal error: no execution environment could be made.");
    return NULL;
}

static bool may_run_in_place(const struct lambda_service *service,
                             const struct execution_environment *env,
                             const struct invocation *invocation)
{
    const struct dynamodb_client *dynamodb = service->dynamodb;

    return env->kind == &env_in_process && service->cpu == CPU_OFF && service->latency == NULL &&
           route_may_run_in_place(invocation->route_history) &&
           (dynamodb == NULL || dynamodb->may_wait == NULL || !dynamodb->may_wait(dynamodb->state));
}

static void run_in_place(struct execution_environment *env, struct invocation *invocation)
{
    int64_t duration_ns = env_run_in_place(env, invocation);

    if (env->call.waited || route_is_overrun(duration_ns, env->call.queued_ns))
        route_note_overrun(invocation->route_history);
    env_release(env);
    invocation->done(invocation);
}

void invoke_now(struct lambda_service *service, struct invocation *invocation)
{
    struct function_version *version = NULL;
    struct execution_environment *env = NULL;
    struct aws_error *err = &invocation->error;

    if (!reserve(service, invocation, &version, &env, err) ||
        (env == NULL && (env = cold_start(service, version, err)) == NULL)) {
        fail_call(invocation);
        return;
    }
    bool in_place = env->initialised && may_run_in_place(service, env, invocation);
    if (!env_prepare(env, invocation, in_place)) {
        (void)aws_fail(err, &lambda_service_exception, "The event does not fit into memory");
        env_discard(env);
        fail_call(invocation);
        return;
    }
    if (in_place) {
        run_in_place(env, invocation);
        return;
    }
    if (invocation->will_wait != NULL)
        invocation->will_wait(invocation);
    env_start(env, invocation);
}

bool invoke_check(struct lambda_service *service, struct invocation *invocation,
                  struct aws_error *err)
{
    return check_size(invocation, err) && split_name(service, invocation, err) &&
           check_event(invocation, err);
}

/* A request that runs nothing still has its own identifier, and the function must be there. */
static bool look_up(struct lambda_service *service, struct invocation *invocation,
                    struct aws_error *err)
{
    (void)pthread_mutex_lock(&service->lock);
    uuid_v4(&service->rng, invocation->request_id);
    bool found = find_locked(service, invocation) != NULL;
    (void)pthread_mutex_unlock(&service->lock);
    return found || fail_not_found(service, invocation, err);
}

void lambda_invoke(struct lambda_service *service, struct invocation *invocation)
{
    struct aws_error *err = &invocation->error;

    err->kind = NULL;
    err->detail = (struct str){NULL, 0};
    invocation->payload = invocation->executed_version = invocation->log_result =
        (struct str){NULL, 0};
    invocation->function_error = false;
    invocation->request_id[0] = '\0';
    if (!invoke_check(service, invocation, err)) {
        invocation->done(invocation);
        return;
    }
    if (!invocation->asynchronous && !invocation->dry_run) {
        invoke_now(service, invocation);
        return;
    }
    /* What could not be accepted says so in `err`. */
    bool accepted = look_up(service, invocation, err) &&
                    (invocation->dry_run || async_accept(service, invocation, err));
    assert(accepted == (err->kind == NULL));
    invocation->done(invocation);
}
