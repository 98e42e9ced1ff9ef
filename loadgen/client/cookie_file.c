#include "loadgen/cookie_file.h"

#include <time.h>

#include "base/clock.h"
#include "base/json.h"

static const char *const same_site_names[] = {
    [SAME_SITE_UNSAID] = "",
    [SAME_SITE_STRICT] = "strict",
    [SAME_SITE_LAX] = "lax",
    [SAME_SITE_NONE] = "none",
};

/* --- reading -------------------------------------------------------------------------------- */

/* Two digits at a place of "2098-01-01T00:00:00.000Z". */
static bool pair_at(struct str text, size_t at, int min, int max, int *ret)
{
    int64_t number = 0;

    if (text.len < at + 2 || !str_to_int64(str_slice(text, at, at + 2), min, max, &number))
        return false;
    *ret = (int)number;
    return true;
}

static bool read_moment(const struct json_value *value, int64_t *ret_s)
{
    struct str text = json_string_or(value, STR(""));
    struct tm parts = {0};
    int century = 0, year = 0;

    if (!pair_at(text, 0, 0, 99, &century) || !pair_at(text, 2, 0, 99, &year) ||
        !pair_at(text, 5, 1, 12, &parts.tm_mon) || !pair_at(text, 8, 1, 31, &parts.tm_mday) ||
        !pair_at(text, 11, 0, 23, &parts.tm_hour) || !pair_at(text, 14, 0, 59, &parts.tm_min) ||
        !pair_at(text, 17, 0, 59, &parts.tm_sec))
        return false;
    parts.tm_year = century * 100 + year - 1900;
    parts.tm_mon -= 1;
    *ret_s = timegm(&parts);
    return true;
}

static void read_age(const struct json_value *value, struct cookie_given *ret)
{
    if (json_is(value, JSON_STRING)) {
        ret->has_max_age =
            str_eq(value->text, STR("Infinity")) || str_eq(value->text, STR("-Infinity"));
        ret->max_age_s = str_eq(value->text, STR("Infinity")) ? INT64_C(1) << 40 : 0;
    } else {
        ret->has_max_age = json_int64(value, INT64_MIN >> 8, INT64_C(1) << 40, &ret->max_age_s);
    }
}

static void add_extensions(struct buffer *out, struct str text)
{
    while (text.len > 0) {
        struct str piece = str_trim(str_split(&text, ';'));
        buffer_add(out, out->len > 0 && piece.len > 0 ? STR(";") : STR(""));
        buffer_add(out, piece);
    }
}

static struct str join_extensions(const struct json_value *list, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, arena);
    for (const struct json_value *at = json_elements(list); at != NULL; at = at->next)
        add_extensions(&out, json_string_or(at, STR("")));
    return out.failed ? (struct str){0} : buffer_str(&out);
}

static void read_cookie(const struct json_value *row, int64_t now_s, struct arena *arena,
                        struct cookie_jar *jar)
{
    struct cookie_given given = {
        .name = json_text(row, "key"),
        .value = json_text(row, "value"),
        .domain = json_text(row, "domain"),
        .path = json_text(row, "path"),
        .extensions = join_extensions(json_member(row, "extensions"), arena),
        .secure = json_flag(row, "secure"),
        .http_only = json_flag(row, "httpOnly"),
        .says_domain = !json_flag(row, "hostOnly"),
        .path_is_default = json_flag(row, "pathIsDefault"),
        .created_s = now_s,
    };
    struct str same_site = json_text(row, "sameSite");

    if (given.domain.len == 0 || given.name.len + given.value.len == 0)
        return;
    if (given.path.len == 0 || given.path.ptr[0] != '/')
        given.path = STR("/");
    for (size_t i = 0; i < ARRAY_LEN(same_site_names); i++) {
        if (str_eq_nocase(same_site, str_from_c(same_site_names[i])))
            given.same_site = (enum cookie_same_site)i;
    }
    given.has_expires = read_moment(json_member(row, "expires"), &given.expires_s);
    read_age(json_member(row, "maxAge"), &given);
    (void)!read_moment(json_member(row, "creation"), &given.created_s);
    given.used_s = given.created_s;
    (void)!read_moment(json_member(row, "lastAccessed"), &given.used_s);
    /* An age counts from when the cookie was set. */
    if (!given.has_max_age || given.created_s + given.max_age_s > now_s)
        cookie_jar_put(jar, &given, given.has_max_age ? given.created_s : now_s);
}

bool cookie_file_read(struct str text, int64_t now_s, struct arena *arena, struct cookie_jar *jar,
                      struct aws_error *err)
{
    struct json_value *root = NULL;
    const struct json_value *cookies = NULL;

    if (json_parse(text, arena, &root, NULL))
        cookies = json_member(root, "cookies");
    if (!json_is(cookies, JSON_ARRAY))
        return aws_fail(err, &error_usage, "it is no jar of cookies: no JSON with \"cookies\"");
    for (const struct json_value *row = json_elements(cookies); row != NULL; row = row->next)
        read_cookie(row, now_s, arena, jar);
    return true;
}

/* --- writing -------------------------------------------------------------------------------- */

static void write_moment(struct json_writer *w, struct str name, int64_t at_s)
{
    char text[CLOCK_TEXT_BYTES];

    clock_format_iso(at_s * 1000, text);
    json_field_string(w, name, str_from_c(text));
}

static void write_text(struct json_writer *w, struct str name, struct str text)
{
    if (text.len > 0)
        json_field_string(w, name, text);
}

static void write_true(struct json_writer *w, struct str name, bool value)
{
    if (value)
        json_field_bool(w, name, true);
}

static void write_extensions(struct json_writer *w, struct str extensions)
{
    if (extensions.len == 0)
        return;
    json_write_name(w, STR("extensions"));
    json_array_begin(w);
    while (extensions.len > 0)
        json_write_string(w, str_trim(str_split(&extensions, ';')));
    json_array_end(w);
}

/* What has its default is left out. */
static void write_cookie(struct json_writer *w, const struct cookie_given *given)
{
    json_object_begin(w);
    write_text(w, STR("key"), given->name);
    write_text(w, STR("value"), given->value);
    if (given->has_expires)
        write_moment(w, STR("expires"), given->expires_s);
    if (given->has_max_age)
        json_field_int(w, STR("maxAge"), given->max_age_s);
    json_field_string(w, STR("domain"), given->domain);
    json_field_string(w, STR("path"), given->path);
    write_true(w, STR("secure"), given->secure);
    write_true(w, STR("httpOnly"), given->http_only);
    write_extensions(w, given->extensions);
    json_field_bool(w, STR("hostOnly"), !given->says_domain);
    write_true(w, STR("pathIsDefault"), given->path_is_default);
    write_moment(w, STR("creation"), given->created_s);
    write_moment(w, STR("lastAccessed"), given->used_s);
    write_text(w, STR("sameSite"), str_from_c(same_site_names[given->same_site]));
    json_object_end(w);
}

bool cookie_file_write(const struct cookie_jar *jar, struct arena *arena, struct str *ret)
{
    struct buffer out;
    struct json_writer w;

    buffer_init(&out, arena);
    json_writer_init(&w, &out, JSON_PRETTY);
    json_object_begin(&w);
    json_field_string(&w, STR("version"), STR("tough-cookie@4.1.3-postman.1"));
    json_field_string(&w, STR("storeType"), STR("MemoryCookieStore"));
    json_field_bool(&w, STR("rejectPublicSuffixes"), false);
    json_field_bool(&w, STR("enableLooseMode"), true);
    json_field_bool(&w, STR("allowSpecialUseDomain"), true);
    json_field_string(&w, STR("prefixSecurity"), STR("silent"));
    json_write_name(&w, STR("cookies"));
    json_array_begin(&w);
    for (const struct cookie *at = jar->first; at != NULL; at = at->next)
        write_cookie(&w, &at->given);
    json_array_end(&w);
    json_object_end(&w);
    return buffer_done(&out, ret);
}
