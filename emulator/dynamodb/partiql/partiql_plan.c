#include "partiql_plan.h"

#include "errors.h"
#include "key.h"
#include "partiql_key.h"

/* A condition on the sort key; all of a list hold. */
struct sort_condition {
    const struct expr *expr;
    struct sort_condition *next;
};

/* What one branch of a WHERE says of the keys. */
struct branch {
    const struct attribute_value *partition; /* NULL: anything */
    struct sort_condition *sort;
    bool sort_otherwise; /* the sort key is met in a way that is no range: <>, NOT, contains() */
    bool never;          /* two partitions at once */
};

struct branches {
    struct branch *rows;
    size_t count;
};

struct planner {
    const struct key_schema *schema;
    bool is_index;
    struct arena *arena;
    struct aws_error *err;
};

/* False, for the static analysis too. */
static bool fail(struct aws_error *err, const char *text)
{
    (void)aws_fail(err, &ddb_validation_exception, "%s", text);
    return false;
}

static bool fail_memory(struct aws_error *err)
{
    (void)aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    return false;
}

static bool is_partition_key(const struct planner *planner, const struct expr *expr)
{
    return partiql_is_attribute(expr, &planner->schema->keys[0]);
}

static bool is_sort_key(const struct planner *planner, const struct expr *expr)
{
    return planner->schema->range_count > 0 &&
           partiql_is_attribute(expr, &planner->schema->keys[1]);
}

/* --- branches ------------------------------------------------------------------------------- */

static bool new_branches(struct planner *planner, size_t count, struct branches *ret)
{
    if (count > PARTIQL_READS_MAX)
        return fail(planner->err, "Too many decomposed read operations for a given query.");
    ret->rows = arena_alloc_array(planner->arena, count, sizeof(*ret->rows));
    ret->count = count;
    return ret->rows != NULL || fail_memory(planner->err);
}

/* Says no value of any key. */
static bool is_silent(const struct branch *branch)
{
    return branch->partition == NULL && branch->sort == NULL;
}

static bool mentions_sort_key(const struct planner *planner, const struct expr *expr)
{
    if (expr == NULL)
        return false;
    if (expr->type == EXPR_PATH)
        return is_sort_key(planner, expr);
    bool found = mentions_sort_key(planner, expr->children[0]) ||
                 mentions_sort_key(planner, expr->children[1]);
    for (size_t i = 0; i < expr->operand_count && !found; i++)
        found = mentions_sort_key(planner, expr->operands[i]);
    return found;
}

/* Nothing is known but whether the sort key is named. */
static bool one_branch(struct planner *planner, const struct expr *expr, struct branches *ret)
{
    if (!new_branches(planner, 1, ret))
        return false;
    ret->rows[0].sort_otherwise = mentions_sort_key(planner, expr);
    return true;
}

static bool add_sort(struct planner *planner, struct branch *branch, const struct expr *expr)
{
    struct sort_condition *sort = arena_alloc(planner->arena, sizeof(*sort));

    if (sort == NULL)
        return fail_memory(planner->err);
    *sort = (struct sort_condition){.expr = expr, .next = branch->sort};
    branch->sort = sort;
    return true;
}

static struct expr *equality(struct planner *planner, struct expr *path, struct expr *value)
{
    struct expr *expr = arena_alloc(planner->arena, sizeof(*expr));
    struct expr **operands = arena_alloc_array(planner->arena, 2, sizeof(struct expr *));

    if (expr == NULL || operands == NULL)
        return NULL;
    operands[0] = path;
    operands[1] = value;
    *expr = (struct expr){.type = EXPR_EQ, .operands = operands, .operand_count = 2};
    return expr;
}

/* k IN [...]: a branch for each value. */
static bool membership(struct planner *planner, const struct expr *expr, struct branches *ret)
{
    bool partition = is_partition_key(planner, expr->operands[0]);

    if (!new_branches(planner, expr->operand_count - 1, ret))
        return false;
    for (size_t i = 0; i < ret->count; i++) {
        struct expr *value = expr->operands[i + 1], *equal = NULL;

        if (partition) {
            ret->rows[i].partition = value->value;
            continue;
        }
        equal = equality(planner, expr->operands[0], value);
        if (equal == NULL)
            return fail_memory(planner->err);
        if (!add_sort(planner, &ret->rows[i], equal))
            return false;
    }
    return true;
}

static bool is_range(const struct expr *expr)
{
    return expr->type == EXPR_EQ || (expr->type >= EXPR_LT && expr->type <= EXPR_BETWEEN) ||
           (expr->type == EXPR_FUNCTION && expr->function == FUNCTION_BEGINS_WITH);
}

static bool test(struct planner *planner, const struct expr *expr, struct branches *ret)
{
    size_t path = expr->operands[0]->type == EXPR_PATH ? 0 : 1;
    bool turned = path == 1 && (expr->type == EXPR_BETWEEN || expr->type == EXPR_FUNCTION);

    if (expr->operand_count <= path || turned || !partiql_compares_values(expr, path))
        return one_branch(planner, expr, ret);
    const struct expr *key = expr->operands[path];
    if (expr->type == EXPR_IN && (is_partition_key(planner, key) || is_sort_key(planner, key)))
        return membership(planner, expr, ret);
    if (!new_branches(planner, 1, ret))
        return false;
    if (is_partition_key(planner, key) && expr->type == EXPR_EQ)
        ret->rows[0].partition = expr->operands[1 - path]->value;
    else if (is_sort_key(planner, key) && is_range(expr))
        return add_sort(planner, &ret->rows[0], expr);
    else
        ret->rows[0].sort_otherwise = mentions_sort_key(planner, expr);
    return true;
}

static bool both(struct planner *planner, const struct branch *a, const struct branch *b,
                 struct branch *ret)
{
    *ret = *a;
    if (ret->partition == NULL)
        ret->partition = b->partition;
    else if (b->partition != NULL && !value_equal(a->partition, b->partition))
        ret->never = true;
    ret->sort_otherwise = a->sort_otherwise || b->sort_otherwise;
    ret->never = ret->never || b->never;
    for (const struct sort_condition *sort = b->sort; sort != NULL; sort = sort->next) {
        if (!add_sort(planner, ret, sort->expr))
            return false;
    }
    return true;
}

/* Every branch of one side with every branch of the other. */
static bool conjunction(struct planner *planner, const struct branches *a, const struct branches *b,
                        struct branches *ret)
{
    if (!new_branches(planner, a->count * b->count, ret))
        return false;
    for (size_t i = 0; i < a->count; i++) {
        for (size_t j = 0; j < b->count; j++) {
            if (!both(planner, &a->rows[i], &b->rows[j], &ret->rows[i * b->count + j]))
                return false;
        }
    }
    return true;
}

/* The branches of both sides; those that say no key count once. */
static bool disjunction(struct planner *planner, const struct branches *a, const struct branches *b,
                        struct branches *ret)
{
    if (!new_branches(planner, a->count + b->count, ret))
        return false;
    memcpy(ret->rows, a->rows, a->count * sizeof(*ret->rows));
    ret->count = a->count;
    for (size_t i = 0; i < b->count; i++) {
        bool again = false;

        for (size_t j = 0; j < ret->count && is_silent(&b->rows[i]) && !again; j++)
            again = is_silent(&ret->rows[j]) &&
                    ret->rows[j].sort_otherwise == b->rows[i].sort_otherwise;
        if (!again)
            ret->rows[ret->count++] = b->rows[i];
    }
    return true;
}

static bool read_branches(struct planner *planner, const struct expr *expr, struct branches *ret)
{
    struct branches left, right;

    if (expr->type == EXPR_AND || expr->type == EXPR_OR)
        return read_branches(planner, expr->children[0], &left) &&
               read_branches(planner, expr->children[1], &right) &&
               (expr->type == EXPR_AND ? conjunction(planner, &left, &right, ret)
                                       : disjunction(planner, &left, &right, ret));
    if (expr->type == EXPR_NOT || expr->operand_count == 0)
        return one_branch(planner, expr, ret);
    return test(planner, expr, ret);
}

/* --- reads ---------------------------------------------------------------------------------- */

/* The range of the partition and one condition on the sort key (NULL: none). */
static bool range_of(struct planner *planner, const struct branch *branch, const struct expr *sort,
                     struct key_range *ret)
{
    struct path_step step = {.name = planner->schema->keys[0].name};
    struct expr path = {.type = EXPR_PATH, .path = {&step, 1}};
    struct expr value = {.type = EXPR_VALUE, .value = branch->partition};
    struct expr *operands[2] = {&path, &value};
    struct expr equal = {.type = EXPR_EQ, .operands = operands, .operand_count = 2};
    struct expr second = {.type = EXPR_AND},
                whole = {.type = EXPR_AND, .children = {&equal, &second}};

    if (sort != NULL)
        second = *sort;
    return key_condition_range(sort == NULL ? &equal : &whole, planner->schema, NULL,
                               planner->is_index, planner->arena, ret, planner->err);
}

static bool is_empty(const struct key_range *range)
{
    return range->sort_to.ptr != NULL && str_compare(range->sort_from, range->sort_to) >= 0;
}

static void narrow(struct key_range *range, const struct key_range *other)
{
    if (str_compare(other->sort_from, range->sort_from) > 0)
        range->sort_from = other->sort_from;
    if (other->sort_to.ptr != NULL &&
        (range->sort_to.ptr == NULL || str_compare(other->sort_to, range->sort_to) < 0))
        range->sort_to = other->sort_to;
}

static bool read_of(struct planner *planner, const struct branch *branch, bool whole,
                    struct partiql_read *ret)
{
    ret->partition = branch->partition;
    if (!range_of(planner, branch, NULL, &ret->range))
        return false;
    for (const struct sort_condition *sort = branch->sort; sort != NULL && !whole;
         sort = sort->next) {
        struct key_range range;

        if (!range_of(planner, branch, sort->expr, &range))
            return false;
        narrow(&ret->range, &range);
    }
    return true;
}

/* May the branches of one partition be read apart, or is it read as a whole? */
static bool reads_whole(const struct branches *branches, const struct attribute_value *partition)
{
    bool ranges = false;

    for (size_t i = 0; i < branches->count; i++) {
        const struct branch *branch = &branches->rows[i];

        if (branch->never || !value_equal(branch->partition, partition))
            continue;
        if (branch->sort_otherwise)
            return true;
        ranges = ranges || branch->sort != NULL;
    }
    return !ranges;
}

static bool same_range(const struct key_range *a, const struct key_range *b)
{
    return str_eq(a->sort_from, b->sort_from) &&
           (a->sort_to.ptr == NULL) == (b->sort_to.ptr == NULL) &&
           (a->sort_to.ptr == NULL || str_eq(a->sort_to, b->sort_to));
}

static bool overlaps(const struct key_range *a, const struct key_range *b)
{
    return (a->sort_to.ptr == NULL || str_compare(b->sort_from, a->sort_to) < 0) &&
           (b->sort_to.ptr == NULL || str_compare(a->sort_from, b->sort_to) < 0);
}

/* Reads of one partition are the same, which is one read, or do not meet. */
static bool add_read(struct planner *planner, struct partiql_plan *plan,
                     const struct partiql_read *read)
{
    if (is_empty(&read->range))
        return true;
    for (size_t i = 0; i < plan->count; i++) {
        const struct partiql_read *other = &plan->reads[i];

        if (!str_eq(other->range.partition, read->range.partition))
            continue;
        if (same_range(&other->range, &read->range))
            return true;
        if (overlaps(&other->range, &read->range))
            return fail(planner->err, "Overlapping conditions with range keys are not supported "
                                      "in where clause");
    }
    plan->reads[plan->count++] = *read;
    return true;
}

static bool add_reads(struct planner *planner, const struct branches *branches,
                      struct partiql_plan *plan)
{
    plan->reads = arena_alloc_array(planner->arena, branches->count, sizeof(*plan->reads));
    if (plan->reads == NULL)
        return fail_memory(planner->err);
    for (size_t i = 0; i < branches->count; i++) {
        const struct branch *branch = &branches->rows[i];
        struct partiql_read read;

        if (branch->never)
            continue;
        if (!read_of(planner, branch, reads_whole(branches, branch->partition), &read) ||
            !add_read(planner, plan, &read))
            return false;
    }
    return true;
}

/* --- order ---------------------------------------------------------------------------------- */

static int compare_reads(const void *a, const void *b)
{
    const struct partiql_read *one = a, *other = b;
    int order = value_compare(one->partition, other->partition);

    return order != 0 ? order : str_compare(one->range.sort_from, other->range.sort_from);
}

static bool one_partition(const struct partiql_plan *plan)
{
    for (size_t i = 1; i < plan->count; i++) {
        if (!str_eq(plan->reads[i].range.partition, plan->reads[0].range.partition))
            return false;
    }
    return true;
}

static void turn(struct partiql_read *reads, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct partiql_read read = reads[i];

        reads[i] = reads[count - 1 - i];
        reads[count - 1 - i] = read;
    }
}

/* Partitions by value, each with its ranges in the direction of travel. */
static void sort_reads(struct partiql_plan *plan, bool partitions_descend)
{
    size_t end = 0;

    if (plan->count < 2)
        return;
    qsort(plan->reads, plan->count, sizeof(*plan->reads), compare_reads);
    if (partitions_descend)
        turn(plan->reads, plan->count);
    if (plan->reverse == partitions_descend)
        return;
    for (size_t begin = 0; begin < plan->count; begin = end) {
        for (end = begin; end < plan->count && str_eq(plan->reads[end].range.partition,
                                                      plan->reads[begin].range.partition);)
            end++;
        turn(&plan->reads[begin], end - begin);
    }
}

static const struct partiql_order *find_order(const struct partiql_statement *statement,
                                              struct str name)
{
    for (size_t i = 0; i < statement->order_count; i++) {
        if (str_eq(statement->order[i].name, name))
            return &statement->order[i];
    }
    return NULL;
}

static bool check_order(const struct partiql_statement *statement, const struct planner *planner,
                        const struct partiql_plan *plan)
{
    const struct key_schema *schema = planner->schema;

    for (size_t i = 0; i < statement->order_count; i++) {
        if (!key_has(schema, statement->order[i].name))
            return aws_fail(planner->err, &ddb_validation_exception,
                            "Attribute %.*s in ORDER BY clause must be part of the primary key",
                            STR_ARG(statement->order[i].name));
    }
    if (statement->order_count > 0 && plan->scan)
        return fail(planner->err, "Must have at least one non-optional hash key condition in WHERE "
                                  "clause when using ORDER BY clause.");
    if (statement->order_count > 0 && !one_partition(plan) &&
        find_order(statement, schema->keys[0].name) == NULL)
        return fail(planner->err, "Must have hash key in ORDER BY clause when more than one hash "
                                  "key condition specified in WHERE clause.");
    return true;
}

/* ORDER BY without the sort key goes down the sort key: so the service does. */
static bool put_in_order(const struct partiql_statement *statement, const struct planner *planner,
                         struct partiql_plan *plan)
{
    const struct key_schema *schema = planner->schema;
    const struct partiql_order *hash = find_order(statement, schema->keys[0].name);
    const struct partiql_order *range =
        schema->range_count > 0 ? find_order(statement, schema->keys[1].name) : NULL;

    if (!check_order(statement, planner, plan))
        return false;
    plan->reverse = range != NULL ? range->descending : statement->order_count > 0;
    sort_reads(plan, hash != NULL && hash->descending);
    return true;
}

bool partiql_plan_make(const struct partiql_statement *statement, const struct key_schema *schema,
                       bool is_index, struct arena *arena, struct partiql_plan *ret,
                       struct aws_error *err)
{
    struct planner planner = {schema, is_index, arena, err};
    struct branches branches = {0};

    *ret = (struct partiql_plan){.scan = statement->where == NULL};
    if (statement->where != NULL && !read_branches(&planner, statement->where, &branches))
        return false;
    for (size_t i = 0; i < branches.count; i++)
        ret->scan = ret->scan || (branches.rows[i].partition == NULL && !branches.rows[i].never);
    return (ret->scan || add_reads(&planner, &branches, ret)) &&
           put_in_order(statement, &planner, ret);
}
