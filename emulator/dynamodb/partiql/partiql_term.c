/* Terms: literals, names, calls, lists and structs, and the paths that lead on from them. */
#include "partiql_reader.h"

/* The token as a leaf. */
static bool leaf(struct partiql_reader *reader, enum partiql_node_type type,
                 struct partiql_node **ret)
{
    struct partiql_node *node = partiql_node(reader, type);

    if (node == NULL ||
        !partiql_token_value(reader->token, reader->arena, &node->name, reader->err))
        return false;
    partiql_advance(reader);
    *ret = node;
    return true;
}

bool partiql_elements(struct partiql_reader *reader, struct partiql_node *node,
                      enum partiql_token_type close)
{
    for (;;) {
        struct partiql_node *element = NULL;

        if (!partiql_expression(reader, PARTIQL_ANY, &element))
            return false;
        partiql_add_child(node, element);
        if (!partiql_at(reader, PARTIQL_COMMA))
            return partiql_take(reader, close);
        partiql_advance(reader);
    }
}

/* [...] and <<...>>, the opening one being the token. */
static bool collection(struct partiql_reader *reader, enum partiql_node_type type,
                       enum partiql_token_type close, struct partiql_node **ret)
{
    *ret = partiql_node(reader, type);
    if (*ret == NULL)
        return false;
    partiql_advance(reader);
    if (!partiql_at(reader, close))
        return partiql_elements(reader, *ret, close);
    partiql_advance(reader);
    return true;
}

static bool structure(struct partiql_reader *reader, struct partiql_node **ret)
{
    struct partiql_node *node = partiql_node(reader, PARTIQL_NODE_STRUCT);

    if (node == NULL)
        return false;
    *ret = node;
    partiql_advance(reader);
    if (partiql_at(reader, PARTIQL_RIGHT_CURLY)) {
        partiql_advance(reader);
        return true;
    }
    for (;;) {
        struct partiql_node *key = NULL, *value = NULL;

        if (!partiql_expression(reader, PARTIQL_ANY, &key) ||
            !partiql_take(reader, PARTIQL_COLON) ||
            !partiql_expression(reader, PARTIQL_ANY, &value))
            return false;
        partiql_add_child(node, key);
        partiql_add_child(node, value);
        if (!partiql_at(reader, PARTIQL_COMMA))
            return partiql_take(reader, PARTIQL_RIGHT_CURLY);
        partiql_advance(reader);
    }
}

/* (a) is a, (a, b) is [a, b]. */
static bool group(struct partiql_reader *reader, struct partiql_node **ret)
{
    struct partiql_node *node = partiql_node(reader, PARTIQL_NODE_LIST);

    if (node == NULL)
        return false;
    partiql_advance(reader);
    if (!partiql_elements(reader, node, PARTIQL_RIGHT_PAREN))
        return false;
    *ret = node->count == 1 ? node->first : node;
    return true;
}

static bool lower_case(struct partiql_reader *reader, struct str text, struct str *ret)
{
    char *copy = arena_alloc_text(reader->arena, text.len);

    if (copy == NULL)
        return partiql_reader_fail_memory(reader);
    for (size_t i = 0; i < text.len; i++)
        copy[i] = (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] + ('a' - 'A')
                                                                  : text.ptr[i]);
    *ret = (struct str){copy, text.len};
    return true;
}

/* name(...), in any case. */
static bool call(struct partiql_reader *reader, struct partiql_node **ret)
{
    struct partiql_node *node = NULL;

    if (!leaf(reader, PARTIQL_NODE_CALL, &node) || !lower_case(reader, node->name, &node->name))
        return false;
    *ret = node;
    partiql_advance(reader);              /* ( */
    if (partiql_at(reader, PARTIQL_STAR)) /* COUNT(*): no function that there is takes it */
        partiql_advance(reader);
    if (!partiql_at(reader, PARTIQL_RIGHT_PAREN))
        return partiql_elements(reader, node, PARTIQL_RIGHT_PAREN);
    partiql_advance(reader);
    return true;
}

static bool is_call(const struct partiql_reader *reader)
{
    static const char *const functions[] = {
        "exists",       "count",      "avg",         "max",
        "min",          "sum",        "char_length", "character_length",
        "octet_length", "bit_length", "upper",       "lower",
        "size",         "sexp",       "list",        "bag"};

    if (reader->token[0].type == PARTIQL_END || reader->token[1].type != PARTIQL_LEFT_PAREN)
        return false;
    if (!partiql_at(reader, PARTIQL_KEYWORD))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        if (partiql_at_word(reader, functions[i]))
            return true;
    }
    return false;
}

static bool keyword_term(struct partiql_reader *reader, struct partiql_node **ret)
{
    *ret = NULL;
    if (is_call(reader))
        return call(reader, ret);
    if (!partiql_statement_term(reader, ret))
        return false;
    return *ret != NULL || partiql_reader_fail(reader, "Unexpected keyword");
}

/* The scope operator changes nothing here: @a is a. */
static bool operator_term(struct partiql_reader *reader, struct partiql_node **ret)
{
    if (!str_eq(reader->token->text, STR("@")))
        return partiql_reader_fail(reader, "Unexpected operator");
    partiql_advance(reader);
    if (!partiql_at(reader, PARTIQL_NAME) && !partiql_at(reader, PARTIQL_QUOTED_NAME))
        return partiql_reader_fail(reader, "Identifier must follow @-operator");
    return leaf(reader, PARTIQL_NODE_NAME, ret);
}

static bool parameter(struct partiql_reader *reader, struct partiql_node **ret)
{
    if (!leaf(reader, PARTIQL_NODE_PARAMETER, ret))
        return false;
    (*ret)->parameter = reader->parameters++;
    return true;
}

/* NOT, IN, LIKE ... where a term should begin. */
static bool is_operator_word(const struct partiql_reader *reader)
{
    static const char *const words[] = {"is", "between", "and", "or", "in", "like", "not"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (partiql_at_word(reader, words[i]))
            return true;
    }
    return false;
}

static bool term(struct partiql_reader *reader, struct partiql_node **ret)
{
    switch (reader->token->type) {
    case PARTIQL_NAME:
    case PARTIQL_QUOTED_NAME:
        return is_call(reader) ? call(reader, ret) : leaf(reader, PARTIQL_NODE_NAME, ret);
    case PARTIQL_KEYWORD:
        if (is_operator_word(reader))
            return partiql_reader_fail(reader, "Unexpected operator");
        return keyword_term(reader, ret);
    case PARTIQL_STRING:
        return leaf(reader, PARTIQL_NODE_STRING, ret);
    case PARTIQL_NUMBER:
        return leaf(reader, PARTIQL_NODE_NUMBER, ret);
    case PARTIQL_TRUE:
    case PARTIQL_FALSE:
        return leaf(reader, PARTIQL_NODE_BOOLEAN, ret);
    case PARTIQL_NULL:
        return leaf(reader, PARTIQL_NODE_NULL, ret);
    case PARTIQL_MISSING:
        return leaf(reader, PARTIQL_NODE_MISSING, ret);
    case PARTIQL_PARAMETER:
        return parameter(reader, ret);
    case PARTIQL_OPERATOR:
        return operator_term(reader, ret);
    case PARTIQL_LEFT_PAREN:
        return group(reader, ret);
    case PARTIQL_LEFT_BRACKET:
        return collection(reader, PARTIQL_NODE_LIST, PARTIQL_RIGHT_BRACKET, ret);
    case PARTIQL_LEFT_DOUBLE_ANGLE_BRACKET:
        return collection(reader, PARTIQL_NODE_BAG, PARTIQL_RIGHT_DOUBLE_ANGLE_BRACKET, ret);
    case PARTIQL_LEFT_CURLY:
        return structure(reader, ret);
    case PARTIQL_END:
    case PARTIQL_STAR:
    case PARTIQL_DOT:
    case PARTIQL_COMMA:
    case PARTIQL_COLON:
    case PARTIQL_SEMICOLON:
    case PARTIQL_RIGHT_PAREN:
    case PARTIQL_RIGHT_BRACKET:
    case PARTIQL_RIGHT_CURLY:
    case PARTIQL_RIGHT_DOUBLE_ANGLE_BRACKET:
        break;
    }
    return partiql_reader_fail(reader, "Unexpected term");
}

/* Behind the dot. */
static bool dot_step(struct partiql_reader *reader, bool simple, struct partiql_node **ret)
{
    partiql_advance(reader);
    if (partiql_at(reader, PARTIQL_NAME) || partiql_at(reader, PARTIQL_QUOTED_NAME))
        return leaf(reader, PARTIQL_NODE_NAME, ret);
    if (!partiql_at(reader, PARTIQL_STAR))
        return partiql_reader_fail(reader, "Invalid path dot component");
    if (simple)
        return partiql_reader_fail(reader, "Invalid path dot component for simple path");
    return leaf(reader, PARTIQL_NODE_UNPIVOT, ret);
}

static bool is_literal(const struct partiql_node *node)
{
    return node->type >= PARTIQL_NODE_NAME && node->type <= PARTIQL_NODE_MISSING;
}

/* Behind the bracket. */
static bool bracket_step(struct partiql_reader *reader, bool simple, struct partiql_node **ret)
{
    struct partiql_node *step = NULL, *index = NULL;

    partiql_advance(reader);
    if (partiql_at(reader, PARTIQL_STAR)) {
        if (simple)
            return partiql_reader_fail(reader, "Invalid path component for simple path");
        return leaf(reader, PARTIQL_NODE_WILDCARD, ret) &&
               partiql_take(reader, PARTIQL_RIGHT_BRACKET);
    }
    step = partiql_node(reader, PARTIQL_NODE_INDEX);
    if (step == NULL || !partiql_expression(reader, PARTIQL_ANY, &index))
        return false;
    partiql_add_child(step, index);
    *ret = step;
    if (!partiql_take(reader, PARTIQL_RIGHT_BRACKET))
        return false;
    return !simple || is_literal(index) ||
           partiql_reader_fail(reader, "Invalid path component for simple path");
}

/* What follows a term: .a, [0] ... */
static bool steps(struct partiql_reader *reader, bool simple, struct partiql_node **term_and_ret)
{
    struct partiql_node *root = *term_and_ret, *path = NULL;

    while (partiql_at(reader, PARTIQL_DOT) || partiql_at(reader, PARTIQL_LEFT_BRACKET)) {
        struct partiql_node *step = NULL;

        if (!(partiql_at(reader, PARTIQL_DOT) ? dot_step(reader, simple, &step)
                                              : bracket_step(reader, simple, &step)))
            return false;
        if (path == NULL) {
            path = partiql_node(reader, PARTIQL_NODE_PATH);
            if (path == NULL)
                return false;
            path->token = root->token;
            partiql_add_child(path, root);
            *term_and_ret = path;
        }
        partiql_add_child(path, step);
    }
    return true;
}

bool partiql_simple_path(struct partiql_reader *reader, struct partiql_node **ret)
{
    if (!partiql_at(reader, PARTIQL_NAME) && !partiql_at(reader, PARTIQL_QUOTED_NAME))
        return partiql_reader_fail(reader, "Expected identifier for simple path");
    return leaf(reader, PARTIQL_NODE_NAME, ret) && steps(reader, true, ret);
}

bool partiql_term(struct partiql_reader *reader, struct partiql_node **ret)
{
    return term(reader, ret) && steps(reader, false, ret);
}
