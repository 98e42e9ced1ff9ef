#include "item_view.h"

bool item_view(const struct projection *projection, struct str json, struct arena *arena,
               struct str *ret, struct aws_error *err)
{
    struct attribute_value item, part;
    struct buffer text;

    if (projection == NULL) {
        *ret = json;
        return true;
    }
    if (!item_decode(json, arena, &item, err) ||
        !projection_apply(projection, &item, arena, &part, err))
        return false;
    buffer_init(&text, arena);
    item_write(&text, &part);
    return buffer_done(&text, ret) ||
           aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}
