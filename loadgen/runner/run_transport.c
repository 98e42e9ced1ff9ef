#include "run_transport.h"

#include "loadgen/text_file.h"

enum { CERTIFICATE_LIST_BYTES_MAX = 1 << 20 };

/* --- certificates --------------------------------------------------------------------------- */

static bool read_list(const char *path, struct arena *arena, struct json_value **ret,
                      struct aws_error *err)
{
    struct str text = {0};

    if (path == NULL)
        return true;
    if (!text_file_read(arena, path, CERTIFICATE_LIST_BYTES_MAX, &text, err))
        return false;
    return json_parse(str_trim(text), arena, ret, NULL) ||
           aws_fail(err, &error_usage, "the file at %s does not contain valid JSON data.", path);
}

static bool prepare_tls(struct run_transport *transport, const struct run_arguments *arguments,
                        const struct collection *collection, struct arena *arena,
                        enum http_version version, struct aws_error *err)
{
    struct json_value *list = NULL;

    transport->tls = (struct tls_settings){.insecure = arguments->insecure,
                                           .http2 = version != HTTP_VERSION_1_1,
                                           .ca_file = arguments->ca_file,
                                           .cert_file = arguments->cert_file,
                                           .key_file = arguments->key_file,
                                           .passphrase = arguments->passphrase};
    if (!read_list(arguments->cert_list, arena, &list, err) ||
        !tls_choice_init(collection, &transport->tls, list, arena, &transport->choice, err))
        return false;
    return (arguments->ca_file == NULL && arguments->cert_file == NULL) ||
           tls_settings_ready(&transport->tls, err);
}

/* --- proxies -------------------------------------------------------------------------------- */

/* The first of these variables that is not empty. */
static struct str setting(const char *const names[4])
{
    for (size_t i = 0; i < 4 && names[i] != NULL; i++) {
        struct str value = str_from_c(getenv(names[i]));
        if (value.len > 0)
            return value;
    }
    return (struct str){0};
}

bool run_transport_proxies(struct run_transport *transport, struct arena *arena, struct run *run,
                           struct aws_error *err)
{
    static const char *const http[4] = {"HTTP_PROXY", "http_proxy"};
    static const char *const https[4] = {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"};
    static const char *const bypass[4] = {"NO_PROXY", "no_proxy"};
    struct proxies *proxies = &transport->proxies;

    if (setting(https).len == 0)
        return true;
    proxies->bypass = setting(bypass);
    run->proxies = proxies;
    return (setting(http).len == 0 ||
            proxy_read(setting(http), run->targets, arena, &proxies->http, err)) &&
           proxy_read(setting(https), run->targets, arena, &proxies->https, err);
}

/* --- the whole ------------------------------------------------------------------------------ */

bool run_transport_init(struct run_transport *transport, const struct run_arguments *arguments,
                        const struct collection *collection, struct arena *arena, struct run *run,
                        struct aws_error *err)
{
    run->tls = &transport->tls;
    run->tls_choice = &transport->choice;
    return prepare_tls(transport, arguments, collection, arena, run->options.version, err);
}

void run_transport_deinit(struct run_transport *transport)
{
    tls_choice_deinit(&transport->choice);
    tls_settings_deinit(&transport->tls);
}
