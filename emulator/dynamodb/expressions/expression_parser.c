#include "expression_parser.h"

#include <stdarg.h>

#include "errors.h"

enum { NESTING_MAX = 400 }; /* 300 operators nest no deeper */

const struct str expression_names[EXPRESSION_KIND_COUNT] = {
    [EXPRESSION_CONDITION] = STR_INIT("ConditionExpression"),
    [EXPRESSION_FILTER] = STR_INIT("FilterExpression"),
    [EXPRESSION_KEY_CONDITION] = STR_INIT("KeyConditionExpression"),
    [EXPRESSION_PROJECTION] = STR_INIT("ProjectionExpression"),
    [EXPRESSION_UPDATE] = STR_INIT("UpdateExpression"),
    [EXPRESSION_STATEMENT] = STR_INIT(""),
};

const char *const function_names[FUNCTION_COUNT] = {
    [FUNCTION_ATTRIBUTE_EXISTS] = "attribute_exists",
    [FUNCTION_ATTRIBUTE_NOT_EXISTS] = "attribute_not_exists",
    [FUNCTION_ATTRIBUTE_TYPE] = "attribute_type",
    [FUNCTION_BEGINS_WITH] = "begins_with",
    [FUNCTION_CONTAINS] = "contains",
    [FUNCTION_SIZE] = "size",
    [FUNCTION_IF_NOT_EXISTS] = "if_not_exists",
    [FUNCTION_LIST_APPEND] = "list_append",
    [FUNCTION_NOT_CONTAINS] = "", /* has no name in the grammar */
};

bool parser_fail(struct expression_parser *parser, const char *format, ...)
{
    char text[AWS_ERROR_MESSAGE_BYTES];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (parser->kind == EXPRESSION_STATEMENT)
        return aws_fail(parser->err, &ddb_validation_exception, "%s", text);
    return aws_fail(parser->err, &ddb_validation_exception, "Invalid %.*s: %s",
                    STR_ARG(expression_names[parser->kind]), text);
}

bool parser_fail_memory(struct expression_parser *parser)
{
    return aws_fail(parser->err, &error_out_of_memory, "the request needs too much memory");
}

/* Near is from the token before to the token behind, as written. */
bool parser_fail_token(struct expression_parser *parser)
{
    struct lexer ahead = parser->lexer;
    struct token next = lexer_next(&ahead);
    size_t from = parser->previous.text.len > 0 ? parser->previous.offset : parser->token.offset;
    size_t to = next.type == TOKEN_END ? parser->source.len : next.offset + next.text.len;

    return parser_fail(parser, "Syntax error; token: \"%.*s\", near: \"%.*s\"",
                       STR_ARG(parser->token.text), STR_ARG(str_slice(parser->source, from, to)));
}

bool parser_begin(struct expression_parser *parser, enum expression_kind kind, struct str text,
                  struct placeholders *placeholders, struct arena *arena, struct aws_error *err)
{
    *parser = (struct expression_parser){.kind = kind,
                                         .source = text,
                                         .lexer = {.source = text},
                                         .arena = arena,
                                         .placeholders = placeholders,
                                         .err = err};
    if (text.len > EXPRESSION_BYTES_MAX)
        return parser_fail(parser,
                           "Expression size has exceeded the maximum allowed size; expression "
                           "size: %zu",
                           text.len);
    parser->token = lexer_next(&parser->lexer);
    if (parser->token.type == TOKEN_END)
        return parser_fail(parser, "The expression can not be empty;");
    return true;
}

void parser_advance(struct expression_parser *parser)
{
    parser->previous = parser->token;
    parser->token = lexer_next(&parser->lexer);
}

bool parser_is_symbol(const struct expression_parser *parser, const char *symbol)
{
    return parser->token.type == TOKEN_SYMBOL && str_eq(parser->token.text, str_from_c(symbol));
}

bool parser_is_word(const struct expression_parser *parser, const char *word)
{
    return parser->token.type == TOKEN_NAME && str_eq_nocase(parser->token.text, str_from_c(word));
}

bool parser_take(struct expression_parser *parser, const char *symbol)
{
    if (!parser_is_symbol(parser, symbol))
        return parser_fail_token(parser);
    parser_advance(parser);
    return true;
}

struct expr *parser_node(struct expression_parser *parser, enum expr_type type)
{
    struct expr *node = arena_alloc(parser->arena, sizeof(*node));

    if (node == NULL)
        (void)parser_fail_memory(parser);
    else
        node->type = type;
    return node;
}

static bool path_add(struct expression_parser *parser, struct path *path, struct path_step step)
{
    enum { STEPS_ROOM = 8 };

    if (path->count % STEPS_ROOM == 0) {
        struct path_step *grown =
            arena_alloc_array(parser->arena, path->count + STEPS_ROOM, sizeof(*grown));

        if (grown == NULL)
            return parser_fail_memory(parser);
        if (path->count > 0)
            memcpy(grown, path->steps, path->count * sizeof(*grown));
        path->steps = grown;
    }
    path->steps[path->count++] = step;
    return true;
}

static bool take_index(struct expression_parser *parser, struct path *path)
{
    struct path_step step = {.name = {0}};

    parser_advance(parser);
    if (parser->token.type != TOKEN_INTEGER)
        return parser_fail_token(parser);
    if (!str_to_int64(parser->token.text, 0, INT32_MAX, &step.index))
        return parser_fail(parser, "List index is not within the allowable range; index: [%.*s]",
                           STR_ARG(parser->token.text));
    parser_advance(parser);
    return parser_take(parser, "]") && path_add(parser, path, step);
}

/* Words of the grammar itself are no names, not even reserved ones. */
static bool is_keyword(const struct expression_parser *parser)
{
    static const char *const words[] = {"AND", "OR",     "NOT", "BETWEEN", "IN",
                                        "SET", "REMOVE", "ADD", "DELETE"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (parser_is_word(parser, words[i]))
            return true;
    }
    return false;
}

static bool take_name(struct expression_parser *parser, struct path *path)
{
    if ((parser->token.type != TOKEN_NAME && parser->token.type != TOKEN_NAME_HOLDER) ||
        is_keyword(parser))
        return parser_fail_token(parser);
    struct path_step step = {.name = parser->token.text};
    parser_advance(parser);
    return path_add(parser, path, step);
}

/* .b[0] and so on: what follows a path's beginning. */
static bool take_steps(struct expression_parser *parser, struct path *path)
{
    for (;;) {
        if (parser_is_symbol(parser, "[")) {
            if (!take_index(parser, path))
                return false;
        } else if (parser_is_symbol(parser, ".")) {
            parser_advance(parser);
            if (!take_name(parser, path))
                return false;
        } else {
            return true;
        }
    }
}

bool parser_path(struct expression_parser *parser, struct path *ret)
{
    *ret = (struct path){0};
    return take_name(parser, ret) && take_steps(parser, ret);
}

bool parser_add_operand(struct expression_parser *parser, struct expr *node, struct expr *operand)
{
    enum { OPERANDS_ROOM = 16 };

    if (node->operand_count % OPERANDS_ROOM == 0) {
        struct expr **grown = arena_alloc_array(parser->arena, node->operand_count + OPERANDS_ROOM,
                                                sizeof(struct expr *));

        if (grown == NULL)
            return parser_fail_memory(parser);
        if (node->operand_count > 0)
            memcpy(grown, node->operands, node->operand_count * sizeof(struct expr *));
        node->operands = grown;
    }
    node->operands[node->operand_count++] = operand;
    return true;
}

/* ( operand, operand ... ); the parenthesis is the token. */
static bool take_operands(struct expression_parser *parser, struct expr *node)
{
    if (!parser_take(parser, "("))
        return false;
    for (;;) {
        struct expr *operand = NULL;

        if (!parser_operand(parser, &operand) || !parser_add_operand(parser, node, operand))
            return false;
        if (!parser_is_symbol(parser, ","))
            return parser_take(parser, ")");
        parser_advance(parser);
    }
}

static bool function_call(struct expression_parser *parser, struct str name, struct expr **ret)
{
    struct expr *node = parser_node(parser, EXPR_FUNCTION);

    if (node == NULL)
        return false;
    node->function = FUNCTION_COUNT;
    for (int i = 0; i < FUNCTION_NOT_CONTAINS; i++) {
        if (str_eq(name, str_from_c(function_names[i])))
            node->function = (enum expr_function)i;
    }
    node->path.steps = arena_alloc(parser->arena, sizeof(*node->path.steps));
    if (node->path.steps == NULL)
        return parser_fail_memory(parser);
    node->path.steps->name = name; /* for the error that it has no such name */
    *ret = node;
    return take_operands(parser, node);
}

static bool path_operand(struct expression_parser *parser, struct expr **ret)
{
    struct lexer ahead = parser->lexer;
    struct str name = parser->token.text;

    if (parser->token.type == TOKEN_NAME && str_eq(lexer_next(&ahead).text, STR("("))) {
        parser_advance(parser);
        return function_call(parser, name, ret);
    }
    *ret = parser_node(parser, EXPR_PATH);
    return *ret != NULL && parser_path(parser, &(*ret)->path);
}

static bool value_operand(struct expression_parser *parser, struct expr **ret)
{
    struct expr *node = parser_node(parser, EXPR_VALUE);

    if (node == NULL)
        return false;
    node->path.steps = arena_alloc(parser->arena, sizeof(*node->path.steps));
    if (node->path.steps == NULL)
        return parser_fail_memory(parser);
    node->path.steps->name = parser->token.text; /* until it is resolved */
    parser_advance(parser);
    *ret = node;
    return true;
}

/* In a condition a path may go on behind parentheses: (a.b).c */
static bool close_parenthesis(struct expression_parser *parser, struct expr *node)
{
    assert(node != NULL);
    parser->redundant = parser->redundant || node->parenthesised;
    node->parenthesised = true;
    parser->depth--;
    if (!parser_take(parser, ")"))
        return false;
    size_t steps = node->path.count;
    if (node->type != EXPR_PATH || parser->kind == EXPRESSION_UPDATE)
        return true;
    if (!take_steps(parser, &node->path))
        return false;
    node->parenthesised = node->path.count == steps;
    return true;
}

static bool open_parenthesis(struct expression_parser *parser)
{
    parser_advance(parser);
    if (++parser->depth > NESTING_MAX)
        return parser_fail(parser, "The expression has redundant parentheses;");
    return true;
}

bool parser_operand(struct expression_parser *parser, struct expr **ret)
{
    if (parser_is_symbol(parser, "("))
        return open_parenthesis(parser) &&
               (parser->kind == EXPRESSION_UPDATE ? parser_set_value(parser, ret)
                                                  : parser_operand(parser, ret)) &&
               close_parenthesis(parser, *ret);
    if (parser->token.type == TOKEN_VALUE_HOLDER)
        return value_operand(parser, ret);
    if (parser->token.type == TOKEN_NAME || parser->token.type == TOKEN_NAME_HOLDER)
        return path_operand(parser, ret);
    return parser_fail_token(parser);
}

bool parser_set_value(struct expression_parser *parser, struct expr **ret)
{
    struct expr *left = NULL, *right = NULL;

    if (!parser_operand(parser, &left))
        return false;
    *ret = left;
    if (!parser_is_symbol(parser, "+") && !parser_is_symbol(parser, "-"))
        return true;
    struct expr *sum = parser_node(parser, parser_is_symbol(parser, "+") ? EXPR_PLUS : EXPR_MINUS);
    parser->operators++;
    parser_advance(parser);
    if (sum == NULL || !parser_operand(parser, &right))
        return false;
    *ret = sum;
    return parser_add_operand(parser, sum, left) && parser_add_operand(parser, sum, right);
}

static const struct {
    const char *symbol;
    enum expr_type type;
} comparators[] = {
    {"=", EXPR_EQ},  {"<>", EXPR_NE}, {"<", EXPR_LT},
    {"<=", EXPR_LE}, {">", EXPR_GT},  {">=", EXPR_GE},
};

const char *expr_operator_name(const struct expr *expr)
{
    for (size_t i = 0; i < ARRAY_LEN(comparators); i++) {
        if (comparators[i].type == expr->type)
            return comparators[i].symbol;
    }
    return expr->type == EXPR_BETWEEN    ? "BETWEEN"
           : expr->type == EXPR_IN       ? "IN"
           : expr->type == EXPR_FUNCTION ? function_names[expr->function]
           : expr->type == EXPR_AND      ? "AND"
           : expr->type == EXPR_OR       ? "OR"
           : expr->type == EXPR_NOT      ? "NOT"
           : expr->type == EXPR_PLUS     ? "+"
                                         : "-";
}

static bool is_operand(const struct expr *expr)
{
    assert(expr != NULL);
    return expr->type == EXPR_PATH || expr->type == EXPR_VALUE || expr->type == EXPR_FUNCTION;
}

static bool between(struct expression_parser *parser, struct expr *left, struct expr **ret)
{
    struct expr *node = parser_node(parser, EXPR_BETWEEN), *low = NULL, *high = NULL;

    parser_advance(parser);
    if (node == NULL || !parser_operand(parser, &low))
        return false;
    if (!parser_is_word(parser, "AND"))
        return parser_fail_token(parser);
    parser_advance(parser);
    *ret = node;
    return parser_operand(parser, &high) && parser_add_operand(parser, node, left) &&
           parser_add_operand(parser, node, low) && parser_add_operand(parser, node, high);
}

/* What follows an operand: a comparison, BETWEEN, IN; or nothing, behind a function or a condition
 * in parentheses. */
static bool test(struct expression_parser *parser, struct expr *left, struct expr **ret)
{
    struct expr *right = NULL;

    for (size_t i = 0; i < ARRAY_LEN(comparators) && is_operand(left); i++) {
        if (!parser_is_symbol(parser, comparators[i].symbol))
            continue;
        parser->operators++;
        parser_advance(parser);
        *ret = parser_node(parser, comparators[i].type);
        return *ret != NULL && parser_operand(parser, &right) &&
               parser_add_operand(parser, *ret, left) && parser_add_operand(parser, *ret, right);
    }
    if (is_operand(left) && parser_is_word(parser, "BETWEEN")) {
        parser->operators++;
        return between(parser, left, ret);
    }
    if (is_operand(left) && parser_is_word(parser, "IN")) {
        parser->operators++;
        parser_advance(parser);
        *ret = parser_node(parser, EXPR_IN);
        return *ret != NULL && parser_add_operand(parser, *ret, left) &&
               take_operands(parser, *ret);
    }
    if (left->type == EXPR_PATH || left->type == EXPR_VALUE)
        return parser_fail_token(parser);
    *ret = left;
    return true;
}

/* In parentheses may stand a condition or an operand; only what follows the latter tells. */
static bool inside_parentheses(struct expression_parser *parser, struct expr **ret);

static bool primary(struct expression_parser *parser, bool bare_operand, struct expr **ret)
{
    struct expr *left = NULL;

    if (parser_is_symbol(parser, "(")) {
        if (!open_parenthesis(parser) || !inside_parentheses(parser, &left) ||
            !close_parenthesis(parser, left))
            return false;
    } else if (!parser_operand(parser, &left)) {
        return false;
    }
    if (bare_operand && is_operand(left) && parser_is_symbol(parser, ")")) {
        *ret = left;
        return true;
    }
    return test(parser, left, ret);
}

static bool negation(struct expression_parser *parser, bool bare_operand, struct expr **ret)
{
    struct expr *child = NULL;

    if (!parser_is_word(parser, "NOT"))
        return primary(parser, bare_operand, ret);
    parser->operators++;
    parser_advance(parser);
    if (++parser->depth > NESTING_MAX)
        return parser_fail(parser, "The expression contains too many operators; operator count: %d",
                           parser->operators);
    bool ok = negation(parser, false, &child);
    parser->depth--;
    *ret = ok ? parser_node(parser, EXPR_NOT) : NULL;
    if (*ret == NULL)
        return false;
    (*ret)->children[0] = child;
    return true;
}

static bool chain(struct expression_parser *parser, enum expr_type type, bool bare_operand,
                  struct expr **ret)
{
    const char *word = type == EXPR_AND ? "AND" : "OR";
    struct expr *left = NULL, *right = NULL;

    if (!(type == EXPR_AND ? negation(parser, bare_operand, &left)
                           : chain(parser, EXPR_AND, bare_operand, &left)))
        return false;
    while (parser_is_word(parser, word)) {
        parser->operators++;
        parser_advance(parser);
        if (!(type == EXPR_AND ? negation(parser, false, &right)
                               : chain(parser, EXPR_AND, false, &right)))
            return false;
        struct expr *node = parser_node(parser, type);
        if (node == NULL)
            return false;
        node->children[0] = left;
        node->children[1] = right;
        left = node;
    }
    *ret = left;
    return true;
}

static bool inside_parentheses(struct expression_parser *parser, struct expr **ret)
{
    return chain(parser, EXPR_OR, true, ret);
}

bool parser_condition(struct expression_parser *parser, struct expr **ret)
{
    if (!chain(parser, EXPR_OR, false, ret))
        return false;
    if (parser->token.type != TOKEN_END)
        return parser_fail_token(parser);
    if (parser->operators > EXPRESSION_OPERATORS_MAX)
        return parser_fail(parser, "The expression contains too many operators; operator count: %d",
                           parser->operators);
    return true;
}

bool condition_parse(enum expression_kind kind, struct str text, struct placeholders *placeholders,
                     struct arena *arena, struct expr **ret, struct aws_error *err)
{
    struct expression_parser parser;
    struct expr *root = NULL;

    if (!parser_begin(&parser, kind, text, placeholders, arena, err) ||
        !parser_condition(&parser, &root) || !parser_check_condition(&parser, root))
        return false;
    *ret = root;
    return true;
}
