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
    bool all = len > 1 && (bytes[len - 2] & 1) != 0;

    http_response_begin(response, is_head, all ? HTTP_KEEP_ALL : HTTP_KEEP_NOTED);
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

static void assert_same(const struct http_bytes *a, const struct http_bytes *b)
{
    assert(a->len == b->len && (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0));
}

static void walk_headers(const struct http_response *response)
{
    struct str name = {0}, value = {0};
    size_t at = 0, bytes = 0;

    while (http_response_kept_next(response, &at, &name, &value))
        bytes += name.len + value.len + 1;
    assert(bytes <= response->head.len);
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
        assert_same(&whole.head, &pieces.head);
        assert_same(&whole.reason, &pieces.reason);
        assert_same(&whole.body, &pieces.body);
    }
    walk_headers(&whole);
    if (http_response_end(&whole))
        assert(whole.state == RESPONSE_DONE && !whole.keep_alive);
    return 0;
}
