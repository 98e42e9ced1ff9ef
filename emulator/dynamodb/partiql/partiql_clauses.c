/* Statements: SELECT, INSERT, UPDATE and DELETE, and UPDATE's other form, FROM t WHERE ... SET. */
#include "partiql_reader.h"

#include "errors.h"

static struct partiql_node *begin(struct partiql_reader *reader, enum partiql_statement_type type)
{
    struct partiql_node *node = partiql_node(reader, PARTIQL_NODE_STATEMENT);

    if (node == NULL)
        return NULL;
    node->clauses = arena_alloc(reader->arena, sizeof(*node->clauses));
    if (node->clauses == NULL) {
        (void)partiql_reader_fail_memory(reader);
        return NULL;
    }
    node->clauses->type = type;
    partiql_advance(reader); /* the word that begins it */
    return node;
}

static bool is_name(const struct partiql_reader *reader)
{
    return partiql_at(reader, PARTIQL_NAME) || partiql_at(reader, PARTIQL_QUOTED_NAME);
}

/* AS a, a: both read, none of use. */
static bool alias(struct partiql_reader *reader, bool *ret_found)
{
    static const struct {
        const char *word;
        const char *missing;
    } words[] = {
        {"as", "Expected identifier for AS-alias"},
        {"at", "Expected identifier for AT-alias"},
        {"by", "Expected identifier for BY-alias"},
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!partiql_accept(reader, words[i].word))
            continue;
        if (!is_name(reader))
            return partiql_reader_fail(reader, words[i].missing);
        break;
    }
    if (is_name(reader)) {
        partiql_advance(reader);
        *ret_found = true;
    }
    return true;
}

static bool column(struct partiql_reader *reader, struct partiql_clauses *clauses)
{
    struct partiql_node *node = NULL;

    if (partiql_at(reader, PARTIQL_STAR)) {
        node = partiql_node(reader, PARTIQL_NODE_ALL);
        partiql_advance(reader);
        if (node == NULL)
            return false;
    } else if (!partiql_expression(reader, PARTIQL_ANY, &node) || !alias(reader, &clauses->alias)) {
        return false;
    }
    partiql_add_child(clauses->columns, node);
    return true;
}

static bool columns(struct partiql_reader *reader, struct partiql_clauses *clauses)
{
    bool all = false;

    clauses->columns = partiql_node(reader, PARTIQL_NODE_LIST);
    if (clauses->columns == NULL)
        return false;
    for (;;) {
        if (!column(reader, clauses))
            return false;
        all = all || clauses->columns->last->type == PARTIQL_NODE_ALL;
        if (!partiql_at(reader, PARTIQL_COMMA))
            break;
        partiql_advance(reader);
    }
    if (all && clauses->columns->count > 1)
        return partiql_reader_fail(
            reader, "Other expressions may not be present in the select list when '*' is used "
                    "without dot notation.");
    return true;
}

static bool is_join(struct partiql_reader *reader)
{
    static const char *const words[] = {"join", "cross", "inner", "left", "right", "outer", "full"};

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (partiql_at_word(reader, words[i]))
            return true;
    }
    return false;
}

/* Of several sources only that there are several matters: the rest of a join is not read. */
static bool sources(struct partiql_reader *reader, struct partiql_clauses *clauses)
{
    if (!partiql_expression(reader, PARTIQL_CLAUSE, &clauses->from) ||
        !alias(reader, &clauses->alias))
        return false;
    clauses->several_sources = is_join(reader) || partiql_at(reader, PARTIQL_COMMA);
    while (clauses->several_sources && !partiql_at(reader, PARTIQL_END))
        partiql_advance(reader);
    return true;
}

static bool where(struct partiql_reader *reader, struct partiql_clauses *clauses)
{
    return !partiql_accept(reader, "where") ||
           partiql_expression(reader, PARTIQL_CLAUSE, &clauses->where);
}

static bool group(struct partiql_reader *reader, struct partiql_clauses *clauses)
{
    struct partiql_node *key = NULL;

    if (!partiql_accept(reader, "group"))
        return true;
    clauses->group = true;
    if (!partiql_accept(reader, "by"))
        return partiql_reader_fail(reader, "Expected BY");
    do {
        if (!partiql_expression(reader, PARTIQL_CLAUSE, &key))
            return false;
    } while (partiql_at(reader, PARTIQL_COMMA) && (partiql_advance(reader), true));
    return true;
}

static bool order_key(struct partiql_reader *reader, struct partiql_order_key **ret)
{
    struct partiql_order_key *key = arena_alloc(reader->arena, sizeof(*key));

    if (key == NULL)
        return partiql_reader_fail_memory(reader);
    *ret = key;
    if (!partiql_expression(reader, PARTIQL_CLAUSE, &key->key))
        return false;
    key->descending = partiql_accept(reader, "desc");
    if (!key->descending)
        (void)partiql_accept(reader, "asc");
    return true;
}

static bool order(struct partiql_reader *reader, struct partiql_clauses *clauses)
{
    struct partiql_order_key **last = &clauses->order;

    if (!partiql_accept(reader, "order"))
        return true;
    if (!partiql_accept(reader, "by"))
        return partiql_reader_fail(reader, "Expected BY");
    for (;;) {
        if (!order_key(reader, last))
            return false;
        last = &(*last)->next;
        if (!partiql_at(reader, PARTIQL_COMMA))
            return true;
        partiql_advance(reader);
    }
}

static bool select_statement(struct partiql_reader *reader, struct partiql_node **ret)
{
    *ret = begin(reader, PARTIQL_STATEMENT_SELECT);
    if (*ret == NULL)
        return false;
    struct partiql_clauses *clauses = (*ret)->clauses;
    clauses->distinct = partiql_accept(reader, "distinct");
    if (!clauses->distinct)
        (void)partiql_accept(reader, "all");
    clauses->value = partiql_accept(reader, "value");
    if (!columns(reader, clauses))
        return false;
    if (!partiql_accept(reader, "from"))
        return partiql_reader_fail(reader, "Expected FROM after SELECT list");
    if (!sources(reader, clauses) || !where(reader, clauses) || !group(reader, clauses))
        return false;
    if (partiql_accept(reader, "having") &&
        !partiql_expression(reader, PARTIQL_CLAUSE, &clauses->having))
        return false;
    if (!order(reader, clauses))
        return false;
    return !partiql_accept(reader, "limit") ||
           partiql_expression(reader, PARTIQL_CLAUSE, &clauses->limit);
}

static bool add_assignment(struct partiql_reader *reader, struct partiql_assignment ***last,
                           bool sets)
{
    struct partiql_assignment *assignment = arena_alloc(reader->arena, sizeof(*assignment));

    if (assignment == NULL)
        return partiql_reader_fail_memory(reader);
    if (!partiql_simple_path(reader, &assignment->path))
        return false;
    **last = assignment;
    *last = &assignment->next;
    if (!sets)
        return true;
    if (!partiql_at(reader, PARTIQL_OPERATOR) || !str_eq(reader->token->text, STR("=")))
        return partiql_reader_fail(reader, "Expected '='");
    partiql_advance(reader);
    return partiql_expression(reader, PARTIQL_ANY, &assignment->value);
}

/* SET a = b, c = d and REMOVE a, at least one, in any order. */
static bool assignments(struct partiql_reader *reader, struct partiql_clauses *clauses)
{
    struct partiql_assignment **last = &clauses->assignments;

    for (;;) {
        if (partiql_accept(reader, "set")) {
            do {
                if (!add_assignment(reader, &last, true))
                    return false;
            } while (partiql_at(reader, PARTIQL_COMMA) && (partiql_advance(reader), true));
        } else if (partiql_accept(reader, "remove")) {
            if (!add_assignment(reader, &last, false))
                return false;
        } else {
            return clauses->assignments != NULL ||
                   partiql_reader_fail(reader, "Expected data manipulation");
        }
    }
}

/* RETURNING (ALL | MODIFIED) (OLD | NEW) * */
static bool returning(struct partiql_reader *reader, struct partiql_clauses *clauses)
{
    struct partiql_returning *found = &clauses->returning;
    struct partiql_node *other = NULL;

    if (!partiql_accept(reader, "returning"))
        return true;
    found->starred = true;
    for (;; partiql_advance(reader)) {
        found->several = found->present;
        found->present = true;
        found->all = partiql_at_word(reader, "all");
        if (!partiql_accept(reader, "all") && !partiql_accept(reader, "modified"))
            break;
        found->old = partiql_at_word(reader, "old");
        if (!partiql_accept(reader, "old") && !partiql_accept(reader, "new"))
            break;
        if (partiql_at(reader, PARTIQL_STAR))
            partiql_advance(reader);
        else if (partiql_expression(reader, PARTIQL_ANY, &other))
            found->starred = false;
        else
            return false;
        if (!partiql_at(reader, PARTIQL_COMMA))
            return true;
    }
    return partiql_reader_fail(reader,
                               "Expected ( MODIFIED | ALL ) ( NEW | OLD ) in returning clause.");
}

/* UPDATE t SET ... WHERE ... */
static bool update_statement(struct partiql_reader *reader, struct partiql_node **ret)
{
    *ret = begin(reader, PARTIQL_STATEMENT_UPDATE);
    if (*ret == NULL)
        return false;
    struct partiql_clauses *clauses = (*ret)->clauses;
    return partiql_simple_path(reader, &clauses->from) && alias(reader, &clauses->alias) &&
           assignments(reader, clauses) && where(reader, clauses) && returning(reader, clauses);
}

/* FROM t WHERE ... SET ... */
static bool from_statement(struct partiql_reader *reader, struct partiql_node **ret)
{
    *ret = begin(reader, PARTIQL_STATEMENT_UPDATE);
    if (*ret == NULL)
        return false;
    struct partiql_clauses *clauses = (*ret)->clauses;
    if (!sources(reader, clauses) || !where(reader, clauses))
        return false;
    if (partiql_at_word(reader, "insert"))
        return aws_fail(reader->err, &ddb_validation_exception,
                        "Unsupported FROM ... WHERE ... clause in INSERT statement.");
    return assignments(reader, clauses) && returning(reader, clauses);
}

static bool delete_statement(struct partiql_reader *reader, struct partiql_node **ret)
{
    *ret = begin(reader, PARTIQL_STATEMENT_DELETE);
    if (*ret == NULL)
        return false;
    struct partiql_clauses *clauses = (*ret)->clauses;
    if (!partiql_accept(reader, "from"))
        return partiql_reader_fail(reader, "Expected FROM after DELETE");
    return partiql_simple_path(reader, &clauses->from) && alias(reader, &clauses->alias) &&
           where(reader, clauses) && returning(reader, clauses);
}

static bool insert_statement(struct partiql_reader *reader, struct partiql_node **ret)
{
    *ret = begin(reader, PARTIQL_STATEMENT_INSERT);
    if (*ret == NULL)
        return false;
    struct partiql_clauses *clauses = (*ret)->clauses;
    if (!partiql_accept(reader, "into"))
        return partiql_reader_fail(reader, "Unexpected keyword");
    if (!partiql_simple_path(reader, &clauses->from))
        return false;
    clauses->insert_without_value = !partiql_accept(reader, "value");
    if (!partiql_expression(reader, PARTIQL_ANY, &clauses->item))
        return false;
    if (partiql_accept(reader, "at") &&
        !partiql_expression(reader, PARTIQL_ANY, &clauses->insert_at))
        return false;
    return returning(reader, clauses);
}

/* CREATE TABLE, DROP INDEX ...: known, and refused for what they are whatever follows. */
static bool definition(struct partiql_reader *reader, enum partiql_statement_type type,
                       struct partiql_node **ret)
{
    *ret = begin(reader, type);
    if (*ret == NULL)
        return false;
    if (!partiql_at_word(reader, "table") && !partiql_at_word(reader, "index"))
        return partiql_reader_fail(reader, type == PARTIQL_STATEMENT_CREATE
                                               ? "Unexpected token following CREATE"
                                               : "Unexpected token following DROP");
    (*ret)->name = partiql_at_word(reader, "table") ? STR("Table") : STR("Index");
    partiql_advance(reader);
    return partiql_simple_path(reader, &(*ret)->clauses->from);
}

static bool fail_token(const struct partiql_reader *reader)
{
    const struct partiql_token *token = reader->token;

    return aws_fail(reader->err, &ddb_validation_exception,
                    "Unsupported token in expression: %.*s at %d:%d:%d", STR_ARG(token->text),
                    token->line, token->column, token->length);
}

bool partiql_statement_term(struct partiql_reader *reader, struct partiql_node **ret)
{
    static const struct {
        const char *word;
        bool (*read)(struct partiql_reader *reader, struct partiql_node **ret);
    } statements[] = {
        {"select", select_statement}, {"insert", insert_statement}, {"update", update_statement},
        {"delete", delete_statement}, {"from", from_statement},
    };

    *ret = NULL;
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        if (partiql_at_word(reader, statements[i].word))
            return statements[i].read(reader, ret);
    }
    if (partiql_at_word(reader, "create"))
        return definition(reader, PARTIQL_STATEMENT_CREATE, ret);
    if (partiql_at_word(reader, "drop"))
        return definition(reader, PARTIQL_STATEMENT_DROP, ret);
    if (partiql_at_word(reader, "set") || partiql_at_word(reader, "remove"))
        return partiql_reader_fail(reader, "Unexpected keyword");
    if (partiql_at_word(reader, "case") || partiql_at_word(reader, "cast"))
        return fail_token(reader);
    return true;
}
