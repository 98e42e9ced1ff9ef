/* What the parts of the reader share: operators (partiql_syntax.c), terms (partiql_term.c) and
 * statements (partiql_clauses.c), which are terms, too. */
#ifndef DYNAMODB_PARTIQL_READER_H
#define DYNAMODB_PARTIQL_READER_H

#include "partiql_syntax.h"

struct partiql_reader {
    struct partiql_token *token; /* the one to look at; END is the last and stays */
    struct arena *arena;
    struct aws_error *err;
    int depth;
    size_t parameters;
};

/* How tightly an operator binds. */
enum partiql_precedence {
    PARTIQL_ANY = -1,
    PARTIQL_CLAUSE = 6, /* of a SELECT */
};

bool partiql_reader_fail(struct partiql_reader *reader, const char *text);
bool partiql_reader_fail_memory(struct partiql_reader *reader);
void partiql_advance(struct partiql_reader *reader);
bool partiql_at(const struct partiql_reader *reader, enum partiql_token_type type);
bool partiql_at_word(const struct partiql_reader *reader, const char *word);
/* Takes the token, or fails: `Expected RIGHT_PAREN`. */
MUST_CHECK bool partiql_take(struct partiql_reader *reader, enum partiql_token_type type);
/* Takes the word where it is there. */
bool partiql_accept(struct partiql_reader *reader, const char *word);

/* A node that points at the token; NULL past the arena's limit, which is then the error. */
struct partiql_node *partiql_node(struct partiql_reader *reader, enum partiql_node_type type);
void partiql_add_child(struct partiql_node *parent, struct partiql_node *child);

MUST_CHECK bool partiql_expression(struct partiql_reader *reader, int precedence,
                                   struct partiql_node **ret);
/* What operators stand between (partiql_term.c). */
MUST_CHECK bool partiql_term(struct partiql_reader *reader, struct partiql_node **ret);
/* expression, expression ... up to `close`, which is taken; as children of `node`. */
MUST_CHECK bool partiql_elements(struct partiql_reader *reader, struct partiql_node *node,
                                 enum partiql_token_type close);
/* a, a.b, a[0]: what a statement may write to. */
MUST_CHECK bool partiql_simple_path(struct partiql_reader *reader, struct partiql_node **ret);
/* The keyword is the token: SELECT, UPDATE, INSERT INTO ...; `*ret` stays NULL where it begins no
 * statement. */
MUST_CHECK bool partiql_statement_term(struct partiql_reader *reader, struct partiql_node **ret);

#endif
