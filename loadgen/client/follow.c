#include "loadgen/follow.h"

/* --- heads ---------------------------------------------------------------------------------- */

size_t head_bytes(struct str head)
{
    size_t end = str_find(head, STR("\r\n\r\n"));

    return end == head.len ? head.len : end + 4;
}

size_t head_lines(struct str head)
{
    size_t count = 0;

    while (head.len > 0)
        count += str_trim(str_split(&head, '\n')).len > 0 ? 1 : 0;
    return count;
}

struct str head_method(struct str head)
{
    return str_slice(head, 0, str_find_char(head, ' '));
}

struct str head_target(struct str head)
{
    struct str line = str_slice(head, 0, str_find_char(head, '\r'));
    struct str target = {0};

    (void)str_split(&line, ' ');
    target = str_split(&line, ' ');
    if (target.len > 0 && target.ptr[0] != '/') {
        size_t scheme = str_find(target, STR("://"));
        struct str rest = str_slice(target, scheme + 3, target.len);
        size_t slash = str_find_char(rest, '/');
        target = str_slice(rest, slash, rest.len);
    }
    return target;
}

/* The next header line of `*rest`, without its end; false at the empty one. */
static bool next_line(struct str *rest, struct str *ret_line, struct str *ret_name)
{
    struct str line = str_split(rest, '\n');

    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    *ret_line = line;
    *ret_name = str_slice(line, 0, str_find_char(line, ':'));
    return line.len > 0;
}

static bool is_of_body(struct str name)
{
    return str_eq_nocase(name, STR("Content-Type")) || str_eq_nocase(name, STR("Content-Length")) ||
           str_eq_nocase(name, STR("Transfer-Encoding"));
}

static void add_header(struct buffer *out, struct str name, struct str value)
{
    buffer_add(out, name);
    buffer_add_literal(out, ": ");
    encode_add(out, value, ENCODE_HEADER);
    buffer_add_literal(out, "\r\n");
}

bool head_add(struct request_bytes bytes, struct str name, struct str value, struct arena *arena,
              struct request_bytes *ret)
{
    size_t len = head_bytes(bytes.head);
    struct str rest = str_slice(bytes.head, 0, len), line = {0}, found = {0};
    struct str body = bytes.body.len > 0 ? bytes.body : str_slice(bytes.head, len, bytes.head.len);
    struct buffer out;
    bool joined = false;

    buffer_init(&out, arena);
    buffer_add(&out, str_split(&rest, '\n'));
    buffer_add_char(&out, '\n');
    while (next_line(&rest, &line, &found)) {
        buffer_add(&out, line);
        if (!joined && str_eq_nocase(found, name)) {
            buffer_add_literal(&out, "; ");
            encode_add(&out, value, ENCODE_HEADER);
            joined = true;
        }
        buffer_add_literal(&out, "\r\n");
    }
    if (!joined)
        add_header(&out, name, value);
    buffer_add_literal(&out, "\r\n");
    ret->body = body;
    return buffer_done(&out, &ret->head);
}

/* Where a header for cookies goes, when there is none: to the end, or before Content-Length. */
static size_t cookie_place(struct str head, bool before_length, bool *ret_own)
{
    struct str rest = head, line = {0}, name = {0};
    size_t end = head.len - strlen("\r\n"), at = end;

    *ret_own = false;
    (void)str_split(&rest, '\n');
    for (size_t begin = head.len - rest.len; next_line(&rest, &line, &name);
         begin = head.len - rest.len) {
        *ret_own = *ret_own || str_eq_nocase(name, STR("Cookie"));
        if (before_length && str_eq_nocase(name, STR("Content-Length")))
            at = begin;
    }
    return at;
}

/* Into the header that is there; an empty one goes when there is nothing for it. */
static void join_cookies(struct buffer *out, struct str head, struct str cookies, bool place)
{
    struct str rest = head, line = {0}, name = {0};

    buffer_add(out, str_split(&rest, '\n'));
    buffer_add_char(out, '\n');
    while (next_line(&rest, &line, &name)) {
        bool is_cookie = str_eq_nocase(name, STR("Cookie"));
        struct str value = str_trim(str_slice(line, name.len + 1, line.len));
        if (is_cookie && value.len == 0 && cookies.len == 0 && !place)
            continue;
        buffer_add(out, is_cookie && value.len == 0 ? STR("Cookie: ") : line);
        if (is_cookie && value.len > 0 && cookies.len > 0)
            buffer_add_literal(out, "; ");
        if (is_cookie)
            encode_add(out, cookies, ENCODE_HEADER);
        buffer_add_literal(out, "\r\n");
    }
}

bool head_add_cookies(struct request_bytes bytes, struct cookie_line line, struct arena *arena,
                      struct request_bytes *ret)
{
    struct str head = str_slice(bytes.head, 0, head_bytes(bytes.head));
    struct str body =
        bytes.body.len > 0 ? bytes.body : str_slice(bytes.head, head.len, bytes.head.len);
    bool own = false;
    size_t at = cookie_place(head, line.before_length, &own);
    struct buffer out;

    buffer_init(&out, arena);
    if (own) {
        join_cookies(&out, head, line.cookies, line.keep_place);
    } else {
        buffer_add(&out, str_slice(head, 0, at));
        if (line.cookies.len > 0 || line.keep_place)
            add_header(&out, STR("Cookie"), line.cookies);
        buffer_add(&out, str_slice(head, at, head.len - strlen("\r\n")));
    }
    buffer_add_literal(&out, "\r\n");
    ret->body = body;
    return buffer_done(&out, &ret->head);
}

/* --- addresses ------------------------------------------------------------------------------ */

/* Section 5.2.4, for a path that begins with a slash. */
static void add_without_dots(struct buffer *out, struct str path)
{
    size_t begin = out->len;

    while (path.len > 0) {
        size_t end = 1;
        while (end < path.len && path.ptr[end] != '/')
            end++;
        struct str segment = str_slice(path, 0, end);
        bool last = end == path.len;
        path = str_slice(path, end, path.len);
        if (str_eq(segment, STR("/."))) {
            if (last)
                buffer_add_char(out, '/');
        } else if (str_eq(segment, STR("/.."))) {
            while (out->len > begin && out->ptr[--out->len] != '/')
                continue;
            if (last)
                buffer_add_char(out, '/');
        } else {
            buffer_add(out, segment);
        }
    }
}

static bool has_scheme(struct str location)
{
    size_t at = 0;

    while (at < location.len &&
           ((location.ptr[at] | 0x20) >= 'a' && (location.ptr[at] | 0x20) <= 'z'))
        at++;
    return at > 0 && at < location.len && location.ptr[at] == ':';
}

bool location_resolve(const struct url *from, struct str target, struct str location,
                      struct arena *arena, struct str *ret)
{
    struct str path = str_slice(target, 0, str_find_char(target, '?'));
    struct str own = {0}, tail = {0};
    size_t cut = path.len;
    struct buffer out;

    buffer_init(&out, arena);
    if (has_scheme(location)) {
        *ret = location;
        return true;
    }
    buffer_add(&out, from->tls ? STR("https:") : STR("http:"));
    if (str_starts_with(location, STR("//"))) {
        buffer_add(&out, location);
        return buffer_done(&out, ret);
    }
    buffer_add_literal(&out, "//");
    buffer_add(&out, from->authority);
    for (size_t i = 0; i < location.len && own.ptr == NULL; i++) {
        if (location.ptr[i] == '?' || location.ptr[i] == '#')
            own = str_slice(location, 0, i);
    }
    own = own.ptr == NULL ? location : own;
    tail = str_slice(location, own.len, location.len);
    if (own.len == 0) {
        buffer_add(&out, location.len > 0 && location.ptr[0] == '?' ? path : target);
    } else if (own.ptr[0] == '/') {
        add_without_dots(&out, own);
    } else {
        while (cut > 0 && path.ptr[cut - 1] != '/')
            cut--;
        struct str merged =
            str_printf(arena, "%.*s%.*s", STR_ARG(str_slice(path, 0, cut)), STR_ARG(own));
        out.failed = out.failed || merged.len == 0;
        add_without_dots(&out, merged);
    }
    buffer_add(&out, tail);
    return buffer_done(&out, ret);
}

/* --- redirects ------------------------------------------------------------------------------ */

struct moving {
    const struct behavior *behavior;
    const struct url *from, *to;
    bool keep_method; /* and the body */
    bool is_form;     /* multipart: its headers are made anew, behind the others */
    struct str referer;
};

/* A Host of the collection's own: another name of the same machine, which it keeps. */
static bool is_other_host(const struct moving *moving, struct str line)
{
    struct str value = line;

    (void)str_split(&value, ':');
    return !str_eq_nocase(str_trim(value), moving->from->authority);
}

/* A header of the last request: false when it stays behind. */
static bool goes_along(const struct moving *moving, struct str name, struct str line)
{
    bool same_host = str_eq_nocase(moving->from->host, moving->to->host);

    if (str_eq_nocase(name, STR("Host")))
        return same_host && is_other_host(moving, line);
    if (str_eq_nocase(name, STR("Authorization")))
        return moving->behavior->keep_authorization || same_host;
    return !is_of_body(name) || (moving->keep_method && !moving->is_form);
}

/* The headers of the body, as they were. */
static void add_of_body(struct buffer *out, struct str head)
{
    struct str rest = str_slice(head, 0, head_bytes(head)), line = {0}, name = {0};

    (void)str_split(&rest, '\n');
    while (next_line(&rest, &line, &name)) {
        if (!is_of_body(name))
            continue;
        buffer_add(out, line);
        buffer_add_literal(out, "\r\n");
    }
}

static bool write_head(const struct moving *moving, struct str head, struct str method,
                       struct arena *arena, struct str *ret)
{
    struct str rest = str_slice(head, 0, head_bytes(head)), line = {0}, name = {0};
    bool refers = moving->behavior->drop_referer, raw = moving->behavior->raw_address;
    bool has_host = false;
    struct buffer out;

    buffer_init(&out, arena);
    buffer_add(&out, method);
    buffer_add_char(&out, ' ');
    encode_add(&out, moving->to->path.len == 0 ? STR("/") : moving->to->path,
               raw ? ENCODE_LEAST : ENCODE_PATH);
    buffer_add(&out, moving->to->has_query ? STR("?") : STR(""));
    encode_add(&out, moving->to->query, raw ? ENCODE_LEAST : ENCODE_QUERY);
    buffer_add_literal(&out, " HTTP/1.1\r\n");
    (void)str_split(&rest, '\n');
    while (next_line(&rest, &line, &name)) {
        if (!goes_along(moving, name, line))
            continue;
        has_host = has_host || str_eq_nocase(name, STR("Host"));
        if (!refers && str_eq_nocase(name, STR("Referer"))) {
            add_header(&out, name, moving->referer);
            refers = true;
            continue;
        }
        buffer_add(&out, line);
        buffer_add_literal(&out, "\r\n");
    }
    if (!refers)
        add_header(&out, STR("Referer"), moving->referer);
    if (!has_host)
        add_header(&out, STR("Host"), moving->to->authority);
    if (moving->keep_method && moving->is_form)
        add_of_body(&out, head);
    buffer_add_literal(&out, "\r\n");
    return buffer_done(&out, ret);
}

static bool has_form(struct str head)
{
    struct str rest = str_slice(head, 0, head_bytes(head)), line = {0}, name = {0};

    (void)str_split(&rest, '\n');
    while (next_line(&rest, &line, &name)) {
        if (str_eq_nocase(name, STR("Content-Type")))
            return str_find(line, STR("multipart/form-data; boundary=")) < line.len;
    }
    return false;
}

bool redirect_make(const struct behavior *behavior, int status, struct str location,
                   const struct url *from, struct request_bytes bytes, struct arena *arena,
                   struct redirect *ret, struct aws_error *err)
{
    struct str method = head_method(bytes.head), target = head_target(bytes.head), text = {0};
    bool is_head = str_eq(method, STR("HEAD"));
    struct moving moving = {.behavior = behavior, .from = from, .to = &ret->url};
    size_t len = head_bytes(bytes.head);

    moving.is_form = has_form(bytes.head);
    moving.keep_method = behavior->keep_method || status == 307 || status == 308;
    moving.referer = str_printf(arena, "%s://%.*s%.*s", from->tls ? "https" : "http",
                                STR_ARG(from->authority), STR_ARG(target));
    if (!location_resolve(from, target, location, arena, &text) ||
        !url_canonical(text, arena, &text) || moving.referer.len == 0)
        return aws_fail(err, &error_out_of_memory, "a redirect does not fit in memory");
    /* The answer's bytes will be gone. */
    if (!str_copy(arena, text, &text))
        return aws_fail(err, &error_out_of_memory, "a redirect does not fit in memory");
    if (!url_read(text, &ret->url, err))
        return false;
    if (!moving.keep_method && !is_head)
        method = STR("GET");
    ret->is_head = is_head;
    ret->bytes.body = (struct str){0};
    if (moving.keep_method && bytes.body.len > 0)
        ret->bytes.body = bytes.body;
    else if (moving.keep_method)
        ret->bytes.body = str_slice(bytes.head, len, bytes.head.len);
    return write_head(&moving, bytes.head, method, arena, &ret->bytes.head) ||
           aws_fail(err, &error_out_of_memory, "a redirect does not fit in memory");
}
