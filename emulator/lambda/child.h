/*
 * The process behind an environment: started in its code's folder, in a process group of its own,
 * ended with the environment's thread. Its output comes through one pipe.
 */
#ifndef LAMBDA_CHILD_H
#define LAMBDA_CHILD_H

#include <sys/types.h>

#include "base/error.h"

struct child {
    pid_t pid;
    int pidfd;  /* readable when the process has ended; -1 where the kernel has none */
    int output; /* what it writes to stdout and stderr; does not block */
};

/*
 * False with `*failed_errno` when the program could not be started. `environment` is a NULL-ended
 * list. The process goes with the calling thread (PR_SET_PDEATHSIG).
 */
MUST_CHECK bool child_start(const char *path, const char *folder, char *const *environment,
                            struct child *ret, int *failed_errno);
/* True when the process has ended; its status stays to be collected. */
bool child_has_ended(const struct child *child);
/* Ends the whole group, collects the status (as waitpid()) and closes what is open. */
int child_end(struct child *child);
/* CPU time so far, and the time it was ready but did not run; 0 when unknown. */
int64_t child_cpu_ns(const struct child *child);
int64_t child_run_delay_ns(const struct child *child);
/* The most memory it had at once; 1 when unknown. */
int64_t child_max_memory_mb(const struct child *child);
/* "Runtime exited with error: exit status 1", as Lambda tells the status. */
void child_exit_text(int status, char *ret, size_t size);

#endif
