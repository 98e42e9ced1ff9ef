/* The auth of one item, and what it has from its folders and the collection. */
#include "loadgen/collection_request.h"

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the collection does not fit in memory");
}

static bool auth_has(const struct json_value *attributes, struct str name)
{
    if (!json_is(attributes, JSON_ARRAY))
        return json_get(attributes, name) != NULL;
    for (const struct json_value *entry = attributes->child; entry != NULL; entry = entry->next) {
        if (str_eq(collection_text(json_member(entry, "key")), name))
            return true;
    }
    return false;
}

/* An attribute: v2.1 has a list of {key, value}, v2.0 an object. */
static struct str auth_attribute(const struct json_value *attributes, struct str name)
{
    if (!json_is(attributes, JSON_ARRAY))
        return collection_text(json_get(attributes, name));
    for (const struct json_value *entry = attributes->child; entry != NULL; entry = entry->next) {
        if (str_eq(collection_text(json_member(entry, "key")), name))
            return collection_text(json_member(entry, "value"));
    }
    return STR("");
}

static void read_basic(const struct json_value *attributes, struct auth *ret)
{
    ret->user = auth_attribute(attributes, STR("username"));
    ret->password = auth_attribute(attributes, STR("password"));
}

static void read_bearer(const struct json_value *attributes, struct auth *ret)
{
    ret->token = auth_attribute(attributes, STR("token"));
}

static void read_apikey(const struct json_value *attributes, struct auth *ret)
{
    ret->key = auth_attribute(attributes, STR("key"));
    ret->value = auth_attribute(attributes, STR("value"));
    ret->in_query = str_eq(auth_attribute(attributes, STR("in")), STR("query"));
    ret->has_value = auth_has(attributes, STR("value"));
}

/* A token at hand; how to get one is not ours. */
static void read_oauth2(const struct json_value *attributes, struct auth *ret)
{
    struct str prefix = STR("Bearer");
    bool prefixed = false;

    ret->is_token = ret->has_value = true;
    ret->value = auth_attribute(attributes, STR("accessToken"));
    ret->in_query = str_eq(auth_attribute(attributes, STR("addTokenTo")), STR("queryParams"));
    ret->key = ret->in_query ? STR("access_token") : STR("Authorization");
    if (ret->value.len == 0 ||
        str_eq_nocase(auth_attribute(attributes, STR("tokenType")), STR("mac")))
        ret->type = AUTH_NONE;
    prefixed = auth_has(attributes, STR("headerPrefix"));
    if (prefixed)
        prefix = str_trim(auth_attribute(attributes, STR("headerPrefix")));
    ret->prefix = ret->in_query ? STR("") : prefix;
}

/* The others keep their attributes as they are, for the signing. */
static bool read_attributes(const struct json_value *attributes, struct arena *arena,
                            struct pair_list *ret)
{
    struct pair_list list = {0};

    if (!json_is(attributes, JSON_ARRAY) && !json_is(attributes, JSON_OBJECT))
        return true;
    list.rows = arena_alloc_array(arena, (size_t)attributes->count + 1, sizeof(*list.rows));
    if (list.rows == NULL)
        return false;
    for (const struct json_value *entry = attributes->child; entry != NULL; entry = entry->next) {
        bool named = attributes->type == JSON_OBJECT;
        const struct json_value *value = named ? entry : json_member(entry, "value");
        list.rows[list.count++] =
            (struct pair){named ? entry->name : collection_text(json_member(entry, "key")),
                          collection_text(value), true};
    }
    *ret = list;
    return true;
}

bool collection_auth_read(const struct json_value *auth, struct arena *arena,
                          struct request_definition *ret, struct aws_error *err)
{
    static const struct {
        struct str name;
        enum auth_type type;
        void (*read)(const struct json_value *attributes, struct auth *ret);
    } rows[] = {
        {STR_INIT("noauth"), AUTH_NONE, NULL},
        {STR_INIT("basic"), AUTH_BASIC, read_basic},
        {STR_INIT("bearer"), AUTH_BEARER, read_bearer},
        {STR_INIT("apikey"), AUTH_APIKEY, read_apikey},
        {STR_INIT("digest"), AUTH_DIGEST, NULL},
        {STR_INIT("oauth1"), AUTH_OAUTH1, NULL},
        {STR_INIT("oauth2"), AUTH_APIKEY, read_oauth2},
        {STR_INIT("awsv4"), AUTH_AWSV4, NULL},
        {STR_INIT("hawk"), AUTH_HAWK, NULL},
    };
    struct str type = collection_text(json_member(auth, "type"));

    if (auth == NULL || type.len == 0)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct json_value *attributes = json_get(auth, type);
        if (!str_eq(rows[i].name, type))
            continue;
        ret->auth.type = rows[i].type;
        if (rows[i].read != NULL)
            rows[i].read(attributes, &ret->auth);
        return read_attributes(attributes, arena, &ret->auth.attributes) || no_memory(err);
    }
    return aws_fail(err, &error_usage,
                    "request '%.*s': auth type '%.*s' is not part of this version "
                    "(apikey, awsv4, basic, bearer, digest, hawk, noauth, oauth1 and oauth2 are)",
                    STR_ARG(ret->name), STR_ARG(type));
}

/* --- what is inherited ---------------------------------------------------------------------- */

const struct str system_header_names[SYSTEM_HEADER_COUNT] = {
    [HEADER_USER_AGENT] = STR_INIT("User-Agent"),
    [HEADER_ACCEPT] = STR_INIT("Accept"),
    [HEADER_CACHE_CONTROL] = STR_INIT("Cache-Control"),
    [HEADER_HOST] = STR_INIT("Host"),
    [HEADER_ACCEPT_ENCODING] = STR_INIT("Accept-Encoding"),
    [HEADER_CONNECTION] = STR_INIT("Connection"),
    [HEADER_CONTENT_TYPE] = STR_INIT("Content-Type"),
};

struct inherited inherited_nothing(void)
{
    return (struct inherited){NULL, {.redirects_max = 10}};
}

static void read_flag(const struct json_value *behavior, struct str name, bool when, bool *ret)
{
    const struct json_value *value = json_get(behavior, name);

    if (json_is(value, JSON_TRUE) || json_is(value, JSON_FALSE))
        *ret = (value->type == JSON_TRUE) == when;
}

static void read_disabled_headers(const struct json_value *headers, unsigned *ret)
{
    if (!json_is(headers, JSON_OBJECT))
        return;
    *ret = 0;
    for (const struct json_value *entry = headers->child; entry != NULL; entry = entry->next) {
        for (int i = 0; i < SYSTEM_HEADER_COUNT; i++) {
            if (entry->type == JSON_TRUE && str_eq_nocase(entry->name, system_header_names[i]))
                *ret |= 1U << i;
        }
    }
}

/* The first is a server's to decide, the others newman 6.2 reads past as well. */
const struct str behaviors_without_effect[BEHAVIORS_WITHOUT_EFFECT] = {
    STR_INIT("tlsPreferServerCiphers"),
    STR_INIT("insecureHTTPParser"),
    STR_INIT("protocolVersion"),
};

static unsigned without_effect(const struct json_value *behavior)
{
    unsigned found = 0;

    for (size_t i = 0; i < BEHAVIORS_WITHOUT_EFFECT; i++) {
        const struct json_value *value = json_get(behavior, behaviors_without_effect[i]);
        struct str text = json_string_or(value, STR("http1"));
        if (json_is(value, JSON_TRUE) || !str_eq(text, STR("http1")))
            found |= 1U << i;
    }
    return found;
}

static void read_tls(const struct json_value *behavior, struct tls_wish *ret)
{
    static const struct str names[TLS_PROTOCOLS] = {
        [TLS_1_0] = STR_INIT("TLSv1"),
        [TLS_1_1] = STR_INIT("TLSv1_1"),
        [TLS_1_2] = STR_INIT("TLSv1_2"),
        [TLS_1_3] = STR_INIT("TLSv1_3"),
    };
    const struct json_value *strict = json_member(behavior, "strictSSL");
    const struct json_value *disabled = json_member(behavior, "tlsDisabledProtocols");
    const struct json_value *ciphers = json_member(behavior, "tlsCipherSelection");

    if (json_is(strict, JSON_TRUE) || json_is(strict, JSON_FALSE))
        ret->strictness = strict->type == JSON_TRUE ? TLS_STRICT : TLS_LENIENT;
    if (json_is(ciphers, JSON_ARRAY))
        ret->ciphers = ciphers->count > 0 ? ciphers : NULL;
    if (!json_is(disabled, JSON_ARRAY))
        return;
    ret->disabled_protocols = 0;
    for (const struct json_value *at = disabled->child; at != NULL; at = at->next) {
        for (size_t i = 0; i < TLS_PROTOCOLS; i++) {
            if (str_eq(json_string_or(at, STR("")), names[i]))
                ret->disabled_protocols |= 1U << i;
        }
    }
}

struct inherited inherited_by(const struct json_value *holder, struct inherited inherited)
{
    const struct json_value *auth = json_member(holder, "auth");
    const struct json_value *own = json_member(holder, "protocolProfileBehavior");
    struct behavior *behavior = &inherited.behavior;
    int64_t redirects = 0;

    if (json_is(auth, JSON_OBJECT))
        inherited.auth = auth;
    read_flag(own, STR("followRedirects"), false, &behavior->stay);
    behavior->says_stay = behavior->says_stay || json_flag(own, "followRedirects") ||
                          json_is(json_member(own, "followRedirects"), JSON_FALSE);
    read_flag(own, STR("followOriginalHttpMethod"), true, &behavior->keep_method);
    read_flag(own, STR("followAuthorizationHeader"), true, &behavior->keep_authorization);
    read_flag(own, STR("removeRefererHeaderOnRedirect"), true, &behavior->drop_referer);
    read_flag(own, STR("disableBodyPruning"), true, &behavior->keep_body);
    read_flag(own, STR("disableCookies"), true, &behavior->no_cookies);
    read_flag(own, STR("disableUrlEncoding"), true, &behavior->raw_address);
    read_flag(own, STR("disableVariables"), true, &behavior->literal);
    if (json_is(json_member(own, "disabledSystemHeaders"), JSON_OBJECT))
        behavior->no_token = json_is(
            json_member(json_member(own, "disabledSystemHeaders"), "postman-token"), JSON_TRUE);
    if (json_int64(json_member(own, "maxRedirects"), 0, 1000, &redirects))
        behavior->redirects_max = redirects;
    read_tls(own, &behavior->tls);
    behavior->without_effect |= without_effect(own);
    read_disabled_headers(json_member(own, "disabledSystemHeaders"), &behavior->disabled_headers);
    return inherited;
}
