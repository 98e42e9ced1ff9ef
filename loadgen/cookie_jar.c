#include "loadgen/cookie_jar.h"

#include <arpa/inet.h>

void cookie_jar_deinit(struct cookie_jar *jar)
{
    while (jar->first != NULL) {
        struct cookie *next = jar->first->next;
        free(jar->first);
        jar->first = next;
    }
    jar->count = 0;
}

static void remove_at(struct cookie_jar *jar, struct cookie **link)
{
    struct cookie *cookie = *link;

    *link = cookie->next;
    free(cookie);
    jar->count--;
}

/* --- matching ------------------------------------------------------------------------------- */

static bool is_address(struct str host)
{
    char text[INET6_ADDRSTRLEN + 1];
    unsigned char address[16];

    if (host.len >= sizeof(text))
        return false;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

/* Section 5.1.3. */
static bool domain_matches(struct str host, struct str domain)
{
    if (str_eq_nocase(host, domain))
        return true;
    return host.len > domain.len && host.ptr[host.len - domain.len - 1] == '.' &&
           str_eq_nocase(str_slice(host, host.len - domain.len, host.len), domain) &&
           !is_address(host);
}

/* Section 5.1.4. */
static bool path_matches(struct str path, struct str prefix)
{
    return str_starts_with(path, prefix) &&
           (path.len == prefix.len || prefix.ptr[prefix.len - 1] == '/' ||
            path.ptr[prefix.len] == '/');
}

static bool goes_with(const struct cookie *cookie, const struct url *url, struct str path,
                      int64_t now_s)
{
    if (cookie->expires_s <= now_s || (cookie->secure && !url->tls))
        return false;
    return (cookie->host_only ? str_eq_nocase(url->host, cookie->domain)
                              : domain_matches(url->host, cookie->domain)) &&
           path_matches(path.len == 0 ? STR("/") : path, cookie->path);
}

/* --- reading -------------------------------------------------------------------------------- */

struct draft {
    struct str name, value, domain, path;
    int64_t expires_s, max_age_s;
    bool has_expires, has_max_age, secure, http_only;
};

static void read_expires(struct str value, struct draft *ret)
{
    ret->has_expires = cookie_date_read(value, &ret->expires_s) || ret->has_expires;
}

/* What is no number leaves the attribute out; a huge one is for ever. */
static void read_max_age(struct str value, struct draft *ret)
{
    bool negative = value.len > 0 && value.ptr[0] == '-';
    struct str digits = str_slice(value, negative ? 1 : 0, value.len);

    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return;
    }
    if (digits.len == 0)
        return;
    ret->has_max_age = true;
    if (!str_to_int64(digits, 0, INT64_C(1) << 40, &ret->max_age_s))
        ret->max_age_s = INT64_C(1) << 40;
    if (negative)
        ret->max_age_s = 0;
}

static void read_domain(struct str value, struct draft *ret)
{
    if (value.len > 0)
        ret->domain = value.ptr[0] == '.' ? str_slice(value, 1, value.len) : value;
}

static void read_path(struct str value, struct draft *ret)
{
    ret->path = value.len > 0 && value.ptr[0] == '/' ? value : (struct str){0};
}

static void read_secure(struct str value, struct draft *ret)
{
    (void)value;
    ret->secure = true;
}

static void read_http_only(struct str value, struct draft *ret)
{
    (void)value;
    ret->http_only = true;
}

static const struct {
    struct str name;
    void (*read)(struct str value, struct draft *ret);
} attributes[] = {
    {STR_INIT("expires"), read_expires}, {STR_INIT("max-age"), read_max_age},
    {STR_INIT("domain"), read_domain},   {STR_INIT("path"), read_path},
    {STR_INIT("secure"), read_secure},   {STR_INIT("httponly"), read_http_only},
};

/* Section 5.2. */
static bool read_header(struct str header, struct draft *ret)
{
    struct str pair = str_split(&header, ';');
    size_t equals = str_find_char(pair, '=');

    *ret = (struct draft){0};
    ret->name = equals < pair.len ? str_trim(str_slice(pair, 0, equals)) : (struct str){0};
    ret->value = str_trim(equals < pair.len ? str_slice(pair, equals + 1, pair.len) : pair);
    while (header.len > 0) {
        struct str value = str_split(&header, ';');
        struct str name = str_trim(str_split(&value, '='));
        for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
            if (str_eq_nocase(attributes[i].name, name))
                attributes[i].read(str_trim(value), ret);
        }
    }
    return ret->name.len + ret->value.len > 0;
}

/* Up to the last slash; section 5.1.4. */
static struct str default_path(struct str path)
{
    size_t slash = path.len;

    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    return slash <= 1 || path.ptr[0] != '/' ? STR("/") : str_slice(path, 0, slash - 1);
}

/* --- keeping -------------------------------------------------------------------------------- */

static struct str take_text(struct cookie *cookie, size_t *at, struct str text, bool lower)
{
    char *copy = cookie->bytes + *at;

    for (size_t i = 0; i < text.len; i++)
        copy[i] = (char)(lower ? str_lower(text.ptr[i]) : text.ptr[i]);
    *at += text.len;
    return (struct str){copy, text.len};
}

static struct cookie *cookie_new(const struct draft *draft, bool host_only, int64_t now_s)
{
    size_t bytes = draft->name.len + draft->value.len + draft->domain.len + draft->path.len, at = 0;
    struct cookie *cookie = calloc(1, sizeof(*cookie) + bytes + 1);

    if (cookie == NULL)
        return NULL;
    cookie->name = take_text(cookie, &at, draft->name, false);
    cookie->value = take_text(cookie, &at, draft->value, false);
    cookie->domain = take_text(cookie, &at, draft->domain, true);
    cookie->path = take_text(cookie, &at, draft->path, false);
    cookie->expires_s = draft->has_max_age   ? now_s + draft->max_age_s
                        : draft->has_expires ? draft->expires_s
                                             : COOKIE_SESSION;
    cookie->host_only = host_only;
    cookie->secure = draft->secure;
    cookie->http_only = draft->http_only;
    return cookie;
}

/* The newer takes the older's place, and its age: section 5.3, step 11. */
static void put(struct cookie_jar *jar, struct cookie *cookie, int64_t now_s)
{
    struct cookie **link = &jar->first;

    while (*link != NULL &&
           !(str_eq((*link)->name, cookie->name) && str_eq((*link)->domain, cookie->domain) &&
             str_eq((*link)->path, cookie->path)))
        link = &(*link)->next;
    if (*link != NULL) {
        cookie->next = (*link)->next;
        free(*link);
        *link = cookie;
    } else {
        *link = cookie;
        jar->count++;
    }
    if (cookie->expires_s <= now_s)
        remove_at(jar, link);
    else if (jar->count > COOKIES_MAX)
        remove_at(jar, &jar->first);
}

void cookie_jar_set(struct cookie_jar *jar, struct str header, const struct url *url,
                    struct str path, int64_t now_s)
{
    struct draft draft;
    struct cookie *cookie = NULL;
    bool host_only = false;

    if (header.len > COOKIE_BYTES_MAX || !read_header(header, &draft))
        return;
    host_only = draft.domain.len == 0 || (str_find_char(draft.domain, '.') == draft.domain.len &&
                                          str_eq_nocase(draft.domain, url->host));
    if (!host_only && (!domain_matches(url->host, draft.domain) ||
                       str_find_char(draft.domain, '.') == draft.domain.len))
        return;
    if (draft.domain.len == 0)
        draft.domain = url->host;
    if (draft.path.len == 0)
        draft.path = default_path(path);
    cookie = cookie_new(&draft, host_only, now_s);
    if (cookie != NULL)
        put(jar, cookie, now_s);
}

/* --- sending -------------------------------------------------------------------------------- */

/* Section 5.4, step 2. The list is in order of age, so that a later one of one length follows. */
const struct cookie *cookie_jar_next(const struct cookie_jar *jar, const struct cookie *previous,
                                     const struct url *url, struct str path, int64_t now_s)
{
    const struct cookie *best = NULL;
    bool behind = previous == NULL; /* within the list */

    for (const struct cookie *at = jar->first; at != NULL; at = at->next) {
        bool follows = previous == NULL || at->path.len < previous->path.len ||
                       (behind && at->path.len == previous->path.len);
        behind = behind || at == previous;
        if (at != previous && follows && goes_with(at, url, path, now_s) &&
            (best == NULL || at->path.len > best->path.len))
            best = at;
    }
    return best;
}

bool cookie_jar_header(const struct cookie_jar *jar, const struct url *url, struct str path,
                       int64_t now_s, struct arena *arena, struct str *ret)
{
    struct buffer out;
    const struct cookie *cookie = NULL;

    buffer_init(&out, arena);
    while ((cookie = cookie_jar_next(jar, cookie, url, path, now_s)) != NULL) {
        buffer_add(&out, out.len > 0 ? STR("; ") : STR(""));
        buffer_add(&out, cookie->name);
        buffer_add(&out, cookie->name.len > 0 ? STR("=") : STR(""));
        buffer_add(&out, cookie->value);
    }
    return buffer_done(&out, ret);
}
