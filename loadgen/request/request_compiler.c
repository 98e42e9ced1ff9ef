#include "loadgen/request_compiler.h"

#include "loadgen/dynamic_variables.h"

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

void compile_end(struct compiler *c)
{
    end_literal(c);
}

void compile_begin(struct compiler *c, struct piece_list *list)
{
    c->list = list;
    buffer_init(&c->literal, c->arena);
}

/* A name that gets its value at the send: a column or a dynamic variable. */
bool compile_varying_piece(const struct compiler *c, struct str name, enum encoding encoding,
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
void compile_text(struct compiler *c, struct str text, enum encoding encoding)
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
        if (!compile_varying_piece(c, name, encoding, str_slice(text, begin, end), &piece))
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

bool compile_varies(const struct compiler *c, struct str text)
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

void compile_literal(struct compiler *c, struct str text)
{
    buffer_add(&c->literal, text);
}
