#include "loadgen/failed_tests.h"

#include <string.h>

static void cut(char to[FAILED_TEST_BYTES], struct str text)
{
    (void)snprintf(to, FAILED_TEST_BYTES, "%.*s", STR_ARG(text));
}

void failed_tests_add(struct failed_tests *tests, size_t request, struct str name,
                      struct str message)
{
    struct failed_test *row = NULL;
    char short_name[FAILED_TEST_BYTES];

    cut(short_name, name);
    for (size_t i = 0; i < tests->count; i++) {
        row = &tests->rows[i];
        if (row->request == request && strcmp(row->name, short_name) == 0) {
            row->count++;
            return;
        }
    }
    if (tests->count == FAILED_TESTS_KEPT) {
        tests->others++;
        return;
    }
    row = &tests->rows[tests->count++];
    row->request = request;
    row->count = 1;
    memcpy(row->name, short_name, sizeof(short_name));
    cut(row->message, message);
}
