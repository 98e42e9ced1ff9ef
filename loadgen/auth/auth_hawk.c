/*
 * Hawk's Authorization header.
 *
 * Source: github.com/mozilla/hawk, API.md, "Protocol Example" and "Payload Validation".
 */
#include "loadgen/auth_sign.h"
#include "loadgen/message_digest.h"

struct hawk {
    const struct pair_list *attributes;
    const struct signable *request;
    struct arena *arena;
    const char *algorithm;
    struct str timestamp, nonce;
    struct str hash; /* empty: the body is not part of it */
};

static struct str attribute(const struct hawk *hawk, const char *name)
{
    return auth_text(hawk->attributes, str_from_c(name));
}

/* Type and body, without the type's parameters. */
static struct str payload_hash(const struct hawk *hawk)
{
    struct message_digest digest;
    struct buffer text;
    struct str type = {0}, whole = {0};

    for (size_t i = 0; i < hawk->request->headers.count; i++) {
        if (str_eq_nocase(hawk->request->headers.rows[i].name, STR("Content-Type")))
            type = hawk->request->headers.rows[i].value;
    }
    buffer_init(&text, hawk->arena);
    buffer_add_literal(&text, "hawk.1.payload\n");
    buffer_add_lower(&text, str_trim(str_split(&type, ';')));
    buffer_add_char(&text, '\n');
    buffer_add(&text, hawk->request->body);
    buffer_add_char(&text, '\n');
    if (!buffer_done(&text, &whole) || !digest_of(hawk->algorithm, whole, &digest))
        return (struct str){0};
    return digest_base64(&digest, hawk->arena);
}

static void add_line(struct buffer *out, struct str text)
{
    buffer_add(out, text);
    buffer_add_char(out, '\n');
}

static void add_resource(struct buffer *out, const struct signable *request)
{
    buffer_add(out, request->path);
    if (request->url->has_query) {
        buffer_add_char(out, '?');
        buffer_add(out, request->query);
    }
    buffer_add_char(out, '\n');
}

static void add_host(struct buffer *out, struct str host)
{
    buffer_add_lower(out, host);
    buffer_add_char(out, '\n');
}

/* Backslashes and line feeds, so that a line stays one. */
static void add_escaped(struct buffer *out, struct str text, char quoted)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' || (quoted != '\0' && text.ptr[i] == quoted)) {
            buffer_add_char(out, '\\');
            buffer_add_char(out, text.ptr[i]);
        } else if (text.ptr[i] == '\n') {
            buffer_add_literal(out, "\\n");
        } else {
            buffer_add_char(out, text.ptr[i]);
        }
    }
}

static struct str mac(const struct hawk *hawk)
{
    struct message_digest digest;
    struct buffer text;
    struct str whole = {0}, app = attribute(hawk, "app");

    buffer_init(&text, hawk->arena);
    buffer_add_literal(&text, "hawk.1.header\n");
    add_line(&text, hawk->timestamp);
    add_line(&text, hawk->nonce);
    add_line(&text, hawk->request->method);
    add_resource(&text, hawk->request);
    add_host(&text, hawk->request->url->host);
    buffer_add_int(&text, hawk->request->url->port);
    buffer_add_char(&text, '\n');
    add_line(&text, hawk->hash);
    add_escaped(&text, attribute(hawk, "extraData"), '\0');
    buffer_add_char(&text, '\n');
    if (app.len > 0) {
        add_line(&text, app);
        add_line(&text, attribute(hawk, "delegation"));
    }
    if (!buffer_done(&text, &whole) ||
        !digest_hmac(hawk->algorithm, attribute(hawk, "authKey"), whole, &digest))
        return (struct str){0};
    return digest_base64(&digest, hawk->arena);
}

static void add_field(struct buffer *out, const char *name, struct str value)
{
    if (value.len == 0)
        return;
    buffer_printf(out, "%s%s=\"", out->len > 5 ? ", " : "", name);
    add_escaped(out, value, '"');
    buffer_add_char(out, '"');
}

static bool write_header(const struct hawk *hawk, struct str *ret)
{
    struct buffer out;

    buffer_init(&out, hawk->arena);
    buffer_add_literal(&out, "Hawk ");
    add_field(&out, "id", attribute(hawk, "authId"));
    add_field(&out, "ts", hawk->timestamp);
    add_field(&out, "nonce", hawk->nonce);
    add_field(&out, "hash", hawk->hash);
    add_field(&out, "ext", attribute(hawk, "extraData"));
    add_field(&out, "mac", mac(hawk));
    add_field(&out, "app", attribute(hawk, "app"));
    if (attribute(hawk, "app").len > 0)
        add_field(&out, "dlg", attribute(hawk, "delegation"));
    return buffer_done(&out, ret);
}

bool auth_hawk_sign(const struct pair_list *attributes, const struct signable *request,
                    const struct signing *signing, struct signature *ret, struct aws_error *err)
{
    struct hawk hawk = {attributes, request, signing->arena, NULL, {0}, {0}, {0}};
    struct str algorithm = attribute(&hawk, "algorithm"), value = {0};

    if (attribute(&hawk, "authId").len == 0 || attribute(&hawk, "authKey").len == 0)
        return true;
    if (algorithm.len > 0 && !str_eq(algorithm, STR("sha256")) && !str_eq(algorithm, STR("sha1")))
        return aws_fail(err, &error_usage, "hawk: the algorithm '%.*s' is none of sha256, sha1",
                        STR_ARG(algorithm));
    hawk.algorithm = str_eq(algorithm, STR("sha1")) ? "sha1" : "sha256";
    hawk.timestamp = attribute(&hawk, "timestamp");
    hawk.nonce = attribute(&hawk, "nonce");
    if (hawk.timestamp.len == 0)
        hawk.timestamp =
            str_printf(signing->arena, "%lld", (long long)(clock_wall_ms(signing->clock) / 1000));
    if (hawk.nonce.len == 0)
        hawk.nonce = signing_nonce(signing, 6);
    if (auth_flag(attributes, STR("includePayloadHash")) && request->body.len > 0 &&
        !request->has_parts)
        hawk.hash = payload_hash(&hawk);
    if (!write_header(&hawk, &value))
        return aws_fail(err, &error_out_of_memory, "hawk: out of memory");
    signature_header(ret, STR("Authorization"), value);
    return true;
}
