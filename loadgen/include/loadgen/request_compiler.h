/*
 * From texts to pieces: what request.c, request_head.c and request_body.c
 * compile with.
 *
 * Each text is resolved as far as the resolver goes; what only the send knows becomes a piece of
 * its own, neighbouring literals become one.
 */
#ifndef LOADGEN_REQUEST_COMPILER_H
#define LOADGEN_REQUEST_COMPILER_H

#include "loadgen/request.h"

struct compiler {
    const struct resolver *resolver;
    struct arena *arena;
    struct buffer literal; /* not yet a piece */
    struct piece_list *list;
    bool varies; /* a piece is no literal */
    bool nested; /* a name needs a value first: only the whole text can be resolved */
    bool failed; /* out of memory */
    enum encoding header_encoding;
};

void compile_begin(struct compiler *c, struct piece_list *list);
void compile_end(struct compiler *c);
/* A text of the collection enters the list. */
void compile_text(struct compiler *c, struct str text, enum encoding encoding);
/* Ours already: as it is. */
void compile_literal(struct compiler *c, struct str text);

/* A name that gets its value at the send: a column or a dynamic variable. */
bool compile_varying_piece(const struct compiler *c, struct str name, enum encoding encoding,
                           struct str written, struct piece *ret);

/* Whether a value that only the send knows stands in the text. */
bool compile_varies(const struct compiler *c, struct str text);

void compile_body(struct compiler *c, const struct request_definition *definition);
/* What its form asks for, or empty. */
struct str body_content_type(struct compiler *c, const struct request_definition *definition);
/* A Content-Type of the request's own does not count against it. */
bool body_replaces_type(const struct request_definition *definition);

#endif
