#include "loadgen/request_address.h"

#include "loadgen/url.h"

/* The first of "?" and "#", or the text's end. */
static size_t path_end(struct str text)
{
    size_t at = 0;

    while (at < text.len && text.ptr[at] != '?' && text.ptr[at] != '#')
        at++;
    return at;
}

/* Blanks before the address go; in scheme and path "\\" is "/". */
static bool turn_backslashes(struct arena *arena, struct str *text)
{
    size_t end = 0;
    struct buffer out;

    while (text->len > 0 && strchr(" \t\r\n", text->ptr[0]) != NULL)
        *text = str_slice(*text, 1, text->len);
    end = path_end(*text);
    if (str_find_char(str_slice(*text, 0, end), '\\') == end)
        return true;
    buffer_init(&out, arena);
    for (size_t i = 0; i < text->len; i++)
        buffer_add_char(&out, text->ptr[i] == '\\' && i < end ? '/' : text->ptr[i]);
    return buffer_done(&out, text);
}

/* Parameters of the key's name give way. */
static void add_other_parameters(struct buffer *out, struct str query, struct str name)
{
    char separator = '?';

    while (query.len > 0) {
        struct str parameter = str_split(&query, '&');
        if (str_eq(str_slice(parameter, 0, str_find_char(parameter, '=')), name))
            continue;
        buffer_add_char(out, separator);
        buffer_add(out, parameter);
        separator = '&';
    }
}

static bool put_key(const struct auth *auth, const struct resolver *resolver, struct arena *arena,
                    struct str *text)
{
    struct buffer out;
    struct str name = {0}, value = {0};
    size_t end = path_end(*text), hash = str_find_char(*text, '#');
    bool asked = end < text->len && text->ptr[end] == '?';
    size_t before = 0;

    if (!variables_resolve(resolver, auth->key, arena, &name) ||
        !variables_resolve(resolver, auth->value, arena, &value))
        return false;
    buffer_init(&out, arena);
    buffer_add(&out, str_slice(*text, 0, end));
    before = out.len;
    if (asked)
        add_other_parameters(&out, str_slice(*text, end + 1, hash), name);
    if (auth->in_query) {
        buffer_add_char(&out, out.len == before ? '?' : '&');
        url_add_parameter(&out, name, true);
        if (auth->has_value)
            buffer_add_char(&out, '=');
        url_add_parameter(&out, value, false);
    }
    buffer_add(&out, str_slice(*text, hash, text->len));
    return buffer_done(&out, text);
}

bool request_address(const struct request_definition *definition, const struct resolver *resolver,
                     struct arena *arena, struct str *ret)
{
    const struct auth *auth = &definition->auth;
    bool keyed = auth->type == AUTH_APIKEY && (auth->in_query || auth->is_token);

    return variables_resolve(resolver, definition->url, arena, ret) &&
           turn_backslashes(arena, ret) && (!keyed || put_key(auth, resolver, arena, ret));
}
