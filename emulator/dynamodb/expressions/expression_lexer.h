/* Expressions as tokens. An unknown byte is a token of its own, which no rule takes. */
#ifndef DYNAMODB_EXPRESSION_LEXER_H
#define DYNAMODB_EXPRESSION_LEXER_H

#include "base/str.h"

enum token_type {
    TOKEN_END,
    TOKEN_NAME,         /* a, AND, begins_with */
    TOKEN_NAME_HOLDER,  /* #a */
    TOKEN_VALUE_HOLDER, /* :a */
    TOKEN_INTEGER,
    TOKEN_SYMBOL, /* ( ) [ ] . , = <> < <= > >= + - */
    TOKEN_UNKNOWN,
};

struct token {
    enum token_type type;
    struct str text; /* within the expression; "<EOF>" at the end */
    size_t offset;
};

struct lexer {
    struct str source;
    size_t offset;
};

struct token lexer_next(struct lexer *lexer);

#endif
