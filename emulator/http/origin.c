/*
 * Whose page is it that calls? A browser sends any page's requests to 127.0.0.1, and a page whose
 * own name was re-pointed there (DNS rebinding) may even read the answers. The first has a foreign
 * Origin, the second a Host that is no name of this machine's.
 */
#include "http/router.h"

/* Without the port. */
static struct str host_name(struct str host)
{
    if (host.len > 0 && host.ptr[0] == '[')
        return str_slice(host, 0, str_find_char(host, ']') + 1);
    return str_slice(host, 0, str_find_char(host, ':'));
}

/* An address cannot be re-pointed, whoever's it is. */
static bool is_address(struct str name)
{
    if (name.len > 0 && name.ptr[0] == '[')
        return true;
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] != '.' && (name.ptr[i] < '0' || name.ptr[i] > '9'))
            return false;
    }
    return name.len > 0;
}

static bool ends_with_nocase(struct str text, struct str end)
{
    return text.len >= end.len && str_eq_nocase(str_slice(text, text.len - end.len, text.len), end);
}

bool host_is_ours(struct str host, struct str listen_host)
{
    struct str name = host_name(host);
    bool everywhere = str_eq(listen_host, STR("0.0.0.0")) || str_eq(listen_host, STR("::"));

    if (is_address(name) || str_eq_nocase(name, STR("localhost")) ||
        ends_with_nocase(name, STR(".localhost")) || str_eq_nocase(name, listen_host))
        return true;
    /* AWS's own names, as clients send them that were told to connect here instead. */
    if (ends_with_nocase(name, STR(".amazonaws.com")))
        return true;
    /* Listening everywhere is for containers and their networks, whose names have no dot. */
    return everywhere && name.len > 0 && str_find_char(name, '.') == name.len;
}

bool origin_is_foreign(const struct http_request *request)
{
    struct str origin, host;

    if (!http_request_header(request, STR("Origin"), &origin))
        return false;
    if (!http_request_header(request, STR("Host"), &host))
        return true;
    size_t scheme = str_find(origin, STR("://"));
    return scheme == origin.len || !str_eq_nocase(str_slice(origin, scheme + 3, origin.len), host);
}
