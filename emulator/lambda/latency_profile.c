#include "lambda/latency_profile.h"

#include <errno.h>
#include <math.h>

#include "base/json.h"

enum {
    PROFILE_FILE_BYTES = 256 * 1024,
    PROFILE_ARENA_BYTES = 4 * 1024 * 1024,
    PROFILE_OPERATIONS_MAX = 64,
    PROFILE_NAME_BYTES = 40,
};

#define PROFILE_MS_MAX 900000.0

struct distribution {
    double mu;
    double sigma;
    bool known;
};

struct operation_row {
    char name[PROFILE_NAME_BYTES];
    struct distribution distribution;
};

struct latency_profile {
    struct distribution init;
    struct distribution any_operation;
    struct operation_row operations[PROFILE_OPERATIONS_MAX];
    size_t operation_count;
};

static double sample(const struct distribution *distribution, struct rng *rng)
{
    if (!distribution->known)
        return -1;
    return fmin(exp(distribution->mu + distribution->sigma * rng_normal(rng)), PROFILE_MS_MAX);
}

double latency_dynamodb_ms(const struct latency_profile *profile, struct str operation,
                           struct rng *rng)
{
    for (size_t i = 0; i < profile->operation_count; i++) {
        if (str_eq(str_from_c(profile->operations[i].name), operation))
            return sample(&profile->operations[i].distribution, rng);
    }
    return sample(&profile->any_operation, rng);
}

double latency_init_ms(const struct latency_profile *profile, struct rng *rng)
{
    return sample(&profile->init, rng);
}

/* The 99th percentile of a standard normal distribution is 2.3263. */
static bool read_distribution(const struct json_value *value, struct distribution *ret)
{
    double p50 = 0, p99 = 0;

    if (!json_double(json_member(value, "p50"), &p50) ||
        !json_double(json_member(value, "p99"), &p99) || p50 <= 0 || p99 < p50 ||
        p99 > PROFILE_MS_MAX)
        return false;
    *ret = (struct distribution){log(p50), (log(p99) - log(p50)) / 2.3263478740408408, true};
    return true;
}

static bool read_operations(const struct json_value *list, struct latency_profile *profile,
                            struct str *bad)
{
    for (const struct json_value *row = list == NULL ? NULL : list->child; row != NULL;
         row = row->next) {
        *bad = row->name;
        if (str_eq(row->name, STR("default"))) {
            if (!read_distribution(row, &profile->any_operation))
                return false;
            continue;
        }
        struct operation_row *to = &profile->operations[profile->operation_count];
        if (profile->operation_count == PROFILE_OPERATIONS_MAX ||
            row->name.len >= sizeof(to->name) || !read_distribution(row, &to->distribution))
            return false;
        memcpy(to->name, row->name.ptr, row->name.len);
        profile->operation_count++;
    }
    return true;
}

static bool read_profile(const char *path, struct str text, struct arena *arena,
                         struct latency_profile *profile, struct aws_error *err)
{
    struct json_value *root = NULL;
    struct json_error why = {0};
    struct str bad = STR("lambda.init_ms");

    if (!json_parse(text, arena, &root, &why))
        return aws_fail(err, &error_usage, "latency profile %s: no JSON at byte %zu: %s", path,
                        why.offset, why.reason);
    const struct json_value *lambda = json_member(root, "lambda");
    const struct json_value *dynamodb = json_member(root, "dynamodb");
    if (!json_is(root, JSON_OBJECT) || (lambda == NULL && dynamodb == NULL) ||
        (lambda != NULL && !json_is(lambda, JSON_OBJECT)) ||
        (dynamodb != NULL && !json_is(dynamodb, JSON_OBJECT)))
        return aws_fail(err, &error_usage,
                        "latency profile %s: an object with the objects 'lambda', 'dynamodb' or "
                        "both is wanted, as in fixtures/profiles",
                        path);
    const struct json_value *init = json_member(lambda, "init_ms");
    if ((init != NULL && !read_distribution(init, &profile->init)) ||
        !read_operations(dynamodb, profile, &bad))
        return aws_fail(err, &error_usage,
                        "latency profile %s: '%.*s' must be {\"p50\": ms, \"p99\": ms} with "
                        "0 < p50 <= p99",
                        path, STR_ARG(bad));
    return true;
}

bool latency_profile_load(const char *path, struct latency_profile **ret, struct aws_error *err)
{
    struct arena *arena = arena_new(PROFILE_ARENA_BYTES);
    struct latency_profile *profile = calloc(1, sizeof(*profile));
    char *text = arena == NULL ? NULL : arena_alloc_text(arena, PROFILE_FILE_BYTES);
    FILE *file = fopen(path, "re");
    bool ok = false;

    if (file == NULL) {
        (void)aws_fail(err, &error_environment, "latency profile %s: %s", path, strerror(errno));
        goto done;
    }
    if (profile == NULL || text == NULL) {
        (void)aws_fail(err, &error_environment, "latency profile %s: no memory", path);
        goto done;
    }
    size_t length = fread(text, 1, PROFILE_FILE_BYTES, file);
    if (ferror(file) != 0 || length == PROFILE_FILE_BYTES) {
        (void)aws_fail(err, &error_environment, "latency profile %s: cannot be read, or too long",
                       path);
        goto done;
    }
    ok = read_profile(path, (struct str){text, length}, arena, profile, err);
done:
    if (file != NULL)
        (void)fclose(file);
    arena_free(arena);
    if (ok)
        *ret = profile;
    else
        free(profile);
    return ok;
}

void latency_profile_free(struct latency_profile *profile)
{
    free(profile);
}
