#include "loadgen/proxy.h"

#include "base/base64.h"
#include "loadgen/follow.h"

/* "name:password", percent-encoded where need be. */
static bool read_credentials(struct str text, struct arena *arena, struct str *ret)
{
    struct str plain = {0}, encoded = {0};

    if (!percent_decode(arena, text, false, &plain) || !base64_encode(arena, plain, &encoded))
        return false;
    *ret = str_printf(arena, "Basic %.*s", STR_ARG(encoded));
    return ret->len > 0;
}

/* Where the host begins: behind the last '@' of the authority. */
static size_t host_at(struct str text)
{
    size_t scheme = str_find(text, STR("://"));
    size_t begin = scheme == text.len ? 0 : scheme + 3, at = begin;

    for (size_t i = begin; i < text.len && text.ptr[i] != '/'; i++)
        at = text.ptr[i] == '@' ? i + 1 : at;
    return at;
}

bool proxy_read(struct str text, struct target_list *targets, struct arena *arena,
                struct proxy *ret, struct aws_error *err)
{
    size_t scheme = str_find(text, STR("://"));
    size_t begin = scheme == text.len ? 0 : scheme + 3, host = host_at(text);
    struct proxy proxy = {0};
    struct url url;
    struct str bare = {0};

    if (begin > 0 && !str_eq_nocase(str_slice(text, 0, scheme), STR("http")))
        return aws_fail(err, &error_usage, "a proxy is reached by http://, not by %.*s://",
                        STR_ARG(str_slice(text, 0, scheme)));
    bare = str_printf(arena, "%.*s%.*s", STR_ARG(str_slice(text, 0, begin)),
                      STR_ARG(str_slice(text, host, text.len)));
    if (!url_read(bare, &url, err))
        return aws_fail(err, &error_usage,
                        "the proxy '%.*s' is an address with no usable host or port",
                        STR_ARG(bare));
    if (host > begin &&
        !read_credentials(str_slice(text, begin, host - 1), arena, &proxy.authorization))
        return aws_fail(err, &error_out_of_memory, "out of memory");
    if (!target_find(targets, &url, &proxy.target, err))
        return false;
    *ret = proxy;
    return true;
}

/* "example.com" and ".example.com" alike mean the host and all below it. */
static bool is_below(struct str host, struct str zone)
{
    while (zone.len > 0 && zone.ptr[0] == '.')
        zone = str_slice(zone, 1, zone.len);
    if (zone.len == 0 || host.len < zone.len ||
        !str_eq_nocase(str_slice(host, host.len - zone.len, host.len), zone))
        return false;
    return host.len == zone.len || host.ptr[host.len - zone.len - 1] == '.';
}

static bool is_bypassed(struct str bypass, const struct target *target)
{
    if (str_eq(bypass, STR("*")))
        return true;
    while (bypass.len > 0) {
        struct str port = str_trim(str_split(&bypass, ','));
        bool any_port = str_find_char(port, ':') == port.len;
        struct str zone = str_split(&port, ':');
        int64_t number = 0;
        if (is_below(str_from_c(target->host), zone) &&
            (any_port || (str_to_int64(port, 1, 65535, &number) && number == target->port)))
            return true;
    }
    return false;
}

const struct proxy *proxies_find(const struct proxies *proxies, const struct target *target)
{
    const struct proxy *proxy = target->tls ? &proxies->https : &proxies->http;

    return proxy->target == NULL || is_bypassed(proxies->bypass, target) ? NULL : proxy;
}

bool proxy_request(const struct proxy *proxy, const struct url *url, struct request_bytes bytes,
                   struct arena *arena, struct request_bytes *ret)
{
    struct str method = head_method(bytes.head);
    struct buffer out;
    struct request_bytes whole = bytes;

    buffer_init(&out, arena);
    buffer_add(&out, method);
    buffer_add_literal(&out, " http://");
    buffer_add(&out, url->authority);
    buffer_add(&out, str_slice(bytes.head, method.len + 1, bytes.head.len));
    if (!buffer_done(&out, &whole.head))
        return false;
    *ret = whole;
    return proxy->authorization.len == 0 ||
           head_add(whole, STR("Proxy-Authorization"), proxy->authorization, arena, ret);
}

size_t proxy_connect(const struct proxy *proxy, const struct target *target, char *space,
                     size_t size)
{
    const char *open = strchr(target->host, ':') != NULL ? "[" : "";
    const char *close = *open != '\0' ? "]" : "";
    int len = snprintf(space, size, "CONNECT %s%s%s:%u HTTP/1.1\r\nHost: %s%s%s:%u\r\n%s%.*s%s\r\n",
                       open, target->host, close, (unsigned)target->port, open, target->host, close,
                       (unsigned)target->port,
                       proxy->authorization.len > 0 ? "Proxy-Authorization: " : "",
                       STR_ARG(proxy->authorization), proxy->authorization.len > 0 ? "\r\n" : "");

    return len > 0 && (size_t)len < size ? (size_t)len : 0;
}
