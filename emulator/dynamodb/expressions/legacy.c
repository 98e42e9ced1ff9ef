#include "legacy.h"

#include "errors.h"
#include "shape.h"

static bool fail_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

static struct expr *node_new(struct arena *arena, enum expr_type type, size_t operands)
{
    struct expr *node = arena_alloc(arena, sizeof(*node));

    if (node == NULL)
        return NULL;
    node->type = type;
    node->operand_count = operands;
    node->operands = arena_alloc_array(arena, operands, sizeof(struct expr *));
    return node->operands == NULL ? NULL : node;
}

static bool path_of_name(struct str name, struct arena *arena, struct path *ret)
{
    ret->steps = arena_alloc(arena, sizeof(*ret->steps));
    if (ret->steps == NULL)
        return false;
    ret->steps->name = name.ptr == NULL ? STR("") : name;
    ret->count = 1;
    return true;
}

static struct expr *path_node(struct arena *arena, struct str name)
{
    struct expr *node = node_new(arena, EXPR_PATH, 0);

    return node != NULL && path_of_name(name, arena, &node->path) ? node : NULL;
}

enum arguments { ARGUMENTS_NONE = 0, ARGUMENTS_ONE = 1, ARGUMENTS_TWO = 2, ARGUMENTS_SOME = -1 };

/* Types a comparison takes: bits by value_type. */
#define SCALARS (1u << VALUE_S | 1u << VALUE_N | 1u << VALUE_B)
#define TEXTS   (1u << VALUE_S | 1u << VALUE_B)
#define ALL     (~0u)

static const struct comparison {
    const char *name;
    enum arguments arguments;
    unsigned types;
    enum expr_type type;
    enum expr_function function;
} comparisons[] = {
    {"EQ", ARGUMENTS_ONE, ALL, EXPR_EQ, FUNCTION_COUNT},
    {"NE", ARGUMENTS_ONE, ALL, EXPR_NE, FUNCTION_COUNT},
    {"LT", ARGUMENTS_ONE, SCALARS, EXPR_LT, FUNCTION_COUNT},
    {"LE", ARGUMENTS_ONE, SCALARS, EXPR_LE, FUNCTION_COUNT},
    {"GT", ARGUMENTS_ONE, SCALARS, EXPR_GT, FUNCTION_COUNT},
    {"GE", ARGUMENTS_ONE, SCALARS, EXPR_GE, FUNCTION_COUNT},
    {"BETWEEN", ARGUMENTS_TWO, SCALARS, EXPR_BETWEEN, FUNCTION_COUNT},
    {"IN", ARGUMENTS_SOME, SCALARS, EXPR_IN, FUNCTION_COUNT},
    {"NULL", ARGUMENTS_NONE, ALL, EXPR_FUNCTION, FUNCTION_ATTRIBUTE_NOT_EXISTS},
    {"NOT_NULL", ARGUMENTS_NONE, ALL, EXPR_FUNCTION, FUNCTION_ATTRIBUTE_EXISTS},
    {"CONTAINS", ARGUMENTS_ONE, SCALARS, EXPR_FUNCTION, FUNCTION_CONTAINS},
    {"NOT_CONTAINS", ARGUMENTS_ONE, SCALARS, EXPR_FUNCTION, FUNCTION_NOT_CONTAINS},
    {"BEGINS_WITH", ARGUMENTS_ONE, TEXTS, EXPR_FUNCTION, FUNCTION_BEGINS_WITH},
};

static const struct comparison *find_comparison(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(comparisons); i++) {
        if (str_eq(str_from_c(comparisons[i].name), name))
            return &comparisons[i];
    }
    return NULL; /* not met: the shape has the enumeration */
}

static bool check_arguments(const struct comparison *comparison, const struct expr *node,
                            struct aws_error *err)
{
    size_t count = node->operand_count - 1;
    bool fits = comparison->arguments == ARGUMENTS_SOME ? count > 0
                                                        : count == (size_t)comparison->arguments;

    if (!fits)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Invalid number of argument(s) for the %s ComparisonOperator",
                        comparison->name);
    for (size_t i = 1; i <= count; i++) {
        const struct attribute_value *value = node->operands[i]->value;

        if (value->type != node->operands[1]->value->type)
            return aws_fail(err, &ddb_validation_exception,
                            OMPV "AttributeValues inside AttributeValueList must be of same type");
        if ((comparison->types & 1u << value->type) == 0)
            return aws_fail(err, &ddb_validation_exception,
                            OMPV "ComparisonOperator %s is not valid for %s AttributeValue type",
                            comparison->name, value_type_names[value->type]);
    }
    if (comparison->type == EXPR_BETWEEN &&
        value_compare(node->operands[1]->value, node->operands[2]->value) > 0)
        return aws_fail(err, &ddb_validation_exception,
                        "The BETWEEN condition was provided a range where the lower bound is "
                        "greater than the upper bound");
    return true;
}

/* {ComparisonOperator, AttributeValueList} of one attribute; `list` may be NULL. */
static bool read_comparison(struct str name, const struct comparison *comparison,
                            const struct json_value *list, struct arena *arena, struct expr **ret,
                            struct aws_error *err)
{
    size_t count = list == NULL ? 0 : list->count, place = 1;
    struct expr *node = node_new(arena, comparison->type, count + 1);

    if (node == NULL || (node->operands[0] = path_node(arena, name)) == NULL)
        return fail_memory(err);
    node->function = comparison->function;
    for (const struct json_value *child = list == NULL ? NULL : list->child; child != NULL;
         child = child->next) {
        struct attribute_value *value = arena_alloc(arena, sizeof(*value));
        struct expr *operand = node_new(arena, EXPR_VALUE, 0);

        if (value == NULL || operand == NULL)
            return fail_memory(err);
        if (!value_read(child, arena, value, err))
            return false;
        operand->value = value;
        node->operands[place++] = operand;
    }
    *ret = node;
    return check_arguments(comparison, node, err);
}

/* Joins one more condition to those before. */
static bool join(struct arena *arena, enum expr_type type, struct expr **all, struct expr *one)
{
    if (*all == NULL) {
        *all = one;
        return true;
    }
    struct expr *node = node_new(arena, type, 0);
    if (node == NULL)
        return false;
    node->children[0] = *all;
    node->children[1] = one;
    *all = node;
    return true;
}

/* ConditionalOperator, and whether it may be there. */
static bool read_operator(const struct json_value *request, const struct json_value *conditions,
                          enum expr_type *ret, struct aws_error *err)
{
    const struct json_value *word = request_get(request, "ConditionalOperator");

    *ret = word != NULL && str_eq(word->text, STR("OR")) ? EXPR_OR : EXPR_AND;
    if (word == NULL)
        return true;
    if (conditions == NULL)
        return aws_fail(err, &ddb_validation_exception,
                        "ConditionalOperator cannot be used without Filter or Expected");
    if (conditions->count < 2)
        return aws_fail(err, &ddb_validation_exception,
                        "ConditionalOperator can only be used when Filter or Expected has two or "
                        "more elements");
    return true;
}

static bool fail_expected(struct aws_error *err, const char *text, struct str name)
{
    return aws_fail(err, &ddb_validation_exception, OMPV "%s for Attribute: %.*s", text,
                    STR_ARG(name));
}

static bool check_expected(const struct json_value *expected, struct aws_error *err)
{
    const struct json_value *value = request_get(expected, "Value");
    const struct json_value *exists = request_get(expected, "Exists");
    const struct json_value *list = request_get(expected, "AttributeValueList");
    const struct json_value *word = request_get(expected, "ComparisonOperator");
    const struct comparison *comparison = word == NULL ? NULL : find_comparison(word->text);

    if (value != NULL && list != NULL)
        return fail_expected(err, "Value and AttributeValueList cannot be used together",
                             expected->name);
    if (comparison != NULL) {
        if (exists != NULL)
            return fail_expected(err, "Exists and ComparisonOperator cannot be used together",
                                 expected->name);
        if (value == NULL && list == NULL && comparison->arguments != ARGUMENTS_NONE)
            return aws_fail(err, &ddb_validation_exception,
                            OMPV "Value or AttributeValueList must be used with "
                                 "ComparisonOperator: %s for Attribute: %.*s",
                            comparison->name, STR_ARG(expected->name));
        return true;
    }
    if (list != NULL)
        return fail_expected(err, "AttributeValueList can only be used with a ComparisonOperator",
                             expected->name);
    if (exists != NULL && !shape_bool(exists)) {
        if (value != NULL)
            return fail_expected(err, "Value cannot be used when Exists is false", expected->name);
        return true;
    }
    if (value == NULL)
        return fail_expected(err,
                             exists == NULL ? "Value must be provided when Exists is null"
                                            : "Value must be provided when Exists is true",
                             expected->name);
    return true;
}

static bool read_expected(const struct json_value *expected, struct arena *arena, struct expr **ret,
                          struct aws_error *err)
{
    const struct json_value *value = request_get(expected, "Value");
    const struct json_value *list = request_get(expected, "AttributeValueList");
    const struct json_value *word = request_get(expected, "ComparisonOperator");
    struct json_value copy, single = {.type = JSON_ARRAY, .count = 1, .child = &copy};
    struct str name = word != NULL ? word->text : value != NULL ? STR("EQ") : STR("NULL");

    if (value != NULL) {
        copy = *value;
        copy.next = NULL;
        list = &single;
    }
    return read_comparison(expected->name, find_comparison(name), list, arena, ret, err);
}

bool legacy_expected(const struct json_value *request, struct arena *arena, struct expr **ret,
                     struct aws_error *err)
{
    const struct json_value *expected = request_get(request, "Expected");
    enum expr_type type = EXPR_AND;

    *ret = NULL;
    if (!read_operator(request, expected, &type, err))
        return false;
    for (const struct json_value *child = expected == NULL ? NULL : expected->child; child != NULL;
         child = child->next) {
        struct expr *one = NULL;

        if (!check_expected(child, err) || !read_expected(child, arena, &one, err))
            return false;
        if (!join(arena, type, ret, one))
            return fail_memory(err);
    }
    return true;
}

static bool read_conditions(const struct json_value *conditions, enum expr_type type,
                            struct arena *arena, struct expr **ret, struct aws_error *err)
{
    for (const struct json_value *child = conditions == NULL ? NULL : conditions->child;
         child != NULL; child = child->next) {
        const struct comparison *comparison =
            find_comparison(request_string(child, STR("ComparisonOperator")));
        struct expr *one = NULL;

        if (!read_comparison(child->name, comparison, request_get(child, "AttributeValueList"),
                             arena, &one, err))
            return false;
        if (!join(arena, type, ret, one))
            return fail_memory(err);
    }
    return true;
}

bool legacy_filter(const struct json_value *request, struct str parameter, struct arena *arena,
                   struct expr **ret, struct aws_error *err)
{
    const struct json_value *conditions = request_member(request, parameter);
    enum expr_type type = EXPR_AND;

    *ret = NULL;
    return read_operator(request, conditions, &type, err) &&
           read_conditions(conditions, type, arena, ret, err);
}

bool legacy_key_conditions(const struct json_value *conditions, struct arena *arena,
                           struct expr **ret, struct aws_error *err)
{
    *ret = NULL;
    if (!read_conditions(conditions, EXPR_AND, arena, ret, err))
        return false;
    return (conditions->count >= 1 && conditions->count <= 2) ||
           aws_fail(err, &ddb_validation_exception, "Conditions can be of length 1 or 2 only");
}

static bool check_update(struct str action, const struct attribute_value *value,
                         struct aws_error *err)
{
    bool set = value != NULL &&
               (value->type == VALUE_SS || value->type == VALUE_NS || value->type == VALUE_BS);

    if (value == NULL && !str_eq(action, STR("DELETE")))
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Only DELETE action is allowed when no attribute value is specified");
    if (str_eq(action, STR("DELETE")) && value != NULL && !set)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "DELETE action with value is not supported for the type %s",
                        value_type_names[value->type]);
    if (str_eq(action, STR("ADD")) && value != NULL && !set && value->type != VALUE_N &&
        value->type != VALUE_L)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "ADD action is not supported for the type %s",
                        value_type_names[value->type]);
    return true;
}

static bool read_update(const struct json_value *child, struct arena *arena,
                        struct update_clause *clause, struct aws_error *err)
{
    const struct json_value *json = request_get(child, "Value");
    struct str action = request_string(child, STR("Action"));
    struct attribute_value *value = NULL;

    if (!path_of_name(child->name, arena, &clause->path))
        return fail_memory(err);
    if (json != NULL) {
        value = arena_alloc(arena, sizeof(*value));
        if (value == NULL)
            return fail_memory(err);
        if (!value_read(json, arena, value, err))
            return false;
    }
    if (!check_update(action, value, err))
        return false;
    clause->operand = value;
    if (str_eq(action, STR("ADD"))) {
        clause->action = UPDATE_ADD;
    } else if (str_eq(action, STR("DELETE"))) {
        clause->action = value == NULL ? UPDATE_REMOVE : UPDATE_DELETE;
    } else {
        clause->action = UPDATE_SET;
        clause->value = node_new(arena, EXPR_VALUE, 0);
        if (clause->value == NULL)
            return fail_memory(err);
        clause->value->value = value;
    }
    return true;
}

bool legacy_updates(const struct json_value *updates, struct arena *arena, struct update **ret,
                    struct aws_error *err)
{
    struct update *update = arena_alloc(arena, sizeof(*update));

    if (update == NULL)
        return fail_memory(err);
    update->legacy = true;
    update->clauses = arena_alloc_array(arena, updates->count, sizeof(*update->clauses));
    if (update->clauses == NULL)
        return fail_memory(err);
    for (const struct json_value *child = updates->child; child != NULL; child = child->next) {
        if (!read_update(child, arena, &update->clauses[update->count++], err))
            return false;
    }
    *ret = update;
    return true;
}

bool legacy_projection(const struct json_value *names, struct arena *arena, struct projection **ret,
                       struct aws_error *err)
{
    struct projection *projection = arena_alloc(arena, sizeof(*projection));

    if (projection == NULL)
        return fail_memory(err);
    projection->paths = arena_alloc_array(arena, names->count, sizeof(*projection->paths));
    if (projection->paths == NULL)
        return fail_memory(err);
    for (const struct json_value *name = names->child; name != NULL; name = name->next) {
        for (size_t i = 0; i < projection->count; i++) {
            if (str_eq(projection->paths[i].steps[0].name, name->text))
                return aws_fail(err, &ddb_validation_exception,
                                OMPV "Duplicate value in attribute name: %.*s",
                                STR_ARG(name->text));
        }
        if (!path_of_name(name->text, arena, &projection->paths[projection->count++]))
            return fail_memory(err);
    }
    *ret = projection;
    return true;
}
