/* One call in an environment, between environment.c, which owns the thread, and the answer. */
#ifndef LAMBDA_ENVIRONMENT_CALL_H
#define LAMBDA_ENVIRONMENT_CALL_H

#include "environment.h"

/* On the environment's thread: init where it is due, the handler, the answer. */
void env_run_call(struct execution_environment *env);
/* env->timer: the deadline, or the modelled end. */
void env_on_timer(struct timer *timer);
/* The environment is free again: back to the idle ones, or told to end. Any thread. */
void env_release(struct execution_environment *env);

#endif
