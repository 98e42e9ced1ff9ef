/* Functions with a `bootstrap`: refused with a clear error. */
#include "environment.h"

static bool init(struct execution_environment *env)
{
    env_fail(env, "Runtime.InvalidEntrypoint", "functions in processes are not part of this build");
    return false;
}

static void nothing(struct execution_environment *env)
{
    (void)env;
}

static int64_t max_memory_mb(struct execution_environment *env)
{
    (void)env;
    return 1;
}

const struct env_kind env_in_child = {init, nothing, nothing, nothing, max_memory_mb};
