/* The same bytes give the same outcome whole, one by one, and in pieces that the input itself
 * chooses. */
#include "loadgen/http_response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Feeds in pieces of `cut` bytes; 0: of the sizes that the bytes spell. Answers how many were
 * taken. */
static size_t feed(struct http_response *response, const char *bytes, size_t len, size_t cut,
                   bool is_head)
{
    size_t at = 0, taken = 0;

    http_response_begin(response, is_head);
    while (at < len) {
        size_t piece = cut > 0 ? cut : (size_t)((unsigned char)bytes[at] % 16) + 1;
        if (piece > len - at)
            piece = len - at;
        size_t used = http_response_feed(response, bytes + at, piece);
        assert(used <= piece);
        taken += used;
        if (response->state >= RESPONSE_DONE)
            break;
        assert(used == piece);
        at += piece;
    }
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct http_response whole, pieces;
    static const size_t cuts[] = {1, 0, 1000};
    const char *bytes = (const char *)data;
    bool is_head = size > 0 && bytes[size - 1] == 'H';
    size_t taken = feed(&whole, bytes, size, size > 0 ? size : 1, is_head);

    assert((whole.state == RESPONSE_FAILED) == (whole.fault != NULL));
    for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
        size_t again = feed(&pieces, bytes, size, cuts[i], is_head);
        assert(pieces.state == whole.state && pieces.status == whole.status);
        assert(pieces.keep_alive == whole.keep_alive && pieces.fault == whole.fault);
        if (whole.state == RESPONSE_DONE)
            assert(again == taken && pieces.bytes == whole.bytes && whole.bytes == taken);
    }
    if (http_response_end(&whole))
        assert(whole.state == RESPONSE_DONE && !whole.keep_alive);
    return 0;
}
