/*
 * The limit that the emulator is held against: libmicrohttpd alone, an epoll pool of two threads,
 * the handler inline, answering every POST with its own body, after reading it, and four headers.
 *
 * Prints its port on stdout and runs until it is killed.
 */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_BYTES_MAX = 4096 };

struct upload {
    size_t length;
    char bytes[BODY_BYTES_MAX];
};

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload_data,
                              size_t *upload_data_size, void **request_state)
{
    struct upload *upload = *request_state;

    (void)context, (void)url, (void)method, (void)version;
    if (upload == NULL) {
        *request_state = upload = malloc(sizeof(*upload));
        if (upload == NULL)
            return MHD_NO;
        upload->length = 0;
        return MHD_YES;
    }
    if (*upload_data_size > 0) {
        size_t room = BODY_BYTES_MAX - upload->length;
        size_t taken = *upload_data_size < room ? *upload_data_size : room;
        memcpy(upload->bytes + upload->length, upload_data, taken);
        upload->length += taken;
        *upload_data_size = 0;
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(upload->length, upload->bytes, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "x-amzn-RequestId", "5f4b1c1e-4b5e-4a53-8f0a-3c1d2e4f5a6b");
    MHD_add_response_header(response, "x-amz-apigw-id", "Xb2mNHQ-oAMEaVw=");
    MHD_add_response_header(
        response, "X-Amzn-Trace-Id",
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0");
    enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

static void completed(void *context, struct MHD_Connection *connection, void **request_state,
                      enum MHD_RequestTerminationCode why)
{
    (void)context, (void)connection, (void)why;
    free(*request_state);
    *request_state = NULL;
}

int main(void)
{
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, answer, NULL,
                         MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_NOTIFY_COMPLETED, completed,
                         NULL, MHD_OPTION_CONNECTION_LIMIT, 2000u, MHD_OPTION_END);

    if (daemon == NULL) {
        (void)fprintf(stderr, "bare_server: libmicrohttpd does not start\n");
        return 3;
    }
    (void)printf("%u\n", (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    (void)fflush(stdout);
    for (;;)
        pause();
}
