#include "group_commit.h"

enum { AWAIT_ROUNDS = 3000 }; /* about 0.1 ms */

void group_commit_init(struct group_commit *group, size_t group_max,
                       void (*run)(void *state, struct group_entry *first), void *state)
{
    *group = (struct group_commit){.run = run, .state = state, .group_max = group_max};
    group->last = &group->first;
    pthread_mutex_init(&group->lock, NULL);
}

void group_commit_deinit(struct group_commit *group)
{
    pthread_mutex_destroy(&group->lock);
}

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

/* An entry is gone as soon as its thread sees GROUP_DONE: nothing of it is touched afterwards. */
static void wake_group_locked(struct group_entry *first)
{
    for (struct group_entry *entry = first, *next; entry != NULL; entry = next) {
        next = entry->next;
        entry->state = GROUP_DONE;
        pthread_cond_signal(&entry->wake);
    }
}

static void lead_locked(struct group_commit *group)
{
    struct group_entry *first = take_group_locked(group);

    pthread_mutex_unlock(&group->lock);
    group->run(group->state, first);
    pthread_mutex_lock(&group->lock);
    wake_group_locked(first);
    group->led = group->first != NULL;
    if (group->led) {
        group->first->state = GROUP_LEADING;
        pthread_cond_signal(&group->first->wake);
    }
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
    entry->next = NULL;
    entry->state = GROUP_WAITING;
    pthread_cond_init(&entry->wake, NULL);
    pthread_mutex_lock(&group->lock);
    *group->last = entry;
    group->last = &entry->next;
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
