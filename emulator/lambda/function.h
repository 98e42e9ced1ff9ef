/*
 * Functions, their versions and aliases: what the control operations read and change.
 *
 * A version's configuration never changes: an update of $LATEST replaces its version object, which
 * retires that one's environments. So whoever holds a reference to a version may read it without a
 * lock. Everything else here is guarded by the store's lock, which is the service's.
 *
 * Source: Lambda Developer Guide, "Lambda function versions", "Lambda function aliases".
 */
#ifndef LAMBDA_FUNCTION_H
#define LAMBDA_FUNCTION_H

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/uuid.h"
#include "code.h"
#include "http/http.h"
#include "report.h"

struct execution_environment;
struct lambda_function;

struct function_config {
    struct str handler;
    struct str runtime;
    struct str role;
    struct str description;
    struct str architecture;
    int64_t memory_mb;
    int64_t timeout_s;
    const struct http_header *environment;
    size_t environment_count;
};

enum { VERSION_NUMBER_BYTES = 24 };

struct function_version {
    struct function_version *next; /* the next older published one */
    struct lambda_function *function;
    struct arena *arena; /* holds this struct and its text */
    int references;      /* the store's lock */
    bool retired;        /* the store's lock: its environments go when they are done */
    int64_t number;      /* 0: $LATEST */
    char number_text[VERSION_NUMBER_BYTES];
    struct str arn; /* of the function; with ":number" for a published one */
    struct function_config config;
    struct str source_description; /* $LATEST's when this one was published */
    struct function_code *code;
    char revision_id[UUID_TEXT_BYTES];  /* the store's lock */
    int64_t modified_ms;                /* wall time */
    struct execution_environment *idle; /* the store's lock: a stack, the warmest on top */
};

struct function_alias {
    struct function_alias *next; /* by name */
    struct str name;
    struct str description;
    int64_t version; /* 0: $LATEST */
    int64_t other_version;
    double other_weight; /* 0: no routing configuration */
    char revision_id[UUID_TEXT_BYTES];
    char text[]; /* name and description */
};

struct lambda_function {
    struct lambda_function *next; /* by name */
    int references;               /* versions that exist */
    bool deleted;
    struct str name;
    struct str arn;
    struct function_version *latest;
    struct function_version *published; /* the newest first */
    int64_t last_number;
    size_t version_count;
    struct function_alias *aliases;
    size_t alias_count;
    int64_t reserved; /* ReservedConcurrentExecutions, -1: none */
    int64_t in_flight;
    struct function_log *log;
    struct arena *arena; /* name and ARN */
};

struct function_store {
    struct lambda_function *functions; /* by name */
    size_t count;
    int64_t reserved_sum;
    struct str region;
    struct str account_id;
    struct clock *clock;
    struct rng *rng;
    /* A version without environments goes at once; one with them is told to let them go. */
    void (*retire)(void *state, struct function_version *version);
    void *retire_state;
};

/* What UpdateFunctionConfiguration changes: members that are not given keep their value. */
struct function_update {
    const struct str *description;
    const struct str *handler;
    const struct str *role;
    const struct str *runtime;
    int64_t memory_mb; /* 0: not given */
    int64_t timeout_s;
    bool has_environment;
    const struct http_header *environment;
    size_t environment_count;
};

struct alias_update {
    const struct str *description; /* NULL: keep */
    const struct str *version;
    bool has_routing;
    int64_t other_version;
    double other_weight; /* 0 with has_routing: none */
    struct str revision_id;
};

void store_deinit(struct function_store *store);

/* Takes `code` when it succeeds. Errors: ResourceConflictException and what config_check() says. */
MUST_CHECK bool store_create(struct function_store *store, struct str name,
                             const struct function_config *config, struct function_code *code,
                             struct lambda_function **ret, struct aws_error *err);
/* NULL when there is none. */
struct lambda_function *store_find(const struct function_store *store, struct str name);
/*
 * The version that the qualifier names now: empty or "$LATEST", a number, or an alias (a weighted
 * one draws from the store's rng). NULL when there is none; `executed` is told for aliases too.
 */
struct function_version *function_resolve(const struct function_store *store,
                                          const struct lambda_function *function,
                                          struct str qualifier);
/* Replaces $LATEST. Errors: ValidationException, InvalidParameterValueException. */
MUST_CHECK bool function_update(struct function_store *store, struct lambda_function *function,
                                const struct function_update *update, struct aws_error *err);
/* The last published version when nothing changed since, else a new one. Errors:
 * PreconditionFailedException, InvalidParameterValueException (another CodeSha256). */
MUST_CHECK bool function_publish(struct function_store *store, struct lambda_function *function,
                                 const struct str *description, struct str code_sha256,
                                 struct str revision_id, struct function_version **ret,
                                 struct aws_error *err);
struct function_version *function_find_version(const struct lambda_function *function,
                                               int64_t number);
MUST_CHECK bool function_delete_version(struct function_store *store,
                                        struct lambda_function *function, int64_t number,
                                        struct aws_error *err);
void function_delete(struct function_store *store, struct lambda_function *function);
/* -1: none. Errors: InvalidParameterValueException when too little would stay unreserved. */
MUST_CHECK bool function_reserve(struct function_store *store, struct lambda_function *function,
                                 int64_t reserved, struct aws_error *err);

struct function_alias *function_find_alias(const struct lambda_function *function, struct str name);
MUST_CHECK bool alias_create(struct function_store *store, struct lambda_function *function,
                             struct str name, const struct alias_update *update,
                             struct function_alias **ret, struct aws_error *err);
/* May move the alias in memory. */
MUST_CHECK bool alias_update(struct function_store *store, struct lambda_function *function,
                             struct str name, const struct alias_update *update,
                             struct function_alias **ret, struct aws_error *err);
void alias_delete(struct lambda_function *function, struct str name);

/* Releases one reference; the last one frees the version, and its function after its last. */
void version_release(struct function_version *version);

/* Ranges and lengths of what a caller chooses. */
MUST_CHECK bool config_check(const struct function_config *config, struct aws_error *err);

/* FunctionConfiguration. `qualified` adds ":$LATEST" to that version's ARN, as lists of versions
 * do; `listed` leaves out State and LastUpdateStatus, as lists do. */
enum config_form {
    CONFIG_WHOLE,
    CONFIG_UPDATING, /* LastUpdateStatus InProgress */
    CONFIG_LISTED,
};
void config_write(struct json_writer *writer, const struct function_version *version,
                  enum config_form form, bool qualified, struct str region);
void alias_write(struct json_writer *writer, const struct lambda_function *function,
                 const struct function_alias *alias, struct str region);
/* arn:aws:lambda:REGION:ACCOUNT:function:NAME of a stored ARN, with the caller's region. */
struct str arn_in_region(struct str arn, struct str region, struct arena *arena);

#endif
