/*
 * DynamoDB's numbers: 38 significant digits, zero or a magnitude of 1E-130 to 9.99..E+125. Never a
 * double: 38 digits fit a 128-bit coefficient. A value has one form here (no trailing zeros, one
 * zero), so equal numbers are equal bytes.
 *
 * Source: Developer Guide, "Data types", Number; texts as the service answers.
 */
#ifndef DYNAMODB_NUMBER_H
#define DYNAMODB_NUMBER_H

#include "base/buffer.h"
#include "base/error.h"

__extension__ typedef unsigned __int128 uint128;

enum {
    NUMBER_DIGITS_MAX = 38,
    NUMBER_EXPONENT_MAX = 125,
    NUMBER_EXPONENT_MIN = -130,
    NUMBER_KEY_BYTES_MAX = 24,
};

/* negative ? -coefficient : coefficient, times ten to the exponent. */
struct number {
    uint128 coefficient; /* not divisible by ten, or zero */
    int16_t exponent;
    bool negative;
};

/* Errors: ValidationException, in the words for that text. */
MUST_CHECK bool number_parse(struct str text, struct number *ret, struct aws_error *err);
/* Plain decimal, never with an exponent. */
void number_write(struct buffer *out, struct number number);

int number_compare(struct number a, struct number b); /* <0, 0, >0 */
/* Errors: ValidationException past 38 digits or the range. */
MUST_CHECK bool number_add(struct number a, struct number b, struct number *ret,
                           struct aws_error *err);
struct number number_negate(struct number number);

/* Bytes that memcmp orders as the numbers are ordered; answers their count. */
size_t number_key(struct number number, char ret[NUMBER_KEY_BYTES_MAX]);
/* As DynamoDB counts an attribute's bytes. */
size_t number_size(struct number number);

#endif
