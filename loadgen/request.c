#include "loadgen/request.h"

#include "base/base64.h"
#include "loadgen/dynamic_variables.h"

/* Collects pieces; neighbouring literals become one. */
struct compiler {
    const struct resolver *resolver;
    struct arena *arena;
    struct buffer literal; /* not yet a piece */
    struct piece_list *list;
    bool varies; /* a piece is no literal */
    bool nested; /* a name needs a value first: only the whole text can be resolved */
    bool failed; /* out of memory */
};

static void add_piece(struct compiler *c, struct piece piece)
{
    struct piece_list *list = c->list;

    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        char *grown = arena_grow(c->arena, (char *)list->rows, list->capacity * sizeof(piece),
                                 capacity * sizeof(piece));
        if (grown == NULL) {
            c->failed = true;
            return;
        }
        list->rows = (struct piece *)(void *)grown;
        list->capacity = capacity;
    }
    list->rows[list->count++] = piece;
}

static void end_literal(struct compiler *c)
{
    struct str text = {0};

    if (c->literal.len > 0 && buffer_done(&c->literal, &text))
        add_piece(c, (struct piece){PIECE_LITERAL, ENCODE_NONE, text, 0});
    c->failed = c->failed || c->literal.failed;
    buffer_init(&c->literal, c->arena);
}

static void begin_list(struct compiler *c, struct piece_list *list)
{
    c->list = list;
    buffer_init(&c->literal, c->arena);
}

/* A name that gets its value at the send: a column or a dynamic variable. */
static bool varying_piece(const struct compiler *c, struct str name, enum encoding encoding,
                          struct str written, struct piece *ret)
{
    const struct data_file *data = &c->resolver->variables->data;
    size_t column = data_file_column(data, name);
    int dynamic = DYNAMIC_UNKNOWN;

    *ret = (struct piece){PIECE_DATA, encoding, written, column};
    if (column < data->column_count) {
        (void)variables_find(c->resolver->variables, name, &ret->text);
        return true;
    }
    dynamic = dynamic_find(name);
    ret->kind = PIECE_DYNAMIC;
    ret->index = (size_t)dynamic;
    return dynamic != DYNAMIC_UNKNOWN;
}

/* "{{" that nothing closes: the value that follows becomes part of a name. */
static bool has_open_braces(struct str text)
{
    for (size_t at = text.len; at > 1; at--) {
        if (text.ptr[at - 1] == '}' && text.ptr[at - 2] == '}')
            return false;
        if (text.ptr[at - 1] == '{' && text.ptr[at - 2] == '{')
            return true;
    }
    return false;
}

/* What stands for a missing cell brings variables of its own. */
static bool may_nest(const struct piece *piece, struct str written)
{
    return piece->kind == PIECE_DATA && !str_eq(piece->text, written) &&
           str_find(piece->text, STR("{{")) < piece->text.len;
}

/* A text of the collection, resolved as far as it goes now, enters the list. */
static void add_text(struct compiler *c, struct str text, enum encoding encoding)
{
    size_t at = 0, from = 0, begin = 0, end = 0;
    struct str name = {0};
    struct piece piece = {0};

    if (!variables_resolve(c->resolver, text, c->arena, &text)) {
        c->failed = true;
        return;
    }
    while (!c->resolver->at_send && variables_next(text, from, &begin, &end, &name)) {
        from = end;
        if (!varying_piece(c, name, encoding, str_slice(text, begin, end), &piece))
            continue;
        struct str before = str_slice(text, at, begin), written = str_slice(text, begin, end);
        c->nested = c->nested || has_open_braces(before) || may_nest(&piece, written);
        encode_add(&c->literal, before, encoding);
        end_literal(c);
        add_piece(c, piece);
        c->varies = true;
        at = end;
    }
    encode_add(&c->literal, str_slice(text, at, text.len), encoding);
}

static void add_literal(struct compiler *c, struct str text)
{
    buffer_add(&c->literal, text);
}

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

static void add_request_line(struct compiler *c, const struct request_definition *definition,
                             const struct url *url)
{
    bool key_in_query = definition->auth.type == AUTH_APIKEY && definition->auth.in_query;

    add_literal(c, definition->method);
    add_literal(c, STR(" "));
    if (url->path.len == 0)
        add_literal(c, STR("/"));
    add_text(c, url->path, ENCODE_PATH);
    if (url->has_query || key_in_query)
        add_literal(c, STR("?"));
    add_text(c, url->query, ENCODE_QUERY);
    if (key_in_query) {
        add_literal(c, url->query.len > 0 ? STR("&") : STR(""));
        add_text(c, definition->auth.key, ENCODE_FORM);
        add_literal(c, STR("="));
        add_text(c, definition->auth.value, ENCODE_FORM);
    }
    add_literal(c, STR(" HTTP/1.1\r\n"));
}

static void add_header(struct compiler *c, struct str name, struct str value)
{
    add_text(c, name, ENCODE_HEADER);
    add_literal(c, STR(": "));
    add_text(c, value, ENCODE_HEADER);
    add_literal(c, STR("\r\n"));
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
        c->nested = c->nested || varying_piece(c, name, ENCODE_NONE, name, &piece);
        from = end;
    }
    if (!base64_encode(c->arena, plain, &encoded))
        return false;
    add_literal(c, STR("Authorization: Basic "));
    add_literal(c, encoded);
    add_literal(c, STR("\r\n"));
    return true;
}

static bool add_auth(struct compiler *c, const struct auth *auth)
{
    switch (auth->type) {
    case AUTH_NONE:
        return true;
    case AUTH_BASIC:
        return add_basic(c, auth);
    case AUTH_BEARER:
        add_literal(c, STR("Authorization: Bearer "));
        add_text(c, auth->token, ENCODE_HEADER);
        add_literal(c, STR("\r\n"));
        return true;
    case AUTH_APIKEY:
        if (!auth->in_query && auth->key.len > 0)
            add_header(c, auth->key, auth->value);
        return true;
    }
    return true;
}

/* Headers that we send in any case, unless the collection says otherwise. */
enum { HEADER_HOST = 2, HEADER_CONTENT_TYPE = 5 };
static const struct {
    struct str name, value;
} defaults[] = {
    {STR_INIT("User-Agent"), STR_INIT("squall/" SQUALL_VERSION)},
    {STR_INIT("Accept"), STR_INIT("*/*")},
    {STR_INIT("Host"), STR_INIT("")},
    {STR_INIT("Accept-Encoding"), STR_INIT("gzip, deflate, br")},
    {STR_INIT("Connection"), STR_INIT("keep-alive")},
    {STR_INIT("Content-Type"), STR_INIT("")},
};

/* The body's length is ours to say, and auth wins over a header of the same name. */
static bool is_ours(const struct request_definition *definition, struct str name)
{
    const struct auth *auth = &definition->auth;

    if (str_eq_nocase(name, STR("Content-Length")) || str_eq_nocase(name, STR("Transfer-Encoding")))
        return true;
    if (auth->type == AUTH_BASIC || auth->type == AUTH_BEARER)
        return str_eq_nocase(name, STR("Authorization"));
    return auth->type == AUTH_APIKEY && !auth->in_query && str_eq_nocase(name, auth->key);
}

static bool add_headers(struct compiler *c, const struct request_definition *definition,
                        const struct url *url, struct aws_error *err)
{
    bool given[ARRAY_LEN(defaults)] = {false};

    for (size_t i = 0; i < definition->headers.count; i++) {
        struct pair header = definition->headers.rows[i];
        if (!variables_resolve(c->resolver, header.name, c->arena, &header.name))
            return aws_fail(err, &error_out_of_memory, "a header does not fit in memory");
        if (is_ours(definition, header.name) || header.name.len == 0)
            continue;
        if (!is_token(header.name) && str_find(header.name, STR("{{")) == header.name.len)
            return aws_fail(err, &error_usage, "request '%.*s': '%.*s' is no name of a header",
                            STR_ARG(definition->name), STR_ARG(header.name));
        for (size_t row = 0; row < ARRAY_LEN(defaults); row++)
            given[row] = given[row] || str_eq_nocase(defaults[row].name, header.name);
        add_header(c, header.name, header.value);
    }
    if (!add_auth(c, &definition->auth))
        return aws_fail(err, &error_out_of_memory, "the auth does not fit in memory");
    for (size_t row = 0; row < ARRAY_LEN(defaults); row++) {
        struct str value = row == HEADER_HOST           ? url->authority
                           : row == HEADER_CONTENT_TYPE ? definition->content_type
                                                        : defaults[row].value;
        if (!given[row] && value.len > 0)
            add_header(c, defaults[row].name, value);
    }
    return true;
}

/* --- body ----------------------------------------------------------------------------------- */

static void add_form(struct compiler *c, const struct pair_list *form)
{
    for (size_t i = 0; i < form->count; i++) {
        if (i > 0)
            add_literal(c, STR("&"));
        add_text(c, form->rows[i].name, ENCODE_FORM);
        add_literal(c, STR("="));
        add_text(c, form->rows[i].value, ENCODE_FORM);
    }
}

static void add_body(struct compiler *c, const struct request_definition *definition)
{
    switch (definition->body_mode) {
    case BODY_NONE:
        return;
    case BODY_RAW:
    case BODY_GRAPHQL:
        add_text(c, definition->body, ENCODE_NONE);
        return;
    case BODY_URLENCODED:
        add_form(c, &definition->form);
        return;
    }
}

/* A method that promises a body says so when there is none, too. */
static bool needs_length(const struct request_definition *definition)
{
    return definition->body_mode != BODY_NONE || str_eq(definition->method, STR("POST")) ||
           str_eq(definition->method, STR("PUT")) || str_eq(definition->method, STR("PATCH"));
}

/* --- the whole ------------------------------------------------------------------------------ */

/* Whether a value that only the send knows stands in the text. */
static bool varies_at_send(const struct compiler *c, struct str text)
{
    size_t from = 0, begin = 0, end = 0;
    struct str name = {0};
    struct piece piece = {0};

    while (!c->resolver->at_send && variables_next(text, from, &begin, &end, &name)) {
        if (varying_piece(c, name, ENCODE_NONE, name, &piece))
            return true;
        from = end;
    }
    return false;
}

/* The address, or `whole` when only the send can tell it. */
static bool compile_url(struct compiler *c, const struct request_definition *definition,
                        struct request_plan *plan, struct aws_error *err)
{
    struct str text = {0}, name = {0};
    struct aws_error why = {0};
    size_t begin = 0, end = 0;

    if (!variables_resolve(c->resolver, definition->url, c->arena, &text))
        return aws_fail(err, &error_out_of_memory, "request '%.*s': its address is too long",
                        STR_ARG(definition->name));
    if (url_read(text, &plan->url, &why))
        return true;
    if (varies_at_send(c, text)) {
        plan->whole = true;
        return true;
    }
    if (c->resolver->may_change && variables_next(text, 0, &begin, &end, &name)) {
        plan->whole = true;
        return true;
    }
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

bool request_compile(const struct request_definition *definition, const struct resolver *resolver,
                     struct arena *arena, struct request_plan *ret, struct aws_error *err)
{
    struct request_plan plan = {.definition = definition};
    struct resolver noting = *resolver;
    struct compiler c = {.resolver = &noting, .arena = arena};

    if (!resolver->at_send)
        noting.names = &plan.names;

    plan.is_head = str_eq(definition->method, STR("HEAD"));
    plan.has_length = needs_length(definition);
    if (!is_token(definition->method))
        return aws_fail(err, &error_usage, "request '%.*s': '%.*s' is no method of HTTP",
                        STR_ARG(definition->name), STR_ARG(definition->method));
    if (!compile_url(&c, definition, &plan, err))
        return false;
    if (!plan.whole) {
        begin_list(&c, &plan.head);
        add_request_line(&c, definition, &plan.url);
        if (!add_headers(&c, definition, &plan.url, err))
            return false;
        end_literal(&c);
        begin_list(&c, &plan.body);
        add_body(&c, definition);
        end_literal(&c);
        plan.whole = c.nested || (c.varies && resolver->variables->data.has_templates);
        if (c.failed || (!c.varies && !plan.whole && !join(&c, &plan)))
            return aws_fail(err, &error_out_of_memory, "request '%.*s' does not fit in memory",
                            STR_ARG(definition->name));
    }
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
