#include "publisher.h"

#include "base/rng.h"
#include "execution_error.h"

enum {
    ARENA_BYTES = 4 * 1024 * 1024,
    UPDATE_DELAY_FIRST_MS = 1000, /* the SDK's waiter functionUpdated as the tool sets it */
    ACTIVE_DELAY_FIRST_MS = 5000, /* functionActive's default */
    DELAY_LONGEST_MS = 60 * 1000,
    WAIT_LONGEST_MS = 300 * 1000, /* the time-out of the tool's own tasks */
};

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "no memory for a call");
}

/* The pause before poll `attempt` (from 1): random up to an exponentially growing length. */
static int64_t waiter_delay_ms(int64_t first_ms, int attempt)
{
    int64_t longest = first_ms;
    struct rng rng;

    for (int i = 1; i < attempt && longest < DELAY_LONGEST_MS; i++)
        longest *= 2;
    rng_init_random(&rng);
    return first_ms + (int64_t)rng_below(&rng, (uint64_t)(longest - first_ms) + 1);
}

/* Polls once: sets *done, or fails. */
typedef bool poll_function(const struct function_configuration *configuration, bool *done,
                           struct aws_error *err);

static bool poll_update(const struct function_configuration *configuration, bool *done,
                        struct aws_error *err)
{
    if (configuration->update == UPDATE_FAILED)
        return aws_fail(err, &error_execution, "the update of the function failed: %.*s",
                        STR_ARG(configuration->update_reason));
    *done = configuration->update == UPDATE_SUCCESSFUL;
    return true;
}

static bool poll_state(const struct function_configuration *configuration, bool *done,
                       struct aws_error *err)
{
    (void)err;
    *done = !configuration->pending;
    return true;
}

static bool wait_until(const struct lambda_api *api, struct str function, struct str qualifier,
                       poll_function *poll, int64_t first_ms, struct aws_error *err)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct function_configuration configuration;
    int64_t waited_ms = 0;
    bool ok = false, done = false;

    if (arena == NULL)
        return no_memory(err);
    for (int attempt = 1; !done; attempt++) {
        arena_reset(arena);
        if (!lambda_get_configuration(api, function, qualifier, arena, &configuration, err) ||
            !poll(&configuration, &done, err))
            goto done;
        if (done)
            break;
        int64_t delay_ms = waiter_delay_ms(first_ms, attempt);
        waited_ms += delay_ms;
        if (waited_ms > WAIT_LONGEST_MS) {
            (void)aws_fail(err, &error_execution, "the function was not ready after %d s",
                           WAIT_LONGEST_MS / 1000);
            goto done;
        }
        if (!lambda_api_sleep(api, delay_ms, err))
            goto done;
    }
    ok = true;
done:
    arena_free(arena);
    return ok;
}

bool wait_until_updated(const struct lambda_api *api, struct str function, struct aws_error *err)
{
    return wait_until(api, function, (struct str){NULL, 0}, poll_update, UPDATE_DELAY_FIRST_MS,
                      err);
}

bool wait_until_active(const struct lambda_api *api, struct str function, struct str alias,
                       struct aws_error *err)
{
    return wait_until(api, function, alias, poll_state, ACTIVE_DELAY_FIRST_MS, err);
}

static bool point_alias(const struct lambda_api *api, struct str function, struct str alias,
                        struct str version, struct arena *arena, struct aws_error *err)
{
    struct aws_error reason = {0};
    struct str old_version;
    bool ok;

    if (lambda_get_alias(api, function, alias, arena, &old_version, &reason)) {
        ok = lambda_update_alias(api, function, alias, version, arena, &reason);
    } else {
        if (reason.kind != &error_resource_not_found) {
            *err = reason;
            return false;
        }
        reason = (struct aws_error){0};
        ok = lambda_create_alias(api, function, alias, version, arena, &reason);
    }
    if (ok || strstr(reason.message, "Alias already exists") != NULL)
        return true;
    *err = reason;
    return false;
}

bool publish_configuration(const struct lambda_api *api, struct str function,
                           const struct power_configuration *configuration, struct aws_error *err)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct aws_error ignored = {0};
    struct lambda_api unstoppable = *api;
    struct str version;
    bool ok = false;

    if (arena == NULL)
        return no_memory(err);
    unstoppable.stop = NULL;
    if (!lambda_update_configuration(api, function, configuration->memory_mb,
                                     configuration->description, arena, err) ||
        !wait_until_updated(api, function, err) ||
        !lambda_publish_version(api, function, arena, &version, err))
        goto done;
    if (configuration->alias.len > 0 &&
        !point_alias(api, function, configuration->alias, version, arena, err)) {
        /* The alias's error is the one to tell. */
        bool deleted = lambda_delete_version(&unstoppable, function, version, arena, &ignored);
        (void)deleted;
        goto done;
    }
    ok = true;
done:
    arena_free(arena);
    return ok;
}

bool delete_configuration(const struct lambda_api *api, struct str function, struct str alias,
                          struct aws_error *err)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct aws_error reason = {0};
    struct str version;

    if (arena == NULL)
        return no_memory(err);
    bool ok = lambda_get_alias(api, function, alias, arena, &version, &reason) &&
              lambda_delete_alias(api, function, alias, arena, &reason) &&
              lambda_delete_version(api, function, version, arena, &reason);
    if (!ok && reason.kind == &error_resource_not_found)
        ok = true;
    if (!ok)
        *err = reason;
    arena_free(arena);
    return ok;
}
