/*
 * OAuth 1.0: the signature, and where its parameters go: the Authorization header, the form, or the
 * query.
 *
 * Source: RFC 5849, section 3. The body hash: "OAuth Request Body Hash",
 * draft-eaton-oauth-bodyhash.
 */
#include "loadgen/auth_sign.h"

#include "base/base64.h"
#include "loadgen/message_digest.h"
#include "loadgen/parameters.h"

struct method {
    struct str name;
    const char *digest; /* NULL: PLAINTEXT */
    bool rsa;
};

static const struct method methods[] = {
    {STR_INIT("HMAC-SHA1"), "sha1", false},     {STR_INIT("HMAC-SHA256"), "sha256", false},
    {STR_INIT("HMAC-SHA512"), "sha512", false}, {STR_INIT("RSA-SHA1"), "sha1", true},
    {STR_INIT("RSA-SHA256"), "sha256", true},   {STR_INIT("RSA-SHA512"), "sha512", true},
    {STR_INIT("PLAINTEXT"), NULL, false},
};

static const struct method *find_method(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (str_eq_nocase(methods[i].name, name))
            return &methods[i];
    }
    return name.len == 0 ? &methods[0] : NULL;
}

/* The address without its query: section 3.4.1.2. */
static void add_base_address(struct buffer *out, const struct signable *request)
{
    const struct url *url = request->url;

    buffer_add(out, url->tls ? STR("https://") : STR("http://"));
    buffer_add_lower(out, url->host);
    if (url->port != (url->tls ? 443 : 80))
        buffer_printf(out, ":%u", (unsigned)url->port);
    buffer_add(out, request->path);
}

/* Method, address and sorted parameters: section 3.4.1. */
static bool base_string(const struct signable *request, const struct signature *signature,
                        struct arena *arena, struct str *ret)
{
    struct parameters parameters = {.arena = arena};
    struct buffer address, list, out;

    parameters_add_query(&parameters, request->query);
    for (size_t i = 0; request->has_form && i < request->form.count; i++)
        parameters_add(&parameters, request->form.rows[i].name, request->form.rows[i].value);
    for (size_t i = 0; i < signature->parameter_count; i++)
        parameters_add(&parameters, signature->parameters[i].name, signature->parameters[i].value);
    parameters_sort(&parameters);
    buffer_init(&address, arena);
    add_base_address(&address, request);
    buffer_init(&list, arena);
    parameters_write(&parameters, &list);
    buffer_init(&out, arena);
    buffer_add(&out, request->method);
    buffer_add_char(&out, '&');
    encode_add(&out, buffer_str(&address), ENCODE_FORM);
    buffer_add_char(&out, '&');
    encode_add(&out, buffer_str(&list), ENCODE_FORM);
    return !address.failed && !list.failed && buffer_done(&out, ret);
}

/* Section 3.4.2: both secrets, encoded. */
static bool signing_key(const struct pair_list *attributes, struct arena *arena, struct str *ret)
{
    struct buffer out;

    buffer_init(&out, arena);
    encode_add(&out, auth_text(attributes, STR("consumerSecret")), ENCODE_FORM);
    buffer_add_char(&out, '&');
    encode_add(&out, auth_text(attributes, STR("tokenSecret")), ENCODE_FORM);
    return buffer_done(&out, ret);
}

static bool sign(const struct method *method, const struct pair_list *attributes, struct str text,
                 struct arena *arena, struct str *ret, struct aws_error *err)
{
    struct str key = {0};
    struct message_digest digest;

    if (method->rsa) {
        if (!digest_rsa_sign(method->digest, auth_text(attributes, STR("privateKey")), text, arena,
                             &key))
            return aws_fail(err, &error_usage, "oauth1: the private key is no RSA key in PEM form");
        return base64_encode(arena, key, ret) ||
               aws_fail(err, &error_out_of_memory, "oauth1: out of memory");
    }
    if (!signing_key(attributes, arena, &key))
        return aws_fail(err, &error_out_of_memory, "oauth1: out of memory");
    *ret = key;
    if (method->digest == NULL)
        return true;
    if (!digest_hmac(method->digest, key, text, &digest))
        return aws_fail(err, &error_usage, "oauth1: %s is not to be had here", method->digest);
    *ret = digest_base64(&digest, arena);
    return true;
}

static void add_parameter(struct signature *ret, const struct pair_list *attributes,
                          struct str name, struct str value, bool optional)
{
    bool empty = str_trim(value).len == 0;

    if (empty && (optional || !auth_flag(attributes, STR("addEmptyParamsToSign"))))
        return;
    signature_parameter(ret, name, value);
}

static struct str body_hash(const struct method *method, const struct pair_list *attributes,
                            const struct signable *request, struct arena *arena)
{
    struct message_digest digest;

    if (request->has_form || request->has_parts || method->digest == NULL ||
        !auth_flag(attributes, STR("includeBodyHash")) ||
        !digest_of(method->digest, request->body, &digest))
        return (struct str){0};
    return digest_base64(&digest, arena);
}

static void add_parameters(const struct method *method, const struct pair_list *attributes,
                           const struct signable *request, const struct signing *signing,
                           struct signature *ret)
{
    struct str timestamp = auth_text(attributes, STR("timestamp"));
    struct str nonce = auth_text(attributes, STR("nonce"));

    if (timestamp.len == 0)
        timestamp =
            str_printf(signing->arena, "%lld", (long long)(clock_wall_ms(signing->clock) / 1000));
    if (nonce.len == 0)
        nonce = signing_nonce(signing, 11);
    add_parameter(ret, attributes, STR("oauth_consumer_key"),
                  auth_text(attributes, STR("consumerKey")), false);
    add_parameter(ret, attributes, STR("oauth_token"), auth_text(attributes, STR("token")), false);
    add_parameter(ret, attributes, STR("oauth_signature_method"), method->name, false);
    add_parameter(ret, attributes, STR("oauth_timestamp"), timestamp, false);
    add_parameter(ret, attributes, STR("oauth_nonce"), nonce, false);
    add_parameter(ret, attributes, STR("oauth_version"), auth_text(attributes, STR("version")),
                  false);
    add_parameter(ret, attributes, STR("oauth_body_hash"),
                  body_hash(method, attributes, request, signing->arena), true);
    add_parameter(ret, attributes, STR("oauth_callback"), auth_text(attributes, STR("callback")),
                  true);
    add_parameter(ret, attributes, STR("oauth_verifier"), auth_text(attributes, STR("verifier")),
                  true);
}

/* Section 3.5.1. */
static bool write_header(const struct signature *signature, struct str realm, bool encode,
                         struct arena *arena, struct str *ret)
{
    enum encoding encoding = encode ? ENCODE_FORM : ENCODE_NONE;
    struct buffer out;

    buffer_init(&out, arena);
    buffer_add_literal(&out, "OAuth ");
    if (str_trim(realm).len > 0) {
        buffer_add_literal(&out, "realm=\"");
        encode_add(&out, realm, encoding);
        buffer_add_literal(&out, "\"");
    }
    for (size_t i = 0; i < signature->parameter_count; i++) {
        if (signature->parameters[i].value.len == 0)
            continue;
        buffer_add(&out, out.len > 6 ? STR(",") : STR(""));
        encode_add(&out, signature->parameters[i].name, encoding);
        buffer_add_literal(&out, "=\"");
        encode_add(&out, signature->parameters[i].value, encoding);
        buffer_add_literal(&out, "\"");
    }
    return buffer_done(&out, ret);
}

/* Header, form or query: sections 3.5.1 to 3.5.3. */
static bool place(const struct pair_list *attributes, const struct signable *request,
                  struct arena *arena, struct signature *ret)
{
    struct str header = {0};
    bool has_body = str_eq(request->method, STR("POST")) || str_eq(request->method, STR("PUT"));

    if (!auth_flag(attributes, STR("addParamsToHeader"))) {
        ret->in_form = has_body && request->has_form;
        return true;
    }
    if (!write_header(ret, auth_text(attributes, STR("realm")),
                      !auth_flag(attributes, STR("disableHeaderEncoding")), arena, &header))
        return false;
    ret->parameter_count = 0;
    signature_header(ret, STR("Authorization"), header);
    return true;
}

bool auth_oauth1_sign(const struct pair_list *attributes, const struct signable *request,
                      const struct signing *signing, struct signature *ret, struct aws_error *err)
{
    struct str name = auth_text(attributes, STR("signatureMethod"));
    const struct method *method = find_method(name);
    struct str text = {0}, signature = {0};

    if (method == NULL)
        return aws_fail(err, &error_usage, "oauth1: '%.*s' is no signature method", STR_ARG(name));
    if (auth_text(attributes, STR("consumerKey")).len == 0 ||
        auth_text(attributes, method->rsa ? STR("privateKey") : STR("consumerSecret")).len == 0)
        return true;
    add_parameters(method, attributes, request, signing, ret);
    if (!base_string(request, ret, signing->arena, &text))
        return aws_fail(err, &error_out_of_memory, "oauth1: out of memory");
    if (!sign(method, attributes, text, signing->arena, &signature, err))
        return false;
    signature_parameter(ret, STR("oauth_signature"), signature);
    return place(attributes, request, signing->arena, ret) ||
           aws_fail(err, &error_out_of_memory, "oauth1: out of memory");
}
