/* Copies the log back into the database, while no write runs, and soon enough to be short. */
#include "store_sqlite.h"

#include "base/log.h"

enum { CHECKPOINT_FRAMES = 1000 }; /* 4 MB of log */

/* SQLite tells the log's length after each commit, on the leader's thread. */
static int log_grew(void *state, sqlite3 *db, const char *schema, int frames)
{
    struct checkpointer *checkpointer = state;

    (void)db;
    (void)schema;
    pthread_mutex_lock(&checkpointer->lock);
    if (frames < checkpointer->frames)
        checkpointer->threshold = CHECKPOINT_FRAMES; /* the log began anew */
    checkpointer->frames = frames;
    if (frames >= checkpointer->threshold)
        pthread_cond_signal(&checkpointer->wake);
    pthread_mutex_unlock(&checkpointer->lock);
    return SQLITE_OK;
}

/* A reader in an old snapshot holds frames back, and with them the log's new beginning: tried again
 * a thousand frames on. */
static void checkpoint(struct sqlite_store *store)
{
    atomic_store(&store->checkpointing, true);
    pthread_mutex_lock(&store->writer_lock);
    int status =
        sqlite3_wal_checkpoint_v2(store->writer->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    pthread_mutex_unlock(&store->writer_lock);
    atomic_store(&store->checkpointing, false);
    if (status != SQLITE_OK && status != SQLITE_BUSY)
        log_error("the log of '%s' cannot be copied back (%s): it keeps growing until it can be",
                  store->folder.database, sqlite3_errstr(status));
    pthread_mutex_lock(&store->checkpointer.lock);
    store->checkpointer.threshold = store->checkpointer.frames + CHECKPOINT_FRAMES;
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

    *checkpointer = (struct checkpointer){.threshold = CHECKPOINT_FRAMES};
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
