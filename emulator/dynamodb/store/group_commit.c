#include "group_commit.h"

enum { AWAIT_ROUNDS = 3000 }; /* about 0.1 ms */

/* Cuts up to group_max entries off the queue. */
static struct group_entry *take_group_locked(struct group_commit *group)
{
    struct group_entry *first = group->first;
    struct group_entry **end = &group->first;

    for (size_t i = 0; i < group->group_max && *end != NULL; i++)
        end = &(*end)->next;
    group->first = *end;
    if (*end == NULL)
        group->last = &group->first;
    *end = NULL;
    return first;
}

/* An entry is gone as soon as its thread sees GROUP_DONE: nothing of it is touched afterwards.
 * Answers those whose threads do not wait. */
static struct group_entry *wake_group_locked(struct group_entry *first)
{
    struct group_entry *added = NULL, **last = &added;

    for (struct group_entry *entry = first, *next; entry != NULL; entry = next) {
        next = entry->next;
        if (entry->done != NULL) {
            *last = entry;
            last = &entry->next;
            entry->next = NULL;
        } else {
            entry->state = GROUP_DONE;
            pthread_cond_signal(&entry->wake);
        }
    }
    return added;
}

static void pass_lead_locked(struct group_commit *group)
{
    struct group_entry *next = group->first;

    group->led = next != NULL;
    if (next == NULL)
        return;
    if (next->done == NULL) {
        next->state = GROUP_LEADING;
        pthread_cond_signal(&next->wake);
    } else {
        group->thread_leads = true;
        pthread_cond_signal(&group->wake);
    }
}

/* The next group may begin before this one's work is told as done. */
static void lead_locked(struct group_commit *group)
{
    struct group_entry *first = take_group_locked(group);

    pthread_mutex_unlock(&group->lock);
    group->run(group->state, first);
    pthread_mutex_lock(&group->lock);
    first = wake_group_locked(first);
    pass_lead_locked(group);
    pthread_mutex_unlock(&group->lock);
    for (struct group_entry *next; first != NULL; first = next) {
        next = first->next;
        first->done(first);
    }
    pthread_mutex_lock(&group->lock);
}

static void *run_thread(void *state)
{
    struct group_commit *group = state;

    pthread_mutex_lock(&group->lock);
    while (!group->stop || group->thread_leads) {
        if (!group->thread_leads) {
            pthread_cond_wait(&group->wake, &group->lock);
            continue;
        }
        group->thread_leads = false;
        lead_locked(group);
    }
    pthread_mutex_unlock(&group->lock);
    return NULL;
}

bool group_commit_init(struct group_commit *group, size_t group_max,
                       void (*run)(void *state, struct group_entry *first), void *state)
{
    *group = (struct group_commit){.run = run, .state = state, .group_max = group_max};
    group->last = &group->first;
    pthread_mutex_init(&group->lock, NULL);
    pthread_cond_init(&group->wake, NULL);
    group->has_thread = pthread_create(&group->thread, NULL, run_thread, group) == 0;
    return group->has_thread;
}

void group_commit_end(struct group_commit *group)
{
    pthread_mutex_lock(&group->lock);
    bool has_thread = group->has_thread && !group->stop;
    group->stop = true;
    pthread_cond_signal(&group->wake);
    pthread_mutex_unlock(&group->lock);
    if (has_thread)
        pthread_join(group->thread, NULL);
}

void group_commit_deinit(struct group_commit *group)
{
    group_commit_end(group);
    pthread_cond_destroy(&group->wake);
    pthread_mutex_destroy(&group->lock);
}

static void add_locked(struct group_commit *group, struct group_entry *entry)
{
    entry->next = NULL;
    *group->last = entry;
    group->last = &entry->next;
}

void group_commit_add(struct group_commit *group, struct group_entry *entry)
{
    pthread_mutex_lock(&group->lock);
    add_locked(group, entry);
    if (!group->led)
        pass_lead_locked(group);
    pthread_mutex_unlock(&group->lock);
}

bool group_commit_is_led(const struct group_commit *group)
{
    return atomic_load(&group->led);
}

static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/*
 * The next in line looks for its turn a while before it sleeps: a commit without a sync is shorter
 * than being put to sleep and woken. The others sleep at once.
 */
static void await_turn(const struct group_entry *entry)
{
    for (int i = 0; i < AWAIT_ROUNDS && entry->state == GROUP_WAITING; i++)
        relax();
}

void group_commit_join(struct group_commit *group, struct group_entry *entry)
{
    entry->done = NULL;
    entry->state = GROUP_WAITING;
    pthread_cond_init(&entry->wake, NULL);
    pthread_mutex_lock(&group->lock);
    add_locked(group, entry);
    if (!group->led) {
        group->led = true;
        entry->state = GROUP_LEADING;
    }
    if (entry->state == GROUP_WAITING && group->first == entry) {
        pthread_mutex_unlock(&group->lock);
        await_turn(entry);
        pthread_mutex_lock(&group->lock);
    }
    while (entry->state == GROUP_WAITING)
        pthread_cond_wait(&entry->wake, &group->lock);
    if (entry->state == GROUP_LEADING)
        lead_locked(group);
    pthread_mutex_unlock(&group->lock);
    pthread_cond_destroy(&entry->wake);
}
