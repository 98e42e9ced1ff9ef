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

/* ---- call_log.c: the log of a call, and of its function ---- */

void call_log_line(struct execution_environment *env, const char *line, size_t length);
void call_log_init_start(struct execution_environment *env);
/* INIT_REPORT of an init that failed; `phase` is "init" or "invoke". */
void call_log_init_failed(struct execution_environment *env, int64_t init_ns, const char *phase,
                          const char *status, const char *error_type);
/* END and REPORT, and the whole to the function's log. */
void call_log_report(struct execution_environment *env, int64_t duration_ns, const char *status,
                     const char *error_type);
/* invocation->log_result, where it was asked for. */
void call_log_tail(struct execution_environment *env, struct invocation *invocation);

/* ---- call_trace.c ---- */

/* Begins a trace where a model or a profile needs one. */
void call_trace_begin(struct execution_environment *env);
/* How long the recorded call lasts where the model's function runs. */
int64_t call_modelled_ns(struct execution_environment *env);

/* ---- call_answer.c: from what a call left to what its caller gets ---- */

/* Takes the memory in use into account for "Max Memory Used". */
void call_note_memory(struct execution_environment *env);
void call_fill_head(const struct execution_environment *env, struct invocation *invocation);
void call_answer(struct execution_environment *env, struct invocation *invocation,
                 int64_t duration_ns);
/* Reads only what was set before the handler began: it may still run. */
void call_answer_timeout(struct execution_environment *env, struct invocation *invocation);

#endif
