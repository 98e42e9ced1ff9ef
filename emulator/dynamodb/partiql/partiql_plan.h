/*
 * What of a table or index a WHERE needs read: some partitions, each wholly or between two sort
 * keys, or everything. The whole WHERE is applied to what is read, so a plan only has to be wide
 * enough.
 *
 * Source: Developer Guide, "PartiQL select statements" (partition key by = or IN, else a scan);
 * which branches of an OR may meet, as the service answers.
 */
#ifndef DYNAMODB_PARTIQL_PLAN_H
#define DYNAMODB_PARTIQL_PLAN_H

#include "partiql_parser.h"

enum { PARTIQL_READS_MAX = 300 };

struct partiql_read {
    const struct attribute_value *partition;
    struct key_range range;
};

struct partiql_plan {
    struct partiql_read *reads; /* in the order in which they are to be read */
    size_t count;
    bool scan;    /* everything, and no reads */
    bool reverse; /* each read from its end */
};

/*
 * For a schema with one HASH attribute and at most one RANGE attribute. ORDER BY is part of it.
 * Errors: ValidationException.
 */
MUST_CHECK bool partiql_plan_make(const struct partiql_statement *statement,
                                  const struct key_schema *schema, bool is_index,
                                  struct arena *arena, struct partiql_plan *ret,
                                  struct aws_error *err);

#endif
