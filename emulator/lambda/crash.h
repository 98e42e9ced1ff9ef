/*
 * A fault in an in-process handler ends the whole process: the last thing it does is to say, in one
 * line, which function and which request it was. Functions in processes of their own are not
 * concerned.
 */
#ifndef LAMBDA_CRASH_H
#define LAMBDA_CRASH_H

#include <stddef.h>

/* For SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT; once a process is enough, more do no harm. */
void crash_install(void);
/* A stack for the fault handler, so that a handler's overflowing stack is told too; `stack` must
 * outlive the thread or the next call; NULL ends its use. */
enum { CRASH_STACK_BYTES = 32 * 1024 };
void crash_thread_stack(void *stack);
/* Before and after a handler runs on this thread; NULL and NULL afterwards. Borrowed. */
void crash_note(const char *function_name, const char *request_id);

#endif
