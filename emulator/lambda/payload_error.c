#include "payload_error.h"

#include "errors.h"

#define SOURCE   "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
#define EXPECTED "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

/* Line and column, from 1, of a byte. */
struct place {
    size_t line;
    size_t column;
};

static struct place place_of(struct str event, size_t offset)
{
    struct place place = {1, 1};

    for (size_t i = 0; i < offset && i < event.len; i++) {
        place.column++;
        if (event.ptr[i] == '\n')
            place = (struct place){place.line + 1, 1};
    }
    return place;
}

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$';
}

/* Where the word that holds `offset` begins; a value's own first letter when there is one. */
static size_t token_start(struct str event, size_t offset)
{
    while (offset > 0 && is_token_char(event.ptr[offset - 1]))
        offset--;
    return offset;
}

static bool fail_at(struct str event, size_t offset, const char *text, struct aws_error *err)
{
    struct place place = place_of(event, offset);

    return aws_fail(err, &lambda_invalid_request_content,
                    "Could not parse request body into json: Could not parse payload into json: "
                    "%s" SOURCE "line: %zu, column: %zu]",
                    text, place.line, place.column);
}

static bool fail_unexpected(struct str event, size_t offset, struct aws_error *err)
{
    unsigned char byte = (unsigned char)event.ptr[offset];
    char text[200], shown[32];

    if (byte < 0x20 || byte >= 0x7f)
        (void)snprintf(shown, sizeof(shown), "(CTRL-CHAR, code %d)", byte);
    else
        (void)snprintf(shown, sizeof(shown), "'%c' (code %d)", byte, byte);
    (void)snprintf(text, sizeof(text), "Unexpected character (%s): expected a valid value %s",
                   shown, EXPECTED);
    return fail_at(event, offset, text, err);
}

bool payload_fail(struct str event, const struct json_error *why, struct aws_error *err)
{
    size_t offset = why->offset < event.len ? why->offset : event.len;
    size_t start = token_start(event, offset);
    char text[200];

    if (offset == event.len && start == offset)
        return fail_at(event, offset, "Unexpected end-of-input: expected a valid value " EXPECTED,
                       err);
    if (start == offset && !is_token_char(event.ptr[offset]))
        return fail_unexpected(event, offset, err);
    /* A word that is none of JSON's: read to its end, which may be no character at all. */
    size_t end = offset;
    while (end < event.len && is_token_char(event.ptr[end]))
        end++;
    unsigned char after = end < event.len ? (unsigned char)event.ptr[end] : 0;
    if (after >= 0x80 && after < 0xc2) {
        (void)snprintf(text, sizeof(text), "Invalid UTF-8 start byte 0x%x", after);
        return fail_at(event, end + 1, text, err);
    }
    struct str token = str_slice(event, start, end < start + 64 ? end : start + 64);
    (void)snprintf(text, sizeof(text), "Unrecognized token '%.*s': was expecting %s",
                   STR_ARG(token), EXPECTED);
    return fail_at(event, end, text, err);
}
