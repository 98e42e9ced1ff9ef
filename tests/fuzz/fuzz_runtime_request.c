/* The Runtime API's request reader: what it answers lies within the bytes, and more bytes behind a
 * complete request change nothing. */
#include "base/base.h"
#include "limits.h"
#include "runtime_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lies_within(struct str part, const char *bytes, size_t size)
{
    return part.len == 0 || (part.ptr >= bytes && part.ptr + part.len <= bytes + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct runtime_request request, again;
    char *bytes = malloc(size + 1), *longer = malloc(size + 1);

    if (bytes == NULL || longer == NULL)
        abort();
    if (size > 0) {
        memcpy(bytes, data, size);
        memcpy(longer, data, size);
    }
    longer[size] = 'G';
    enum runtime_parse result = runtime_request_parse(bytes, size, &request);
    if (result == RUNTIME_DONE) {
        assert(request.used <= size && request.body.len <= LAMBDA_PAYLOAD_BYTES);
        assert(lies_within(request.method, bytes, size));
        assert(lies_within(request.path, bytes, size));
        assert(lies_within(request.body, bytes, size));
        assert(lies_within(request.error_type, bytes, size));
        assert(runtime_request_parse(longer, size + 1, &again) == RUNTIME_DONE);
        assert(again.used == request.used && str_eq(again.body, request.body));
    }
    free(bytes);
    free(longer);
    return 0;
}
