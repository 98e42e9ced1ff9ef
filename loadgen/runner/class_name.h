/* The class that newman's JUnit report gives to the tests of a request. */
#ifndef RUNNER_CLASS_NAME_H
#define RUNNER_CLASS_NAME_H

#include "base/str.h"

/*
 * "F / GET v2 items" is FGetV2Items: lodash's camelCase() with the first letter a capital, and of
 * that ASCII's letters and digits alone. Accents go, apostrophes leave no gap, other scripts and
 * pictures are words that end up without letters; the empty text where there is nothing else.
 *
 * name: UTF-8. ret: in `arena`, empty past its limit.
 * Source: newman 6.2.2, lib/reporters/junit; lodash 4.17, _.camelCase, _.deburr, _.words.
 */
struct str class_name(struct arena *arena, struct str name);

#endif
