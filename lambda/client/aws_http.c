#include "client/aws_http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/rng.h"

enum {
    HANDLES_KEPT_MAX = 64,
    /* What the SDKs' standard mode has for DynamoDB since 2026 (botocore 1.44,
       retries/standard.py). */
    BACK_OFF_FIRST_MS = 25,
    BACK_OFF_DOUBLINGS_MAX = 9,
};

struct aws_http {
    pthread_mutex_t lock; /* guards all below */
    CURL *handles[HANDLES_KEPT_MAX];
    size_t handle_count;
};

/* What libcurl's callbacks fill. */
struct exchange {
    struct arena *arena;
    struct aws_http_response *response;
    struct buffer body;
    bool too_large;
    const _Atomic bool *stop;
};

struct aws_http *aws_http_new(void)
{
    struct aws_http *http = calloc(1, sizeof(*http));

    if (http != NULL && pthread_mutex_init(&http->lock, NULL) != 0) {
        free(http);
        return NULL;
    }
    return http;
}

void aws_http_free(struct aws_http *http)
{
    if (http == NULL)
        return;
    while (http->handle_count > 0)
        curl_easy_cleanup(http->handles[--http->handle_count]);
    (void)pthread_mutex_destroy(&http->lock);
    free(http);
}

static void start_library(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static CURL *take_handle(struct aws_http *http)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    CURL *handle = NULL;

    (void)pthread_once(&once, start_library);
    (void)pthread_mutex_lock(&http->lock);
    if (http->handle_count > 0)
        handle = http->handles[--http->handle_count];
    (void)pthread_mutex_unlock(&http->lock);
    return handle != NULL ? handle : curl_easy_init();
}

/* A kept handle keeps its connections; its options are forgotten. */
static void give_handle_back(struct aws_http *http, CURL *handle)
{
    bool kept = false;

    curl_easy_reset(handle);
    (void)pthread_mutex_lock(&http->lock);
    if (http->handle_count < HANDLES_KEPT_MAX) {
        http->handles[http->handle_count++] = handle;
        kept = true;
    }
    (void)pthread_mutex_unlock(&http->lock);
    if (!kept)
        curl_easy_cleanup(handle);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;

    (void)size; /* always 1 */
    if (count > AWS_HTTP_BODY_BYTES_MAX - exchange->body.len) {
        exchange->too_large = true;
        return 0;
    }
    buffer_add(&exchange->body, (struct str){bytes, count});
    return exchange->body.failed ? 0 : count;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    struct aws_http_response *response = exchange->response;
    struct str value = {bytes, count};
    struct str name = str_split(&value, ':');

    (void)size; /* always 1 */
    if (str_starts_with(name, STR("HTTP/")) && value.len == 0) {
        response->header_count = 0; /* the status line of a new answer, e.g. behind 100 Continue */
        return count;
    }
    if (name.len == count || response->header_count == AWS_HTTP_HEADERS_MAX)
        return count;
    struct aws_http_header *header = &response->headers[response->header_count];
    if (!str_copy(exchange->arena, str_trim(name), &header->name) ||
        !str_copy(exchange->arena, str_trim(value), &header->value))
        return 0;
    response->header_count++;
    return count;
}

struct str aws_http_header(const struct aws_http_response *response, struct str name)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (str_eq_nocase(response->headers[i].name, name))
            return response->headers[i].value;
    }
    return (struct str){NULL, 0};
}

static bool add_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *grown = curl_slist_append(*list, line);

    if (grown == NULL)
        return false;
    *list = grown;
    return true;
}

static bool add_headers(const struct aws_http_request *request, struct arena *arena,
                        struct curl_slist **list)
{
    const char *token = getenv("AWS_SESSION_TOKEN");

    /*
     * Headers that libcurl is not to send of itself. Not where it signs: libcurl before 8 signs
     * what it is told to leave out, and no server finds that signature right.
     */
    if (request->service.len == 0 && (!add_header(list, "Expect:") || !add_header(list, "Accept:")))
        return false;
    for (size_t i = 0; i < request->header_count; i++) {
        /* libcurl takes "name:" for a header to leave out, and "name;" for an empty one. */
        const struct aws_http_header *header = &request->headers[i];
        struct str line = str_printf(arena, header->value.len > 0 ? "%.*s: %.*s" : "%.*s;%.*s",
                                     STR_ARG(header->name), STR_ARG(header->value));
        if (line.ptr == NULL || !add_header(list, line.ptr))
            return false;
    }
    if (request->service.len > 0 && token != NULL && token[0] != '\0') {
        struct str line = str_printf(arena, "X-Amz-Security-Token: %s", token);
        return line.ptr != NULL && add_header(list, line.ptr);
    }
    return true;
}

bool aws_http_has_credentials(void)
{
    const char *id = getenv("AWS_ACCESS_KEY_ID");

    return id != NULL && id[0] != '\0' && getenv("AWS_SECRET_ACCESS_KEY") != NULL;
}

void aws_http_back_off(int attempt)
{
    int doublings = attempt < BACK_OFF_DOUBLINGS_MAX ? attempt : BACK_OFF_DOUBLINGS_MAX;
    struct rng rng;

    rng_init_random(&rng);
    int64_t wait_ns =
        (int64_t)(rng_unit(&rng) * (double)(BACK_OFF_FIRST_MS << doublings) * (double)NS_PER_MS);
    struct timespec wait = {wait_ns / NS_PER_S, wait_ns % NS_PER_S};
    (void)nanosleep(&wait, NULL);
}

static bool sign(CURL *handle, const struct aws_http_request *request, struct arena *arena)
{
    bool given = aws_http_has_credentials();
    const char *id = given ? getenv("AWS_ACCESS_KEY_ID") : "local";
    const char *secret = given ? getenv("AWS_SECRET_ACCESS_KEY") : "local";
    struct str scheme =
        str_printf(arena, "aws:amz:%.*s:%.*s", STR_ARG(request->region), STR_ARG(request->service));
    struct str user = str_printf(arena, "%s:%s", id, secret);

    return scheme.ptr != NULL && user.ptr != NULL &&
           curl_easy_setopt(handle, CURLOPT_AWS_SIGV4, scheme.ptr) == CURLE_OK &&
           curl_easy_setopt(handle, CURLOPT_USERPWD, user.ptr) == CURLE_OK;
}

static int watch_stop(void *context, curl_off_t total_in, curl_off_t in, curl_off_t total_out,
                      curl_off_t out)
{
    const _Atomic bool *const *stop = context;

    (void)total_in;
    (void)in;
    (void)total_out;
    (void)out;
    return **stop ? 1 : 0;
}

static void set_stop(CURL *handle, const struct aws_http_request *request,
                     struct exchange *exchange)
{
    if (request->stop == NULL)
        return;
    exchange->stop = request->stop;
    (void)curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watch_stop);
    (void)curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange->stop);
}

/* An emulator on this machine is never reached through a proxy. */
static bool is_near(const struct aws_http_request *request)
{
    return request->direct || str_starts_with(request->url, STR("http://127.")) ||
           str_starts_with(request->url, STR("http://localhost:")) ||
           str_starts_with(request->url, STR("http://[::1]"));
}

static bool prepare(CURL *handle, const struct aws_http_request *request,
                    const struct curl_slist *headers, struct exchange *exchange)
{
    const char *url = str_to_c(exchange->arena, request->url);
    bool has_body = request->body.len > 0 || strcmp(request->method, "POST") == 0 ||
                    strcmp(request->method, "PUT") == 0;

    if (url == NULL || (request->service.len > 0 && !sign(handle, request, exchange->arena)))
        return false;
    if (has_body) {
        (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDS,
                               request->body.len == 0 ? "" : request->body.ptr);
        (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    }
    if (strcmp(request->method, "HEAD") == 0)
        (void)curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
    (void)curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    if (is_near(request))
        (void)curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
    (void)curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)AWS_HTTP_CONNECT_TIMEOUT_MS);
    (void)curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    (void)curl_easy_setopt(handle, CURLOPT_TCP_NODELAY, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_EXPECT_100_TIMEOUT_MS,
                           1L); /* no wait for "100 Continue" */
    (void)curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(handle, CURLOPT_WRITEDATA, exchange);
    (void)curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(handle, CURLOPT_HEADERDATA, exchange);
    set_stop(handle, request, exchange);
    return curl_easy_setopt(handle, CURLOPT_URL, url) == CURLE_OK;
}

static enum aws_http_outcome outcome_of(CURLcode code)
{
    if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
        return AWS_HTTP_UNREACHABLE;
    return code == CURLE_OPERATION_TIMEDOUT ? AWS_HTTP_TIMED_OUT : AWS_HTTP_BROKEN;
}

static bool no_answer(CURLcode code, const struct aws_http_request *request,
                      const struct exchange *exchange, struct aws_error *err)
{
    if (exchange->too_large || exchange->body.failed)
        return aws_fail(err, &error_environment, "the answer of %.*s is too large",
                        STR_ARG(request->url));
    if (outcome_of(code) == AWS_HTTP_TIMED_OUT)
        return aws_fail(err, &error_environment, "Read timeout on endpoint URL: \"%.*s\"",
                        STR_ARG(request->url));
    if (outcome_of(code) == AWS_HTTP_UNREACHABLE)
        return aws_fail(err, &error_environment, "Could not connect to the endpoint URL: \"%.*s\"",
                        STR_ARG(request->url));
    return aws_fail(err, &error_environment, "%s: \"%.*s\"", curl_easy_strerror(code),
                    STR_ARG(request->url));
}

bool aws_http_call(struct aws_http *http, const struct aws_http_request *request,
                   struct arena *arena, struct aws_http_response *ret, struct aws_error *err)
{
    struct exchange exchange = {.arena = arena, .response = ret};
    struct curl_slist *headers = NULL;
    CURL *handle = take_handle(http);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    long status = 0;
    bool ok = false;

    *ret = (struct aws_http_response){.outcome = AWS_HTTP_BROKEN};
    buffer_init(&exchange.body, arena);
    if (handle == NULL || !add_headers(request, arena, &headers) ||
        !prepare(handle, request, headers, &exchange)) {
        (void)aws_fail(err, &error_environment, "no memory for a call of %.*s",
                       STR_ARG(request->url));
        goto done;
    }
    code = curl_easy_perform(handle);
    buffer_add_char(&exchange.body, '\0');
    if (code != CURLE_OK || exchange.body.failed) {
        ret->outcome = outcome_of(code);
        (void)no_answer(code, request, &exchange, err);
        goto done;
    }
    (void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    ret->outcome = AWS_HTTP_ANSWERED;
    ret->status = (int)status;
    ret->body = (struct str){exchange.body.ptr, exchange.body.len - 1};
    ok = true;
done:
    if (handle != NULL)
        give_handle_back(http, handle);
    curl_slist_free_all(headers);
    return ok;
}
