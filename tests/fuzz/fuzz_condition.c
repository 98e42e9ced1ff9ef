/* What is read as a condition has its fields in range; what is not says so. */
#include "loadgen/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const struct condition *condition, const struct aws_error *err)
{
    assert(ok == (err->kind == NULL));
    if (!ok)
        return;
    assert(condition->metric < METRIC_COUNT && condition->value >= 0);
    assert(condition->percentile >= 0 && condition->percentile <= 100);

    (void)condition_is_violated(condition, condition->value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct condition condition = {0};
    struct aws_error err = {0};

    check(condition_parse_fail_if(text, &condition, &err), &condition, &err);
    err.kind = NULL;
    memset(&condition, 0, sizeof(condition));
    check(condition_parse_pass_if(text, &condition, &err), &condition, &err);
    return 0;
}
