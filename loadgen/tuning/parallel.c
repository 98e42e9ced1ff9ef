#include "parallel.h"

#include <pthread.h>
#include <stdatomic.h>

/* Work here is a call of libcurl at the deepest; the default of 8 MB a thread would add up. */
enum { STACK_BYTES = 512 * 1024 };

struct loop {
    atomic_size_t next;
    size_t count;
    void (*work)(void *context, size_t index);
    void *context;
};

static void *take_turns(void *context)
{
    struct loop *loop = context;

    for (size_t i = atomic_fetch_add(&loop->next, 1); i < loop->count;
         i = atomic_fetch_add(&loop->next, 1))
        loop->work(loop->context, i);
    return NULL;
}

void parallel_for(size_t count, size_t threads_max, void (*work)(void *context, size_t index),
                  void *context)
{
    struct loop loop = {.count = count, .work = work, .context = context};
    size_t wanted = count < threads_max ? count : threads_max, started = 0;
    pthread_t *threads = calloc(wanted + 1, sizeof(*threads));
    pthread_attr_t attributes;

    if (threads != NULL && wanted > 1 && pthread_attr_init(&attributes) == 0) {
        (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
        while (started + 1 < wanted &&
               pthread_create(&threads[started], &attributes, take_turns, &loop) == 0)
            started++;
        (void)pthread_attr_destroy(&attributes);
    }
    (void)take_turns(&loop);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    free(threads);
}
