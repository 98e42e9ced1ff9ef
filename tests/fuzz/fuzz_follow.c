/* An answer's Location and its challenge: the request that follows one of ours is one of HTTP, too.
 * The input's first line is the location, the rest the challenge. */
#include "loadgen/auth_digest.h"
#include "loadgen/follow.h"

enum { FUZZ_ARENA_BYTES = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A request line, then only "Name: value" lines up to the empty one. */
static void check_head(struct str head)
{
    size_t end = head_bytes(head);

    assert(end >= 4 && memcmp(head.ptr + end - 4, "\r\n\r\n", 4) == 0);
    struct str rest = str_slice(head, 0, end - 2);
    struct str line = str_split(&rest, '\n');
    assert(str_ends_with(line, STR(" HTTP/1.1\r")));
    while (rest.len > 0) {
        line = str_split(&rest, '\n');
        assert(str_find_char(line, ':') < line.len && line.ptr[line.len - 1] == '\r');
        assert(str_find_char(line, '\r') == line.len - 1);
    }
}

static void check_challenge(struct str challenge, struct request_bytes bytes, struct arena *arena)
{
    struct pair rows[] = {{STR_INIT("username"), STR_INIT("u"), true},
                          {STR_INIT("password"), STR_INIT("p"), true}};
    struct pair_list attributes = {rows, ARRAY_LEN(rows)};
    struct digest_challenge read;
    struct rng rng;
    struct signing signing = {&rng, clock_system(), arena};
    struct str value = {0};
    struct request_bytes with = {0};

    rng_init(&rng, 1);
    if (!digest_challenge_read(challenge, &read) ||
        !digest_answer(&attributes, &read, head_method(bytes.head), head_target(bytes.head),
                       bytes.body, &signing, &value))
        return;
    struct cookie_line line = {challenge, challenge.len % 2 == 0, challenge.len % 3 == 0};
    if (head_add_cookies(bytes, line, arena, &with))
        check_head(with.head);
    if (head_add(bytes, STR("Authorization"), value, arena, &with))
        check_head(with.head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct str rest = {(const char *)data, size};
    struct str location = str_trim(str_split(&rest, '\n'));
    struct str challenge = str_trim(rest);
    struct behavior behavior = {.keep_method = size % 2 == 0, .keep_authorization = size % 3 == 0};
    struct request_bytes bytes = {
        STR("POST /a/b?c=d HTTP/1.1\r\nHost: example.com:8443\r\nCookie: x=1\r\n"
            "Content-Length: 2\r\n\r\nhi"),
        {NULL, 0}};
    struct url from;
    struct redirect next = {0};
    struct aws_error err = {0};
    bool ok = url_read(STR("https://example.com:8443/"), &from, &err);

    assert(ok);
    ok = url_canonical(challenge, arena, &rest);
    assert(ok);
    ok = redirect_make(&behavior, (int)(300 + size % 10), location, &from, bytes, arena, &next,
                       &err);
    assert(ok == (err.kind == NULL));
    if (ok)
        check_head(next.bytes.head);
    check_challenge(challenge, bytes, arena);
    arena_free(arena);
    return 0;
}
