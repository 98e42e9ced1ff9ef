/*
 * The reader: one pass, recursive over containers to JSON_DEPTH_MAX, no byte read before it is
 * known to be there. With `arena` NULL it checks and builds nothing.
 */
#include "base/json.h"

#include <math.h>

struct reader {
    const char *start;
    const char *at;
    const char *end;
    struct arena *arena;
    const char *reason;
    int depth;
};

static bool fail(struct reader *r, const char *reason)
{
    if (r->reason == NULL)
        r->reason = reason;
    return false;
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static bool take(struct reader *r, char wanted)
{
    if (r->at == r->end)
        return fail(r, "unexpected end");
    if (*r->at != wanted)
        return fail(r, "unexpected character");
    r->at++;
    return true;
}

static bool read_word(struct reader *r, const char *word)
{
    for (; *word != '\0'; word++) {
        if (!take(r, *word))
            return false;
    }
    return true;
}

static bool is_digit(const struct reader *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool read_digits(struct reader *r)
{
    if (!is_digit(r))
        return fail(r, r->at == r->end ? "unexpected end" : "a digit is missing");
    while (is_digit(r))
        r->at++;
    return true;
}

static bool read_number(struct reader *r)
{
    if (*r->at == '-')
        r->at++;
    if (r->at < r->end && *r->at == '0') {
        r->at++;
        if (is_digit(r))
            return fail(r, "a number with a leading zero");
    } else if (!read_digits(r)) {
        return false;
    }
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        if (!read_digits(r))
            return false;
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
            r->at++;
        if (!read_digits(r))
            return false;
    }
    return true;
}

static bool read_hex4(struct reader *r, uint32_t *ret)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        if (r->at == r->end)
            return fail(r, "unexpected end");
        char c = *r->at;
        uint32_t digit = 0;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (uint32_t)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            digit = (uint32_t)(c - 'A' + 10);
        else
            return fail(r, "bad \\u escape");
        value = value << 4 | digit;
        r->at++;
    }
    *ret = value;
    return true;
}

static char *put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 63));
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
    }
    return to;
}

/* Behind `\u`: one code point, from one escape or a surrogate pair. */
static bool read_unicode_escape(struct reader *r, uint32_t *ret)
{
    uint32_t code = 0, low = 0;

    if (!read_hex4(r, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' &&
        r->at[1] == 'u') {
        const char *second = r->at;
        r->at += 2;
        if (!read_hex4(r, &low))
            return false;
        if (low >= 0xdc00 && low < 0xe000) {
            *ret = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            return true;
        }
        r->at = second; /* a value of its own */
    }
    *ret = code >= 0xd800 && code < 0xe000 ? 0xfffd : code;
    return true;
}

/* Behind the backslash. `to` may be NULL: checked only. */
static bool read_escape(struct reader *r, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    uint32_t code = 0;

    if (r->at == r->end)
        return fail(r, "unexpected end");
    char c = *r->at++;
    if (c == 'u') {
        if (!read_unicode_escape(r, &code))
            return false;
    } else {
        const char *found = c == '\0' ? NULL : strchr(from, c);
        if (found == NULL)
            return fail(r, "unknown escape");
        code = (unsigned char)into[found - from];
    }
    if (*to != NULL)
        *to = put_utf8(*to, code);
    return true;
}

/* Copies the text behind `escape`, the first backslash, with its escapes resolved. The result is
 * never longer. */
static bool read_escaped(struct reader *r, const char *first, const char *escape, struct str *ret)
{
    /* Where the string ends: the first quote that no backslash precedes. */
    const char *close = escape;
    while (close < r->end && *close != '"')
        close += *close == '\\' ? 2 : 1;
    if (close >= r->end)
        return fail(r, "unexpected end");
    char *text = NULL;
    char *to = NULL;
    if (r->arena != NULL) {
        text = arena_alloc_text(r->arena, (size_t)(close - first) + 1);
        if (text == NULL)
            return fail(r, "past the memory limit");
        memcpy(text, first, (size_t)(escape - first));
        to = text + (escape - first);
    }
    for (r->at = escape; r->at < close;) {
        if (*r->at == '\\') {
            r->at++;
            if (!read_escape(r, &to))
                return false;
        } else if ((unsigned char)*r->at < 0x20) {
            return fail(r, "a control character within a string");
        } else {
            if (to != NULL)
                *to++ = *r->at;
            r->at++;
        }
    }
    r->at = close + 1;
    if (!str_is_utf8((struct str){escape, (size_t)(close - escape)}))
        return fail(r, "not UTF-8");
    *ret = (struct str){text, (size_t)(to - text)};
    return true;
}

static bool read_string(struct reader *r, struct str *ret)
{
    const char *first = ++r->at;
    bool ascii = true;

    while (r->at < r->end && *r->at != '"' && *r->at != '\\') {
        unsigned char c = (unsigned char)*r->at;
        if (c < 0x20)
            return fail(r, "a control character within a string");
        ascii = ascii && c < 0x80;
        r->at++;
    }
    if (r->at == r->end)
        return fail(r, "unexpected end");
    struct str text = {first, (size_t)(r->at - first)};
    if (!ascii && !str_is_utf8(text))
        return fail(r, "not UTF-8");
    if (*r->at == '\\')
        return read_escaped(r, first, r->at, ret);
    r->at++;
    *ret = text;
    return true;
}

static bool read_value(struct reader *r, struct json_value *ret);

/* One element into a new node at `*tail`; without an arena into nowhere. */
static bool read_child(struct reader *r, struct str name, struct json_value *parent,
                       struct json_value ***tail)
{
    struct json_value scratch = {.type = JSON_NULL};
    struct json_value *child = &scratch;

    if (r->arena != NULL) {
        child = arena_alloc(r->arena, sizeof(*child));
        if (child == NULL)
            return fail(r, "past the memory limit");
        **tail = child;
        *tail = &child->next;
    }
    child->name = name;
    parent->count++;
    return read_value(r, child);
}

static bool read_member(struct reader *r, struct json_value *parent, struct json_value ***tail)
{
    struct str name = {NULL, 0};

    skip_blanks(r);
    if (r->at == r->end)
        return fail(r, "unexpected end");
    if (*r->at != '"')
        return fail(r, "a name is missing");
    if (!read_string(r, &name))
        return false;
    skip_blanks(r);
    return take(r, ':') && read_child(r, name, parent, tail);
}

static bool read_container(struct reader *r, struct json_value *ret, char close)
{
    struct json_value **tail = &ret->child;

    if (++r->depth > JSON_DEPTH_MAX)
        return fail(r, "nested too deeply");
    r->at++;
    skip_blanks(r);
    if (r->at < r->end && *r->at == close) {
        r->at++;
        r->depth--;
        return true;
    }
    for (;;) {
        if (close == '}' ? !read_member(r, ret, &tail)
                         : !read_child(r, (struct str){NULL, 0}, ret, &tail))
            return false;
        skip_blanks(r);
        if (r->at < r->end && *r->at == ',') {
            r->at++;
            continue;
        }
        r->depth--;
        return take(r, close);
    }
}

static bool read_typed(struct reader *r, struct json_value *ret)
{
    switch (*r->at) {
    case '{':
        ret->type = JSON_OBJECT;
        return read_container(r, ret, '}');
    case '[':
        ret->type = JSON_ARRAY;
        return read_container(r, ret, ']');
    case '"':
        ret->type = JSON_STRING;
        return read_string(r, &ret->text);
    case 't':
        ret->type = JSON_TRUE;
        return read_word(r, "true");
    case 'f':
        ret->type = JSON_FALSE;
        return read_word(r, "false");
    case 'n':
        ret->type = JSON_NULL;
        return read_word(r, "null");
    default:
        if (*r->at != '-' && !is_digit(r))
            return fail(r, "unexpected character");
        ret->type = JSON_NUMBER;
        return read_number(r);
    }
}

static bool read_value(struct reader *r, struct json_value *ret)
{
    skip_blanks(r);
    if (r->at == r->end)
        return fail(r, "unexpected end");
    const char *first = r->at;
    if (!read_typed(r, ret))
        return false;
    ret->raw = (struct str){first, (size_t)(r->at - first)};
    if (ret->type == JSON_NUMBER)
        ret->text = ret->raw;
    return true;
}

static bool read_document(struct str text, struct arena *arena, struct json_value *ret,
                          struct json_error *why)
{
    const char *start = text.ptr == NULL ? "" : text.ptr;
    struct reader r = {.start = start, .at = start, .end = start + text.len, .arena = arena};
    bool ok = read_value(&r, ret);

    if (ok) {
        skip_blanks(&r);
        ok = r.at == r.end || fail(&r, "text behind the value");
    }
    if (!ok && why != NULL)
        *why = (struct json_error){(size_t)(r.at - r.start), r.reason};
    return ok;
}

bool json_parse(struct str text, struct arena *arena, struct json_value **ret,
                struct json_error *why)
{
    struct json_value *value = arena_alloc(arena, sizeof(*value));

    if (value == NULL) {
        if (why != NULL)
            *why = (struct json_error){0, "past the memory limit"};
        return false;
    }
    if (!read_document(text, arena, value, why))
        return false;
    *ret = value;
    return true;
}

size_t json_error_line(struct str text, const struct json_error *why)
{
    size_t line = 1;

    for (size_t i = 0; i < text.len && i < why->offset; i++)
        line += text.ptr[i] == '\n' ? 1 : 0;
    return line;
}

bool json_is_valid(struct str text, struct json_error *why)
{
    struct json_value value = {.type = JSON_NULL};

    return read_document(text, NULL, &value, why);
}

const struct json_value *json_get(const struct json_value *object, struct str name)
{
    const struct json_value *found = NULL;

    if (!json_is(object, JSON_OBJECT))
        return NULL;
    for (const struct json_value *member = object->child; member != NULL; member = member->next) {
        if (str_eq(member->name, name))
            found = member;
    }
    return found;
}

bool json_is(const struct json_value *value, enum json_type type)
{
    return value != NULL && value->type == type;
}

const struct json_value *json_elements(const struct json_value *value)
{
    return json_is(value, JSON_ARRAY) ? value->child : NULL;
}

const struct json_value *json_members(const struct json_value *value)
{
    return json_is(value, JSON_OBJECT) ? value->child : NULL;
}

bool json_string(const struct json_value *value, struct str *ret)
{
    if (!json_is(value, JSON_STRING))
        return false;
    *ret = value->text;
    return true;
}

struct str json_string_or(const struct json_value *value, struct str otherwise)
{
    return json_is(value, JSON_STRING) ? value->text : otherwise;
}

bool json_double(const struct json_value *value, double *ret)
{
    return json_is(value, JSON_NUMBER) && str_to_double(value->text, ret);
}

bool json_int64(const struct json_value *value, int64_t min, int64_t max, int64_t *ret)
{
    double real = 0;

    if (!json_is(value, JSON_NUMBER))
        return false;
    if (str_to_int64(value->text, min, max, ret))
        return true;
    /* 1.0 and 1e3 are whole numbers too; above 2^53 a double could not tell. */
    if (!str_to_double(value->text, &real) || real != trunc(real) ||
        fabs(real) > 9007199254740992.0)
        return false;
    int64_t whole = (int64_t)real;
    if (whole < min || whole > max)
        return false;
    *ret = whole;
    return true;
}
