/* Lines of Set-Cookie from hosts of all kinds: what a jar sends is a header's value, and it stays
 * bounded. */
#include "loadgen/cookie_jar.h"

enum { FUZZ_ARENA_BYTES = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const addresses[] = {"http://h/a/b", "https://www.example.com/x",
                                            "http://127.0.0.1:1/", "http://[::1]/y/"};
    struct arena *arena = arena_new(FUZZ_ARENA_BYTES);
    struct cookie_jar jar = {0};
    struct str rest = {(const char *)data, size};
    struct url urls[ARRAY_LEN(addresses)];
    struct aws_error err = {0};
    size_t lines = 0;

    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        bool ok = url_read(str_from_c(addresses[i]), &urls[i], &err);
        assert(ok);
    }
    for (; rest.len > 0 && lines < 1000; lines++) {
        struct str line = str_split(&rest, '\n');
        const struct url *url = &urls[lines % ARRAY_LEN(urls)];
        cookie_jar_set(&jar, line, url, url->path, 1700000000);
        assert(jar.count <= COOKIES_MAX);
    }
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct str header = {0};
        size_t count = 0;
        const struct cookie *cookie = NULL, *last = NULL;
        bool ok = cookie_jar_header(&jar, &urls[i], urls[i].path, 1700000000, arena, &header);
        assert(ok && str_find_char(header, '\n') == header.len);
        while ((cookie = cookie_jar_next(&jar, cookie, &urls[i], urls[i].path, 1700000000)) !=
               NULL) {
            assert(last == NULL || last->path.len >= cookie->path.len);
            last = cookie;
            assert(++count <= jar.count);
        }
    }
    cookie_jar_deinit(&jar);
    arena_free(arena);
    return 0;
}
