#include "report.h"

#include "base/clock.h"

void log_ring_add(struct log_ring *ring, struct str text)
{
    if (text.len > ring->capacity) {
        ring->written += text.len - ring->capacity;
        text = str_slice(text, text.len - ring->capacity, text.len);
    }
    size_t at = (size_t)(ring->written % ring->capacity);
    size_t first = text.len < ring->capacity - at ? text.len : ring->capacity - at;
    if (text.len == 0)
        return;
    memcpy(ring->bytes + at, text.ptr, first);
    memcpy(ring->bytes, text.ptr + first, text.len - first);
    ring->written += text.len;
}

void log_ring_parts(const struct log_ring *ring, struct str parts[2])
{
    size_t at = (size_t)(ring->written % ring->capacity);

    if (ring->written <= ring->capacity) {
        parts[0] = (struct str){ring->bytes, (size_t)ring->written};
        parts[1] = (struct str){NULL, 0};
        return;
    }
    parts[0] = (struct str){ring->bytes + at, ring->capacity - at};
    parts[1] = (struct str){ring->bytes, at};
}

bool log_ring_tail(const struct log_ring *ring, size_t max, struct arena *arena, struct str *ret)
{
    struct str parts[2];

    log_ring_parts(ring, parts);
    size_t total = parts[0].len + parts[1].len;
    size_t cut = total > max ? total - max : 0;
    char *text = arena_alloc_text(arena, total - cut);
    if (text == NULL)
        return false;
    struct str old = str_slice(parts[0], cut, parts[0].len);
    struct str new = str_slice(parts[1], cut > parts[0].len ? cut - parts[0].len : 0, parts[1].len);
    if (old.len > 0)
        memcpy(text, old.ptr, old.len);
    if (new.len > 0)
        memcpy(text + old.len, new.ptr, new.len);
    *ret = (struct str){text, total - cut};
    return true;
}

struct function_log *function_log_new(void)
{
    struct function_log *log = calloc(1, sizeof(*log));

    if (log == NULL)
        return NULL;
    log->ring.bytes = malloc(FUNCTION_LOG_BYTES);
    if (log->ring.bytes == NULL) {
        free(log);
        return NULL;
    }
    log->ring.capacity = FUNCTION_LOG_BYTES;
    (void)pthread_mutex_init(&log->lock, NULL);
    return log;
}

void function_log_free(struct function_log *log)
{
    if (log == NULL)
        return;
    (void)pthread_mutex_destroy(&log->lock);
    free(log->ring.bytes);
    free(log);
}

void function_log_add(struct function_log *log, const struct str *parts, size_t count)
{
    (void)pthread_mutex_lock(&log->lock);
    for (size_t i = 0; i < count; i++)
        log_ring_add(&log->ring, parts[i]);
    (void)pthread_mutex_unlock(&log->lock);
}

/* Writes into a line of REPORT_BYTES; what does not fit is left out. */
struct line {
    char *ptr;
    size_t len;
};

static void add(struct line *line, const char *text, size_t length)
{
    if (length > REPORT_BYTES - line->len)
        length = REPORT_BYTES - line->len;
    memcpy(line->ptr + line->len, text, length);
    line->len += length;
}

#define ADD(line, literal) add(line, literal, sizeof(literal) - 1)

static void add_text(struct line *line, const char *text)
{
    add(line, text, strlen(text));
}

static void add_int(struct line *line, int64_t value)
{
    char digits[24];
    size_t at = sizeof(digits);
    uint64_t rest = value < 0 ? 0 : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    add(line, digits + at, sizeof(digits) - at);
}

/* Milliseconds with two decimals. */
static void add_ms(struct line *line, int64_t ns)
{
    int64_t hundredths = ns < 0 ? 0 : (ns + 5000) / 10000;
    char decimals[3] = {'.', (char)('0' + hundredths / 10 % 10), (char)('0' + hundredths % 10)};

    add_int(line, hundredths / 100);
    add(line, decimals, sizeof(decimals));
}

static void add_status(struct line *line, const char *status, const char *error_type)
{
    if (status == NULL)
        return;
    ADD(line, "Status: ");
    add_text(line, status);
    ADD(line, "\t");
    if (error_type == NULL)
        return;
    ADD(line, "Error Type: ");
    add_text(line, error_type);
    ADD(line, "\t");
}

size_t report_start_line(char *ret, const char *request_id, const char *version)
{
    struct line line = {ret, 0};

    ADD(&line, "START RequestId: ");
    add_text(&line, request_id);
    ADD(&line, " Version: ");
    add_text(&line, version);
    ADD(&line, "\n");
    return line.len;
}

size_t report_end_line(char *ret, const char *request_id)
{
    struct line line = {ret, 0};

    ADD(&line, "END RequestId: ");
    add_text(&line, request_id);
    ADD(&line, "\n");
    return line.len;
}

int64_t report_billed_ms(int64_t duration_ns, int64_t init_ns)
{
    int64_t billed = (duration_ns + (init_ns > 0 ? init_ns : 0) + NS_PER_MS - 1) / NS_PER_MS;

    return billed < 1 ? 1 : billed;
}

size_t report_line(char *ret, const struct report *report)
{
    struct line line = {ret, 0};

    ADD(&line, "REPORT RequestId: ");
    add_text(&line, report->request_id);
    ADD(&line, "\tDuration: ");
    add_ms(&line, report->duration_ns);
    ADD(&line, " ms\tBilled Duration: ");
    add_int(&line, report_billed_ms(report->duration_ns, report->init_ns));
    ADD(&line, " ms\tMemory Size: ");
    add_int(&line, report->memory_mb);
    ADD(&line, " MB\tMax Memory Used: ");
    add_int(&line, report->max_memory_mb);
    ADD(&line, " MB\t");
    if (report->init_ns >= 0) {
        ADD(&line, "Init Duration: ");
        add_ms(&line, report->init_ns);
        ADD(&line, " ms\t");
    }
    add_status(&line, report->status, report->error_type);
    ADD(&line, "\n");
    return line.len;
}

size_t report_init_line(char *ret, int64_t init_ns, const char *phase, const char *status,
                        const char *error_type)
{
    struct line line = {ret, 0};

    ADD(&line, "INIT_REPORT Init Duration: ");
    add_ms(&line, init_ns);
    ADD(&line, " ms\tPhase: ");
    add_text(&line, phase);
    ADD(&line, "\tStatus: ");
    add_text(&line, status);
    if (error_type != NULL) {
        ADD(&line, "\tError Type: ");
        add_text(&line, error_type);
    }
    ADD(&line, "\n");
    return line.len;
}
