#include "errors.h"

#include "base/json.h"

#define DDB_ERROR(identifier, name, status, retryable, namespace_, text_key)                       \
    const struct error_kind identifier = {name, status, retryable};
#include "errors.def"
#undef DDB_ERROR

static const struct ddb_error_form forms[] = {
#define DDB_ERROR(identifier, name, status, retryable, namespace_, text_key)                       \
    {&(identifier), (namespace_), (text_key)},
#include "errors.def"
#undef DDB_ERROR
};

const struct ddb_error_form *ddb_error_form_of(const struct error_kind *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (forms[i].kind == kind)
            return &forms[i];
    }
    return ddb_error_form_of(&ddb_internal_server_error);
}

struct str ddb_error_body(const struct aws_error *err, struct arena *arena)
{
    const struct ddb_error_form *form = ddb_error_form_of(err->kind);
    struct buffer buffer;

    buffer_init(&buffer, arena);
    buffer_printf(&buffer, "{\"__type\":\"%s#%s\"", form->namespace, form->kind->name);
    if (err->detail.len > 0) {
        buffer_add_char(&buffer, ',');
        buffer_add(&buffer, err->detail);
    }
    if (err->message[0] != '\0') {
        buffer_printf(&buffer, ",\"%s\":", form->text_key);
        json_escape(&buffer, aws_error_text(err));
    }
    buffer_add_char(&buffer, '}');
    return buffer_str(&buffer);
}
