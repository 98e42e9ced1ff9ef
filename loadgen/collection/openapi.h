/*
 * What turns an OpenAPI description into a collection, in parts: the document and its operations
 * (openapi.c), parameters (openapi_parameters.c), bodies (openapi_body.c), and values that a schema
 * allows (openapi_sample.c). Private to these four.
 */
#ifndef LOADGEN_OPENAPI_H
#define LOADGEN_OPENAPI_H

#include "loadgen/api_files.h"

struct api_variable {
    struct str name, value;
};

struct conversion {
    const struct json_value *root;
    struct arena *arena;
    struct json_writer *writer;    /* the collection */
    struct json_writer *variables; /* [{key, value}], written beside */
    struct api_variable *known;    /* the same */
    size_t known_count, capacity;
    bool failed; /* out of memory; told at the end */
};

/* Postman's {"key": ..., "value": ...}. */
void openapi_write_pair(struct json_writer *writer, struct str key, struct str value);

/* --- parameters ----------------------------------------------------------------------------- */

/* An operation's parameters, then those of its path that it has none of that name and place for. By
 * value, so that each who takes them has them all. */
struct parameters {
    const struct json_value *lists[2];
    int list;                    /* which one is gone through ... */
    const struct json_value *at; /* ... and how far */
};

/* Takes the next; NULL behind the last. */
const struct json_value *openapi_next_parameter(struct conversion *c, struct parameters *left);
/* "{{name}}", whose value is `value`; the value itself where the name has another one already. */
struct str openapi_variable(struct conversion *c, struct str name, struct str value);
/* "/pets/{id}" and the query, with their variables. */
void openapi_add_path(struct conversion *c, struct str path, struct parameters of,
                      struct buffer *out);
void openapi_add_query(struct conversion *c, struct parameters of, struct buffer *out);
/* "header": [...]; `content_type` may be empty. */
void openapi_write_headers(struct conversion *c, struct parameters of, struct str content_type);

/* --- bodies --------------------------------------------------------------------------------- */

/* "body": {...}, where the operation has one. Answers the Content-Type that it wants as a header of
 * its own, or none. */
struct str openapi_write_body(struct conversion *c, const struct json_value *operation,
                              struct parameters of);

/* --- samples -------------------------------------------------------------------------------- */

/* What a "$ref" of the same file leads to, or the value itself; NULL when it leads nowhere. */
const struct json_value *openapi_follow(const struct json_value *root,
                                        const struct json_value *value);
/* A parameter's or a media type's example, or the first of its examples; NULL for none. */
const struct json_value *openapi_example(const struct json_value *root,
                                         const struct json_value *holder);
/* A value that the schema allows, as JSON. */
void openapi_sample(const struct json_value *root, const struct json_value *schema,
                    struct json_writer *writer);
/* The same as plain text, in the arena. */
struct str openapi_sample_text(struct conversion *c, const struct json_value *schema);

#endif
