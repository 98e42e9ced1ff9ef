/* Bodies as postman-request and form-data write them: the same bytes, but for the boundary. */
#include "loadgen/json_comments.h"
#include "loadgen/media_type.h"
#include "loadgen/request_compiler.h"

enum { BOUNDARY_BYTES = 50 };

static void add_form(struct compiler *c, const struct pair_list *form)
{
    for (size_t i = 0; i < form->count; i++) {
        if (i > 0)
            compile_literal(c, STR("&"));
        compile_text(c, form->rows[i].name, ENCODE_FORM);
        compile_literal(c, STR("="));
        compile_text(c, form->rows[i].value, ENCODE_FORM);
    }
}

/* --- formdata ------------------------------------------------------------------------------- */

static uint64_t hash_more(uint64_t hash, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* 26 dashes and 24 digits, as form-data's; ours follow from the parts, so that a request stays the
 * same bytes. */
static void make_boundary(const struct part_list *parts, char ret[BOUNDARY_BYTES + 1])
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < parts->count; i++) {
        hash = hash_more(hash, parts->rows[i].name);
        hash = hash_more(hash, parts->rows[i].value);
        hash = hash_more(hash, parts->rows[i].content);
    }
    (void)snprintf(ret, BOUNDARY_BYTES + 1, "--------------------------%012llu%012llu",
                   (unsigned long long)(hash % UINT64_C(1000000000000)),
                   (unsigned long long)(hash / 7 % UINT64_C(1000000000000)));
}

/* The boundary in a header of the request's own: "multipart/form-data; boundary=x", or empty. */
static struct str own_boundary(const struct request_definition *definition)
{
    for (size_t i = 0; i < definition->headers.count; i++) {
        struct pair header = definition->headers.rows[i];
        size_t at = str_find(header.value, STR("boundary="));
        if (!str_eq_nocase(header.name, STR("Content-Type")) || at == header.value.len ||
            !str_starts_with(header.value, STR("multipart/form-data;")))
            continue;
        struct str value = str_slice(header.value, at + 9, header.value.len);
        value = str_trim(str_split(&value, ';'));
        if (value.len > 1 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
            value = str_slice(value, 1, value.len - 1);
        return value;
    }
    return (struct str){0};
}

static struct str last_part(struct str path)
{
    for (size_t i = path.len; i > 0; i--) {
        if (path.ptr[i - 1] == '/' || path.ptr[i - 1] == '\\')
            return str_slice(path, i, path.len);
    }
    return path;
}

static void add_part_head(struct compiler *c, const struct form_part *part)
{
    struct str file_name = part->has_file_name ? part->file_name
                           : part->is_file     ? last_part(part->value)
                                               : (struct str){0};
    struct str type = part->content_type;

    compile_literal(c, STR("Content-Disposition: form-data; name=\""));
    compile_text(c, part->name, ENCODE_LINE);
    if (part->is_file || part->has_file_name) {
        compile_literal(c, STR("\"; filename=\""));
        compile_text(c, file_name, ENCODE_LINE);
    }
    compile_literal(c, STR("\""));
    /* The path's own name counts before the one it is sent under. */
    if (type.len == 0 && file_name.len > 0)
        type = media_type_of(part->is_file && part->value.len > 0 ? part->value : file_name);
    if (type.len > 0) {
        compile_literal(c, STR("\r\nContent-Type: "));
        compile_text(c, type, ENCODE_LINE);
    }
    compile_literal(c, STR("\r\n\r\n"));
}

static void add_parts(struct compiler *c, const struct request_definition *definition)
{
    const struct part_list *parts = &definition->parts;
    struct str boundary = own_boundary(definition);
    char made[BOUNDARY_BYTES + 1];

    make_boundary(parts, made);
    if (boundary.len == 0)
        boundary = (struct str){made, BOUNDARY_BYTES};
    for (size_t i = 0; i < parts->count; i++) {
        compile_literal(c, STR("--"));
        compile_literal(c, boundary);
        compile_literal(c, STR("\r\n"));
        add_part_head(c, &parts->rows[i]);
        if (parts->rows[i].is_file)
            compile_literal(c, parts->rows[i].content);
        else
            compile_text(c, parts->rows[i].value, ENCODE_NONE);
        compile_literal(c, STR("\r\n"));
    }
    compile_literal(c, STR("--"));
    compile_literal(c, boundary);
    compile_literal(c, STR("--\r\n"));
}

/* JSON's comments stay behind, also those that come with a variable. */
static void add_raw(struct compiler *c, const struct request_definition *definition)
{
    struct str text = definition->body;

    if (definition->has_comments && !definition->behavior.literal &&
        ((c->resolver->at_send && !variables_resolve(c->resolver, text, c->arena, &text)) ||
         !json_without_comments(text, c->arena, &text)))
        c->failed = true;
    else if (definition->has_comments && !definition->behavior.literal && c->resolver->at_send)
        compile_literal(c, text);
    else
        compile_text(c, text, ENCODE_NONE);
}

/* --- the whole ------------------------------------------------------------------------------ */

struct str body_content_type(struct compiler *c, const struct request_definition *definition)
{
    char made[BOUNDARY_BYTES + 1];

    switch (definition->body_mode) {
    case BODY_NONE:
    case BODY_RAW:
    case BODY_URLENCODED:
    case BODY_GRAPHQL:
        return definition->content_type;
    case BODY_FILE:
        return definition->body.len > 0 ? media_type_of(definition->body) : STR("");
    case BODY_FORMDATA:
        make_boundary(&definition->parts, made);
        return str_printf(c->arena, "multipart/form-data; boundary=%s", made);
    }
    return (struct str){0};
}

bool body_replaces_type(const struct request_definition *definition)
{
    return (definition->body_mode == BODY_FORMDATA && own_boundary(definition).len == 0) ||
           definition->body_mode == BODY_URLENCODED;
}

void compile_body(struct compiler *c, const struct request_definition *definition)
{
    switch (definition->body_mode) {
    case BODY_NONE:
        return;
    case BODY_RAW:
        add_raw(c, definition);
        return;
    case BODY_GRAPHQL:
        compile_text(c, definition->body, ENCODE_NONE);
        return;
    case BODY_URLENCODED:
        add_form(c, &definition->form);
        return;
    case BODY_FORMDATA:
        add_parts(c, definition);
        return;
    case BODY_FILE:
        compile_literal(c, definition->content);
        return;
    }
}
