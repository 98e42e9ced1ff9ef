/* What scripts' runtime (the .js files) asks of C: a row a function of its `host` object. */
#include "engine.h"

#include "base/base64.h"
#include "base/uuid.h"
#include "loadgen/block_cipher.h"
#include "loadgen/dynamic_variables.h"
#include "loadgen/message_digest.h"
#include "loadgen/text_file.h"

/* One call's engine and arguments. */
struct call {
    struct script_engine *engine;
    size_t count;
    const JSValueRef *values;
};

static size_t user_of(const struct call *call)
{
    struct script_engine *engine = call->engine;
    double number =
        call->count == 0 ? 0 : engine->js.JSValueToNumber(engine->context, call->values[0], NULL);

    return number >= 0 && number < (double)engine->setup->users ? (size_t)number : 0;
}

static double number_at(const struct call *call, size_t at)
{
    return at < call->count
               ? call->engine->js.JSValueToNumber(call->engine->context, call->values[at], NULL)
               : 0;
}

static struct str text_at(const struct call *call, size_t at)
{
    return at < call->count ? engine_text_of(call->engine, call->values[at], call->engine->arena)
                            : (struct str){0};
}

static JSValueRef undefined(const struct call *call)
{
    return call->engine->js.JSValueMakeUndefined(call->engine->context);
}

/* --- the answer and the request ------------------------------------------------------------- */

static JSValueRef native_reason(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    return engine_text(call->engine, host->reason(host->context, user_of(call)));
}

static JSValueRef native_head(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    return engine_text(call->engine, host->head(host->context, user_of(call)));
}

static JSValueRef native_body(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    return engine_text(call->engine, host->body(host->context, user_of(call), call->engine->arena));
}

/* The body's tree, or undefined when it is no JSON: half as dear as its text and JSON.parse(). */
static JSValueRef native_json(const struct call *call)
{
    struct script_engine *engine = call->engine;
    const struct script_host *host = engine->host;
    JSStringRef text =
        engine_string_lent(engine, host->body(host->context, user_of(call), engine->arena));
    JSValueRef value = engine->js.JSValueMakeFromJSONString(engine->context, text);

    engine->js.JSStringRelease(text);
    return value == NULL ? undefined(call) : value;
}

/* Base64: bytes that are no text keep their values. */
static JSValueRef native_bytes(const struct call *call)
{
    const struct script_host *host = call->engine->host;
    struct str body = host->body(host->context, user_of(call), call->engine->arena);
    struct str encoded = {0};

    if (!base64_encode(call->engine->arena, body, &encoded))
        return undefined(call);
    return engine_text(call->engine, encoded);
}

static JSValueRef native_size(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    return call->engine->js.JSValueMakeNumber(
        call->engine->context, (double)host->body_bytes(host->context, user_of(call)));
}

/* The collection's own "request" of an item. */
static JSValueRef native_definition(const struct call *call)
{
    const struct collection *collection = call->engine->setup->collection;
    double item = number_at(call, 0);

    if (!(item >= 0 && item < (double)collection->request_count))
        return undefined(call);
    return engine_text(call->engine, collection->requests[(size_t)item].source);
}

static JSValueRef native_sent(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    return engine_text(call->engine, host->sent(host->context, user_of(call), call->engine->arena));
}

/* Of a user and a URL. */
static JSValueRef native_cookies(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    return engine_text(call->engine, host->cookies(host->context, user_of(call), text_at(call, 1),
                                                   call->engine->arena));
}

static JSValueRef native_set_cookie(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    host->set_cookie(host->context, user_of(call), text_at(call, 1), text_at(call, 2));
    return undefined(call);
}

/* --- waiting -------------------------------------------------------------------------------- */

static JSValueRef native_timer(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    host->timer(host->context, user_of(call), (uint32_t)number_at(call, 1), number_at(call, 2));
    return undefined(call);
}

static JSValueRef native_send(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    host->send(host->context, user_of(call), (uint32_t)number_at(call, 1), text_at(call, 2));
    return undefined(call);
}

static JSValueRef native_forget(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    host->forget(host->context, user_of(call), (uint32_t)number_at(call, 1));
    return undefined(call);
}

/* --- telling -------------------------------------------------------------------------------- */

static JSValueRef native_touched(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    host->touched(host->context, text_at(call, 0));
    return undefined(call);
}

static JSValueRef native_assertion(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    host->test(host->context, user_of(call), text_at(call, 1), number_at(call, 2) != 0);
    return undefined(call);
}

static JSValueRef native_script(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    host->script(host->context, user_of(call), (size_t)number_at(call, 1), text_at(call, 2));
    return undefined(call);
}

static JSValueRef native_console(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    host->console(host->context, user_of(call), text_at(call, 1), text_at(call, 2));
    return undefined(call);
}

static JSValueRef native_notice(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    host->notice(host->context, text_at(call, 0));
    return undefined(call);
}

/* --- data, chance, hashes, libraries -------------------------------------------------------- */

static JSValueRef native_row(const struct call *call)
{
    const struct data_file *data = &call->engine->setup->variables->data;
    struct str json = {0};
    double row = number_at(call, 0);

    if (!(row >= 0 && row < (double)data->row_count) ||
        !data_file_row_json(data, (size_t)row, call->engine->arena, &json))
        json = STR("{}");
    return engine_text(call->engine, json);
}

/* Of the user whose script runs: a seed repeats it, whoever else runs meanwhile. */
static struct rng *chance_of(const struct call *call)
{
    const struct script_host *host = call->engine->host;

    return host->chance(host->context, call->engine->user);
}

static JSValueRef native_dynamic(const struct call *call)
{
    char value[DYNAMIC_VALUE_BYTES];
    int row = dynamic_find(text_at(call, 0));

    if (row == DYNAMIC_UNKNOWN)
        return undefined(call);
    size_t length = dynamic_value(row, chance_of(call), clock_system(), value);
    return engine_text(call->engine, (struct str){value, length});
}

static JSValueRef native_random_hex(const struct call *call)
{
    char digits[513];
    double count = number_at(call, 0);

    hex_random(chance_of(call), count > 0 && count < sizeof(digits) ? (size_t)count : 32, digits);
    return engine_text(call->engine, str_from_c(digits));
}

static int hex_value(char digit)
{
    return digit >= 'a' ? digit - 'a' + 10 : digit - '0';
}

/* Lower-case digits, as the runtime writes them, to bytes in place. */
static struct str from_hex(struct arena *arena, struct str hex)
{
    char *bytes = arena_alloc_text(arena, hex.len / 2 + 1);

    if (bytes == NULL)
        return (struct str){0};
    for (size_t i = 0; i + 1 < hex.len; i += 2)
        bytes[i / 2] = (char)(hex_value(hex.ptr[i]) << 4 | hex_value(hex.ptr[i + 1]));
    return (struct str){bytes, hex.len / 2};
}

static JSValueRef hex_text(const struct call *call, struct str bytes)
{
    struct str text = {0};

    return str_hex(call->engine->arena, bytes, &text) ? engine_text(call->engine, text)
                                                      : undefined(call);
}

static JSValueRef native_digest(const struct call *call)
{
    struct arena *arena = call->engine->arena;
    char *name = str_to_c(arena, text_at(call, 0));
    struct message_digest digest = {0};

    if (name == NULL || !digest_of(name, from_hex(arena, text_at(call, 1)), &digest))
        return undefined(call);
    return engine_text(call->engine, digest_hex(&digest, arena));
}

/* (name, encrypts, key, iv, data) */
static JSValueRef native_cipher(const struct call *call)
{
    struct arena *arena = call->engine->arena;
    struct str data = from_hex(arena, text_at(call, 4));
    char *name = str_to_c(arena, text_at(call, 0));
    char *out = arena_alloc_text(arena, data.len + 1);

    if (name == NULL || out == NULL ||
        !block_cipher(name, number_at(call, 1) != 0, from_hex(arena, text_at(call, 2)),
                      from_hex(arena, text_at(call, 3)), data, (unsigned char *)out))
        return undefined(call);
    return hex_text(call, (struct str){out, data.len});
}

/* (digest, password, salt, iterations, bytes) */
static JSValueRef native_pbkdf2(const struct call *call)
{
    struct arena *arena = call->engine->arena;
    double iterations = number_at(call, 3), bytes = number_at(call, 4);
    bool sane = iterations >= 1 && iterations <= INT32_MAX && bytes >= 1 && bytes <= 1 << 20;
    char *name = str_to_c(arena, text_at(call, 0));
    char *out = sane ? arena_alloc_text(arena, (size_t)bytes) : NULL;

    if (name == NULL || out == NULL ||
        !derive_pbkdf2(name, from_hex(arena, text_at(call, 1)), from_hex(arena, text_at(call, 2)),
                       (int)iterations, (size_t)bytes, (unsigned char *)out))
        return undefined(call);
    return hex_text(call, (struct str){out, (size_t)bytes});
}

/* Where distributions put JavaScript libraries (Debian's JavaScript policy). */
static JSValueRef native_library(const struct call *call)
{
    static const struct {
        struct str name;
        const char *path;
    } rows[] = {
        {STR_INIT("lodash"), "/usr/share/javascript/lodash/lodash.js"},
        {STR_INIT("moment"), "/usr/share/javascript/moment/moment.js"},
    };
    struct str name = text_at(call, 0), text = {0};
    struct aws_error err = {0};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(rows[i].name, name) &&
            text_file_read(call->engine->arena, rows[i].path, 8 << 20, &text, &err))
            return engine_text(call->engine, text);
    }
    return call->engine->js.JSValueMakeNull(call->engine->context);
}

/* --- the table ------------------------------------------------------------------------------ */

/* Native functions hear only of JavaScript values; `this`, the host object, leads to the engine. */
#define NATIVE(name)                                                                               \
    static JSValueRef call_##name(JSContextRef context, JSObjectRef function, JSObjectRef self,    \
                                  size_t count, const JSValueRef values[], JSValueRef *exception)  \
    {                                                                                              \
        struct call call = {jsc_private_of(self), count, values};                                  \
        (void)context;                                                                             \
        (void)function;                                                                            \
        (void)exception;                                                                           \
        return native_##name(&call);                                                               \
    }
NATIVE(reason)
NATIVE(head)
NATIVE(body)
NATIVE(json)
NATIVE(bytes)
NATIVE(size)
NATIVE(definition)
NATIVE(sent)
NATIVE(cookies)
NATIVE(set_cookie)
NATIVE(timer)
NATIVE(send)
NATIVE(forget)
NATIVE(touched)
NATIVE(assertion)
NATIVE(script)
NATIVE(console)
NATIVE(notice)
NATIVE(row)
NATIVE(dynamic)
NATIVE(random_hex)
NATIVE(digest)
NATIVE(cipher)
NATIVE(pbkdf2)
NATIVE(library)

static const struct {
    struct str name;
    JSObjectCallAsFunctionCallback call;
} natives[] = {
    {STR_INIT("reason"), call_reason},
    {STR_INIT("head"), call_head},
    {STR_INIT("body"), call_body},
    {STR_INIT("json"), call_json},
    {STR_INIT("bytes"), call_bytes},
    {STR_INIT("size"), call_size},
    {STR_INIT("definition"), call_definition},
    {STR_INIT("sent"), call_sent},
    {STR_INIT("cookies"), call_cookies},
    {STR_INIT("setCookie"), call_set_cookie},
    {STR_INIT("timer"), call_timer},
    {STR_INIT("send"), call_send},
    {STR_INIT("forget"), call_forget},
    {STR_INIT("touched"), call_touched},
    {STR_INIT("assertion"), call_assertion},
    {STR_INIT("script"), call_script},
    {STR_INIT("console"), call_console},
    {STR_INIT("notice"), call_notice},
    {STR_INIT("row"), call_row},
    {STR_INIT("dynamic"), call_dynamic},
    {STR_INIT("randomHex"), call_random_hex},
    {STR_INIT("digest"), call_digest},
    {STR_INIT("cipher"), call_cipher},
    {STR_INIT("pbkdf2"), call_pbkdf2},
    {STR_INIT("library"), call_library},
};

void engine_add_natives(struct script_engine *engine)
{
    const struct jsc *js = &engine->js;

    for (size_t i = 0; i < ARRAY_LEN(natives); i++) {
        JSStringRef name = engine_string(engine, natives[i].name);
        JSObjectRef function =
            js->JSObjectMakeFunctionWithCallback(engine->context, name, natives[i].call);
        js->JSObjectSetProperty(engine->context, engine->host_object, name, function,
                                kJSPropertyAttributeNone, NULL);
        js->JSStringRelease(name);
    }
}
