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
#include "loadgen/tls.h"

enum { COLLECTION_DEPTH_MAX = 64, COLLECTION_REQUESTS_MAX = 100000 };

enum body_mode {
    BODY_NONE,
    BODY_RAW,
    BODY_URLENCODED,
    BODY_GRAPHQL,
    BODY_FORMDATA,
    BODY_FILE,
};

/* oauth2 with a token at hand is what its "addTokenTo" makes of it: a row of AUTH_APIKEY. */
enum auth_type {
    AUTH_NONE,
    AUTH_BASIC,
    AUTH_BEARER,
    AUTH_APIKEY,
    AUTH_DIGEST,
    AUTH_OAUTH1,
    AUTH_AWSV4,
    AUTH_HAWK,
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
    struct str user, password;   /* basic */
    struct str token;            /* bearer */
    struct str key, value;       /* apikey */
    struct str prefix;           /* apikey: before the value, with a blank; may be empty */
    bool in_query;               /* apikey */
    bool has_value;              /* apikey: false where the collection says nothing of it */
    bool is_token;               /* apikey: of oauth2, which empty is nothing at all */
    struct pair_list attributes; /* of the others, as the collection names them */
    const void *owner;           /* the same for all requests that inherit it; NULL: its own */
};

/* One part of a formdata body. */
struct form_part {
    struct str name;
    struct str source; /* a file's path as written */
    struct str value;  /* text, or a file's path; empty path: a file that was never chosen */
    bool is_file;
    struct str content;      /* the file's; collection_files_read() */
    struct str content_type; /* empty: by the file's name, or none */
    struct str file_name;    /* empty: the path's last part */
    bool has_file_name;
};

struct part_list {
    struct form_part *rows;
    size_t count;
};

/* "protocolProfileBehavior": its own, its folders' and the collection's. */
struct behavior {
    bool stay;                 /* followRedirects: false */
    bool says_stay;            /* followRedirects is there */
    bool keep_method;          /* followOriginalHttpMethod */
    bool keep_authorization;   /* followAuthorizationHeader: on another host, too */
    bool drop_referer;         /* removeRefererHeaderOnRedirect */
    bool keep_body;            /* disableBodyPruning */
    bool no_cookies;           /* disableCookies */
    bool raw_address;          /* disableUrlEncoding */
    bool literal;              /* disableVariables, our own: {{names}} and comments stay */
    bool no_token;             /* disabledSystemHeaders: postman-token */
    int64_t redirects_max;     /* maxRedirects */
    unsigned disabled_headers; /* disabledSystemHeaders: bits of enum system_header */
    unsigned without_effect;   /* bits of behaviors_without_effect */
    struct tls_wish tls;       /* strictSSL, tlsDisabledProtocols, tlsCipherSelection */
};

/* What a collection may ask for and nobody here hears. */
enum { BEHAVIORS_WITHOUT_EFFECT = 3 };
extern const struct str behaviors_without_effect[BEHAVIORS_WITHOUT_EFFECT];

/* Headers that we send in any case, unless the collection says otherwise; in newman's order. */
enum system_header {
    HEADER_USER_AGENT,
    HEADER_ACCEPT,
    HEADER_CACHE_CONTROL,
    HEADER_HOST,
    HEADER_ACCEPT_ENCODING,
    HEADER_CONNECTION,
    HEADER_CONTENT_TYPE,
    SYSTEM_HEADER_COUNT,
};
extern const struct str system_header_names[SYSTEM_HEADER_COUNT];

/* What a request has from its folders and the collection. */
struct inherited {
    const struct json_value *auth; /* NULL: none */
    struct behavior behavior;
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
    struct str name;  /* unique names are not promised; the address, where there is none */
    bool nameless;    /* there is none */
    struct str id;    /* or empty */
    struct str *path; /* collection, folders and the request's own name */
    size_t path_count;
    struct script_chain scripts[SCRIPT_PHASES];
    size_t blank_scripts[SCRIPT_PHASES]; /* that would run, too, if they said anything */
    struct str source;                   /* its "request", JSON as in the file */
    struct str events;                   /* its "event", likewise, or empty */
    struct inherited inherited;          /* for collection_request_reread() */
    struct str folder;                   /* "outer / inner", or empty */
    struct str method;
    struct str url;
    struct pair_list headers; /* without the disabled ones */
    enum body_mode body_mode;
    struct str body;         /* raw text, GraphQL's JSON, or the file's path */
    struct str body_source;  /* the file's path as written */
    struct str body_inline;  /* the file's content as written, Base64; used without a path */
    struct str content;      /* the file's; collection_files_read() */
    bool has_comments;       /* the raw body is JSON, and Postman sends it without them */
    struct str content_type; /* what the body's form asks for, or empty */
    struct pair_list form;   /* urlencoded; parts of one name together, as Postman sends them */
    struct part_list parts;  /* formdata */
    bool files_at_send;      /* they are read then: collection_files_load() */
    struct auth auth;
    struct behavior behavior;
};

struct collection {
    struct str name;   /* "collection", where there is none */
    bool nameless;     /* there is none */
    struct str id;     /* or empty */
    struct str source; /* JSON as in the file; empty for the collection of one URL */
    struct request_definition *requests;
    size_t request_count;
    const struct json_value *variables; /* the "variable" array, or NULL */
    struct script_text *scripts;
    size_t script_count;
};

/*
 * Everything in `ret` lives in `arena` and borrows from `text`.
 *
 * Errors: error_usage, naming the request, for what is no collection, or uses an
 * auth type or body mode that is absent.
 */
MUST_CHECK bool collection_parse(struct str text, struct arena *arena, struct collection *ret,
                                 struct aws_error *err);

/* The collection of one GET request. */
MUST_CHECK bool collection_of_url(struct str url, struct arena *arena, struct collection *ret,
                                  struct aws_error *err);

#endif
