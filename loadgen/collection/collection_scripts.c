#include "loadgen/collection_scripts.h"

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the collection does not fit in memory");
}

/* "exec" is a list of lines, or one text. */
static bool script_text(const struct json_value *event, struct arena *arena, struct str *ret)
{
    const struct json_value *script = json_member(event, "script");
    const struct json_value *exec = json_member(script, "exec");
    struct buffer out;

    if (json_is(script, JSON_ARRAY))
        exec = script;
    if (json_is(script, JSON_STRING) || json_is(exec, JSON_STRING)) {
        *ret = json_is(script, JSON_STRING) ? script->text : exec->text;
        return true;
    }
    buffer_init(&out, arena);
    if (json_is(exec, JSON_ARRAY)) {
        for (const struct json_value *line = exec->child; line != NULL; line = line->next) {
            if (line != exec->child)
                buffer_add_char(&out, '\n');
            buffer_add(&out, line->type == JSON_STRING ? line->text : STR(""));
        }
    }
    return buffer_done(&out, ret);
}

static bool phase_of(const struct json_value *event, enum script_phase *ret)
{
    struct str listen = json_text(event, "listen");

    *ret = str_eq(listen, STR("prerequest")) ? SCRIPT_PREREQUEST : SCRIPT_TEST;
    return (*ret == SCRIPT_PREREQUEST || str_eq(listen, STR("test"))) &&
           !json_flag(event, "disabled");
}

static bool add_script(struct collection *collection, struct arena *arena, struct script_text row)
{
    size_t count = collection->script_count;

    /* Room doubles at each power of two. */
    if ((count & (count - 1)) == 0) {
        size_t capacity = count == 0 ? 1 : count * 2;
        char *grown = arena_grow(arena, (char *)collection->scripts, count * sizeof(row),
                                 capacity * sizeof(row));
        if (grown == NULL)
            return false;
        collection->scripts = (struct script_text *)(void *)grown;
    }
    collection->scripts[collection->script_count++] = row;
    return true;
}

static bool read_event(const struct json_value *event, struct script_level *level,
                       struct arena *arena, struct collection *collection)
{
    const struct json_value *script = json_member(event, "script");
    struct script_text row = {.holder = level->name};

    if (!phase_of(event, &row.phase) || script == NULL || script->type == JSON_NULL)
        return true;
    if (!script_text(event, arena, &row.text))
        return false;
    if (str_trim(row.text).len > 0)
        return add_script(collection, arena, row);
    level->blank[row.phase]++;
    return true;
}

bool collection_scripts_read(const struct json_value *item, struct str name,
                             const struct script_level *parent, struct arena *arena,
                             struct collection *collection, struct script_level *ret,
                             struct aws_error *err)
{
    const struct json_value *events = json_member(item, "event");
    struct script_level level = {.parent = parent, .name = name, .first = collection->script_count};

    /* A list, or now and then one object. */
    if (json_is(events, JSON_OBJECT) && !read_event(events, &level, arena, collection))
        return no_memory(err);
    if (json_is(events, JSON_ARRAY)) {
        for (const struct json_value *event = events->child; event != NULL; event = event->next) {
            if (!read_event(event, &level, arena, collection))
                return no_memory(err);
        }
    }
    level.count = collection->script_count - level.first;
    *ret = level;
    return true;
}

/* Fills from the innermost level backwards. */
static bool chain_of(const struct script_level *level, const struct collection *collection,
                     enum script_phase phase, struct arena *arena, struct script_chain *ret)
{
    size_t count = 0, at = 0;

    for (const struct script_level *one = level; one != NULL; one = one->parent) {
        for (size_t i = 0; i < one->count; i++)
            count += collection->scripts[one->first + i].phase == phase ? 1 : 0;
    }
    ret->rows = arena_alloc_array(arena, count + 1, sizeof(*ret->rows));
    if (ret->rows == NULL)
        return false;
    ret->count = at = count;
    for (const struct script_level *one = level; one != NULL; one = one->parent) {
        for (size_t i = one->count; i > 0; i--) {
            if (collection->scripts[one->first + i - 1].phase == phase)
                ret->rows[--at] = (uint32_t)(one->first + i - 1);
        }
    }
    return true;
}

bool collection_scripts_chain(const struct script_level *level, const struct collection *collection,
                              struct arena *arena, struct request_definition *ret,
                              struct aws_error *err)
{
    size_t at = 0;

    for (const struct script_level *one = level; one != NULL; one = one->parent)
        ret->path_count++;
    ret->path = arena_alloc_array(arena, ret->path_count, sizeof(*ret->path));
    if (ret->path == NULL)
        return no_memory(err);
    at = ret->path_count;
    for (const struct script_level *one = level; one != NULL; one = one->parent)
        ret->path[--at] = one->name;
    for (int phase = 0; phase < SCRIPT_PHASES; phase++) {
        for (const struct script_level *one = level; one != NULL; one = one->parent)
            ret->blank_scripts[phase] += one->blank[phase];
        if (!chain_of(level, collection, (enum script_phase)phase, arena, &ret->scripts[phase]))
            return no_memory(err);
    }
    return true;
}
