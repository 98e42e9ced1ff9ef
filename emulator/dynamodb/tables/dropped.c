#include "dropped.h"

void dropped_init(struct dropped *dropped)
{
    *dropped = (struct dropped){0};
    pthread_mutex_init(&dropped->lock, NULL);
}

void dropped_deinit(struct dropped *dropped)
{
    free(dropped->collections);
    pthread_mutex_destroy(&dropped->lock);
}

static bool reserve_locked(struct dropped *dropped)
{
    size_t capacity = dropped->capacity * 2 + 16;
    int64_t *grown = NULL;

    if (dropped->count < dropped->capacity)
        return true;
    grown = realloc(dropped->collections, capacity * sizeof(*grown));
    if (grown == NULL)
        return false;
    dropped->collections = grown;
    dropped->capacity = capacity;
    return true;
}

void dropped_add(struct dropped *dropped, int64_t collection)
{
    pthread_mutex_lock(&dropped->lock);
    if (reserve_locked(dropped))
        dropped->collections[dropped->count++] = collection;
    pthread_mutex_unlock(&dropped->lock);
}

/* The one that came first; 0: there is none. */
static int64_t first_of(struct dropped *dropped)
{
    pthread_mutex_lock(&dropped->lock);
    int64_t collection = dropped->count > 0 ? dropped->collections[0] : 0;
    pthread_mutex_unlock(&dropped->lock);
    return collection;
}

static void remove_first(struct dropped *dropped)
{
    pthread_mutex_lock(&dropped->lock);
    memmove(dropped->collections, dropped->collections + 1,
            --dropped->count * sizeof(*dropped->collections));
    pthread_mutex_unlock(&dropped->lock);
}

bool dropped_clear_step(struct dropped *dropped, struct store *store, bool *ret_more,
                        struct aws_error *err)
{
    int64_t collection = first_of(dropped);
    bool more = false;

    *ret_more = collection != 0;
    if (collection == 0)
        return true;
    if (!store_drop(store, collection, &more, err))
        return false;
    if (!more)
        remove_first(dropped);
    return true;
}
