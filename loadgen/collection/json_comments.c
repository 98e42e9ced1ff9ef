#include "loadgen/json_comments.h"

static bool is_pair(struct str text, size_t at, char first, char second)
{
    return at + 1 < text.len && text.ptr[at] == first && text.ptr[at + 1] == second;
}

/* Where the comment that begins at `at` ends: a line's feed is kept. */
static size_t comment_end(struct str text, size_t at)
{
    bool is_line = text.ptr[at + 1] == '/';
    size_t end = at + 2;

    if (!is_line) {
        while (end < text.len && !is_pair(text, end, '*', '/'))
            end++;
        return end < text.len ? end + 2 : end;
    }
    while (end < text.len && text.ptr[end] != '\n')
        end++;
    return end;
}

/* Behind the string that begins at `at`; an escaped quote does not end it. */
static size_t string_end(struct str text, size_t at)
{
    size_t end = at + 1;

    while (end < text.len && text.ptr[end] != '"')
        end += text.ptr[end] == '\\' ? 2 : 1;
    return end < text.len ? end + 1 : text.len;
}

bool json_without_comments(struct str text, struct arena *arena, struct str *ret)
{
    char *out = NULL;
    size_t len = 0, next = 0;

    if (str_find(text, STR("//")) == text.len && str_find(text, STR("/*")) == text.len) {
        *ret = text;
        return true;
    }
    out = arena_alloc_text(arena, text.len + 1);
    if (out == NULL)
        return false;
    for (size_t at = 0; at < text.len; at = next) {
        if (is_pair(text, at, '/', '/') || is_pair(text, at, '/', '*')) {
            next = comment_end(text, at);
            continue;
        }
        next = text.ptr[at] == '"' ? string_end(text, at) : at + 1;
        memcpy(out + len, text.ptr + at, next - at);
        len += next - at;
    }
    out[len] = '\0';
    *ret = (struct str){out, len};
    return true;
}

bool media_type_is_json(struct str type)
{
    struct str rest = str_slice(type, strlen("application/"), type.len);

    if (!str_starts_with(type, STR("application/")))
        return false;
    for (size_t i = 0; i < rest.len; i++) {
        if (str_starts_with(str_slice(rest, i, rest.len), STR("json")) &&
            (i == 0 || rest.ptr[i - 1] == '+'))
            return true;
        if (rest.ptr[i] == ' ' || rest.ptr[i] == '\t')
            return false;
    }
    return false;
}
