#include "loadgen/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"

static void add_utf8(struct buffer *out, uint32_t point)
{
    if (point < 0x80) {
        buffer_add_char(out, (char)point);
    } else if (point < 0x800) {
        buffer_add_char(out, (char)(0xC0 | (point >> 6)));
        buffer_add_char(out, (char)(0x80 | (point & 0x3F)));
    } else if (point < 0x10000) {
        buffer_add_char(out, (char)(0xE0 | (point >> 12)));
        buffer_add_char(out, (char)(0x80 | ((point >> 6) & 0x3F)));
        buffer_add_char(out, (char)(0x80 | (point & 0x3F)));
    } else {
        buffer_add_char(out, (char)(0xF0 | (point >> 18)));
        buffer_add_char(out, (char)(0x80 | ((point >> 12) & 0x3F)));
        buffer_add_char(out, (char)(0x80 | ((point >> 6) & 0x3F)));
        buffer_add_char(out, (char)(0x80 | (point & 0x3F)));
    }
}

static uint32_t utf16_unit(struct str bytes, size_t at, bool big_endian)
{
    uint32_t first = (unsigned char)bytes.ptr[at], second = (unsigned char)bytes.ptr[at + 1];

    return big_endian ? first << 8 | second : second << 8 | first;
}

/* A lone surrogate becomes U+FFFD; a last odd byte is dropped. */
static bool utf16_decode(struct arena *arena, struct str bytes, bool big_endian, struct str *ret)
{
    struct buffer out;

    buffer_init(&out, arena);
    for (size_t at = 2; at + 1 < bytes.len; at += 2) {
        uint32_t unit = utf16_unit(bytes, at, big_endian);
        if (unit >= 0xD800 && unit < 0xDC00 && at + 3 < bytes.len) {
            uint32_t low = utf16_unit(bytes, at + 2, big_endian);
            if (low >= 0xDC00 && low < 0xE000) {
                add_utf8(&out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
                at += 2;
                continue;
            }
        }
        add_utf8(&out, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
    }
    return buffer_done(&out, ret);
}

bool text_decode(struct arena *arena, struct str bytes, struct str *ret)
{
    if (str_starts_with(bytes, STR("\xEF\xBB\xBF"))) {
        *ret = str_slice(bytes, 3, bytes.len);
        return true;
    }
    if (str_starts_with(bytes, STR("\xFF\xFE")))
        return utf16_decode(arena, bytes, false, ret);
    if (str_starts_with(bytes, STR("\xFE\xFF")))
        return utf16_decode(arena, bytes, true, ret);
    *ret = bytes;
    return true;
}

/* Fills `ret` from the open file; `size` bytes were found by fstat. */
static bool read_all(int file, const char *path, size_t size, char *bytes, struct aws_error *err)
{
    size_t done = 0;

    while (done < size) {
        ssize_t got = read(file, bytes + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return aws_fail(err, &error_environment, "%s cannot be read: %s", path,
                            got < 0 ? strerror(errno) : "it became shorter meanwhile");
        done += (size_t)got;
    }
    bytes[size] = '\0';
    return true;
}

bool whole_file_read(struct arena *arena, const char *path, size_t bytes_max, struct str *ret,
                     struct aws_error *err)
{
    bool ok = false;
    struct stat info;
    char *bytes = NULL;
    /* Opening a pipe that nobody writes would wait for ever. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (file < 0 || fstat(file, &info) != 0) {
        (void)aws_fail(err, &error_environment, "%s cannot be read: %s", path, strerror(errno));
        goto done;
    }
    if (!S_ISREG(info.st_mode)) {
        (void)aws_fail(err, &error_environment, "%s is no file", path);
        goto done;
    }
    if ((uintmax_t)info.st_size > bytes_max) {
        (void)aws_fail(err, &error_environment, "%s is larger than %zu MB", path, bytes_max >> 20);
        goto done;
    }
    bytes = arena_alloc_text(arena, (size_t)info.st_size + 1);
    if (bytes == NULL) {
        (void)aws_fail(err, &error_out_of_memory, "%s does not fit in memory", path);
        goto done;
    }
    ok = read_all(file, path, (size_t)info.st_size, bytes, err);
    if (ok)
        *ret = (struct str){bytes, (size_t)info.st_size};
done:
    if (file >= 0)
        (void)close(file);
    return ok;
}

bool text_file_read(struct arena *arena, const char *path, size_t bytes_max, struct str *ret,
                    struct aws_error *err)
{
    struct str bytes = {0};

    if (!whole_file_read(arena, path, bytes_max, &bytes, err))
        return false;
    return text_decode(arena, bytes, ret) ||
           aws_fail(err, &error_out_of_memory, "%s does not fit in memory", path);
}
