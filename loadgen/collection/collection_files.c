#include "loadgen/collection_files.h"

#include <sys/stat.h>

#include "base/base64.h"
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

/* What stands in the collection itself, in Base64. */
static bool read_inline(const struct resolver *resolver, struct arena *arena,
                        struct request_definition *request)
{
    struct str text = {0};

    return variables_resolve(resolver, request->body_inline, arena, &text) &&
           base64_decode_loosely(arena, text, &request->content);
}

bool collection_files_read(struct collection *collection, const struct variables *variables,
                           const char *folder, struct arena *arena, struct aws_error *err)
{
    struct reader reader = {.variables = variables, .folder = folder, .arena = arena, .err = err};
    struct resolver resolver = {.variables = variables};

    for (size_t i = 0; i < collection->request_count; i++) {
        struct request_definition *request = &collection->requests[i];
        if (request->body_mode == BODY_FILE && request->body.len == 0 &&
            !read_inline(&resolver, arena, request))
            return no_memory(err);
        if (request->body_mode == BODY_FILE && request->body.len + request->content.len == 0)
            request->body_mode = BODY_NONE;
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

/* --- at a send ------------------------------------------------------------------------------ */

struct str path_resolve(struct arena *arena, struct str folder, struct str path)
{
    struct str whole = path.len > 0 && path.ptr[0] == '/'
                           ? path
                           : str_printf(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(path));
    char *out = arena_alloc_text(arena, whole.len + 2);
    size_t len = 0;

    if (out == NULL || whole.len == 0)
        return (struct str){0};
    while (whole.len > 0) {
        struct str part = str_split(&whole, '/');
        if (str_eq(part, STR(".."))) {
            while (len > 0 && out[--len] != '/')
                continue;
        } else if (part.len > 0 && !str_eq(part, STR("."))) {
            out[len++] = '/';
            memcpy(out + len, part.ptr, part.len);
            len += part.len;
        }
    }
    if (len == 0)
        out[len++] = '/';
    out[len] = '\0';
    return (struct str){out, len};
}

struct loading {
    const struct resolver *resolver;
    const struct body_files *files;
    struct arena *arena;
    struct file_warnings *warnings;
    size_t capacity;
};

static bool is_inside(struct str path, struct str folder)
{
    return str_starts_with(path, folder) &&
           (path.len == folder.len || path.ptr[folder.len] == '/' || folder.len == 1);
}

/* Why it cannot be read, in newman's words, or the empty text with its bytes. */
static struct str load_file(struct loading *loading, struct str source, struct str *ret_content)
{
    struct str folder = path_resolve(loading->arena, STR("/"), str_from_c(loading->files->folder));
    struct str path = path_resolve(loading->arena, folder, source);
    struct aws_error err = {0};
    struct stat facts;
    char *name = path.len == 0 ? NULL : str_to_c(loading->arena, path);

    if (loading->files->inside_only && !is_inside(path, folder))
        return STR("PPERM: insecure file access outside working directory");
    if (name == NULL || stat(name, &facts) != 0)
        return str_printf(loading->arena, "\"%.*s\", no such file", STR_ARG(source));
    if (!S_ISREG(facts.st_mode))
        return str_printf(loading->arena, "\"%.*s\", is not a file", STR_ARG(source));
    if (!whole_file_read(loading->arena, name, BODY_FILE_BYTES_MAX, ret_content, &err))
        return str_printf(loading->arena, "\"%.*s\", read permission denied", STR_ARG(source));
    return (struct str){0};
}

static void warn(struct loading *loading, struct str text)
{
    if (loading->warnings->count < loading->capacity)
        loading->warnings->rows[loading->warnings->count++] = text;
}

/* False: the part is left out. */
static bool load_part(struct loading *loading, struct form_part *part)
{
    struct str why = STR("missing file source");
    bool missing = part->source.len == 0;

    if (!part->is_file)
        return true;
    if (!missing)
        why = load_file(loading, part->value, &part->content);
    if (why.len > 0)
        warn(loading, str_printf(loading->arena, "Form param `%.*s`, file load error: %.*s",
                                 STR_ARG(part->name), STR_ARG(why)));
    return why.len == 0 || missing;
}

static bool load_parts(struct loading *loading, struct request_definition *request)
{
    struct part_list kept = {
        arena_alloc_array(loading->arena, request->parts.count + 1, sizeof(*kept.rows)), 0};

    if (kept.rows == NULL)
        return false;
    for (size_t i = 0; i < request->parts.count; i++) {
        struct form_part part = request->parts.rows[i];
        if (part.is_file &&
            !variables_resolve(loading->resolver, part.source, loading->arena, &part.value))
            return false;
        if (load_part(loading, &part))
            kept.rows[kept.count++] = part;
    }
    request->parts = kept;
    if (kept.count == 0 && request->body_mode == BODY_FORMDATA)
        request->body_mode = BODY_NONE;
    return true;
}

static bool load_body(struct loading *loading, struct request_definition *request)
{
    struct str why = STR("invalid or missing file source");

    if (!variables_resolve(loading->resolver, request->body_source, loading->arena, &request->body))
        return false;
    if (request->body.len > 0)
        why = load_file(loading, request->body, &request->content);
    else if (request->body_inline.len > 0)
        return read_inline(loading->resolver, loading->arena, request);
    if (why.len == 0)
        return true;
    request->body_mode = BODY_NONE;
    warn(loading, str_printf(loading->arena, "Binary file load error: %.*s", STR_ARG(why)));
    return true;
}

bool collection_files_load(struct request_definition *request, const struct resolver *resolver,
                           const struct body_files *files, struct arena *arena,
                           struct file_warnings *warnings, struct aws_error *err)
{
    struct loading loading = {resolver, files, arena, warnings, request->parts.count + 1};
    bool ok = true;

    *warnings = (struct file_warnings){0};
    if (request->body_mode != BODY_FILE && request->body_mode != BODY_FORMDATA)
        return true;
    warnings->rows = arena_alloc_array(arena, loading.capacity, sizeof(*warnings->rows));
    ok =
        warnings->rows != NULL && (request->body_mode == BODY_FILE ? load_body(&loading, request)
                                                                   : load_parts(&loading, request));
    return ok || no_memory(err);
}
