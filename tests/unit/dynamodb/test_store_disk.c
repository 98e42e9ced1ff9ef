/* What only the store on disk promises: what survives, and which folder and file it takes. */
#include "store_rig.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void what_was_written_is_there_after_a_restart(void **state)
{
    struct store *store = rig_open_on_disk();
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    rig_put(store, STR("p"), STR("s"), STR("kept"));
    store_close(store);
    store = rig_reopen(DURABILITY_NORMAL);
    assert_str_equal(rig_get(store, STR("p"), STR("s"), arena), STR("kept"));
    assert_int_equal(store_size(store, COLLECTION).bytes, 4);
    store_close(store);
    arena_free(arena);
}

/* Writes and tells each number through the pipe, until it is killed. */
static void write_until_killed(int acknowledge_fd, enum durability durability, int first)
{
    struct store *store = rig_reopen(durability);

    for (int i = first;; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "%d", i);
        rig_put(store, str_from_c(name), STR(""), str_from_c(name));
        if (write(acknowledge_fd, &i, sizeof(i)) != sizeof(i))
            _exit(1);
    }
}

static void nothing_acknowledged_is_lost_by_kill_9(void **state)
{
    int next = 0;

    (void)state;
    rig_remove_files();
    for (int round = 0; round < 6; round++) {
        int ends[2], number = 0, wanted = next + 40 + round * 150;

        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            (void)close(ends[0]);
            write_until_killed(ends[1], (enum durability)(round % 3), next);
        }
        (void)close(ends[1]);
        while (number < wanted && read(ends[0], &number, sizeof(number)) == sizeof(number))
            ;
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (read(ends[0], &number, sizeof(number)) == sizeof(number))
            ;
        (void)close(ends[0]);

        struct store *store = rig_reopen(DURABILITY_NORMAL);
        struct arena *arena = arena_new(ARENA_BYTES);
        for (int i = 0; i <= number; i++) {
            char name[16];

            (void)snprintf(name, sizeof(name), "%d", i);
            assert_str_equal(rig_get(store, str_from_c(name), STR(""), arena), str_from_c(name));
        }
        int64_t items = store_size(store, COLLECTION).items;
        assert_in_range(items, number + 1, number + 2); /* the last may have had no time to tell */
        next = (int)items;
        arena_free(arena);
        store_close(store);
    }
}

static void only_one_process_has_the_folder(void **state)
{
    struct store *store = rig_open_on_disk(), *second = NULL;
    struct aws_error err = {0};

    (void)state;
    assert_false(store_open_sqlite(rig_folder(), DURABILITY_NORMAL, &second, &err));
    assert_ptr_equal(err.kind, &error_environment);
    assert_non_null(strstr(err.message, "in use by another squall"));
    store_close(store);
    assert_true(store_open_sqlite(rig_folder(), DURABILITY_NORMAL, &second, &err));
    store_close(second);
}

static void write_file(const char *text, size_t length)
{
    int fd = open(rig_database_path(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, length), (ssize_t)length);
    (void)close(fd);
}

static void make_text(void)
{
    write_file("Dear diary, this is no database at all.\n", 40);
}

static void make_cut(void)
{
    write_file("SQLite format 3\0 and then nothing of use follows here", 50);
}

static void make_sqlite(const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(rig_database_path(), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void make_foreign(void)
{
    make_sqlite("CREATE TABLE bookmarks(url)");
}

static void make_newer(void)
{
    store_close(rig_open_on_disk());
    make_sqlite("PRAGMA user_version = 99");
}

static void make_older(void)
{
    store_close(rig_open_on_disk());
    make_sqlite("PRAGMA user_version = 2");
}

/* The pages behind the first are noise. */
static void make_damaged(void)
{
    struct store *store = rig_open_on_disk();
    char noise[4096];

    for (int i = 0; i < 500; i++) {
        (void)snprintf(noise, sizeof(noise), "%d", i);
        rig_put(store, str_from_c(noise), STR(""), STR("0123456789012345678901234567890123456789"));
    }
    store_close(store);
    memset(noise, 'x', sizeof(noise));
    int fd = open(rig_database_path(), O_WRONLY | O_CLOEXEC);
    for (off_t page = 1; page < 6; page++)
        assert_int_equal(pwrite(fd, noise, sizeof(noise), page * 4096), sizeof(noise));
    (void)close(fd);
}

static const struct {
    const char *name;
    void (*make)(void);
    const char *expected;
} refused[] = {
    {"text", make_text, "is not a database"},
    {"cut", make_cut, "put back a copy"},
    {"foreign", make_foreign, "not one of squall's"},
    {"newer", make_newer, "newer squall"},
    {"older", make_older, "older squall"},
    {"damaged", make_damaged, "put back a copy"},
};

static void a_file_that_is_not_ours_is_refused_and_left_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        static char before[1 << 20], after[1 << 20];
        struct store *store = NULL;
        struct aws_error err = {0};

        rig_remove_files();
        refused[i].make();
        int fd = open(rig_database_path(), O_RDONLY | O_CLOEXEC);
        ssize_t length = read(fd, before, sizeof(before));
        if (store_open_sqlite(rig_folder(), DURABILITY_NORMAL, &store, &err))
            fail_msg("%s is taken", refused[i].name);
        assert_ptr_equal(err.kind, &error_environment);
        if (strstr(err.message, refused[i].expected) == NULL)
            fail_msg("%s: %s", refused[i].name, err.message);
        assert_int_equal(pread(fd, after, sizeof(after), 0), length);
        assert_memory_equal(before, after, (size_t)length);
        (void)close(fd);
    }
}

static void folder_and_files_are_for_the_owner_alone(void **state)
{
    struct store *store = rig_open_on_disk();
    char path[160];
    struct stat file;

    (void)state;
    rig_put(store, STR("p"), STR(""), STR("x"));
    static const char *const names[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", rig_database_path(), names[i]);
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_mode & 0777, 0600);
    }
    store_close(store);
    struct aws_error err = {0};
    (void)snprintf(path, sizeof(path), "%s/deeper/still", rig_folder());
    assert_true(store_open_sqlite(path, DURABILITY_OFF, &store, &err));
    store_close(store);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0700);
    (void)snprintf(path, sizeof(path), "rm -r '%s/deeper'", rig_folder());
    pid_t child = fork();
    if (child == 0)
        (void)execl("/bin/sh", "sh", "-c", path, (char *)NULL);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_folder_that_cannot_be_made_says_why(void **state)
{
    struct store *store = NULL;
    struct aws_error err = {0};

    (void)state;
    assert_false(store_open_sqlite("/proc/nowhere", DURABILITY_NORMAL, &store, &err));
    assert_non_null(strstr(err.message, "/proc/nowhere"));
    assert_non_null(strstr(err.message, "--data"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_there_after_a_restart),
        cmocka_unit_test(nothing_acknowledged_is_lost_by_kill_9),
        cmocka_unit_test(only_one_process_has_the_folder),
        cmocka_unit_test(a_file_that_is_not_ours_is_refused_and_left_alone),
        cmocka_unit_test(folder_and_files_are_for_the_owner_alone),
        cmocka_unit_test(a_folder_that_cannot_be_made_says_why),
    };

    return cmocka_run_group_tests(tests, rig_make_folder, rig_remove_folder);
}
