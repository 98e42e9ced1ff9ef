/* What turns syntax into conditions, values and updates. */
#ifndef DYNAMODB_PARTIQL_BUILDER_H
#define DYNAMODB_PARTIQL_BUILDER_H

#include "expression_parser.h"
#include "partiql_parser.h"
#include "partiql_syntax.h"

struct partiql_builder {
    struct expression_parser parser; /* of kind EXPRESSION_STATEMENT: where trees and errors are
                                        made; it reads no text */
    const struct partiql_parameters *parameters;
};

/* ` at 1:8:5` behind the text. Answers false. */
bool partiql_fail_at(struct partiql_builder *builder, const struct partiql_token *token,
                     const char *format, ...) PRINTF_LIKE(3, 4);

/* Neither `.*` nor `[*]`, which the service reads and does not have. */
MUST_CHECK bool partiql_check_star(struct partiql_builder *builder,
                                   const struct partiql_node *node);
/* A name or a path of names and indices; anything else is an `Unexpected path component`. */
MUST_CHECK bool partiql_path(struct partiql_builder *builder, const struct partiql_node *node,
                             struct path *ret);
/* A literal: numbers, texts, lists ... */
MUST_CHECK bool partiql_value(struct partiql_builder *builder, const struct partiql_node *node,
                              struct attribute_value *ret);
/* An INSERT's: a struct, whose own values may be parameters. */
MUST_CHECK bool partiql_item(struct partiql_builder *builder, const struct partiql_node *node,
                             struct attribute_value *ret);
/* A path, literal, parameter or function call. */
MUST_CHECK bool partiql_operand(struct partiql_builder *builder, const struct partiql_node *node,
                                struct expr **ret);
/* A WHERE, checked. */
MUST_CHECK bool partiql_condition(struct partiql_builder *builder, const struct partiql_node *node,
                                  struct expr **ret);
/* SET and REMOVE, checked. */
MUST_CHECK bool partiql_update(struct partiql_builder *builder,
                               const struct partiql_assignment *assignments, struct update **ret);

/* How error texts call a node: as it is written, or by its kind where that says more. */
struct str partiql_show(const struct partiql_node *node);
/* Whether a walk down the node is bounded. Errors: ValidationException. */
MUST_CHECK bool partiql_check_operators(struct partiql_builder *builder,
                                        const struct partiql_node *node);

#endif
