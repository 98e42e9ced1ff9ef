#include "loadgen/sample_text.h"

#include "loadgen/http_status.h"

/* What may still become shorter: names, quotes and stars are what is left of a secret. */
enum { RAW_BYTES = 4 * SAMPLE_BYTES };

struct text {
    char *bytes;
    size_t len, size;
};

/* --- text ----------------------------------------------------------------------------------- */

/* The bytes of the character at the beginning; 0 where there is none. */
static size_t character(struct str rest)
{
    unsigned char first = (unsigned char)rest.ptr[0];
    size_t length = first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    if (first < 0x80)
        return first >= ' ' || first == '\n' || first == '\t' ? 1 : 0;
    return length > 1 && length <= rest.len && str_is_utf8(str_slice(rest, 0, length)) ? length : 0;
}

/* False at the first that does not fit. */
static bool add(struct text *to, struct str piece)
{
    if (to->len + piece.len >= to->size)
        return false;
    memcpy(to->bytes + to->len, piece.ptr, piece.len);
    to->len += piece.len;
    to->bytes[to->len] = '\0';
    return true;
}

static void add_clean(struct text *to, struct str text)
{
    bool fits = true;

    for (size_t at = 0; fits && at < text.len;) {
        struct str rest = str_slice(text, at, text.len);
        size_t length = character(rest);
        if (length > 0)
            fits = add(to, str_slice(rest, 0, length));
        else if (rest.ptr[0] != '\r')
            fits = add(to, STR("."));
        at += length > 0 ? length : 1;
    }
}

/* --- secrets -------------------------------------------------------------------------------- */

static bool is_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
}

static bool holds(struct str text, struct str word)
{
    for (size_t at = 0; at + word.len <= text.len; at++) {
        if (str_eq_nocase(str_slice(text, at, at + word.len), word))
            return true;
    }
    return false;
}

static bool is_secret(struct str name)
{
    static const struct str words[] = {
        STR_INIT("password"),   STR_INIT("passwd"),    STR_INIT("passphrase"),
        STR_INIT("secret"),     STR_INIT("token"),     STR_INIT("apikey"),
        STR_INIT("api_key"),    STR_INIT("api-key"),   STR_INIT("access_key"),
        STR_INIT("accesskey"),  STR_INIT("signature"), STR_INIT("authorization"),
        STR_INIT("credential"), STR_INIT("sessionid"), STR_INIT("private_key"),
    };

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (holds(name, words[i]))
            return true;
    }
    return false;
}

static size_t skip(struct str text, size_t at, const char *bytes)
{
    while (at < text.len && text.ptr[at] != '\0' && strchr(bytes, text.ptr[at]) != NULL)
        at++;
    return at;
}

static size_t find(struct str text, size_t at, const char *bytes)
{
    while (at < text.len && strchr(bytes, text.ptr[at]) == NULL)
        at++;
    return at;
}

/* The end of a value in quotes, behind the first of them. */
static size_t quoted_end(struct str text, size_t at, char quote)
{
    while (at < text.len && text.ptr[at] != quote)
        at += text.ptr[at] == '\\' ? 2 : 1;
    return at < text.len ? at : text.len;
}

/* The value behind a name that ends at `at`: [*from, *to). False where none is. */
static bool value_of(struct str text, size_t at, size_t *from, size_t *to)
{
    size_t behind = skip(text, at, "\"'");

    if (behind < text.len && text.ptr[behind] == '>') {
        *from = behind + 1;
        *to = find(text, *from, "<");
        return *to > *from;
    }
    behind = skip(text, behind, " \t");
    if (behind >= text.len || (text.ptr[behind] != ':' && text.ptr[behind] != '='))
        return false;
    *from = skip(text, behind + 1, " \t");
    if (*from >= text.len || text.ptr[*from] == '{' || text.ptr[*from] == '[')
        return false;
    if (text.ptr[*from] == '"' || text.ptr[*from] == '\'') {
        *to = quoted_end(text, *from + 1, text.ptr[*from]);
        ++*from;
    } else {
        *to = find(text, *from, "&,;} \t\n");
    }
    return *to > *from;
}

/* The credentials behind the word of a scheme. */
static bool credentials_of(struct str text, struct str word, size_t at, size_t *from, size_t *to)
{
    if (!str_eq_nocase(word, STR("bearer")) && !str_eq_nocase(word, STR("basic")))
        return false;
    *from = at + 1;
    *to = find(text, *from, " \t\n\"',;<");
    return at < text.len && text.ptr[at] == ' ' && *to > *from + 6;
}

static void add_without_secrets(struct text *to, struct str text)
{
    size_t at = 0;

    while (at < text.len) {
        size_t end = at, from = 0, until = 0;
        while (end < text.len && is_name(text.ptr[end]))
            end++;
        struct str word = str_slice(text, at, end);
        if (word.len > 0 && ((is_secret(word) && value_of(text, end, &from, &until)) ||
                             credentials_of(text, word, end, &from, &until))) {
            add_clean(to, str_slice(text, at, from));
            add_clean(to, STR("***"));
            at = until;
            continue;
        }
        end = end > at ? end : at + 1;
        while (end < text.len && ((unsigned char)text.ptr[end] & 0xC0) == 0x80)
            end++;
        add_clean(to, str_slice(text, at, end));
        at = end;
    }
}

/* --- samples -------------------------------------------------------------------------------- */

void sample_text(struct str text, char ret[SAMPLE_BYTES])
{
    struct text shown = {ret, 0, SAMPLE_BYTES};

    ret[0] = '\0';
    add_without_secrets(&shown, str_slice(text, 0, text.len < RAW_BYTES ? text.len : RAW_BYTES));
}

static bool has_line(struct str message)
{
    size_t end = str_find_char(message, '\n');

    return end < message.len && str_find(str_slice(message, 0, end), STR("HTTP/")) < end;
}

static void add_message(struct text *shown, struct str message, struct str body, struct str no_line)
{
    size_t head = str_find(message, STR("\r\n\r\n"));
    bool whole = has_line(message);
    struct str line = str_slice(message, 0, str_find_char(message, '\n'));
    struct str rest = str_slice(message,
                                head < message.len ? head + 4
                                : whole            ? message.len
                                                   : 0,
                                message.len);

    add_without_secrets(shown, whole ? line : no_line);
    if (rest.len == 0)
        rest = body;
    if (rest.len == 0)
        return;
    (void)add(shown, STR("\n"));
    add_without_secrets(shown, str_slice(rest, 0, rest.len < RAW_BYTES ? rest.len : RAW_BYTES));
}

void sample_text_message(struct str message, struct str body, char ret[SAMPLE_BYTES])
{
    struct text shown = {ret, 0, SAMPLE_BYTES};

    ret[0] = '\0';
    add_message(&shown, message, body, STR("..."));
}

void sample_text_answer(int status, struct str bytes, char ret[SAMPLE_BYTES])
{
    struct text shown = {ret, 0, SAMPLE_BYTES};
    struct str name = http_status_name(status);
    char line[64];

    (void)snprintf(line, sizeof(line), "%d %.*s ...", status, STR_ARG(name));
    ret[0] = '\0';
    add_message(&shown, bytes, (struct str){NULL, 0}, str_from_c(line));
}
