#include "loadgen/node_error.h"

/* --- members -------------------------------------------------------------------------------- */

struct members {
    int number; /* errno; 0: none */
    const char *code, *call;
    struct str host; /* "hostname" */
    const char *address;
    int port;
};

static struct str write_members(const struct members *members, struct arena *arena)
{
    struct buffer out;
    struct json_writer w;
    struct str text = {0};

    buffer_init(&out, arena);
    json_writer_init(&w, &out, JSON_COMPACT);
    json_object_begin(&w);
    if (members->number != 0)
        json_field_int(&w, STR("errno"), members->number);
    if (members->code != NULL)
        json_field_string(&w, STR("code"), str_from_c(members->code));
    if (members->call != NULL)
        json_field_string(&w, STR("syscall"), str_from_c(members->call));
    if (members->host.len > 0)
        json_field_string(&w, STR("hostname"), members->host);
    if (members->address != NULL) {
        json_field_string(&w, STR("address"), str_from_c(members->address));
        json_field_int(&w, STR("port"), members->port);
    }
    json_object_end(&w);
    return buffer_done(&out, &text) ? text : STR("{}");
}

static struct node_error coded(struct str message, const char *code, struct arena *arena)
{
    struct members members = {.code = code};

    return (struct node_error){"Error", message, write_members(&members, arena)};
}

/* --- classes -------------------------------------------------------------------------------- */

/* libuv's number of an error, by its text; 0 for another text. */
static int number_of(const char *detail)
{
    static const int numbers[] = {UV_ECONNREFUSED,  UV_ECONNRESET, UV_ETIMEDOUT, UV_EHOSTUNREACH,
                                  UV_ENETUNREACH,   UV_EACCES,     UV_EPIPE,     UV_EAI_AGAIN,
                                  UV_EADDRNOTAVAIL, UV_EMFILE,     UV_ENETDOWN};

    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        if (strcmp(uv_strerror(numbers[i]), detail) == 0)
            return numbers[i];
    }
    return 0;
}

static struct node_error unknown_host(struct str host, struct arena *arena)
{
    enum { NODE_ENOTFOUND = -3008 }; /* Node has one code for all that libuv tells apart */
    struct members members = {NODE_ENOTFOUND, "ENOTFOUND", "getaddrinfo", host, NULL, 0};

    return (struct node_error){"Error",
                               str_printf(arena, "getaddrinfo ENOTFOUND %.*s", STR_ARG(host)),
                               write_members(&members, arena)};
}

static struct node_error unresolved(const char *detail, const struct target *hop,
                                    struct arena *arena)
{
    struct str host = str_from_c(hop->host);
    struct members members = {UV_EAI_AGAIN, "EAI_AGAIN", "getaddrinfo", host, NULL, 0};

    if (number_of(detail) != UV_EAI_AGAIN)
        return unknown_host(host, arena);
    return (struct node_error){"Error",
                               str_printf(arena, "getaddrinfo EAI_AGAIN %.*s", STR_ARG(host)),
                               write_members(&members, arena)};
}

static struct node_error unconnected(const char *detail, const struct client_connection *connection,
                                     struct arena *arena)
{
    char address[INET6_ADDRSTRLEN] = "";
    struct members members = {.number = number_of(detail), .call = "connect", .address = address};
    struct node_error error = {0};

    if (members.number == 0 || connection->hop == NULL)
        return coded(str_from_c(detail), "ECONNRESET", arena); /* a tunnel that was refused */
    (void)uv_ip_name(
        (const struct sockaddr *)(const void *)&connection->hop->addresses[connection->address],
        address, sizeof(address));
    members.code = uv_err_name(members.number);
    members.port = connection->hop->port;
    error = (struct node_error){
        "Error", str_printf(arena, "connect %s %s:%d", members.code, address, members.port),
        write_members(&members, arena)};
    if (connection->proxy != NULL && connection->target != NULL && connection->target->tls)
        return coded(str_printf(arena, "tunneling socket could not be established, cause=%.*s",
                                STR_ARG(error.message)),
                     "ECONNRESET", arena);
    return error;
}

static struct node_error broken(const char *detail, struct arena *arena)
{
    struct members members = {.number = number_of(detail), .call = "read"};

    if (members.number == 0)
        return coded(str_from_c(detail), NULL, arena);
    members.code = uv_err_name(members.number);
    if (members.number == UV_EPIPE)
        members.call = "write";
    return (struct node_error){"Error", str_printf(arena, "%s %s", members.call, members.code),
                               write_members(&members, arena)};
}

static struct node_error untrusted(const char *detail, struct arena *arena)
{
    static const struct {
        const char *text, *code;
    } rows[] = {
        {"self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"},
        {"self-signed certificate in certificate chain", "SELF_SIGNED_CERT_IN_CHAIN"},
        {"unable to get local issuer certificate", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"},
        {"unable to get issuer certificate", "UNABLE_TO_GET_ISSUER_CERT"},
        {"unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"},
        {"certificate has expired", "CERT_HAS_EXPIRED"},
        {"certificate is not yet valid", "CERT_NOT_YET_VALID"},
        {"certificate revoked", "CERT_REVOKED"},
        {"hostname mismatch", "ERR_TLS_CERT_ALTNAME_INVALID"},
        {"IP address mismatch", "ERR_TLS_CERT_ALTNAME_INVALID"},
    };

    if (strncmp(detail, "TLS: ", 5) == 0)
        detail += 5;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].text, detail) == 0)
            return coded(str_from_c(rows[i].text), rows[i].code, arena);
    }
    return coded(str_printf(arena, "%s", detail), NULL, arena);
}

/* What Node refuses before it sends anything. */
static struct node_error named(const char *detail, struct arena *arena)
{
    static const struct {
        const char *begin, *name, *code;
    } rows[] = {
        {"Port should be", "RangeError", "ERR_SOCKET_BAD_PORT"},
        {"Request path contains", "TypeError", "ERR_UNESCAPED_CHARACTERS"},
        {"Invalid character in header", "TypeError", "ERR_INVALID_CHAR"},
        {"Header name must be", "TypeError", "ERR_INVALID_HTTP_TOKEN"},
        {"", "Error", NULL},
    };
    size_t i = 0;

    while (strncmp(detail, rows[i].begin, strlen(rows[i].begin)) != 0)
        i++;
    struct node_error error = coded(str_printf(arena, "%s", detail), rows[i].code, arena);
    error.name = rows[i].name;
    return error;
}

struct node_error node_error_of(enum error_class class, const char *detail,
                                const struct client_exchange *exchange, struct arena *arena)
{
    const struct client_connection *connection = &exchange->connection;

    switch (class) {
    case ERROR_CONNECT:
        return unconnected(detail, connection, arena);
    case ERROR_RESOLVE:
        if (connection->hop != NULL)
            return unresolved(detail, connection->hop, arena);
        break;
    case ERROR_TLS:
        return untrusted(detail, arena);
    case ERROR_TIMEOUT:
        return (struct node_error){"Error", STR("ESOCKETTIMEDOUT"),
                                   STR("{\"code\":\"ESOCKETTIMEDOUT\",\"connect\":false}")};
    case ERROR_RESET:
        return broken(detail, arena);
    case ERROR_CLOSED:
        return coded(exchange->response.status > 0 ? STR("aborted") : STR("socket hang up"),
                     "ECONNRESET", arena);
    case ERROR_PARSE:
    case ERROR_REQUEST:
    case ERROR_CLASS_COUNT:
        break;
    }
    return named(detail, arena);
}

/* What Node would look up: no port, no name and password, in small letters. */
static struct str host_of(struct str url, struct arena *arena)
{
    size_t scheme = str_find(url, STR("://")), end = 0, colon = 0;
    struct str rest = scheme < url.len ? str_slice(url, scheme + 3, url.len) : url;
    struct buffer host;

    while (end < rest.len && strchr("/?#", rest.ptr[end]) == NULL)
        end++;
    rest = str_slice(rest, 0, end);
    for (size_t at = str_find_char(rest, '@'); at < rest.len; at = str_find_char(rest, '@'))
        rest = str_slice(rest, at + 1, rest.len);
    for (colon = rest.len; colon > 0 && rest.ptr[colon - 1] >= '0' && rest.ptr[colon - 1] <= '9';)
        colon--;
    if (colon > 0 && rest.ptr[colon - 1] == ':')
        rest = str_slice(rest, 0, colon - 1);
    buffer_init(&host, arena);
    buffer_add_lower(&host, rest);
    return host.failed ? (struct str){0} : buffer_str(&host);
}

struct node_error node_error_unmade(struct str url, const char *detail, struct arena *arena)
{
    struct str host = host_of(url, arena);
    bool is_name = str_ends_with(str_from_c(detail), STR("has no usable host")) ||
                   str_find(host, STR("{{")) < str_find(host, STR("}}"));

    return host.len > 0 && is_name ? unknown_host(host, arena) : named(detail, arena);
}
