#include "partiql_reader.h"

#include "errors.h"

/* As in the language's definition: what stands lower binds tighter. */
enum {
    BINDS_OR = 10,
    BINDS_AND = 20,
    BINDS_NOT = 30,
    BINDS_EQUALITY = 40,
    BINDS_COMPARISON = 50,
    BINDS_SUM = 60,
    BINDS_PRODUCT = 70,
};

const char *const partiql_operator_names[PARTIQL_OPERATOR_COUNT] = {
    [PARTIQL_OR] = "or",    [PARTIQL_AND] = "and",        [PARTIQL_NOT] = "not",
    [PARTIQL_EQ] = "=",     [PARTIQL_NE] = "<>",          [PARTIQL_IN] = "in",
    [PARTIQL_LT] = "<",     [PARTIQL_LE] = "<=",          [PARTIQL_GT] = ">",
    [PARTIQL_GE] = ">=",    [PARTIQL_LIKE] = "like",      [PARTIQL_PLUS] = "+",
    [PARTIQL_MINUS] = "-",  [PARTIQL_CONCATENATE] = "||", [PARTIQL_TIMES] = "*",
    [PARTIQL_DIVIDE] = "/", [PARTIQL_MODULO] = "%",
};

static const struct {
    const char *text;
    enum partiql_operator op;
    int precedence;
} infixes[] = {
    {"or", PARTIQL_OR, BINDS_OR},
    {"and", PARTIQL_AND, BINDS_AND},
    {"=", PARTIQL_EQ, BINDS_EQUALITY},
    {"<>", PARTIQL_NE, BINDS_EQUALITY},
    {"!=", PARTIQL_NE, BINDS_EQUALITY},
    {"in", PARTIQL_IN, BINDS_EQUALITY},
    {"<", PARTIQL_LT, BINDS_COMPARISON},
    {"<=", PARTIQL_LE, BINDS_COMPARISON},
    {">", PARTIQL_GT, BINDS_COMPARISON},
    {">=", PARTIQL_GE, BINDS_COMPARISON},
    {"like", PARTIQL_LIKE, BINDS_COMPARISON},
    {"+", PARTIQL_PLUS, BINDS_SUM},
    {"-", PARTIQL_MINUS, BINDS_SUM},
    {"||", PARTIQL_CONCATENATE, BINDS_SUM},
    {"*", PARTIQL_TIMES, BINDS_PRODUCT},
    {"/", PARTIQL_DIVIDE, BINDS_PRODUCT},
    {"%", PARTIQL_MODULO, BINDS_PRODUCT},
};

bool partiql_reader_fail(struct partiql_reader *reader, const char *text)
{
    return partiql_fail_syntax(reader->err, text);
}

bool partiql_reader_fail_memory(struct partiql_reader *reader)
{
    return aws_fail(reader->err, &error_out_of_memory, "the request needs too much memory");
}

void partiql_advance(struct partiql_reader *reader)
{
    if (reader->token->type != PARTIQL_END)
        reader->token++;
}

bool partiql_at(const struct partiql_reader *reader, enum partiql_token_type type)
{
    return reader->token->type == type;
}

bool partiql_at_word(const struct partiql_reader *reader, const char *word)
{
    return partiql_token_is(reader->token, word);
}

bool partiql_accept(struct partiql_reader *reader, const char *word)
{
    if (!partiql_at_word(reader, word))
        return false;
    partiql_advance(reader);
    return true;
}

bool partiql_take(struct partiql_reader *reader, enum partiql_token_type type)
{
    static const char *const expected[] = {
        [PARTIQL_COLON] = "Expected COLON",
        [PARTIQL_RIGHT_PAREN] = "Expected RIGHT_PAREN",
        [PARTIQL_RIGHT_BRACKET] = "Expected RIGHT_BRACKET",
        [PARTIQL_RIGHT_CURLY] = "Expected RIGHT_CURLY",
        [PARTIQL_RIGHT_DOUBLE_ANGLE_BRACKET] = "Expected RIGHT_DOUBLE_ANGLE_BRACKET",
    };

    if (!partiql_at(reader, type))
        return partiql_reader_fail(reader, expected[type]);
    partiql_advance(reader);
    return true;
}

struct partiql_node *partiql_node(struct partiql_reader *reader, enum partiql_node_type type)
{
    struct partiql_node *node = arena_alloc(reader->arena, sizeof(*node));

    if (node == NULL) {
        (void)partiql_reader_fail_memory(reader);
        return NULL;
    }
    node->type = type;
    node->token = *reader->token;
    return node;
}

void partiql_add_child(struct partiql_node *parent, struct partiql_node *child)
{
    assert(child != NULL);
    if (parent->last == NULL)
        parent->first = child;
    else
        parent->last->next = child;
    parent->last = child;
    parent->count++;
    parent->operators += child->operators;
}

static bool unary(struct partiql_reader *reader, struct partiql_node **ret);

static bool enter(struct partiql_reader *reader)
{
    return ++reader->depth <= PARTIQL_DEPTH_MAX ||
           partiql_reader_fail(reader, "Expression is nested too deeply");
}

/* A sign before a number belongs to it. */
static bool signed_term(struct partiql_reader *reader, struct partiql_node **ret)
{
    bool minus = str_eq(reader->token->text, STR("-"));
    struct partiql_node *node = partiql_node(reader, PARTIQL_NODE_UNARY), *child = NULL;

    partiql_advance(reader);
    if (node == NULL || !unary(reader, &child))
        return false;
    if (child->type == PARTIQL_NODE_NUMBER) {
        child->negated = child->negated != minus;
        *ret = child;
        return true;
    }
    node->op = minus ? PARTIQL_MINUS : PARTIQL_PLUS;
    node->operators = 1;
    partiql_add_child(node, child);
    *ret = node;
    return true;
}

static bool negation(struct partiql_reader *reader, struct partiql_node **ret)
{
    struct partiql_node *node = partiql_node(reader, PARTIQL_NODE_UNARY), *child = NULL;

    partiql_advance(reader);
    if (node == NULL || !partiql_expression(reader, BINDS_NOT, &child))
        return false;
    node->op = PARTIQL_NOT;
    node->operators = 1;
    partiql_add_child(node, child);
    *ret = node;
    return true;
}

static bool unary(struct partiql_reader *reader, struct partiql_node **ret)
{
    bool ok = false;

    if (!enter(reader))
        return false;
    if (partiql_at_word(reader, "not"))
        ok = negation(reader, ret);
    else if (partiql_at(reader, PARTIQL_OPERATOR) &&
             (str_eq(reader->token->text, STR("+")) || str_eq(reader->token->text, STR("-"))))
        ok = signed_term(reader, ret);
    else
        ok = partiql_term(reader, ret);
    reader->depth--;
    return ok;
}

/* What stands behind a left operand. */
struct infix {
    enum { INFIX_NONE, INFIX_BINARY, INFIX_BETWEEN, INFIX_IS } kind;
    enum partiql_operator op;
    int precedence;
    bool negated;
    int tokens; /* NOT IN: two */
};

static struct infix find_infix(const struct partiql_reader *reader)
{
    const struct partiql_token *token = reader->token;
    struct infix infix = {.tokens = 1};

    if (partiql_token_is(token, "is"))
        return (struct infix){.kind = INFIX_IS, .precedence = BINDS_EQUALITY, .tokens = 1};
    if (partiql_token_is(token, "not")) {
        token++;
        infix.negated = true;
        infix.tokens = 2;
        if (!partiql_token_is(token, "in") && !partiql_token_is(token, "like") &&
            !partiql_token_is(token, "between"))
            return (struct infix){.kind = INFIX_NONE};
    }
    if (partiql_token_is(token, "between")) {
        infix.kind = INFIX_BETWEEN;
        infix.precedence = BINDS_COMPARISON;
        return infix;
    }
    for (size_t i = 0; i < ARRAY_LEN(infixes); i++) {
        if (token->type == PARTIQL_STRING || token->type == PARTIQL_QUOTED_NAME ||
            !str_eq_nocase(token->text, str_from_c(infixes[i].text)))
            continue;
        infix.kind = INFIX_BINARY;
        infix.op = infixes[i].op;
        infix.precedence = infixes[i].precedence;
        return infix;
    }
    return (struct infix){.kind = INFIX_NONE};
}

static bool right_operand(struct partiql_reader *reader, int precedence, struct partiql_node **ret)
{
    if (partiql_at(reader, PARTIQL_END))
        return partiql_reader_fail(reader, "Missing right-hand side expression of infix operator");
    return partiql_expression(reader, precedence, ret);
}

static bool binary(struct partiql_reader *reader, const struct infix *infix,
                   struct partiql_node *node, struct partiql_node *left)
{
    struct partiql_node *right = NULL;

    node->type = PARTIQL_NODE_BINARY;
    node->op = infix->op;
    /* IN (1) has a list of one, not a 1 in parentheses. */
    bool list = infix->op == PARTIQL_IN && partiql_at(reader, PARTIQL_LEFT_PAREN) &&
                !partiql_token_is(reader->token + 1, "select") &&
                !partiql_token_is(reader->token + 1, "values");
    if (list) {
        right = partiql_node(reader, PARTIQL_NODE_LIST);
        partiql_advance(reader);
        if (right == NULL || !partiql_elements(reader, right, PARTIQL_RIGHT_PAREN))
            return false;
    } else if (!right_operand(reader, infix->precedence, &right)) {
        return false;
    }
    partiql_add_child(node, left);
    partiql_add_child(node, right);
    return true;
}

static bool between(struct partiql_reader *reader, const struct infix *infix,
                    struct partiql_node *node, struct partiql_node *left)
{
    struct partiql_node *low = NULL, *high = NULL;

    node->type = PARTIQL_NODE_BETWEEN;
    if (!right_operand(reader, infix->precedence, &low))
        return false;
    if (!partiql_accept(reader, "and"))
        return partiql_reader_fail(reader, "Expected AND keyword");
    if (partiql_at(reader, PARTIQL_END))
        return partiql_reader_fail(reader, "Expected expression after AND");
    if (!partiql_expression(reader, infix->precedence, &high))
        return false;
    partiql_add_child(node, left);
    partiql_add_child(node, low);
    partiql_add_child(node, high);
    return true;
}

/* Types that IS may name, each as error texts have it, and how many parameters it takes. */
static const struct {
    const char *word;
    const char *second; /* of two words */
    const char *name;
    size_t parameters_max;
} types[] = {
    {"boolean", NULL, "BOOLEAN", 0},
    {"bool", NULL, "BOOLEAN", 0},
    {"smallint", NULL, "SMALLINT", 0},
    {"int2", NULL, "SMALLINT", 0},
    {"integer2", NULL, "SMALLINT", 0},
    {"int4", NULL, "INTEGER4", 0},
    {"integer4", NULL, "INTEGER4", 0},
    {"int8", NULL, "INTEGER8", 0},
    {"integer8", NULL, "INTEGER8", 0},
    {"bigint", NULL, "INTEGER8", 0},
    {"int", NULL, "INTEGER", 0},
    {"integer", NULL, "INTEGER", 0},
    {"float", NULL, "FLOAT", 1},
    {"real", NULL, "REAL", 0},
    {"double", "precision", "DOUBLE_PRECISION", 0},
    {"dec", NULL, "DECIMAL", 2},
    {"decimal", NULL, "DECIMAL", 2},
    {"numeric", NULL, "NUMERIC", 2},
    {"timestamp", NULL, "TIMESTAMP", 0},
    {"date", NULL, "DATE", 0},
    {"time", NULL, "TIME", 1},
    {"character", "varying", "CHARACTER_VARYING", 1},
    {"character", NULL, "CHARACTER", 1},
    {"char", NULL, "CHARACTER", 1},
    {"varchar", NULL, "CHARACTER_VARYING", 1},
    {"string", NULL, "STRING", 0},
    {"symbol", NULL, "SYMBOL", 0},
    {"clob", NULL, "CLOB", 0},
    {"blob", NULL, "BLOB", 0},
    {"struct", NULL, "STRUCT", 0},
    {"tuple", NULL, "TUPLE", 0},
    {"list", NULL, "LIST", 0},
    {"sexp", NULL, "SEXP", 0},
    {"bag", NULL, "BAG", 0},
};

static bool type_parameters(struct partiql_reader *reader, size_t max)
{
    size_t count = 0;

    if (!partiql_at(reader, PARTIQL_LEFT_PAREN))
        return true;
    do {
        partiql_advance(reader);
        if (!partiql_at(reader, PARTIQL_NUMBER))
            return partiql_reader_fail(reader,
                                       "Type parameter must be an unsigned integer literal");
        partiql_advance(reader);
        count++;
    } while (partiql_at(reader, PARTIQL_COMMA));
    if (count > max)
        return partiql_reader_fail(reader, "Type has too many parameters");
    return partiql_take(reader, PARTIQL_RIGHT_PAREN);
}

static bool type_name(struct partiql_reader *reader, struct str *ret)
{
    if (partiql_at(reader, PARTIQL_NULL) || partiql_at(reader, PARTIQL_MISSING)) {
        *ret = partiql_at(reader, PARTIQL_NULL) ? STR("NULL") : STR("MISSING");
        partiql_advance(reader);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (!partiql_at_word(reader, types[i].word) ||
            (types[i].second != NULL && !partiql_token_is(reader->token + 1, types[i].second)))
            continue;
        partiql_advance(reader);
        if (types[i].second != NULL)
            partiql_advance(reader);
        *ret = str_from_c(types[i].name);
        return type_parameters(reader, types[i].parameters_max);
    }
    return partiql_reader_fail(reader, "Expected type name");
}

static bool is_type(struct partiql_reader *reader, struct partiql_node *node,
                    struct partiql_node *left)
{
    node->type = PARTIQL_NODE_IS;
    node->negated = partiql_accept(reader, "not");
    partiql_add_child(node, left);
    return type_name(reader, &node->name);
}

static bool infix_operation(struct partiql_reader *reader, const struct infix *infix,
                            struct partiql_node *left, struct partiql_node **ret)
{
    struct partiql_node *node = partiql_node(reader, PARTIQL_NODE_BINARY);

    if (node == NULL)
        return false;
    node->negated = infix->negated;
    node->operators = 1;
    for (int i = 0; i < infix->tokens; i++)
        partiql_advance(reader);
    *ret = node;
    if (infix->kind == INFIX_IS)
        return is_type(reader, node, left);
    return infix->kind == INFIX_BETWEEN ? between(reader, infix, node, left)
                                        : binary(reader, infix, node, left);
}

bool partiql_expression(struct partiql_reader *reader, int precedence, struct partiql_node **ret)
{
    struct partiql_node *left = NULL;

    if (!enter(reader) || !unary(reader, &left))
        return false;
    for (;;) {
        struct infix infix = find_infix(reader);

        if (infix.kind == INFIX_NONE || infix.precedence <= precedence)
            break;
        if (!infix_operation(reader, &infix, left, &left))
            return false;
    }
    reader->depth--;
    *ret = left;
    return true;
}

bool partiql_read(struct str text, struct arena *arena, struct partiql_node **ret,
                  size_t *ret_parameters, struct aws_error *err)
{
    struct partiql_reader reader = {.arena = arena, .err = err};
    struct partiql_node *node = NULL;

    if (!partiql_tokenize(text, arena, &reader.token, err) ||
        !partiql_expression(&reader, PARTIQL_ANY, &node))
        return false;
    if (partiql_at(&reader, PARTIQL_SEMICOLON)) {
        partiql_advance(&reader);
        if (!partiql_at(&reader, PARTIQL_END))
            return partiql_fail_syntax(
                err, "Unexpected token after semicolon. (Only one query is allowed.)");
    }
    if (!partiql_at(&reader, PARTIQL_END))
        return partiql_fail_syntax(err, "Unexpected token after expression");
    *ret = node;
    *ret_parameters = reader.parameters;
    return true;
}
