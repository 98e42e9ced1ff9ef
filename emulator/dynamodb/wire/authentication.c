#include "authentication.h"

#include "base/buffer.h"
#include "errors.h"

/* Header form and query form name the same things. */
static const struct str header_parameters[] = {STR_INIT("Credential"), STR_INIT("Signature"),
                                               STR_INIT("SignedHeaders")};
static const struct str query_parameters[] = {
    STR_INIT("X-Amz-Algorithm"), STR_INIT("X-Amz-Credential"), STR_INIT("X-Amz-Signature"),
    STR_INIT("X-Amz-SignedHeaders"), STR_INIT("X-Amz-Date")};

/* `AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`; blanks alone separate, too.
 */
static bool header_parameter(struct str header, struct str name, struct str *ret)
{
    struct str rest = header;

    (void)str_split(&rest, ' ');
    while (rest.len > 0) {
        struct str parts = str_split(&rest, ',');

        while (parts.len > 0) {
            struct str value = str_split(&parts, ' ');
            struct str found = str_split(&value, '=');

            if (str_eq(found, name) && value.len > 0) {
                *ret = value;
                return true;
            }
        }
    }
    return false;
}

/* AKIDEXAMPLE/20261123/eu-west-1/dynamodb/aws4_request */
static void read_region(struct str credential, struct str *ret)
{
    struct str rest = credential;

    (void)str_split(&rest, '/');
    (void)str_split(&rest, '/');
    struct str region = str_split(&rest, '/');
    if (region.len > 0)
        *ret = region;
}

static bool check_header(const struct http_request *request, struct str header, struct arena *arena,
                         struct str *ret_region, struct aws_error *err)
{
    struct buffer missing;
    struct str value;

    buffer_init(&missing, arena);
    for (size_t i = 0; i < ARRAY_LEN(header_parameters); i++) {
        if (!header_parameter(header, header_parameters[i], &value))
            buffer_printf(&missing, "Authorization header requires '%.*s' parameter. ",
                          STR_ARG(header_parameters[i]));
    }
    if (header_parameter(header, STR("Credential"), &value))
        read_region(value, ret_region);
    if (!http_request_header(request, STR("X-Amz-Date"), &value) &&
        !http_request_header(request, STR("Date"), &value))
        buffer_add_literal(&missing, "Authorization header requires existence of either a "
                                     "'X-Amz-Date' or a 'Date' header. ");
    if (missing.len == 0)
        return true;
    return aws_fail(err, &ddb_incomplete_signature_exception, "%.*sAuthorization=%.*s",
                    STR_ARG(buffer_str(&missing)), STR_ARG(header));
}

static bool check_query(const struct http_request *request, struct arena *arena,
                        struct str *ret_region, struct aws_error *err)
{
    struct buffer missing;
    struct str value;

    buffer_init(&missing, arena);
    for (size_t i = 0; i < ARRAY_LEN(query_parameters); i++) {
        if (!http_request_query(request, query_parameters[i], arena, &value) || value.len == 0)
            buffer_printf(&missing, "AWS query-string parameters must include '%.*s'. ",
                          STR_ARG(query_parameters[i]));
    }
    if (http_request_query(request, STR("X-Amz-Credential"), arena, &value))
        read_region(value, ret_region);
    if (missing.len == 0)
        return true;
    return aws_fail(err, &ddb_incomplete_signature_exception,
                    "%.*sRe-examine the query-string parameters.", STR_ARG(buffer_str(&missing)));
}

bool authentication_check(const struct http_request *request, struct arena *arena,
                          struct str *ret_region, struct aws_error *err)
{
    struct str header = {0}, algorithm = {0};
    bool in_header = http_request_header(request, STR("Authorization"), &header);
    bool in_query = http_request_query(request, STR("X-Amz-Algorithm"), arena, &algorithm);

    *ret_region = STR("us-east-1");
    if (in_header && in_query)
        return aws_fail(err, &ddb_invalid_signature_exception,
                        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' "
                        "as HTTP header.");
    if (!in_header && in_query)
        return check_query(request, arena, ret_region, err);
    header = str_trim(header);
    if (!in_header || !str_starts_with(header, STR("AWS4-")))
        return aws_fail(err, &ddb_missing_authentication_token_exception,
                        "Request is missing Authentication Token");
    return check_header(request, header, arena, ret_region, err);
}
