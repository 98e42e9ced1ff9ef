/* What of a table a WHERE needs read: a row is a condition and the reads that it comes to. */
#include "../test.h"

#include "../../../emulator/dynamodb/errors.h"
#include "../../../emulator/dynamodb/partiql/partiql_key.h"
#include "../../../emulator/dynamodb/partiql/partiql_plan.h"
#include "../../../emulator/dynamodb/partiql/partiql_token.h"

enum { ARENA_BYTES = 16 << 20 };

static const struct key_schema schema = {
    .keys = {{STR_INIT("pk"), 'S'}, {STR_INIT("sk"), 'S'}}, .hash_count = 1, .range_count = 1};

static bool parse(struct arena *arena, const char *where, struct partiql_statement *ret,
                  struct aws_error *err)
{
    struct partiql_parameters none = {0};
    struct str text = str_printf(arena, "SELECT * FROM tab WHERE %s", where);

    return partiql_parse(text, &none, arena, ret, err);
}

/* As `a[from,to)`, with a zero byte as `.`; an open end is `*`. */
static struct str show(const struct partiql_plan *plan, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, arena);
    if (plan->scan)
        buffer_add_literal(&out, "scan");
    for (size_t i = 0; i < plan->count; i++) {
        const struct key_range *range = &plan->reads[i].range;

        buffer_add(&out, i > 0 ? STR(" ") : STR(""));
        buffer_add(&out, range->partition);
        buffer_add_char(&out, '[');
        buffer_add(&out, range->sort_from);
        buffer_add_char(&out, ',');
        buffer_add(&out, range->sort_to.ptr == NULL ? STR("*") : range->sort_to);
        buffer_add_char(&out, ')');
    }
    if (plan->reverse)
        buffer_add_literal(&out, " back");
    for (size_t i = 0; i < out.len; i++)
        out.ptr[i] = out.ptr[i] == '\0' ? '.' : out.ptr[i];
    return buffer_str(&out);
}

#define OVERLAP "Overlapping conditions with range keys are not supported in where clause"

static void a_where_reads_what_its_branches_need(void **state)
{
    static const struct {
        const char *where;
        const char *plan; /* or the error's text */
    } rows[] = {
        {"n = 1", "scan"},
        {"pk = 'a'", "a[,*)"},
        {"'a' = pk AND n = 1", "a[,*)"},
        {"pk = 'a' OR n = 1", "scan"},
        {"pk > 'a'", "scan"},
        {"NOT pk = 'a'", "scan"},
        {"pk = n", "scan"},
        {"sk = 'b'", "scan"},
        {"pk = 'a' AND sk = 'b'", "a[b,b.)"},
        {"pk = 'a' AND 'b' < sk", "a[b.,*)"},
        {"pk = 'a' AND sk >= 'b' AND sk < 'd'", "a[b,d)"},
        {"pk = 'a' AND sk > 'd' AND sk < 'b'", ""},
        {"pk = 'a' AND sk BETWEEN 'b' AND 'd'", "a[b,d.)"},
        {"pk = 'a' AND begins_with(sk, 'b')", "a[b,c)"},
        {"pk = 'a' AND sk > n", "a[,*)"},
        {"pk = 'a' AND sk <> 'b'", "a[,*)"},
        {"pk = 'a' AND contains(sk, 'b')", "a[,*)"},
        {"pk IN ['b', 'a', 'b']", "a[,*) b[,*)"},
        {"pk = 'b' OR pk = 'a' AND n = 1", "a[,*) b[,*)"},
        {"pk IN ['a', 'b'] AND sk IN ['d', 'c']", "a[c,c.) a[d,d.) b[c,c.) b[d,d.)"},
        {"pk = 'a' AND (sk = 'b' OR sk > 'c')", "a[b,b.) a[c.,*)"},
        {"pk = 'a' AND (sk = 'b' OR sk = 'b')", "a[b,b.)"},
        {"pk = 'a' AND (sk > 'b' OR sk < 'c')", OVERLAP},
        {"pk = 'a' AND n = 1 OR pk = 'a' AND sk = 'b'", OVERLAP},
        {"pk = 'a' AND NOT sk = 'c' OR pk = 'a' AND sk = 'b'", "a[,*)"},
        {"pk = 'a' AND n = 1 OR pk = 'b' AND sk = 'b'", "a[,*) b[b,b.)"},
        {"pk = 'a' AND pk = 'b'", ""},
        {"pk = 'a' AND pk = 'a'", "a[,*)"},
        {"pk = 'a' AND (n = 1 OR n = 2 OR n = 3) AND (m = 1 OR m = 2)", "a[,*)"},
        {"pk = 'a' ORDER BY sk DESC", "a[,*) back"},
        {"pk = 'a' ORDER BY pk", "a[,*) back"},
        {"pk IN ['a', 'b'] AND sk IN ['c', 'd'] ORDER BY pk DESC, sk",
         "b[c,c.) b[d,d.) a[c,c.) a[d,d.)"},
        {"pk IN ['a', 'b'] AND sk IN ['c', 'd'] ORDER BY pk, sk DESC",
         "a[d,d.) a[c,c.) b[d,d.) b[c,c.) back"},
        {"pk = 'a' ORDER BY n", "Attribute n in ORDER BY clause must be part of the primary key"},
    };
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partiql_statement statement;
        struct partiql_plan plan;
        struct aws_error err = {0};
        struct str shown = STR("");

        if (!parse(arena, rows[i].where, &statement, &err))
            fail_msg("%s: %s", rows[i].where, err.message);
        bool ok = partiql_plan_make(&statement, &schema, false, arena, &plan, &err);
        shown = ok ? show(&plan, arena) : str_from_c(err.message);
        if (!str_eq(shown, str_from_c(rows[i].plan)))
            fail_msg("%s: %.*s", rows[i].where, STR_ARG(shown));
    }
    arena_free(arena);
}

static void reads_are_bounded(void **state)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    struct partiql_statement statement;
    struct partiql_plan plan;
    struct aws_error err = {0};
    struct buffer where;

    (void)state;
    buffer_init(&where, arena);
    for (int key = 0; key < 2; key++) {
        buffer_printf(&where, "%s IN ['0'", key == 0 ? "pk" : " AND sk");
        for (int i = 1; i < 18; i++)
            buffer_printf(&where, ", '%d'", i);
        buffer_add_char(&where, ']');
    }
    buffer_add_char(&where, '\0');
    assert_true(parse(arena, where.ptr, &statement, &err));
    assert_false(partiql_plan_make(&statement, &schema, false, arena, &plan, &err));
    assert_string_equal(err.message, "Too many decomposed read operations for a given query.");
    arena_free(arena);
}

static void a_key_is_found_among_what_must_hold(void **state)
{
    static const struct {
        const char *where;
        bool found;
        bool only;
    } rows[] = {
        {"pk = 'a' AND sk = 'b'", true, true},
        {"(sk = 'b') AND 'a' = pk AND pk = 'a'", true, true},
        {"(pk = 'a' AND sk = 'b') AND n = 1", true, false},
        {"pk = 'a' AND sk = 'b' AND sk > 'a'", true, false},
        {"pk = 'a' AND sk = 'b' AND pk = 'c'", false, false},
        {"pk = 'a' AND sk > 'b'", false, false},
        {"pk = 'a' AND (sk = 'b' OR sk = 'b')", false, false},
        {"pk IN ['a'] AND sk = 'b'", false, false},
        {"pk = 'a'", false, false},
    };
    struct arena *arena = arena_new(ARENA_BYTES);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct partiql_statement statement;
        struct attribute_value key;
        struct aws_error err = {0};
        bool only = false;

        assert_true(parse(arena, rows[i].where, &statement, &err));
        if (partiql_key(statement.where, &schema, arena, &key, &only, &err) != rows[i].found ||
            (rows[i].found && only != rows[i].only))
            fail_msg("%s", rows[i].where);
    }
    arena_free(arena);
}

static void a_token_comes_back_for_its_own_statement_alone(void **state)
{
    struct arena *arena = arena_new(ARENA_BYTES);
    uint64_t id = partiql_statement_id(STR("SELECT"), STR("[1]"), STR("table"));
    struct partiql_token_place place = {id, 7, {STR("p\0q"), STR("")}}, read = {0};
    struct aws_error err = {0}, other = {0}, broken = {0};
    struct str token;

    (void)state;
    assert_true(partiql_token_write(&place, arena, &token, &err));
    assert_true(partiql_token_read(token, id, arena, &read, &err));
    assert_int_equal(read.read, 7);
    assert_str_equal(read.after.partition, STR("p\0q"));
    assert_int_equal(read.after.sort.len, 0);
    assert_int_not_equal(id, partiql_statement_id(STR("SELECT["), STR("1]"), STR("table")));
    assert_false(partiql_token_read(token, id + 1, arena, &read, &other));
    assert_string_equal(other.message, "NextToken does not match request");
    for (size_t cut = 0; cut < token.len; cut++) {
        assert_false(partiql_token_read(str_slice(token, 0, cut), id, arena, &read, &broken));
        assert_string_equal(broken.message, "Invalid NextToken");
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_where_reads_what_its_branches_need),
        cmocka_unit_test(reads_are_bounded),
        cmocka_unit_test(a_key_is_found_among_what_must_hold),
        cmocka_unit_test(a_token_comes_back_for_its_own_statement_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
