/*
 * Tests of scripts: an engine of four users over one request ("one"; "two" follows it) with a
 * script before it and one behind, an answer to look at, and what the engine told its host.
 */
#ifndef TESTS_SCRIPT_BENCH_H
#define TESTS_SCRIPT_BENCH_H

#include "../test.h"

#include "loadgen/script_engine.h"

enum { BENCH_TESTS_MAX = 400 };

struct bench {
    struct arena *arena;
    struct collection collection;
    struct variables variables;
    struct script_setup setup;
    struct script_host host;
    struct script_engine *engine;
    /* The answer; after bench_open() as a test wants it. */
    int status;
    struct str reason, head, body;
    /* What was told. */
    struct str tests[BENCH_TESTS_MAX]; /* JSON each */
    size_t test_count, failed, errors;
    struct str last_error, sent, cookie, touched, console;
    uint32_t waiting_id; /* of a timer or a request */
    double waiting_ms;
    struct rng chance[4]; /* a user each */
};

/* The scripts, which may be empty. */
void bench_open(struct bench *bench, struct str prerequest, struct str test);
void bench_close(struct bench *bench);
/* The first user's script of that phase. */
struct script_outcome bench_run(struct bench *bench, enum script_phase phase);
/* Of a test that the script ran, by its place: "passes", or "Name: message". */
struct str bench_outcome(struct bench *bench, size_t test);
void assert_outcome(struct bench *bench, size_t test, const char *expected);

#endif
