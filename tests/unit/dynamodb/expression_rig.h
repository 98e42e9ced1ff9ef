/* Tests of expressions without a table: an item, and a request's names and values. */
#ifndef TESTS_EXPRESSION_RIG_H
#define TESTS_EXPRESSION_RIG_H

#include "../test.h"

#include "../../../emulator/dynamodb/expressions/expression.h"

enum { ARENA_BYTES = 16 << 20 };

/* a, b, l, m, s, z, as JSON. */
extern const char rig_item_text[];

struct rig {
    struct arena *arena;
    struct placeholders placeholders; /* #l, #m, #dot; :one, :two, ... */
    struct attribute_value item;
};

void rig_begin(struct rig *rig);
void rig_end(struct rig *rig);
/* As JSON. */
struct str rig_show(const struct attribute_value *item, struct arena *arena);

#endif
