#include "expression_lexer.h"

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_name_byte(char byte)
{
    return is_letter(byte) || is_digit(byte) || byte == '_';
}

static size_t run_length(struct str rest, bool (*belongs)(char byte))
{
    size_t length = 0;

    while (length < rest.len && belongs(rest.ptr[length]))
        length++;
    return length;
}

static struct token make(struct lexer *lexer, enum token_type type, size_t length)
{
    struct token token = {type, str_slice(lexer->source, lexer->offset, lexer->offset + length),
                          lexer->offset};

    lexer->offset += length;
    return token;
}

static size_t symbol_length(struct str rest)
{
    if (rest.len >= 2 && ((rest.ptr[0] == '<' && (rest.ptr[1] == '=' || rest.ptr[1] == '>')) ||
                          (rest.ptr[0] == '>' && rest.ptr[1] == '=')))
        return 2;
    return rest.ptr[0] != '\0' && strchr("()[].,=<>+-", rest.ptr[0]) != NULL;
}

struct token lexer_next(struct lexer *lexer)
{
    while (lexer->offset < lexer->source.len && is_blank(lexer->source.ptr[lexer->offset]))
        lexer->offset++;
    struct str rest = str_slice(lexer->source, lexer->offset, lexer->source.len);
    if (rest.len == 0)
        return (struct token){TOKEN_END, STR("<EOF>"), lexer->offset};
    if (is_letter(rest.ptr[0]))
        return make(lexer, TOKEN_NAME, run_length(rest, is_name_byte));
    if (is_digit(rest.ptr[0]))
        return make(lexer, TOKEN_INTEGER, run_length(rest, is_digit));
    if (rest.ptr[0] == '#' || rest.ptr[0] == ':') {
        size_t length = 1 + run_length(str_slice(rest, 1, rest.len), is_name_byte);
        enum token_type holder = rest.ptr[0] == '#' ? TOKEN_NAME_HOLDER : TOKEN_VALUE_HOLDER;

        return make(lexer, length > 1 ? holder : TOKEN_UNKNOWN, length);
    }
    size_t length = symbol_length(rest);
    if (length > 0)
        return make(lexer, TOKEN_SYMBOL, length);
    /* One character, of however many bytes. */
    for (length = 1; length < rest.len && ((unsigned char)rest.ptr[length] & 0xc0) == 0x80;)
        length++;
    return make(lexer, TOKEN_UNKNOWN, length);
}
