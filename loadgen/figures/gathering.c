#include "loadgen/gathering.h"

bool gathering_init(struct gathering *gathering, size_t lanes, size_t request_count)
{
    if (!metrics_init_open(&gathering->figures, request_count))
        return false;
    if (uv_mutex_init(&gathering->lock) != 0) {
        metrics_deinit(&gathering->figures);
        return false;
    }
    gathering->lanes = lanes;
    gathering->missing = 0;
    gathering->asking = false;
    return true;
}

void gathering_deinit(struct gathering *gathering)
{
    if (gathering->figures.requests == NULL)
        return;
    metrics_deinit(&gathering->figures);
    uv_mutex_destroy(&gathering->lock);
}

void gathering_ask(struct gathering *gathering, int64_t now_ns)
{
    uv_mutex_lock(&gathering->lock);
    gathering->missing = gathering->lanes;
    atomic_fetch_add_explicit(&gathering->round, 1, memory_order_release);
    uv_mutex_unlock(&gathering->lock);
    gathering->asking = true;
    gathering->asked_ns = now_ns;
}

bool gathering_collect(struct gathering *gathering, struct metrics *to)
{
    bool complete = false;

    uv_mutex_lock(&gathering->lock);
    complete = gathering->missing == 0;
    if (complete)
        metrics_take(to, &gathering->figures);
    uv_mutex_unlock(&gathering->lock);
    return complete;
}

void gathering_hand_over(struct gathering *gathering, struct metrics *open, uint64_t *round)
{
    uint64_t asked = atomic_load_explicit(&gathering->round, memory_order_acquire);

    /* While another lane hands over this one goes on: its next tick is soon enough. */
    if (asked == *round || uv_mutex_trylock(&gathering->lock) != 0)
        return;
    metrics_take(&gathering->figures, open);
    gathering->missing--;
    uv_mutex_unlock(&gathering->lock);
    *round = asked;
}

void gathering_leave(struct gathering *gathering, struct metrics *open, uint64_t round)
{
    uv_mutex_lock(&gathering->lock);
    metrics_take(&gathering->figures, open);
    gathering->lanes--;
    if (atomic_load_explicit(&gathering->round, memory_order_acquire) != round)
        gathering->missing--;
    uv_mutex_unlock(&gathering->lock);
}

bool gathering_is_alone(struct gathering *gathering)
{
    bool alone = false;

    uv_mutex_lock(&gathering->lock);
    alone = gathering->lanes == 0;
    uv_mutex_unlock(&gathering->lock);
    return alone;
}
