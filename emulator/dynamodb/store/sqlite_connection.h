/*
 * One SQLite connection with its prepared statements. A connection is used by one thread at a time.
 *
 * The schema, format 3 (those before it had another hash and other bytes of numbers in keys):
 *   items(collection, hash, partition, sort, size, item)   rows of store.h, in its order
 *   sizes(collection, items, bytes)                        written at a clean close
 *   meta(name, value)                                      'clean': 1 when `sizes` holds
 *   catalogue, data                                        views for people with the sqlite3 shell
 * application_id and user_version tell our files, and newer ones, from others.
 */
#ifndef DYNAMODB_SQLITE_CONNECTION_H
#define DYNAMODB_SQLITE_CONNECTION_H

#include <sqlite3.h>

#include "base/error.h"
#include "base/str.h"
#include "dynamodb/dynamodb.h"

enum statement {
    STATEMENT_BEGIN,
    STATEMENT_BEGIN_READ,
    STATEMENT_COMMIT,
    STATEMENT_ROLLBACK,
    STATEMENT_GET,
    STATEMENT_PUT,
    STATEMENT_REMOVE,
    STATEMENT_DROP,
    STATEMENT_QUERY,
    STATEMENT_QUERY_BACK,
    STATEMENT_QUERY_BACK_FROM,
    STATEMENT_SCAN,
    STATEMENT_COUNT_ITEMS,
    STATEMENT_LOAD_SIZES,
    STATEMENT_SAVE_SIZE,
    STATEMENT_IS_CLEAN,
    STATEMENT_SET_CLEAN,
    STATEMENT_COUNT,
};

struct connection {
    struct connection *next; /* the owner's list */
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_COUNT];
};

/* The writer's connection: makes the schema in an empty file, and refuses a file that is damaged,
 * newer or somebody else's, leaving it untouched. */
MUST_CHECK bool connection_open_writer(const char *path, enum durability durability,
                                       struct connection **ret, struct aws_error *err);
MUST_CHECK bool connection_open_reader(const char *path, struct connection **ret,
                                       struct aws_error *err);
/* Without a checkpoint. NULL is accepted. */
void connection_close(struct connection *connection);

/* Sets `err` from the connection's last error. Answers false. */
bool connection_fail(struct connection *connection, struct aws_error *err);
/* Runs a statement that answers no rows. */
MUST_CHECK bool connection_run(struct connection *connection, enum statement statement,
                               struct aws_error *err);
/* One row further: `ret_row` false at the end. */
MUST_CHECK bool connection_step(struct connection *connection, sqlite3_stmt *statement,
                                bool *ret_row, struct aws_error *err);
/* For use again. Bound pointers stay until they are bound anew; nothing reads them before. */
void statement_reset(sqlite3_stmt *statement);

/* Bound without a copy: the bytes live until the statement's reset. */
void statement_bind_bytes(sqlite3_stmt *statement, int place, struct str bytes);
struct str statement_bytes(sqlite3_stmt *statement, int column);

#endif
