#include "operation_rows.h"

#include <unistd.h>

char rows_folder[] = "/tmp/squall-test-operations-XXXXXX";
struct fake_clock rows_clock;

struct dynamodb *rows_open(bool on_disk)
{
    struct dynamodb_options options = {.data_folder = on_disk ? rows_folder : NULL,
                                       .durability = DURABILITY_NORMAL,
                                       .clock = &rows_clock.clock,
                                       .seed = 7};
    struct dynamodb *db = NULL;
    struct aws_error err = {0};

    if (!dynamodb_open(&options, &db, &err))
        fail_msg("%s", err.message);
    return db;
}

static void remove_files(void)
{
    static const char *const names[] = {"lock", "dynamodb.sqlite3", "dynamodb.sqlite3-wal",
                                        "dynamodb.sqlite3-shm"};
    char path[128];

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", rows_folder, names[i]);
        (void)unlink(path);
    }
}

struct dynamodb *rows_open_empty(bool on_disk)
{
    remove_files();
    fake_clock_init(&rows_clock, ROWS_BEGIN_MS);
    return rows_open(on_disk);
}

static void advance(struct str *text, size_t length)
{
    *text = str_slice(*text, length, text->len);
}

static bool matches(struct str text, struct str pattern)
{
    while (pattern.len > 0) {
        if (str_starts_with(pattern, STR("{uuid}"))) {
            if (text.len < 36)
                return false;
            advance(&text, 36);
            advance(&pattern, 6);
        } else if (str_starts_with(pattern, STR("{any}"))) {
            advance(&pattern, 5);
            while (text.len > 0 && (pattern.len == 0 || text.ptr[0] != pattern.ptr[0]))
                advance(&text, 1);
        } else {
            if (text.len == 0 || text.ptr[0] != pattern.ptr[0])
                return false;
            advance(&text, 1);
            advance(&pattern, 1);
        }
    }
    return text.len == 0;
}

struct dynamodb_answer rows_execute(struct dynamodb *db, const char *operation, struct str request,
                                    struct arena *arena)
{
    struct dynamodb_answer answer;

    dynamodb_execute(db, str_from_c(operation), request, STR("eu-west-1"), arena, &answer);
    return answer;
}

static void run_row(struct dynamodb *db, const struct row *row, size_t number, struct arena *arena)
{
    struct dynamodb_answer answer =
        rows_execute(db, row->operation, str_from_c(row->request), arena);

    if (answer.status != row->status || !matches(answer.body, str_from_c(row->answer)))
        fail_msg("row %zu: %s %s\n  answers  %d %.*s\n  expected %d %s", number, row->operation,
                 row->request, answer.status, STR_ARG(answer.body), row->status, row->answer);
    assert_int_equal(strlen(answer.request_id), DYNAMODB_REQUEST_ID_LENGTH);
    assert_int_equal(answer.error_type == NULL, answer.status == 200);
}

void rows_run(struct dynamodb *db, const struct row *rows, size_t count)
{
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    for (size_t i = 0; i < count; i++) {
        run_row(db, &rows[i], i, arena);
        arena_reset(arena);
    }
    arena_free(arena);
}

const char *rows_quoted(struct arena *arena, struct str text)
{
    char *copy = str_to_c(arena, text);

    for (char *next = copy; (next = strchr(next, '\'')) != NULL;)
        *next = '"';
    return copy;
}

void rows_run_quoted(struct dynamodb *db, const struct row *rows, size_t count)
{
    struct arena *arena = arena_new(ROWS_ARENA_BYTES);

    for (size_t i = 0; i < count; i++) {
        const struct row row = {rows[i].operation, rows_quoted(arena, str_from_c(rows[i].request)),
                                rows[i].status, rows_quoted(arena, str_from_c(rows[i].answer))};

        run_row(db, &row, i, arena);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void run_on_both(void (*run)(struct dynamodb *db, const struct row *rows, size_t count),
                        const struct row *rows, size_t count)
{
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        struct dynamodb *db = rows_open_empty(on_disk == 1);

        run(db, rows, count);
        dynamodb_close(db);
    }
}

void rows_run_on_both(const struct row *rows, size_t count)
{
    run_on_both(rows_run, rows, count);
}

void rows_run_quoted_on_both(const struct row *rows, size_t count)
{
    run_on_both(rows_run_quoted, rows, count);
}

int rows_make_folder(void **state)
{
    (void)state;
    return mkdtemp(rows_folder) == NULL;
}

int rows_remove_folder(void **state)
{
    (void)state;
    remove_files();
    return rmdir(rows_folder);
}
