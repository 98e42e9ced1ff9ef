#include "loadgen/collection_files.h"

#include "loadgen/text_file.h"

struct reader {
    const struct variables *variables;
    const char *folder;
    struct arena *arena;
    struct pair_list read; /* path and content: each file once */
    size_t capacity;
    struct aws_error *err;
};

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the files of the bodies do not fit in memory");
}

static bool remember(struct reader *reader, struct str path, struct str content)
{
    if (reader->read.count == reader->capacity) {
        size_t capacity = reader->capacity == 0 ? 16 : reader->capacity * 2;
        char *grown =
            arena_grow(reader->arena, (char *)reader->read.rows,
                       reader->capacity * sizeof(struct pair), capacity * sizeof(struct pair));
        if (grown == NULL)
            return no_memory(reader->err);
        reader->read.rows = (struct pair *)(void *)grown;
        reader->capacity = capacity;
    }
    reader->read.rows[reader->read.count++] = (struct pair){path, content, true};
    return true;
}

/* The path as written, in `*path`, becomes the one that was read. */
static bool read_once(struct reader *reader, struct str *path, struct str *ret)
{
    struct resolver resolver = {.variables = reader->variables};
    struct str name = {0};
    size_t begin = 0, end = 0;
    char *whole = NULL;

    if (path->len == 0)
        return true;
    if (!variables_resolve(&resolver, *path, reader->arena, path))
        return no_memory(reader->err);
    if (variables_next(*path, 0, &begin, &end, &name))
        return aws_fail(reader->err, &error_usage,
                        "the file '%.*s' of a body: {{%.*s}} must have a value that stays the same",
                        STR_ARG(*path), STR_ARG(name));
    for (size_t i = 0; i < reader->read.count; i++) {
        if (str_eq(reader->read.rows[i].name, *path)) {
            *ret = reader->read.rows[i].value;
            return true;
        }
    }
    whole = str_to_c(reader->arena,
                     str_starts_with(*path, STR("/")) || reader->folder == NULL
                         ? *path
                         : str_printf(reader->arena, "%s/%.*s", reader->folder, STR_ARG(*path)));
    if (whole == NULL)
        return no_memory(reader->err);
    return whole_file_read(reader->arena, whole, BODY_FILE_BYTES_MAX, ret, reader->err) &&
           remember(reader, *path, *ret);
}

bool collection_files_read(struct collection *collection, const struct variables *variables,
                           const char *folder, struct arena *arena, struct aws_error *err)
{
    struct reader reader = {.variables = variables, .folder = folder, .arena = arena, .err = err};

    for (size_t i = 0; i < collection->request_count; i++) {
        struct request_definition *request = &collection->requests[i];
        if (request->body_mode == BODY_FILE &&
            !read_once(&reader, &request->body, &request->content))
            return false;
        for (size_t at = 0; at < request->parts.count; at++) {
            struct form_part *part = &request->parts.rows[at];
            if (part->is_file && !read_once(&reader, &part->value, &part->content))
                return false;
        }
    }
    return true;
}
