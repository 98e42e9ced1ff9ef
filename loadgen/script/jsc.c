#include "jsc.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <sys/resource.h>

/* JavaScriptCore reserves its heaps at once, and aborts without a word where it may not. */
#define ADDRESS_SPACE_BYTES_MIN ((rlim_t)6 << 30)

static const char *const names[] = {
    "libjavascriptcoregtk-4.1.so.0", /* Debian 12, Ubuntu 22.04 and later */
    "libjavascriptcoregtk-6.0.so.1",
    "libjavascriptcoregtk-4.0.so.18",
};

/* Written by each thread's jsc_load(), to the same value, before there is an object to ask about.
 */
static _Atomic(__typeof__(&JSObjectGetPrivate)) object_get_private;

void *jsc_private_of(JSObjectRef object)
{
    return atomic_load_explicit(&object_get_private, memory_order_relaxed)(object);
}

/*
 * Compiled loops look by themselves whether they are to stop. Else JavaScriptCore would write a
 * fault into the code that runs, and that does not reach a loop that was compiled before the call
 * (seen in 2.50: the second run of `for (;;) ;` never ended). Read when the library starts.
 */
static void choose_options(void)
{
    (void)setenv("JSC_usePollingTraps", "1", 0);
}

static bool has_address_space(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
           limit.rlim_cur >= ADDRESS_SPACE_BYTES_MIN;
}

bool jsc_load(struct jsc *ret, struct aws_error *err)
{
    struct jsc jsc = {0};
    bool complete = true;

    if (!has_address_space())
        return aws_fail(err, &error_environment,
                        "scripts need 6 GB of address space (not of memory), more than 'ulimit -v' "
                        "allows; raise it, or leave the scripts out (squall load --no-scripts)");
    choose_options();
    for (size_t i = 0; i < ARRAY_LEN(names) && jsc.library == NULL; i++)
        jsc.library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (jsc.library == NULL)
        return aws_fail(err, &error_environment,
                        "scripts need JavaScriptCore (Debian: libjavascriptcoregtk-4.1-0); install "
                        "it, or leave the scripts out (squall load --no-scripts)");
        /* A function's address as bytes: ISO C has no conversion from dlsym()'s pointer. */
#define JSC_FUNCTION(name)                                                                         \
    {                                                                                              \
        void *address = dlsym(jsc.library, #name);                                                 \
        complete = complete && address != NULL;                                                    \
        memcpy(&jsc.name, &address, sizeof(address));                                              \
    }
#include "jsc.def"
#undef JSC_FUNCTION
    if (!complete)
        return aws_fail(err, &error_environment,
                        "this JavaScriptCore lacks functions that scripts need; install "
                        "libjavascriptcoregtk-4.1-0");
    atomic_store_explicit(&object_get_private, jsc.JSObjectGetPrivate, memory_order_relaxed);
    *ret = jsc;
    return true;
}
