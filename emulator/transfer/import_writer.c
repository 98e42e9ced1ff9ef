#include "import_writer.h"

#include <pthread.h>
#include <stdatomic.h>

#include "import_batch.h"

enum { LANES = 8 };

/* `lock` guards `sending` and `stop`. The batch that grows is the adding thread's, the other one
 * the lane's own while `sending`. */
struct lane {
    struct import_writer *writer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct import_batch batches[2];
    size_t growing; /* the index of the adding thread's */
    bool sending;
    bool stop;
};

struct import_writer {
    struct import_writer_options options;
    struct import_sender sender;
    struct lane lanes[LANES];
    size_t lane_count; /* whose thread runs */
    atomic_bool failed;
    pthread_mutex_t error_lock; /* guards `error` */
    struct aws_error error;     /* the first one */
};

static void note_error(struct import_writer *writer, const struct aws_error *err)
{
    pthread_mutex_lock(&writer->error_lock);
    if (!atomic_load(&writer->failed))
        writer->error = *err;
    atomic_store(&writer->failed, true);
    pthread_mutex_unlock(&writer->error_lock);
}

static bool has_failed(struct import_writer *writer, struct aws_error *err)
{
    if (!atomic_load(&writer->failed))
        return false;
    pthread_mutex_lock(&writer->error_lock);
    *err = writer->error;
    pthread_mutex_unlock(&writer->error_lock);
    return true;
}

/* --- a lane --------------------------------------------------------------------------------- */

static bool wait_for_work(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    while (!lane->sending && !lane->stop)
        pthread_cond_wait(&lane->changed, &lane->lock);
    bool work = lane->sending;
    pthread_mutex_unlock(&lane->lock);
    return work;
}

static void *run(void *state)
{
    struct lane *lane = state;
    struct import_writer *writer = lane->writer;
    struct aws_error err = {0};

    while (wait_for_work(lane)) {
        struct import_batch *batch = &lane->batches[1 - lane->growing];
        if (!atomic_load(&writer->failed) && !import_batch_send(batch, &writer->sender, &err))
            note_error(writer, &err);
        import_batch_clear(batch);
        pthread_mutex_lock(&lane->lock);
        lane->sending = false;
        pthread_cond_broadcast(&lane->changed);
        pthread_mutex_unlock(&lane->lock);
    }
    return NULL;
}

/* The growing batch is the lane's from now on, once the one before is done. */
static void hand_over(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    while (lane->sending)
        pthread_cond_wait(&lane->changed, &lane->lock);
    if (lane->batches[lane->growing].count > 0) {
        lane->growing = 1 - lane->growing;
        lane->sending = true;
        pthread_cond_broadcast(&lane->changed);
    }
    pthread_mutex_unlock(&lane->lock);
}

static void wait_until_done(struct lane *lane)
{
    pthread_mutex_lock(&lane->lock);
    while (lane->sending)
        pthread_cond_wait(&lane->changed, &lane->lock);
    pthread_mutex_unlock(&lane->lock);
}

static bool lane_start(struct lane *lane, struct import_writer *writer, struct aws_error *err)
{
    lane->writer = writer;
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->changed, NULL);
    if (import_batch_init(&lane->batches[0]) && import_batch_init(&lane->batches[1]) &&
        pthread_create(&lane->thread, NULL, run, lane) == 0)
        return true;
    import_batch_deinit(&lane->batches[0]);
    import_batch_deinit(&lane->batches[1]);
    return aws_fail(err, &error_environment, "no threads or no memory to import with");
}

static void lane_stop(struct lane *lane)
{
    wait_until_done(lane);
    pthread_mutex_lock(&lane->lock);
    lane->stop = true;
    pthread_cond_broadcast(&lane->changed);
    pthread_mutex_unlock(&lane->lock);
    (void)pthread_join(lane->thread, NULL);
    import_batch_deinit(&lane->batches[0]);
    import_batch_deinit(&lane->batches[1]);
    pthread_cond_destroy(&lane->changed);
    pthread_mutex_destroy(&lane->lock);
}

/* --- the writer ----------------------------------------------------------------------------- */

bool import_writer_new(const struct import_writer_options *options, struct import_writer **ret,
                       struct aws_error *err)
{
    struct import_writer *writer = calloc(1, sizeof(*writer));

    if (writer == NULL)
        return aws_fail(err, &error_environment, "no memory to import with");
    writer->options = *options;
    writer->sender = (struct import_sender){.options = &writer->options};
    pthread_mutex_init(&writer->error_lock, NULL);
    for (; writer->lane_count < LANES; writer->lane_count++) {
        if (!lane_start(&writer->lanes[writer->lane_count], writer, err)) {
            import_writer_free(writer);
            return false;
        }
    }
    *ret = writer;
    return true;
}

bool import_writer_add(struct import_writer *writer, const struct import_item *item,
                       struct aws_error *err)
{
    struct lane *lane = &writer->lanes[item->lane % LANES];

    if (has_failed(writer, err))
        return false;
    if (!import_batch_has_room(&lane->batches[lane->growing], item->json.len))
        hand_over(lane);
    return import_batch_add(&lane->batches[lane->growing], item, err);
}

bool import_writer_finish(struct import_writer *writer, struct aws_error *err)
{
    for (size_t i = 0; i < writer->lane_count; i++)
        hand_over(&writer->lanes[i]);
    for (size_t i = 0; i < writer->lane_count; i++)
        wait_until_done(&writer->lanes[i]);
    return !has_failed(writer, err);
}

uint64_t import_writer_count(const struct import_writer *writer)
{
    return atomic_load(&writer->sender.count);
}

void import_writer_free(struct import_writer *writer)
{
    if (writer == NULL)
        return;
    for (size_t i = 0; i < writer->lane_count; i++)
        lane_stop(&writer->lanes[i]);
    pthread_mutex_destroy(&writer->error_lock);
    free(writer);
}
