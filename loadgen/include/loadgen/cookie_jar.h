/*
 * A user's cookies: kept from its answers, sent with its requests.
 *
 * Bounded: COOKIES_MAX, the oldest goes first; a cookie of at most COOKIE_BYTES_MAX. A cookie whose
 * Domain is one label ("com", "localhost") is taken for that very host alone; the list of public
 * suffixes is not looked at. A zeroed struct is an empty jar.
 *
 * Source: RFC 6265, sections 5.1 to 5.4; as Postman's jar, "Set-Cookie: word" is a value that has
 * no name.
 */
#ifndef LOADGEN_COOKIE_JAR_H
#define LOADGEN_COOKIE_JAR_H

#include "loadgen/url.h"

enum { COOKIES_MAX = 300, COOKIE_BYTES_MAX = 8 << 10 };
#define COOKIE_SESSION INT64_MAX

enum cookie_same_site { SAME_SITE_UNSAID, SAME_SITE_STRICT, SAME_SITE_LAX, SAME_SITE_NONE };

/* What a Set-Cookie header says, or a file; texts are borrowed. */
struct cookie_given {
    struct str name, value;
    struct str domain; /* without a dot before it */
    struct str path;
    struct str extensions; /* attributes that nobody knows, with semicolons between them */
    int64_t expires_s, max_age_s;
    bool has_expires, has_max_age, secure, http_only;
    bool says_domain; /* else the domain is the host's that set it */
    bool path_is_default;
    enum cookie_same_site same_site;
    int64_t created_s, used_s;
};

struct cookie {
    struct cookie *next; /* newer */
    struct str name, value;
    struct str domain; /* lower case */
    struct str path;
    int64_t expires_s; /* COOKIE_SESSION: with the run */
    bool host_only, secure, http_only;
    struct cookie_given given; /* its texts are the cookie's */
    char bytes[];              /* of the texts */
};

struct cookie_jar {
    struct cookie *first; /* the oldest */
    size_t count;
};

void cookie_jar_deinit(struct cookie_jar *jar);

/* A Set-Cookie header of an answer from `url`; what may not be set is passed over. `path` is the
 * request's, without its query. */
void cookie_jar_set(struct cookie_jar *jar, struct str header, const struct url *url,
                    struct str path, int64_t now_s);

/* A cookie whose domain and path are known; one of its name, domain and path gives way, and one
 * that is over by `now_s` goes at once. */
void cookie_jar_put(struct cookie_jar *jar, const struct cookie_given *given, int64_t now_s);

/* The next cookie that goes with a request, longer paths first, then older ones; `previous` is NULL
 * at first. NULL after the last. */
const struct cookie *cookie_jar_next(const struct cookie_jar *jar, const struct cookie *previous,
                                     const struct url *url, struct str path, int64_t now_s);
/* "a=1; b=2", or empty, and notes that they are used; false past the arena's limit. */
MUST_CHECK bool cookie_jar_header(struct cookie_jar *jar, const struct url *url, struct str path,
                                  int64_t now_s, struct arena *arena, struct str *ret);

/* A cookie's date: RFC 6265, section 5.1.1. */
MUST_CHECK bool cookie_date_read(struct str text, int64_t *ret_s);

#endif
