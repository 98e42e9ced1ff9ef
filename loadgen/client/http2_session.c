/* nghttp2's callbacks note what has happened, and nothing more: whoever acts on it, and may free
 * the session, comes after nghttp2 has returned. */
#include "loadgen/http2_session.h"

#include "loadgen/follow.h"
#include "loadgen/http2_fields.h"

enum {
    OUTPUT_BYTES = 64 << 10,
    FIELDS_ARENA_BYTES = 16 << 20,
    FAULT_BYTES = 160,
    BEGINNING_BYTES = 256,
};

struct http2_context {
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;
    struct arena *arena; /* of one request's fields */
    uint8_t output[OUTPUT_BYTES];
};

struct http2_session {
    struct http2_context *context;
    nghttp2_session *nghttp2;
    struct http_response *response; /* of the request under way; NULL: none */
    int32_t stream;                 /* its, or 0 */
    struct str body;                /* left to send */
    bool sending;                   /* the body's end has not been sent */
    enum http2_outcome outcome;
    struct str pending; /* a frame that did not fit into the output */
    bool fed;           /* something has come */
    bool broken;        /* nghttp2 goes on no more */
    uint32_t goaway;    /* the code of the server's GOAWAY */
    bool reset;         /* it was the server that reset the stream */
    enum error_class class;
    char fault[FAULT_BYTES];
    char beginning[BEGINNING_BYTES]; /* of the body, for answers that are no success */
    size_t beginning_bytes;
};

/* --- outcomes ------------------------------------------------------------------------------- */

static void end_request(struct http2_session *session, enum http2_outcome outcome)
{
    session->outcome = outcome;
    session->stream = 0;
    session->response = NULL;
    session->body = (struct str){0};
    session->sending = false;
}

static void fail(struct http2_session *session, enum http2_outcome outcome, enum error_class class,
                 const char *what, uint32_t code)
{
    session->class = class;
    (void)snprintf(session->fault, sizeof(session->fault), "HTTP/2: %s: %s (0x%x)", what,
                   nghttp2_http2_strerror(code), (unsigned)code);
    end_request(session, outcome);
}

/* What came was no HTTP/2, or no answer: said by `text`. */
static void fail_answer(struct http2_session *session, const char *text)
{
    session->class = ERROR_PARSE;
    (void)snprintf(session->fault, sizeof(session->fault), "HTTP/2: %s", text);
    end_request(session, HTTP2_BROKEN);
}

/* An answer that comes before the body is out ends the sending, too (RFC 9113, section 8.1). */
static void finish(struct http2_session *session)
{
    http_response_finish(session->response);
    if (session->sending)
        (void)nghttp2_submit_rst_stream(session->nghttp2, NGHTTP2_FLAG_NONE, session->stream,
                                        NGHTTP2_CANCEL);
    end_request(session, HTTP2_ANSWERED);
}

/* --- what nghttp2 tells --------------------------------------------------------------------- */

static struct str text_of(const uint8_t *bytes, size_t len)
{
    return (struct str){(const char *)bytes, len};
}

static int on_header(nghttp2_session *nghttp2, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *context)
{
    struct http2_session *session = context;
    struct http_response *response = session->response;
    int64_t status = 0;

    (void)nghttp2;
    (void)flags;
    /* What comes behind the body are trailers. */
    if (frame->hd.stream_id != session->stream || response->state == RESPONSE_BODY_LENGTH)
        return 0;
    if (!str_eq(text_of(name, name_len), STR(":status")))
        http_response_add_header(response, text_of(name, name_len), text_of(value, value_len));
    else if (str_to_int64(text_of(value, value_len), 100, 999, &status))
        http_response_set_status(response, (int)status);
    else
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    return response->state == RESPONSE_FAILED ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
}

static void note_beginning(struct http2_session *session, const uint8_t *bytes, size_t len)
{
    size_t room = BEGINNING_BYTES - session->beginning_bytes;
    size_t taken = len < room ? len : room;

    if (session->response->status < 300)
        return;
    memcpy(session->beginning + session->beginning_bytes, bytes, taken);
    session->beginning_bytes += taken;
}

static int on_data(nghttp2_session *nghttp2, uint8_t flags, int32_t stream, const uint8_t *bytes,
                   size_t len, void *context)
{
    struct http2_session *session = context;

    (void)nghttp2;
    (void)flags;
    if (stream != session->stream)
        return 0;
    http_response_add_body(session->response, (const char *)bytes, len);
    note_beginning(session, bytes, len);
    if (session->response->state == RESPONSE_FAILED)
        fail_answer(session, session->response->fault);
    return 0;
}

static int on_frame(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *context)
{
    struct http2_session *session = context;
    bool ours = session->stream != 0 && frame->hd.stream_id == session->stream;

    (void)nghttp2;
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        session->goaway = frame->goaway.error_code;
    } else if (ours && frame->hd.type == NGHTTP2_RST_STREAM) {
        session->reset = true;
    } else if (ours && (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA)) {
        if (frame->hd.type == NGHTTP2_HEADERS)
            http_response_end_head(session->response);
        if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
            finish(session);
    }
    return 0;
}

static int on_invalid_frame(nghttp2_session *nghttp2, const nghttp2_frame *frame, int error,
                            void *context)
{
    struct http2_session *session = context;

    (void)nghttp2;
    if (session->stream != 0 &&
        (frame->hd.stream_id == session->stream || frame->hd.stream_id == 0))
        fail_answer(session, nghttp2_strerror(error));
    return 0;
}

/* GOAWAY of our own: nghttp2 will not go on with what came, and says in it why. */
static int on_sent(nghttp2_session *nghttp2, const nghttp2_frame *frame, void *context)
{
    struct http2_session *session = context;
    char text[FAULT_BYTES / 2];

    (void)nghttp2;
    if (frame->hd.type != NGHTTP2_GOAWAY || session->stream == 0)
        return 0;
    (void)snprintf(text, sizeof(text), "%s", nghttp2_http2_strerror(frame->goaway.error_code));
    if (frame->goaway.opaque_data_len > 0)
        (void)snprintf(text, sizeof(text), "%.*s", (int)frame->goaway.opaque_data_len,
                       (const char *)frame->goaway.opaque_data);
    fail_answer(session, text);
    return 0;
}

static int on_not_sent(nghttp2_session *nghttp2, const nghttp2_frame *frame, int error,
                       void *context)
{
    struct http2_session *session = context;

    (void)nghttp2;
    if (session->stream != 0 && frame->hd.type == NGHTTP2_HEADERS &&
        frame->hd.stream_id == session->stream && session->goaway == 0) {
        fail_answer(session, nghttp2_strerror(error));
        session->class = ERROR_REQUEST;
    }
    return 0;
}

static int on_stream_closed(nghttp2_session *nghttp2, int32_t stream, uint32_t code, void *context)
{
    struct http2_session *session = context;

    (void)nghttp2;
    if (stream != session->stream)
        return 0;
    if (session->response->state == RESPONSE_FAILED)
        fail_answer(session, session->response->fault);
    else if (code == NGHTTP2_REFUSED_STREAM && !session->reset)
        fail(session, HTTP2_REFUSED, ERROR_CLOSED, "the server ended the connection",
             session->goaway);
    else if (session->reset)
        fail(session, code == NGHTTP2_REFUSED_STREAM ? HTTP2_REFUSED : HTTP2_RESET, ERROR_RESET,
             "the server reset the stream", code);
    else
        fail(session, HTTP2_BROKEN, ERROR_PARSE, "the answer breaks the protocol", code);
    return 0;
}

static ssize_t read_body(nghttp2_session *nghttp2, int32_t stream, uint8_t *space, size_t size,
                         uint32_t *flags, nghttp2_data_source *source, void *context)
{
    struct http2_session *session = context;
    size_t len = session->body.len < size ? session->body.len : size;

    (void)nghttp2;
    (void)source;
    if (stream != session->stream)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* given up: the stream is about to go */
    memcpy(space, session->body.ptr, len);
    session->body = str_slice(session->body, len, session->body.len);
    if (session->body.len == 0) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        session->sending = false;
    }
    return (ssize_t)len;
}

/* --- set-up --------------------------------------------------------------------------------- */

struct http2_context *http2_context_new(void)
{
    struct http2_context *context = calloc(1, sizeof(*context));

    if (context == NULL)
        return NULL;
    context->arena = arena_new(FIELDS_ARENA_BYTES);
    if (context->arena == NULL || nghttp2_option_new(&context->option) != 0 ||
        nghttp2_session_callbacks_new(&context->callbacks) != 0) {
        http2_context_free(context);
        return NULL;
    }
    nghttp2_option_set_no_closed_streams(context->option, 1);
    nghttp2_option_set_max_send_header_block_length(context->option, HTTP2_REQUEST_HEAD_BYTES_MAX);
    nghttp2_session_callbacks_set_on_header_callback(context->callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(context->callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(context->callbacks, on_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(context->callbacks,
                                                                 on_invalid_frame);
    nghttp2_session_callbacks_set_on_frame_send_callback(context->callbacks, on_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(context->callbacks, on_not_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(context->callbacks, on_stream_closed);
    return context;
}

void http2_context_free(struct http2_context *context)
{
    if (context == NULL)
        return;
    nghttp2_session_callbacks_del(context->callbacks);
    nghttp2_option_del(context->option);
    arena_free(context->arena);
    free(context);
}

struct http2_session *http2_session_new(struct http2_context *context)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, HTTP2_WINDOW_BYTES},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HTTP_HEAD_BYTES_MAX},
    };
    struct http2_session *session = calloc(1, sizeof(*session));

    if (session == NULL)
        return NULL;
    session->context = context;
    if (nghttp2_session_client_new2(&session->nghttp2, context->callbacks, session,
                                    context->option) != 0 ||
        nghttp2_submit_settings(session->nghttp2, NGHTTP2_FLAG_NONE, settings,
                                ARRAY_LEN(settings)) != 0 ||
        nghttp2_session_set_local_window_size(session->nghttp2, NGHTTP2_FLAG_NONE, 0,
                                              HTTP2_WINDOW_BYTES) != 0) {
        http2_session_free(session);
        return NULL;
    }
    return session;
}

void http2_session_free(struct http2_session *session)
{
    if (session == NULL)
        return;
    session->stream = 0; /* what nghttp2 still tells is about no request */
    nghttp2_session_del(session->nghttp2);
    free(session);
}

/* --- requests and bytes --------------------------------------------------------------------- */

bool http2_session_request(struct http2_session *session, struct str head, struct str body,
                           bool tls, struct http_response *response)
{
    nghttp2_data_provider provider = {.read_callback = read_body};
    struct http2_fields fields = {0};
    size_t len = head_bytes(head);

    arena_reset(session->context->arena);
    if (body.len == 0)
        body = str_slice(head, len, head.len);
    end_request(session, HTTP2_PENDING);
    session->reset = false;
    session->beginning_bytes = 0;
    if (!http2_fields_make(str_slice(head, 0, len), tls, session->context->arena, &fields))
        return false;
    session->stream = nghttp2_submit_request(session->nghttp2, NULL, fields.rows, fields.count,
                                             body.len > 0 ? &provider : NULL, NULL);
    if (session->stream < 0) {
        session->stream = 0;
        return false;
    }
    session->response = response;
    session->body = body;
    session->sending = body.len > 0;
    return true;
}

/* A server that knows no HTTP/2 says so in the only language it has. */
static bool is_http_1(const struct http2_session *session, const char *bytes, size_t len)
{
    return !session->fed && len >= 7 && memcmp(bytes, "HTTP/1.", 7) == 0;
}

/* Out of memory, or a flood of frames that want an answer. */
static void break_off(struct http2_session *session, int error)
{
    session->broken = true;
    if (session->stream != 0)
        fail_answer(session, nghttp2_strerror(error));
}

void http2_session_feed(struct http2_session *session, const char *bytes, size_t len)
{
    ssize_t taken = 0;

    if (is_http_1(session, bytes, len) && session->stream != 0) {
        fail_answer(session, "the server answers in HTTP/1");
        return;
    }
    session->fed = true;
    taken = nghttp2_session_mem_recv(session->nghttp2, (const uint8_t *)bytes, len);
    if (taken < 0)
        break_off(session, (int)taken);
}

struct str http2_session_output(struct http2_session *session)
{
    uint8_t *output = session->context->output;
    struct str frame = session->pending;
    size_t len = 0;

    session->pending = (struct str){0};
    for (;;) {
        if (frame.len == 0) {
            const uint8_t *bytes = NULL;
            ssize_t got = nghttp2_session_mem_send(session->nghttp2, &bytes);
            if (got < 0)
                break_off(session, (int)got);
            frame = text_of(bytes, got > 0 ? (size_t)got : 0);
        }
        if (frame.len > OUTPUT_BYTES - len)
            break;
        if (frame.len == 0)
            return text_of(output, len);
        memcpy(output + len, frame.ptr, frame.len);
        len += frame.len;
        frame.len = 0;
    }
    if (len == 0)
        return frame; /* larger than all of it: as nghttp2 has it */
    session->pending = frame;
    return text_of(output, len);
}

enum http2_outcome http2_session_outcome(const struct http2_session *session)
{
    return session->outcome;
}

enum error_class http2_session_fault(const struct http2_session *session, const char **ret_text)
{
    *ret_text = session->fault;
    return session->class;
}

void http2_session_end(struct http2_session *session, const char *reset)
{
    if (session->stream == 0)
        return;
    if (session->goaway != NGHTTP2_NO_ERROR) {
        fail(session, HTTP2_BROKEN, ERROR_CLOSED, "the server ended the connection",
             session->goaway);
        return;
    }
    session->class = reset != NULL ? ERROR_RESET : ERROR_CLOSED;
    if (reset != NULL)
        (void)snprintf(session->fault, sizeof(session->fault), "%s", reset);
    else
        (void)snprintf(session->fault, sizeof(session->fault),
                       "the connection was closed %s answer",
                       session->response->status >= 200 ? "within the" : "without an");
    end_request(session, HTTP2_BROKEN);
}

bool http2_session_is_open(const struct http2_session *session)
{
    return !session->broken && nghttp2_session_check_request_allowed(session->nghttp2) != 0;
}

struct str http2_session_sample(const struct http2_session *session,
                                const struct http_response *response, char *space, size_t size)
{
    int len = snprintf(space, size, "HTTP/2 %d\r\n\r\n%.*s", response->status,
                       (int)session->beginning_bytes, session->beginning);

    return (struct str){space, (size_t)len < size ? (size_t)len : size - 1};
}
