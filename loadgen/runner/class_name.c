#include "class_name.h"

#include "base/buffer.h"

/*
 * A name is looked at as one byte for each character that counts: a letter or digit of ASCII as it
 * is, every other as its kind.
 */
enum kind {
    KIND_MISC = 1,  /* a letter of another script, or a sign that lodash takes for one */
    KIND_PICTURE,   /* beyond the basic plane, or a dingbat */
    KIND_SKIN_TONE, /* a picture, or part of the one before */
    KIND_VARIATION, /* how the picture before is shown; else KIND_MISC */
    KIND_JOINER,    /* between two pictures that are one; else KIND_BREAK */
    KIND_BREAK,     /* of no word */
};

enum { PLAIN_FIRST = 0xC0 };

/* U+00C0 to U+017F without accents; the two without letters, times and divided by, divide words. */
static const char plain[][3] = {
    "A", "A", "A",  "A",  "A", "A", "Ae", "C", "E", "E", "E", "E", "I", "I", "I",  "I",  /* C0 */
    "D", "N", "O",  "O",  "O", "O", "O",  "",  "O", "U", "U", "U", "U", "Y", "Th", "ss", /* D0 */
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",  /* E0 */
    "d", "n", "o",  "o",  "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y",  /* F0 */
    "A", "a", "A",  "a",  "A", "a", "C",  "c", "C", "c", "C", "c", "C", "c", "D",  "d",  /* 100 */
    "D", "d", "E",  "e",  "E", "e", "E",  "e", "E", "e", "E", "e", "G", "g", "G",  "g",  /* 110 */
    "G", "g", "G",  "g",  "H", "h", "H",  "h", "I", "i", "I", "i", "I", "i", "I",  "i",  /* 120 */
    "I", "i", "IJ", "ij", "J", "j", "K",  "k", "k", "L", "l", "L", "l", "L", "l",  "L",  /* 130 */
    "l", "L", "l",  "N",  "n", "N", "n",  "N", "n", "n", "N", "n", "O", "o", "O",  "o",  /* 140 */
    "O", "o", "Oe", "oe", "R", "r", "R",  "r", "R", "r", "S", "s", "S", "s", "S",  "s",  /* 150 */
    "S", "s", "T",  "t",  "T", "t", "T",  "t", "U", "u", "U", "u", "U", "u", "U",  "u",  /* 160 */
    "U", "u", "U",  "u",  "W", "w", "Y",  "y", "Y", "Z", "z", "Z", "z", "Z", "z",  "s",  /* 170 */
};

/* --- characters ----------------------------------------------------------------------------- */

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_misc(char c)
{
    return c == KIND_MISC || c == KIND_VARIATION;
}

static bool is_picture(char c)
{
    return c == KIND_PICTURE || c == KIND_SKIN_TONE;
}

static bool is_break(char c)
{
    return c == KIND_BREAK || c == KIND_JOINER;
}

static uint32_t next_point(struct str text, size_t *at)
{
    unsigned char first = (unsigned char)text.ptr[(*at)++];
    uint32_t point = first < 0x80 ? first
                                  : first & (first >= 0xF0   ? 7u
                                             : first >= 0xE0 ? 15u
                                                             : 31u);

    while (*at < text.len && ((unsigned char)text.ptr[*at] & 0xC0) == 0x80)
        point = point << 6 | ((unsigned char)text.ptr[(*at)++] & 0x3Fu);
    return point;
}

/* What leaves no trace: accents that stand for themselves, and apostrophes. */
static bool is_dropped(uint32_t point)
{
    return (point >= 0x300 && point <= 0x36F) || (point >= 0x20D0 && point <= 0x20FF) ||
           (point >= 0xFE20 && point <= 0xFE2F) || point == '\'' || point == 0x2019;
}

static enum kind kind_of(uint32_t point)
{
    if (point == 0x200D)
        return KIND_JOINER;
    if (point == 0xFE0E || point == 0xFE0F)
        return KIND_VARIATION;
    if (point >= 0x1F3FB && point <= 0x1F3FF)
        return KIND_SKIN_TONE;
    if (point > 0xFFFF || (point >= 0x2700 && point <= 0x27BF))
        return KIND_PICTURE;
    if (point <= 0xBF || point == 0xD7 || point == 0xF7 || point == 0x1680 || point == 0x180E ||
        (point >= 0x2000 && point <= 0x206F) || point == 0x3000 || point == 0xFEFF)
        return KIND_BREAK;
    return KIND_MISC;
}

static struct str kinds_of(struct arena *arena, struct str name)
{
    struct buffer out;

    buffer_init(&out, arena);
    for (size_t at = 0; at < name.len;) {
        uint32_t point = next_point(name, &at);
        size_t row = point - PLAIN_FIRST;
        char c = point < 0x80 ? (char)point : '\0';
        if (is_upper(c) || is_lower(c) || is_digit(c))
            buffer_add_char(&out, c);
        else if (point >= PLAIN_FIRST && row < ARRAY_LEN(plain) && plain[row][0] != '\0')
            buffer_add(&out, str_from_c(plain[row]));
        else if (!is_dropped(point))
            buffer_add_char(&out, (char)kind_of(point));
    }
    return buffer_str(&out);
}

/* --- words: each function answers the end of one at `at`, or `at` itself ------------------------
 */

static char kind_at(struct str kinds, size_t at)
{
    return at < kinds.len ? kinds.ptr[at] : KIND_BREAK;
}

/* "Get", "get": before a gap or a capital. */
static size_t lower_word(struct str kinds, size_t at)
{
    size_t end = at + (is_upper(kind_at(kinds, at)) ? 1 : 0), first = end;

    while (is_lower(kind_at(kinds, end)))
        end++;
    return end > first && (is_break(kind_at(kinds, end)) || is_upper(kind_at(kinds, end))) ? end
                                                                                           : at;
}

/* "HTTP" of "HTTP v2" and of "HTTPServer". */
static size_t upper_word(struct str kinds, size_t at)
{
    size_t end = at;

    while (is_upper(kind_at(kinds, end)) || is_misc(kind_at(kinds, end)))
        end++;
    if (is_break(kind_at(kinds, end)))
        return end;
    while (end > at) {
        char after = kind_at(kinds, end + 1);
        if (is_upper(kind_at(kinds, end)) && (is_lower(after) || is_misc(after)))
            break;
        end--;
    }
    return end;
}

/* "Get" of "Get1", and letters of other scripts. */
static size_t mixed_word(struct str kinds, size_t at)
{
    size_t end = at + (is_upper(kind_at(kinds, at)) ? 1 : 0), first = end;

    while (is_lower(kind_at(kinds, end)) || is_misc(kind_at(kinds, end)))
        end++;
    return end > first ? end : at;
}

static size_t capitals(struct str kinds, size_t at)
{
    while (is_upper(kind_at(kinds, at)))
        at++;
    return at;
}

/* "1st", "22nd", "11TH", with no letter or digit of the same kind behind. */
static size_t ordinal(struct str kinds, size_t at)
{
    static const char ends[][3] = {"th", "st", "nd", "rd"};
    size_t end = at;

    while (is_digit(kind_at(kinds, end)))
        end++;
    if (end == at)
        return at;
    char digit = kind_at(kinds, end - 1), after = kind_at(kinds, end + 2);
    const char *word = ends[digit >= '1' && digit <= '3' ? digit - '0' : 0];
    char one = kind_at(kinds, end), two = kind_at(kinds, end + 1);
    bool low = one == word[0] && two == word[1] && !is_lower(after);
    bool high = one == word[0] - 32 && two == word[1] - 32 && !is_upper(after);

    return (low || high) && !is_digit(after) ? end + 2 : at;
}

static size_t number(struct str kinds, size_t at)
{
    while (is_digit(kind_at(kinds, at)))
        at++;
    return at;
}

static size_t picture(struct str kinds, size_t at)
{
    size_t end = at;

    if (!is_picture(kind_at(kinds, at)))
        return at;
    do {
        end += end > at ? 2 : 1; /* with the joiner before it */
        end += kind_at(kinds, end) == KIND_VARIATION ? 1 : 0;
        end += kind_at(kinds, end) == KIND_SKIN_TONE ? 1 : 0;
    } while (kind_at(kinds, end) == KIND_JOINER && end + 1 < kinds.len);
    return end;
}

static size_t word_end(struct str kinds, size_t at)
{
    static size_t (*const forms[])(struct str, size_t) = {
        lower_word, upper_word, mixed_word, capitals, ordinal, number, picture};

    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        size_t end = forms[i](kinds, at);
        if (end > at)
            return end;
    }
    return at;
}

static void add_word(struct buffer *out, struct str word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        bool first = i == 0 || out->len == 0;
        if (first && is_lower(c))
            c = (char)(c - 32);
        else if (!first && is_upper(c))
            c = (char)(c + 32);
        if (is_upper(c) || is_lower(c) || is_digit(c))
            buffer_add_char(out, c);
    }
}

struct str class_name(struct arena *arena, struct str name)
{
    struct str kinds = kinds_of(arena, name);
    struct buffer out;
    size_t at = 0;

    buffer_init(&out, arena);
    while (at < kinds.len) {
        size_t end = word_end(kinds, at);
        add_word(&out, str_slice(kinds, at, end));
        at = end == at ? at + 1 : end;
    }
    return buffer_str(&out);
}
