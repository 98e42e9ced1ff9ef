/* cmocka with the headers that it needs before itself, and what every test uses. */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#define assert_str_equal(actual, expected)                                                         \
    do {                                                                                           \
        struct str actual_str = (actual), expected_str = (expected);                               \
        if (!str_eq(actual_str, expected_str))                                                     \
            fail_msg("'%.*s' is not '%.*s'", STR_ARG(actual_str), STR_ARG(expected_str));          \
    } while (0)

#endif
