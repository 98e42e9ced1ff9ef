/* The engine's insides, shared by engine.c and natives.c. */
#ifndef LOADGEN_SCRIPT_ENGINE_INSIDE_H
#define LOADGEN_SCRIPT_ENGINE_INSIDE_H

#include "guard.h"
#include "jsc.h"
#include "loadgen/script_engine.h"

/* execution.js's entries, called by the host. */
enum script_entry {
    ENTRY_BEGIN,
    ENTRY_SETTLE,
    ENTRY_TIMER,
    ENTRY_ANSWERED,
    ENTRY_ABANDON,
    ENTRY_ITERATION,
    ENTRY_LOOKUP,
    ENTRY_LOOKUP_TEXT,
    ENTRY_NEXT,
    ENTRY_REQUEST,
    ENTRY_EXPORTED,
    ENTRY_COUNT,
};

/*
 * Numbers on their way between C and execution.js, in a Float64Array over `frame`: each function of
 * JavaScriptCore takes its lock and looks at the clock, which for a script of 3 us is not nothing.
 */
enum script_place {
    PLACE_ANSWER, /* what an entry says, see execution.js */
    PLACE_USER,   /* what script_begin() asks */
    PLACE_REQUEST,
    PLACE_PHASE,
    PLACE_STATUS,
    PLACE_TIME_MS,
    PLACE_TESTS, /* what an entry says beside its answer: the tests of this phase so far */
    PLACE_COUNT,
};

struct script_engine {
    struct jsc js;
    const struct script_setup *setup;
    const struct script_host *host;
    JSContextGroupRef group;
    JSGlobalContextRef context;
    JSClassRef host_class;
    JSObjectRef host_object;
    JSObjectRef entries[ENTRY_COUNT];
    double frame[PLACE_COUNT];
    bool *may_loop;      /* a script each */
    size_t *requests;    /* a user each: whose scripts it runs */
    struct arena *arena; /* texts of one call */
    int depth;           /* calls from the host that are under way */
    size_t user;         /* whose the innermost of them is */
    /* the time limit */
    bool watching; /* it is set */
    int64_t timeout_ns, deadline_ns;
    uint64_t memory_pages_max;
    struct script_guard *guard;
    int64_t collected_ns; /* since memory was last enough, or 0 */
    bool told_full;
    const char *stopped; /* why the call was ended, or NULL */
    /* text on its way in, as UTF-16 */
    JSChar *units;
    size_t unit_capacity;
};

/* UTF-8 to a value; what is no UTF-8 becomes U+FFFD. Undefined without memory. */
JSValueRef engine_text(struct script_engine *engine, struct str text);
JSStringRef engine_string(struct script_engine *engine, struct str text);
/* The same without a copy: to be released before any other text goes in. */
JSStringRef engine_string_lent(struct script_engine *engine, struct str text);
/* A value as text, in `arena`; empty without memory. */
struct str engine_text_of(struct script_engine *engine, JSValueRef value, struct arena *arena);

/* Gives the host object its functions. */
void engine_add_natives(struct script_engine *engine);

#endif
