#include "scope_export.h"

#include "base/uuid.h"
#include "loadgen/js_value.h"

/* --- parts ---------------------------------------------------------------------------------- */

void json_write_description(struct json_writer *w, const struct json_value *description)
{
    const struct json_value *content = description;
    struct str type = STR("text/plain");

    if (json_is(description, JSON_OBJECT)) {
        content = json_member(description, "content");
        type = json_string_or(json_member(description, "type"), type);
    }
    if (content == NULL || content->type == JSON_NULL)
        return;
    json_write_name(w, STR("description"));
    json_object_begin(w);
    json_write_name(w, STR("content"));
    js_write(w, content);
    json_field_string(w, STR("type"), type);
    json_object_end(w);
}

/* What begins with an underscore is kept apart. */
static void write_meta(struct json_writer *w, const struct json_value *file)
{
    bool any = false;

    for (const struct json_value *one = file == NULL ? NULL : file->child; one != NULL;
         one = one->next) {
        if (one->name.len == 0 || one->name.ptr[0] != '_')
            continue;
        if (!any) {
            json_write_name(w, STR("_"));
            json_object_begin(w);
        }
        any = true;
        json_write_name(w, str_slice(one->name, 1, one->name.len));
        js_write(w, one);
    }
    if (any)
        json_object_end(w);
}

/* --- values --------------------------------------------------------------------------------- */

struct exporting {
    struct json_writer *w;
    const struct variable_list *given;
    const struct json_value *ended; /* [{key, value, type}] */
    struct arena *arena;
};

static const struct json_value *key_of(const struct json_value *entry)
{
    const struct json_value *key = json_member(entry, "key");

    return json_is(key, JSON_STRING) ? key : NULL;
}

static bool is_off(const struct json_value *entry)
{
    return json_flag(entry, "disabled");
}

/* Whether a later entry of the same name has its value. */
static bool is_shadowed(const struct json_value *entry, struct str key)
{
    for (const struct json_value *at = entry->next; at != NULL; at = at->next) {
        if (key_of(at) != NULL && str_eq(key_of(at)->text, key) && !is_off(at))
            return true;
    }
    return false;
}

static struct str compact(const struct json_value *value, struct arena *arena)
{
    struct str text = {0};

    return js_stringify(value, arena, &text) ? text : (struct str){0};
}

static void write_value(const struct exporting *e, struct str type, const struct json_value *value)
{
    bool is_tree = str_eq(type, STR("array")) || str_eq(type, STR("object"));

    json_field_string(e->w, STR("type"), type);
    if (value == NULL)
        return;
    json_write_name(e->w, STR("value"));
    if (is_tree && value->type != JSON_STRING && value->type != JSON_NULL)
        json_write_string(e->w, compact(value, e->arena)); /* it is kept as text */
    else
        js_write(e->w, value);
}

static struct str type_name(const struct exporting *e, struct str key)
{
    for (size_t i = e->given->count; i > 0; i--) {
        if (str_eq(e->given->rows[i - 1].name, key))
            return str_from_c(variable_type_names[e->given->rows[i - 1].type]);
    }
    return STR("any");
}

/* As it was given, when a script did not change it: of a tree, the text that it was read from. */
static const struct json_value *value_at_end(const struct exporting *e,
                                             const struct json_value *entry,
                                             const struct json_value *ended)
{
    const struct json_value *value = json_member(ended, "value"),
                            *given = json_member(entry, "value");
    struct json_value *tree = NULL;

    if (!json_is(given, JSON_STRING) || value == NULL || value->type == JSON_STRING ||
        !json_parse(given->text, e->arena, &tree, NULL) ||
        (tree->type != JSON_ARRAY && tree->type != JSON_OBJECT))
        return value;
    return str_eq(compact(tree, e->arena), compact(value, e->arena)) ? given : value;
}

static void write_entry(const struct exporting *e, const struct json_value *entry,
                        const struct json_value *ended)
{
    const struct json_value *key = key_of(entry), *id = json_member(entry, "id"),
                            *disabled = json_member(entry, "disabled");

    json_object_begin(e->w);
    if (json_is(id, JSON_STRING))
        json_field_string(e->w, STR("id"), id->text);
    if (json_is(json_member(entry, "name"), JSON_STRING))
        json_field_string(e->w, STR("name"), json_member(entry, "name")->text);
    if (json_is(disabled, JSON_TRUE) || json_is(disabled, JSON_FALSE))
        json_field_bool(e->w, STR("disabled"), disabled->type == JSON_TRUE);
    json_write_description(e->w, json_member(entry, "description"));
    if (ended != NULL)
        write_value(e, json_string_or(json_member(ended, "type"), STR("any")),
                    value_at_end(e, entry, ended));
    else
        write_value(e, key == NULL ? STR("any") : type_name(e, key->text),
                    json_member(entry, "value"));
    if (key != NULL)
        json_field_string(e->w, STR("key"), key->text);
    json_object_end(e->w);
}

static void write_added(const struct exporting *e, const struct json_value *row)
{
    json_object_begin(e->w);
    write_value(e, json_string_or(json_member(row, "type"), STR("any")), json_member(row, "value"));
    json_field_string(e->w, STR("key"), json_text(row, "key"));
    json_object_end(e->w);
}

/* `*ret_row`: its place in the list of the end. */
static const struct json_value *ended_row(const struct exporting *e, struct str key,
                                          size_t *ret_row)
{
    const struct json_value *row = e->ended->child;

    for (*ret_row = 0; row != NULL; row = row->next, ++*ret_row) {
        if (str_eq(json_text(row, "key"), key))
            return row;
    }
    return NULL;
}

static void write_given(const struct exporting *e, const struct json_value *entry, bool *written)
{
    const struct json_value *key = key_of(entry), *ended = NULL;
    size_t row = 0;

    if (key == NULL || is_off(entry)) {
        write_entry(e, entry, NULL);
        return;
    }
    ended = ended_row(e, key->text, &row);
    if (ended == NULL)
        return; /* a script removed all of that name */
    if (is_shadowed(entry, key->text)) {
        write_entry(e, entry, NULL);
        return;
    }
    written[row] = true;
    write_entry(e, entry, ended);
}

static void write_values(const struct exporting *e, const struct json_value *file)
{
    const struct json_value *values = json_member(file, "values"), *row = e->ended->child;
    bool *written = arena_alloc_array(e->arena, (size_t)e->ended->count + 1, sizeof(*written));

    if (written == NULL)
        return;
    for (const struct json_value *entry = json_elements(values); entry != NULL;
         entry = entry->next) {
        if (entry->type == JSON_OBJECT)
            write_given(e, entry, written);
    }
    for (size_t i = 0; row != NULL; row = row->next, i++) {
        if (!written[i])
            write_added(e, row);
    }
}

/* --- the whole ------------------------------------------------------------------------------ */

/* Without scripts: as given. */
static struct str values_as_given(const struct variable_list *given, struct arena *arena)
{
    struct buffer out;
    struct json_writer w;

    buffer_init(&out, arena);
    json_writer_init(&w, &out, JSON_COMPACT);
    json_array_begin(&w);
    for (size_t i = 0; i < given->count; i++) {
        const struct variable *one = &given->rows[i];
        bool again = false;
        for (size_t at = i + 1; at < given->count; at++)
            again = again || str_eq(given->rows[at].name, one->name);
        if (again)
            continue;
        json_object_begin(&w);
        json_field_string(&w, STR("key"), one->name);
        json_write_name(&w, STR("value"));
        if (one->json.len > 0)
            json_write_raw(&w, one->json);
        else
            json_write_string(&w, one->value);
        json_field_string(&w, STR("type"), str_from_c(variable_type_names[one->type]));
        json_object_end(&w);
    }
    json_array_end(&w);
    return buffer_str(&out);
}

void scope_write_members(struct json_writer *w, const struct run_record *record,
                         enum variable_scope scope)
{
    const struct run *run = record->run;
    const struct json_value *file = run->variables->files[scope];
    struct exporting e = {w, &run->variables->scopes[scope], NULL, record->arena};
    struct json_value *ended = NULL;
    struct str text =
        run->scripts == NULL
            ? values_as_given(e.given, e.arena)
            : script_variables(run->scripts->engine, 0,
                               scope == SCOPE_GLOBAL ? "globals" : "environment", record->arena);
    char id[UUID_TEXT_BYTES];
    struct rng rng;

    rng_init_random(&rng);
    uuid_v4(&rng, id);
    write_meta(w, file);
    json_field_string(w, STR("id"), json_string_or(json_member(file, "id"), str_from_c(id)));
    if (json_is(json_member(file, "name"), JSON_STRING))
        json_field_string(w, STR("name"), json_member(file, "name")->text);
    json_write_name(w, STR("values"));
    json_array_begin(w);
    if (json_parse(text, e.arena, &ended, NULL) && ended->type == JSON_ARRAY) {
        e.ended = ended;
        write_values(&e, file);
    }
    json_array_end(w);
}
