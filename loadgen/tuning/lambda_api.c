#include "lambda_api.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/rng.h"
#include "client/aws_http.h"
#include "execution_error.h"

#include <time.h>

enum {
    CALL_TIMEOUT_MS = 30 * 1000,
    INVOKE_TIMEOUT_MS = 16 * 60 * 1000, /* Lambda's longest function, and a minute */
    THROTTLED_ATTEMPTS_MAX = 20,
    SERVER_ERROR_ATTEMPTS_MAX = 4,
    BACK_OFF_FIRST_MS = 100,
    BACK_OFF_LONGEST_MS = 20 * 1000,
    STOP_POLL_MS = 50,
};

struct call {
    const char *method;
    struct str path; /* and query, encoded */
    struct str body;
    bool invocation; /* with the log tail, and time for the function */
    struct str region;
};

static bool stopped(const struct lambda_api *api, struct aws_error *err)
{
    if (api->stop == NULL || !atomic_load(api->stop))
        return false;
    (void)aws_fail(err, &error_interrupted, "interrupted");
    return true;
}

bool lambda_api_sleep(const struct lambda_api *api, int64_t ms, struct aws_error *err)
{
    int64_t end_ns = clock_monotonic_ns(clock_system()) + ms * NS_PER_MS;

    for (;;) {
        int64_t left_ns = end_ns - clock_monotonic_ns(clock_system());
        if (stopped(api, err))
            return false;
        if (left_ns <= 0)
            return true;
        if (left_ns > STOP_POLL_MS * NS_PER_MS)
            left_ns = STOP_POLL_MS * NS_PER_MS;
        struct timespec pause = {.tv_nsec = (long)left_ns};
        (void)nanosleep(&pause, NULL);
    }
}

static void add_encoded(struct buffer *out, struct str text)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-_.~";

    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        if (byte != '\0' && strchr(unreserved, byte) != NULL)
            buffer_add_char(out, byte);
        else
            buffer_printf(out, "%%%02X", (unsigned)(unsigned char)byte);
    }
}

/*
 * The ARN's last part towards AWS itself: libcurl before 8.3 signs an encoded colon in a path as it
 * is, AWS encodes it once more, and the signatures differ. The name means the same function there.
 */
static struct str function_in_path(const struct lambda_api *api, struct str function)
{
    struct str part = function;

    if (!str_ends_with(api->endpoint, STR(".amazonaws.com")))
        return function;
    while (function.len > 0)
        part = str_split(&function, ':');
    return part;
}

static struct str region_of(const struct lambda_api *api, struct str function)
{
    struct str rest = function, part = {NULL, 0};

    for (int i = 0; i < 4; i++)
        part = str_split(&rest, ':');
    return part.len > 0 ? part : api->region;
}

/* /functions/{function}{suffix}[/{name}][?Qualifier=...]; the empty text past the limit. */
static struct str function_path(const struct lambda_api *api, struct str function,
                                const char *suffix, struct str name, struct str qualifier,
                                struct arena *arena)
{
    struct buffer out;
    struct str path = {NULL, 0};

    buffer_init(&out, arena);
    buffer_add_literal(&out, "/2015-03-31/functions/");
    add_encoded(&out, function_in_path(api, function));
    buffer_add(&out, str_from_c(suffix));
    if (name.len > 0) {
        buffer_add_char(&out, '/');
        add_encoded(&out, name);
    }
    if (qualifier.len > 0) {
        buffer_add_literal(&out, "?Qualifier=");
        add_encoded(&out, qualifier);
    }
    return buffer_done(&out, &path) ? path : (struct str){NULL, 0};
}

static const struct str none = {NULL, 0};

/* Without a body; for the rest see function_path(). */
static struct call call_of(const struct lambda_api *api, const char *method, struct str function,
                           const char *suffix, struct str name, struct str qualifier,
                           struct arena *arena)
{
    return (struct call){.method = method,
                         .path = function_path(api, function, suffix, name, qualifier, arena),
                         .region = region_of(api, function)};
}

/* Lambda's error as `Code: message`. */
static bool service_error(const struct aws_http_response *response, struct arena *arena,
                          struct aws_error *err)
{
    struct str header = aws_http_header(response, STR("x-amzn-ErrorType")), message;
    struct str code = str_split(&header, ':'); /* "Code:http://..." in older answers */
    struct json_value *body = NULL;

    if (!json_parse(response->body, arena, &body, NULL) ||
        (!json_string(json_member(body, "Message"), &message) &&
         !json_string(json_member(body, "message"), &message)))
        message = str_slice(response->body, 0, 200);
    if (code.len == 0)
        code = str_printf(arena, "HTTP %d", response->status);
    if (str_eq(code, STR("ResourceNotFoundException")))
        return aws_fail(err, &error_resource_not_found, "%.*s: %.*s", STR_ARG(code),
                        STR_ARG(message));
    return aws_fail(err, &error_execution, "%.*s: %.*s", STR_ARG(code), STR_ARG(message));
}

/* Full jitter, as the SDKs' standard retry mode. */
static bool back_off(const struct lambda_api *api, int attempt, struct aws_error *err)
{
    struct rng rng;
    int64_t longest = BACK_OFF_FIRST_MS;

    for (int i = 1; i < attempt && longest < BACK_OFF_LONGEST_MS; i++)
        longest *= 2;
    rng_init_random(&rng);
    return lambda_api_sleep(api, (int64_t)rng_below(&rng, (uint64_t)longest + 1), err);
}

static int attempts_max(int status)
{
    if (status == 429)
        return THROTTLED_ATTEMPTS_MAX;
    return status >= 500 ? SERVER_ERROR_ATTEMPTS_MAX : 1;
}

static bool send(const struct lambda_api *api, const struct call *call, struct arena *arena,
                 struct aws_http_response *ret, struct aws_error *err)
{
    struct aws_http_header invoke_headers[] = {
        {STR("Content-Type"), STR("application/octet-stream")},
        {STR("X-Amz-Log-Type"), STR("Tail")},
    };
    struct aws_http_header json_headers[] = {{STR("Content-Type"), STR("application/json")}};
    struct aws_http_request request = {
        .method = call->method,
        .url = str_printf(arena, "%.*s%.*s", STR_ARG(api->endpoint), STR_ARG(call->path)),
        .service = STR("lambda"),
        .region = call->region,
        .headers = call->invocation ? invoke_headers : json_headers,
        .header_count = call->invocation ? ARRAY_LEN(invoke_headers) : ARRAY_LEN(json_headers),
        .body = call->body,
        .timeout_ms = call->invocation ? INVOKE_TIMEOUT_MS : CALL_TIMEOUT_MS,
        .stop = api->stop,
    };

    if (call->body.ptr == NULL && !call->invocation)
        request.header_count = 0;
    for (int attempt = 1;; attempt++) {
        if (stopped(api, err))
            return false;
        if (!aws_http_call(api->http, &request, arena, ret, err)) {
            (void)stopped(api, err); /* then that is the reason */
            return false;
        }
        if (ret->status < 300)
            return true;
        if (attempt >= attempts_max(ret->status))
            return service_error(ret, arena, err);
        if (!back_off(api, attempt, err))
            return false;
    }
}

static bool malformed(const struct call *call, struct aws_error *err)
{
    return aws_fail(err, &error_execution,
                    "the endpoint's answer to %s %.*s is not what the Lambda API answers",
                    call->method, STR_ARG(call->path));
}

/* A call whose answer is a JSON object; `ret` may be NULL where the answer does not matter. */
static bool send_json(const struct lambda_api *api, const struct call *call, struct arena *arena,
                      struct json_value **ret, struct aws_error *err)
{
    struct aws_http_response response;
    struct json_value *body = NULL;

    if (!send(api, call, arena, &response, err))
        return false;
    if (ret == NULL)
        return true;
    if (!json_parse(response.body, arena, &body, NULL) || !json_is(body, JSON_OBJECT))
        return malformed(call, err);
    *ret = body;
    return true;
}

/* A call of whose answer one text matters. */
static bool send_for_text(const struct lambda_api *api, const struct call *call, const char *member,
                          struct arena *arena, struct str *ret, struct aws_error *err)
{
    struct json_value *body = NULL;

    return send_json(api, call, arena, &body, err) &&
           (json_string(json_get(body, str_from_c(member)), ret) || malformed(call, err));
}

static void read_configuration(const struct json_value *body, struct function_configuration *ret)
{
    const struct json_value *architectures = json_member(body, "Architectures");
    struct str text;

    *ret = (struct function_configuration){.architecture = STR("x86_64")};
    ret->has_description = json_string(json_member(body, "Description"), &ret->description);
    if (json_is(architectures, JSON_ARRAY) && json_string(architectures->child, &text))
        ret->architecture = text;
    ret->pending = json_string(json_member(body, "State"), &text) && str_eq(text, STR("Pending"));
    if (json_string(json_member(body, "LastUpdateStatus"), &text)) {
        if (str_eq(text, STR("InProgress")))
            ret->update = UPDATE_IN_PROGRESS;
        else if (str_eq(text, STR("Failed")))
            ret->update = UPDATE_FAILED;
    }
    if (!json_string(json_member(body, "LastUpdateStatusReason"), &ret->update_reason))
        ret->update_reason = STR("no reason given");
}

bool lambda_get_configuration(const struct lambda_api *api, struct str function,
                              struct str qualifier, struct arena *arena,
                              struct function_configuration *ret, struct aws_error *err)
{
    struct call call = call_of(api, "GET", function, "/configuration", none, qualifier, arena);
    struct function_configuration configuration;
    struct json_value *body = NULL;

    if (!send_json(api, &call, arena, &body, err))
        return false;
    read_configuration(body, &configuration);
    if (!json_int64(json_member(body, "MemorySize"), 1, INT32_MAX, &configuration.memory_mb))
        return malformed(&call, err);
    *ret = configuration;
    return true;
}

bool lambda_update_configuration(const struct lambda_api *api, struct str function,
                                 int64_t memory_mb, const struct str *description,
                                 struct arena *arena, struct aws_error *err)
{
    struct call call = call_of(api, "PUT", function, "/configuration", none, none, arena);
    struct buffer out;
    struct json_writer writer;

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_int(&writer, STR("MemorySize"), memory_mb);
    if (description != NULL)
        json_field_string(&writer, STR("Description"), *description);
    json_object_end(&writer);
    if (!buffer_done(&out, &call.body))
        return aws_fail(err, &error_out_of_memory, "no memory for a call");
    return send_json(api, &call, arena, NULL, err);
}

bool lambda_publish_version(const struct lambda_api *api, struct str function, struct arena *arena,
                            struct str *ret, struct aws_error *err)
{
    struct call call = call_of(api, "POST", function, "/versions", none, none, arena);

    call.body = STR("{}");
    return send_for_text(api, &call, "Version", arena, ret, err);
}

bool lambda_get_alias(const struct lambda_api *api, struct str function, struct str alias,
                      struct arena *arena, struct str *ret, struct aws_error *err)
{
    struct call call = call_of(api, "GET", function, "/aliases", alias, none, arena);

    return send_for_text(api, &call, "FunctionVersion", arena, ret, err);
}

/* {"FunctionVersion":...,"Name":...}; an alias that is there already has its name in the path. */
static bool put_alias(const struct lambda_api *api, struct call *call, struct str name,
                      struct str version, struct arena *arena, struct aws_error *err)
{
    struct buffer out;
    struct json_writer writer;

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_string(&writer, STR("FunctionVersion"), version);
    if (name.len > 0)
        json_field_string(&writer, STR("Name"), name);
    json_object_end(&writer);
    if (!buffer_done(&out, &call->body))
        return aws_fail(err, &error_out_of_memory, "no memory for a call");
    return send_json(api, call, arena, NULL, err);
}

bool lambda_create_alias(const struct lambda_api *api, struct str function, struct str alias,
                         struct str version, struct arena *arena, struct aws_error *err)
{
    struct call call = call_of(api, "POST", function, "/aliases", none, none, arena);

    return put_alias(api, &call, alias, version, arena, err);
}

bool lambda_update_alias(const struct lambda_api *api, struct str function, struct str alias,
                         struct str version, struct arena *arena, struct aws_error *err)
{
    struct call call = call_of(api, "PUT", function, "/aliases", alias, none, arena);

    return put_alias(api, &call, none, version, arena, err);
}

bool lambda_delete_alias(const struct lambda_api *api, struct str function, struct str alias,
                         struct arena *arena, struct aws_error *err)
{
    struct call call = call_of(api, "DELETE", function, "/aliases", alias, none, arena);

    return send_json(api, &call, arena, NULL, err);
}

bool lambda_delete_version(const struct lambda_api *api, struct str function, struct str version,
                           struct arena *arena, struct aws_error *err)
{
    struct call call = call_of(api, "DELETE", function, "", none, version, arena);

    return send_json(api, &call, arena, NULL, err);
}

bool lambda_call_function(const struct lambda_api *api, struct str function, struct str qualifier,
                          struct str payload, struct arena *arena, struct function_answer *ret,
                          struct aws_error *err)
{
    struct call call = call_of(api, "POST", function, "/invocations", none, qualifier, arena);
    struct aws_http_response response;

    call.body = payload;
    call.invocation = true;
    if (!send(api, &call, arena, &response, err))
        return false;
    struct str tail = aws_http_header(&response, STR("X-Amz-Log-Result"));
    ret->payload = response.body;
    ret->function_error = aws_http_header(&response, STR("X-Amz-Function-Error"));
    if (!base64_decode(arena, tail, &ret->log_tail))
        ret->log_tail = (struct str){NULL, 0};
    return true;
}

bool lambda_cpu_is_off(const struct lambda_api *api, struct arena *arena, bool *ret,
                       struct aws_error *err)
{
    struct str off = STR("squall_cpu_mode{mode=\"off\"} 1");
    struct aws_http_request request = {
        .method = "GET",
        .url = str_printf(arena, "%.*s/_squall/metrics", STR_ARG(api->endpoint)),
        .timeout_ms = CALL_TIMEOUT_MS,
        .stop = api->stop,
    };
    struct aws_http_response response;

    *ret = false;
    if (str_ends_with(api->endpoint, STR(".amazonaws.com")))
        return true;
    if (!aws_http_call(api->http, &request, arena, &response, err))
        return false;
    *ret = response.status == 200 && str_find(response.body, off) < response.body.len;
    return true;
}
