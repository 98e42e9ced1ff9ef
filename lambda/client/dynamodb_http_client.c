/* DynamoDB over HTTP, with the SDKs' retries. */
#include <curl/curl.h>

#include "base/json.h"
#include "client/aws_http.h"
#include "client/dynamodb_client.h"

enum {
    ATTEMPTS_MAX = 4, /* the first call and three more, as the SDKs' standard mode for DynamoDB */
    CALL_TIMEOUT_MS = 60000,
};

struct http_client {
    struct dynamodb_client client; /* first, so that a client is this */
    struct aws_http *http;
    char *url;         /* NULL: AWS's own, by region */
    struct str region; /* that `url` names, or empty */
};

static bool is_retryable(int status, struct str type)
{
    static const struct str types[] = {
        STR_INIT("ProvisionedThroughputExceededException"), STR_INIT("ThrottlingException"),
        STR_INIT("RequestLimitExceeded"), STR_INIT("TransactionInProgressException")};

    if (status >= 500)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (str_eq(types[i], type))
            return true;
    }
    return false;
}

/* "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException" -> its last part; in `arena`. */
static void read_error(const struct aws_http_response *answer, struct arena *arena,
                       struct dynamodb_response *ret)
{
    struct json_value *body = NULL;
    struct str type = STR("UnknownError"), message = {NULL, 0};

    if (json_parse(answer->body, arena, &body, NULL)) {
        if (json_string(json_member(body, "__type"), &type))
            type = str_slice(type, str_find_char(type, '#') + 1, type.len).len > 0
                       ? str_slice(type, str_find_char(type, '#') + 1, type.len)
                       : type;
        if (!json_string(json_member(body, "message"), &message) &&
            !json_string(json_member(body, "Message"), &message))
            message = (struct str){NULL, 0};
    }
    ret->error_type = str_to_c(arena, type);
    ret->error_message = str_to_c(arena, message);
}

static void read_answer(const struct aws_http_response *answer, struct arena *arena,
                        struct dynamodb_response *ret)
{
    int64_t crc32 = 0;
    const char *date = str_to_c(arena, aws_http_header(answer, STR("Date")));

    ret->http_status = answer->status;
    ret->body = answer->body.ptr;
    ret->body_length = answer->body.len;
    ret->request_id = str_to_c(arena, aws_http_header(answer, STR("x-amzn-RequestId")));
    if (str_to_int64(aws_http_header(answer, STR("x-amz-crc32")), 0, UINT32_MAX, &crc32))
        ret->crc32 = (uint32_t)crc32;
    if (date != NULL)
        ret->date_ms = (int64_t)curl_getdate(date, NULL) * 1000;
    if (answer->status != 200)
        read_error(answer, arena, ret);
}

static bool call_once(struct http_client *client, struct str operation, struct str body,
                      struct str region, struct arena *arena, struct dynamodb_response *ret)
{
    struct aws_http_header headers[] = {
        {STR("Content-Type"), STR("application/x-amz-json-1.0")},
        {STR("X-Amz-Target"), str_printf(arena, "DynamoDB_20120810.%.*s", STR_ARG(operation))},
    };
    struct aws_http_request request = {
        .method = "POST",
        .url = client->url != NULL
                   ? str_from_c(client->url)
                   : str_printf(arena, "https://dynamodb.%.*s.amazonaws.com/", STR_ARG(region)),
        .service = STR("dynamodb"),
        .region = client->region.len > 0 ? client->region : region,
        .headers = headers,
        .header_count = ARRAY_LEN(headers),
        .body = body,
        .timeout_ms = CALL_TIMEOUT_MS,
    };
    struct aws_http_response *answer = arena_alloc(arena, sizeof(*answer));
    struct aws_error err = {0};

    *ret = (struct dynamodb_response){0};
    if (answer == NULL || !aws_http_call(client->http, &request, arena, answer, &err)) {
        bool late = answer != NULL && answer->outcome == AWS_HTTP_TIMED_OUT;
        /* botocore's names for the two. */
        ret->error_type = late ? "ReadTimeoutError" : "EndpointConnectionError";
        ret->error_message = str_to_c(arena, str_from_c(err.message));
        return false;
    }
    read_answer(answer, arena, ret);
    return true;
}

static void http_client_call(void *state, struct str operation, struct str request,
                             struct str region, struct arena *arena, struct dynamodb_response *ret)
{
    struct http_client *client = state;

    for (int attempt = 0;; attempt++) {
        bool answered = call_once(client, operation, request, region, arena, ret);
        ret->retry_attempts = attempt;
        if (answered && ret->http_status == 200)
            return;
        if (answered && !is_retryable(ret->http_status, str_from_c(ret->error_type)))
            return;
        if (attempt + 1 == ATTEMPTS_MAX) {
            ret->retries_exhausted = true;
            return;
        }
        aws_http_back_off(attempt);
    }
}

struct str dynamodb_url_region(struct str url)
{
    struct str rest = str_slice(url, str_find(url, STR("://")) + 3, url.len);
    struct str host = str_split(&rest, '/');
    struct str service = str_split(&host, '.');
    struct str region = str_split(&host, '.');

    if (!str_starts_with(service, STR("dynamodb")) || !str_starts_with(host, STR("amazonaws.com")))
        return (struct str){NULL, 0};
    return region;
}

bool dynamodb_http_client_new(struct str url, struct dynamodb_client **ret, struct aws_error *err)
{
    struct http_client *client = NULL;

    if (url.len > 0 && !str_starts_with(url, STR("http://")) &&
        !str_starts_with(url, STR("https://")))
        return aws_fail(err, &error_usage,
                        "'%.*s' is no endpoint: give a URL such as http://127.0.0.1:8000",
                        STR_ARG(url));
    client = calloc(1, sizeof(*client));
    if (client != NULL) {
        client->client = (struct dynamodb_client){.state = client, .call = http_client_call};
        client->http = aws_http_new();
        client->url = url.len > 0 ? strndup(url.ptr, url.len) : NULL;
        client->region = dynamodb_url_region(str_from_c(client->url));
    }
    if (client == NULL || client->http == NULL || (url.len > 0 && client->url == NULL)) {
        if (client != NULL)
            dynamodb_http_client_free(&client->client);
        return aws_fail(err, &error_environment, "no memory for a DynamoDB client");
    }
    *ret = &client->client;
    return true;
}

void dynamodb_http_client_free(struct dynamodb_client *client)
{
    if (client == NULL)
        return;
    struct http_client *own = client->state;
    aws_http_free(own->http);
    free(own->url);
    free(own);
}
