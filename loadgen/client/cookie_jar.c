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

/* This machine's own names and addresses, to which the way is safe; tough-cookie, isLocalhost(). */
static bool is_local(struct str host)
{
    struct str below = STR(".localhost");

    return str_eq_nocase(host, STR("localhost")) || str_eq(host, STR("::1")) ||
           (str_starts_with(host, STR("127.")) && is_address(host)) ||
           (host.len > below.len &&
            str_eq_nocase(str_slice(host, host.len - below.len, host.len), below));
}

static bool goes_with(const struct cookie *cookie, const struct url *url, struct str path,
                      int64_t now_s)
{
    if (cookie->expires_s <= now_s || (cookie->secure && !url->tls && !is_local(url->host)))
        return false;
    return (cookie->host_only ? str_eq_nocase(url->host, cookie->domain)
                              : domain_matches(url->host, cookie->domain)) &&
           path_matches(path.len == 0 ? STR("/") : path, cookie->path);
}

/* --- reading -------------------------------------------------------------------------------- */

static void read_expires(struct str value, struct cookie_given *ret)
{
    ret->has_expires = cookie_date_read(value, &ret->expires_s) || ret->has_expires;
}

/* What is no number leaves the attribute out; a huge one is for ever. */
static void read_max_age(struct str value, struct cookie_given *ret)
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

static void read_domain(struct str value, struct cookie_given *ret)
{
    if (value.len > 0)
        ret->domain = value.ptr[0] == '.' ? str_slice(value, 1, value.len) : value;
}

static void read_path(struct str value, struct cookie_given *ret)
{
    ret->path = value.len > 0 && value.ptr[0] == '/' ? value : (struct str){0};
}

static void read_secure(struct str value, struct cookie_given *ret)
{
    (void)value;
    ret->secure = true;
}

static void read_http_only(struct str value, struct cookie_given *ret)
{
    (void)value;
    ret->http_only = true;
}

static void read_same_site(struct str value, struct cookie_given *ret)
{
    ret->same_site = str_eq_nocase(value, STR("strict")) ? SAME_SITE_STRICT
                     : str_eq_nocase(value, STR("lax"))  ? SAME_SITE_LAX
                     : str_eq_nocase(value, STR("none")) ? SAME_SITE_NONE
                                                         : SAME_SITE_UNSAID;
}

static const struct {
    struct str name;
    void (*read)(struct str value, struct cookie_given *ret);
} attributes[] = {
    {STR_INIT("expires"), read_expires},    {STR_INIT("max-age"), read_max_age},
    {STR_INIT("domain"), read_domain},      {STR_INIT("path"), read_path},
    {STR_INIT("secure"), read_secure},      {STR_INIT("httponly"), read_http_only},
    {STR_INIT("samesite"), read_same_site},
};

static bool read_attribute(struct str attribute, struct cookie_given *ret)
{
    struct str value = attribute, name = str_trim(str_split(&value, '='));

    for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
        if (str_eq_nocase(attributes[i].name, name)) {
            attributes[i].read(str_trim(value), ret);
            return true;
        }
    }
    return str_trim(attribute).len == 0;
}

/* Section 5.2. `extensions` has `room` for the attributes that nobody knows. */
static bool read_header(struct str header, char *extensions, size_t room, struct cookie_given *ret)
{
    size_t used = 0;
    struct str pair = str_split(&header, ';');
    size_t equals = str_find_char(pair, '=');

    *ret = (struct cookie_given){0};
    ret->name = equals < pair.len ? str_trim(str_slice(pair, 0, equals)) : (struct str){0};
    ret->value = str_trim(equals < pair.len ? str_slice(pair, equals + 1, pair.len) : pair);
    while (header.len > 0) {
        struct str attribute = str_split(&header, ';');
        if (!read_attribute(attribute, ret) && room - used > attribute.len) {
            extensions[used] = ';';
            memcpy(extensions + used + 1, attribute.ptr, attribute.len);
            used += attribute.len + 1;
        }
    }
    ret->extensions = (struct str){extensions + 1, used > 0 ? used - 1 : 0};
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

static struct cookie *cookie_new(const struct cookie_given *given, int64_t now_s)
{
    size_t bytes = given->name.len + given->value.len + given->domain.len + given->path.len +
                   given->extensions.len,
           at = 0;
    struct cookie *cookie = calloc(1, sizeof(*cookie) + bytes + 1);

    if (cookie == NULL)
        return NULL;
    cookie->given = *given;
    cookie->name = cookie->given.name = take_text(cookie, &at, given->name, false);
    cookie->value = cookie->given.value = take_text(cookie, &at, given->value, false);
    cookie->domain = cookie->given.domain = take_text(cookie, &at, given->domain, true);
    cookie->path = cookie->given.path = take_text(cookie, &at, given->path, false);
    cookie->given.extensions = take_text(cookie, &at, given->extensions, false);
    cookie->expires_s = given->has_max_age   ? now_s + given->max_age_s
                        : given->has_expires ? given->expires_s
                                             : COOKIE_SESSION;
    cookie->secure = given->secure;
    cookie->http_only = given->http_only;
    /* One label would be everybody's. */
    cookie->host_only =
        !given->says_domain || str_find_char(given->domain, '.') == given->domain.len;
    return cookie;
}

/* The newer takes the older's place: section 5.3, step 11; and when it is set again, its day of
 * creation. */
static void put(struct cookie_jar *jar, const struct cookie_given *given, int64_t now_s,
                bool set_again)
{
    struct cookie **link = &jar->first;
    struct cookie *cookie = cookie_new(given, now_s);

    if (cookie == NULL)
        return;
    while (*link != NULL &&
           !(str_eq((*link)->name, cookie->name) && str_eq((*link)->domain, cookie->domain) &&
             str_eq((*link)->path, cookie->path)))
        link = &(*link)->next;
    if (*link != NULL) {
        cookie->next = (*link)->next;
        if (set_again)
            cookie->given.created_s = (*link)->given.created_s;
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

void cookie_jar_put(struct cookie_jar *jar, const struct cookie_given *given, int64_t now_s)
{
    put(jar, given, now_s, false);
}

void cookie_jar_set(struct cookie_jar *jar, struct str header, const struct url *url,
                    struct str path, int64_t now_s)
{
    struct cookie_given given;
    char extensions[COOKIE_BYTES_MAX + 1];

    if (header.len > COOKIE_BYTES_MAX ||
        !read_header(header, extensions, sizeof(extensions), &given))
        return;
    given.says_domain = given.domain.len > 0;
    if (given.says_domain && !(str_find_char(given.domain, '.') == given.domain.len
                                   ? str_eq_nocase(given.domain, url->host)
                                   : domain_matches(url->host, given.domain)))
        return;
    if (!given.says_domain)
        given.domain = url->host;
    given.path_is_default = given.path.len == 0;
    if (given.path_is_default)
        given.path = default_path(path);
    given.created_s = given.used_s = now_s;
    put(jar, &given, now_s, true);
}

/* --- sending -------------------------------------------------------------------------------- */

/* Section 5.4, step 2. The list is in order of age, so that a later one of one length follows. */
static struct cookie *next_cookie(const struct cookie_jar *jar, const struct cookie *previous,
                                  const struct url *url, struct str path, int64_t now_s)
{
    struct cookie *best = NULL;
    bool behind = previous == NULL; /* within the list */

    for (struct cookie *at = jar->first; at != NULL; at = at->next) {
        bool follows = previous == NULL || at->path.len < previous->path.len ||
                       (behind && at->path.len == previous->path.len);
        behind = behind || at == previous;
        if (at != previous && follows && goes_with(at, url, path, now_s) &&
            (best == NULL || at->path.len > best->path.len))
            best = at;
    }
    return best;
}

const struct cookie *cookie_jar_next(const struct cookie_jar *jar, const struct cookie *previous,
                                     const struct url *url, struct str path, int64_t now_s)
{
    return next_cookie(jar, previous, url, path, now_s);
}

bool cookie_jar_header(struct cookie_jar *jar, const struct url *url, struct str path,
                       int64_t now_s, struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct cookie *cookie = NULL;

    buffer_init(&out, arena);
    while ((cookie = next_cookie(jar, cookie, url, path, now_s)) != NULL) {
        cookie->given.used_s = now_s;
        buffer_add(&out, out.len > 0 ? STR("; ") : STR(""));
        buffer_add(&out, cookie->name);
        buffer_add(&out, cookie->name.len > 0 ? STR("=") : STR(""));
        buffer_add(&out, cookie->value);
    }
    return buffer_done(&out, ret);
}
