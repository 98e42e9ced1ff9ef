/*
 * What the parsers of conditions, projections and updates share. A parser builds the tree from
 * tokens alone; names, placeholders and types are looked at afterwards, because the service tells
 * mistakes in that order.
 */
#ifndef DYNAMODB_EXPRESSION_PARSER_H
#define DYNAMODB_EXPRESSION_PARSER_H

#include "expression.h"
#include "expression_lexer.h"

struct expression_parser {
    enum expression_kind kind;
    struct str source;
    struct lexer lexer;
    struct token previous;
    struct token token; /* the one to look at */
    struct arena *arena;
    struct placeholders *placeholders;
    struct aws_error *err;
    int depth;
    int operators;
    bool redundant; /* a pair of parentheses around another */
};

/* Checks the length and reads the first token. */
MUST_CHECK bool parser_begin(struct expression_parser *parser, enum expression_kind kind,
                             struct str text, struct placeholders *placeholders,
                             struct arena *arena, struct aws_error *err);
void parser_advance(struct expression_parser *parser);
/* Answers false, with `Invalid {kind}: ` before the text; without it in a PartiQL statement. */
bool parser_fail(struct expression_parser *parser, const char *format, ...) PRINTF_LIKE(2, 3);
bool parser_fail_memory(struct expression_parser *parser);
/* Syntax error at the token. Answers false. */
bool parser_fail_token(struct expression_parser *parser);
bool parser_is_symbol(const struct expression_parser *parser, const char *symbol);
bool parser_is_word(const struct expression_parser *parser, const char *word); /* any case */
/* Takes the symbol, or fails. */
MUST_CHECK bool parser_take(struct expression_parser *parser, const char *symbol);

/* Steps keep the text as written (#n) until parser_resolve_path(). */
MUST_CHECK bool parser_path(struct expression_parser *parser, struct path *ret);
/* path | :v | function(...) | ( operand ) */
MUST_CHECK bool parser_operand(struct expression_parser *parser, struct expr **ret);
/* operand | operand (+|-) operand: a SET clause's. */
MUST_CHECK bool parser_set_value(struct expression_parser *parser, struct expr **ret);
MUST_CHECK bool parser_condition(struct expression_parser *parser, struct expr **ret);
struct expr *parser_node(struct expression_parser *parser, enum expr_type type);
MUST_CHECK bool parser_add_operand(struct expression_parser *parser, struct expr *node,
                                   struct expr *operand);

/* The walks behind the parse, in the service's order (expression_check.c). */
MUST_CHECK bool parser_check_path_reserved(struct expression_parser *parser,
                                           const struct path *path);
MUST_CHECK bool parser_resolve_path(struct expression_parser *parser, struct path *path);
MUST_CHECK bool parser_check_condition(struct expression_parser *parser, struct expr *expr);
/* The same for a PartiQL statement's: its names are neither placeholders nor reserved. */
MUST_CHECK bool parser_check_statement(struct expression_parser *parser, struct expr *expr);
MUST_CHECK bool parser_check_reserved(struct expression_parser *parser, struct expr *expr);
MUST_CHECK bool parser_check_functions(struct expression_parser *parser, struct expr *expr);
MUST_CHECK bool parser_check_update_use(struct expression_parser *parser, struct expr *expr);
MUST_CHECK bool parser_resolve_names(struct expression_parser *parser, struct expr *expr);
MUST_CHECK bool parser_resolve_values(struct expression_parser *parser, struct expr *expr);
/* Numbers and types of a SET value's operands. */
MUST_CHECK bool parser_check_update_operands(struct expression_parser *parser, struct expr *expr);
MUST_CHECK bool parser_value(struct expression_parser *parser, struct str holder,
                             const struct attribute_value **ret);
/* Every pair of paths: none may begin another, none may take a map for a list. */
MUST_CHECK bool parser_check_overlap(struct expression_parser *parser, const struct path *paths,
                                     size_t count);
/* [a, b, [0]] */
struct str path_show(const struct path *path, struct arena *arena);
bool path_equal(const struct path *a, const struct path *b);

bool is_reserved_word(struct str name);

extern const char *const function_names[FUNCTION_COUNT];
/* How an operator or function is called in an error. */
const char *expr_operator_name(const struct expr *expr);

#endif
