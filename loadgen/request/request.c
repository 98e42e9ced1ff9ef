#include "loadgen/request.h"

#include "loadgen/digest_login.h"
#include "loadgen/dynamic_variables.h"
#include "loadgen/framing.h"
#include "loadgen/request_address.h"
#include "loadgen/request_compiler.h"
#include "loadgen/request_head.h"

/* --- the address ---------------------------------------------------------------------------- */

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
    if (compile_varies(c, text) ||
        (c->resolver->may_change && variables_next(text, 0, &begin, &end, &name))) {
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

/* --- its bytes ------------------------------------------------------------------------------ */

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

static bool compile_parts(struct compiler *c, struct request_plan *plan,
                          const struct additions *additions, struct aws_error *err)
{
    compile_begin(c, &plan->head);
    if (!request_head_compile(c, plan->definition, &plan->url, additions, err))
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

/* --- the whole ------------------------------------------------------------------------------ */

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

/* Who says how long the body is, and whether it goes in chunks. */
static bool settle_framing(struct compiler *c, const struct request_definition *definition,
                           struct request_plan *plan)
{
    for (size_t i = 0; i < definition->headers.count; i++) {
        struct pair header = definition->headers.rows[i];
        if (!variables_resolve(c->resolver, header.name, c->arena, &header.name))
            return false;
        plan->length_given =
            plan->length_given || str_eq_nocase(header.name, STR("Content-Length"));
        if (!str_eq_nocase(header.name, STR("Transfer-Encoding")))
            continue;
        if (!variables_resolve(c->resolver, header.value, c->arena, &header.value))
            return false;
        plan->chunked = plan->chunked || framing_is_chunked(header.value);
    }
    plan->has_length = !plan->length_given && request_needs_length(definition);
    return true;
}

bool request_compile(const struct request_definition *definition, const struct resolver *resolver,
                     struct arena *arena, struct request_plan *ret, struct aws_error *err)
{
    struct request_plan plan = {0};
    struct resolver noting = *resolver;
    struct compiler c = {.resolver = &noting, .arena = arena};

    if (definition->behavior.literal)
        noting.verbatim = noting.at_send = true; /* and nothing varies */
    if (!noting.at_send)
        noting.names = &plan.names;
    if (!settle_auth(&c, &definition))
        return aws_fail(err, &error_out_of_memory, "the auth does not fit in memory");
    plan.definition = definition;

    plan.is_head = str_eq(definition->method, STR("HEAD"));
    if (!settle_framing(&c, definition, &plan))
        return aws_fail(err, &error_out_of_memory, "a header does not fit in memory");
    if (!request_is_token(definition->method))
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
    if (plan->chunked) {
        struct buffer framed;
        buffer_init(&framed, arena);
        framing_add(&framed, buffer_str(&body));
        framed.failed = framed.failed || body.failed;
        body = framed;
    }
    return buffer_done(&body, &ret->body) && buffer_done(&head, &ret->head);
}
