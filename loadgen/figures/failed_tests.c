#include "loadgen/failed_tests.h"

#include <string.h>

/* At a whole character: it goes into JSON. */
static void cut(char to[FAILED_TEST_BYTES], struct str text)
{
    if (text.len >= FAILED_TEST_BYTES) {
        text.len = FAILED_TEST_BYTES - 1;
        while (text.len > 0 && ((unsigned char)text.ptr[text.len] & 0xC0) == 0x80)
            text.len--;
    }
    (void)snprintf(to, FAILED_TEST_BYTES, "%.*s", STR_ARG(text));
}

void failed_tests_add_count(struct failed_tests *tests, size_t request, struct str name,
                            struct str message, uint64_t count)
{
    struct failed_test *row = NULL;
    char short_name[FAILED_TEST_BYTES];

    cut(short_name, name);
    for (size_t i = 0; i < tests->count; i++) {
        row = &tests->rows[i];
        if (row->request == request && strcmp(row->name, short_name) == 0) {
            row->count += count;
            return;
        }
    }
    if (tests->count == FAILED_TESTS_KEPT) {
        tests->others += count;
        return;
    }
    row = &tests->rows[tests->count++];
    row->request = request;
    row->count = count;
    memcpy(row->name, short_name, sizeof(short_name));
    cut(row->message, message);
}

void failed_tests_add(struct failed_tests *tests, size_t request, struct str name,
                      struct str message)
{
    failed_tests_add_count(tests, request, name, message, 1);
}

void failed_tests_merge(struct failed_tests *to, const struct failed_tests *from)
{
    for (size_t i = 0; i < from->count; i++)
        failed_tests_add_count(to, from->rows[i].request, str_from_c(from->rows[i].name),
                               str_from_c(from->rows[i].message), from->rows[i].count);
    to->others += from->others;
}
