/* Aliases: names for versions, kept by name. */
#include "function.h"

#include "errors.h"
#include "limits.h"

struct function_alias *function_find_alias(const struct lambda_function *function, struct str name)
{
    struct function_alias *alias = function->aliases;

    while (alias != NULL && !str_eq(alias->name, name))
        alias = alias->next;
    return alias;
}

static bool is_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    }
    return text.len > 0;
}

static bool name_check(struct str name, struct aws_error *err)
{
    static const char pattern[] = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";
    size_t good = 0;

    while (good < name.len && (name.ptr[good] == '-' || name.ptr[good] == '_' ||
                               (name.ptr[good] >= '0' && name.ptr[good] <= '9') ||
                               ((name.ptr[good] | 0x20) >= 'a' && (name.ptr[good] | 0x20) <= 'z')))
        good++;
    if (good != name.len || name.len == 0 || is_digits(name))
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'name' failed to satisfy "
                        "constraint: Member must satisfy regular expression pattern: %s",
                        STR_ARG(name), pattern);
    if (name.len > LAMBDA_ALIAS_NAME_BYTES)
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'name' failed to satisfy "
                        "constraint: Member must have length less than or equal to %d",
                        STR_ARG(name), LAMBDA_ALIAS_NAME_BYTES);
    return true;
}

static bool version_check(const struct lambda_function *function, struct str text, int64_t *ret,
                          struct aws_error *err)
{
    int64_t number = 0;
    bool latest = str_eq(text, STR("$LATEST"));

    if (!latest && !str_to_int64(text, 1, INT64_MAX, &number))
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'functionVersion' failed to "
                        "satisfy constraint: Member must satisfy regular expression pattern: "
                        "(\\$LATEST(\\.PUBLISHED)?|[0-9]+)",
                        STR_ARG(text));
    if (function_find_version(function, number) == NULL)
        return aws_fail(err, &lambda_resource_not_found, "Function not found: %.*s:%.*s",
                        STR_ARG(function->arn), STR_ARG(text));
    *ret = number;
    return true;
}

static bool routing_check(const struct lambda_function *function,
                          const struct function_alias *alias, struct aws_error *err)
{
    if (alias->other_weight <= 0)
        return true;
    if (alias->version == 0)
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "$LATEST is not supported for an alias pointing to more than 1 version");
    if (alias->version == alias->other_version)
        return aws_fail(err, &lambda_invalid_parameter_value,
                        "Invalid function version %lld. Function version %lld is already included "
                        "in routing configuration.",
                        (long long)alias->version, (long long)alias->version);
    if (function_find_version(function, alias->other_version) == NULL)
        return aws_fail(err, &lambda_resource_not_found, "Function not found: %.*s:%lld",
                        STR_ARG(function->arn), (long long)alias->other_version);
    return true;
}

static struct function_alias *alias_new(struct str name, struct str description)
{
    struct function_alias *alias = calloc(1, sizeof(*alias) + name.len + description.len);

    if (alias == NULL)
        return NULL;
    memcpy(alias->text, name.ptr, name.len);
    if (description.len > 0)
        memcpy(alias->text + name.len, description.ptr, description.len);
    alias->name = (struct str){alias->text, name.len};
    alias->description = (struct str){alias->text + name.len, description.len};
    return alias;
}

static void insert(struct lambda_function *function, struct function_alias *alias)
{
    struct function_alias **at = &function->aliases;

    assert(alias != NULL);
    while (*at != NULL && str_compare((*at)->name, alias->name) < 0)
        at = &(*at)->next;
    alias->next = *at;
    *at = alias;
    function->alias_count++;
}

/* A new alias as `old` (or nothing) and the update make it, not yet in the list. */
static bool build(struct function_store *store, struct lambda_function *function, struct str name,
                  const struct function_alias *old, const struct alias_update *update,
                  struct function_alias **ret, struct aws_error *err)
{
    struct str description = old == NULL ? STR("") : old->description;

    if (update->description != NULL)
        description = *update->description;
    if (description.len > LAMBDA_DESCRIPTION_BYTES)
        return aws_fail(err, &lambda_validation,
                        "1 validation error detected: Value '%.*s' at 'description' failed to "
                        "satisfy constraint: Member must have length less than or equal to %d",
                        STR_ARG(description), LAMBDA_DESCRIPTION_BYTES);
    struct function_alias *alias = alias_new(name, description);
    if (alias == NULL)
        return aws_fail(err, &error_out_of_memory, "no memory for an alias");
    if (old != NULL) {
        alias->version = old->version;
        alias->other_version = old->other_version;
        alias->other_weight = old->other_weight;
    }
    if (update->has_routing) {
        alias->other_version = update->other_version;
        alias->other_weight = update->other_weight;
    }
    if ((update->version != NULL &&
         !version_check(function, *update->version, &alias->version, err)) ||
        !routing_check(function, alias, err)) {
        free(alias);
        return false;
    }
    uuid_v4(store->rng, alias->revision_id);
    *ret = alias;
    return true;
}

bool alias_create(struct function_store *store, struct lambda_function *function, struct str name,
                  const struct alias_update *update, struct function_alias **ret,
                  struct aws_error *err)
{
    struct function_alias *alias = NULL;

    if (!name_check(name, err))
        return false;
    if (function_find_alias(function, name) != NULL)
        return aws_fail(err, &lambda_resource_conflict, "Alias already exists: %.*s:%.*s",
                        STR_ARG(function->arn), STR_ARG(name));
    if (function->alias_count >= LAMBDA_ALIASES)
        return aws_fail(err, &lambda_resource_conflict,
                        "No more than %d aliases of a function fit here", LAMBDA_ALIASES);
    if (!build(store, function, name, NULL, update, &alias, err))
        return false;
    insert(function, alias);
    *ret = alias;
    return true;
}

bool alias_update(struct function_store *store, struct lambda_function *function, struct str name,
                  const struct alias_update *update, struct function_alias **ret,
                  struct aws_error *err)
{
    const struct function_alias *old = function_find_alias(function, name);
    struct function_alias *alias = NULL;

    if (old == NULL)
        return aws_fail(err, &lambda_resource_not_found, "Alias not found: %.*s:%.*s",
                        STR_ARG(function->arn), STR_ARG(name));
    if (update->revision_id.len > 0 && !str_eq(update->revision_id, str_from_c(old->revision_id)))
        return aws_fail(err, &lambda_precondition_failed,
                        "The Revision Id provided does not match the latest Revision Id. Call the "
                        "GetFunction/GetAlias API to retrieve the latest Revision Id");
    if (!build(store, function, name, old, update, &alias, err))
        return false;
    alias_delete(function, name);
    insert(function, alias);
    *ret = alias;
    return true;
}

void alias_delete(struct lambda_function *function, struct str name)
{
    for (struct function_alias **at = &function->aliases; *at != NULL; at = &(*at)->next) {
        struct function_alias *alias = *at;
        if (!str_eq(alias->name, name))
            continue;
        *at = alias->next;
        function->alias_count--;
        free(alias);
        return;
    }
}
