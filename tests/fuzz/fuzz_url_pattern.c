#include <assert.h>

#include "loadgen/url_pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A pattern, a line's end and an address. Whatever comes of them, it comes twice. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str address = {(const char *)data, size};
    struct str pattern = str_split(&address, '\n');
    struct aws_error err = {0};
    struct url url;

    if (url_read(address, &url, &err))
        assert(url_pattern_matches(pattern, &url) == url_pattern_matches(pattern, &url));
    return 0;
}
