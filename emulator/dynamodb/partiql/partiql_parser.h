/*
 * PartiQL statements, ready to run: what is written (partiql_syntax.h) put into the terms of the
 * item operations. WHERE is a condition, SET and REMOVE are an update, VALUE is an item; parameters
 * stand where their ? stood. Nothing of it knows the table yet.
 *
 * Source: Developer Guide, "PartiQL for DynamoDB"; texts and their order as the service answers.
 */
#ifndef DYNAMODB_PARTIQL_PARSER_H
#define DYNAMODB_PARTIQL_PARSER_H

#include "expression.h"
#include "write.h"

/* Parameters of a request, checked; borrowed by the statement. */
struct partiql_parameters {
    const struct attribute_value *values;
    size_t count;
};

enum partiql_kind {
    PARTIQL_SELECT,
    PARTIQL_INSERT,
    PARTIQL_UPDATE,
    PARTIQL_DELETE,
    PARTIQL_EXISTS, /* EXISTS(SELECT ...): a transaction's condition */
};

/*
 * How a selected path is called in the answer: by its last name, or by the name before its first
 * [index] and the indices behind that (m.l[0] is `l[0]`). What follows in the path keeps its
 * nesting.
 */
struct partiql_column {
    struct str name;
    size_t depth; /* steps of the path that lead to the value so called */
};

struct partiql_order {
    struct str name;
    bool descending;
};

struct partiql_statement {
    enum partiql_kind kind;
    struct str table;
    struct str index; /* empty: the table itself */
    /* SELECT, EXISTS. No columns: *. */
    struct projection projection;
    struct partiql_column *columns; /* one for each path */
    struct partiql_order *order;
    size_t order_count;
    struct expr *where;          /* NULL: none; also of UPDATE and DELETE */
    struct attribute_value item; /* INSERT: of type M */
    struct update *update;       /* UPDATE */
    enum return_values returns;  /* UPDATE, DELETE */
};

/*
 * ret:    in `arena`; texts are shared with `text` and `parameters`.
 * Errors: ValidationException.
 */
MUST_CHECK bool partiql_parse(struct str text, const struct partiql_parameters *parameters,
                              struct arena *arena, struct partiql_statement *ret,
                              struct aws_error *err);

#endif
