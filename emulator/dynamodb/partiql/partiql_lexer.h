/*
 * PartiQL statements as tokens. All of a statement is read before any of it is parsed, because the
 * service answers a byte that begins no token (#, an open quote, an exponent past 32 bits) ahead of
 * every other mistake, and without saying which.
 *
 * Source: PartiQL specification, lexical structure; Developer Guide, "PartiQL reference"; keywords
 * as the service refuses them for bare names.
 */
#ifndef DYNAMODB_PARTIQL_LEXER_H
#define DYNAMODB_PARTIQL_LEXER_H

#include "base/error.h"
#include "base/str.h"

enum { PARTIQL_STATEMENT_CHARACTERS_MAX = 8192 };

enum partiql_token_type {
    PARTIQL_END,
    PARTIQL_NAME,        /* a */
    PARTIQL_QUOTED_NAME, /* "a" */
    PARTIQL_KEYWORD,
    PARTIQL_STRING, /* 'a' */
    PARTIQL_NUMBER, /* without a sign */
    PARTIQL_TRUE,
    PARTIQL_FALSE,
    PARTIQL_NULL,
    PARTIQL_MISSING,
    PARTIQL_PARAMETER, /* ? */
    PARTIQL_OPERATOR,  /* = <> != < <= > >= + - / % || @ */
    PARTIQL_STAR,
    PARTIQL_DOT,
    PARTIQL_COMMA,
    PARTIQL_COLON,
    PARTIQL_SEMICOLON,
    PARTIQL_LEFT_PAREN,
    PARTIQL_RIGHT_PAREN,
    PARTIQL_LEFT_BRACKET,
    PARTIQL_RIGHT_BRACKET,
    PARTIQL_LEFT_CURLY,
    PARTIQL_RIGHT_CURLY,
    PARTIQL_LEFT_DOUBLE_ANGLE_BRACKET,
    PARTIQL_RIGHT_DOUBLE_ANGLE_BRACKET,
};

struct partiql_token {
    enum partiql_token_type type;
    struct str text; /* as written, with its quotes */
    /* Where it stands, for error texts: from 1, in characters. */
    int line;
    int column;
    int length;
};

/*
 * ret: in `arena`, at least one token; the last is PARTIQL_END.
 * Errors: ValidationException; also for more than PARTIQL_STATEMENT_CHARACTERS_MAX.
 */
MUST_CHECK bool partiql_tokenize(struct str text, struct arena *arena, struct partiql_token **ret,
                                 struct aws_error *err);

/* What a string or a name means: without its quotes, doubled ones once. */
MUST_CHECK bool partiql_token_value(const struct partiql_token *token, struct arena *arena,
                                    struct str *ret, struct aws_error *err);
/* A keyword, or a word that is one in its place alone; in any case. */
bool partiql_token_is(const struct partiql_token *token, const char *word);

/* partiql_keywords.c: no attribute may be named so without double quotes. */
bool partiql_is_keyword(struct str word);

/* `Statement wasn't well formed, can't be processed: ` and the text. Answers false. */
bool partiql_fail_syntax(struct aws_error *err, const char *text);

#endif
