/*
 * Selection patterns. AWS has Java's regular expressions and matches(), which wants the whole text;
 * here they are POSIX extended ones with Java's class escapes translated. What POSIX has not
 * (lookaround, lazy and possessive repeats, named groups) is refused at import.
 */
#include "gateway.h"

/* \d \w \s and their opposites, as the inside of a bracket expression. */
static struct str class_of(char letter)
{
    switch (letter) {
    case 'd':
    case 'D':
        return STR("0-9");
    case 'w':
    case 'W':
        return STR("A-Za-z0-9_");
    case 's':
    case 'S':
        return STR(" \t\n\v\f\r");
    default:
        return (struct str){NULL, 0};
    }
}

/* One escape outside brackets. */
static void add_escape(struct buffer *out, char letter)
{
    struct str class = class_of(letter);

    if (class.len > 0) {
        buffer_add(out, letter >= 'a' ? STR("[") : STR("[^"));
        buffer_add(out, class);
        buffer_add_char(out, ']');
    } else if (letter == 't' || letter == 'n' || letter == 'r') {
        buffer_add(out, letter == 't' ? STR("\t") : letter == 'n' ? STR("\n") : STR("\r"));
    } else {
        buffer_add_char(out, '\\');
        buffer_add_char(out, letter);
    }
}

/* A bracket expression from its '[' on: a backslash has no meaning in POSIX. Answers where it
 * ends. */
static size_t add_bracket(struct buffer *out, struct str pattern, size_t at)
{
    size_t start = at + 1;

    buffer_add_char(out, '[');
    if (start < pattern.len && pattern.ptr[start] == '^') {
        buffer_add_char(out, '^');
        start++;
    }
    size_t i = start;
    for (; i < pattern.len && (pattern.ptr[i] != ']' || i == start); i++) {
        if (pattern.ptr[i] == '\\' && i + 1 < pattern.len) {
            struct str class = class_of(pattern.ptr[++i]);
            if (class.len > 0)
                buffer_add(out, class);
            else
                buffer_add_char(out, pattern.ptr[i]);
        } else {
            buffer_add_char(out, pattern.ptr[i]);
        }
    }
    buffer_add_char(out, ']');
    return i;
}

/* Lazy and possessive repeats, and groups other than (?:...), have no POSIX form. */
static bool is_untranslatable(struct str pattern, size_t at)
{
    char here = pattern.ptr[at];
    char next = at + 1 < pattern.len ? pattern.ptr[at + 1] : '\0';

    if (here == '(' && next == '?')
        return at + 2 >= pattern.len || pattern.ptr[at + 2] != ':';
    return (here == '*' || here == '+' || here == '?' || here == '}') &&
           (next == '?' || next == '+');
}

static bool translate(struct str pattern, struct buffer *out)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (is_untranslatable(pattern, i))
            return false;
        if (pattern.ptr[i] == '\\' && i + 1 < pattern.len) {
            add_escape(out, pattern.ptr[++i]);
        } else if (pattern.ptr[i] == '[') {
            i = add_bracket(out, pattern, i);
        } else {
            buffer_add_char(out, pattern.ptr[i]);
            if (pattern.ptr[i] == '(' &&
                str_starts_with(str_slice(pattern, i, pattern.len), STR("(?:")))
                i += 2;
        }
    }
    return true;
}

/* (?s) lets the dot match line ends, (?i) ignores case; at the beginning only. */
static struct str read_flags(struct str pattern, int *flags)
{
    if (!str_starts_with(pattern, STR("(?")))
        return pattern;
    for (size_t i = 2; i < pattern.len; i++) {
        if (pattern.ptr[i] == ')')
            return str_slice(pattern, i + 1, pattern.len);
        if (pattern.ptr[i] == 's')
            *flags &= ~REG_NEWLINE;
        else if (pattern.ptr[i] == 'i')
            *flags |= REG_ICASE;
        else
            break;
    }
    return pattern;
}

bool pattern_compile(struct str pattern, struct arena *arena, regex_t *ret)
{
    int flags = REG_EXTENDED | REG_NEWLINE; /* Java's dot stops at a line's end */
    struct buffer out;
    struct str text;

    pattern = read_flags(pattern, &flags);
    buffer_init(&out, arena);
    buffer_add_char(&out, '(');
    if (!translate(pattern, &out))
        return false;
    buffer_add_char(&out, ')');
    if (!buffer_done(&out, &text))
        return false;
    const char *source = str_to_c(arena, text);
    return source != NULL && regcomp(ret, source, flags) == 0;
}

/* POSIX finds the longest of the leftmost matches: if the whole fits, that is the one. */
bool pattern_matches(const regex_t *pattern, const char *text)
{
    regmatch_t found[1] = {{.rm_so = -1}};

    return regexec(pattern, text, 1, found, 0) == 0 && found[0].rm_so == 0 &&
           text[found[0].rm_eo] == '\0';
}
