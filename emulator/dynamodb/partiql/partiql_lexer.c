#include "partiql_lexer.h"

#include "errors.h"

struct partiql_lexer {
    struct str source;
    size_t offset;
    int line;
    int column; /* of the next character */
    size_t characters;
    struct partiql_token *tokens;
    size_t count;
    size_t room;
    struct arena *arena;
    struct aws_error *err;
};

bool partiql_fail_syntax(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception,
                    "Statement wasn't well formed, can't be processed: %s", text);
}

static bool fail_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool begins_name(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           byte == '$';
}

static bool is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* The byte `ahead` of the next one; NUL past the end. */
static char peek(const struct partiql_lexer *lexer, size_t ahead)
{
    size_t at = lexer->offset + ahead;

    if (at >= lexer->source.len)
        return '\0';
    return lexer->source.ptr[at];
}

/* Over `bytes` bytes, counting lines and characters. */
static void skip(struct partiql_lexer *lexer, size_t bytes)
{
    for (; bytes > 0; bytes--) {
        char byte = lexer->source.ptr[lexer->offset++];

        if (byte == '\n') {
            lexer->line++;
            lexer->column = 1;
            lexer->characters++;
        } else if (((unsigned char)byte & 0xc0) != 0x80) {
            lexer->column++;
            lexer->characters++;
        }
    }
}

static size_t line_comment_length(const struct partiql_lexer *lexer)
{
    size_t length = 2;

    while (lexer->offset + length < lexer->source.len && peek(lexer, length) != '\n')
        length++;
    return length;
}

/* 0: it does not end. */
static size_t block_comment_length(const struct partiql_lexer *lexer)
{
    struct str rest = str_slice(lexer->source, lexer->offset + 2, lexer->source.len);
    size_t end = str_find(rest, STR("*/"));

    return end == rest.len ? 0 : end + 4;
}

/* Blanks and comments. */
static bool skip_blanks(struct partiql_lexer *lexer)
{
    for (;;) {
        size_t length = 0;

        while (lexer->offset + length < lexer->source.len && is_blank(peek(lexer, length)))
            length++;
        if (length == 0 && peek(lexer, 0) == '-' && peek(lexer, 1) == '-')
            length = line_comment_length(lexer);
        if (length == 0 && peek(lexer, 0) == '/' && peek(lexer, 1) == '*') {
            length = block_comment_length(lexer);
            if (length == 0)
                return partiql_fail_syntax(lexer->err, "");
        }
        if (length == 0)
            return true;
        skip(lexer, length);
    }
}

static size_t digits_length(const struct partiql_lexer *lexer, size_t from)
{
    size_t length = 0;

    while (is_digit(peek(lexer, from + length)))
        length++;
    return length;
}

/*
 * 1, 1., 1.5, .5, each with an exponent; 0: cannot be converted. As in Java's BigDecimal the scale
 * (the digits behind the point, less the exponent) has 32 bits.
 */
static size_t number_length(const struct partiql_lexer *lexer)
{
    size_t length = digits_length(lexer, 0), fraction = 0, digits = 0;
    int64_t exponent = 0;

    if (peek(lexer, length) == '.') {
        fraction = digits_length(lexer, length + 1);
        length += 1 + fraction;
    }
    if (peek(lexer, length) != 'e' && peek(lexer, length) != 'E')
        return length;
    length++;
    bool negative = peek(lexer, length) == '-';
    if (negative || peek(lexer, length) == '+')
        length++;
    digits = digits_length(lexer, length);
    struct str text =
        str_slice(lexer->source, lexer->offset + length, lexer->offset + length + digits);
    while (text.len > 1 && text.ptr[0] == '0')
        text = str_slice(text, 1, text.len);
    if (!str_to_int64(text, 0, INT32_MAX, &exponent))
        return 0;
    if (negative && (int64_t)fraction + exponent > INT32_MAX)
        return 0;
    return length + digits;
}

/* With both quotes; a doubled one stands for itself; 0: it does not end. */
static size_t quoted_length(const struct partiql_lexer *lexer, char quote)
{
    size_t length = 1;

    while (lexer->offset + length < lexer->source.len) {
        if (peek(lexer, length++) != quote)
            continue;
        if (peek(lexer, length) != quote)
            return length;
        length++;
    }
    return 0;
}

static const struct {
    const char *text;
    enum partiql_token_type type;
} symbols[] = {
    /* The longer first. */
    {"<<", PARTIQL_LEFT_DOUBLE_ANGLE_BRACKET},
    {">>", PARTIQL_RIGHT_DOUBLE_ANGLE_BRACKET},
    {"<=", PARTIQL_OPERATOR},
    {"<>", PARTIQL_OPERATOR},
    {">=", PARTIQL_OPERATOR},
    {"!=", PARTIQL_OPERATOR},
    {"||", PARTIQL_OPERATOR},
    {"<", PARTIQL_OPERATOR},
    {">", PARTIQL_OPERATOR},
    {"=", PARTIQL_OPERATOR},
    {"+", PARTIQL_OPERATOR},
    {"-", PARTIQL_OPERATOR},
    {"/", PARTIQL_OPERATOR},
    {"%", PARTIQL_OPERATOR},
    {"@", PARTIQL_OPERATOR},
    {"*", PARTIQL_STAR},
    {".", PARTIQL_DOT},
    {",", PARTIQL_COMMA},
    {":", PARTIQL_COLON},
    {";", PARTIQL_SEMICOLON},
    {"?", PARTIQL_PARAMETER},
    {"(", PARTIQL_LEFT_PAREN},
    {")", PARTIQL_RIGHT_PAREN},
    {"[", PARTIQL_LEFT_BRACKET},
    {"]", PARTIQL_RIGHT_BRACKET},
    {"{", PARTIQL_LEFT_CURLY},
    {"}", PARTIQL_RIGHT_CURLY},
};

static size_t symbol_length(const struct partiql_lexer *lexer, enum partiql_token_type *ret)
{
    struct str rest = str_slice(lexer->source, lexer->offset, lexer->source.len);

    for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
        struct str text = str_from_c(symbols[i].text);

        if (!str_starts_with(rest, text))
            continue;
        *ret = symbols[i].type;
        return text.len;
    }
    return 0;
}

static size_t word_length(const struct partiql_lexer *lexer, enum partiql_token_type *ret)
{
    static const struct {
        struct str word;
        enum partiql_token_type type;
    } literals[] = {
        {STR_INIT("true"), PARTIQL_TRUE},
        {STR_INIT("false"), PARTIQL_FALSE},
        {STR_INIT("null"), PARTIQL_NULL},
        {STR_INIT("missing"), PARTIQL_MISSING},
    };
    size_t length = 1;

    while (begins_name(peek(lexer, length)) || is_digit(peek(lexer, length)))
        length++;
    struct str word = str_slice(lexer->source, lexer->offset, lexer->offset + length);
    *ret = partiql_is_keyword(word) ? PARTIQL_KEYWORD : PARTIQL_NAME;
    for (size_t i = 0; i < ARRAY_LEN(literals); i++) {
        if (str_eq_nocase(word, literals[i].word))
            *ret = literals[i].type;
    }
    return length;
}

/* 0: nothing begins so. */
static size_t token_length(const struct partiql_lexer *lexer, enum partiql_token_type *ret)
{
    char byte = peek(lexer, 0);

    if (begins_name(byte))
        return word_length(lexer, ret);
    if (is_digit(byte) || (byte == '.' && is_digit(peek(lexer, 1)))) {
        *ret = PARTIQL_NUMBER;
        return number_length(lexer);
    }
    if (byte == '\'' || byte == '"') {
        *ret = byte == '"' ? PARTIQL_QUOTED_NAME : PARTIQL_STRING;
        return quoted_length(lexer, byte);
    }
    return symbol_length(lexer, ret);
}

static bool add_token(struct partiql_lexer *lexer, struct partiql_token token)
{
    if (lexer->count == lexer->room) {
        size_t room = lexer->room == 0 ? 64 : 2 * lexer->room;
        struct partiql_token *grown = arena_alloc_array(lexer->arena, room, sizeof(*grown));

        if (grown == NULL)
            return fail_memory(lexer->err);
        if (lexer->count > 0)
            memcpy(grown, lexer->tokens, lexer->count * sizeof(*grown));
        lexer->tokens = grown;
        lexer->room = room;
    }
    lexer->tokens[lexer->count++] = token;
    return true;
}

static bool next_token(struct partiql_lexer *lexer)
{
    struct partiql_token token = {.line = lexer->line, .column = lexer->column};
    size_t length = token_length(lexer, &token.type), before = lexer->characters;

    if (length == 0)
        return partiql_fail_syntax(lexer->err, "");
    token.text = str_slice(lexer->source, lexer->offset, lexer->offset + length);
    skip(lexer, length);
    token.length = (int)(lexer->characters - before); /* at most CHARACTERS_MAX, checked below */
    if (lexer->characters > PARTIQL_STATEMENT_CHARACTERS_MAX)
        return partiql_fail_syntax(lexer->err, "");
    return add_token(lexer, token);
}

bool partiql_tokenize(struct str text, struct arena *arena, struct partiql_token **ret,
                      struct aws_error *err)
{
    struct partiql_lexer lexer = {
        .source = text, .line = 1, .column = 1, .arena = arena, .err = err};

    for (;;) {
        if (!skip_blanks(&lexer))
            return false;
        if (lexer.offset == text.len)
            break;
        if (!next_token(&lexer))
            return false;
    }
    struct partiql_token end = {
        .type = PARTIQL_END, .text = STR(""), .line = lexer.line, .column = lexer.column};
    if (!add_token(&lexer, end))
        return false;
    *ret = lexer.tokens;
    return true;
}

bool partiql_token_value(const struct partiql_token *token, struct arena *arena, struct str *ret,
                         struct aws_error *err)
{
    struct str inside = token->text;
    size_t length = 0;

    if (token->type != PARTIQL_STRING && token->type != PARTIQL_QUOTED_NAME) {
        *ret = inside;
        return true;
    }
    char quote = inside.ptr[0];
    inside = str_slice(inside, 1, inside.len - 1);
    *ret = inside;
    if (str_find_char(inside, quote) == inside.len)
        return true;
    char *copy = arena_alloc_text(arena, inside.len);
    if (copy == NULL)
        return fail_memory(err);
    for (size_t i = 0; i < inside.len; i++) {
        copy[length++] = inside.ptr[i];
        i += inside.ptr[i] == quote;
    }
    *ret = (struct str){copy, length};
    return true;
}

bool partiql_token_is(const struct partiql_token *token, const char *word)
{
    return (token->type == PARTIQL_KEYWORD || token->type == PARTIQL_NAME) &&
           str_eq_nocase(token->text, str_from_c(word));
}
