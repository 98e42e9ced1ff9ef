#include "loadgen/failures.h"

/* The row of a kind; where all are taken, that of all other kinds. */
static struct failure_count *row_of(struct failures *failures, uint32_t kind)
{
    for (size_t i = 0; i < failures->count; i++) {
        if (failures->rows[i].kind == kind)
            return &failures->rows[i];
    }
    if (failures->count >= FAILURES_MAX - 1 && kind != FAILURE_OTHER)
        return row_of(failures, FAILURE_OTHER);
    failures->rows[failures->count] = (struct failure_count){kind, 0};
    return &failures->rows[failures->count++];
}

void failures_count(struct failures *failures, uint32_t kind, uint64_t count)
{
    if (count > 0)
        row_of(failures, kind)->count += count;
}

void failures_add(struct failures *to, const struct failures *from)
{
    for (size_t i = 0; i < from->count; i++)
        failures_count(to, from->rows[i].kind, from->rows[i].count);
}
