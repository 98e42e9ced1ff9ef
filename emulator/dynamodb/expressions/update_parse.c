/* Update expressions: sections of clauses. */
#include "expression_parser.h"

#include "errors.h"

enum { CLAUSES_ROOM = 32 };

static const char *const section_names[] = {
    [UPDATE_SET] = "SET",
    [UPDATE_REMOVE] = "REMOVE",
    [UPDATE_ADD] = "ADD",
    [UPDATE_DELETE] = "DELETE",
};

struct update_parser {
    struct expression_parser parser; /* first */
    struct update *update;
    const char *repeated; /* a section that came again */
    struct str *holders;  /* of ADD's and DELETE's operands, by clause; until they are resolved */
    bool seen[ARRAY_LEN(section_names)];
};

static bool add_clause(struct update_parser *state, enum update_action action,
                       struct update_clause **ret)
{
    struct update *update = state->update;
    struct arena *arena = state->parser.arena;

    if (update->count % CLAUSES_ROOM == 0) {
        size_t room = update->count + CLAUSES_ROOM;
        struct update_clause *clauses = arena_alloc_array(arena, room, sizeof(*clauses));
        struct str *holders = arena_alloc_array(arena, room, sizeof(*holders));

        if (clauses == NULL || holders == NULL)
            return parser_fail_memory(&state->parser);
        if (update->count > 0) {
            memcpy(clauses, update->clauses, update->count * sizeof(*clauses));
            memcpy(holders, state->holders, update->count * sizeof(*holders));
        }
        update->clauses = clauses;
        state->holders = holders;
    }
    *ret = &update->clauses[update->count++];
    (*ret)->action = action;
    return true;
}

static bool parse_clause(struct update_parser *state, enum update_action action)
{
    struct expression_parser *parser = &state->parser;
    struct update_clause *clause = NULL;

    if (!add_clause(state, action, &clause) || !parser_path(parser, &clause->path))
        return false;
    if (action == UPDATE_REMOVE)
        return true;
    if (action == UPDATE_SET)
        return parser_take(parser, "=") && parser_set_value(parser, &clause->value);
    if (parser->token.type != TOKEN_VALUE_HOLDER)
        return parser_fail_token(parser);
    state->holders[state->update->count - 1] = parser->token.text;
    parser_advance(parser);
    return true;
}

static bool parse_section(struct update_parser *state)
{
    struct expression_parser *parser = &state->parser;

    for (size_t i = 0; i < ARRAY_LEN(section_names); i++) {
        if (!parser_is_word(parser, section_names[i]))
            continue;
        if (state->seen[i] && state->repeated == NULL)
            state->repeated = section_names[i];
        state->seen[i] = true;
        do {
            parser_advance(parser);
            if (!parse_clause(state, (enum update_action)i))
                return false;
        } while (parser_is_symbol(parser, ","));
        return true;
    }
    return parser_fail_token(parser);
}

typedef bool check_expr(struct expression_parser *parser, struct expr *expr);

static bool each_value(struct update_parser *state, check_expr *check)
{
    for (size_t i = 0; i < state->update->count; i++) {
        if (state->update->clauses[i].value != NULL &&
            !check(&state->parser, state->update->clauses[i].value))
            return false;
    }
    return true;
}

static bool check_reserved(struct update_parser *state)
{
    for (size_t i = 0; i < state->update->count; i++) {
        struct update_clause *clause = &state->update->clauses[i];

        if (!parser_check_path_reserved(&state->parser, &clause->path) ||
            (clause->value != NULL && !parser_check_reserved(&state->parser, clause->value)))
            return false;
    }
    return true;
}

static bool resolve_names(struct update_parser *state)
{
    for (size_t i = 0; i < state->update->count; i++) {
        struct update_clause *clause = &state->update->clauses[i];

        if (!parser_resolve_path(&state->parser, &clause->path) ||
            (clause->value != NULL && !parser_resolve_names(&state->parser, clause->value)))
            return false;
    }
    return true;
}

static bool resolve_values(struct update_parser *state)
{
    for (size_t i = 0; i < state->update->count; i++) {
        struct update_clause *clause = &state->update->clauses[i];

        if (clause->value != NULL && !parser_resolve_values(&state->parser, clause->value))
            return false;
        if (state->holders[i].len > 0 &&
            !parser_value(&state->parser, state->holders[i], &clause->operand))
            return false;
    }
    return true;
}

static bool check_overlap(struct update_parser *state)
{
    struct path *paths =
        arena_alloc_array(state->parser.arena, state->update->count, sizeof(*paths));

    if (paths == NULL)
        return parser_fail_memory(&state->parser);
    for (size_t i = 0; i < state->update->count; i++)
        paths[i] = state->update->clauses[i].path;
    return parser_check_overlap(&state->parser, paths, state->update->count);
}

static const char *const long_type_names[VALUE_TYPE_COUNT] = {
    [VALUE_S] = "STRING",  [VALUE_N] = "NUMBER", [VALUE_B] = "BINARY", [VALUE_BOOL] = "BOOLEAN",
    [VALUE_NULL] = "NULL", [VALUE_L] = "LIST",   [VALUE_M] = "MAP",    [VALUE_SS] = "SS",
    [VALUE_NS] = "NS",     [VALUE_BS] = "BS",
};

static bool is_set(const struct attribute_value *value)
{
    return value->type == VALUE_SS || value->type == VALUE_NS || value->type == VALUE_BS;
}

/* ADD takes numbers and sets, DELETE sets. */
static bool check_operand_types(struct update_parser *state)
{
    for (size_t i = 0; i < state->update->count; i++) {
        const struct update_clause *clause = &state->update->clauses[i];
        const struct attribute_value *value = clause->operand;

        if (value == NULL || is_set(value) ||
            (clause->action == UPDATE_ADD && value->type == VALUE_N))
            continue;
        return parser_fail(&state->parser,
                           "Incorrect operand type for operator or function; operator: %s, operand "
                           "type: %s, typeSet: ALLOWED_FOR_%s_OPERAND",
                           section_names[clause->action], long_type_names[value->type],
                           section_names[clause->action]);
    }
    return true;
}

static bool check_operators(struct expression_parser *parser)
{
    return parser->operators <= EXPRESSION_OPERATORS_MAX ||
           parser_fail(parser, "The expression contains too many operators; operator count: %d",
                       parser->operators);
}

/* In the service's order. */
static bool check_all(struct update_parser *state)
{
    struct expression_parser *parser = &state->parser;

    if (parser->redundant)
        return parser_fail(parser, "The expression has redundant parentheses;");
    if (!check_operators(parser) || !check_reserved(state) ||
        !each_value(state, parser_check_functions))
        return false;
    if (state->repeated != NULL)
        return parser_fail(parser,
                           "The \"%s\" section can only be used once in an update expression;",
                           state->repeated);
    return each_value(state, parser_check_update_use) && resolve_names(state) &&
           resolve_values(state) && check_overlap(state) && check_operand_types(state) &&
           each_value(state, parser_check_update_operands);
}

bool update_parse(struct str text, struct placeholders *placeholders, struct arena *arena,
                  struct update **ret, struct aws_error *err)
{
    struct update_parser state = {.update = NULL};

    if (!parser_begin(&state.parser, EXPRESSION_UPDATE, text, placeholders, arena, err))
        return false;
    state.update = arena_alloc(arena, sizeof(*state.update));
    if (state.update == NULL)
        return parser_fail_memory(&state.parser);
    while (state.parser.token.type != TOKEN_END) {
        if (!parse_section(&state))
            return false;
    }
    *ret = state.update;
    return check_all(&state);
}
