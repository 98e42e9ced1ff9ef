/*
 * Operations as rows of a test: a call and its whole answer, one after another on one database.
 * {uuid} in an expected answer stands for any 36 characters, {any} for anything up to the next
 * character that the expected answer has.
 */
#ifndef TESTS_OPERATION_ROWS_H
#define TESTS_OPERATION_ROWS_H

#include "../test.h"

#include "base/clock.h"
#include "dynamodb/dynamodb.h"

struct row {
    const char *operation;
    const char *request;
    int status;
    const char *answer;
};

/* The database's clock: stands still unless a test moves it. Begins at 2026-01-31T12:00:00.123Z. */
extern struct fake_clock rows_clock;
enum { ROWS_ARENA_BYTES = 64 * 1024 * 1024 };
#define ROWS_BEGIN_MS INT64_C(1769860800123)

extern char rows_folder[];

/* On disk: in rows_folder, which is this process's own, and which rows_make_folder() and
 * rows_remove_folder() (a group's setup and teardown) care for; in memory otherwise. */
struct dynamodb *rows_open(bool on_disk);
/* The same with nothing in it and the clock at its beginning. */
struct dynamodb *rows_open_empty(bool on_disk);
/* One call, from region eu-west-1. */
struct dynamodb_answer rows_execute(struct dynamodb *db, const char *operation, struct str request,
                                    struct arena *arena);
/* Fails with the row that differs. */
void rows_run(struct dynamodb *db, const struct row *rows, size_t count);
/* Over each store, on an empty database. */
void rows_run_on_both(const struct row *rows, size_t count);
/* A copy with " for every ', which reads better in C. */
const char *rows_quoted(struct arena *arena, struct str text);
/* The same with ' for " in every request and answer. */
void rows_run_quoted(struct dynamodb *db, const struct row *rows, size_t count);
void rows_run_quoted_on_both(const struct row *rows, size_t count);

int rows_make_folder(void **state);
int rows_remove_folder(void **state);

#define VE "{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":\""
#define RNF                                                                                        \
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\",\"message\":\""
#define IN_USE                                                                                     \
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceInUseException\",\"message\":\""
#define CCF                                                                                        \
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\","            \
    "\"message\":\"The conditional request failed\"}"
#define SERIAL    "{\"__type\":\"com.amazon.coral.service#SerializationException\",\"Message\":\""
#define ON_DEMAND ",\"BillingMode\":\"PAY_PER_REQUEST\"}"

#endif
