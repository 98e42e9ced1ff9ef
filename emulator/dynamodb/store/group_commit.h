/*
 * Group commit: many threads hand in work, one of them runs all that is waiting as one group.
 *
 * The thread that finds no leader becomes it, takes everything queued, runs it, wakes the others
 * and hands the lead to the first that came meanwhile. So a lone writer pays no handing over, and a
 * crowd shares the price of one commit.
 *
 * Work may also be left in the queue by a thread that does not wait (group_commit_add()): then a
 * thread of the group's own leads where nobody else does, and tells when it is done.
 */
#ifndef DYNAMODB_GROUP_COMMIT_H
#define DYNAMODB_GROUP_COMMIT_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/base.h"

enum group_state { GROUP_WAITING, GROUP_LEADING, GROUP_DONE };

struct group_entry {
    struct group_entry *next;
    void (*done)(struct group_entry *entry); /* NULL: its thread waits */
    pthread_cond_t wake;                     /* of one that waits */
    _Atomic int state; /* enum group_state; set under the lock, looked at without it */
};

/* `lock` guards the queue, the entries' states and the thread's. */
struct group_commit {
    pthread_mutex_t lock;
    pthread_t thread; /* leads for those that do not wait */
    bool has_thread;
    bool thread_leads;
    bool stop;
    pthread_cond_t wake; /* the thread's */
    struct group_entry *first;
    struct group_entry **last;
    _Atomic bool led; /* changed under the lock, looked at without it */
    void (*run)(void *state, struct group_entry *first); /* a list of at most group_max entries */
    void *state;
    size_t group_max;
};

/* False when there is no thread to be had; group_commit_deinit() is owed all the same. */
MUST_CHECK bool group_commit_init(struct group_commit *group, size_t group_max,
                                  void (*run)(void *state, struct group_entry *first), void *state);
/* Ends the group's own thread, once what was added is done; nobody may add any more. */
void group_commit_end(struct group_commit *group);
/* Nothing may be queued or running. */
void group_commit_deinit(struct group_commit *group);

/* Returns when a group with this entry has been run; `entry` may be on the caller's stack. */
void group_commit_join(struct group_commit *group, struct group_entry *entry);

/* Returns at once; entry->done(), which is set, is called without a lock when a group with this
 * entry has been run, on another thread and maybe before this function has returned. */
void group_commit_add(struct group_commit *group, struct group_entry *entry);

/* A group runs now: who joins waits for it. */
bool group_commit_is_led(const struct group_commit *group);

#endif
