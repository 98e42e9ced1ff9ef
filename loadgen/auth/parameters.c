#include "loadgen/parameters.h"

#include "loadgen/url.h"

static bool encode(struct arena *arena, struct str text, struct str *ret)
{
    struct buffer out;

    buffer_init(&out, arena);
    encode_add(&out, text, ENCODE_FORM);
    return buffer_done(&out, ret);
}

void parameters_add(struct parameters *parameters, struct str name, struct str value)
{
    struct pair pair = {.has_value = true};

    if (parameters->count == parameters->capacity) {
        size_t capacity = parameters->capacity == 0 ? 16 : parameters->capacity * 2;
        char *grown = arena_grow(parameters->arena, (char *)parameters->rows,
                                 parameters->capacity * sizeof(pair), capacity * sizeof(pair));
        if (grown == NULL) {
            parameters->failed = true;
            return;
        }
        parameters->rows = (struct pair *)(void *)grown;
        parameters->capacity = capacity;
    }
    if (!encode(parameters->arena, name, &pair.name) ||
        !encode(parameters->arena, value, &pair.value))
        parameters->failed = true;
    else
        parameters->rows[parameters->count++] = pair;
}

void parameters_add_query(struct parameters *parameters, struct str query)
{
    while (query.len > 0) {
        struct str value = str_split(&query, '&');
        struct str name = str_split(&value, '=');
        if (name.len == 0 && value.len == 0)
            continue;
        if (!percent_decode(parameters->arena, name, true, &name) ||
            !percent_decode(parameters->arena, value, true, &value))
            parameters->failed = true;
        else
            parameters_add(parameters, name, value);
    }
}

static int compare(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;
    int order = str_compare(left->name, right->name);

    return order != 0 ? order : str_compare(left->value, right->value);
}

void parameters_sort(struct parameters *parameters)
{
    if (parameters->count > 0)
        qsort(parameters->rows, parameters->count, sizeof(*parameters->rows), compare);
}

void parameters_write(const struct parameters *parameters, struct buffer *out)
{
    out->failed = out->failed || parameters->failed;
    for (size_t i = 0; i < parameters->count; i++) {
        if (i > 0)
            buffer_add_char(out, '&');
        buffer_add(out, parameters->rows[i].name);
        buffer_add_char(out, '=');
        buffer_add(out, parameters->rows[i].value);
    }
}
