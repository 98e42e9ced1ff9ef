/*
 * Hosts as the URL standard writes them: in small letters, an IPv4 address in four numbers, letters
 * past ASCII in Punycode (RFC 3492). Letters past ASCII are taken for small ones.
 */
#include "loadgen/url.h"

enum { IPV4_PARTS = 4, IPV4_TEXT_BYTES = sizeof("255.255.255.255") };

/* --- IPv4 ----------------------------------------------------------------------------------- */

/* "10", "0x0a", "012": false for anything else. */
static bool read_number(struct str text, int64_t *ret)
{
    int base = 10;
    int64_t value = 0;

    if (text.len > 1 && text.ptr[0] == '0') {
        bool hex = (text.ptr[1] | 0x20) == 'x';
        base = hex ? 16 : 8;
        text = str_slice(text, hex ? 2 : 1, text.len);
    } else if (text.len == 0) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        int digit = byte >= '0' && byte <= '9' ? byte - '0' : (byte | 0x20) - 'a' + 10;
        if (digit < 0 || digit >= base || (byte > '9' && (byte | 0x20) < 'a'))
            return false;
        value = value * base + digit;
        if (value > UINT32_MAX)
            return false;
    }
    *ret = value;
    return true;
}

/* The URL standard's IPv4 parser: the last number fills what the others leave. */
static bool read_ipv4(struct str host, uint32_t *ret)
{
    int64_t parts[IPV4_PARTS] = {0}, address = 0;
    size_t count = 0;

    while (host.len > 0) {
        if (count == IPV4_PARTS || !read_number(str_split(&host, '.'), &parts[count++]))
            return false;
    }
    if (count == 0)
        return false;
    for (size_t i = 0; i + 1 < count; i++) {
        if (parts[i] > 255)
            return false;
        address |= parts[i] << (24 - 8 * (int)i);
    }
    if (parts[count - 1] >= INT64_C(1) << (8 * (IPV4_PARTS + 1 - (int)count)))
        return false;
    *ret = (uint32_t)(address + parts[count - 1]);
    return true;
}

/* --- Punycode ------------------------------------------------------------------------------- */

enum { LABEL_LETTERS_MAX = 63, BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72 };

/* A label's letters; false when it is no UTF-8 or too long. */
static bool read_letters(struct str label, uint32_t letters[LABEL_LETTERS_MAX], size_t *ret_count)
{
    size_t count = 0;

    for (size_t at = 0; at < label.len;) {
        unsigned char first = (unsigned char)label.ptr[at];
        size_t more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : 3;
        uint32_t letter = more == 0 ? first : first & (0x3Fu >> more);
        if (count == LABEL_LETTERS_MAX || at + more >= label.len || (first & 0xC0) == 0x80 ||
            first >= 0xF8)
            return false;
        for (size_t i = 1; i <= more; i++) {
            unsigned char next = (unsigned char)label.ptr[at + i];
            if ((next & 0xC0) != 0x80)
                return false;
            letter = letter << 6 | (next & 0x3Fu);
        }
        letters[count++] = letter;
        at += more + 1;
    }
    *ret_count = count;
    return true;
}

/* Section 6.1. */
static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
    uint32_t k = 0;

    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static void add_delta(struct buffer *out, uint32_t delta, uint32_t bias)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = k <= bias + T_MIN ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
        if (delta < t)
            break;
        buffer_add_char(out, digits[t + (delta - t) % (BASE - t)]);
        delta = (delta - t) / (BASE - t);
    }
    buffer_add_char(out, digits[delta]);
}

/* Section 6.3. At most 63 letters below 2^21: nothing overflows 32 bits. */
static void add_punycode(struct buffer *out, const uint32_t *letters, size_t count)
{
    uint32_t n = 0x80, delta = 0, bias = BIAS, handled = 0, plain = 0;

    buffer_add_literal(out, "xn--");
    for (size_t i = 0; i < count; i++) {
        if (letters[i] < 0x80) {
            buffer_add_char(out, (char)letters[i]);
            plain++;
        }
    }
    if (plain > 0)
        buffer_add_char(out, '-');
    for (handled = plain; handled < count; n++, delta++) {
        uint32_t next = UINT32_MAX;
        for (size_t i = 0; i < count; i++)
            next = letters[i] >= n && letters[i] < next ? letters[i] : next;
        delta += (next - n) * (handled + 1);
        n = next;
        for (size_t i = 0; i < count; i++) {
            delta += letters[i] < n ? 1 : 0;
            if (letters[i] != n)
                continue;
            add_delta(out, delta, bias);
            bias = adapt(delta, handled + 1, handled == plain);
            delta = 0;
            handled++;
        }
    }
}

static void add_label(struct buffer *out, struct str label)
{
    uint32_t letters[LABEL_LETTERS_MAX];
    size_t count = 0;
    bool wide = false, read = read_letters(label, letters, &count);

    for (size_t i = 0; read && i < count; i++) {
        wide = wide || letters[i] >= 0x80;
        letters[i] |= letters[i] >= 'A' && letters[i] <= 'Z' ? 0x20u : 0;
    }
    if (read && wide) {
        add_punycode(out, letters, count);
        return;
    }
    for (size_t i = 0; i < label.len; i++) {
        char byte = label.ptr[i];
        buffer_add_char(out, byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte);
    }
}

/* --- the whole ------------------------------------------------------------------------------ */

static void add_host(struct buffer *out, struct str host)
{
    uint32_t address = 0;

    if (read_ipv4(host, &address)) {
        buffer_printf(out, "%u.%u.%u.%u", (unsigned)(address >> 24),
                      (unsigned)(address >> 16 & 255), (unsigned)(address >> 8 & 255),
                      (unsigned)(address & 255));
        return;
    }
    while (host.len > 0) {
        size_t dot = str_find_char(host, '.');
        add_label(out, str_slice(host, 0, dot));
        if (dot < host.len)
            buffer_add_char(out, '.');
        host = str_slice(host, dot + 1, host.len);
    }
}

bool url_canonical(struct str text, struct arena *arena, struct str *ret)
{
    size_t scheme = str_find(text, STR("://"));
    size_t begin = scheme == text.len ? 0 : scheme + 3, end = begin, host = begin;
    struct buffer out;

    while (end < text.len && text.ptr[end] != '/' && text.ptr[end] != '?' && text.ptr[end] != '#')
        end++;
    for (size_t i = begin; i < end; i++)
        host = text.ptr[i] == '@' ? i + 1 : host;
    struct str authority = str_slice(text, host, end);
    if (str_find(authority, STR("{{")) < authority.len ||
        str_find_char(str_slice(text, 0, scheme), '/') < scheme) {
        *ret = text;
        return true;
    }
    size_t colon = authority.len > 0 && authority.ptr[0] == '[' ? authority.len
                                                                : str_find_char(authority, ':');
    buffer_init(&out, arena);
    buffer_add(&out, str_slice(text, 0, host));
    add_host(&out, str_slice(authority, 0, colon));
    buffer_add(&out, str_slice(authority, colon, authority.len));
    buffer_add(&out, str_slice(text, end, text.len));
    return buffer_done(&out, ret);
}
