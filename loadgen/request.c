#include "loadgen/request.h"

#include "base/base64.h"
#include "base/uuid.h"
#include "loadgen/digest_login.h"
#include "loadgen/dynamic_variables.h"
#include "loadgen/request_address.h"
#include "loadgen/request_compiler.h"

/* --- head ----------------------------------------------------------------------------------- */

static bool is_token(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte <= 0x20 || byte >= 0x7F || strchr("\"(),/:;<=>?@[\\]{}", byte) != NULL)
            return false;
    }
    return text.len > 0;
}

/* What auth adds to a request, beside what the collection says. */
struct additions {
    const struct pair *headers;
    size_t header_count;
    const struct pair *query;
    size_t query_count;
};

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
    struct piece piece = {0};
    size_t from = 0, begin = 0, end = 0;
    struct str name = {0};

    if (!variables_resolve(c->resolver, plain, c->arena, &plain))
        return false;
    while (!c->resolver->at_send && variables_next(plain, from, &begin, &end, &name)) {
        c->nested = c->nested || compile_varying_piece(c, name, ENCODE_NONE, name, &piece);
        from = end;
    }
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

/* The body's length is ours to say, and auth wins over a header of the same name. */
static bool is_ours(const struct request_definition *definition, struct str name)
{
    const struct auth *auth = &definition->auth;

    if (str_eq_nocase(name, STR("Content-Length")) || str_eq_nocase(name, STR("Transfer-Encoding")))
        return true;
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
        if (!is_token(header.name) && str_find(header.name, STR("{{")) == header.name.len)
            return aws_fail(err, &error_usage, "Header name must be a valid HTTP token [\"%.*s\"]",
                            STR_ARG(header.name));
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
    if (place == TYPE_AFTER_LENGTH)
        compile_literal(c,
                        str_printf(c->arena, "Content-Length: %zu\r\n", definition->content.len));
    if (type.len > 0 && place != TYPE_BEFORE_SYSTEM)
        add_header(c, STR("Content-Type"), type);
    return add_user_info(c, definition, url, additions) ||
           aws_fail(err, &error_out_of_memory, "the address' password does not fit in memory");
}

/* As Node has it: all methods but these promise a body, and say so when there is none, too. */
static bool needs_length(const struct request_definition *definition)
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

/* --- the whole ------------------------------------------------------------------------------ */

/* Whether a value that only the send knows stands in the text. */
static bool varies_at_send(const struct compiler *c, struct str text)
{
    size_t from = 0, begin = 0, end = 0;
    struct str name = {0};
    struct piece piece = {0};

    while (!c->resolver->at_send && variables_next(text, from, &begin, &end, &name)) {
        if (compile_varying_piece(c, name, ENCODE_NONE, name, &piece))
            return true;
        from = end;
    }
    return false;
}

/* Node refuses what could not be told from the end of the request's line. */
static bool can_be_plain(const struct request_definition *definition, const struct url *url,
                         struct aws_error *err)
{
    struct str parts[2] = {url->path, url->query};

    for (size_t i = 0; definition->behavior.raw_address && i < ARRAY_LEN(parts); i++) {
        for (size_t at = 0; at < parts[i].len; at++) {
            unsigned char byte = (unsigned char)parts[i].ptr[at];
            if (byte <= 0x20 || byte > 0xC3)
                return aws_fail(err, &error_usage, "Request path contains unescaped characters");
        }
    }
    return true;
}

/* The address, or `whole` when only the send can tell it. */
static bool compile_url(struct compiler *c, const struct request_definition *definition,
                        struct request_plan *plan, struct aws_error *err)
{
    struct str text = {0}, name = {0};
    struct aws_error why = {0};
    size_t begin = 0, end = 0;

    if (!request_address(definition, c->resolver, c->arena, &text))
        return aws_fail(err, &error_out_of_memory, "request '%.*s': its address is too long",
                        STR_ARG(definition->name));
    plan->address = text;
    if (!url_canonical(text, c->arena, &text))
        return aws_fail(err, &error_out_of_memory, "request '%.*s': its address is too long",
                        STR_ARG(definition->name));
    if (url_read(text, &plan->url, &why))
        return can_be_plain(definition, &plan->url, err);
    if (varies_at_send(c, text)) {
        plan->whole = true;
        return true;
    }
    if (c->resolver->may_change && variables_next(text, 0, &begin, &end, &name)) {
        plan->whole = true;
        return true;
    }
    if (c->resolver->as_newman)
        return aws_fail(err, &error_usage, "%s",
                        str_trim(text).len == 0 ? "runtime:extensions~request: request url is empty"
                                                : why.message);
    if (variables_next(text, 0, &begin, &end, &name))
        return aws_fail(err, &error_usage,
                        "request '%.*s': nothing gives {{%.*s}} a value; add it to an environment "
                        "(-e FILE) or with --env-var %.*s=VALUE",
                        STR_ARG(definition->name), STR_ARG(name), STR_ARG(name));
    return aws_fail(err, &error_usage, "request '%.*s': %s", STR_ARG(definition->name),
                    why.message);
}

/* One run of bytes when nothing varies. */
static bool join(struct compiler *c, struct request_plan *plan)
{
    struct request_bytes bytes = {0};
    struct buffer out;

    if (!request_build(plan, c->resolver, c->arena, &bytes))
        return false;
    buffer_init(&out, c->arena);
    buffer_add(&out, bytes.head);
    buffer_add(&out, bytes.body);
    return buffer_done(&out, &plan->sent);
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

static bool compile_parts(struct compiler *c, struct request_plan *plan,
                          const struct additions *additions, struct aws_error *err)
{
    c->header_encoding = header_encoding(plan->definition->body_mode);
    compile_begin(c, &plan->head);
    add_request_line(c, plan->definition, &plan->url, additions);
    if (!add_headers(c, plan->definition, &plan->url, additions, err))
        return false;
    compile_end(c);
    compile_begin(c, &plan->body);
    compile_body(c, plan->definition);
    compile_end(c);
    return true;
}

/* --- signing -------------------------------------------------------------------------------- */

static bool resolve_pairs(struct compiler *c, const struct pair_list *list, struct pair_list *ret)
{
    ret->count = list->count;
    ret->rows = arena_alloc_array(c->arena, list->count + 1, sizeof(*ret->rows));
    if (ret->rows == NULL)
        return false;
    for (size_t i = 0; i < list->count; i++) {
        struct pair pair = list->rows[i];
        if (!variables_resolve(c->resolver, pair.name, c->arena, &pair.name) ||
            !variables_resolve(c->resolver, pair.value, c->arena, &pair.value))
            return false;
        ret->rows[i] = pair;
    }
    return true;
}

/* One place of the request as it will be sent. */
static bool encoded(struct compiler *c, struct str text, enum encoding encoding, struct str *ret)
{
    struct buffer out;

    buffer_init(&out, c->arena);
    encode_add(&out, text, encoding);
    return buffer_done(&out, ret);
}

static bool describe(struct compiler *c, const struct request_plan *plan, struct signable *ret)
{
    const struct request_definition *definition = plan->definition;
    const struct url *url = &plan->url;
    struct piece_list body = {0};

    *ret = (struct signable){.method = definition->method,
                             .url = url,
                             .has_form = definition->body_mode == BODY_URLENCODED,
                             .has_parts = definition->body_mode == BODY_FORMDATA};
    compile_begin(c, &body);
    compile_body(c, definition);
    compile_end(c);
    if (body.count > 0)
        ret->body = body.rows[0].text; /* at the send all is one literal */
    return encoded(c, url->path.len == 0 ? STR("/") : url->path, ENCODE_PATH, &ret->path) &&
           encoded(c, url->query, ENCODE_QUERY, &ret->query) &&
           resolve_pairs(c, &definition->headers, &ret->headers) &&
           (!ret->has_form || resolve_pairs(c, &definition->form, &ret->form));
}

/* The parameters of a signature that belong in the form. */
static bool extend_form(struct compiler *c, const struct signature *signature,
                        struct request_definition *definition)
{
    struct pair_list *form = &definition->form;
    struct pair *rows =
        arena_alloc_array(c->arena, form->count + signature->parameter_count, sizeof(*rows));

    if (rows == NULL)
        return false;
    if (form->count > 0)
        memcpy(rows, form->rows, form->count * sizeof(*rows));
    memcpy(rows + form->count, signature->parameters, signature->parameter_count * sizeof(*rows));
    form->rows = rows;
    form->count += signature->parameter_count;
    return true;
}

static bool compile_signed(struct compiler *c, struct request_plan *plan, struct aws_error *err)
{
    const struct request_definition *definition = plan->definition;
    struct request_definition *extended = NULL;
    struct pair_list attributes = {0};
    struct signable signable;
    struct signature signature = {0};
    struct signing signing = {c->resolver->rng, c->resolver->clock, c->arena};
    struct additions additions = {0};

    if (!resolve_pairs(c, &definition->auth.attributes, &attributes) ||
        (c->resolver->logins != NULL &&
         !digest_logins_extend(c->resolver->logins, definition->auth.owner, &attributes,
                               c->arena)) ||
        !describe(c, plan, &signable))
        return aws_fail(err, &error_out_of_memory, "the auth does not fit in memory");
    if (!auth_sign(definition->auth.type, &attributes, &signable, &signing, &signature, err))
        return false;
    plan->attributes = attributes;
    additions = (struct additions){signature.headers, signature.header_count, signature.parameters,
                                   signature.parameter_count};
    if (signature.in_form) {
        extended = arena_alloc(c->arena, sizeof(*extended));
        if (extended == NULL)
            return aws_fail(err, &error_out_of_memory, "the auth does not fit in memory");
        *extended = *definition;
        if (!extend_form(c, &signature, extended))
            return aws_fail(err, &error_out_of_memory, "the auth does not fit in memory");
        additions.query_count = 0;
        plan->definition = extended;
    }
    return compile_parts(c, plan, &additions, err);
}

/* --- the whole, again ----------------------------------------------------------------------- */

static bool compile_known(struct compiler *c, struct request_plan *plan, struct aws_error *err)
{
    static const struct additions none = {0};
    bool is_signed = auth_is_signed(plan->definition->auth.type);

    if (!(is_signed && c->resolver->at_send ? compile_signed(c, plan, err)
                                            : compile_parts(c, plan, &none, err)))
        return false;
    plan->whole = c->nested || (c->varies && c->resolver->variables->data.has_templates) ||
                  (is_signed && !c->resolver->at_send);
    if (c->failed || (!c->varies && !plan->whole && !join(c, plan)))
        return aws_fail(err, &error_out_of_memory, "request '%.*s' does not fit in memory",
                        STR_ARG(plan->definition->name));
    return true;
}

/* A token or key that is nothing once its variables have their values is no auth at all. */
static bool settle_auth(struct compiler *c, const struct request_definition **definition)
{
    const struct auth *auth = &(*definition)->auth;
    bool is_key = auth->type == AUTH_APIKEY, keyed = !auth->is_token && auth->key.len > 0;
    struct str key = auth->key, value = is_key ? auth->value : auth->token;
    struct request_definition *without = NULL;

    if (auth->type != AUTH_BEARER && !is_key)
        return true;
    if (!variables_resolve(c->resolver, key, c->arena, &key) ||
        !variables_resolve(c->resolver, value, c->arena, &value))
        return false;
    if (value.len > 0 || (keyed && key.len > 0))
        return true;
    without = arena_alloc(c->arena, sizeof(*without));
    if (without == NULL)
        return false;
    *without = **definition;
    without->auth = (struct auth){.type = AUTH_NONE};
    *definition = without;
    return true;
}

bool request_compile(const struct request_definition *definition, const struct resolver *resolver,
                     struct arena *arena, struct request_plan *ret, struct aws_error *err)
{
    struct request_plan plan = {0};
    struct resolver noting = *resolver;
    struct compiler c = {.resolver = &noting, .arena = arena};

    if (!resolver->at_send)
        noting.names = &plan.names;
    if (!settle_auth(&c, &definition))
        return aws_fail(err, &error_out_of_memory, "the auth does not fit in memory");
    plan.definition = definition;

    plan.is_head = str_eq(definition->method, STR("HEAD"));
    plan.has_length = needs_length(definition);
    if (!is_token(definition->method))
        return aws_fail(err, &error_usage, "request '%.*s': '%.*s' is no method of HTTP",
                        STR_ARG(definition->name), STR_ARG(definition->method));
    if (!compile_url(&c, definition, &plan, err) || (!plan.whole && !compile_known(&c, &plan, err)))
        return false;
    *ret = plan;
    return true;
}

static void build_pieces(const struct piece_list *list, const struct resolver *resolver,
                         struct buffer *out)
{
    char space[DYNAMIC_VALUE_BYTES];

    for (size_t i = 0; i < list->count; i++) {
        const struct piece *piece = &list->rows[i];
        const struct str *cell = NULL;
        struct str value = {0};
        switch (piece->kind) {
        case PIECE_LITERAL:
            buffer_add(out, piece->text);
            continue;
        case PIECE_DATA:
            cell = data_file_cell(&resolver->variables->data, resolver->data_row, piece->index);
            value = cell == NULL ? piece->text : *cell;
            break;
        case PIECE_DYNAMIC:
            value = (struct str){
                space, dynamic_value((int)piece->index, resolver->rng, resolver->clock, space)};
            break;
        }
        encode_add(out, value, piece->encoding);
    }
}

bool request_build(const struct request_plan *plan, const struct resolver *resolver,
                   struct arena *arena, struct request_bytes *ret)
{
    struct buffer body, head;

    buffer_init(&body, arena);
    build_pieces(&plan->body, resolver, &body);
    buffer_init(&head, arena);
    build_pieces(&plan->head, resolver, &head);
    if (plan->has_length) {
        buffer_add_literal(&head, "Content-Length: ");
        buffer_add_int(&head, (int64_t)body.len);
        buffer_add_literal(&head, "\r\n");
    }
    buffer_add_literal(&head, "\r\n");
    return buffer_done(&body, &ret->body) && buffer_done(&head, &ret->head);
}
