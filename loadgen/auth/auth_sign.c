#include "loadgen/auth_sign.h"

static const struct {
    enum auth_type type;
    bool (*sign)(const struct pair_list *attributes, const struct signable *request,
                 const struct signing *signing, struct signature *ret, struct aws_error *err);
    const char *replaces[4];
} rows[] = {
    {AUTH_DIGEST, auth_digest_sign, {"Authorization"}},
    {AUTH_OAUTH1, auth_oauth1_sign, {"Authorization"}},
    {AUTH_AWSV4,
     auth_aws_sign,
     {"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"}},
    {AUTH_HAWK, auth_hawk_sign, {"Authorization"}},
};

bool auth_is_signed(enum auth_type type)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].type == type)
            return true;
    }
    return false;
}

bool auth_replaces(enum auth_type type, struct str header)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t at = 0; rows[i].type == type && at < ARRAY_LEN(rows[i].replaces); at++) {
            if (str_eq_nocase(header, str_from_c(rows[i].replaces[at])) && header.len > 0)
                return true;
        }
    }
    return false;
}

bool auth_sign(enum auth_type type, const struct pair_list *attributes,
               const struct signable *request, const struct signing *signing, struct signature *ret,
               struct aws_error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].type == type)
            return rows[i].sign(attributes, request, signing, ret, err);
    }
    return true;
}

struct str auth_text(const struct pair_list *attributes, struct str name)
{
    for (size_t i = attributes->count; i > 0; i--) {
        if (str_eq(attributes->rows[i - 1].name, name))
            return attributes->rows[i - 1].value;
    }
    return (struct str){0};
}

bool auth_flag(const struct pair_list *attributes, struct str name)
{
    struct str text = auth_text(attributes, name);

    return str_eq(text, STR("true")) || str_eq(text, STR("1"));
}

void signature_header(struct signature *signature, struct str name, struct str value)
{
    assert(signature->header_count < SIGNATURE_ROWS_MAX);
    signature->headers[signature->header_count++] = (struct pair){name, value, true};
}

void signature_parameter(struct signature *signature, struct str name, struct str value)
{
    assert(signature->parameter_count < SIGNATURE_ROWS_MAX);
    signature->parameters[signature->parameter_count++] = (struct pair){name, value, true};
}

struct str signing_nonce(const struct signing *signing, size_t count)
{
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char *text = arena_alloc_text(signing->arena, count + 1);

    if (text == NULL)
        return (struct str){0};
    for (size_t i = 0; i < count; i++)
        text[i] = characters[rng_below(signing->rng, sizeof(characters) - 1)];
    text[count] = '\0';
    return (struct str){text, count};
}
