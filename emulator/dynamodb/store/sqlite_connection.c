#include "sqlite_connection.h"

#include <sys/stat.h>

enum {
    FORMAT_VERSION = 3,
    APPLICATION_ID = 0x53716c6c, /* "Sqll" */
    BUSY_TIMEOUT_MS = 5000,
    WRITER_CACHE_KB = 4096,
    READER_CACHE_KB = 1024,
    QUICK_CHECK_BYTES_MAX = 4 * 1024 * 1024, /* a few ms; above, damage shows when it is met */
};

static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE items(collection INTEGER NOT NULL, hash INTEGER NOT NULL,"
    " partition BLOB NOT NULL, sort BLOB NOT NULL, size INTEGER NOT NULL, item TEXT NOT NULL,"
    " PRIMARY KEY(collection, hash, partition, sort)) WITHOUT ROWID;"
    "CREATE TABLE sizes(collection INTEGER PRIMARY KEY, items INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL);"
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "INSERT INTO meta VALUES('clean', 0);"
    "CREATE VIEW catalogue AS SELECT CAST(partition AS TEXT) AS table_name,"
    " CAST(json_extract(item, '$.Collection') AS INTEGER) AS collection, item AS definition"
    " FROM items WHERE collection = 0;"
    "CREATE VIEW data AS SELECT c.table_name, i.item FROM catalogue c"
    " JOIN items i ON i.collection = c.collection;"
    "PRAGMA application_id = 1399942252;"
    "PRAGMA user_version = 3;"
    "COMMIT;";

_Static_assert(APPLICATION_ID == 1399942252 && FORMAT_VERSION == 3, "as the schema's text has it");

static const char *const statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_BEGIN_READ] = "BEGIN",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_ROLLBACK] = "ROLLBACK",
    [STATEMENT_GET] = "SELECT size, item FROM items"
                      " WHERE collection = ?1 AND hash = ?2 AND partition = ?3 AND sort = ?4",
    [STATEMENT_PUT] = "INSERT OR REPLACE INTO items(collection, hash, partition, sort, size, item)"
                      " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [STATEMENT_REMOVE] = "DELETE FROM items"
                         " WHERE collection = ?1 AND hash = ?2 AND partition = ?3 AND sort = ?4",
    [STATEMENT_DROP] = "DELETE FROM items WHERE collection = ?1 AND (hash, partition, sort) IN"
                       " (SELECT hash, partition, sort FROM items WHERE collection = ?1 LIMIT 500)",
    [STATEMENT_QUERY] = "SELECT hash, partition, sort, size, item FROM items WHERE collection = ?1"
                        " AND hash = ?2 AND partition = ?3 AND sort >= ?4 ORDER BY sort",
    [STATEMENT_QUERY_BACK] =
        "SELECT hash, partition, sort, size, item FROM items WHERE collection = ?1"
        " AND hash = ?2 AND partition = ?3 AND sort >= ?4 ORDER BY sort DESC",
    [STATEMENT_QUERY_BACK_FROM] =
        "SELECT hash, partition, sort, size, item FROM items WHERE collection = ?1 AND hash = ?2"
        " AND partition = ?3 AND sort >= ?4 AND sort < ?5 ORDER BY sort DESC",
    [STATEMENT_SCAN] = "SELECT hash, partition, sort, size, item FROM items WHERE collection = ?1"
                       " AND (hash, partition, sort) > (?2, ?3, ?4)"
                       " ORDER BY hash, partition, sort",
    [STATEMENT_COUNT_ITEMS] =
        "SELECT collection, COUNT(*), SUM(size) FROM items GROUP BY collection",
    [STATEMENT_LOAD_SIZES] = "SELECT collection, items, bytes FROM sizes",
    [STATEMENT_SAVE_SIZE] = "INSERT OR REPLACE INTO sizes VALUES(?1, ?2, ?3)",
    [STATEMENT_IS_CLEAN] = "SELECT value FROM meta WHERE name = 'clean'",
    [STATEMENT_SET_CLEAN] = "UPDATE meta SET value = ?1 WHERE name = 'clean'",
};

bool connection_fail(struct connection *connection, struct aws_error *err)
{
    return aws_fail(err, &error_environment, "the database answers: %s",
                    sqlite3_errmsg(connection->db));
}

bool connection_step(struct connection *connection, sqlite3_stmt *statement, bool *ret_row,
                     struct aws_error *err)
{
    int status = sqlite3_step(statement);

    if (status != SQLITE_ROW && status != SQLITE_DONE)
        return connection_fail(connection, err);
    *ret_row = status == SQLITE_ROW;
    return true;
}

void statement_reset(sqlite3_stmt *statement)
{
    (void)sqlite3_reset(statement); /* repeats the error of the step, which was told already */
}

bool connection_run(struct connection *connection, enum statement statement, struct aws_error *err)
{
    bool row = false;
    bool ok = connection_step(connection, connection->statements[statement], &row, err);

    statement_reset(connection->statements[statement]);
    return ok;
}

/* A NULL pointer would bind NULL, which is no blob. The lengths fit: an item has at most 400 KB.
 * Binding fails only for a wrong place or no memory; the step then misses the value and says so. */
void statement_bind_bytes(sqlite3_stmt *statement, int place, struct str bytes)
{
    (void)sqlite3_bind_blob64(statement, place, bytes.len == 0 ? "" : bytes.ptr, bytes.len,
                              SQLITE_STATIC);
}

struct str statement_bytes(sqlite3_stmt *statement, int column)
{
    const void *ptr = sqlite3_column_blob(statement, column);

    return (struct str){ptr, (size_t)sqlite3_column_bytes(statement, column)};
}

static bool execute(struct connection *connection, const char *text, struct aws_error *err)
{
    return sqlite3_exec(connection->db, text, NULL, NULL, NULL) == SQLITE_OK ||
           connection_fail(connection, err);
}

static bool pragma_number(struct connection *connection, const char *text, int64_t *ret,
                          struct aws_error *err)
{
    sqlite3_stmt *statement = NULL;
    bool row = false, ok = false;

    if (sqlite3_prepare_v2(connection->db, text, -1, &statement, NULL) != SQLITE_OK)
        return connection_fail(connection, err);
    if (connection_step(connection, statement, &row, err) && row) {
        *ret = sqlite3_column_int64(statement, 0);
        ok = true;
    }
    (void)sqlite3_finalize(statement);
    return ok;
}

static bool open_connection(const char *path, int cache_kb, struct connection **ret,
                            struct aws_error *err)
{
    char cache[64];
    struct connection *connection = calloc(1, sizeof(*connection));
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;

    if (connection == NULL) {
        (void)aws_fail(err, &error_environment, "no memory for a database connection");
        return false;
    }
    if (sqlite3_open_v2(path, &connection->db, flags, NULL) != SQLITE_OK)
        goto failed;
    (void)sqlite3_extended_result_codes(connection->db, 1);
    (void)sqlite3_db_config(connection->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(connection->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(connection->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    (void)sqlite3_busy_timeout(connection->db, BUSY_TIMEOUT_MS);
    (void)snprintf(cache, sizeof(cache), "PRAGMA cache_size = -%d;", cache_kb);
    if (sqlite3_exec(connection->db, cache, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(connection->db, "PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;",
                     NULL, NULL, NULL) != SQLITE_OK)
        goto failed;
    *ret = connection;
    return true;
failed:
    (void)connection_fail(connection, err);
    connection_close(connection);
    return false;
}

static bool prepare_statements(struct connection *connection, struct aws_error *err)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        if (sqlite3_prepare_v3(connection->db, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &connection->statements[i], NULL) != SQLITE_OK)
            return connection_fail(connection, err);
    }
    return true;
}

/* Somebody else's, newer or older: told before anything is written. */
static bool check_owner(struct connection *connection, const char *path, int64_t version,
                        struct aws_error *err)
{
    int64_t application = 0, objects = 0;

    if (!pragma_number(connection, "PRAGMA application_id", &application, err) ||
        !pragma_number(connection, "SELECT COUNT(*) FROM sqlite_schema", &objects, err))
        return false;
    if (application != APPLICATION_ID && (objects > 0 || version > 0 || application != 0))
        return aws_fail(err, &error_environment,
                        "'%s' is a database, but not one of squall's: choose another folder with "
                        "--data",
                        path);
    if (version > FORMAT_VERSION)
        return aws_fail(err, &error_environment,
                        "'%s' was written by a newer squall (format %lld, this one knows %d): "
                        "use that one, or choose another folder with --data",
                        path, (long long)version, FORMAT_VERSION);
    if (version > 0 && version < FORMAT_VERSION)
        return aws_fail(err, &error_environment,
                        "'%s' was written by an older squall (format %lld, whose keys lie in "
                        "another order than those of %d): choose another folder with --data, and "
                        "bring the items over with squall export and import",
                        path, (long long)version, FORMAT_VERSION);
    return true;
}

static bool check_damage(struct connection *connection, const char *path, struct aws_error *err)
{
    sqlite3_stmt *statement = NULL;
    struct stat file;
    bool row = false, sound = false;

    if (stat(path, &file) != 0 || file.st_size > QUICK_CHECK_BYTES_MAX)
        return true;
    if (sqlite3_prepare_v2(connection->db, "PRAGMA quick_check(1)", -1, &statement, NULL) !=
        SQLITE_OK)
        return connection_fail(connection, err);
    if (connection_step(connection, statement, &row, err) && row)
        sound = str_eq(statement_bytes(statement, 0), STR("ok"));
    (void)sqlite3_finalize(statement);
    if (!sound)
        return aws_fail(err, &error_environment, "the file is damaged");
    return true;
}

static const char *const synchronous[] = {
    [DURABILITY_FULL] = "PRAGMA synchronous = FULL",
    [DURABILITY_NORMAL] = "PRAGMA synchronous = NORMAL",
    [DURABILITY_OFF] = "PRAGMA synchronous = OFF",
};

static bool prepare_writer(struct connection *connection, const char *path,
                           enum durability durability, struct aws_error *err)
{
    int64_t version = 0;

    return pragma_number(connection, "PRAGMA user_version", &version, err) &&
           check_owner(connection, path, version, err) &&
           (version == 0 || check_damage(connection, path, err)) &&
           execute(connection, "PRAGMA journal_mode = WAL", err) &&
           execute(connection, synchronous[durability], err) &&
           (version > 0 || execute(connection, schema, err)) && prepare_statements(connection, err);
}

/* Sentences of ours, which begin with the file's name, stay; SQLite's words get what to do. */
static bool fail_open(const char *path, const struct aws_error *why, struct aws_error *err)
{
    if (why->message[0] == '\'') {
        *err = *why;
        return false;
    }
    return aws_fail(err, &error_environment,
                    "'%s' cannot be used (%s): put back a copy, or choose another folder with "
                    "--data",
                    path, why->message);
}

bool connection_open_writer(const char *path, enum durability durability, struct connection **ret,
                            struct aws_error *err)
{
    struct connection *connection = NULL;
    struct aws_error why = {0};

    if (!open_connection(path, WRITER_CACHE_KB, &connection, &why))
        return fail_open(path, &why, err);
    if (!prepare_writer(connection, path, durability, &why)) {
        connection_close(connection);
        return fail_open(path, &why, err);
    }
    *ret = connection;
    return true;
}

bool connection_open_reader(const char *path, struct connection **ret, struct aws_error *err)
{
    struct connection *connection = NULL;

    if (!open_connection(path, READER_CACHE_KB, &connection, err))
        return false;
    if (!execute(connection, "PRAGMA query_only = 1", err) ||
        !prepare_statements(connection, err)) {
        connection_close(connection);
        return false;
    }
    *ret = connection;
    return true;
}

void connection_close(struct connection *connection)
{
    if (connection == NULL)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        (void)sqlite3_finalize(connection->statements[i]);
    (void)sqlite3_close(connection->db);
    free(connection);
}
