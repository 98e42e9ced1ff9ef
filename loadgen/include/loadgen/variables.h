/*
 * {{name}}: Postman's variables and how they become text.
 *
 * Scopes from broad to narrow: global, collection, environment, data, local; the narrowest that
 * knows a name wins, and within a scope the last entry. Substitution runs in passes, innermost
 * names first, so that {{a{{b}}}} works, 19 at most; what nobody knows stays as written.
 *
 * Source: postman-collection, lib/superstring (the pattern and the limit of 19).
 */
#ifndef LOADGEN_VARIABLES_H
#define LOADGEN_VARIABLES_H

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/rng.h"
#include "loadgen/data_file.h"

enum variable_scope {
    SCOPE_GLOBAL,
    SCOPE_COLLECTION,
    SCOPE_ENVIRONMENT,
    SCOPE_COUNT,
};

enum { VARIABLE_PASSES_MAX = 19, VARIABLE_TEXT_BYTES_MAX = 16 << 20 };

struct variable {
    struct str name, value;
};

struct variable_list {
    struct variable *rows;
    size_t count;
    size_t capacity;
};

/* What is the same for all users throughout a run; scripts do not run, so nothing sets them. */
struct variables {
    struct variable_list scopes[SCOPE_COUNT];
    struct data_file data; /* empty: none */
};

/* The names and values are borrowed and must live as long. False past the arena's limit. */
MUST_CHECK bool variables_add(struct variables *variables, enum variable_scope scope,
                              struct str name, struct str value, struct arena *arena);

/*
 * Adds the entries of a "variable" or "values" array: {key|id, value, disabled|enabled}. A value
 * that is no string is its JSON text, null the empty text. Disabled entries and those without a
 * name are skipped; `list` may be NULL.
 */
MUST_CHECK bool variables_add_json(struct variables *variables, enum variable_scope scope,
                                   const struct json_value *list, struct arena *arena);

/* How far a text is resolved. */
struct resolver {
    const struct variables *variables;
    bool at_send;    /* false: data columns and dynamic names stay as written, for the send */
    size_t data_row; /* at_send: the user's row; past the end: none */
    struct rng *rng; /* at_send: for dynamic variables */
    struct clock *clock;
};

/* False when the text would grow past VARIABLE_TEXT_BYTES_MAX or the arena's limit. */
MUST_CHECK bool variables_resolve(const struct resolver *resolver, struct str text,
                                  struct arena *arena, struct str *ret);

/* Finds the innermost "{{name}}" from `from` on: its extent and its name. */
bool variables_next(struct str text, size_t from, size_t *ret_begin, size_t *ret_end,
                    struct str *ret_name);

/* The value in the scopes that stay the same (no data, nothing dynamic). */
bool variables_find(const struct variables *variables, struct str name, struct str *ret);

#endif
