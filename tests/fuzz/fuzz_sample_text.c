/* Samples: whatever the bytes, text that ends within its room. */
#include "loadgen/sample_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text)
{
    assert(strlen(text) < SAMPLE_BYTES);
    assert(str_is_utf8(str_from_c(text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str all = {(const char *)data, size};
    char text[SAMPLE_BYTES];

    sample_text(all, text);
    check(text);
    sample_text_message(all, (struct str){NULL, 0}, text);
    check(text);
    sample_text_message(str_slice(all, 0, size / 2), str_slice(all, size / 2, size), text);
    check(text);
    sample_text_answer(size > 0 ? data[0] + 100 : 0, all, text);
    check(text);
    return 0;
}
