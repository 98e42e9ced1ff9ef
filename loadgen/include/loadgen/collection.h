/*
 * A Postman collection (v2.0 and v2.1), flattened: its requests in order, each with the auth that
 * it inherits.
 *
 * Read leniently, as real files are: wrapped in {"collection": …}, requests and URLs as plain text,
 * headers as text, auth attributes as list or object. Texts still hold their {{names}}.
 *
 * Source: schema.postman.com, collection v2.0.0 and v2.1.0.
 */
#ifndef LOADGEN_COLLECTION_H
#define LOADGEN_COLLECTION_H

#include "base/error.h"
#include "base/json.h"

enum { COLLECTION_DEPTH_MAX = 64, COLLECTION_REQUESTS_MAX = 100000 };

enum body_mode {
    BODY_NONE,
    BODY_RAW,
    BODY_URLENCODED,
    BODY_GRAPHQL,
};

enum auth_type {
    AUTH_NONE,
    AUTH_BASIC,
    AUTH_BEARER,
    AUTH_APIKEY,
};

struct pair {
    struct str name, value;
    bool has_value;
};

struct pair_list {
    struct pair *rows;
    size_t count;
};

struct auth {
    enum auth_type type;
    struct str user, password; /* basic */
    struct str token;          /* bearer */
    struct str key, value;     /* apikey */
    bool in_query;             /* apikey */
};

enum script_phase { SCRIPT_PREREQUEST, SCRIPT_TEST, SCRIPT_PHASES };

struct script_text {
    struct str text;
    struct str holder; /* the name of the collection, folder or request that it belongs to */
    enum script_phase phase;
};

/* Rows of the collection's scripts, in the order in which they run. */
struct script_chain {
    uint32_t *rows;
    size_t count;
};

struct request_definition {
    struct str name;  /* unique names are not promised */
    struct str id;    /* or empty */
    struct str *path; /* collection, folders and the request's own name */
    size_t path_count;
    struct script_chain scripts[SCRIPT_PHASES];
    struct str source;                    /* its "request", JSON as in the file */
    const struct json_value *item;        /* for collection_request_reread() */
    const struct json_value *auth_source; /* its own, or what it inherits */
    struct str folder;                    /* "outer / inner", or empty */
    struct str method;
    struct str url;
    struct pair_list headers; /* without the disabled ones */
    enum body_mode body_mode;
    struct str body;         /* raw text, or GraphQL's JSON */
    struct str content_type; /* what the body's form asks for, or empty */
    struct pair_list form;   /* urlencoded */
    struct auth auth;
};

struct collection {
    struct str name;
    struct request_definition *requests;
    size_t request_count;
    const struct json_value *variables; /* the "variable" array, or NULL */
    struct script_text *scripts;
    size_t script_count;
};

/*
 * Everything in `ret` lives in `arena` and borrows from `text`.
 *
 * Errors: error_usage, naming the request, for what is no collection, has no request, or uses an
 * auth type or body mode that is absent.
 */
MUST_CHECK bool collection_parse(struct str text, struct arena *arena, struct collection *ret,
                                 struct aws_error *err);

/* The collection of one GET request. */
MUST_CHECK bool collection_of_url(struct str url, struct arena *arena, struct collection *ret,
                                  struct aws_error *err);

#endif
