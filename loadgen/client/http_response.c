#include "loadgen/http_response.h"

#include "loadgen/http_status.h"

enum { KEPT_CAPACITY_BYTES = 1 << 20 };

/* One large answer must not be a user's memory from then on. */
static void empty(struct http_bytes *bytes)
{
    bytes->len = 0;
    if (bytes->capacity <= KEPT_CAPACITY_BYTES)
        return;
    free(bytes->ptr);
    *bytes = (struct http_bytes){0};
}

void http_response_begin(struct http_response *response, bool is_head, enum http_keep keep)
{
    memset(response, 0, offsetof(struct http_response, line));
    response->line.len = response->head.len = response->reason.len = 0;
    empty(&response->body);
    response->keep_alive = true;
    response->is_head = is_head;
    response->keep = keep;
}

void http_response_deinit(struct http_response *response)
{
    free(response->line.ptr);
    free(response->head.ptr);
    free(response->reason.ptr);
    free(response->body.ptr);
    memset(response, 0, sizeof(*response));
}

static void fail(struct http_response *response, const char *fault)
{
    response->state = RESPONSE_FAILED;
    response->fault = fault;
    response->keep_alive = false;
}

static void done(struct http_response *response)
{
    response->state = RESPONSE_DONE;
}

/* --- what is kept --------------------------------------------------------------------------- */

static void keep(struct http_response *response, struct http_bytes *bytes, const char *text,
                 size_t len)
{
    if (len > bytes->capacity - bytes->len) {
        size_t capacity = bytes->capacity == 0 ? 256 : bytes->capacity * 2;
        while (capacity < bytes->len + len)
            capacity *= 2;
        char *grown = realloc(bytes->ptr, capacity);
        if (grown == NULL) {
            fail(response, "out of memory for the answer");
            return;
        }
        bytes->ptr = grown;
        bytes->capacity = capacity;
    }
    if (len > 0)
        memcpy(bytes->ptr + bytes->len, text, len);
    bytes->len += len;
}

static void keep_header(struct http_response *response, struct str line)
{
    keep(response, &response->head, line.ptr, line.len);
    keep(response, &response->head, "\n", 1);
}

static void keep_body(struct http_response *response, const char *bytes, size_t len)
{
    if (len > HTTP_BODY_BYTES_KEPT - response->body.len)
        fail(response, "the body is too long to be kept");
    else
        keep(response, &response->body, bytes, len);
}

bool http_response_kept_next(const struct http_response *response, size_t *at, struct str *ret_name,
                             struct str *ret_value)
{
    struct str rest =
        str_slice((struct str){response->head.ptr, response->head.len}, *at, response->head.len);
    struct str line = str_split(&rest, '\n');

    if (*at >= response->head.len)
        return false;
    *at += line.len + 1;
    *ret_name = str_trim(str_split(&line, ':'));
    *ret_value = str_trim(line);
    return true;
}

bool http_response_kept(const struct http_response *response, struct str name, size_t *at,
                        struct str *ret_value)
{
    struct str found = {0}, value = {0};

    while (http_response_kept_next(response, at, &found, &value)) {
        if (!str_eq_nocase(found, name))
            continue;
        *ret_value = value;
        return true;
    }
    return false;
}

/* --- the head ------------------------------------------------------------------------------- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* "HTTP/1.1 200 OK"; the reason may be missing. */
static void read_status_line(struct http_response *response, struct str line)
{
    const char *p = line.ptr;

    if (line.len < 12 || memcmp(p, "HTTP/1.", 7) != 0 || !is_digit(p[7]) || p[8] != ' ' ||
        p[9] < '1' || p[9] > '9' || !is_digit(p[10]) || !is_digit(p[11]) ||
        (line.len > 12 && p[12] != ' ')) {
        fail(response, "no HTTP/1.1 status line");
        return;
    }
    response->status = (p[9] - '0') * 100 + (p[10] - '0') * 10 + (p[11] - '0');
    response->http_1_0 = p[7] == '0';
    if (response->keep == HTTP_KEEP_ALL && line.len > 13)
        keep(response, &response->reason, p + 13, line.len - 13);
    response->keep_alive = !response->http_1_0;
    response->state = RESPONSE_HEADER_LINE;
}

static void read_content_length(struct http_response *response, struct str value)
{
    int64_t length = 0;

    /* The same length said twice is allowed (RFC 9110, section 8.6). */
    while (value.len > 0) {
        struct str one = str_trim(str_split(&value, ','));
        if (!str_to_int64(one, 0, INT64_MAX, &length)) {
            fail(response, "Content-Length is no number");
            return;
        }
        if (response->has_length && response->left != (uint64_t)length) {
            fail(response, "two differing Content-Length");
            return;
        }
        response->has_length = true;
        response->left = (uint64_t)length;
    }
    if (!response->has_length)
        fail(response, "Content-Length is no number");
}

/* Only the last coding decides where the body ends. */
static void read_transfer_encoding(struct http_response *response, struct str value)
{
    while (value.len > 0) {
        struct str coding = str_trim(str_split(&value, ','));
        response->chunked = str_eq_nocase(coding, STR("chunked"));
        response->other_coding = !response->chunked;
    }
}

static void read_connection(struct http_response *response, struct str value)
{
    while (value.len > 0) {
        struct str option = str_trim(str_split(&value, ','));
        if (str_eq_nocase(option, STR("close")))
            response->keep_alive = false;
        else if (str_eq_nocase(option, STR("keep-alive")) && response->http_1_0)
            response->keep_alive = true;
    }
}

/* `read` NULL: for whoever acts on it. */
static const struct {
    struct str name;
    void (*read)(struct http_response *response, struct str value);
    unsigned noted; /* enum http_noted */
} headers[] = {
    {STR_INIT("content-length"), read_content_length, 0},
    {STR_INIT("transfer-encoding"), read_transfer_encoding, 0},
    {STR_INIT("connection"), read_connection, 0},
    {STR_INIT("set-cookie"), NULL, HTTP_NOTED_COOKIE},
    {STR_INIT("location"), NULL, HTTP_NOTED_LOCATION},
    {STR_INIT("www-authenticate"), NULL, HTTP_NOTED_CHALLENGE},
    {STR_INIT("content-encoding"), NULL, HTTP_NOTED_CODING},
};

static void note_header(struct http_response *response, unsigned noted, struct str line)
{
    response->noted |= noted;
    /* Of a body that is not kept nobody asks for the coding. */
    if (response->keep == HTTP_KEEP_NOTED && noted != HTTP_NOTED_CODING)
        keep_header(response, line);
}

static void read_header(struct http_response *response, struct str line)
{
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t') {
        fail(response, "a folded header line");
        return;
    }
    if (response->keep == HTTP_KEEP_ALL)
        keep_header(response, line);
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        size_t length = headers[i].name.len;
        /* The first letter (either case) tells most lines apart. */
        if ((line.ptr[0] | 0x20) != headers[i].name.ptr[0] || line.len <= length ||
            line.ptr[length] != ':' ||
            !str_eq_nocase((struct str){line.ptr, length}, headers[i].name))
            continue;
        if (headers[i].read != NULL)
            headers[i].read(response, str_slice(line, length + 1, line.len));
        else
            note_header(response, headers[i].noted, line);
        return;
    }
}

static bool has_no_body(const struct http_response *response)
{
    return response->is_head || response->status == 204 || response->status == 304 ||
           (response->has_length && response->left == 0 && !response->chunked &&
            !response->other_coding);
}

/* Where the body ends: RFC 9112, section 6.3. */
static void end_head(struct http_response *response)
{
    if (response->status >= 100 && response->status < 200) {
        if (response->status == 101) {
            fail(response, "a switch of protocols");
            return;
        }
        /* An interim answer: the final one follows. */
        response->keep_alive = true;
        response->has_length = response->chunked = response->other_coding = false;
        response->left = 0;
        response->noted = 0;
        response->head.len = response->reason.len = 0;
        response->state = RESPONSE_STATUS_LINE;
    } else if (has_no_body(response)) {
        done(response);
    } else if (response->chunked) {
        if (response->has_length)
            response->keep_alive = false;
        response->state = RESPONSE_CHUNK_SIZE;
    } else if (response->other_coding || !response->has_length) {
        response->keep_alive = false;
        response->state = RESPONSE_BODY_UNTIL_CLOSE;
    } else {
        response->state = RESPONSE_BODY_LENGTH;
    }
}

/* --- chunks --------------------------------------------------------------------------------- */

static int hex_value(char byte)
{
    if (is_digit(byte))
        return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* "1a" or "1a;name=value" */
static void read_chunk_size(struct http_response *response, struct str line)
{
    uint64_t size = 0;
    size_t at = 0;

    while (at < line.len && hex_value(line.ptr[at]) >= 0) {
        if (at == 15) {
            fail(response, "a chunk is too large");
            return;
        }
        size = size << 4 | (uint64_t)hex_value(line.ptr[at++]);
    }
    if (at == 0 || (at < line.len && strchr("; \t", line.ptr[at]) == NULL)) {
        fail(response, "no chunk size");
        return;
    }
    response->left = size;
    response->head_bytes = 0; /* each chunk's line, and the trailer, have the bound anew */
    response->state = size == 0 ? RESPONSE_TRAILER : RESPONSE_CHUNK_DATA;
}

/* --- lines ---------------------------------------------------------------------------------- */

static void take_line(struct http_response *response, struct str line)
{
    switch (response->state) {
    case RESPONSE_STATUS_LINE:
        /* An empty line before the status line is passed over (RFC 9112, section 2.2). */
        if (line.len > 0)
            read_status_line(response, line);
        return;
    case RESPONSE_HEADER_LINE:
        if (line.len == 0)
            end_head(response);
        else
            read_header(response, line);
        return;
    case RESPONSE_CHUNK_SIZE:
        read_chunk_size(response, line);
        return;
    case RESPONSE_CHUNK_END:
        if (line.len == 0)
            response->state = RESPONSE_CHUNK_SIZE;
        else
            fail(response, "a chunk is longer than its size");
        return;
    case RESPONSE_TRAILER:
        if (line.len == 0)
            done(response);
        return;
    case RESPONSE_BODY_LENGTH:
    case RESPONSE_BODY_UNTIL_CLOSE:
    case RESPONSE_CHUNK_DATA:
    case RESPONSE_DONE:
    case RESPONSE_FAILED:
        return;
    }
}

static size_t min_size(uint64_t a, size_t b)
{
    return a < b ? (size_t)a : b;
}

/* One line, or the piece of it that is here; answers how many bytes it took. */
static size_t feed_line(struct http_response *response, const char *bytes, size_t len)
{
    const char *end = memchr(bytes, '\n', len);
    size_t taken = end == NULL ? len : (size_t)(end - bytes) + 1;
    struct str line = {bytes, taken - 1};

    if (taken > HTTP_HEAD_BYTES_MAX - response->head_bytes) {
        fail(response, "the head is too long");
        return len;
    }
    response->head_bytes += (uint32_t)taken;
    if (end == NULL || response->line.len > 0)
        keep(response, &response->line, bytes, end == NULL ? taken : taken - 1);
    if (end == NULL)
        return taken;
    if (response->line.len > 0)
        line = (struct str){response->line.ptr, response->line.len};
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    response->line.len = 0;
    if (response->state != RESPONSE_FAILED)
        take_line(response, line);
    return taken;
}

static size_t feed_body(struct http_response *response, const char *bytes, size_t len)
{
    bool until_close = response->state == RESPONSE_BODY_UNTIL_CLOSE;
    size_t taken = until_close ? len : min_size(response->left, len);

    if (response->keep == HTTP_KEEP_ALL)
        keep_body(response, bytes, taken);
    if (until_close || response->state == RESPONSE_FAILED)
        return taken;
    response->left -= taken;
    if (response->left == 0 && response->state == RESPONSE_BODY_LENGTH)
        done(response);
    else if (response->left == 0)
        response->state = RESPONSE_CHUNK_END;
    return taken;
}

size_t http_response_feed(struct http_response *response, const char *bytes, size_t len)
{
    size_t at = 0;

    while (at < len && response->state < RESPONSE_DONE) {
        switch (response->state) {
        case RESPONSE_BODY_LENGTH:
        case RESPONSE_BODY_UNTIL_CLOSE:
        case RESPONSE_CHUNK_DATA:
            at += feed_body(response, bytes + at, len - at);
            break;
        case RESPONSE_STATUS_LINE:
        case RESPONSE_HEADER_LINE:
        case RESPONSE_CHUNK_SIZE:
        case RESPONSE_CHUNK_END:
        case RESPONSE_TRAILER:
            at += feed_line(response, bytes + at, len - at);
            break;
        case RESPONSE_DONE:
        case RESPONSE_FAILED:
            break;
        }
    }
    response->bytes += at;
    return at;
}

bool http_response_end(struct http_response *response)
{
    if (response->state != RESPONSE_BODY_UNTIL_CLOSE)
        return false;
    done(response);
    return true;
}

/* --- another framing ------------------------------------------------------------------------ */

void http_response_set_status(struct http_response *response, int status)
{
    struct str name = http_status_name(status);

    response->status = status;
    response->state = RESPONSE_HEADER_LINE;
    response->head_bytes = 0;
    response->noted = 0;
    response->head.len = response->reason.len = 0;
    if (response->keep == HTTP_KEEP_ALL)
        keep(response, &response->reason, name.ptr, name.len);
}

/* enum http_noted of a name in lower case, or 0. */
static unsigned noted_by(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
        if (headers[i].noted != 0 && str_eq(headers[i].name, name))
            return headers[i].noted;
    }
    return 0;
}

void http_response_add_header(struct http_response *response, struct str name, struct str value)
{
    /* As SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113, section 6.5.2). */
    size_t bytes = name.len + value.len + 32;
    unsigned noted = noted_by(name);

    if (bytes > HTTP_HEAD_BYTES_MAX - response->head_bytes) {
        fail(response, "the head is too long");
        return;
    }
    response->head_bytes += (uint32_t)bytes;
    response->noted |= noted;
    if (response->keep == HTTP_KEEP_NOTED && (noted == 0 || noted == HTTP_NOTED_CODING))
        return;
    keep(response, &response->head, name.ptr, name.len);
    keep(response, &response->head, ": ", 2);
    keep(response, &response->head, value.ptr, value.len);
    keep(response, &response->head, "\n", 1);
}

void http_response_end_head(struct http_response *response)
{
    if (response->state == RESPONSE_HEADER_LINE)
        response->state = response->status < 200 ? RESPONSE_STATUS_LINE : RESPONSE_BODY_LENGTH;
}

void http_response_add_body(struct http_response *response, const char *bytes, size_t len)
{
    if (response->keep == HTTP_KEEP_ALL)
        keep_body(response, bytes, len);
}

void http_response_finish(struct http_response *response)
{
    if (response->state != RESPONSE_FAILED)
        done(response);
}
