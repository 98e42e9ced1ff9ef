#include "loadgen/variables.h"

#include "loadgen/dynamic_variables.h"
#include "loadgen/js_value.h"

static bool add(struct variables *variables, enum variable_scope scope, struct variable variable,
                struct arena *arena)
{
    struct variable_list *list = &variables->scopes[scope];

    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        char *grown = arena_grow(arena, (char *)list->rows, list->capacity * sizeof(*list->rows),
                                 capacity * sizeof(*list->rows));
        if (grown == NULL)
            return false;
        list->rows = (struct variable *)(void *)grown;
        list->capacity = capacity;
    }
    list->rows[list->count++] = variable;
    return true;
}

bool variables_add(struct variables *variables, enum variable_scope scope, struct str name,
                   struct str value, struct arena *arena)
{
    return add(variables, scope, (struct variable){.name = name, .value = value}, arena);
}

/* --- types ---------------------------------------------------------------------------------- */

const char *const variable_type_names[VARIABLE_TYPES] = {
    [VARIABLE_ANY] = "any",         [VARIABLE_STRING] = "string", [VARIABLE_NUMBER] = "number",
    [VARIABLE_BOOLEAN] = "boolean", [VARIABLE_ARRAY] = "array",   [VARIABLE_OBJECT] = "object",
};

/* Others than these, "default" and "secret" among them, are any. */
static enum variable_type type_of(const struct json_value *entry)
{
    struct str name = json_text(entry, "type");

    for (int i = 0; i < VARIABLE_TYPES; i++) {
        if (str_eq_nocase(name, str_from_c(variable_type_names[i])))
            return (enum variable_type)i;
    }
    return VARIABLE_ANY;
}

/* JavaScript's Number(): of a text, what it says; NaN, which JSON has not, is null there. */
static bool as_number(const struct json_value *value, struct arena *arena, struct variable *ret)
{
    char space[JSON_DOUBLE_BYTES];
    struct str text = value->type == JSON_STRING ? str_trim(value->text) : value->raw;
    double number = 0;
    bool known = str_to_double(text, &number);

    if (value->type == JSON_TRUE || value->type == JSON_FALSE || value->type == JSON_NULL ||
        text.len == 0) {
        number = value->type == JSON_TRUE ? 1 : 0;
        known = true;
    }
    if (!known) {
        ret->value = STR("NaN");
        ret->json = STR("null");
        return true;
    }
    text = (struct str){space, json_format_double(number, space)};
    if (!str_copy(arena, text, &ret->value))
        return false;
    ret->json = ret->value;
    return true;
}

static bool as_boolean(const struct json_value *value, struct variable *ret)
{
    double number = 0;
    bool is_false = value->type == JSON_FALSE || value->type == JSON_NULL ||
                    (value->type == JSON_STRING && value->text.len == 0) ||
                    (value->type == JSON_NUMBER && json_double(value, &number) && number == 0);

    ret->value = ret->json = is_false ? STR("false") : STR("true");
    return true;
}

/* A text is read as JSON; what is none, or another kind, is undefined and an empty text. */
static bool as_tree(const struct json_value *value, enum json_type kind, struct arena *arena,
                    struct variable *ret)
{
    struct json_value *parsed = NULL;

    if (value->type == JSON_STRING && json_parse(value->text, arena, &parsed, NULL))
        value = parsed;
    ret->value = STR("");
    ret->json = value->type == kind ? value->raw : STR("null");
    return value->type != kind || js_string(value, arena, &ret->value);
}

static bool cast(const struct json_value *value, struct arena *arena, struct variable *ret)
{
    switch (ret->type) {
    case VARIABLE_NUMBER:
        return as_number(value, arena, ret);
    case VARIABLE_BOOLEAN:
        return as_boolean(value, ret);
    case VARIABLE_ARRAY:
        return as_tree(value, JSON_ARRAY, arena, ret);
    case VARIABLE_OBJECT:
        return as_tree(value, JSON_OBJECT, arena, ret);
    case VARIABLE_ANY:
        if (value->type != JSON_STRING)
            ret->json = value->raw;
        break;
    case VARIABLE_STRING:
    case VARIABLE_TYPES:
        break;
    }
    return js_string(value, arena, &ret->value);
}

/* --- scopes --------------------------------------------------------------------------------- */

static bool is_disabled(const struct variables *variables, const struct json_value *entry)
{
    return json_flag(entry, "disabled") ||
           (!variables->as_newman && json_is(json_member(entry, "enabled"), JSON_FALSE));
}

bool variables_add_json(struct variables *variables, enum variable_scope scope,
                        const struct json_value *list, struct arena *arena)
{
    if (!json_is(list, JSON_ARRAY))
        return true;
    for (const struct json_value *entry = list->child; entry != NULL; entry = entry->next) {
        const struct json_value *value = json_member(entry, "value");
        struct variable variable = {.value = STR(""), .type = type_of(entry)};
        bool named = json_string(json_member(entry, "key"), &variable.name) ||
                     json_string(json_member(entry, "id"), &variable.name);
        if (!named || is_disabled(variables, entry))
            continue;
        if ((value != NULL && !cast(value, arena, &variable)) ||
            !add(variables, scope, variable, arena))
            return false;
    }
    return true;
}

bool variables_find(const struct variables *variables, struct str name, struct str *ret)
{
    for (int scope = SCOPE_COUNT - 1; scope >= 0; scope--) {
        const struct variable_list *list = &variables->scopes[scope];
        for (size_t i = list->count; i > 0; i--) {
            if (str_eq(list->rows[i - 1].name, name)) {
                *ret = list->rows[i - 1].value;
                return true;
            }
        }
    }
    return false;
}

/* As the pattern {{([^{}]*)}}: braces inside a name make it the outer part of a nested one. */
bool variables_next(struct str text, size_t from, size_t *ret_begin, size_t *ret_end,
                    struct str *ret_name)
{
    size_t open = SIZE_MAX; /* behind the newest "{{" with no brace since */

    for (size_t i = from; i + 1 < text.len; i++) {
        if (text.ptr[i] == '{') {
            open = text.ptr[i + 1] == '{' ? i + 2 : SIZE_MAX;
            if (open != SIZE_MAX && open < text.len && text.ptr[open] != '{')
                i++;
        } else if (text.ptr[i] == '}') {
            if (open != SIZE_MAX && i >= open && text.ptr[i + 1] == '}') {
                *ret_begin = open - 2;
                *ret_end = i + 2;
                *ret_name = str_slice(text, open, i);
                return true;
            }
            open = SIZE_MAX;
        }
    }
    return false;
}

static bool note_name(struct name_list *names, struct str name, struct arena *arena)
{
    struct str copy = {0};

    for (size_t i = 0; i < names->count; i++) {
        if (str_eq(names->rows[i], name))
            return true;
    }
    if (names->count == names->capacity) {
        size_t capacity = names->capacity == 0 ? 8 : names->capacity * 2;
        char *grown = arena_grow(arena, (char *)names->rows, names->capacity * sizeof(name),
                                 capacity * sizeof(name));
        if (grown == NULL)
            return false;
        names->rows = (struct str *)(void *)grown;
        names->capacity = capacity;
    }
    if (!str_copy(arena, name, &copy))
        return false;
    names->rows[names->count++] = copy;
    return true;
}

/* The value of a name at this stage; false leaves the text as it is. `space` holds dynamic values.
 */
static bool value_of(const struct resolver *resolver, struct str name, struct arena *arena,
                     char space[DYNAMIC_VALUE_BYTES], struct str *ret)
{
    const struct variables *variables = resolver->variables;
    size_t column = data_file_column(&variables->data, name);
    const struct str *cell = NULL;
    int dynamic = DYNAMIC_UNKNOWN;

    if (resolver->lookup != NULL) {
        if (resolver->lookup->find(resolver->lookup->context, name, arena, ret))
            return true;
        column = variables->data.column_count; /* the user's own values are all there is */
    }
    if (column < variables->data.column_count) {
        if (!resolver->at_send)
            return false;
        cell = data_file_cell(&variables->data, resolver->data_row, column);
    }
    if (cell != NULL) {
        *ret = *cell;
        return true;
    }
    if (resolver->lookup == NULL && variables_find(variables, name, ret))
        return true;
    dynamic = resolver->at_send ? dynamic_find(name) : DYNAMIC_UNKNOWN;
    if (dynamic == DYNAMIC_UNKNOWN)
        return false;
    *ret = (struct str){space, dynamic_value(dynamic, resolver->rng, resolver->clock, space)};
    return true;
}

/* One pass from left to right; *changed tells whether anything was replaced. */
static bool resolve_pass(const struct resolver *resolver, struct str text, struct arena *arena,
                         struct str *ret, bool *changed)
{
    struct buffer out;
    size_t at = 0, begin = 0, end = 0;
    struct str name = {0}, value = {0};
    char space[DYNAMIC_VALUE_BYTES];

    buffer_init(&out, arena);
    *changed = false;
    while (variables_next(text, at, &begin, &end, &name)) {
        if (resolver->names != NULL && !note_name(resolver->names, name, arena))
            return false;
        bool known = value_of(resolver, name, arena, space, &value);
        buffer_add(&out, str_slice(text, at, begin));
        buffer_add(&out, known ? value : str_slice(text, begin, end));
        *changed = *changed || known;
        at = end;
        if (out.failed || out.len > VARIABLE_TEXT_BYTES_MAX)
            return false;
    }
    buffer_add(&out, str_slice(text, at, text.len));
    return buffer_done(&out, ret) && ret->len <= VARIABLE_TEXT_BYTES_MAX;
}

bool variables_resolve(const struct resolver *resolver, struct str text, struct arena *arena,
                       struct str *ret)
{
    bool changed = true;
    size_t begin = 0, end = 0;
    struct str name = {0};

    for (int pass = 0; !resolver->verbatim && changed && pass < VARIABLE_PASSES_MAX; pass++) {
        if (!variables_next(text, 0, &begin, &end, &name))
            break;
        if (!resolve_pass(resolver, text, arena, &text, &changed))
            return false;
    }
    *ret = text;
    return true;
}
