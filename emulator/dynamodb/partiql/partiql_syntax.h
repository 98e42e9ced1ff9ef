/*
 * PartiQL statements as syntax: what is written, before anything is known of what it means. A
 * statement is a term of the expression grammar, as in the language's own parser, so the service
 * answers `SLECT * FROM "t"` with the mistake that a FROM without SET makes. Depth is bounded; a
 * chain of operators leans to the left and is as long as the statement, so who walks down one looks
 * at `operators` first.
 *
 * Source: PartiQL specification; Developer Guide, "PartiQL reference"; texts and their order as the
 * service answers.
 */
#ifndef DYNAMODB_PARTIQL_SYNTAX_H
#define DYNAMODB_PARTIQL_SYNTAX_H

#include "partiql_lexer.h"

enum { PARTIQL_DEPTH_MAX = 400 };

enum partiql_node_type {
    PARTIQL_NODE_NAME,
    PARTIQL_NODE_STRING,
    PARTIQL_NODE_NUMBER,
    PARTIQL_NODE_BOOLEAN,
    PARTIQL_NODE_NULL,
    PARTIQL_NODE_MISSING,
    PARTIQL_NODE_PARAMETER,
    PARTIQL_NODE_PATH,     /* the root, then steps: NAME (.a), INDEX, UNPIVOT, WILDCARD */
    PARTIQL_NODE_INDEX,    /* [a]: the child */
    PARTIQL_NODE_UNPIVOT,  /* .* */
    PARTIQL_NODE_WILDCARD, /* [*] */
    PARTIQL_NODE_CALL,
    PARTIQL_NODE_UNARY,
    PARTIQL_NODE_BINARY, /* also IN and LIKE */
    PARTIQL_NODE_BETWEEN,
    PARTIQL_NODE_IS, /* the child; `name` is the type's */
    PARTIQL_NODE_LIST,
    PARTIQL_NODE_BAG,
    PARTIQL_NODE_STRUCT, /* key, value, key, value ... */
    PARTIQL_NODE_ALL,    /* a select list's * */
    PARTIQL_NODE_STATEMENT,
};

enum partiql_operator {
    PARTIQL_OR,
    PARTIQL_AND,
    PARTIQL_NOT,
    PARTIQL_EQ,
    PARTIQL_NE,
    PARTIQL_IN,
    PARTIQL_LT,
    PARTIQL_LE,
    PARTIQL_GT,
    PARTIQL_GE,
    PARTIQL_LIKE,
    PARTIQL_PLUS,
    PARTIQL_MINUS,
    PARTIQL_CONCATENATE,
    PARTIQL_TIMES,
    PARTIQL_DIVIDE,
    PARTIQL_MODULO,
    PARTIQL_OPERATOR_COUNT,
};

struct partiql_clauses;

struct partiql_node {
    enum partiql_node_type type;
    struct partiql_token token; /* where an error points */
    struct str name; /* of names, functions (in lower case) and types; a string's value */
    enum partiql_operator op;
    bool negated;     /* NOT IN, NOT BETWEEN, NOT LIKE, IS NOT; a number with a minus sign */
    size_t parameter; /* which one, from 0 */
    size_t operators; /* in the whole tree below, and this */
    struct partiql_node *first;
    struct partiql_node *last;
    struct partiql_node *next; /* among the parent's children */
    size_t count;
    struct partiql_clauses *clauses; /* of a STATEMENT */
};

enum partiql_statement_type {
    PARTIQL_STATEMENT_SELECT,
    PARTIQL_STATEMENT_INSERT,
    PARTIQL_STATEMENT_UPDATE, /* UPDATE t SET ..., FROM t WHERE ... SET ... */
    PARTIQL_STATEMENT_DELETE,
    PARTIQL_STATEMENT_CREATE,
    PARTIQL_STATEMENT_DROP,
};

struct partiql_assignment {
    struct partiql_node *path;
    struct partiql_node *value; /* NULL: REMOVE */
    struct partiql_assignment *next;
};

struct partiql_order_key {
    struct partiql_node *key;
    bool descending;
    struct partiql_order_key *next;
};

/* What stood behind RETURNING; `all` and `old` make ALL OLD, neither MODIFIED NEW. */
struct partiql_returning {
    bool present;
    bool several;
    bool starred;
    bool all;
    bool old;
};

/* NULL or false: not there. */
struct partiql_clauses {
    enum partiql_statement_type type;
    struct partiql_node *columns; /* a LIST */
    bool distinct;
    bool value; /* SELECT VALUE, PIVOT */
    struct partiql_node *from;
    bool several_sources;
    bool alias;
    struct partiql_node *where;
    struct partiql_order_key *order;
    bool group;
    struct partiql_node *having;
    struct partiql_node *limit;
    struct partiql_node *item; /* INSERT ... VALUE */
    bool insert_without_value; /* INSERT INTO t <<...>> */
    struct partiql_node *insert_at;
    struct partiql_assignment *assignments;
    struct partiql_returning returning;
};

/*
 * ret:    the whole statement, in `arena`; texts within `text` or the arena.
 * ret_parameters: how many ? there are.
 * Errors: ValidationException.
 */
MUST_CHECK bool partiql_read(struct str text, struct arena *arena, struct partiql_node **ret,
                             size_t *ret_parameters, struct aws_error *err);

/* As error texts have it: "=", "and", "like". */
extern const char *const partiql_operator_names[PARTIQL_OPERATOR_COUNT];

#endif
