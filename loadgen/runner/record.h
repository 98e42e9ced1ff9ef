/*
 * What happened in a run of a collection, and who is told of it as it happens.
 *
 * The record is newman's "summary": counts of what was done and what failed, response times, the
 * failures in order, and an execution for each request that was sent. It lives in an arena and, as
 * newman's, grows with the run.
 *
 * Source: newman 6.2, lib/run/summary (what counts as what); tests/data/postman.
 */
#ifndef RUNNER_RECORD_H
#define RUNNER_RECORD_H

#include "loadgen/run.h"
#include "loadgen/run_scripts.h"
#include "phases.h"

enum run_stat {
    STAT_ITERATIONS,
    STAT_ITEMS,
    STAT_SCRIPTS,
    STAT_PREREQUESTS,
    STAT_REQUESTS,
    STAT_TESTS,
    STAT_ASSERTIONS,
    STAT_TEST_SCRIPTS,
    STAT_PREREQUEST_SCRIPTS,
    STAT_COUNT,
};

struct stat_row {
    uint64_t total, failed;
};

/* An error as reports show it; `name` is NULL-free, "Error" where nothing else is known. */
struct run_error {
    struct str name, message;
    struct str members; /* of a request's, beside these: a JSON object; or empty */
};

struct assertion {
    struct str name;
    bool skipped, failed;
    int64_t index;
    struct run_error error; /* when failed */
    struct assertion *next;
};

struct script_error {
    enum script_phase phase;
    struct run_error error;
    struct script_error *next;
};

/* One item's turn. */
struct execution {
    size_t step;
    uint64_t iteration;
    bool requested; /* a request was sent, or could not be */
    bool answered;
    uint32_t times; /* requests of it and of its scripts: newman lists it once for each */
    struct run_error request_error; /* requested and not answered */
    struct str method, url;         /* as sent */
    struct str request;             /* JSON, when the record keeps bodies */
    int status;
    struct phases phases; /* answered, and the record keeps them */
    uint64_t sent_bytes;  /* head and body; likewise */
    size_t sent_headers;
    struct str reason, head, body; /* body: decoded; only when the record keeps bodies */
    uint64_t body_bytes, header_bytes;
    int64_t time_ms;
    struct assertion *assertions;
    struct script_error *script_errors;
    struct execution *next;
};

struct failure {
    struct run_error error;
    struct str test;        /* an assertion's name, or empty */
    struct str at;          /* "assertion:1 in test-script" */
    struct str source;      /* "Folder / request", or empty */
    struct str method, url; /* a script's request, which has no name; else empty */
    int64_t index;          /* an assertion's, or -1 */
    size_t step;
    uint64_t iteration;
    struct failure *next;
};

/* A figure that is averaged as it comes (Welford). */
struct moving_average {
    uint64_t count;
    double average, deviation, min, max;
};

enum run_event_kind {
    EVENT_START,
    EVENT_ITERATION,
    EVENT_ITEM,
    EVENT_REQUEST_BEGUN,
    EVENT_REQUEST_ENDED,
    EVENT_CONSOLE,
    EVENT_ASSERTION,
    EVENT_SCRIPT_FAILED,
    EVENT_NEXT_REQUEST,
    EVENT_ITEM_ENDED,
    EVENT_DONE,
};

struct run_record;
struct run_event {
    enum run_event_kind kind;
    const struct run_record *record;
    const struct execution *execution; /* from EVENT_ITEM to EVENT_ITEM_ENDED */
    const struct assertion *assertion;
    const struct script_error *script;
    struct str level, text; /* console; text: also the next request's name */
};

/* A reporter is told of every event, in order. */
struct reporter {
    void (*tell)(void *context, const struct run_event *event);
    void *context;
};

enum { REPORTERS_MAX = 8 };

struct run_record {
    /* given */
    struct arena *arena;
    const struct collection *collection;
    struct run *run;
    uint64_t iterations; /* how many there are to be */
    bool keep_bodies;    /* for reports that show them */
    bool keep_phases;    /* likewise */
    bool bail;           /* the first failure ends the run */
    struct reporter reporters[REPORTERS_MAX];
    size_t reporter_count;
    /* what happened */
    struct stat_row stats[STAT_COUNT];
    struct moving_average response, lookup, first_byte; /* the latter with phases */
    uint64_t received_bytes;
    int64_t started_wall_ms, completed_wall_ms;
    struct execution *first, *now;
    struct execution scripted; /* a request that a script sends: the newest */
    struct failure *failures;
    size_t failure_count;
    bool out_of_memory;
    /* private */
    struct execution **execution_end;
    struct failure **failure_end;
    struct assertion **assertion_end;
    struct script_error **script_end;
    size_t failures_before;  /* the item */
    struct str failed_names; /* of the script that runs, with commas */
    uint64_t iteration;
    struct step_listener steps;
    struct script_listener scripts;
};

/* Puts the record's listeners into the run (and its scripts, when there are any). */
void run_record_init(struct run_record *record);
void run_record_begin(struct run_record *record);
void run_record_end(struct run_record *record);

const struct request_definition *execution_item(const struct run_record *record,
                                                const struct execution *execution);
/* "Folder / Sub / request"; its id where it has no name. */
struct str item_full_name(struct arena *arena, const struct request_definition *item);

#endif
