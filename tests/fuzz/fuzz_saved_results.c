/* Saved results: whatever is taken adds up with itself to twice as much. */
#include "loadgen/saved_results.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct saved_results *one = calloc(2, sizeof(*one));
    struct saved_results *two = one + 1;
    struct aws_error err = {0}, other = {0};

    bool ok = saved_results_parse(text, one, &err);
    assert(ok == (err.kind == NULL));
    if (ok && saved_results_parse(text, two, &other)) {
        uint64_t requests = one->metrics.totals.requests;
        if (saved_results_merge(one, two, &other))
            assert(one->metrics.totals.requests == 2 * requests);
        ok = results_compute(&one->results);
        assert(ok);
    }
    saved_results_deinit(one);
    saved_results_deinit(two);
    free(one);
    return 0;
}
