/* Copies the log back into the database, while no write runs, and soon enough to be short. */
#include "store_sqlite.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

/*
 * The longer the log, the oftener a page that is written often is copied once for many commits; but
 * the writers wait while pages are copied and synced. So the log may have 64 MB where its pages are
 * few, and has less where they are many and a checkpoint would take long: in a table of ten million
 * items 16,000 frames are as many pages, and take 160 ms; 4,000 take 60 to 90, much of it the sync.
 */
enum { FRAMES_MAX = 16000, FRAMES_MIN = 4000, STALL_MS = 80 };

/* SQLite tells the log's length after each commit, on the leader's thread. */
static int log_grew(void *state, sqlite3 *db, const char *schema, int frames)
{
    struct checkpointer *checkpointer = state;

    (void)db;
    (void)schema;
    pthread_mutex_lock(&checkpointer->lock);
    if (frames < checkpointer->frames)
        checkpointer->threshold = checkpointer->interval; /* the log began anew */
    checkpointer->frames = frames;
    if (frames >= checkpointer->threshold)
        pthread_cond_signal(&checkpointer->wake);
    pthread_mutex_unlock(&checkpointer->lock);
    return SQLITE_OK;
}

/* Whoever asked just before whether it would wait has a moment to be through. */
static void let_pass(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};

    (void)nanosleep(&moment, NULL);
}

/*
 * SQLite syncs the log before it copies from it, with the writers waiting: most of that is done
 * here, while they go on. (Closing this descriptor drops no lock: SQLite holds none on the log.)
 */
static void sync_log(const struct sqlite_store *store)
{
    char path[DATA_FOLDER_PATH_BYTES + 8];

    (void)snprintf(path, sizeof(path), "%s-wal", store->folder.database);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return;
    (void)fdatasync(fd);
    (void)close(fd);
}

/* Towards the number of frames that takes STALL_MS, by half or twice at the most. */
static int next_interval(int interval, int64_t stall_ns)
{
    int64_t wanted = stall_ns <= 0 ? FRAMES_MAX : interval * (STALL_MS * NS_PER_MS) / stall_ns;

    if (wanted > 2 * (int64_t)interval)
        wanted = 2 * (int64_t)interval;
    if (wanted < interval / 2)
        wanted = interval / 2;
    return (int)(wanted < FRAMES_MIN ? FRAMES_MIN : wanted > FRAMES_MAX ? FRAMES_MAX : wanted);
}

/* A reader in an old snapshot holds frames back, and with them the log's new beginning: tried again
 * as many frames on. */
static void checkpoint(struct sqlite_store *store)
{
    sync_log(store);
    atomic_store(&store->checkpointing, true);
    let_pass();
    pthread_mutex_lock(&store->writer_lock);
    int64_t begun_ns = clock_monotonic_ns(clock_system());
    int status =
        sqlite3_wal_checkpoint_v2(store->writer->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    int64_t stall_ns = clock_monotonic_ns(clock_system()) - begun_ns;
    pthread_mutex_unlock(&store->writer_lock);
    atomic_store(&store->checkpointing, false);
    if (status != SQLITE_OK && status != SQLITE_BUSY)
        log_error("the log of '%s' cannot be copied back (%s): it keeps growing until it can be",
                  store->folder.database, sqlite3_errstr(status));
    pthread_mutex_lock(&store->checkpointer.lock);
    store->checkpointer.interval = next_interval(store->checkpointer.interval, stall_ns);
    store->checkpointer.threshold = store->checkpointer.frames + store->checkpointer.interval;
    pthread_mutex_unlock(&store->checkpointer.lock);
}

static void *run(void *state)
{
    struct sqlite_store *store = state;
    struct checkpointer *checkpointer = &store->checkpointer;

    pthread_mutex_lock(&checkpointer->lock);
    while (!checkpointer->stop) {
        if (checkpointer->frames < checkpointer->threshold) {
            pthread_cond_wait(&checkpointer->wake, &checkpointer->lock);
            continue;
        }
        pthread_mutex_unlock(&checkpointer->lock);
        checkpoint(store);
        pthread_mutex_lock(&checkpointer->lock);
    }
    pthread_mutex_unlock(&checkpointer->lock);
    return NULL;
}

bool checkpointer_start(struct sqlite_store *store, struct aws_error *err)
{
    struct checkpointer *checkpointer = &store->checkpointer;

    *checkpointer = (struct checkpointer){.threshold = FRAMES_MAX, .interval = FRAMES_MAX};
    pthread_mutex_init(&checkpointer->lock, NULL);
    pthread_cond_init(&checkpointer->wake, NULL);
    (void)sqlite3_wal_hook(store->writer->db, log_grew, checkpointer);
    if (pthread_create(&checkpointer->thread, NULL, run, store) != 0)
        return aws_fail(err, &error_environment, "no thread for checkpoints");
    checkpointer->running = true;
    return true;
}

void checkpointer_stop(struct sqlite_store *store)
{
    struct checkpointer *checkpointer = &store->checkpointer;

    if (!checkpointer->running)
        return;
    pthread_mutex_lock(&checkpointer->lock);
    checkpointer->stop = true;
    pthread_cond_signal(&checkpointer->wake);
    pthread_mutex_unlock(&checkpointer->lock);
    pthread_join(checkpointer->thread, NULL);
    (void)sqlite3_wal_hook(store->writer->db, NULL, NULL);
    checkpointer->running = false;
    pthread_cond_destroy(&checkpointer->wake);
    pthread_mutex_destroy(&checkpointer->lock);
}
