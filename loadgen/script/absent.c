/* A squall built without JavaScriptCore's headers: collections with scripts say so. */
#include "loadgen/script_engine.h"

bool script_engine_is_built(void)
{
    return false;
}

bool script_engine_new(const struct script_setup *setup, const struct script_host *host,
                       struct script_engine **ret, struct aws_error *err)
{
    (void)setup;
    (void)host;
    (void)ret;
    return aws_fail(err, &error_environment,
                    "this squall was built without scripts (meson -Dscripts=enabled with "
                    "libjavascriptcoregtk-4.1-dev); leave them out with --no-scripts");
}

void script_engine_free(struct script_engine *engine)
{
    assert(engine == NULL);
}

/* There is no engine, so nobody calls these. */

static struct script_outcome never(void)
{
    assert(!"there is no engine");
    return (struct script_outcome){0};
}

void script_iteration(struct script_engine *engine, size_t user, uint64_t iteration, size_t row)
{
    (void)engine;
    (void)user;
    (void)iteration;
    (void)row;
    (void)never();
}

struct script_outcome script_begin(struct script_engine *engine, size_t user, size_t request,
                                   enum script_phase phase, int status, double time_ms)
{
    (void)engine;
    (void)user;
    (void)request;
    (void)phase;
    (void)status;
    (void)time_ms;
    return never();
}

struct script_outcome script_timer(struct script_engine *engine, size_t user, uint32_t id)
{
    (void)engine;
    (void)user;
    (void)id;
    return never();
}

struct script_outcome script_answered(struct script_engine *engine, size_t user, uint32_t id,
                                      const struct script_answer *answer)
{
    (void)engine;
    (void)user;
    (void)id;
    (void)answer;
    return never();
}

struct script_outcome script_abandon(struct script_engine *engine, size_t user, const char *message)
{
    (void)engine;
    (void)user;
    (void)message;
    return never();
}

struct str script_request(struct script_engine *engine, size_t user, struct arena *arena)
{
    (void)engine;
    (void)user;
    (void)arena;
    (void)never();
    return (struct str){0};
}

bool script_next(struct script_engine *engine, size_t user, struct arena *arena, struct str *ret)
{
    (void)engine;
    (void)user;
    (void)arena;
    (void)ret;
    return never().waiting;
}

bool script_lookup(struct script_engine *engine, size_t user, struct str name, struct arena *arena,
                   struct str *ret)
{
    (void)engine;
    (void)user;
    (void)name;
    (void)arena;
    (void)ret;
    return never().waiting;
}

struct str script_variables(struct script_engine *engine, size_t user, const char *scope,
                            struct arena *arena)
{
    (void)engine;
    (void)user;
    (void)scope;
    (void)arena;
    (void)never();
    return (struct str){0};
}
