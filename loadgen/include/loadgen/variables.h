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

/* What a variable's values are made; VARIABLE_ANY takes them as they are. */
enum variable_type {
    VARIABLE_ANY,
    VARIABLE_STRING,
    VARIABLE_NUMBER,
    VARIABLE_BOOLEAN,
    VARIABLE_ARRAY, /* and the next: kept as JSON text */
    VARIABLE_OBJECT,
    VARIABLE_TYPES,
};
extern const char *const variable_type_names[VARIABLE_TYPES];

struct variable {
    struct str name;
    struct str value; /* what {{name}} becomes */
    struct str json;  /* what scripts get, where it is no text; or empty */
    enum variable_type type;
};

struct variable_list {
    struct variable *rows;
    size_t count;
    size_t capacity;
};

/* As the run begins: a script's changes are the user's own (script_lookup()). */
struct variables {
    struct variable_list scopes[SCOPE_COUNT];
    struct data_file data;                       /* empty: none */
    const struct json_value *files[SCOPE_COUNT]; /* whose "values" they were read from, or NULL */
    bool as_newman; /* files and options are taken as newman 6.2 takes them: "enabled": false of an
                       entry counts for nothing ("disabled" does), a name without a value has an
                       empty one, an environment without values has none */
};

/* The names and values are borrowed and must live as long. False past the arena's limit. */
MUST_CHECK bool variables_add(struct variables *variables, enum variable_scope scope,
                              struct str name, struct str value, struct arena *arena);

/*
 * Adds the entries of a "variable" or "values" array: {key|id, value, type, disabled|enabled}. A
 * value is made its type's. Disabled entries and those without a name are skipped; `list` may be
 * NULL.
 *
 * Source: postman-collection, lib/collection/variable.js.
 */
MUST_CHECK bool variables_add_json(struct variables *variables, enum variable_scope scope,
                                   const struct json_value *list, struct arena *arena);

/* Names that a text was found to have. */
struct name_list {
    struct str *rows;
    size_t count;
    size_t capacity;
};

/* Where scripts have changed variables: the user's own value of a name, in `arena`. */
struct variable_lookup {
    bool (*find)(void *context, struct str name, struct arena *arena, struct str *ret);
    void *context;
};

/* How far a text is resolved. */
struct digest_logins;
struct resolver {
    const struct variables *variables;
    bool verbatim;   /* nothing is resolved */
    bool at_send;    /* false: data columns and dynamic names stay as written, for the send */
    size_t data_row; /* at_send: the user's row; past the end: none */
    struct rng *rng; /* at_send: for dynamic variables */
    struct clock *clock;
    bool as_newman;  /* at_send: Cache-Control and Postman-Token go with the request */
    bool may_change; /* !at_send: what nobody knows may become known */
    const struct variable_lookup *lookup; /* at_send: asked first; or NULL */
    const struct digest_logins *logins;   /* at_send: what digest's servers have said; or NULL */
    struct name_list *names;              /* takes every name that is met, in the arena; or NULL */
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
