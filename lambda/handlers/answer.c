#include "answer.h"

void answer_error(struct lambda_context *context, struct str type, struct str message,
                  struct arena *arena)
{
    struct buffer out;
    struct json_writer writer;
    struct str text = STR("{\"errorMessage\": \"out of memory\", \"errorType\": \"MemoryError\"}");
    const char *name = str_to_c(arena, type);

    /* awslambdaric's form: Python's separators, and this order. */
    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_SPACED);
    json_object_begin(&writer);
    json_field_string(&writer, STR("errorMessage"), message);
    json_field_string(&writer, STR("errorType"), type);
    json_field_string(&writer, STR("requestId"), str_from_c(context->aws_request_id));
    json_field_raw(&writer, STR("stackTrace"), STR("[]"));
    json_object_end(&writer);
    if (!buffer_done(&out, &text) || name == NULL)
        name = "MemoryError";
    lambda_fail(context, text.ptr, text.len, name);
}

bool answer_read_int(struct lambda_context *context, const char *event, size_t event_length,
                     const char *name, int64_t min, int64_t max, int64_t *ret)
{
    struct arena *arena = arena_new(HANDLER_EVENT_ARENA_BYTES);
    struct json_value *value = NULL;
    bool ok = false;

    if (arena == NULL)
        return false;
    ok = json_parse((struct str){event, event_length}, arena, &value, NULL) &&
         json_int64(json_get(value, str_from_c(name)), min, max, ret);
    if (!ok) {
        struct str message =
            str_printf(arena, "the event needs \"%s\", a whole number from %lld to %lld", name,
                       (long long)min, (long long)max);
        answer_error(context, STR("ValueError"), message, arena);
    }
    arena_free(arena);
    return ok;
}
