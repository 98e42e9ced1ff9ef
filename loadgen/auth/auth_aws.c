/*
 * AWS Signature Version 4, in headers or in the query.
 *
 * Source: IAM User Guide, "Create a signed AWS API request". As Postman does: only the collection's
 * own headers, Host and the x-amz-* ones are signed, and the body's hash is a header of its own.
 */
#include "loadgen/auth_sign.h"
#include "loadgen/message_digest.h"
#include "loadgen/parameters.h"

struct aws {
    const struct pair_list *attributes;
    const struct signable *request;
    struct arena *arena;
    struct str region, service;
    struct str date;           /* 20150830T123600Z */
    struct str scope;          /* 20150830/us-east-1/service/aws4_request */
    struct str payload;        /* its hash, or what stands for it */
    struct str signed_headers; /* "host;x-amz-date" */
};

static struct str attribute(const struct aws *aws, const char *name)
{
    return auth_text(aws->attributes, str_from_c(name));
}

/* --- the canonical request ------------------------------------------------------------------ */

/* Empty and "." segments go, ".." takes one along; S3 keeps its keys as they are. */
static void add_path(struct buffer *out, const struct aws *aws)
{
    bool is_s3 = str_eq(aws->service, STR("s3"));
    struct str path = aws->request->path;
    size_t begin = out->len;

    while (path.len > 0 && path.ptr[0] == '/') {
        size_t end = 1;
        while (end < path.len && path.ptr[end] != '/')
            end++;
        struct str segment = str_slice(path, 1, end);
        path = str_slice(path, end, path.len);
        if (!is_s3 && segment.len == 0 && path.len > 0)
            continue;
        if (!is_s3 && str_eq(segment, STR("."))) {
            if (path.len == 0)
                buffer_add_char(out, '/');
            continue;
        }
        if (!is_s3 && str_eq(segment, STR(".."))) {
            while (out->len > begin && out->ptr[--out->len] != '/')
                continue;
            if (path.len == 0)
                buffer_add_char(out, '/');
            continue;
        }
        if (is_s3 && !percent_decode(aws->arena, segment, false, &segment))
            out->failed = true;
        buffer_add_char(out, '/');
        encode_add(out, segment, ENCODE_FORM);
    }
    if (out->len == begin)
        buffer_add_char(out, '/');
}

static void add_query(struct buffer *out, const struct aws *aws, const struct signature *signature)
{
    struct parameters parameters = {.arena = aws->arena};

    parameters_add_query(&parameters, aws->request->query);
    for (size_t i = 0; i < signature->parameter_count; i++)
        parameters_add(&parameters, signature->parameters[i].name, signature->parameters[i].value);
    parameters_sort(&parameters);
    parameters_write(&parameters, out);
}

/* Proxies change these on the way, or they come later. */
static bool is_unsigned(struct str name)
{
    static const struct str names[] = {STR_INIT("authorization"),   STR_INIT("connection"),
                                       STR_INIT("x-amzn-trace-id"), STR_INIT("user-agent"),
                                       STR_INIT("expect"),          STR_INIT("presigned-expires"),
                                       STR_INIT("range"),           STR_INIT("content-length")};

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq_nocase(names[i], name))
            return true;
    }
    return auth_replaces(AUTH_AWSV4, name);
}

static bool lower(struct arena *arena, struct str text, struct str *ret)
{
    char *copy = arena_alloc_text(arena, text.len + 1);

    if (copy == NULL)
        return false;
    for (size_t i = 0; i < text.len; i++)
        copy[i] = str_lower(text.ptr[i]);
    *ret = (struct str){copy, text.len};
    return true;
}

/* By name; headers of one name keep their order. */
static void insert(struct pair_list *list, struct pair pair)
{
    size_t at = list->count++;

    while (at > 0 && str_compare(list->rows[at - 1].name, pair.name) > 0) {
        list->rows[at] = list->rows[at - 1];
        at--;
    }
    list->rows[at] = pair;
}

static bool collect_headers(const struct aws *aws, const struct signature *signature,
                            struct pair_list *ret)
{
    const struct pair_list *own = &aws->request->headers;
    bool has_host = false;
    struct str name = {0};

    ret->count = 0;
    ret->rows =
        arena_alloc_array(aws->arena, own->count + signature->header_count + 1, sizeof(*ret->rows));
    if (ret->rows == NULL)
        return false;
    for (size_t i = 0; i < own->count; i++) {
        if (is_unsigned(own->rows[i].name))
            continue;
        if (!lower(aws->arena, own->rows[i].name, &name))
            return false;
        has_host = has_host || str_eq(name, STR("host"));
        insert(ret, (struct pair){name, own->rows[i].value, true});
    }
    for (size_t i = 0; i < signature->header_count; i++) {
        if (!lower(aws->arena, signature->headers[i].name, &name))
            return false;
        if (!has_host || !str_eq(name, STR("host")))
            insert(ret, (struct pair){name, signature->headers[i].value, true});
    }
    return true;
}

/* Without blanks around, and one where several are. */
static void add_value(struct buffer *out, struct str value)
{
    bool was_blank = false;

    value = str_trim(value);
    for (size_t i = 0; i < value.len; i++) {
        bool blank = value.ptr[i] == ' ' || value.ptr[i] == '\t';
        if (!blank || !was_blank)
            buffer_add_char(out, (char)(blank ? ' ' : value.ptr[i]));
        was_blank = blank;
    }
}

static bool add_headers(struct buffer *out, struct aws *aws, const struct signature *signature)
{
    struct pair_list list = {0};
    struct buffer names;

    if (!collect_headers(aws, signature, &list))
        return false;
    buffer_init(&names, aws->arena);
    for (size_t i = 0; i < list.count; i++) {
        bool again = i > 0 && str_eq(list.rows[i].name, list.rows[i - 1].name);
        if (!again) {
            buffer_add(out, i > 0 ? STR("\n") : STR(""));
            buffer_add(out, list.rows[i].name);
            buffer_add(&names, i > 0 ? STR(";") : STR(""));
            buffer_add(&names, list.rows[i].name);
        }
        buffer_add_char(out, again ? ',' : ':');
        add_value(out, list.rows[i].value);
    }
    buffer_add_literal(out, "\n\n");
    return buffer_done(&names, &aws->signed_headers);
}

static bool signed_headers(struct aws *aws, const struct signature *signature)
{
    struct buffer unused;

    buffer_init(&unused, aws->arena);
    return add_headers(&unused, aws, signature);
}

static bool canonical_request(struct aws *aws, const struct signature *signature, struct str *ret)
{
    struct buffer out;

    buffer_init(&out, aws->arena);
    buffer_add(&out, aws->request->method);
    buffer_add_char(&out, '\n');
    add_path(&out, aws);
    buffer_add_char(&out, '\n');
    add_query(&out, aws, signature);
    buffer_add_char(&out, '\n');
    if (!add_headers(&out, aws, signature))
        return false;
    buffer_add(&out, aws->signed_headers);
    buffer_add_char(&out, '\n');
    buffer_add(&out, aws->payload);
    return buffer_done(&out, ret);
}

/* --- the signature -------------------------------------------------------------------------- */

static bool more_key(struct message_digest *key, struct str text)
{
    struct str current = {(const char *)key->bytes, key->len};
    struct message_digest next = {0};

    if (!digest_hmac("sha256", current, text, &next))
        return false;
    *key = next;
    return true;
}

static bool sign(struct aws *aws, const struct signature *signature, struct str *ret)
{
    struct str canonical = {0};
    struct str secret = str_printf(aws->arena, "AWS4%.*s", STR_ARG(attribute(aws, "secretKey")));
    struct message_digest key = {0};

    if (!canonical_request(aws, signature, &canonical))
        return false;
    struct str text =
        str_printf(aws->arena, "AWS4-HMAC-SHA256\n%.*s\n%.*s\n%.*s", STR_ARG(aws->date),
                   STR_ARG(aws->scope), STR_ARG(digest_hex_of("sha256", canonical, aws->arena)));
    if (!digest_hmac("sha256", secret, str_slice(aws->date, 0, 8), &key) ||
        !more_key(&key, aws->region) || !more_key(&key, aws->service) ||
        !more_key(&key, STR("aws4_request")) || !more_key(&key, text))
        return false;
    *ret = digest_hex(&key, aws->arena);
    return ret->len > 0;
}

/* "2015-08-30T12:36:00.000Z" without what AWS does not want. */
static struct str date_of(struct clock *clock, struct arena *arena)
{
    char iso[CLOCK_TEXT_BYTES];

    clock_format_iso(clock_wall_ms(clock), iso);
    return str_printf(arena, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", iso, iso + 5, iso + 8, iso + 11,
                      iso + 14, iso + 17);
}

static bool sign_headers(struct aws *aws, struct signature *ret)
{
    struct str token = attribute(aws, "sessionToken"), signature = {0};

    bool is_s3 = str_eq(aws->service, STR("s3"));

    /* Only S3 wants the hash of nothing; of formdata Postman takes none. */
    if (is_s3 || (aws->request->body.len > 0 && !aws->request->has_parts))
        signature_header(ret, STR("X-Amz-Content-Sha256"), aws->payload);
    signature_header(ret, STR("Host"), aws->request->url->authority);
    if (token.len > 0)
        signature_header(ret, STR("X-Amz-Security-Token"), token);
    signature_header(ret, STR("X-Amz-Date"), aws->date);
    if (!sign(aws, ret, &signature))
        return false;
    signature_header(
        ret, STR("Authorization"),
        str_printf(aws->arena,
                   "AWS4-HMAC-SHA256 Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%.*s",
                   STR_ARG(attribute(aws, "accessKey")), STR_ARG(aws->scope),
                   STR_ARG(aws->signed_headers), STR_ARG(signature)));
    return true;
}

static bool sign_query(struct aws *aws, struct signature *ret)
{
    struct str token = attribute(aws, "sessionToken"), signature = {0};
    bool is_s3 = str_eq(aws->service, STR("s3"));

    aws->payload = is_s3 ? STR("UNSIGNED-PAYLOAD") : digest_hex_of("sha256", STR(""), aws->arena);
    signature_header(ret, STR("Host"), aws->request->url->authority);
    if (!signed_headers(aws, ret))
        return false;
    if (token.len > 0)
        signature_parameter(ret, STR("X-Amz-Security-Token"), token);
    if (is_s3 && str_find(aws->request->query, STR("X-Amz-Expires=")) == aws->request->query.len)
        signature_parameter(ret, STR("X-Amz-Expires"), STR("86400"));
    signature_parameter(ret, STR("X-Amz-Date"), aws->date);
    signature_parameter(ret, STR("X-Amz-Algorithm"), STR("AWS4-HMAC-SHA256"));
    signature_parameter(ret, STR("X-Amz-Credential"),
                        str_printf(aws->arena, "%.*s/%.*s", STR_ARG(attribute(aws, "accessKey")),
                                   STR_ARG(aws->scope)));
    signature_parameter(ret, STR("X-Amz-SignedHeaders"), aws->signed_headers);
    if (!sign(aws, ret, &signature))
        return false;
    signature_parameter(ret, STR("X-Amz-Signature"), signature);
    return true;
}

bool auth_aws_sign(const struct pair_list *attributes, const struct signable *request,
                   const struct signing *signing, struct signature *ret, struct aws_error *err)
{
    struct aws aws = {.attributes = attributes, .request = request, .arena = signing->arena};

    aws.region = attribute(&aws, "region");
    aws.service = attribute(&aws, "service");
    if (aws.region.len == 0)
        aws.region = STR("us-east-1");
    if (aws.service.len == 0)
        aws.service = STR("execute-api");
    aws.date = date_of(signing->clock, aws.arena);
    aws.scope =
        str_printf(aws.arena, "%.*s/%.*s/%.*s/aws4_request", STR_ARG(str_slice(aws.date, 0, 8)),
                   STR_ARG(aws.region), STR_ARG(aws.service));
    aws.payload = digest_hex_of("sha256", request->has_parts ? STR("") : request->body, aws.arena);
    if (!(auth_flag(attributes, STR("addAuthDataToQuery")) ? sign_query(&aws, ret)
                                                           : sign_headers(&aws, ret)))
        return aws_fail(err, &error_out_of_memory, "awsv4: out of memory");
    return true;
}
