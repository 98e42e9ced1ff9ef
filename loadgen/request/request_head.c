#include "loadgen/request_head.h"

#include "base/base64.h"
#include "base/uuid.h"
#include "loadgen/auth_sign.h"

bool request_is_token(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte <= 0x20 || byte >= 0x7F || strchr("\"(),/:;<=>?@[\\]{}", byte) != NULL)
            return false;
    }
    return text.len > 0;
}

static void add_request_line(struct compiler *c, const struct request_definition *definition,
                             const struct url *url, const struct additions *additions)
{
    const struct pair *more = additions->query;
    size_t more_count = additions->query_count;
    bool raw = definition->behavior.raw_address;

    compile_literal(c, definition->method);
    compile_literal(c, STR(" "));
    if (url->path.len == 0)
        compile_literal(c, STR("/"));
    compile_text(c, url->path, raw ? ENCODE_LEAST : ENCODE_PATH);
    if (url->has_query || more_count > 0)
        compile_literal(c, STR("?"));
    compile_text(c, url->query, raw ? ENCODE_LEAST : ENCODE_QUERY);
    for (size_t i = 0; i < more_count; i++) {
        compile_literal(c, i > 0 || url->query.len > 0 ? STR("&") : STR(""));
        compile_text(c, more[i].name, ENCODE_FORM);
        compile_literal(c, STR("="));
        compile_text(c, more[i].value, ENCODE_FORM);
    }
    compile_literal(c, STR(" HTTP/1.1\r\n"));
}

static void add_header(struct compiler *c, struct str name, struct str value)
{
    compile_text(c, name, c->header_encoding);
    compile_literal(c, STR(": "));
    compile_text(c, value, c->header_encoding);
    compile_literal(c, STR("\r\n"));
}

static void add_prefixed(struct compiler *c, struct str name, struct str prefix, struct str value)
{
    compile_text(c, name, c->header_encoding);
    compile_literal(c, STR(": "));
    compile_text(c, prefix, c->header_encoding);
    compile_literal(c, prefix.len > 0 ? STR(" ") : STR(""));
    compile_text(c, value, c->header_encoding);
    compile_literal(c, STR("\r\n"));
}

/* The user and password must be whole before they are encoded. */
static bool add_basic(struct compiler *c, const struct auth *auth)
{
    struct str plain =
        str_printf(c->arena, "%.*s:%.*s", STR_ARG(auth->user), STR_ARG(auth->password));
    struct str encoded = {0};

    if (!variables_resolve(c->resolver, plain, c->arena, &plain))
        return false;
    c->nested = c->nested || compile_varies(c, plain);
    if (!base64_encode(c->arena, plain, &encoded))
        return false;
    compile_literal(c, STR("Authorization: Basic "));
    compile_literal(c, encoded);
    compile_literal(c, STR("\r\n"));
    return true;
}

static bool add_auth(struct compiler *c, const struct auth *auth, const struct additions *additions)
{
    switch (auth->type) {
    case AUTH_NONE:
        return true;
    case AUTH_BASIC:
        return add_basic(c, auth);
    case AUTH_BEARER:
        add_prefixed(c, STR("Authorization"), STR("Bearer"), auth->token);
        return true;
    case AUTH_APIKEY:
        if (!auth->in_query && auth->key.len > 0)
            add_prefixed(c, auth->key, auth->prefix, auth->value);
        return true;
    case AUTH_DIGEST:
    case AUTH_OAUTH1:
    case AUTH_AWSV4:
    case AUTH_HAWK:
        for (size_t i = 0; i < additions->header_count; i++)
            add_header(c, additions->headers[i].name, additions->headers[i].value);
        return true;
    }
    return true;
}

/* Auth wins over a header of the same name. */
static bool is_ours(const struct request_definition *definition, struct str name)
{
    const struct auth *auth = &definition->auth;

    switch (auth->type) {
    case AUTH_NONE:
        return false;
    case AUTH_BASIC:
    case AUTH_BEARER:
        return str_eq_nocase(name, STR("Authorization"));
    case AUTH_APIKEY:
        return (!auth->in_query && str_eq_nocase(name, auth->key)) ||
               (auth->is_token && str_eq_nocase(name, STR("Authorization")));
    case AUTH_DIGEST:
    case AUTH_OAUTH1:
    case AUTH_AWSV4:
    case AUTH_HAWK:
        return auth_replaces(auth->type, name);
    }
    return false;
}

static struct str system_value(const struct url *url, enum system_header header)
{
    switch (header) {
    case HEADER_USER_AGENT:
        return STR("squall/" SQUALL_VERSION);
    case HEADER_ACCEPT:
        return STR("*/*");
    case HEADER_CACHE_CONTROL:
        return STR("no-cache");
    case HEADER_HOST:
        return url->authority;
    case HEADER_ACCEPT_ENCODING:
        return STR("gzip, deflate, br");
    case HEADER_CONNECTION:
        return STR("keep-alive");
    case HEADER_CONTENT_TYPE:
    case SYSTEM_HEADER_COUNT:
        return (struct str){0};
    }
    return (struct str){0};
}

/* Node refuses a header with control characters, or with what is not in Latin-1. */
static bool node_sends(struct compiler *c, struct str value)
{
    if (!variables_resolve(c->resolver, value, c->arena, &value))
        return true; /* and the next to resolve it says so */
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.ptr[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7F || byte > 0xC3)
            return false;
    }
    return true;
}

/* The spelling of the i-th header's name that stays: the one that came last into it. */
static struct str last_spelling(const struct pair_list *headers, size_t i)
{
    struct str last = headers->rows[i].name;

    for (size_t at = i + 1; at < headers->count; at++) {
        bool seen = !str_eq_nocase(headers->rows[at].name, last);
        for (size_t before = i; before < at && !seen; before++)
            seen = str_eq(headers->rows[before].name, headers->rows[at].name);
        if (!seen)
            last = headers->rows[at].name;
    }
    return last;
}

static bool is_repeated(const struct pair_list *headers, size_t i)
{
    for (size_t before = 0; before < i; before++) {
        if (str_eq_nocase(headers->rows[before].name, headers->rows[i].name))
            return true;
    }
    return false;
}

/* Names once each, where they were first met, with all values of one spelling: as Node's http
 * module keeps what postman-request gives it. */
static bool gather_headers(struct compiler *c, const struct request_definition *definition,
                           struct pair_list *ret)
{
    const struct pair_list *given = &definition->headers;
    struct pair_list named = {0}, gathered = {0};

    named.rows = arena_alloc_array(c->arena, given->count + 1, sizeof(*named.rows));
    gathered.rows = arena_alloc_array(c->arena, given->count + 1, sizeof(*gathered.rows));
    if (named.rows == NULL || gathered.rows == NULL)
        return false;
    for (size_t i = 0; i < given->count; i++) {
        struct pair header = given->rows[i];
        if (!variables_resolve(c->resolver, header.name, c->arena, &header.name))
            return false;
        if (header.name.len > 0 && !is_ours(definition, header.name))
            named.rows[named.count++] = header;
    }
    for (size_t i = 0; i < named.count; i++) {
        if (is_repeated(&named, i))
            continue;
        struct str spelling = last_spelling(&named, i);
        for (size_t at = i; at < named.count; at++) {
            if (str_eq(named.rows[at].name, spelling))
                gathered.rows[gathered.count++] = named.rows[at];
        }
    }
    *ret = gathered;
    return true;
}

/* In newman's words; a command line says whose header it is. */
static bool bad_name(const struct compiler *c, const struct request_definition *definition,
                     struct str name, struct aws_error *err)
{
    if (c->resolver->as_newman || definition->name.len == 0)
        return aws_fail(err, &error_usage, "Header name must be a valid HTTP token [\"%.*s\"]",
                        STR_ARG(name));
    return aws_fail(err, &error_usage,
                    "request '%.*s': Header name must be a valid HTTP token [\"%.*s\"]",
                    STR_ARG(definition->name), STR_ARG(name));
}

/* The headers that the collection gives, in its order. `given`: the system's among them. */
static bool add_own_headers(struct compiler *c, const struct request_definition *definition,
                            struct str content_type, bool given[SYSTEM_HEADER_COUNT],
                            struct aws_error *err)
{
    struct pair_list headers = {0};

    if (!gather_headers(c, definition, &headers))
        return aws_fail(err, &error_out_of_memory, "a header does not fit in memory");
    for (size_t i = 0; i < headers.count; i++) {
        struct pair header = headers.rows[i];
        if (!request_is_token(header.name) && str_find(header.name, STR("{{")) == header.name.len)
            return bad_name(c, definition, header.name, err);
        if (c->resolver->as_newman && !node_sends(c, header.value))
            return aws_fail(err, &error_usage, "Invalid character in header content [\"%.*s\"]",
                            STR_ARG(header.name));
        for (size_t row = 0; row < SYSTEM_HEADER_COUNT; row++)
            given[row] = given[row] || str_eq_nocase(system_header_names[row], header.name);
        bool is_type = str_eq_nocase(header.name, STR("Content-Type"));
        if (is_type && body_replaces_type(definition)) {
            if (i > 0 && str_eq(headers.rows[i - 1].name, header.name))
                continue; /* one type takes the place of all */
            header.value = content_type;
        }
        add_header(c, header.name, header.value);
    }
    return true;
}

/* Where Postman puts the body's type: it depends on who puts it there. */
enum type_place { TYPE_BEFORE_SYSTEM, TYPE_AFTER_SYSTEM, TYPE_AFTER_LENGTH };

static enum type_place type_place(enum body_mode mode)
{
    switch (mode) {
    case BODY_RAW:
    case BODY_GRAPHQL:
        return TYPE_BEFORE_SYSTEM;
    case BODY_NONE:
    case BODY_URLENCODED:
    case BODY_FORMDATA:
        return TYPE_AFTER_SYSTEM;
    case BODY_FILE:
        return TYPE_AFTER_LENGTH;
    }
    return TYPE_AFTER_SYSTEM;
}

/* Another one for each sending, where the request has none. */
static void add_token(struct compiler *c, const struct request_definition *definition)
{
    char token[UUID_TEXT_BYTES];

    for (size_t i = 0; i < definition->headers.count; i++) {
        if (str_eq_nocase(definition->headers.rows[i].name, STR("Postman-Token")))
            return;
    }
    uuid_v4(c->resolver->rng, token);
    add_header(c, STR("Postman-Token"), str_from_c(token));
}

/* The name and password of the address, where nothing else says who asks. */
static bool add_user_info(struct compiler *c, const struct request_definition *definition,
                          const struct url *url, const struct additions *additions)
{
    struct str plain = {0}, encoded = {0};
    bool given = url->user_info.len == 0 || definition->auth.type == AUTH_BASIC ||
                 definition->auth.type == AUTH_BEARER;

    for (size_t i = 0; i < definition->headers.count; i++)
        given = given || str_eq_nocase(definition->headers.rows[i].name, STR("Authorization"));
    for (size_t i = 0; i < additions->header_count; i++)
        given = given || str_eq_nocase(additions->headers[i].name, STR("Authorization"));
    if (given)
        return true;
    if (!percent_decode(c->arena, url->user_info, false, &plain))
        return false;
    if (str_find_char(url->user_info, ':') == url->user_info.len)
        plain = str_printf(c->arena, "%.*s:", STR_ARG(plain));
    if (!base64_encode(c->arena, plain, &encoded))
        return false;
    add_prefixed(c, STR("Authorization"), STR("Basic"), encoded);
    return true;
}

static bool says_length(const struct request_definition *definition)
{
    for (size_t i = 0; i < definition->headers.count; i++) {
        if (str_eq_nocase(definition->headers.rows[i].name, STR("Content-Length")))
            return true;
    }
    return false;
}

static bool add_headers(struct compiler *c, const struct request_definition *definition,
                        const struct url *url, const struct additions *additions,
                        struct aws_error *err)
{
    bool given[SYSTEM_HEADER_COUNT] = {false};
    struct str type = body_content_type(c, definition);
    enum type_place place = type_place(definition->body_mode);
    /* newman leaves Host out, too, which no server takes. */
    unsigned disabled =
        definition->behavior.disabled_headers & ~(c->resolver->as_newman ? 0 : 1U << HEADER_HOST);

    if (!add_own_headers(c, definition, type, given, err))
        return false;
    for (size_t i = 0; i < additions->header_count; i++)
        given[HEADER_HOST] = given[HEADER_HOST] || str_eq(additions->headers[i].name, STR("Host"));
    for (int i = 0; i < SYSTEM_HEADER_COUNT; i++)
        given[i] = given[i] || (disabled & 1U << i) != 0;
    if (given[HEADER_CONTENT_TYPE])
        type = (struct str){0};
    if (!add_auth(c, &definition->auth, additions))
        return aws_fail(err, &error_out_of_memory, "the auth does not fit in memory");
    if (type.len > 0 && place == TYPE_BEFORE_SYSTEM)
        add_header(c, STR("Content-Type"), type);
    for (int i = 0; i < HEADER_CONTENT_TYPE; i++) {
        if (!given[i])
            add_header(c, system_header_names[i], system_value(url, (enum system_header)i));
        if (i == HEADER_CACHE_CONTROL && c->resolver->as_newman && !definition->behavior.no_token)
            add_token(c, definition);
    }
    if (place == TYPE_AFTER_LENGTH && !says_length(definition))
        compile_literal(c,
                        str_printf(c->arena, "Content-Length: %zu\r\n", definition->content.len));
    if (type.len > 0 && place != TYPE_BEFORE_SYSTEM)
        add_header(c, STR("Content-Type"), type);
    return add_user_info(c, definition, url, additions) ||
           aws_fail(err, &error_out_of_memory, "the address' password does not fit in memory");
}

/* As Node has it: all methods but these promise a body, and say so when there is none, too. */
bool request_needs_length(const struct request_definition *definition)
{
    static const struct str without[] = {STR_INIT("GET"),    STR_INIT("HEAD"),
                                         STR_INIT("DELETE"), STR_INIT("OPTIONS"),
                                         STR_INIT("TRACE"),  STR_INIT("CONNECT")};

    if (definition->body_mode == BODY_FILE)
        return false; /* its header is among the others */
    if (definition->body_mode != BODY_NONE)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(without); i++) {
        if (str_eq(definition->method, without[i]))
            return false;
    }
    return true;
}

/* Node writes a head as UTF-8 when the body's text is written with it, else as Latin-1. */
static enum encoding header_encoding(enum body_mode mode)
{
    switch (mode) {
    case BODY_NONE:
    case BODY_FILE:
        return ENCODE_HEADER;
    case BODY_RAW:
    case BODY_URLENCODED:
    case BODY_GRAPHQL:
    case BODY_FORMDATA:
        return ENCODE_LINE;
    }
    return ENCODE_HEADER;
}

bool request_head_compile(struct compiler *c, const struct request_definition *definition,
                          const struct url *url, const struct additions *additions,
                          struct aws_error *err)
{
    c->header_encoding = header_encoding(definition->body_mode);
    add_request_line(c, definition, url, additions);
    return add_headers(c, definition, url, additions, err);
}
