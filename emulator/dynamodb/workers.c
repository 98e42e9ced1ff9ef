#include "workers.h"

#include <pthread.h>

enum { WORKERS_MAX = 64 };

/* `lock` guards the queue and `stop`. */
struct workers {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct work *first;
    struct work **last;
    bool stop;
    size_t count;
    pthread_t threads[WORKERS_MAX];
};

static struct work *take(struct workers *workers)
{
    struct work *work = NULL;

    pthread_mutex_lock(&workers->lock);
    while (workers->first == NULL && !workers->stop)
        pthread_cond_wait(&workers->wake, &workers->lock);
    work = workers->first;
    if (work != NULL) {
        workers->first = work->next;
        if (workers->first == NULL)
            workers->last = &workers->first;
    }
    pthread_mutex_unlock(&workers->lock);
    return work;
}

static void *run(void *state)
{
    struct work *work = NULL;

    while ((work = take(state)) != NULL)
        work->run(work);
    return NULL;
}

bool workers_start(size_t count, struct workers **ret, struct aws_error *err)
{
    struct workers *workers = calloc(1, sizeof(*workers));

    assert(count <= WORKERS_MAX);
    if (workers == NULL)
        return aws_fail(err, &error_environment, "no memory for threads");
    workers->last = &workers->first;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->wake, NULL);
    for (; workers->count < count; workers->count++) {
        if (pthread_create(&workers->threads[workers->count], NULL, run, workers) != 0) {
            workers_stop(workers);
            return aws_fail(err, &error_environment, "no threads left for DynamoDB");
        }
    }
    *ret = workers;
    return true;
}

void workers_end(struct workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    workers->stop = true;
    pthread_cond_broadcast(&workers->wake);
    pthread_mutex_unlock(&workers->lock);
    while (workers->count > 0)
        pthread_join(workers->threads[--workers->count], NULL);
}

void workers_stop(struct workers *workers)
{
    if (workers == NULL)
        return;
    workers_end(workers);
    pthread_cond_destroy(&workers->wake);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}

bool workers_try_add(struct workers *workers, struct work *work)
{
    pthread_mutex_lock(&workers->lock);
    bool taken = !workers->stop;
    if (taken) {
        work->next = NULL;
        *workers->last = work;
        workers->last = &work->next;
        pthread_cond_signal(&workers->wake);
    }
    pthread_mutex_unlock(&workers->lock);
    return taken;
}

void workers_add(struct workers *workers, struct work *work)
{
    bool taken = workers_try_add(workers, work);

    assert(taken);
    (void)taken;
}
