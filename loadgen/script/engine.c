/*
 * The context that all users of a loop share: made once, with every script compiled once. A user of
 * its own context would cost 130 KB and more than twice the time at 1,000 users (measured: 5.8 us a
 * script against 2.3), and would only keep names apart that scripts forgot to declare.
 */
#include "engine.h"

#include <unistd.h>

#include "base/log.h"
#include "runtime.h"

enum { CALL_ARENA_BYTES = 1 << 30, SLICE_MS = 100, SETTLE_MAX = 100000, COLLECTED_MS = 1000 };

/* --- the time limit ------------------------------------------------------------------------- */

/* Called by JavaScriptCore each SLICE_MS of a call that goes on: true ends it. */
static bool should_stop(JSContextRef context, void *data)
{
    struct script_engine *engine = data;

    (void)context;
    if (clock_monotonic_ns(clock_system()) >= engine->deadline_ns)
        engine->stopped = "sandbox: synchronous script execution timeout";
    else if (script_resident_pages() > engine->memory_pages_max)
        engine->stopped = "sandbox: the script takes more memory than it may";
    else if (engine->host->is_over != NULL && engine->host->is_over(engine->host->context))
        engine->stopped = "sandbox: the run is over";
    if (engine->stopped != NULL)
        return true;
    /* A limit that was met is over: the next slice must be asked for. */
    engine->js.JSContextGroupSetExecutionTimeLimit(engine->group, SLICE_MS / 1000.0, should_stop,
                                                   engine);
    return false;
}

static void watch(struct script_engine *engine, bool wanted)
{
    engine->stopped = NULL;
    if (wanted)
        engine->deadline_ns = clock_monotonic_ns(clock_system()) + engine->timeout_ns;
    if (wanted == engine->watching)
        return;
    if (wanted)
        engine->js.JSContextGroupSetExecutionTimeLimit(engine->group, SLICE_MS / 1000.0,
                                                       should_stop, engine);
    else
        engine->js.JSContextGroupClearExecutionTimeLimit(engine->group);
    engine->watching = wanted;
}

/* --- calls ---------------------------------------------------------------------------------- */

static JSValueRef number(const struct script_engine *engine, double value)
{
    return engine->js.JSValueMakeNumber(engine->context, value);
}

static void complain(struct script_engine *engine, JSValueRef exception)
{
    struct str text = engine_text_of(engine, exception, engine->arena);

    log_notice("scripts: %.*s", STR_ARG(text));
}

/* One entry, for `user`; NULL when the call was stopped or failed. */
static JSValueRef call(struct script_engine *engine, size_t user, enum script_entry entry,
                       size_t count, const JSValueRef *values)
{
    JSValueRef exception = NULL, result = NULL;
    size_t user_before = engine->user;

    if (engine->depth++ == 0)
        script_guard_enter(engine->guard, engine->requests[user]);
    engine->user = user;
    result = engine->js.JSObjectCallAsFunction(engine->context, engine->entries[entry], NULL, count,
                                               values, &exception);
    engine->user = user_before;
    if (--engine->depth == 0)
        script_guard_leave(engine->guard);
    if (engine->stopped != NULL)
        engine->watching = false; /* the limit is gone with the call that it ended */
    else if (result == NULL && exception != NULL)
        complain(engine, exception);
    return result;
}

/* The lowest bits of an answer (execution.js). */
enum { DONE = 0, WAITING = 1, AGAIN = 2, STATE = 3 };
enum { SKIPPED = 4, CHANGED = 8, NEXT = 16, ERRED = 32, FAILURES_SHIFT = 6 };

static uint32_t answer_of(struct script_engine *engine, JSValueRef result, size_t user)
{
    if (result == NULL) {
        JSValueRef values[2] = {
            number(engine, (double)user),
            engine_text(engine, str_from_c(engine->stopped != NULL ? engine->stopped
                                                                   : "the script cannot run"))};
        /* The runtime's own code, but over what the script has made of the language. */
        watch(engine, true);
        result = call(engine, user, ENTRY_ABANDON, 2, values);
    }
    if (result == NULL) {
        engine->frame[PLACE_ANSWER] = DONE | ERRED;
        engine->frame[PLACE_TESTS] = 0;
    }
    return (uint32_t)engine->frame[PLACE_ANSWER];
}

/* Goes on as long as promises have something to do; the outcome. */
static struct script_outcome settle(struct script_engine *engine, size_t user, JSValueRef result)
{
    uint32_t answer = answer_of(engine, result, user);

    for (int turns = 0; (answer & STATE) == AGAIN && turns < SETTLE_MAX; turns++) {
        JSValueRef value = number(engine, (double)user);
        watch(engine, true);
        answer = answer_of(engine, call(engine, user, ENTRY_SETTLE, 1, &value), user);
    }
    if (engine->depth == 0)
        arena_reset(engine->arena);
    return (struct script_outcome){
        .waiting = (answer & STATE) == WAITING,
        .skip = (answer & SKIPPED) != 0,
        .request_changed = (answer & CHANGED) != 0,
        .next_request = (answer & NEXT) != 0,
        .erred = (answer & ERRED) != 0,
        .failed_tests = answer >> FAILURES_SHIFT,
        .tests = (uint32_t)engine->frame[PLACE_TESTS],
    };
}

static bool chain_may_loop(const struct script_engine *engine, const struct script_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) {
        if (engine->may_loop[chain->rows[i]])
            return true;
    }
    return false;
}

/*
 * Whether there is memory for one more: what scripts have left behind is collected first, and seen
 * to be gone by the guard a little later; what they keep is never given back.
 */
static bool has_room(struct script_engine *engine)
{
    int64_t now_ns = 0;

    if (!script_guard_is_full(engine->guard)) {
        engine->collected_ns = 0;
        return true;
    }
    now_ns = clock_monotonic_ns(clock_system());
    if (engine->collected_ns == 0) {
        engine->js.JSGarbageCollect(engine->context);
        engine->collected_ns = now_ns;
    }
    if (now_ns - engine->collected_ns < COLLECTED_MS * NS_PER_MS)
        return true;
    if (!engine->told_full)
        log_error("scripts keep more memory than they may (%d MB and %d KB a user): no further one "
                  "is run until there is less",
                  SCRIPT_MEMORY_MB, SCRIPT_MEMORY_USER_KB);
    engine->told_full = true;
    return false;
}

struct script_outcome script_begin(struct script_engine *engine, size_t user, size_t request,
                                   enum script_phase phase, int status, double time_ms)
{
    const struct request_definition *definition = &engine->setup->collection->requests[request];

    if (!has_room(engine))
        return (struct script_outcome){.erred = true};
    engine->requests[user] = request;
    engine->frame[PLACE_USER] = (double)user;
    engine->frame[PLACE_REQUEST] = (double)request;
    engine->frame[PLACE_PHASE] = (double)phase;
    engine->frame[PLACE_STATUS] = (double)status;
    engine->frame[PLACE_TIME_MS] = time_ms;
    watch(engine, chain_may_loop(engine, &definition->scripts[phase]));
    return settle(engine, user, call(engine, user, ENTRY_BEGIN, 0, NULL));
}

struct script_outcome script_timer(struct script_engine *engine, size_t user, uint32_t id)
{
    JSValueRef values[2] = {number(engine, (double)user), number(engine, (double)id)};

    watch(engine, true);
    return settle(engine, user, call(engine, user, ENTRY_TIMER, 2, values));
}

struct script_outcome script_answered(struct script_engine *engine, size_t user, uint32_t id,
                                      const struct script_answer *answer)
{
    JSValueRef values[9] = {
        number(engine, (double)user),
        number(engine, (double)id),
        engine_text(engine, str_from_c(answer->error)),
        number(engine, (double)answer->status),
        number(engine, answer->time_ms),
        engine_text(engine, answer->reason),
        engine_text(engine, answer->head),
        engine_text(engine, answer->body),
        number(engine, (double)answer->body_bytes),
    };

    watch(engine, true);
    return settle(engine, user, call(engine, user, ENTRY_ANSWERED, 9, values));
}

struct script_outcome script_abandon(struct script_engine *engine, size_t user, const char *message)
{
    JSValueRef values[2] = {number(engine, (double)user), engine_text(engine, str_from_c(message))};

    watch(engine, true);
    return settle(engine, user, call(engine, user, ENTRY_ABANDON, 2, values));
}

void script_iteration(struct script_engine *engine, size_t user, uint64_t iteration, size_t row)
{
    const struct data_file *data = &engine->setup->variables->data;
    JSValueRef values[3] = {number(engine, (double)user), number(engine, (double)iteration),
                            number(engine, row < data->row_count ? (double)row : -1)};

    watch(engine, false);
    (void)call(engine, user, ENTRY_ITERATION, 3, values);
}

/* --- what a user has ------------------------------------------------------------------------ */

struct str script_request(struct script_engine *engine, size_t user, struct arena *arena)
{
    JSValueRef value = number(engine, (double)user);
    JSValueRef result = NULL;

    watch(engine, true); /* the script may have given it a toJSON() of its own */
    result = call(engine, user, ENTRY_REQUEST, 1, &value);
    return result == NULL ? (struct str){0} : engine_text_of(engine, result, arena);
}

bool script_next(struct script_engine *engine, size_t user, struct arena *arena, struct str *ret)
{
    JSValueRef value = number(engine, (double)user);
    JSValueRef result = call(engine, user, ENTRY_NEXT, 1, &value);

    if (result == NULL || engine->js.JSValueIsNull(engine->context, result))
        return false;
    *ret = engine_text_of(engine, result, arena);
    return true;
}

bool script_lookup(struct script_engine *engine, size_t user, struct str name, struct arena *arena,
                   struct str *ret)
{
    JSValueRef values[2] = {number(engine, (double)user), engine_text(engine, name)};
    JSValueRef result = call(engine, user, ENTRY_LOOKUP, 2, values);

    if (result != NULL && engine->js.JSValueIsNull(engine->context, result)) {
        watch(engine, true);
        result = call(engine, user, ENTRY_LOOKUP_TEXT, 2, values);
    }
    if (result == NULL || engine->js.JSValueIsUndefined(engine->context, result))
        return false;
    *ret = engine_text_of(engine, result, arena);
    return true;
}

struct str script_variables(struct script_engine *engine, size_t user, const char *scope,
                            struct arena *arena)
{
    JSValueRef values[2] = {number(engine, (double)user), engine_text(engine, str_from_c(scope))};
    JSValueRef result = NULL;

    watch(engine, true);
    result = call(engine, user, ENTRY_EXPORTED, 2, values);
    return result == NULL ? STR("[]") : engine_text_of(engine, result, arena);
}

/* --- the beginning -------------------------------------------------------------------------- */

static void write_scope(struct json_writer *writer, struct str name,
                        const struct variable_list *list)
{
    json_write_name(writer, name);
    json_array_begin(writer);
    for (size_t i = 0; i < list->count; i++) {
        json_array_begin(writer);
        json_write_string(writer, list->rows[i].name);
        if (list->rows[i].json.len > 0)
            json_write_raw(writer, list->rows[i].json);
        else
            json_write_string(writer, list->rows[i].value);
        if (list->rows[i].type != VARIABLE_ANY)
            json_write_string(writer, str_from_c(variable_type_names[list->rows[i].type]));
        json_array_end(writer);
    }
    json_array_end(writer);
}

static void write_item(struct json_writer *writer, const struct request_definition *request,
                       size_t index)
{
    json_object_begin(writer);
    json_field_int(writer, STR("index"), (int64_t)index);
    json_field_string(writer, STR("id"), request->id);
    json_field_string(writer, STR("name"), request->name);
    json_write_name(writer, STR("path"));
    json_array_begin(writer);
    for (size_t i = 0; i < request->path_count; i++)
        json_write_string(writer, request->path[i]);
    json_array_end(writer);
    json_write_name(writer, STR("scripts"));
    json_array_begin(writer);
    for (int phase = 0; phase < SCRIPT_PHASES; phase++) {
        json_array_begin(writer);
        for (size_t i = 0; i < request->scripts[phase].count; i++)
            json_write_int(writer, (int64_t)request->scripts[phase].rows[i]);
        json_array_end(writer);
    }
    json_array_end(writer);
    json_object_end(writer);
}

/* What execution.js calls squall.config. */
static bool write_config(const struct script_setup *setup, struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct json_writer writer;

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_int(&writer, STR("users"), (int64_t)setup->users);
    json_field_int(&writer, STR("iterationCount"), (int64_t)setup->iterations);
    json_field_bool(&writer, STR("detailed"), setup->detailed);
    if (setup->environment_name.len > 0)
        json_field_string(&writer, STR("environmentName"), setup->environment_name);
    if (setup->globals_name.len > 0)
        json_field_string(&writer, STR("globalsName"), setup->globals_name);
    write_scope(&writer, STR("globals"), &setup->variables->scopes[SCOPE_GLOBAL]);
    write_scope(&writer, STR("collection"), &setup->variables->scopes[SCOPE_COLLECTION]);
    write_scope(&writer, STR("environment"), &setup->variables->scopes[SCOPE_ENVIRONMENT]);
    json_write_name(&writer, STR("items"));
    json_array_begin(&writer);
    for (size_t i = 0; i < setup->collection->request_count; i++)
        write_item(&writer, &setup->collection->requests[i], i);
    json_array_end(&writer);
    json_object_end(&writer);
    return buffer_done(&out, ret);
}

static JSObjectRef member(const struct script_engine *engine, JSObjectRef object, const char *name)
{
    struct script_engine *mutable_engine = (struct script_engine *)(uintptr_t)engine;
    JSStringRef string = engine_string(mutable_engine, str_from_c(name));
    JSValueRef value = engine->js.JSObjectGetProperty(engine->context, object, string, NULL);

    engine->js.JSStringRelease(string);
    return value == NULL ? NULL : engine->js.JSValueToObject(engine->context, value, NULL);
}

/* Evaluates one of our files, a function, and calls it with the object that all share. */
static bool run_file(struct script_engine *engine, const struct runtime_file *file,
                     JSObjectRef shared, struct aws_error *err)
{
    JSStringRef text = engine_string(engine, (struct str){(const char *)file->bytes, file->length});
    JSStringRef name = engine_string(engine, str_from_c(file->name));
    JSValueRef exception = NULL;
    JSValueRef function =
        engine->js.JSEvaluateScript(engine->context, text, NULL, name, 1, &exception);
    JSValueRef argument = shared;

    engine->js.JSStringRelease(text);
    engine->js.JSStringRelease(name);
    if (function != NULL &&
        engine->js.JSObjectCallAsFunction(
            engine->context, engine->js.JSValueToObject(engine->context, function, NULL), NULL, 1,
            &argument, &exception) != NULL)
        return true;
    struct str why = engine_text_of(engine, exception, engine->arena);
    return aws_fail(err, &error_environment, "%s does not run in this JavaScriptCore: %.*s",
                    file->name, STR_ARG(why));
}

static void set_member(struct script_engine *engine, JSObjectRef object, const char *name,
                       JSValueRef value)
{
    JSStringRef string = engine_string(engine, str_from_c(name));

    engine->js.JSObjectSetProperty(engine->context, object, string, value, kJSPropertyAttributeNone,
                                   NULL);
    engine->js.JSStringRelease(string);
}

static bool find_entries(struct script_engine *engine, JSObjectRef entries)
{
    static const char *const names[ENTRY_COUNT] = {
        [ENTRY_BEGIN] = "begin",       [ENTRY_SETTLE] = "settle",
        [ENTRY_TIMER] = "timer",       [ENTRY_ANSWERED] = "answered",
        [ENTRY_ABANDON] = "abandon",   [ENTRY_ITERATION] = "iteration",
        [ENTRY_LOOKUP] = "lookup",     [ENTRY_LOOKUP_TEXT] = "lookupText",
        [ENTRY_NEXT] = "next",         [ENTRY_REQUEST] = "request",
        [ENTRY_EXPORTED] = "exported",
    };

    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        engine->entries[i] = member(engine, entries, names[i]);
        if (engine->entries[i] == NULL)
            return false;
        engine->js.JSValueProtect(engine->context, engine->entries[i]);
    }
    return true;
}

static bool compile_scripts(struct script_engine *engine, JSObjectRef shared)
{
    const struct collection *collection = engine->setup->collection;
    JSObjectRef compile = member(engine, shared, "compile");

    engine->may_loop = calloc(collection->script_count + 1, sizeof(bool));
    if (compile == NULL || engine->may_loop == NULL)
        return false;
    for (size_t i = 0; i < collection->script_count; i++) {
        JSValueRef values[2] = {engine_text(engine, collection->scripts[i].text),
                                engine_text(engine, collection->scripts[i].holder)};
        JSValueRef result =
            engine->js.JSObjectCallAsFunction(engine->context, compile, NULL, 2, values, NULL);
        if (result == NULL)
            return false;
        engine->may_loop[i] = engine->js.JSValueToNumber(engine->context, result, NULL) != 0;
    }
    return true;
}

static bool start_runtime(struct script_engine *engine, struct aws_error *err)
{
    JSObjectRef shared = engine->js.JSObjectMake(engine->context, NULL, NULL);
    JSObjectRef start = NULL, entries = NULL;
    struct str config = {0};
    JSValueRef argument = NULL;

    engine->js.JSValueProtect(engine->context, shared);
    set_member(engine, shared, "host", engine->host_object);
    set_member(engine, shared, "frame",
               engine->js.JSObjectMakeTypedArrayWithBytesNoCopy(
                   engine->context, kJSTypedArrayTypeFloat64Array, engine->frame,
                   sizeof(engine->frame), NULL, NULL, NULL));
    for (size_t i = 0; i < ARRAY_LEN(runtime_files); i++) {
        if (!run_file(engine, &runtime_files[i], shared, err))
            return false;
    }
    start = member(engine, shared, "start");
    if (start == NULL || !write_config(engine->setup, engine->arena, &config))
        return aws_fail(err, &error_out_of_memory, "the collection does not fit in memory");
    argument = engine_text(engine, config);
    JSValueRef result =
        engine->js.JSObjectCallAsFunction(engine->context, start, NULL, 1, &argument, NULL);
    if (result != NULL)
        entries = engine->js.JSValueToObject(engine->context, result, NULL);
    if (entries == NULL || !find_entries(engine, entries) || !compile_scripts(engine, shared))
        return aws_fail(err, &error_environment, "the scripts cannot be prepared");
    return true;
}

static bool make_context(struct script_engine *engine)
{
    JSClassDefinition definition = {.className = "Host"};

    engine->group = engine->js.JSContextGroupCreate();
    engine->context = engine->js.JSGlobalContextCreateInGroup(engine->group, NULL);
    engine->host_class = engine->js.JSClassCreate(&definition);
    if (engine->context == NULL || engine->host_class == NULL)
        return false;
    engine->host_object = engine->js.JSObjectMake(engine->context, engine->host_class, engine);
    engine->js.JSValueProtect(engine->context, engine->host_object);
    engine_add_natives(engine);
    return true;
}

bool script_engine_is_built(void)
{
    return true;
}

static uint64_t pages_for(size_t users)
{
    uint64_t bytes =
        ((uint64_t)SCRIPT_MEMORY_MB << 20) + ((uint64_t)SCRIPT_MEMORY_USER_KB << 10) * users;

    return bytes / (uint64_t)sysconf(_SC_PAGESIZE);
}

static struct str name_of(const void *context, size_t request)
{
    const struct script_engine *engine = context;

    return engine->setup->collection->requests[request].name;
}

bool script_engine_new(const struct script_setup *setup, const struct script_host *host,
                       struct script_engine **ret, struct aws_error *err)
{
    struct script_engine *engine = calloc(1, sizeof(*engine));
    int64_t timeout_ms = setup->timeout_ms > 0 ? setup->timeout_ms : SCRIPT_TIMEOUT_MS;

    if (engine == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    engine->setup = setup;
    engine->host = host;
    engine->timeout_ns = timeout_ms * NS_PER_MS;
    engine->memory_pages_max = script_resident_pages() + pages_for(setup->all_users);
    engine->arena = arena_new(CALL_ARENA_BYTES);
    engine->requests = calloc(setup->users, sizeof(*engine->requests));
    engine->guard = script_guard_new(timeout_ms, engine->memory_pages_max, name_of, engine);
    if (engine->arena == NULL || engine->requests == NULL || engine->guard == NULL) {
        (void)aws_fail(err, &error_out_of_memory, "out of memory");
        goto failed;
    }
    if (!jsc_load(&engine->js, err))
        goto failed;
    if (!make_context(engine)) {
        (void)aws_fail(err, &error_environment, "JavaScriptCore cannot make a context");
        goto failed;
    }
    if (!start_runtime(engine, err))
        goto failed;
    arena_reset(engine->arena);
    *ret = engine;
    return true;
failed:
    script_engine_free(engine);
    return false;
}

void script_engine_free(struct script_engine *engine)
{
    if (engine == NULL)
        return;
    script_guard_free(engine->guard);
    if (engine->context != NULL)
        engine->js.JSGlobalContextRelease(engine->context);
    if (engine->host_class != NULL)
        engine->js.JSClassRelease(engine->host_class);
    if (engine->group != NULL)
        engine->js.JSContextGroupRelease(engine->group);
    arena_free(engine->arena);
    free(engine->requests);
    free(engine->may_loop);
    free(engine->units);
    free(engine);
}
