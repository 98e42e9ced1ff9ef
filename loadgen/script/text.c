/*
 * Text between C (UTF-8) and JavaScript (UTF-16). Written out here because it is the dearest part
 * of a call with a body: JSStringCreateWithUTF8CString() takes 0.54 us for 300 bytes, widening them
 * and JSStringCreateWithCharacters() 0.14 us.
 */
#include "engine.h"

enum { REPLACEMENT = 0xFFFD };

/* The code point at `at`, and how many bytes it took; a byte that begins none is one replacement.
 */
static uint32_t decode(const unsigned char *bytes, size_t left, size_t *ret_taken)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = bytes[0];
    size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    uint32_t code = length == 1 ? first : first & (0xFFu >> (length + 1));

    *ret_taken = 1;
    if (length == 1)
        return code;
    if (first < 0xC2 || first > 0xF4 || length > left)
        return REPLACEMENT;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80)
            return REPLACEMENT;
        code = code << 6 | (bytes[i] & 0x3Fu);
    }
    if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return REPLACEMENT;
    *ret_taken = length;
    return code;
}

/* The bytes before the first that is not ASCII, eight at a time and then one by one; answers how
 * many. */
static size_t widen_ascii(const unsigned char *restrict bytes, size_t len, JSChar *restrict units)
{
    size_t at = 0;
    uint64_t word = 0;

    for (; at + sizeof(word) <= len; at += sizeof(word)) {
        memcpy(&word, bytes + at, sizeof(word));
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
        for (size_t i = 0; i < sizeof(word); i++)
            units[at + i] = bytes[at + i];
    }
    for (; at < len && bytes[at] < 0x80; at++)
        units[at] = bytes[at];
    return at;
}

/* At most one unit a byte; answers how many. */
static size_t widen(struct str text, JSChar *units)
{
    const unsigned char *bytes = (const unsigned char *)text.ptr;
    size_t at = 0, count = 0;

    while (at < text.len) {
        size_t taken = widen_ascii(bytes + at, text.len - at, units + count);
        at += taken;
        count += taken;
        if (at == text.len)
            break;
        uint32_t code = decode(bytes + at, text.len - at, &taken);
        at += taken;
        if (code >= 0x10000) {
            units[count++] = (JSChar)(0xD800 + ((code - 0x10000) >> 10));
            units[count++] = (JSChar)(0xDC00 + ((code - 0x10000) & 0x3FF));
        } else {
            units[count++] = (JSChar)code;
        }
    }
    return count;
}

/* The text in engine->units; how many of them, 0 without memory. */
static size_t take_in(struct script_engine *engine, struct str text)
{
    if (engine->unit_capacity < text.len) {
        size_t capacity = text.len < 4096 ? 4096 : text.len;
        JSChar *grown = realloc(engine->units, capacity * sizeof(*grown));
        if (grown == NULL)
            return 0;
        engine->units = grown;
        engine->unit_capacity = capacity;
    }
    return widen(text, engine->units);
}

JSStringRef engine_string(struct script_engine *engine, struct str text)
{
    size_t count = take_in(engine, text);

    return engine->js.JSStringCreateWithCharacters(engine->units, count);
}

JSStringRef engine_string_lent(struct script_engine *engine, struct str text)
{
    size_t count = take_in(engine, text);

    return engine->js.JSStringCreateWithCharactersNoCopy(engine->units, count);
}

JSValueRef engine_text(struct script_engine *engine, struct str text)
{
    JSStringRef string = engine_string(engine, text);
    JSValueRef value = engine->js.JSValueMakeString(engine->context, string);

    engine->js.JSStringRelease(string);
    return value;
}

struct str engine_text_of(struct script_engine *engine, JSValueRef value, struct arena *arena)
{
    struct str text = {0};
    JSStringRef string = engine->js.JSValueToStringCopy(engine->context, value, NULL);
    size_t capacity = 0;
    char *bytes = NULL;

    if (string == NULL)
        return text;
    capacity = engine->js.JSStringGetMaximumUTF8CStringSize(string);
    bytes = arena_alloc_text(arena, capacity);
    if (bytes != NULL) {
        size_t length = engine->js.JSStringGetUTF8CString(string, bytes, capacity);
        text = (struct str){bytes, length > 0 ? length - 1 : 0};
    }
    engine->js.JSStringRelease(string);
    return text;
}
