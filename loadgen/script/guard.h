/*
 * Watches an engine from a thread of its own, for what JavaScriptCore's time limit does not reach:
 * a regular expression, one function of the engine's own over millions of items, a chain of
 * promises without end. A call that does not end in spite of its limit, or that takes more than
 * twice the memory that scripts may, ends the process with exit status 3 and one line that names
 * the request. There is no other way out: such a call cannot be interrupted.
 */
#ifndef LOADGEN_SCRIPT_GUARD_H
#define LOADGEN_SCRIPT_GUARD_H

#include "base/base.h"
#include "base/str.h"

struct script_guard;

enum { GUARD_TICK_MS = 100, GUARD_GRACE_MS = 2000 };

/*
 * `timeout_ms`: of one call, by the engine's own clock; GUARD_GRACE_MS later is too late.
 * `pages_max`: resident pages that scripts may bring the process to. `name` is asked for the
 * request under way, from the guard's thread. NULL without memory or thread.
 */
struct script_guard *script_guard_new(int64_t timeout_ms, uint64_t pages_max,
                                      struct str (*name)(const void *context, size_t request),
                                      const void *context);
void script_guard_free(struct script_guard *guard);

/* Around each outermost call, on the engine's thread. */
void script_guard_enter(struct script_guard *guard, size_t request);
void script_guard_leave(struct script_guard *guard);

/* Whether the process was last seen with more pages than it may have. */
bool script_guard_is_full(const struct script_guard *guard);

/* Pages of this process in memory, or 0 where the system does not say. */
uint64_t script_resident_pages(void);

#endif
