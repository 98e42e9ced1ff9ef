/*
 * Requests made ready to send: each text becomes literal and variable pieces once, at the start. A
 * request without variable pieces is one prebuilt run of bytes.
 *
 * Headers come in newman's order: the collection's own, auth, then User-Agent, Accept,
 * Cache-Control, Host, Accept-Encoding, Connection, Content-Type and Content-Length where the
 * collection has none. The type of a raw or GraphQL body comes before them, a file's last. A
 * request whose auth signs it is compiled at each send.
 */
#ifndef LOADGEN_REQUEST_H
#define LOADGEN_REQUEST_H

#include "loadgen/collection.h"
#include "loadgen/url.h"
#include "loadgen/variables.h"

enum piece_kind {
    PIECE_LITERAL,
    PIECE_DATA,    /* a column of the user's data row */
    PIECE_DYNAMIC, /* {{$guid}} and its like */
};

struct piece {
    enum piece_kind kind;
    enum encoding encoding; /* of a value; literals are encoded already */
    struct str text;        /* literal; or what stands for a column that the row lacks */
    size_t index;           /* column, or row of the dynamic variables */
};

struct piece_list {
    struct piece *rows;
    size_t count;
    size_t capacity;
};

struct request_plan {
    const struct request_definition *definition;
    struct url url;     /* empty when `whole` */
    struct str address; /* as people read it: not encoded, with what follows a "#" */
    bool is_head;       /* its answer has no body */
    bool whole; /* variables reach into the address, or into each other: compiled at each send */
    struct str sent;        /* everything, where nothing varies; else empty */
    struct piece_list head; /* up to Content-Length */
    struct piece_list body;
    bool has_length;             /* Content-Length is ours to say */
    bool length_given;           /* the collection says it, right or wrong */
    bool chunked;                /* and its Transfer-Encoding that: framing.h */
    struct pair_list attributes; /* of an auth that signs, with their values; for digest */
    struct name_list names;      /* that it was compiled with; empty when compiled at the send */
};

/*
 * Compiles one request as far as `resolver` goes; with at_send nothing varies any more.
 *
 * ret:    in `arena`; borrows from `definition` and from the variables.
 * Errors: error_usage for an address that is none or https, or a method or header name that HTTP
 *         does not allow; error_out_of_memory.
 */
MUST_CHECK bool request_compile(const struct request_definition *definition,
                                const struct resolver *resolver, struct arena *arena,
                                struct request_plan *ret, struct aws_error *err);

/* The bytes of one sending: head and body, in `arena` or borrowed from the plan. */
struct request_bytes {
    struct str head, body;
};

/* For plans that are neither `whole` nor `sent` already. False past the arena's limit. */
MUST_CHECK bool request_build(const struct request_plan *plan, const struct resolver *resolver,
                              struct arena *arena, struct request_bytes *ret);

#endif
