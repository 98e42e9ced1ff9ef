#include "loadgen/connect_ahead.h"

#include "base/log.h"
#include "loadgen/virtual_user.h"

struct opening {
    struct lane *lane;
    struct target *target;
    size_t wanted, begun;
    size_t done; /* of the begun, open or failed */
    int64_t begun_ns, progress_ns;
    bool told;
};

static size_t count_done(const struct opening *opening)
{
    size_t count = 0;

    for (size_t i = 0; i < opening->begun; i++)
        count += opening->lane->users[i].exchange.connection.state != CONNECTION_OPENING ? 1 : 0;
    return count;
}

static void look(struct opening *opening, int64_t now_ns)
{
    size_t done = count_done(opening);

    if (done > opening->done)
        opening->progress_ns = now_ns;
    opening->done = done;
}

static void begin_some(struct opening *opening)
{
    for (size_t i = 0; i < CONNECT_AHEAD_A_TICK && opening->begun < opening->wanted &&
                       opening->begun - opening->done < CONNECT_AHEAD_OPENING;
         i++) {
        struct virtual_user *user = &opening->lane->users[opening->begun++];
        client_connection_open(&user->exchange.connection, opening->target);
    }
}

/* Somebody who waits for a run to begin is told what for. */
static void tell(struct opening *opening, int64_t now_ns)
{
    if (opening->told || opening->lane->index > 0 || now_ns - opening->begun_ns < NS_PER_S)
        return;
    opening->told = true;
    log_notice("the users connect before the run begins");
}

static void on_tick(uv_timer_t *timer)
{
    struct opening *opening = timer->data;
    int64_t now_ns = (int64_t)uv_hrtime();

    look(opening, now_ns);
    if (opening->done == opening->wanted || run_is_stopping(opening->lane->run) ||
        now_ns - opening->progress_ns > CONNECT_AHEAD_WAIT_MS * NS_PER_MS) {
        (void)uv_timer_stop(timer);
        uv_stop(&opening->lane->loop);
        return;
    }
    begin_some(opening);
    tell(opening, now_ns);
}

void connect_ahead(struct lane *lane)
{
    struct opening opening = {.lane = lane, .target = lane->plan_targets[0]};

    opening.wanted = lane_users_wanted(lane, 0);
    opening.begun_ns = opening.progress_ns = (int64_t)uv_hrtime();
    if (opening.wanted <= CONNECT_AHEAD_USERS || lane->run->options.schedule != NULL ||
        opening.target == NULL)
        return;
    lane->tick.data = &opening;
    if (uv_timer_start(&lane->tick, on_tick, 0, RUN_TICK_MS) == 0)
        (void)uv_run(&lane->loop, UV_RUN_DEFAULT);
    lane->tick.data = lane;
}
