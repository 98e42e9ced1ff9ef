#include "base/error.h"

#include <stdarg.h>

const struct error_kind error_out_of_memory = {"OutOfMemory", 500, false};
const struct error_kind error_environment = {"Environment", 500, false};
const struct error_kind error_usage = {"Usage", 400, false};

bool aws_fail(struct aws_error *err, const struct error_kind *kind, const char *format, ...)
{
    va_list args;

    err->kind = kind;
    err->text = (struct str){0};
    va_start(args, format);
    int length = vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    if (length >= (int)sizeof(err->message)) {
        size_t end = sizeof(err->message) - 1;
        /* Not within a character: back over continuation bytes and their lead byte. */
        while (end > 0 && ((unsigned char)err->message[end - 1] & 0xc0) == 0x80)
            end--;
        if (end > 0 && (unsigned char)err->message[end - 1] >= 0xc0)
            end--;
        err->message[end] = '\0';
    }
    return false;
}

bool aws_fail_text(struct aws_error *err, const struct error_kind *kind, struct str text)
{
    (void)aws_fail(err, kind, "%.*s", STR_ARG(text));
    if (text.len >= sizeof(err->message))
        err->text = text;
    return false;
}

struct str aws_error_text(const struct aws_error *err)
{
    return err->text.len > 0 ? err->text : str_from_c(err->message);
}
