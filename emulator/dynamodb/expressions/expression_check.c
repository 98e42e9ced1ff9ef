/*
 * The walks over a parsed tree. Each looks at one kind of mistake, because the service tells all
 * mistakes of one kind before any of the next; in a condition, from the placeholders on, test by
 * test.
 */
#include "expression_parser.h"

#include "errors.h"

/* Where a function may stand, and what it takes. */
static const struct {
    size_t operands;
    bool is_test;    /* a condition of its own */
    bool in_set;     /* in an update's SET */
    bool takes_path; /* the first operand must be one */
} functions[FUNCTION_COUNT] = {
    [FUNCTION_ATTRIBUTE_EXISTS] = {1, true, false, true},
    [FUNCTION_ATTRIBUTE_NOT_EXISTS] = {1, true, false, true},
    [FUNCTION_ATTRIBUTE_TYPE] = {2, true, false, true},
    [FUNCTION_BEGINS_WITH] = {2, true, false, false},
    [FUNCTION_CONTAINS] = {2, true, false, false},
    [FUNCTION_SIZE] = {1, false, false, false},
    [FUNCTION_IF_NOT_EXISTS] = {2, false, true, true},
    [FUNCTION_LIST_APPEND] = {2, false, true, false},
};

typedef bool visit_expr(struct expression_parser *parser, struct expr *expr);

/* Outside in, left to right. Depth is bounded by the parser. */
static bool walk(struct expression_parser *parser, struct expr *expr, visit_expr *visit)
{
    if (expr == NULL)
        return true;
    if (!visit(parser, expr) || !walk(parser, expr->children[0], visit) ||
        !walk(parser, expr->children[1], visit))
        return false;
    for (size_t i = 0; i < expr->operand_count; i++) {
        if (!walk(parser, expr->operands[i], visit))
            return false;
    }
    return true;
}

/* The same, operands before what they stand in. */
static bool walk_operands_first(struct expression_parser *parser, struct expr *expr,
                                visit_expr *visit)
{
    if (expr == NULL)
        return true;
    for (size_t i = 0; i < expr->operand_count; i++) {
        if (!walk_operands_first(parser, expr->operands[i], visit))
            return false;
    }
    return visit(parser, expr);
}

static bool visit_function_name(struct expression_parser *parser, struct expr *expr)
{
    if (expr->type != EXPR_FUNCTION || expr->function != FUNCTION_COUNT)
        return true;
    return parser_fail(parser, "Invalid function name; function: %.*s",
                       STR_ARG(expr->path.steps->name));
}

bool parser_check_functions(struct expression_parser *parser, struct expr *expr)
{
    return walk(parser, expr, visit_function_name);
}

static bool fail_use(struct expression_parser *parser, const struct expr *expr)
{
    return parser_fail(parser,
                       "The function is not allowed to be used this way in an expression; "
                       "function: %s",
                       function_names[expr->function]);
}

static bool fail_kind(struct expression_parser *parser, const struct expr *expr, const char *kind)
{
    return parser_fail(parser, "The function is not allowed in %s expression; function: %s", kind,
                       function_names[expr->function]);
}

/* A test stands where a condition may, size() only where an operand may. */
static bool check_use(struct expression_parser *parser, const struct expr *expr, bool as_test)
{
    if (expr == NULL)
        return true;
    if (expr->type == EXPR_FUNCTION && functions[expr->function].in_set)
        return fail_kind(parser, expr, "a condition");
    if (expr->type == EXPR_FUNCTION && functions[expr->function].is_test != as_test)
        return fail_use(parser, expr);
    if (!check_use(parser, expr->children[0], true) || !check_use(parser, expr->children[1], true))
        return false;
    for (size_t i = 0; i < expr->operand_count; i++) {
        if (!check_use(parser, expr->operands[i], false))
            return false;
    }
    return true;
}

static bool visit_update_use(struct expression_parser *parser, struct expr *expr)
{
    if (expr->type == EXPR_FUNCTION && !functions[expr->function].in_set)
        return fail_kind(parser, expr, "an update");
    return true;
}

bool parser_check_update_use(struct expression_parser *parser, struct expr *expr)
{
    return walk(parser, expr, visit_update_use);
}

bool parser_check_path_reserved(struct expression_parser *parser, const struct path *path)
{
    for (size_t i = 0; i < path->count; i++) {
        struct str name = path->steps[i].name;

        if (name.ptr != NULL && name.ptr[0] != '#' && is_reserved_word(name))
            return parser_fail(parser,
                               "Attribute name is a reserved keyword; reserved keyword: %.*s",
                               STR_ARG(name));
    }
    return true;
}

static bool visit_reserved(struct expression_parser *parser, struct expr *expr)
{
    return expr->type != EXPR_PATH || parser_check_path_reserved(parser, &expr->path);
}

bool parser_check_reserved(struct expression_parser *parser, struct expr *expr)
{
    return walk(parser, expr, visit_reserved);
}

static struct placeholder *find_holder(struct placeholder *holders, size_t count, struct str key)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(holders[i].key, key))
            return &holders[i];
    }
    return NULL;
}

bool parser_resolve_path(struct expression_parser *parser, struct path *path)
{
    if (path->count > PATH_STEPS_MAX)
        return parser_fail(parser,
                           "The document path has too many nesting levels; nesting levels: %zu",
                           path->count);
    for (size_t i = 0; i < path->count; i++) {
        struct str name = path->steps[i].name;

        if (name.ptr == NULL || name.ptr[0] != '#')
            continue;
        struct placeholder *holder =
            find_holder(parser->placeholders->names, parser->placeholders->name_count, name);
        if (holder == NULL)
            return parser_fail(parser,
                               "An expression attribute name used in the document path is not "
                               "defined; attribute name: %.*s",
                               STR_ARG(name));
        holder->used = true;
        path->steps[i].name = holder->name;
    }
    return true;
}

static bool visit_names(struct expression_parser *parser, struct expr *expr)
{
    return expr->type != EXPR_PATH || parser_resolve_path(parser, &expr->path);
}

bool parser_resolve_names(struct expression_parser *parser, struct expr *expr)
{
    return walk(parser, expr, visit_names);
}

bool parser_value(struct expression_parser *parser, struct str key,
                  const struct attribute_value **ret)
{
    struct placeholder *holder =
        find_holder(parser->placeholders->values, parser->placeholders->value_count, key);

    if (holder == NULL)
        return parser_fail(parser,
                           "An expression attribute value used in expression is not defined; "
                           "attribute value: %.*s",
                           STR_ARG(key));
    holder->used = true;
    *ret = &holder->value;
    return true;
}

static bool visit_values(struct expression_parser *parser, struct expr *expr)
{
    return expr->type != EXPR_VALUE || parser_value(parser, expr->path.steps->name, &expr->value);
}

bool parser_resolve_values(struct expression_parser *parser, struct expr *expr)
{
    return walk(parser, expr, visit_values);
}

static bool visit_operand_count(struct expression_parser *parser, struct expr *expr)
{
    if (expr->type == EXPR_IN && expr->operand_count - 1 > EXPRESSION_IN_MAX)
        return parser_fail(parser,
                           "The IN operator is provided with too many operands; number of "
                           "operands: %zu",
                           expr->operand_count - 1);
    if (expr->type == EXPR_FUNCTION && expr->operand_count != functions[expr->function].operands)
        return parser_fail(parser,
                           "Incorrect number of operands for operator or function; operator or "
                           "function: %s, number of operands: %zu",
                           function_names[expr->function], expr->operand_count);
    return true;
}

struct str path_show(const struct path *path, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, arena);
    buffer_add_char(&out, '[');
    for (size_t i = 0; i < path->count; i++) {
        if (i > 0)
            buffer_add_literal(&out, ", ");
        if (path->steps[i].name.ptr != NULL)
            buffer_add(&out, path->steps[i].name);
        else
            buffer_printf(&out, "[%lld]", (long long)path->steps[i].index);
    }
    buffer_add_char(&out, ']');
    return buffer_str(&out);
}

static bool steps_equal(const struct path_step *a, const struct path_step *b)
{
    if ((a->name.ptr == NULL) != (b->name.ptr == NULL))
        return false;
    return a->name.ptr == NULL ? a->index == b->index : str_eq(a->name, b->name);
}

bool path_equal(const struct path *a, const struct path *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!steps_equal(&a->steps[i], &b->steps[i]))
            return false;
    }
    return true;
}

static bool is_comparison(const struct expr *expr)
{
    return expr->type >= EXPR_EQ && expr->type <= EXPR_GE;
}

static bool visit_distinct(struct expression_parser *parser, struct expr *expr)
{
    bool applies = is_comparison(expr) || expr->type == EXPR_BETWEEN || expr->type == EXPR_IN ||
                   (expr->type == EXPR_FUNCTION && (expr->function == FUNCTION_CONTAINS ||
                                                    expr->function == FUNCTION_BEGINS_WITH ||
                                                    expr->function == FUNCTION_ATTRIBUTE_TYPE));

    for (size_t i = 1; applies && i < expr->operand_count; i++) {
        const struct expr *first = expr->operands[0], *other = expr->operands[i];

        if (first->type == EXPR_PATH && other->type == EXPR_PATH &&
            path_equal(&first->path, &other->path))
            return parser_fail(parser,
                               "The first operand must be distinct from the remaining operands "
                               "for this operator or function; operator: %s, first operand: %.*s",
                               expr_operator_name(expr),
                               STR_ARG(path_show(&first->path, parser->arena)));
    }
    return true;
}

static bool fail_type_name(struct expression_parser *parser, const struct expr *expr,
                           const char *type)
{
    return parser_fail(parser,
                       "Incorrect operand type for operator or function; operator or function: "
                       "%s, operand type: %s",
                       expr_operator_name(expr), type);
}

static bool fail_type(struct expression_parser *parser, const struct expr *expr,
                      const struct attribute_value *value)
{
    return fail_type_name(parser, expr, value_type_names[value->type]);
}

static bool is_scalar(const struct attribute_value *value)
{
    return value->type == VALUE_S || value->type == VALUE_N || value->type == VALUE_B;
}

static struct str show_value(struct expression_parser *parser, const struct attribute_value *value)
{
    struct buffer out;

    buffer_init(&out, parser->arena);
    buffer_add_literal(&out, "AttributeValue: ");
    value_show(&out, value);
    return buffer_str(&out);
}

static bool check_between(struct expression_parser *parser, const struct expr *expr)
{
    const struct attribute_value *low = expr->operands[1]->value, *high = expr->operands[2]->value;

    if (low == NULL || high == NULL)
        return true;
    const char *wrong = low->type != high->type ? "requires same data type for lower and upper "
                                                  "bounds"
                        : value_compare(low, high) > 0
                            ? "requires upper bound to be greater than or equal to lower bound"
                            : NULL;
    if (wrong == NULL)
        return true;
    return parser_fail(parser,
                       "The BETWEEN operator %s; lower bound operand: %.*s, upper bound operand: "
                       "%.*s",
                       wrong, STR_ARG(show_value(parser, low)), STR_ARG(show_value(parser, high)));
}

/* attribute_type()'s second operand must be a value at hand. */
static bool check_type_name(struct expression_parser *parser, const struct expr *expr)
{
    const struct attribute_value *name = expr->operands[1]->value;

    if (name == NULL)
        return fail_type_name(
            parser, expr,
            expr->operands[1]->type == EXPR_FUNCTION ? "N" : "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
    if (name->type != VALUE_S)
        return fail_type(parser, expr, name);
    for (int i = 0; i < VALUE_TYPE_COUNT; i++) {
        if (str_eq(name->text, str_from_c(value_type_names[i])))
            return true;
    }
    return parser_fail(parser,
                       "Invalid attribute type name found; type: %.*s, valid types: "
                       "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
                       STR_ARG(name->text));
}

static bool check_function_types(struct expression_parser *parser, const struct expr *expr)
{
    if (functions[expr->function].takes_path && expr->operands[0]->type != EXPR_PATH)
        return parser_fail(parser,
                           "Operator or function requires a document path; operator or function: "
                           "%s",
                           function_names[expr->function]);
    for (size_t i = 0; i < expr->operand_count; i++) {
        static const struct attribute_value number = {.type = VALUE_N};
        const struct attribute_value *value = expr->operands[i]->value;

        if (expr->operands[i]->type == EXPR_FUNCTION &&
            expr->operands[i]->function == FUNCTION_SIZE)
            value = &number; /* whatever it will be */
        if (value == NULL)
            continue;
        if (expr->function == FUNCTION_BEGINS_WITH && value->type != VALUE_S &&
            value->type != VALUE_B)
            return fail_type(parser, expr, value);
        if (expr->function == FUNCTION_SIZE &&
            (value->type == VALUE_N || value->type == VALUE_BOOL || value->type == VALUE_NULL))
            return fail_type(parser, expr, value);
        if (expr->function == FUNCTION_LIST_APPEND && value->type != VALUE_L)
            return fail_type(parser, expr, value);
    }
    return expr->function != FUNCTION_ATTRIBUTE_TYPE || check_type_name(parser, expr);
}

/* Of what stands in the request; what is stored is met when the expression is applied. */
static bool visit_types(struct expression_parser *parser, struct expr *expr)
{
    bool ordered = (expr->type >= EXPR_LT && expr->type <= EXPR_GE) || expr->type == EXPR_BETWEEN;
    bool sums = expr->type == EXPR_PLUS || expr->type == EXPR_MINUS;

    for (size_t i = 0; (ordered || sums) && i < expr->operand_count; i++) {
        const struct attribute_value *value = expr->operands[i]->value;

        if (value != NULL && (ordered ? !is_scalar(value) : value->type != VALUE_N))
            return fail_type(parser, expr, value);
    }
    if (expr->type == EXPR_BETWEEN)
        return check_between(parser, expr);
    return expr->type != EXPR_FUNCTION || check_function_types(parser, expr);
}

static bool visit_update_operands(struct expression_parser *parser, struct expr *expr)
{
    return visit_operand_count(parser, expr) && visit_types(parser, expr);
}

bool parser_check_update_operands(struct expression_parser *parser, struct expr *expr)
{
    return walk_operands_first(parser, expr, visit_update_operands);
}

static bool visit_placeholders(struct expression_parser *parser, struct expr *expr)
{
    return visit_names(parser, expr) && visit_values(parser, expr);
}

/* One test after the other, each with all that may be wrong in it; `resolve`: its placeholders,
 * too, which a statement does not have. */
static bool check_tests(struct expression_parser *parser, struct expr *expr, bool resolve)
{
    if (expr->type == EXPR_AND || expr->type == EXPR_OR || expr->type == EXPR_NOT)
        return check_tests(parser, expr->children[0], resolve) &&
               (expr->children[1] == NULL || check_tests(parser, expr->children[1], resolve));
    return (!resolve || walk(parser, expr, visit_placeholders)) &&
           walk_operands_first(parser, expr, visit_operand_count) &&
           walk(parser, expr, visit_distinct) && walk_operands_first(parser, expr, visit_types);
}

bool parser_check_statement(struct expression_parser *parser, struct expr *expr)
{
    return check_use(parser, expr, true) && check_tests(parser, expr, false);
}

bool parser_check_condition(struct expression_parser *parser, struct expr *expr)
{
    if (parser->redundant)
        return parser_fail(parser, "The expression has redundant parentheses;");
    return parser_check_functions(parser, expr) && check_use(parser, expr, true) &&
           parser_check_reserved(parser, expr) && check_tests(parser, expr, true);
}

/* One path is the beginning of the other. */
static bool paths_overlap(const struct path *a, const struct path *b, size_t common)
{
    return common == a->count || common == b->count;
}

/* They part where one names an attribute and the other an element. */
static bool paths_conflict(const struct path *a, const struct path *b, size_t common)
{
    return !paths_overlap(a, b, common) &&
           (a->steps[common].name.ptr == NULL) != (b->steps[common].name.ptr == NULL);
}

typedef bool compare_paths(const struct path *a, const struct path *b, size_t common);

static bool check_pairs(struct expression_parser *parser, const struct path *paths, size_t count,
                        compare_paths *wrong, const char *what)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct path *a = &paths[j], *b = &paths[i];
            size_t common = 0;

            while (common < a->count && common < b->count &&
                   steps_equal(&a->steps[common], &b->steps[common]))
                common++;
            if (wrong(a, b, common))
                return parser_fail(parser,
                                   "Two document paths %s with each other; must remove or rewrite "
                                   "one of these paths; path one: %.*s, path two: %.*s",
                                   what, STR_ARG(path_show(a, parser->arena)),
                                   STR_ARG(path_show(b, parser->arena)));
        }
    }
    return true;
}

bool parser_check_overlap(struct expression_parser *parser, const struct path *paths, size_t count)
{
    return check_pairs(parser, paths, count, paths_overlap, "overlap") &&
           check_pairs(parser, paths, count, paths_conflict, "conflict");
}
