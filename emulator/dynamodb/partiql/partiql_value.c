/* Literals as attribute values, and paths. */
#include "partiql_builder.h"

#include <stdarg.h>

#include "errors.h"

/* Where in a literal an error is: root.x[1]. */
struct trail {
    const struct trail *above; /* NULL: this is the root */
    struct str name;           /* ptr NULL: an index */
    size_t index;
    int depth; /* of the value there; an INSERT's item has depth 0, its attributes are roots */
};

bool partiql_fail_at(struct partiql_builder *builder, const struct partiql_token *token,
                     const char *format, ...)
{
    char text[AWS_ERROR_MESSAGE_BYTES];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return parser_fail(&builder->parser, "%s at %d:%d:%d", text, token->line, token->column,
                       token->length);
}

struct str partiql_show(const struct partiql_node *node)
{
    if (node->type == PARTIQL_NODE_NAME)
        return STR("VariableReference");
    if (node->type == PARTIQL_NODE_PARAMETER)
        return STR("Parameter");
    if (node->type == PARTIQL_NODE_PATH)
        return STR("PATH");
    return node->token.text;
}

static void show_trail(struct buffer *out, const struct trail *trail)
{
    if (trail->above == NULL) {
        buffer_add_literal(out, "root");
        return;
    }
    show_trail(out, trail->above);
    if (trail->name.ptr == NULL) {
        buffer_printf(out, "[%zu]", trail->index);
    } else {
        buffer_add_char(out, '.');
        buffer_add(out, trail->name);
    }
}

static struct str where_text(struct partiql_builder *builder, const struct trail *trail)
{
    struct buffer out;

    buffer_init(&out, builder->parser.arena);
    show_trail(&out, trail);
    return buffer_str(&out);
}

static bool fail_type(struct partiql_builder *builder, const struct partiql_node *node,
                      const struct trail *trail)
{
    struct str shown = trail->above == NULL ? node->token.text : partiql_show(node);

    return partiql_fail_at(builder, &node->token, "Unsupported data type: %.*s under key %.*s",
                           STR_ARG(shown), STR_ARG(where_text(builder, trail)));
}

static bool literal(struct partiql_builder *builder, const struct partiql_node *node,
                    const struct trail *trail, struct attribute_value *ret);

static bool is_negative_zero(const struct partiql_node *node)
{
    struct str text = node->token.text;

    if (!node->negated ||
        (str_find_char(text, '.') == text.len && str_find_char(text, 'e') == text.len &&
         str_find_char(text, 'E') == text.len))
        return false;
    for (size_t i = 0; i < text.len && text.ptr[i] != 'e' && text.ptr[i] != 'E'; i++) {
        if (text.ptr[i] != '0' && text.ptr[i] != '.')
            return false;
    }
    return true;
}

/* The rules for numbers, with the place behind their texts. */
static bool number(struct partiql_builder *builder, const struct partiql_node *node,
                   const struct trail *trail, struct attribute_value *ret)
{
    struct str text = node->token.text;
    struct aws_error why = {0};

    if (is_negative_zero(node))
        return partiql_fail_at(builder, &node->token,
                               "Negative zero decimal is not supported under key %.*s",
                               STR_ARG(where_text(builder, trail)));
    if (node->negated)
        text = str_printf(builder->parser.arena, "-%.*s", STR_ARG(text));
    if (text.len == 0)
        return parser_fail_memory(&builder->parser);
    ret->type = VALUE_N;
    return number_parse(text, &ret->number, &why) ||
           parser_fail(&builder->parser, "%s under %.*s", why.message,
                       STR_ARG(where_text(builder, trail)));
}

static bool list(struct partiql_builder *builder, const struct partiql_node *node,
                 const struct trail *trail, struct attribute_value *ret)
{
    struct trail inner = {.above = trail, .depth = trail->depth + 1};

    *ret = (struct attribute_value){.type = VALUE_L};
    ret->list.elements =
        arena_alloc_array(builder->parser.arena, node->count, sizeof(*ret->list.elements));
    if (ret->list.elements == NULL)
        return parser_fail_memory(&builder->parser);
    for (const struct partiql_node *child = node->first; child != NULL; child = child->next) {
        inner.index = ret->list.count;
        if (!literal(builder, child, &inner, &ret->list.elements[ret->list.count++]))
            return false;
    }
    return true;
}

static bool fail_duplicates(struct partiql_builder *builder, const struct partiql_node *node,
                            const struct trail *trail)
{
    bool numbers = node->first->type == PARTIQL_NODE_NUMBER;
    struct buffer shown;

    buffer_init(&shown, builder->parser.arena);
    for (const struct partiql_node *child = node->first; child != NULL; child = child->next) {
        if (child->negated)
            buffer_add_char(&shown, '-');
        buffer_add(&shown, child->name);
        if (child->next != NULL)
            buffer_add_literal(&shown, ", ");
    }
    if (!numbers)
        return parser_fail(&builder->parser, OMPV "Input collection [%.*s] contains duplicates.",
                           STR_ARG(buffer_str(&shown)));
    return parser_fail(&builder->parser,
                       OMPV "Input collection [%.*s] contains duplicates! under %.*s",
                       STR_ARG(buffer_str(&shown)), STR_ARG(where_text(builder, trail)));
}

static int compare_elements(const void *a, const void *b)
{
    return value_compare(a, b);
}

/* <<...>>: a set of texts or of numbers. */
static bool bag(struct partiql_builder *builder, const struct partiql_node *node,
                const struct trail *trail, struct attribute_value *ret)
{
    static const char mixed[] =
        "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags";

    if (node->count == 0)
        return parser_fail(&builder->parser, "Empty bags are not supported");
    *ret = (struct attribute_value){.type = node->first->type == PARTIQL_NODE_NUMBER ? VALUE_NS
                                                                                     : VALUE_SS};
    ret->list.elements =
        arena_alloc_array(builder->parser.arena, node->count, sizeof(*ret->list.elements));
    if (ret->list.elements == NULL)
        return parser_fail_memory(&builder->parser);
    for (const struct partiql_node *child = node->first; child != NULL; child = child->next) {
        if (child->type != PARTIQL_NODE_NUMBER && child->type != PARTIQL_NODE_STRING)
            return partiql_fail_at(builder, &child->token, "%s", mixed);
        if (child->type != node->first->type)
            return parser_fail(&builder->parser, "%s", mixed);
        if (!literal(builder, child, trail, &ret->list.elements[ret->list.count++]))
            return false;
    }
    qsort(ret->list.elements, ret->list.count, sizeof(*ret->list.elements), compare_elements);
    for (size_t i = 1; i < ret->list.count; i++) {
        if (value_compare(&ret->list.elements[i - 1], &ret->list.elements[i]) == 0)
            return fail_duplicates(builder, node, trail);
    }
    return true;
}

static bool check_key(struct partiql_builder *builder, const struct partiql_node *node,
                      const struct partiql_node *key, const struct trail *trail,
                      const struct attribute_value *map)
{
    struct str place = where_text(builder, trail);

    if (key->type != PARTIQL_NODE_STRING)
        return partiql_fail_at(builder, &key->token,
                               "Tuple keys must be of type String. Actual type: %.*s under %.*s",
                               STR_ARG(partiql_show(key)), STR_ARG(place));
    if (trail->depth == 0 && key->name.len == 0)
        return parser_fail(&builder->parser, "Path component cannot be an empty string");
    if (item_find(map, key->name) != NULL)
        return partiql_fail_at(builder, trail->depth == 0 ? &key->token : &node->token,
                               "Duplicate keys in tuple. Key: %.*s under %.*s", STR_ARG(key->name),
                               STR_ARG(place));
    return true;
}

/* An item's own attributes, and no others, may be parameters. */
static bool attribute(struct partiql_builder *builder, const struct partiql_node *node,
                      struct attribute_value *ret)
{
    struct trail root = {.depth = 1};

    if (node->type != PARTIQL_NODE_PARAMETER)
        return literal(builder, node, &root, ret);
    *ret = builder->parameters->values[node->parameter];
    return true;
}

static bool structure(struct partiql_builder *builder, const struct partiql_node *node,
                      const struct trail *trail, struct attribute_value *ret)
{
    struct trail inner = {.above = trail, .depth = trail->depth + 1};

    *ret = (struct attribute_value){.type = VALUE_M};
    ret->map.attributes =
        arena_alloc_array(builder->parser.arena, node->count / 2, sizeof(*ret->map.attributes));
    if (ret->map.attributes == NULL)
        return parser_fail_memory(&builder->parser);
    for (const struct partiql_node *key = node->first; key != NULL; key = key->next->next) {
        struct attribute *to = &ret->map.attributes[ret->map.count];

        if (!check_key(builder, node, key, trail, ret))
            return false;
        to->name = key->name;
        inner.name = key->name;
        if (!(trail->depth == 0 ? attribute(builder, key->next, &to->value)
                                : literal(builder, key->next, &inner, &to->value)))
            return false;
        ret->map.count++;
    }
    return true;
}

static bool literal(struct partiql_builder *builder, const struct partiql_node *node,
                    const struct trail *trail, struct attribute_value *ret)
{
    if (trail->depth > VALUE_DEPTH_MAX)
        return parser_fail(&builder->parser,
                           "Nesting Levels have exceeded supported limits: Attributes in the item "
                           "have nested levels beyond supported limit");
    switch (node->type) {
    case PARTIQL_NODE_STRING:
        *ret = (struct attribute_value){.type = VALUE_S, .text = node->name};
        return true;
    case PARTIQL_NODE_NUMBER:
        return number(builder, node, trail, ret);
    case PARTIQL_NODE_BOOLEAN:
        *ret = (struct attribute_value){.type = VALUE_BOOL,
                                        .boolean = node->token.type == PARTIQL_TRUE};
        return true;
    case PARTIQL_NODE_NULL:
        *ret = (struct attribute_value){.type = VALUE_NULL};
        return true;
    case PARTIQL_NODE_LIST:
        return list(builder, node, trail, ret);
    case PARTIQL_NODE_BAG:
        return bag(builder, node, trail, ret);
    case PARTIQL_NODE_STRUCT:
        return structure(builder, node, trail, ret);
    case PARTIQL_NODE_NAME:
    case PARTIQL_NODE_MISSING:
    case PARTIQL_NODE_PARAMETER:
    case PARTIQL_NODE_PATH:
    case PARTIQL_NODE_INDEX:
    case PARTIQL_NODE_UNPIVOT:
    case PARTIQL_NODE_WILDCARD:
    case PARTIQL_NODE_CALL:
    case PARTIQL_NODE_UNARY:
    case PARTIQL_NODE_BINARY:
    case PARTIQL_NODE_BETWEEN:
    case PARTIQL_NODE_IS:
    case PARTIQL_NODE_ALL:
    case PARTIQL_NODE_STATEMENT:
        break;
    }
    return fail_type(builder, node, trail);
}

bool partiql_value(struct partiql_builder *builder, const struct partiql_node *node,
                   struct attribute_value *ret)
{
    struct trail root = {.depth = 1};

    return literal(builder, node, &root, ret);
}

bool partiql_item(struct partiql_builder *builder, const struct partiql_node *node,
                  struct attribute_value *ret)
{
    struct trail root = {.depth = 0};

    if (node->type != PARTIQL_NODE_STRUCT)
        return partiql_fail_at(builder, &node->token,
                               "Unsupported format in item expression. Please use struct format "
                               "{...} to express item values for insert statement.");
    return structure(builder, node, &root, ret);
}

static bool fail_component(struct partiql_builder *builder, const struct partiql_node *node)
{
    return partiql_fail_at(builder, &node->token, "Unexpected path component");
}

/* [0], ["a"], ['a'] */
static bool index_step(struct partiql_builder *builder, const struct partiql_node *node,
                       struct path_step *ret)
{
    struct str text = node->token.text;

    if (node->type == PARTIQL_NODE_STRING || node->type == PARTIQL_NODE_NAME) {
        ret->name = node->name;
        return true;
    }
    if (node->type != PARTIQL_NODE_NUMBER || text.ptr[0] == '.')
        return fail_component(builder, node);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return fail_component(builder, node);
    }
    while (text.len > 1 && text.ptr[0] == '0')
        text = str_slice(text, 1, text.len);
    if (!str_to_int64(text, 0, INT32_MAX, &ret->index) || (node->negated && ret->index != 0))
        return partiql_fail_at(builder, &node->token,
                               "List index is not within the allowable range; index: [%s%.*s]",
                               node->negated ? "-" : "", STR_ARG(text));
    return true;
}

bool partiql_check_star(struct partiql_builder *builder, const struct partiql_node *node)
{
    if (node->type == PARTIQL_NODE_UNPIVOT)
        return partiql_fail_at(builder, &node->token,
                               "Unpivot path component like a.*.b are not supported");
    if (node->type == PARTIQL_NODE_WILDCARD)
        return partiql_fail_at(builder, &node->token,
                               "Wildcard path component like a[*].b are not supported");
    return true;
}

static bool step(struct partiql_builder *builder, const struct partiql_node *node,
                 struct path_step *ret)
{
    if (!partiql_check_star(builder, node))
        return false;
    if (node->type == PARTIQL_NODE_INDEX)
        return index_step(builder, node->first, ret);
    if (node->type != PARTIQL_NODE_NAME)
        return fail_component(builder, node);
    ret->name = node->name;
    return true;
}

bool partiql_path(struct partiql_builder *builder, const struct partiql_node *node,
                  struct path *ret)
{
    const struct partiql_node *child = node->type == PARTIQL_NODE_PATH ? node->first : node;
    size_t count = node->type == PARTIQL_NODE_PATH ? node->count : 1;

    *ret = (struct path){.steps =
                             arena_alloc_array(builder->parser.arena, count, sizeof(*ret->steps))};
    if (ret->steps == NULL)
        return parser_fail_memory(&builder->parser);
    for (; ret->count < count; child = child->next) {
        struct path_step *to = &ret->steps[ret->count++];

        if (!step(builder, child, to))
            return false;
        if (to->name.ptr != NULL && to->name.len == 0)
            return parser_fail(&builder->parser, "Path component cannot be an empty string");
    }
    if (count > PATH_STEPS_MAX)
        return parser_fail(&builder->parser,
                           "The document path has too many nesting levels; nesting levels: %zu",
                           count);
    return true;
}
