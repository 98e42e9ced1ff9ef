/*
 * How much room UTF-8 takes in a terminal: ideographs, Hangul, fullwidth forms and emoji take two
 * columns, marks that combine none.
 *
 * Source: Unicode Standard Annex 11, "East Asian Width", by its blocks.
 */
#ifndef LOADGEN_TEXT_COLUMNS_H
#define LOADGEN_TEXT_COLUMNS_H

#include "base/str.h"

/* The columns and bytes of the text's first character; 0 bytes at its end. A byte that is no UTF-8
 * is a character of its own. */
struct text_character {
    size_t bytes, columns;
};
struct text_character text_first(struct str text);

size_t text_columns(struct str text);
/* The longest beginning of whole characters that fits. */
struct str text_fit(struct str text, size_t columns_max);
/* Cut with an ellipsis where it does not fit, filled up with blanks where it is shorter; control
 * characters become blanks. */
void text_print(FILE *out, struct str text, size_t columns);

#endif
