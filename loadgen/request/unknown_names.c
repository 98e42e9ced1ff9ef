#include "loadgen/unknown_names.h"

#include "base/buffer.h"
#include "loadgen/dynamic_variables.h"

enum { NAMES_TOLD = 5 };

struct told {
    struct str rows[NAMES_TOLD];
    size_t count;
    bool more;
};

static bool is_known(const struct variables *variables, struct str name)
{
    struct str value = {0};

    return variables_find(variables, name, &value) || dynamic_find(name) != DYNAMIC_UNKNOWN ||
           data_file_column(&variables->data, name) < variables->data.column_count;
}

static void take(struct told *told, struct str name)
{
    for (size_t i = 0; i < told->count; i++) {
        if (str_eq(told->rows[i], name))
            return;
    }
    if (told->count == NAMES_TOLD)
        told->more = true;
    else
        told->rows[told->count++] = name;
}

bool unknown_names(const struct request_plan *plans, size_t count,
                   const struct variables *variables, struct arena *arena, struct str *ret)
{
    struct told told = {0};
    struct buffer out;

    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < plans[i].names.count; at++) {
            if (!is_known(variables, plans[i].names.rows[at]))
                take(&told, plans[i].names.rows[at]);
        }
    }
    buffer_init(&out, arena);
    for (size_t i = 0; i < told.count; i++)
        buffer_printf(&out, "%s{{%.*s}}", i > 0 ? ", " : "", STR_ARG(told.rows[i]));
    if (told.more)
        buffer_add_literal(&out, " and others");
    return buffer_done(&out, ret);
}
