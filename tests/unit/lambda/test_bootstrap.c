/*
 * A runtime for the tests of processes, as small as one can be: the event's first byte behind '{"'
 * says what to do.
 *   e  answers the event     f  reports an error       l  prints a line, then answers
 *   q  exits with status 3   o  exits with status 0    k  dies by a signal
 *   b  never answers         v  answers the value of TEST_KEY and AWS_LAMBDA_FUNCTION_NAME
 * With FAIL_INIT=exit it exits at once, with FAIL_INIT=error it reports an init error.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 8 * 1024 * 1024 };
static char answer[BUFFER];

/* One request on a connection of its own; answers where the body begins, or NULL. */
static char *request(const char *method, const char *path, const char *body)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    char head[1024];
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    const char *colon = api == NULL ? NULL : strrchr(api, ':');
    size_t used = 0;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (colon == NULL || fd < 0)
        return NULL;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)strtol(colon + 1, NULL, 10));
    int length = snprintf(head, sizeof(head),
                          "%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                          "Content-Length: %zu\r\n\r\n",
                          method, path, strlen(body));
    if (connect(fd, (const struct sockaddr *)(const void *)&address, sizeof(address)) != 0 ||
        write(fd, head, (size_t)length) != length ||
        write(fd, body, strlen(body)) != (ssize_t)strlen(body)) {
        (void)close(fd);
        return NULL;
    }
    for (;;) {
        ssize_t got = read(fd, answer + used, BUFFER - 1 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
        answer[used] = '\0';
        const char *end = strstr(answer, "\r\n\r\n");
        const char *count = strstr(answer, "Content-Length: ");
        if (end != NULL && count != NULL &&
            used - (size_t)(end + 4 - answer) >= strtoul(count + 16, NULL, 10))
            break;
    }
    (void)close(fd);
    char *end = strstr(answer, "\r\n\r\n");
    return end == NULL ? NULL : end + 4;
}

static void respond(const char *id, const char *what, const char *body)
{
    char path[128];

    (void)snprintf(path, sizeof(path), "invocation/%s/%s", id, what);
    (void)request("POST", path, body);
}

static void work(const char *id, const char *event)
{
    char text[256];
    const char *key = getenv("TEST_KEY"), *name = getenv("AWS_LAMBDA_FUNCTION_NAME");

    switch (strlen(event) > 2 ? event[2] : 'e') {
    case 'f':
        respond(id, "error", "{\"errorMessage\":\"no\",\"errorType\":\"E\"}");
        break;
    case 'q':
        exit(3);
    case 'o':
        exit(0);
    case 'k':
        (void)raise(SIGKILL);
        break;
    case 'b':
        for (;;)
            (void)pause();
    case 'v':
        (void)snprintf(text, sizeof(text), "\"%s %s\"", key == NULL ? "" : key,
                       name == NULL ? "" : name);
        respond(id, "response", text);
        break;
    case 'l':
        (void)printf("printed\n");
        (void)fflush(stdout);
        respond(id, "response", event);
        break;
    default:
        respond(id, "response", event);
        break;
    }
}

int main(void)
{
    const char *fail = getenv("FAIL_INIT");

    if (fail != NULL && strcmp(fail, "error") == 0)
        (void)request("POST", "init/error", "{\"errorMessage\":\"init\",\"errorType\":\"I\"}");
    if (fail != NULL)
        return 1;
    for (;;) {
        char id[64] = "", event[1024];
        char *body = request("GET", "invocation/next", "");
        const char *header =
            body == NULL ? NULL : strstr(answer, "Lambda-Runtime-Aws-Request-Id: ");
        if (header == NULL)
            return 1;
        (void)sscanf(header + 31, "%63[0-9a-f-]", id);
        (void)snprintf(event, sizeof(event), "%s", body);
        work(id, event);
    }
}
