/* From JSON to values, with the rules that every value meets. */
#include "value.h"

#include "base/base64.h"
#include "errors.h"
#include "shape.h"

enum { ATTRIBUTE_NAME_BYTES_MAX = 65535 };

static bool fail(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception, "%s", text);
}

static bool fail_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}

static bool read_value(const struct json_value *json, int depth, struct arena *arena,
                       struct attribute_value *ret, struct aws_error *err);

static bool read_number(const struct json_value *json, struct attribute_value *ret,
                        struct aws_error *err)
{
    ret->type = VALUE_N;
    return number_parse(json->text, &ret->number, err);
}

static bool read_bytes(const struct json_value *json, struct arena *arena,
                       struct attribute_value *ret, struct aws_error *err)
{
    ret->type = VALUE_B;
    return base64_decode(arena, json->text, &ret->text) || fail_memory(err);
}

static bool read_list(const struct json_value *json, int depth, struct arena *arena,
                      struct attribute_value *ret, struct aws_error *err)
{
    size_t count = 0;

    ret->type = VALUE_L;
    ret->list.elements = arena_alloc_array(arena, json->count, sizeof(*ret->list.elements));
    ret->list.count = json->count;
    if (ret->list.elements == NULL)
        return fail_memory(err);
    for (const struct json_value *child = json->child; child != NULL; child = child->next) {
        if (!read_value(child, depth + 1, arena, &ret->list.elements[count++], err))
            return false;
    }
    return true;
}

/*
 * The attributes of a map that is being read, by name: open addressing, `slots` holds places plus
 * one. Small maps are searched as they are (slots NULL); 16 MB of short names must not take hours.
 */
enum { NAMES_SEARCHED_MAX = 16 };

struct name_index {
    uint32_t *slots;
    size_t mask;
};

static bool index_init(struct name_index *index, size_t count, struct arena *arena)
{
    size_t size = NAMES_SEARCHED_MAX;

    *index = (struct name_index){0};
    if (count <= NAMES_SEARCHED_MAX)
        return true;
    while (size < 2 * count)
        size *= 2;
    index->slots = arena_alloc_array(arena, size, sizeof(*index->slots));
    index->mask = size - 1;
    return index->slots != NULL;
}

/* FNV-1a. */
static size_t hash_name(struct str name)
{
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * 1099511628211u;
    return (size_t)(hash ^ (hash >> 32));
}

/* The value of the attribute called `name`, which is added where there is none yet. */
static struct attribute_value *find_or_add(struct name_index *index, struct attribute_value *map,
                                           struct str name)
{
    size_t slot = 0;

    if (index->slots == NULL) {
        struct attribute_value *known = item_find(map, name);

        if (known != NULL)
            return known;
    } else {
        for (slot = hash_name(name) & index->mask; index->slots[slot] != 0;
             slot = (slot + 1) & index->mask) {
            struct attribute *known = &map->map.attributes[index->slots[slot] - 1];

            if (str_eq(known->name, name))
                return &known->value;
        }
        index->slots[slot] = (uint32_t)map->map.count + 1;
    }
    map->map.attributes[map->map.count].name = name;
    return &map->map.attributes[map->map.count++].value;
}

/* Of an item: told before any of its values. */
static bool check_names(const struct json_value *item, struct aws_error *err)
{
    for (const struct json_value *child = item->child; child != NULL; child = child->next) {
        if (child->name.len == 0 && child->type != JSON_NULL)
            return fail(err, "Empty attribute name");
    }
    return true;
}

/* A name given twice counts once: the last one. */
static bool read_map(const struct json_value *json, int depth, struct arena *arena,
                     struct attribute_value *ret, struct aws_error *err)
{
    struct name_index index;

    if (depth == 0 && !check_names(json, err))
        return false;
    ret->type = VALUE_M;
    ret->map.attributes = arena_alloc_array(arena, json->count, sizeof(*ret->map.attributes));
    ret->map.count = 0;
    if (ret->map.attributes == NULL || !index_init(&index, json->count, arena))
        return fail_memory(err);
    for (const struct json_value *child = json->child; child != NULL; child = child->next) {
        if (child->type == JSON_NULL)
            continue;
        if (child->name.len > ATTRIBUTE_NAME_BYTES_MAX)
            return aws_fail(err, &ddb_validation_exception,
                            OMPV "Attribute name is too large, must be less than 65535 bytes");
        if (!read_value(child, depth + 1, arena, find_or_add(&index, ret, child->name), err))
            return false;
    }
    return true;
}

static bool read_element(const struct json_value *json, enum value_type type, struct arena *arena,
                         struct attribute_value *ret, struct aws_error *err)
{
    switch (type) {
    case VALUE_NS:
        return read_number(json, ret, err);
    case VALUE_BS:
        return read_bytes(json, arena, ret, err);
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
    case VALUE_BOOL:
    case VALUE_NULL:
    case VALUE_L:
    case VALUE_M:
    case VALUE_SS:
    case VALUE_TYPE_COUNT:
        break;
    }
    *ret = (struct attribute_value){.type = VALUE_S, .text = json->text};
    return true;
}

static int compare_elements(const void *a, const void *b)
{
    return value_compare(a, b);
}

static bool fail_duplicate(const struct json_value *json, enum value_type type, struct arena *arena,
                           struct aws_error *err)
{
    struct buffer shown;

    if (type == VALUE_NS)
        return fail(err, "Input collection contains duplicates");
    buffer_init(&shown, arena);
    for (const struct json_value *child = json->child; child != NULL; child = child->next) {
        buffer_add(&shown, child->text);
        if (child->next != NULL)
            buffer_add_literal(&shown, ", ");
    }
    return aws_fail(err, &ddb_validation_exception,
                    OMPV "Input collection [%.*s]%s contains duplicates.",
                    STR_ARG(buffer_str(&shown)), type == VALUE_BS ? "of type BS" : "");
}

static bool read_set(const struct json_value *json, enum value_type type, struct arena *arena,
                     struct attribute_value *ret, struct aws_error *err)
{
    size_t count = 0;

    if (json->count == 0)
        return fail(err, type == VALUE_SS   ? OMPV "An string set  may not be empty"
                         : type == VALUE_NS ? OMPV "An number set  may not be empty"
                                            : OMPV "Binary sets should not be empty");
    ret->type = type;
    ret->list.elements = arena_alloc_array(arena, json->count, sizeof(*ret->list.elements));
    if (ret->list.elements == NULL)
        return fail_memory(err);
    for (const struct json_value *child = json->child; child != NULL; child = child->next) {
        if (child->type != JSON_STRING)
            continue;
        if (!read_element(child, type, arena, &ret->list.elements[count++], err))
            return false;
    }
    ret->list.count = count;
    qsort(ret->list.elements, count, sizeof(*ret->list.elements), compare_elements);
    for (size_t i = 1; i < count; i++) {
        if (value_compare(&ret->list.elements[i - 1], &ret->list.elements[i]) == 0)
            return fail_duplicate(json, type, arena, err);
    }
    return true;
}

static bool read_typed(const struct json_value *json, enum value_type type, int depth,
                       struct arena *arena, struct attribute_value *ret, struct aws_error *err)
{
    switch (type) {
    case VALUE_S:
        *ret = (struct attribute_value){.type = VALUE_S, .text = json->text};
        return true;
    case VALUE_N:
        return read_number(json, ret, err);
    case VALUE_B:
        return read_bytes(json, arena, ret, err);
    case VALUE_BOOL:
        *ret = (struct attribute_value){.type = VALUE_BOOL, .boolean = shape_bool(json)};
        return true;
    case VALUE_NULL:
        *ret = (struct attribute_value){.type = VALUE_NULL};
        return shape_bool(json) ||
               fail(err, OMPV "Null attribute value types must have the value of true");
    case VALUE_L:
        return read_list(json, depth, arena, ret, err);
    case VALUE_M:
        return read_map(json, depth, arena, ret, err);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return read_set(json, type, arena, ret, err);
    case VALUE_TYPE_COUNT:
        break;
    }
    return false;
}

static enum value_type find_type(struct str name)
{
    for (int i = 0; i < VALUE_TYPE_COUNT; i++) {
        if (str_eq(str_from_c(value_type_names[i]), name))
            return (enum value_type)i;
    }
    return VALUE_TYPE_COUNT;
}

/* Each type that is there is read before it is told that there are two. */
static bool read_value(const struct json_value *json, int depth, struct arena *arena,
                       struct attribute_value *ret, struct aws_error *err)
{
    int found = 0;

    if (depth > VALUE_DEPTH_MAX)
        return fail(err, "Nesting Levels have exceeded supported limits: Attributes in the item "
                         "have nested levels beyond supported limit");
    for (const struct json_value *child = json->child; child != NULL; child = child->next) {
        enum value_type type = find_type(child->name);

        if (type == VALUE_TYPE_COUNT || child->type == JSON_NULL)
            continue;
        if (!read_typed(child, type, depth, arena, ret, err))
            return false;
        found++;
    }
    if (found == 0)
        return fail(err, "Supplied AttributeValue is empty, must contain exactly one of the "
                         "supported datatypes");
    if (found > 1)
        return fail(err, "Supplied AttributeValue has more than one datatypes set, must contain "
                         "exactly one of the supported datatypes");
    return true;
}

bool value_read(const struct json_value *json, struct arena *arena, struct attribute_value *ret,
                struct aws_error *err)
{
    return read_value(json, 1, arena, ret, err);
}

bool item_read(const struct json_value *json, struct arena *arena, struct attribute_value *ret,
               struct aws_error *err)
{
    return read_map(json, 0, arena, ret, err);
}

bool item_decode(struct str json, struct arena *arena, struct attribute_value *ret,
                 struct aws_error *err)
{
    struct json_value *root = NULL;

    if (!json_parse(json, arena, &root, NULL) || root->type != JSON_OBJECT)
        return aws_fail(err, &error_environment, "an item of the store cannot be read");
    return item_read(root, arena, ret, err);
}
