#include "housekeeper.h"

#include <pthread.h>
#include <time.h>

#include "backfill.h"
#include "base/log.h"
#include "expiry.h"
#include "stream_trim.h"

enum { ARENA_BYTES = 64 * 1024 * 1024, LOOK_EVERY_MS = 1000, TRIM_EVERY_MS = 60000 };

/* A round does all that is due. `lock` guards the counts; the rest is the thread's own. */
struct housekeeper {
    struct store *store;
    struct catalogue *catalogue;
    struct arena *arena;
    struct backfill backfill;
    int64_t swept_ms;   /* wall time of the last sweep */
    int64_t trimmed_ms; /* of the last look at the streams' records */
    bool watches; /* a table has a time to live or a stream, or something failed: look again */
    bool failing; /* told once, until it works again */
    pthread_t thread;
    bool running;
    _Atomic bool stop;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_cond_t done;
    uint64_t asked;  /* rounds wanted */
    uint64_t served; /* rounds that began when so many were wanted, and have ended */
};

/* --- a round -------------------------------------------------------------------------------- */

/* A full disk: one line, and again in a second. */
static bool tell(struct housekeeper *housekeeper, bool ok, const struct aws_error *err)
{
    if (!ok && !housekeeper->failing)
        log_error("DynamoDB cannot fill an index or delete what is over: %s", err->message);
    housekeeper->failing = !ok;
    return ok;
}

struct sweep {
    struct housekeeper *housekeeper;
    struct aws_error err;
};

static bool sweep_table(void *state, struct table *table)
{
    struct sweep *sweep = state;
    struct housekeeper *housekeeper = sweep->housekeeper;

    housekeeper->watches = housekeeper->watches || table->stream_count > 0;
    if (expiry_index(table) == NULL)
        return !atomic_load(&housekeeper->stop);
    housekeeper->watches = true;
    return expiry_sweep(housekeeper->store, housekeeper->catalogue, table->name, &housekeeper->stop,
                        housekeeper->arena, &sweep->err);
}

/* Records are hours old when they go. */
static bool trim_streams(struct housekeeper *housekeeper, struct aws_error *err)
{
    int64_t now_ms = catalogue_now_ms(housekeeper->catalogue);

    if (now_ms >= housekeeper->trimmed_ms && now_ms < housekeeper->trimmed_ms + TRIM_EVERY_MS)
        return true;
    housekeeper->trimmed_ms = now_ms;
    return stream_trim(housekeeper->store, housekeeper->catalogue, &housekeeper->stop,
                       housekeeper->arena, err);
}

static bool sweep_all(struct housekeeper *housekeeper, struct aws_error *err)
{
    struct sweep sweep = {.housekeeper = housekeeper};

    housekeeper->watches = false;
    housekeeper->swept_ms = catalogue_now_ms(housekeeper->catalogue);
    (void)catalogue_each(housekeeper->catalogue, sweep_table, &sweep);
    *err = sweep.err;
    return sweep.err.kind == NULL && trim_streams(housekeeper, err);
}

/* A large index takes minutes: what expires meanwhile does not wait for it. */
static bool fill_all(struct housekeeper *housekeeper, struct aws_error *err)
{
    bool ok = true, more = true;

    while (ok && more && !atomic_load(&housekeeper->stop)) {
        if (catalogue_now_ms(housekeeper->catalogue) >= housekeeper->swept_ms + LOOK_EVERY_MS &&
            !sweep_all(housekeeper, err))
            return false;
        arena_reset(housekeeper->arena);
        ok = backfill_step(&housekeeper->backfill, housekeeper->store, housekeeper->catalogue,
                           housekeeper->arena, &more, err);
    }
    return ok;
}

static bool is_asked(struct housekeeper *housekeeper, uint64_t asked)
{
    pthread_mutex_lock(&housekeeper->lock);
    bool again = housekeeper->asked != asked;
    pthread_mutex_unlock(&housekeeper->lock);
    return again || atomic_load(&housekeeper->stop);
}

/* Nobody waits for it: a new round, which comes back to it, goes before. */
static bool clear_all(struct housekeeper *housekeeper, uint64_t asked, struct aws_error *err)
{
    bool ok = true, more = true;

    while (ok && more && !is_asked(housekeeper, asked))
        ok = catalogue_clear_step(housekeeper->catalogue, &more, err);
    return ok;
}

/* What the index of expiry has got just now is due, too. */
static void run_round(struct housekeeper *housekeeper, uint64_t asked)
{
    struct aws_error err = {0};

    bool ok = fill_all(housekeeper, &err) && sweep_all(housekeeper, &err) &&
              clear_all(housekeeper, asked, &err);
    if (!tell(housekeeper, ok, &err))
        housekeeper->watches = true;
}

/* --- the thread ----------------------------------------------------------------------------- */

static void wait_locked(struct housekeeper *housekeeper)
{
    struct timespec until;

    if (!housekeeper->watches) {
        (void)pthread_cond_wait(&housekeeper->wake, &housekeeper->lock);
        return;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_EVERY_MS / 1000;
    if (pthread_cond_timedwait(&housekeeper->wake, &housekeeper->lock, &until) != 0)
        housekeeper->asked++;
}

static void *run(void *state)
{
    struct housekeeper *housekeeper = state;

    pthread_mutex_lock(&housekeeper->lock);
    while (!atomic_load(&housekeeper->stop)) {
        if (housekeeper->asked == housekeeper->served) {
            wait_locked(housekeeper);
            continue;
        }
        uint64_t asked = housekeeper->asked;
        pthread_mutex_unlock(&housekeeper->lock);
        run_round(housekeeper, asked);
        pthread_mutex_lock(&housekeeper->lock);
        housekeeper->served = asked;
        pthread_cond_broadcast(&housekeeper->done);
    }
    pthread_mutex_unlock(&housekeeper->lock);
    return NULL;
}

bool housekeeper_start(struct store *store, struct catalogue *catalogue, struct housekeeper **ret,
                       struct aws_error *err)
{
    struct housekeeper *housekeeper = calloc(1, sizeof(*housekeeper));
    pthread_condattr_t attributes;

    if (housekeeper == NULL)
        return aws_fail(err, &error_environment, "no memory for DynamoDB");
    housekeeper->store = store;
    housekeeper->catalogue = catalogue;
    housekeeper->asked = 1;
    housekeeper->arena = arena_new(ARENA_BYTES);
    pthread_mutex_init(&housekeeper->lock, NULL);
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&housekeeper->wake, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    pthread_cond_init(&housekeeper->done, NULL);
    housekeeper->running = housekeeper->arena != NULL &&
                           pthread_create(&housekeeper->thread, NULL, run, housekeeper) == 0;
    if (!housekeeper->running) {
        housekeeper_stop(housekeeper);
        return aws_fail(err, &error_environment, "no thread for DynamoDB's own work");
    }
    *ret = housekeeper;
    return true;
}

void housekeeper_stop(struct housekeeper *housekeeper)
{
    if (housekeeper == NULL)
        return;
    pthread_mutex_lock(&housekeeper->lock);
    atomic_store(&housekeeper->stop, true);
    pthread_cond_signal(&housekeeper->wake);
    pthread_mutex_unlock(&housekeeper->lock);
    if (housekeeper->running)
        pthread_join(housekeeper->thread, NULL);
    pthread_cond_destroy(&housekeeper->done);
    pthread_cond_destroy(&housekeeper->wake);
    pthread_mutex_destroy(&housekeeper->lock);
    arena_free(housekeeper->arena);
    free(housekeeper);
}

void housekeeper_wake(struct housekeeper *housekeeper)
{
    if (housekeeper == NULL)
        return;
    pthread_mutex_lock(&housekeeper->lock);
    housekeeper->asked++;
    pthread_cond_signal(&housekeeper->wake);
    pthread_mutex_unlock(&housekeeper->lock);
}

void housekeeper_settle(struct housekeeper *housekeeper)
{
    pthread_mutex_lock(&housekeeper->lock);
    uint64_t mine = ++housekeeper->asked;
    pthread_cond_signal(&housekeeper->wake);
    while (housekeeper->served < mine)
        pthread_cond_wait(&housekeeper->done, &housekeeper->lock);
    pthread_mutex_unlock(&housekeeper->lock);
}
