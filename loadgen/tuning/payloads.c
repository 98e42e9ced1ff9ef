#include "payloads.h"

#include "loadgen/js_value.h"

#include <math.h>

static bool out_of_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the payloads need more memory than there is");
}

/* A string that is JSON goes as it is; everything else becomes JSON. */
static bool payload_text(const struct json_value *payload, struct arena *arena, struct str *ret)
{
    if (!js_truthy(payload)) {
        *ret = STR("null");
        return true;
    }
    if (payload->type == JSON_STRING && json_is_valid(payload->text, NULL)) {
        *ret = payload->text;
        return true;
    }
    return js_stringify(payload, arena, ret);
}

/* A list of which every item has a payload and a weight. */
static bool is_weighted(const struct json_value *payload)
{
    if (!json_is(payload, JSON_ARRAY) || payload->count == 0)
        return false;
    for (const struct json_value *item = payload->child; item != NULL; item = item->next) {
        if (!js_truthy(json_member(item, "payload")) || !js_truthy(json_member(item, "weight")))
            return false;
    }
    return true;
}

static double total_weight(const struct json_value *payload)
{
    double total = 0;

    for (const struct json_value *item = payload->child; item != NULL; item = item->next)
        total += js_number(json_member(item, "weight"));
    return total;
}

static bool fill_weighted(const struct json_value *payload, size_t num, struct arena *arena,
                          struct str *texts, struct aws_error *err)
{
    double total = total_weight(payload);
    size_t done = 0;

    if (num < payload->count)
        return aws_fail(err, &error_usage,
                        "You have %u payloads and only \"num\"=%zu. Please increase \"num\".",
                        payload->count, num);
    for (const struct json_value *item = payload->child; item != NULL; item = item->next) {
        double share = floor(js_number(json_member(item, "weight")) * (double)num / total);
        struct str text;
        if (!(share >= 1)) /* also for a weight that is no number */
            return aws_fail(err, &error_usage, "Invalid payload weight (num is too small)");
        size_t count = share < (double)(num - done) ? (size_t)share : num - done;
        if (item->next == NULL)
            count = num - done;
        if (!payload_text(json_member(item, "payload"), arena, &text))
            return out_of_memory(err);
        for (size_t i = 0; i < count; i++)
            texts[done++] = text;
    }
    return true;
}

bool payloads_generate(const struct json_value *payload, size_t num, struct arena *arena,
                       struct str **ret, struct aws_error *err)
{
    struct str *texts = arena_alloc_array(arena, num, sizeof(*texts));
    struct str text;

    if (texts == NULL)
        return out_of_memory(err);
    if (is_weighted(payload)) {
        if (!fill_weighted(payload, num, arena, texts, err))
            return false;
    } else {
        if (!payload_text(payload, arena, &text))
            return out_of_memory(err);
        for (size_t i = 0; i < num; i++)
            texts[i] = text;
    }
    *ret = texts;
    return true;
}
