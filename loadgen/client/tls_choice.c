#include "loadgen/tls_choice.h"

#include "loadgen/url_pattern.h"

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the certificates do not fit in memory");
}

/* --- the list ------------------------------------------------------------------------------- */

/* "cert": {"src": "file"}, or the file alone. NULL: none, or out of memory. */
static const char *source_of(const struct json_value *row, struct str name, struct arena *arena)
{
    const struct json_value *value = json_get(row, name);
    struct str path = {0};

    if (json_is(value, JSON_OBJECT))
        value = json_member(value, "src");
    return json_string(value, &path) && path.len > 0 ? str_to_c(arena, path) : NULL;
}

static bool read_certificate(const struct json_value *row, struct arena *arena,
                             struct tls_certificate *ret, struct aws_error *err)
{
    struct str passphrase = {0};
    struct tls_certificate read = {.matches = json_member(row, "matches"),
                                   .cert_file = source_of(row, STR("cert"), arena),
                                   .key_file = source_of(row, STR("key"), arena),
                                   .pfx_file = source_of(row, STR("pfx"), arena)};

    if (!json_is(row, JSON_OBJECT) || !json_is(read.matches, JSON_ARRAY))
        return aws_fail(err, &error_usage,
                        "the list of certificates: an entry has no \"matches\", a list of "
                        "patterns like \"https://*.example.com/*\"");
    if (json_string(json_member(row, "passphrase"), &passphrase))
        read.passphrase = str_to_c(arena, passphrase);
    *ret = read;
    return true;
}

static bool read_list(const struct json_value *list, struct arena *arena, struct tls_choice *choice,
                      struct aws_error *err)
{
    if (list == NULL)
        return true;
    if (!json_is(list, JSON_ARRAY))
        return aws_fail(err, &error_usage, "expected ssl client certificates list to be an array.");
    choice->certificates = arena_alloc_array(arena, list->count, sizeof(*choice->certificates));
    if (choice->certificates == NULL)
        return no_memory(err);
    for (const struct json_value *row = list->child; row != NULL; row = row->next) {
        if (!read_certificate(row, arena, &choice->certificates[choice->certificate_count], err))
            return false;
        choice->certificate_count++;
    }
    return true;
}

/* --- what requests wish ---------------------------------------------------------------------- */

static bool same_wish(const struct tls_wish *a, const struct tls_wish *b)
{
    return a->strictness == b->strictness && a->disabled_protocols == b->disabled_protocols &&
           str_eq(a->ciphers == NULL ? STR("") : a->ciphers->raw,
                  b->ciphers == NULL ? STR("") : b->ciphers->raw);
}

static size_t wish_row(const struct tls_choice *choice, const struct tls_wish *wish)
{
    size_t row = 0;

    while (row < choice->wish_count && !same_wish(&choice->wishes[row], wish))
        row++;
    return row;
}

static bool gather_wishes(const struct collection *collection, struct arena *arena,
                          struct tls_choice *choice, struct aws_error *err)
{
    choice->wishes =
        arena_alloc_array(arena, collection->request_count + 1, sizeof(*choice->wishes));
    if (choice->wishes == NULL)
        return no_memory(err);
    choice->wish_count = 1;
    for (size_t i = 0; i < collection->request_count; i++) {
        const struct tls_wish *wish = &collection->requests[i].behavior.tls;
        if (wish_row(choice, wish) == choice->wish_count)
            choice->wishes[choice->wish_count++] = *wish;
    }
    return true;
}

/* --- settings ------------------------------------------------------------------------------- */

static bool join_ciphers(const struct json_value *list, struct arena *arena, const char **ret)
{
    struct buffer out;

    buffer_init(&out, arena);
    for (const struct json_value *at = list->child; at != NULL; at = at->next) {
        if (out.len > 0)
            buffer_add_char(&out, ':');
        buffer_add(&out, at->type == JSON_STRING ? at->text : at->raw);
    }
    *ret = out.failed ? NULL : str_to_c(arena, buffer_str(&out));
    return *ret != NULL;
}

static bool make(const struct tls_settings *base, const struct tls_wish *wish,
                 const struct tls_certificate *certificate, struct arena *arena,
                 struct tls_settings *ret)
{
    *ret = *base;
    ret->context = NULL;
    ret->disabled_protocols = wish->disabled_protocols;
    if (wish->strictness != TLS_AS_THE_RUN)
        ret->insecure = wish->strictness == TLS_LENIENT;
    if (wish->ciphers != NULL && !join_ciphers(wish->ciphers, arena, &ret->ciphers))
        return false;
    if (certificate != NULL) {
        ret->cert_file = certificate->cert_file;
        ret->key_file = certificate->key_file;
        ret->pfx_file = certificate->pfx_file;
        ret->passphrase = certificate->passphrase;
    }
    return true;
}

/* A certificate that cannot be read is an error now; what a request wishes in vain fails that
 * request. */
static bool make_row(const struct tls_settings *base, size_t wish, struct arena *arena,
                     struct tls_choice *choice, struct aws_error *err)
{
    size_t columns = choice->certificate_count + 1;

    for (size_t column = 0; column < columns; column++) {
        struct tls_settings *settings = &choice->settings[wish * columns + column];
        struct aws_error why = {0};
        if (!make(base, &choice->wishes[wish],
                  column == columns - 1 ? NULL : &choice->certificates[column], arena, settings))
            return no_memory(err);
        if (!tls_settings_ready(settings, &why) && wish == 0) {
            *err = why;
            return false;
        }
    }
    return true;
}

static bool make_all(const struct tls_settings *base, struct arena *arena,
                     struct tls_choice *choice, struct aws_error *err)
{
    size_t count = choice->wish_count * (choice->certificate_count + 1);

    if (count > TLS_CHOICES_MAX)
        return aws_fail(err, &error_usage, "more than %d pairs of certificates and TLS settings",
                        (int)TLS_CHOICES_MAX);
    choice->settings = arena_alloc_array(arena, count, sizeof(*choice->settings));
    if (choice->settings == NULL)
        return no_memory(err);
    for (size_t wish = 0; wish < choice->wish_count; wish++) {
        if (!make_row(base, wish, arena, choice, err))
            return false;
    }
    return true;
}

bool tls_choice_init(const struct collection *collection, const struct tls_settings *base,
                     const struct json_value *list, struct arena *arena, struct tls_choice *ret,
                     struct aws_error *err)
{
    *ret = (struct tls_choice){0};
    if (!read_list(list, arena, ret, err) || !gather_wishes(collection, arena, ret, err))
        return false;
    /* The run's own settings are enough. */
    if (ret->certificate_count == 0 && ret->wish_count == 1)
        return true;
    if (make_all(base, arena, ret, err))
        return true;
    tls_choice_deinit(ret);
    return false;
}

void tls_choice_deinit(struct tls_choice *choice)
{
    size_t count = choice->wish_count * (choice->certificate_count + 1);

    for (size_t i = 0; choice->settings != NULL && i < count; i++)
        tls_settings_deinit(&choice->settings[i]);
    *choice = (struct tls_choice){0};
}

/* --- choosing ------------------------------------------------------------------------------- */

static bool is_met(const struct tls_certificate *certificate, const struct url *url)
{
    for (const struct json_value *at = certificate->matches->child; at != NULL; at = at->next) {
        const struct json_value *pattern =
            json_is(at, JSON_OBJECT) ? json_member(at, "pattern") : at;
        if (json_is(pattern, JSON_STRING) && url_pattern_matches(pattern->text, url))
            return true;
    }
    return false;
}

struct tls_settings *tls_choice_settings(const struct tls_choice *choice, const struct url *url,
                                         const struct tls_wish *wish)
{
    size_t row = 0, column = 0;

    if (choice == NULL || choice->settings == NULL)
        return NULL;
    row = wish_row(choice, wish);
    if (row == choice->wish_count)
        row = 0; /* a request of a script's */
    while (column < choice->certificate_count &&
           !(url->tls && is_met(&choice->certificates[column], url)))
        column++;
    if (row == 0 && column == choice->certificate_count)
        return NULL;
    return &choice->settings[row * (choice->certificate_count + 1) + column];
}

bool tls_choice_target(const struct tls_choice *choice, struct target_list *targets,
                       const struct url *url, const struct tls_wish *wish, struct target **ret,
                       struct aws_error *err)
{
    return target_find_with(targets, url, tls_choice_settings(choice, url, wish), ret, err);
}
