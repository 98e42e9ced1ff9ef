#include "errors.h"

#include "base/json.h"

#define LAMBDA_ERROR(id, code, status, again, member, is_typed)                                    \
    const struct error_kind lambda_##id = {                                                        \
        .name = (code), .http_status = (status), .retryable = (again)};
#include "errors.def"
#undef LAMBDA_ERROR

struct error_row {
    const struct error_kind *kind;
    const char *message_member;
    bool typed;
};

#define LAMBDA_ERROR(id, code, status, again, member, is_typed) {&lambda_##id, member, is_typed},
static const struct error_row rows[] = {
#include "errors.def"
};
#undef LAMBDA_ERROR

static const struct error_row *row_of(const struct aws_error *err)
{
    const struct error_row *service_exception = &rows[0];

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].kind == err->kind)
            return &rows[i];
        if (rows[i].kind == &lambda_service_exception)
            service_exception = &rows[i];
    }
    return service_exception;
}

const struct error_kind *lambda_error_kind(const struct aws_error *err)
{
    return row_of(err)->kind;
}

bool lambda_error_body(const struct aws_error *err, struct arena *arena, struct str *ret)
{
    const struct error_row *row = row_of(err);
    struct buffer out;
    struct json_writer writer;

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    /* The further member is a whole `"name":"value"`, which AWS puts first. */
    if (err->detail.len > 0) {
        buffer_add(&out, err->detail);
        writer.comma = true;
    }
    if (row->typed)
        json_field_string(&writer, STR("Type"), STR("User"));
    json_field_string(&writer, str_from_c(row->message_member), str_from_c(err->message));
    json_object_end(&writer);
    return buffer_done(&out, ret);
}
