/*
 * JavaScriptCore, loaded when the first script needs it: linked, its 28 shared objects would cost
 * every start of squall 8 ms, whatever the command. The one place that includes its headers.
 */
#ifndef LOADGEN_SCRIPT_JSC_H
#define LOADGEN_SCRIPT_JSC_H

#include <JavaScriptCore/JavaScript.h>

#include "base/error.h"

JSStringRef JSStringCreateWithCharactersNoCopy(const JSChar *chars, size_t count);
typedef bool (*JSShouldTerminateCallback)(JSContextRef context, void *data);
void JSContextGroupSetExecutionTimeLimit(JSContextGroupRef group, double seconds,
                                         JSShouldTerminateCallback callback, void *data);
void JSContextGroupClearExecutionTimeLimit(JSContextGroupRef group);

struct jsc {
    void *library; /* never unloaded: its threads outlive every context */
#define JSC_FUNCTION(name) __typeof__(&name) name;
#include "jsc.def"
#undef JSC_FUNCTION
};

/* Errors: error_environment, naming the package. */
MUST_CHECK bool jsc_load(struct jsc *ret, struct aws_error *err);

/* JSObjectGetPrivate(), for callbacks, which have no table at hand. */
void *jsc_private_of(JSObjectRef object);

#endif
