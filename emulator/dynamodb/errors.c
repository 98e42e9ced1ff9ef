#include "errors.h"

#define DDB_ERROR(identifier, name, status, retryable, namespace_, text_key)                       \
    const struct error_kind identifier = {name, status, retryable};
#include "errors.def"
#undef DDB_ERROR

static const struct ddb_error_form forms[] = {
#define DDB_ERROR(identifier, name, status, retryable, namespace_, text_key)                       \
    {&identifier, namespace_, text_key},
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
