/*
 * Functions with a `bootstrap`: a child process an environment, served by the environment's own
 * thread. Between invocations nothing is read from it, as Lambda freezes an idle environment.
 */
#include "environment.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/json.h"
#include "child.h"
#include "runtime_api.h"

enum { ENVIRONMENT_VARIABLES_MAX = 512 };

struct env_process {
    struct runtime_api api;
    struct child child; /* pid also under env->lock, for interrupt() */
    bool running;       /* env->lock */
    bool mid_line;      /* the output ended without a line break */
};

/* ---- the environment variables ---- */

struct variable_list {
    struct arena *arena;
    char **entries;
    size_t count;
};

static void set_variable(struct variable_list *list, struct str name, struct str value)
{
    char *entry = arena_alloc_text(list->arena, name.len + value.len + 2);

    if (entry == NULL || list->count + 1 >= ENVIRONMENT_VARIABLES_MAX)
        return;
    memcpy(entry, name.ptr, name.len);
    entry[name.len] = '=';
    if (value.len > 0)
        memcpy(entry + name.len + 1, value.ptr, value.len);
    entry[name.len + 1 + value.len] = '\0';
    for (size_t i = 0; i < list->count; i++) {
        if (strncmp(list->entries[i], entry, name.len + 1) == 0) {
            list->entries[i] = entry;
            return;
        }
    }
    list->entries[list->count++] = entry;
}

#define SET(list, name, value) set_variable(list, STR(name), value)

static void set_constants(struct variable_list *list)
{
    static const struct {
        struct str name, value;
    } rows[] = {
        {STR_INIT("AWS_LAMBDA_INITIALIZATION_TYPE"), STR_INIT("on-demand")},
        {STR_INIT("AWS_ACCESS_KEY_ID"), STR_INIT("ASIALOCALSQUALL00000")},
        {STR_INIT("AWS_SECRET_ACCESS_KEY"), STR_INIT("local")},
        {STR_INIT("AWS_SESSION_TOKEN"), STR_INIT("local")},
        {STR_INIT("AWS_XRAY_CONTEXT_MISSING"), STR_INIT("LOG_ERROR")},
        {STR_INIT("AWS_XRAY_DAEMON_ADDRESS"), STR_INIT("127.0.0.1:2000")},
        {STR_INIT("_AWS_XRAY_DAEMON_ADDRESS"), STR_INIT("127.0.0.1")},
        {STR_INIT("_AWS_XRAY_DAEMON_PORT"), STR_INIT("2000")},
        {STR_INIT("LAMBDA_RUNTIME_DIR"), STR_INIT("/var/runtime")},
        {STR_INIT("TZ"), STR_INIT(":UTC")},
        {STR_INIT("LANG"), STR_INIT("en_US.UTF-8")},
        {STR_INIT("PATH"), STR_INIT("/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin")},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        set_variable(list, rows[i].name, rows[i].value);
}

static void set_function_variables(struct variable_list *list, struct execution_environment *env)
{
    const struct function_version *version = env->version;
    struct str runtime = version->config.runtime, region = str_from_c(env->service->region);
    struct str root = str_from_c(version->code->folder);

    SET(list, "_HANDLER", version->config.handler);
    SET(list, "AWS_REGION", region);
    SET(list, "AWS_DEFAULT_REGION", region);
    if (!str_starts_with(runtime, STR("provided")))
        SET(list, "AWS_EXECUTION_ENV",
            str_printf(list->arena, "AWS_Lambda_%.*s", STR_ARG(runtime)));
    SET(list, "AWS_LAMBDA_FUNCTION_NAME", version->function->name);
    SET(list, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        str_printf(list->arena, "%lld", (long long)version->config.memory_mb));
    SET(list, "AWS_LAMBDA_FUNCTION_VERSION", str_from_c(version->number_text));
    SET(list, "AWS_LAMBDA_LOG_GROUP_NAME", str_from_c(env->log_group));
    SET(list, "AWS_LAMBDA_LOG_STREAM_NAME", str_from_c(env->log_stream));
    SET(list, "LAMBDA_TASK_ROOT", root);
    SET(list, "PWD", root);
    SET(list, "LD_LIBRARY_PATH",
        str_printf(list->arena,
                   "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:%.*s:%.*s/lib:"
                   "/opt/lib",
                   STR_ARG(root), STR_ARG(root)));
}

static struct str variable_of_ours(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return str_from_c(value == NULL || value[0] == '\0' ? otherwise : value);
}

/* That endpoint knows our caller's credentials, and DynamoDB Local keeps a table of the same name
 * for each: the function must show those that the template's tables were made with. */
static void set_dynamodb_endpoint(struct variable_list *list, struct str endpoint)
{
    SET(list, "AWS_ENDPOINT_URL_DYNAMODB", endpoint);
    SET(list, "AWS_ACCESS_KEY_ID", variable_of_ours("AWS_ACCESS_KEY_ID", "local"));
    SET(list, "AWS_SECRET_ACCESS_KEY", variable_of_ours("AWS_SECRET_ACCESS_KEY", "local"));
    SET(list, "AWS_SESSION_TOKEN", variable_of_ours("AWS_SESSION_TOKEN", ""));
}

/* The SDKs in the function reach this emulator. */
static void set_endpoints(struct variable_list *list, const struct lambda_service *service)
{
    struct str url = str_printf(list->arena, "http://127.0.0.1:%u", (unsigned)service->aws_port);

    if (service->aws_port != 0) {
        SET(list, "AWS_ENDPOINT_URL", url);
        SET(list, "AWS_ENDPOINT_URL_DYNAMODB", url);
    }
    if (service->dynamodb_endpoint != NULL)
        set_dynamodb_endpoint(list, str_from_c(service->dynamodb_endpoint));
}

/* A NULL-ended list in the environment's arena, or NULL. */
static char **make_variables(struct execution_environment *env)
{
    const struct function_config *config = &env->version->config;
    struct variable_list list = {env->arena, NULL, 0};

    list.entries = arena_alloc_array(env->arena, ENVIRONMENT_VARIABLES_MAX, sizeof(char *));
    if (list.entries == NULL)
        return NULL;
    set_constants(&list);
    set_endpoints(&list, env->service);
    for (size_t i = 0; i < config->environment_count; i++)
        set_variable(&list, config->environment[i].name, config->environment[i].value);
    set_function_variables(&list, env);
    SET(&list, "AWS_LAMBDA_RUNTIME_API",
        str_printf(env->arena, "127.0.0.1:%u", (unsigned)env->process->api.port));
    return list.entries;
}

/* ---- output ---- */

static void read_output(struct execution_environment *env)
{
    struct env_process *process = env->process;
    char bytes[4096];
    ssize_t got = 0;

    while ((got = read(process->child.output, bytes, sizeof(bytes))) > 0) {
        env_log_bytes(env, (struct str){bytes, (size_t)got});
        process->mid_line = bytes[got - 1] != '\n';
    }
}

static void end_output(struct execution_environment *env)
{
    read_output(env);
    if (env->process->mid_line)
        env_log_bytes(env, STR("\n"));
    env->process->mid_line = false;
}

/* ---- serving ---- */

static bool has_answer(const struct env_process *process)
{
    return process->api.answer != RUNTIME_ANSWER_NONE;
}

/* Waits for something to happen and works on it. */
static void serve_once(struct execution_environment *env)
{
    struct env_process *process = env->process;
    struct pollfd list[RUNTIME_CONNECTIONS_MAX + 3];
    size_t count = runtime_api_poll_list(&process->api, list);

    list[count++] = (struct pollfd){.fd = process->child.output, .events = POLLIN};
    list[count++] = (struct pollfd){.fd = process->child.pidfd, .events = POLLIN};
    /* Without a pidfd the end is looked for every now and then. A closed output stays readable. */
    bool output_closed = false;
    int result = poll(list, count, process->child.pidfd < 0 ? 20 : -1);
    if (result > 0) {
        output_closed = (list[count - 2].revents & POLLHUP) != 0;
        read_output(env);
        runtime_api_work(&process->api);
    }
    if (output_closed && !child_has_ended(&process->child))
        (void)poll(NULL, 0, 1);
}

/* False when the process has ended before `until` was true. */
static bool serve_until(struct execution_environment *env,
                        bool (*until)(const struct env_process *process))
{
    struct env_process *process = env->process;

    while (!until(process)) {
        if (child_has_ended(&process->child)) {
            runtime_api_work(&process->api); /* what it still sent counts */
            return until(process);
        }
        serve_once(env);
    }
    return true;
}

/* ---- the process's life ---- */

static void set_running(struct execution_environment *env, bool running)
{
    (void)pthread_mutex_lock(&env->lock);
    env->process->running = running;
    (void)pthread_mutex_unlock(&env->lock);
}

static int stop_child(struct execution_environment *env)
{
    end_output(env);
    set_running(env, false);
    int status = child_end(&env->process->child);
    runtime_api_close(&env->process->api);
    return status;
}

static bool start_child(struct execution_environment *env)
{
    const struct function_code *code = env->version->code;
    struct env_process *process = env->process;
    struct aws_error err = {0};
    char text[128];
    int failed_errno = ENOMEM;

    if (!runtime_api_open(&process->api, &err)) {
        env_fail(env, "Runtime.Unknown", "no port for the Runtime API");
        return false;
    }
    process->api.arena = env->arena;
    char **variables = make_variables(env);
    if (variables != NULL &&
        child_start(code->path, code->folder, variables, &process->child, &failed_errno)) {
        set_running(env, true);
        return true;
    }
    runtime_api_close(&process->api);
    (void)snprintf(text, sizeof(text), "fork/exec /var/task/bootstrap: %s",
                   failed_errno == ENOENT    ? "no such file or directory"
                   : failed_errno == EACCES  ? "permission denied"
                   : failed_errno == ENOEXEC ? "exec format error"
                                             : "cannot be started");
    env_fail(env, "Runtime.InvalidEntrypoint", text);
    return false;
}

/* The process ended without an answer. */
static void fail_exited(struct execution_environment *env)
{
    char text[128];

    child_exit_text(stop_child(env), text, sizeof(text));
    env_fail(env, "Runtime.ExitError", text);
    env->call.env_ends = true;
    env_log_bytes(env, str_printf(env->arena, "RequestId: %s Error: %s\nRuntime.ExitError\n",
                                  env->call.request_id, text));
}

static void release(struct execution_environment *env)
{
    (void)pthread_mutex_lock(&env->lock);
    free(env->process);
    env->process = NULL;
    (void)pthread_mutex_unlock(&env->lock);
}

static bool is_initialised(const struct env_process *process)
{
    return runtime_api_is_waiting(&process->api) || has_answer(process);
}

/* The runtime said itself why its init failed; its body is the function's error. */
static void take_init_error(struct execution_environment *env)
{
    struct env_call *call = &env->call;

    call->answered = call->failed = true;
    call->status = "error";
    call->error_type = env->process->api.error_type;
    call->payload = env->process->api.body;
    (void)stop_child(env);
}

static bool init(struct execution_environment *env)
{
    (void)pthread_mutex_lock(&env->lock);
    env->process = calloc(1, sizeof(*env->process));
    (void)pthread_mutex_unlock(&env->lock);
    if (env->process == NULL) {
        env_fail(env, "Runtime.Unknown", "no memory");
        return false;
    }
    if (!start_child(env)) {
        release(env);
        return false;
    }
    if (!serve_until(env, is_initialised)) {
        fail_exited(env);
        release(env);
        return false;
    }
    if (has_answer(env->process)) {
        take_init_error(env);
        release(env);
        return false;
    }
    return true;
}

/* ---- one invocation ---- */

static void add_header(struct buffer *out, const char *name, struct str value)
{
    if (value.len > 0 && str_find_char(value, '\n') == value.len &&
        str_find_char(value, '\r') == value.len)
        buffer_printf(out, "%s: %.*s\r\n", name, STR_ARG(value));
}

static struct str make_head(struct execution_environment *env)
{
    const struct env_call *call = &env->call;
    struct buffer out;
    int64_t left_ns = call->deadline_ns - call->started_ns;
    struct str trace_id = call->trace_id;
    struct str head = {0};

    buffer_init(&out, env->arena);
    add_header(&out, "Content-Type", STR("application/json"));
    add_header(&out, "Lambda-Runtime-Aws-Request-Id", str_from_c(call->request_id));
    int64_t deadline_ms = clock_wall_ms(env->service->clock) + left_ns / NS_PER_MS;
    buffer_printf(&out, "Lambda-Runtime-Deadline-Ms: %lld\r\n", (long long)deadline_ms);
    add_header(&out, "Lambda-Runtime-Invoked-Function-Arn", str_from_c(call->arn));
    if (trace_id.len == 0)
        trace_id =
            STR("Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0");
    add_header(&out, "Lambda-Runtime-Trace-Id", trace_id);
    add_header(&out, "Lambda-Runtime-Client-Context", call->client_context);
    return buffer_done(&out, &head) ? head : STR("");
}

static bool is_waiting(const struct env_process *process)
{
    return runtime_api_is_waiting(&process->api);
}

static bool deliver(struct execution_environment *env)
{
    struct runtime_api *api = &env->process->api;

    api->arena = env->arena;
    api->answer = RUNTIME_ANSWER_NONE;
    api->body = (struct str){NULL, 0};
    struct str head = make_head(env);
    while (serve_until(env, is_waiting)) {
        api->request_id = env->call.request_id;
        if (runtime_api_deliver(api, head, env->call.event))
            return true;
    }
    return false;
}

static void take_answer(struct execution_environment *env)
{
    const struct runtime_api *api = &env->process->api;
    struct env_call *call = &env->call;

    call->answered = true;
    call->failed = api->answer != RUNTIME_ANSWER_RESPONSE;
    call->payload = api->body;
    if (api->answer != RUNTIME_ANSWER_TOO_LARGE)
        return;
    /* Its answer was refused, and runtimes end then. */
    call->payload = (struct str){"", (size_t)LAMBDA_PAYLOAD_BYTES + 1};
    call->env_ends = true;
}

/* One segment: the process's CPU, and what is left of the time without waiting for a CPU. */
static void record_trace(struct execution_environment *env, int64_t cpu_ns, int64_t delay_ns,
                         int64_t wall_ns)
{
    struct env_trace *trace = &env->trace;

    if (trace->segments == NULL)
        return;
    if (env->service->cpu != CPU_MODEL)
        cpu_ns = wall_ns;
    int64_t wait_ns = wall_ns - cpu_ns - delay_ns;
    trace->segments[0] = (struct cpu_segment){
        .cpu_ms = (double)cpu_ns / 1e6,
        .wait_ms = wait_ns > 0 ? (double)wait_ns / 1e6 : 0,
    };
    trace->count = 1;
}

static void handle(struct execution_environment *env)
{
    const struct child *child = &env->process->child;
    int64_t cpu_ns = child_cpu_ns(child), delay_ns = child_run_delay_ns(child);
    int64_t before_ns = clock_monotonic_ns(env->service->clock);

    if (!deliver(env) || !serve_until(env, has_answer)) {
        env->has_ended = true;
        fail_exited(env);
        return;
    }
    record_trace(env, child_cpu_ns(child) - cpu_ns, child_run_delay_ns(child) - delay_ns,
                 clock_monotonic_ns(env->service->clock) - before_ns);
    end_output(env);
    take_answer(env);
}

static bool is_alive(struct execution_environment *env)
{
    return !child_has_ended(&env->process->child);
}

static void shutdown_process(struct execution_environment *env)
{
    if (!env->has_ended)
        (void)stop_child(env);
    release(env);
}

/* The process's end wakes the environment's thread, wherever it waits for it. */
static void interrupt(struct execution_environment *env)
{
    (void)pthread_mutex_lock(&env->lock);
    if (env->process != NULL && env->process->running)
        (void)kill(-env->process->child.pid, SIGKILL);
    (void)pthread_mutex_unlock(&env->lock);
}

static int64_t max_memory_mb(struct execution_environment *env)
{
    if (env->process == NULL || env->has_ended)
        return 1;
    return child_max_memory_mb(&env->process->child);
}

const struct env_kind env_in_child = {
    .init = init,
    .handle = handle,
    .shutdown = shutdown_process,
    .is_alive = is_alive,
    .interrupt = interrupt,
    .max_memory_mb = max_memory_mb,
};
