/*
 * The Lambda proxy event of a REST API, format 1.0.
 *
 * Source: Developer Guide, "Input format of a Lambda function for proxy integration"; members in
 * the order that the service writes them.
 */
#include <time.h>

#include "base/base64.h"
#include "gateway.h"

/* One name with its values, as headers and query strings both have them. */
struct pair {
    struct str name;
    struct str value;
    bool repeated; /* a later pair has the same name: this one is not the last */
    bool later;    /* an earlier pair has it: this one is no first */
};

struct pairs {
    struct pair *rows;
    size_t count;
};

static void mark_repeats(struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        for (size_t j = i + 1; j < pairs->count; j++) {
            if (str_eq_nocase(pairs->rows[i].name, pairs->rows[j].name)) {
                pairs->rows[i].repeated = true;
                pairs->rows[j].later = true;
                break;
            }
        }
    }
}

static void write_single(struct json_writer *writer, const struct pairs *pairs)
{
    if (pairs->count == 0) {
        json_write_null(writer);
        return;
    }
    json_object_begin(writer);
    for (size_t i = 0; i < pairs->count; i++) {
        if (!pairs->rows[i].repeated)
            json_field_string(writer, pairs->rows[i].name, pairs->rows[i].value);
    }
    json_object_end(writer);
}

static void write_multi(struct json_writer *writer, const struct pairs *pairs)
{
    if (pairs->count == 0) {
        json_write_null(writer);
        return;
    }
    json_object_begin(writer);
    for (size_t i = 0; i < pairs->count; i++) {
        if (pairs->rows[i].later)
            continue;
        json_write_name(writer, pairs->rows[i].name);
        json_array_begin(writer);
        for (size_t j = i; j < pairs->count; j++) {
            if (str_eq_nocase(pairs->rows[i].name, pairs->rows[j].name))
                json_write_string(writer, pairs->rows[j].value);
        }
        json_array_end(writer);
    }
    json_object_end(writer);
}

/* --- headers -------------------------------------------------------------------------------- */

static bool is_dropped(struct str name)
{
    static const struct str dropped[] = {
        STR_INIT("Content-Length"),  STR_INIT("Connection"),       STR_INIT("X-Amzn-Trace-Id"),
        STR_INIT("X-Forwarded-For"), STR_INIT("X-Forwarded-Port"), STR_INIT("X-Forwarded-Proto")};

    for (size_t i = 0; i < ARRAY_LEN(dropped); i++) {
        if (str_eq_nocase(name, dropped[i]))
            return true;
    }
    return false;
}

static struct str header_name(struct str name)
{
    if (str_eq_nocase(name, STR("authorization")))
        return STR("Authorization");
    return str_eq_nocase(name, STR("user-agent")) ? STR("User-Agent") : name;
}

static bool read_header_pairs(const struct gateway_call *call, struct pairs *ret)
{
    const struct http_request *request = &call->exchange->request;
    struct arena *arena = call->exchange->arena;
    struct str forwarded;
    const struct {
        struct str name;
        struct str value;
    } added[] = {
        {STR("X-Amzn-Trace-Id"), {call->trace_id, call->trace_root_length}},
        {STR("X-Forwarded-For"), request->source_ip},
        {STR("X-Forwarded-Port"), str_printf(arena, "%u", request->port)},
        {STR("X-Forwarded-Proto"), STR("http")},
    };

    ret->rows =
        arena_alloc_array(arena, request->header_count + ARRAY_LEN(added), sizeof(*ret->rows));
    if (ret->rows == NULL)
        return false;
    for (size_t i = 0; i < request->header_count; i++) {
        if (!is_dropped(request->headers[i].name))
            ret->rows[ret->count++] = (struct pair){.name = header_name(request->headers[i].name),
                                                    .value = request->headers[i].value};
    }
    for (size_t i = 0; i < ARRAY_LEN(added); i++)
        ret->rows[ret->count++] = (struct pair){.name = added[i].name, .value = added[i].value};
    if (http_request_header(request, STR("X-Forwarded-For"), &forwarded))
        ret->rows[ret->count - 3].value =
            str_printf(arena, "%.*s, %.*s", STR_ARG(forwarded), STR_ARG(request->source_ip));
    mark_repeats(ret);
    return true;
}

/* --- query string --------------------------------------------------------------------------- */

static bool read_query_pairs(const struct gateway_call *call, struct pairs *ret)
{
    struct arena *arena = call->exchange->arena;
    struct str rest = call->exchange->request.query;
    size_t room = rest.len == 0 ? 0 : 1;

    for (size_t i = 0; i < rest.len; i++)
        room += rest.ptr[i] == '&';
    ret->rows = arena_alloc_array(arena, room, sizeof(*ret->rows));
    if (ret->rows == NULL)
        return false;
    while (rest.len > 0) {
        struct str value = str_split(&rest, '&');
        struct str name = str_split(&value, '=');
        struct pair *row = &ret->rows[ret->count];
        if (name.len == 0)
            continue;
        if (!http_percent_decode(name, true, arena, &row->name) ||
            !http_percent_decode(value, true, arena, &row->value))
            return false;
        ret->count++;
    }
    mark_repeats(ret);
    return true;
}

/* --- requestContext ------------------------------------------------------------------------- */

static void write_identity(struct json_writer *writer, const struct http_request *request)
{
    /* In the service's order; what is not known here is null. */
    static const struct str names[] = {
        STR_INIT("accessKey"),
        STR_INIT("accountId"),
        STR_INIT("caller"),
        STR_INIT("cognitoAuthenticationProvider"),
        STR_INIT("cognitoAuthenticationType"),
        STR_INIT("cognitoIdentityId"),
        STR_INIT("cognitoIdentityPoolId"),
        STR_INIT("principalOrgId"),
        STR_INIT("sourceIp"),
        STR_INIT("user"),
        STR_INIT("userAgent"),
        STR_INIT("userArn"),
    };
    struct str agent;

    json_object_begin(writer);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        json_write_name(writer, names[i]);
        if (str_eq(names[i], STR("sourceIp")))
            json_write_string(writer, request->source_ip);
        else if (str_eq(names[i], STR("userAgent")) &&
                 http_request_header(request, STR("User-Agent"), &agent))
            json_write_string(writer, agent);
        else
            json_write_null(writer);
    }
    json_object_end(writer);
}

/* dd/MMM/yyyy:HH:mm:ss +0000 */
static struct str request_time(struct arena *arena, int64_t wall_ms)
{
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm t;

    if (gmtime_r(&seconds, &t) == NULL)
        return (struct str){NULL, 0};
    return str_printf(arena, "%02d/%s/%04d:%02d:%02d:%02d +0000", t.tm_mday, months[t.tm_mon % 12],
                      t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static void write_context(const struct gateway_call *call, struct json_writer *writer)
{
    const struct http_request *request = &call->exchange->request;
    const struct rest_api *api = call->match.api;
    struct arena *arena = call->exchange->arena;
    int64_t now_ms = clock_wall_ms(call->gateway->clock);
    struct str host = {NULL, 0};

    (void)http_request_header(request, STR("Host"), &host);
    host = str_slice(host, 0, str_find_char(host, ':'));
    json_object_begin(writer);
    json_field_string(writer, STR("accountId"), call->gateway->account_id);
    json_field_string(writer, STR("apiId"), api->id);
    json_field_string(writer, STR("deploymentId"), str_from_c(api->deployment_id));
    json_field_string(writer, STR("domainName"), host);
    json_field_string(writer, STR("domainPrefix"), str_slice(host, 0, str_find_char(host, '.')));
    json_field_string(writer, STR("extendedRequestId"), str_from_c(call->apigw_id));
    json_field_string(writer, STR("httpMethod"), request->method);
    json_write_name(writer, STR("identity"));
    write_identity(writer, request);
    json_field_string(
        writer, STR("path"),
        str_printf(arena, "/%.*s%.*s", STR_ARG(api->stage), STR_ARG(call->match.raw_path)));
    json_field_string(writer, STR("protocol"), STR("HTTP/1.1"));
    json_field_string(writer, STR("requestId"), str_from_c(call->request_id));
    json_field_string(writer, STR("requestTime"), request_time(arena, now_ms));
    json_field_int(writer, STR("requestTimeEpoch"), now_ms);
    json_field_string(writer, STR("resourceId"), str_from_c(call->match.resource->id));
    json_field_string(writer, STR("resourcePath"), call->match.resource->path);
    json_field_string(writer, STR("stage"), api->stage);
    json_object_end(writer);
}

/* --- the event ------------------------------------------------------------------------------ */

static void write_path_parameters(const struct gateway_call *call, struct json_writer *writer)
{
    if (call->match.parameter_count == 0) {
        json_write_null(writer);
        return;
    }
    json_object_begin(writer);
    for (size_t i = 0; i < call->match.parameter_count; i++)
        json_field_string(writer, call->match.parameters[i].name, call->match.parameters[i].value);
    json_object_end(writer);
}

static bool write_body(const struct gateway_call *call, struct json_writer *writer)
{
    const struct http_request *request = &call->exchange->request;
    bool binary = request->body.len > 0 &&
                  (media_type_is_binary(call->match.api, request_content_type(request)) ||
                   !str_is_utf8(request->body));
    struct str body = request->body;

    if (binary && !base64_encode(call->exchange->arena, body, &body))
        return false;
    json_write_name(writer, STR("body"));
    if (body.len == 0)
        json_write_null(writer);
    else
        json_write_string(writer, body);
    json_field_bool(writer, STR("isBase64Encoded"), binary);
    return true;
}

bool proxy_event_write(const struct gateway_call *call, struct str *ret)
{
    struct pairs headers = {0}, query = {0};
    struct json_writer writer;
    struct buffer out;

    if (!read_header_pairs(call, &headers) || !read_query_pairs(call, &query))
        return false;
    buffer_init(&out, call->exchange->arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_field_string(&writer, STR("resource"), call->match.resource->path);
    json_field_string(&writer, STR("path"), call->match.path);
    json_field_string(&writer, STR("httpMethod"), call->exchange->request.method);
    json_write_name(&writer, STR("headers"));
    write_single(&writer, &headers);
    json_write_name(&writer, STR("multiValueHeaders"));
    write_multi(&writer, &headers);
    json_write_name(&writer, STR("queryStringParameters"));
    write_single(&writer, &query);
    json_write_name(&writer, STR("multiValueQueryStringParameters"));
    write_multi(&writer, &query);
    json_write_name(&writer, STR("pathParameters"));
    write_path_parameters(call, &writer);
    json_write_name(&writer, STR("stageVariables"));
    json_write_null(&writer);
    json_write_name(&writer, STR("requestContext"));
    write_context(call, &writer);
    if (!write_body(call, &writer))
        return false;
    json_object_end(&writer);
    return buffer_done(&out, ret);
}
