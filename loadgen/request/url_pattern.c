#include "loadgen/url_pattern.h"

/* "http+https": whether it names the scheme, and names nothing else than schemes. */
static bool schemes_match(struct str schemes, struct str scheme)
{
    static const struct str known[] = {STR_INIT("http"), STR_INIT("https"), STR_INIT("file"),
                                       STR_INIT("ftp")};
    bool found = false, first = true;

    do {
        struct str one = str_split(&schemes, '+');
        bool any = first && str_eq(one, STR("*")), sane = any;
        for (size_t i = 0; i < ARRAY_LEN(known); i++)
            sane = sane || str_eq(one, known[i]);
        if (!sane)
            return false;
        found = found || any || str_eq(one, scheme);
        first = false;
    } while (schemes.len > 0);
    return found;
}

static bool host_matches(struct str pattern, struct str host)
{
    struct str suffix = str_slice(pattern, 2, pattern.len);

    if (str_eq(pattern, STR("*")))
        return true;
    if (!str_starts_with(pattern, STR("*.")))
        return pattern.len > 0 && str_find_char(pattern, '*') == pattern.len &&
               str_eq(pattern, host);
    if (suffix.len == 0 || str_find_char(suffix, '*') < suffix.len)
        return false;
    return str_eq(host, suffix) || (host.len > suffix.len && str_ends_with(host, suffix) &&
                                    host.ptr[host.len - suffix.len - 1] == '.');
}

static bool port_matches(struct str pattern, const struct url *url)
{
    int64_t port = url->tls ? 443 : 80;

    if (str_eq(pattern, STR("*")))
        return true;
    return (pattern.len == 0 || str_to_int64(pattern, 1, 65535, &port)) && port == url->port;
}

/* One character of the pattern, and whether it may come any number of times. */
struct atom {
    char byte; /* '?': any */
    bool repeats;
    size_t bytes; /* of the pattern */
};

/* `begun`: the first star has been passed. */
static struct atom next_atom(struct str pattern, bool *begun)
{
    struct atom atom = {pattern.ptr[0], false, 1};

    if (atom.byte == '*' && !*begun) {
        *begun = true;
        atom = (struct atom){'?', true, 1};
    }
    while (*begun && atom.bytes < pattern.len && pattern.ptr[atom.bytes] == '*') {
        atom.repeats = true;
        atom.bytes++;
    }
    return atom;
}

enum { PATH_PATTERN_BYTES_MAX = 1024, PATH_BYTES_MAX = 8192 };

/* reached[i]: what lies before the path's byte i has been matched. */
static bool path_matches(struct str pattern, struct str path)
{
    bool reached[PATH_BYTES_MAX + 1] = {true}, begun = false;

    if (pattern.len > PATH_PATTERN_BYTES_MAX || path.len > PATH_BYTES_MAX)
        return false;
    while (pattern.len > 0) {
        struct atom atom = next_atom(pattern, &begun);
        for (size_t i = 0; atom.repeats && i < path.len; i++) {
            bool fits = atom.byte == '?' || atom.byte == path.ptr[i];
            reached[i + 1] = reached[i + 1] || (reached[i] && fits);
        }
        for (size_t i = path.len; !atom.repeats; i--) {
            reached[i] =
                i > 0 && reached[i - 1] && (atom.byte == '?' || atom.byte == path.ptr[i - 1]);
            if (i == 0)
                break;
        }
        pattern = str_slice(pattern, atom.bytes, pattern.len);
    }
    return reached[path.len];
}

bool url_pattern_matches(struct str pattern, const struct url *url)
{
    size_t scheme = str_find(pattern, STR("://"));
    struct str authority = str_slice(pattern, scheme + 3, pattern.len), path = {0}, port = {0};
    size_t slash = str_find_char(authority, '/');
    bool has_port = false;

    if (str_eq(pattern, STR("<all_urls>")))
        return true;
    if (scheme == pattern.len || slash == authority.len)
        return false;
    path = str_slice(authority, slash, authority.len);
    port = str_slice(authority, 0, slash);
    has_port = str_find_char(port, ':') < port.len;
    struct str host = str_split(&port, ':');
    if (has_port && port.len == 0)
        return false;
    return schemes_match(str_slice(pattern, 0, scheme), url->tls ? STR("https") : STR("http")) &&
           host_matches(host, url->host) && port_matches(port, url) &&
           path_matches(path, url->path.len == 0 ? STR("/") : url->path);
}
