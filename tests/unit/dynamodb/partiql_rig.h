/* Tests of PartiQL statements without a table: an item, two parameters, and a parser of text. */
#ifndef TESTS_PARTIQL_RIG_H
#define TESTS_PARTIQL_RIG_H

#include "../test.h"

#include "../../../emulator/dynamodb/partiql/partiql_parser.h"

struct rig {
    struct arena *arena;
    struct attribute_value item;      /* pk, n, s, t, nul, ss, l, m, "select", "a.b" */
    struct attribute_value values[2]; /* 'a' and 1 */
    struct partiql_parameters parameters;
};

void rig_begin(struct rig *rig);
void rig_end(struct rig *rig);
/* With as many parameters as there are question marks. */
bool rig_parse(struct rig *rig, const char *text, struct partiql_statement *ret,
               struct aws_error *err);
/* Fails with the error. */
void rig_parse_ok(struct rig *rig, const char *text, struct partiql_statement *ret);

#endif
