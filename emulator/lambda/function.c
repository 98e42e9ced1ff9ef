#include "function.h"

#include "errors.h"
#include "limits.h"

static bool text_eq_environment(const struct function_config *a, const struct function_config *b)
{
    if (a->environment_count != b->environment_count)
        return false;
    for (size_t i = 0; i < a->environment_count; i++) {
        if (!str_eq(a->environment[i].name, b->environment[i].name) ||
            !str_eq(a->environment[i].value, b->environment[i].value))
            return false;
    }
    return true;
}

/* The description apart, which a published version may have of its own. */
static bool config_eq(const struct function_config *a, const struct function_config *b)
{
    return str_eq(a->handler, b->handler) && str_eq(a->runtime, b->runtime) &&
           str_eq(a->role, b->role) && str_eq(a->architecture, b->architecture) &&
           a->memory_mb == b->memory_mb && a->timeout_s == b->timeout_s &&
           text_eq_environment(a, b);
}

static bool environment_check(const struct function_config *config, struct aws_error *err)
{
    size_t bytes = 0;

    for (size_t i = 0; i < config->environment_count; i++)
        bytes += config->environment[i].name.len + config->environment[i].value.len;
    if (bytes <= LAMBDA_ENVIRONMENT_BYTES)
        return true;
    struct arena *arena = arena_new(LAMBDA_VERSION_BYTES);
    struct buffer out;
    struct json_writer writer;
    if (arena == NULL)
        return aws_fail(err, &lambda_service_exception, "out of memory");
    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    for (size_t i = 0; i < config->environment_count; i++)
        json_field_string(&writer, config->environment[i].name, config->environment[i].value);
    json_object_end(&writer);
    (void)aws_fail(err, &lambda_invalid_parameter_value,
                   "Lambda was unable to configure your environment variables because the "
                   "environment variables you have provided exceeded the 4KB limit. String "
                   "measured: %.*s",
                   STR_ARG(buffer_str(&out)));
    arena_free(arena);
    return false;
}

static bool range_check(const char *member, int64_t value, int64_t min, int64_t max,
                        struct aws_error *err)
{
    if (value < min)
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%lld' at '%s' failed to satisfy "
                        "constraint: Member must have value greater than or equal to %lld",
                        (long long)value, member, (long long)min);
    if (value > max)
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%lld' at '%s' failed to satisfy "
                        "constraint: Member must have value less than or equal to %lld",
                        (long long)value, member, (long long)max);
    return true;
}

bool config_check(const struct function_config *config, struct aws_error *err)
{
    if (!range_check("memorySize", config->memory_mb, LAMBDA_MEMORY_MB_MIN, LAMBDA_MEMORY_MB_MAX,
                     err) ||
        !range_check("timeout", config->timeout_s, 1, LAMBDA_TIMEOUT_S_MAX, err))
        return false;
    if (config->description.len > LAMBDA_DESCRIPTION_BYTES)
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'description' failed to "
                        "satisfy constraint: Member must have length less than or equal to %d",
                        STR_ARG(config->description), LAMBDA_DESCRIPTION_BYTES);
    if (!str_eq(config->architecture, STR("x86_64")) && !str_eq(config->architecture, STR("arm64")))
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '[%.*s]' at 'architectures' failed to "
                        "satisfy constraint: Member must satisfy constraint: [Member must satisfy "
                        "enum value set: [x86_64, arm64], Member must not be null]",
                        STR_ARG(config->architecture));
    return environment_check(config, err);
}

static bool copy_environment(struct arena *arena, const struct function_config *from,
                             struct function_config *to)
{
    struct http_header *copies =
        arena_alloc_array(arena, from->environment_count, sizeof(struct http_header));

    if (copies == NULL)
        return false;
    for (size_t i = 0; i < from->environment_count; i++) {
        if (!str_copy(arena, from->environment[i].name, &copies[i].name) ||
            !str_copy(arena, from->environment[i].value, &copies[i].value))
            return false;
    }
    to->environment = copies;
    to->environment_count = from->environment_count;
    return true;
}

static bool copy_config(struct arena *arena, const struct function_config *from,
                        struct function_config *to)
{
    to->memory_mb = from->memory_mb;
    to->timeout_s = from->timeout_s;
    return str_copy(arena, from->handler, &to->handler) &&
           str_copy(arena, from->runtime, &to->runtime) && str_copy(arena, from->role, &to->role) &&
           str_copy(arena, from->description, &to->description) &&
           str_copy(arena, from->architecture, &to->architecture) &&
           copy_environment(arena, from, to);
}

/* A version with one reference, the function's own; NULL when there is no memory. */
static struct function_version *version_new(struct function_store *store,
                                            struct lambda_function *function, int64_t number,
                                            const struct function_config *config,
                                            struct function_code *code)
{
    struct arena *arena = arena_new(LAMBDA_VERSION_BYTES);
    struct function_version *version = arena == NULL ? NULL : arena_alloc(arena, sizeof(*version));

    if (version == NULL || !copy_config(arena, config, &version->config)) {
        arena_free(arena);
        return NULL;
    }
    version->arena = arena;
    version->function = function;
    version->references = 1;
    version->number = number;
    version->code = code;
    version->arn = function->arn;
    (void)snprintf(version->number_text, sizeof(version->number_text), "$LATEST");
    if (number > 0) {
        (void)snprintf(version->number_text, sizeof(version->number_text), "%lld",
                       (long long)number);
        version->arn = str_printf(arena, "%.*s:%s", STR_ARG(function->arn), version->number_text);
    }
    uuid_v4(store->rng, version->revision_id);
    version->modified_ms = clock_wall_ms(store->clock);
    code->references++;
    function->references++;
    return version;
}

static void function_free(struct lambda_function *function)
{
    function_log_free(function->log);
    arena_free(function->arena);
}

void version_release(struct function_version *version)
{
    struct lambda_function *function = version->function;

    if (--version->references > 0)
        return;
    if (--version->code->references == 0)
        code_free(version->code);
    arena_free(version->arena);
    if (--function->references == 0)
        function_free(function);
}

/* The version is no longer to be found: its environments go, and then it. */
static void retire(struct function_store *store, struct function_version *version)
{
    version->retired = true;
    if (store->retire != NULL)
        store->retire(store->retire_state, version);
    version_release(version);
}

struct lambda_function *store_find(const struct function_store *store, struct str name)
{
    struct lambda_function *function = store->functions;

    while (function != NULL && !str_eq(function->name, name))
        function = function->next;
    return function;
}

static struct lambda_function *function_new(struct function_store *store, struct str name)
{
    struct arena *arena = arena_new(LAMBDA_VERSION_BYTES);
    struct lambda_function *function = arena == NULL ? NULL : arena_alloc(arena, sizeof(*function));

    if (function == NULL || !str_copy(arena, name, &function->name) ||
        (function->log = function_log_new()) == NULL) {
        arena_free(arena);
        return NULL;
    }
    function->arena = arena;
    function->reserved = -1;
    function->arn = str_printf(arena, "arn:aws:lambda:%.*s:%.*s:function:%.*s",
                               STR_ARG(store->region), STR_ARG(store->account_id), STR_ARG(name));
    return function;
}

static void store_insert(struct function_store *store, struct lambda_function *function)
{
    struct lambda_function **at = &store->functions;

    while (*at != NULL && str_compare((*at)->name, function->name) < 0)
        at = &(*at)->next;
    function->next = *at;
    *at = function;
    store->count++;
}

bool store_create(struct function_store *store, struct str name,
                  const struct function_config *config, struct function_code *code,
                  struct lambda_function **ret, struct aws_error *err)
{
    if (store_find(store, name) != NULL)
        return aws_fail(err, &lambda_resource_conflict, "Function already exist: %.*s",
                        STR_ARG(name));
    if (store->count >= LAMBDA_FUNCTIONS)
        return aws_fail(err, &lambda_resource_conflict, "No more than %d functions fit here",
                        LAMBDA_FUNCTIONS);
    if (!config_check(config, err))
        return false;
    struct lambda_function *function = function_new(store, name);
    if (function == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for function '%.*s'", STR_ARG(name));
    function->latest = version_new(store, function, 0, config, code);
    if (function->latest == NULL) {
        function_free(function);
        return aws_fail(err, &error_out_of_memory, "no memory for function '%.*s'", STR_ARG(name));
    }
    code->references--; /* the creator's reference is now the version's */
    store_insert(store, function);
    *ret = function;
    return true;
}

struct function_version *function_find_version(const struct lambda_function *function,
                                               int64_t number)
{
    if (number == 0)
        return function->latest;
    struct function_version *version = function->published;
    while (version != NULL && version->number != number)
        version = version->next;
    return version;
}

static struct function_version *resolve_alias(const struct function_store *store,
                                              const struct lambda_function *function,
                                              const struct function_alias *alias)
{
    bool other = alias->other_weight > 0 && rng_unit(store->rng) < alias->other_weight;

    return function_find_version(function, other ? alias->other_version : alias->version);
}

struct function_version *function_resolve(const struct function_store *store,
                                          const struct lambda_function *function,
                                          struct str qualifier)
{
    int64_t number = 0;

    if (qualifier.len == 0 || str_eq(qualifier, STR("$LATEST")))
        return function->latest;
    if (str_to_int64(qualifier, 1, INT64_MAX, &number))
        return function_find_version(function, number);
    const struct function_alias *alias = function_find_alias(function, qualifier);
    return alias == NULL ? NULL : resolve_alias(store, function, alias);
}

bool function_update(struct function_store *store, struct lambda_function *function,
                     const struct function_update *update, struct aws_error *err)
{
    struct function_version *old = function->latest;
    struct function_config config = old->config;

    if (update->description != NULL)
        config.description = *update->description;
    if (update->handler != NULL)
        config.handler = *update->handler;
    if (update->role != NULL)
        config.role = *update->role;
    if (update->runtime != NULL)
        config.runtime = *update->runtime;
    if (update->memory_mb != 0)
        config.memory_mb = update->memory_mb;
    if (update->timeout_s != 0)
        config.timeout_s = update->timeout_s;
    if (update->has_environment) {
        config.environment = update->environment;
        config.environment_count = update->environment_count;
    }
    if (!config_check(&config, err))
        return false;
    struct function_version *latest = version_new(store, function, 0, &config, old->code);
    if (latest == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for the new configuration");
    function->latest = latest;
    retire(store, old);
    return true;
}

/* Whether $LATEST is still what the last published version was made from. */
static bool is_published_already(const struct lambda_function *function)
{
    const struct function_version *last = function->published;

    return last != NULL && last->number == function->last_number &&
           last->code == function->latest->code &&
           str_eq(last->source_description, function->latest->config.description) &&
           config_eq(&last->config, &function->latest->config);
}

static bool publish_check(const struct lambda_function *function, struct str code_sha256,
                          struct str revision_id, struct aws_error *err)
{
    const struct function_version *latest = function->latest;

    if (revision_id.len > 0 && !str_eq(revision_id, str_from_c(latest->revision_id)))
        return aws_fail(err, &lambda_precondition_failed,
                        "The Revision Id provided does not match the latest Revision Id. Call the "
                        "GetFunction/GetAlias API to retrieve the latest Revision Id");
    if (code_sha256.len > 0 && !str_eq(code_sha256, str_from_c(latest->code->sha256)))
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "CodeSHA256 (%.*s) is different from current CodeSHA256 in $LATEST (%s). "
                        "Please try again with the CodeSHA256 in $LATEST.",
                        STR_ARG(code_sha256), latest->code->sha256);
    return true;
}

bool function_publish(struct function_store *store, struct lambda_function *function,
                      const struct str *description, struct str code_sha256, struct str revision_id,
                      struct function_version **ret, struct aws_error *err)
{
    if (!publish_check(function, code_sha256, revision_id, err))
        return false;
    if (is_published_already(function)) {
        *ret = function->published;
        return true;
    }
    if (function->version_count >= LAMBDA_VERSIONS)
        return aws_fail(err, &lambda_resource_conflict,
                        "No more than %d versions of a function fit here", LAMBDA_VERSIONS);
    struct function_config config = function->latest->config;
    if (description != NULL && description->len > 0)
        config.description = *description;
    if (!config_check(&config, err))
        return false;
    struct function_version *version =
        version_new(store, function, function->last_number + 1, &config, function->latest->code);
    if (version == NULL || !str_copy(version->arena, function->latest->config.description,
                                     &version->source_description)) {
        if (version != NULL)
            version_release(version);
        return aws_fail(err, &error_out_of_memory, "no memory for a version");
    }
    function->last_number = version->number;
    version->next = function->published;
    function->published = version;
    function->version_count++;
    uuid_v4(store->rng, function->latest->revision_id); /* publishing is a step of its own */
    *ret = version;
    return true;
}

bool function_delete_version(struct function_store *store, struct lambda_function *function,
                             int64_t number, struct aws_error *err)
{
    for (const struct function_alias *alias = function->aliases; alias != NULL;
         alias = alias->next) {
        if (alias->version == number || (alias->other_weight > 0 && alias->other_version == number))
            return aws_fail(err, &lambda_resource_conflict,
                            "Version %lld is still in use by alias %.*s", (long long)number,
                            STR_ARG(alias->name));
    }
    for (struct function_version **at = &function->published; *at != NULL; at = &(*at)->next) {
        struct function_version *version = *at;
        if (version->number != number)
            continue;
        *at = version->next;
        function->version_count--;
        retire(store, version);
        break;
    }
    return true; /* deleting what is not there is no error */
}

void function_delete(struct function_store *store, struct lambda_function *function)
{
    struct lambda_function **at = &store->functions;

    while (*at != function)
        at = &(*at)->next;
    *at = function->next;
    store->count--;
    store->reserved_sum -= function->reserved > 0 ? function->reserved : 0;
    function->deleted = true;
    while (function->aliases != NULL)
        alias_delete(function, function->aliases->name);
    function->references++; /* until the end of this function */
    while (function->published != NULL) {
        struct function_version *version = function->published;
        function->published = version->next;
        retire(store, version);
    }
    retire(store, function->latest);
    if (--function->references == 0)
        function_free(function);
}

void store_deinit(struct function_store *store)
{
    while (store->functions != NULL)
        function_delete(store, store->functions);
}

bool function_reserve(struct function_store *store, struct lambda_function *function,
                      int64_t reserved, struct aws_error *err)
{
    int64_t others = store->reserved_sum - (function->reserved > 0 ? function->reserved : 0);
    int64_t wanted = reserved > 0 ? reserved : 0;

    if (wanted > LAMBDA_CONCURRENCY - LAMBDA_UNRESERVED_CONCURRENCY_MIN - others)
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "Specified ReservedConcurrentExecutions for function decreases account's "
                        "UnreservedConcurrentExecution below its minimum value of [%d].",
                        LAMBDA_UNRESERVED_CONCURRENCY_MIN);
    function->reserved = reserved;
    store->reserved_sum = others + wanted;
    return true;
}
