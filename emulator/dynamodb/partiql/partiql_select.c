#include "partiql_select.h"

#include "errors.h"
#include "index_row.h"
#include "key.h"
#include "page.h"
#include "partiql_error.h"
#include "partiql_key.h"
#include "partiql_plan.h"
#include "partiql_token.h"
#include "table_name.h"

static bool fail(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception, "%s", text);
}

static bool fail_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

/* --- what is shown -------------------------------------------------------------------------- */

/* The value that a column is called by, with what of it the rest of the path selects. */
static bool column_value(const struct path *path, size_t depth, const struct attribute_value *item,
                         struct arena *arena, struct attribute_value *ret, bool *ret_found,
                         struct aws_error *err)
{
    const struct path head = {path->steps, depth};
    struct path rest = {path->steps + depth, path->count - depth};
    const struct projection selected = {.paths = &rest, .count = 1};
    const struct attribute_value *value = path_find(&head, item);

    *ret_found = value != NULL && (rest.count == 0 || value->type == VALUE_M);
    if (!*ret_found)
        return true;
    if (rest.count == 0) {
        *ret = *value;
        return true;
    }
    if (!projection_apply(&selected, value, arena, ret, err))
        return false;
    *ret_found = ret->map.count > 0;
    return true;
}

bool partiql_show_item(const struct partiql_statement *statement,
                       const struct attribute_value *item, struct arena *arena,
                       struct attribute_value *ret, struct aws_error *err)
{
    const struct projection *projection = &statement->projection;

    if (projection->count == 0) {
        *ret = *item;
        return true;
    }
    *ret = (struct attribute_value){.type = VALUE_M};
    ret->map.attributes = arena_alloc_array(arena, projection->count, sizeof(*ret->map.attributes));
    if (ret->map.attributes == NULL)
        return fail_memory(err);
    for (size_t i = 0; i < projection->count; i++) {
        struct attribute *to = &ret->map.attributes[ret->map.count];
        bool found = false;

        if (!column_value(&projection->paths[i], statement->columns[i].depth, item, arena,
                          &to->value, &found, err))
            return false;
        to->name = statement->columns[i].name;
        ret->map.count += found;
    }
    return true;
}

bool partiql_show_json(const struct partiql_statement *statement, struct str json,
                       struct arena *arena, struct str *ret, struct aws_error *err)
{
    struct attribute_value item, shown;
    struct buffer text;

    *ret = json;
    if (statement->projection.count == 0)
        return true;
    if (!item_decode(json, arena, &item, err) ||
        !partiql_show_item(statement, &item, arena, &shown, err))
        return false;
    buffer_init(&text, arena);
    item_write(&text, &shown);
    return buffer_done(&text, ret) || fail_memory(err);
}

static bool show(struct page *page, const struct attribute_value *item, struct attribute_value *ret)
{
    return partiql_show_item(page->show_state, item, page->scratch, ret, &page->err);
}

/* --- the index ------------------------------------------------------------------------------ */

static bool adds_name(const struct page *page, struct str name, struct buffer *names)
{
    if (index_projects(page->table, page->index, name))
        return false;
    buffer_add(names, names->len == 0 ? STR("[") : STR(", "));
    buffer_add(names, name);
    return true;
}

/* Attributes that a condition needs and the index has not: AND's from its end, as the service lists
 * them. */
static void list_filtered(const struct page *page, const struct expr *expr, struct buffer *names)
{
    bool turned = expr->type == EXPR_AND;

    for (size_t i = 0; i < 2; i++) {
        const struct expr *child = expr->children[turned ? 1 - i : i];

        if (child != NULL)
            list_filtered(page, child, names);
    }
    if (expr->type == EXPR_PATH)
        (void)adds_name(page, expr->path.steps[0].name, names);
    for (size_t i = 0; i < expr->operand_count; i++)
        list_filtered(page, expr->operands[i], names);
}

/* Only where items are found by key; a scan finds the attribute in none of them. */
static bool check_filter(const struct page *page, struct aws_error *err)
{
    struct buffer names;

    if (!partiql_is_keyed(page->filter, page->schema))
        return true;
    buffer_init(&names, page->call->arena);
    list_filtered(page, page->filter, &names);
    if (names.len == 0)
        return true;
    return aws_fail(err, &ddb_validation_exception,
                    OMPV "Secondary index %.*s does not project one or more filter attributes: "
                         "%.*s]",
                    STR_ARG(page->index->name), STR_ARG(buffer_str(&names)));
}

/* An LSI fetches what it does not project. */
static bool check_columns(struct page *page, const struct partiql_statement *statement,
                          struct aws_error *err)
{
    struct buffer names;

    buffer_init(&names, page->call->arena);
    for (size_t i = 0; i < statement->projection.count; i++)
        (void)adds_name(page, statement->projection.paths[i].steps[0].name, &names);
    page->fetches = names.len > 0;
    if (names.len == 0 || page->index->kind == INDEX_LOCAL)
        return true;
    return aws_fail(err, &ddb_validation_exception,
                    OMPV "Global secondary index %.*s does not project %.*s]",
                    STR_ARG(page->index->name), STR_ARG(buffer_str(&names)));
}

static bool find_index(struct page *page, const struct partiql_statement *statement,
                       struct aws_error *err)
{
    page->schema = &page->table->schema;
    page->range.collection = page->table->collection;
    if (statement->index.len == 0)
        return true;
    page->index = table_index_find(page->table, statement->index);
    if (page->index == NULL)
        return fail(err, "The table does not have the specified index");
    page->schema = &page->index->schema;
    page->range.collection = page->index->collection;
    page->filters_projected =
        page->index->kind == INDEX_LOCAL && page->index->projection != PROJECTION_ALL;
    if (page->schema->hash_count > 1 || page->schema->range_count > 1)
        return fail(err, PARTIQL_MULTI_KEYS);
    if (page->index->kind == INDEX_GLOBAL &&
        request_bool(page->call->request, STR("ConsistentRead"), false))
        return fail(err, "Strongly consistent read is not supported on Global Secondary Indexes");
    if (page->index->creating)
        return aws_fail(err, &ddb_validation_exception,
                        "Cannot read from backfilling global secondary index: %.*s",
                        STR_ARG(statement->index));
    return true;
}

static bool check(struct page *page, const struct partiql_statement *statement,
                  struct aws_error *err)
{
    bool keyed = partiql_is_keyed(page->filter, page->schema);

    return condition_check_keys(page->filter, page->table, err) &&
           projection_check_keys(page->projection, page->table, err) &&
           partiql_check_key_values(page->filter, page->schema, keyed, err) &&
           partiql_check_key_values(page->filter, &page->table->schema, false, err) &&
           (page->index == NULL ||
            (check_columns(page, statement, err) && check_filter(page, err)));
}

/* --- reading -------------------------------------------------------------------------------- */

struct select {
    struct page page; /* first: page->show_state is the statement */
    struct partiql_plan plan;
    uint64_t id;  /* of the statement */
    size_t reads; /* the one that is read */
};

static bool begin(struct select *select, const struct partiql_statement *statement,
                  struct aws_error *err)
{
    struct page *page = &select->page;
    const struct json_value *request = page->call->request;
    const struct json_value *parameters = request_get(request, "Parameters");
    const struct json_value *token = request_get(request, "NextToken");
    struct partiql_token_place place = {0};

    select->id = partiql_statement_id(request_string(request, STR("Statement")),
                                      parameters == NULL ? STR("") : parameters->raw,
                                      str_from_c(page->table->id));
    if (!partiql_plan_make(statement, page->schema, page->index != NULL, page->call->arena,
                           &select->plan, err))
        return false;
    if (token == NULL)
        return true;
    if (!partiql_token_read(token->text, select->id, page->call->arena, &place, err))
        return false;
    select->reads = place.read;
    page->range.after = place.after;
    return true;
}

static void set_range(struct select *select)
{
    struct store_range *range = &select->page.range;

    range->hash_to = STORE_HASH_MAX;
    if (select->plan.scan)
        return;
    const struct key_range *read = &select->plan.reads[select->reads].range;
    range->partition = read->partition;
    range->sort_from = read->sort_from;
    range->sort_to = read->sort_to;
    range->reverse = select->plan.reverse;
}

static bool read_all(struct select *select, struct aws_error *err)
{
    size_t count = select->plan.scan ? 1 : select->plan.count;

    for (; select->reads < count; select->reads++) {
        set_range(select);
        if (!page_read(&select->page, err))
            return false;
        if (select->page.ended_early)
            return true;
        select->page.range.after = (struct store_key){0};
    }
    return true;
}

static bool write_token(struct select *select, struct aws_error *err)
{
    const struct partiql_token_place place = {select->id, select->reads, select->page.last_key};
    struct ddb_call *call = select->page.call;
    struct str token;

    if (!select->page.ended_early)
        return true;
    if (!partiql_token_write(&place, call->arena, &token, err))
        return false;
    json_field_string(call->out, STR("NextToken"), token);
    return true;
}

static bool answer(struct select *select, const struct partiql_statement *statement,
                   struct aws_error *err)
{
    struct page *page = &select->page;
    struct json_writer *out = page->call->out;
    struct str items;

    if (!page_items(page, &items, err))
        return false;
    json_object_begin(out);
    capacity_write(out, capacity_mode_of(page->call->request), statement->table, &page->used);
    json_field_raw(out, STR("Items"), items);
    if (!page_write_last_key(page, err) || !write_token(select, err))
        return false;
    json_object_end(out);
    return true;
}

static bool run(struct select *select, const struct partiql_statement *statement,
                struct aws_error *err)
{
    struct page *page = &select->page;

    if (!find_index(page, statement, err) || !check(page, statement, err) ||
        !begin(select, statement, err) || !page_open(page, err))
        return false;
    bool ok = read_all(select, err) && answer(select, statement, err);
    page_close(page);
    return ok;
}

bool partiql_select_run(struct ddb_call *call, const struct partiql_statement *statement,
                        struct aws_error *err)
{
    struct projection projection = statement->projection;
    struct select select = {.page = {.call = call,
                                     .filter = statement->where,
                                     .limit = request_int(call->request, STR("Limit"), INT64_MAX)}};

    if (projection.count > 0) {
        select.page.projection = &projection;
        select.page.show = show;
        select.page.show_state = statement;
    }
    select.page.table = catalogue_find(call->catalogue, statement->table);
    if (select.page.table == NULL)
        return aws_fail(err, &ddb_resource_not_found_exception, "Requested resource not found");
    bool ok = run(&select, statement, err);
    table_release(select.page.table);
    return ok;
}
