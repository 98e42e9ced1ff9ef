/* From the file to the services: read, tell what has no effect, make each resource in the rows'
 * order. */
#include "template/template.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/yaml.h"
#include "resources.h"

enum {
    TEMPLATE_BYTES_MAX = 4 * 1024 * 1024,
    TEMPLATE_ARENA_BYTES = 128 * 1024 * 1024,
};

/* --- the file
 * ---------------------------------------------------------------------------------------------- */

static bool unreadable(const char *path, struct aws_error *err)
{
    return aws_fail(err, &error_environment, "%s cannot be read: %s", path, strerror(errno));
}

static bool read_all(int fd, const char *path, struct arena *arena, struct str *ret,
                     struct aws_error *err)
{
    struct buffer text;

    buffer_init(&text, arena);
    for (;;) {
        char *room = buffer_reserve(&text, 65536);
        if (room == NULL || text.len > TEMPLATE_BYTES_MAX)
            return aws_fail(err, &error_usage, "%s: the template is larger than %d MB", path,
                            TEMPLATE_BYTES_MAX / 1024 / 1024);
        ssize_t got = read(fd, room, 65536);
        if (got < 0)
            return unreadable(path, err);
        if (got == 0)
            break;
        text.len += (size_t)got;
    }
    *ret = buffer_str(&text);
    return true;
}

static bool read_file(const char *path, struct arena *arena, struct str *ret, struct aws_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return unreadable(path, err);
    bool ok = read_all(fd, path, arena, ret, err);
    (void)close(fd);
    return ok;
}

/* What went wrong inside the file begins with its name. */
static void in_file(const char *path, struct aws_error *err)
{
    char message[AWS_ERROR_MESSAGE_BYTES];

    (void)snprintf(message, sizeof(message), "%s", err->message);
    aws_fail(err, err->kind, "%s: %s", path, message);
}

/* --- what has no effect
 * --------------------------------------------------------------------------------------- */

static void tell_ignored_properties(const struct deployment *d, const struct json_value *resource,
                                    const struct resource_type *type)
{
    const struct json_value *properties = json_member(resource, "Properties");

    for (const struct json_value *m = properties == NULL ? NULL : properties->child; m != NULL;
         m = m->next) {
        if (!names_hold(type->properties, m->name))
            log_notice("%s: %.*s.%.*s has no effect here", d->file, STR_ARG(resource->name),
                       STR_ARG(m->name));
    }
}

static void tell_ignored_globals(const struct deployment *d)
{
    const struct json_value *globals = json_member(d->scope.root, "Globals");
    const struct resource_type *function = resource_type_find(STR("AWS::Serverless::Function"));

    for (const struct json_value *section = globals == NULL ? NULL : globals->child;
         section != NULL; section = section->next) {
        bool read = str_eq(section->name, STR("Function"));
        for (const struct json_value *m = section->child; m != NULL; m = m->next) {
            if (!read || !names_hold(function->properties, m->name))
                log_notice("%s: Globals.%.*s.%.*s has no effect here", d->file,
                           STR_ARG(section->name), STR_ARG(m->name));
        }
    }
}

static void tell_ignored_sections(const struct deployment *d)
{
    static const char read[] = "AWSTemplateFormatVersion|Transform|Description|Globals|Parameters|"
                               "Mappings|Conditions|Resources";

    for (const struct json_value *section = d->scope.root->child; section != NULL;
         section = section->next) {
        if (!names_hold(read, section->name))
            log_notice("%s: %.*s has no effect here", d->file, STR_ARG(section->name));
    }
}

static void tell_ignored(const struct deployment *d, const struct json_value *resources)
{
    tell_ignored_sections(d);
    tell_ignored_globals(d);
    for (const struct json_value *r = resources->child; r != NULL; r = r->next) {
        struct str name = STR("a resource without a Type");
        const struct resource_type *type = NULL;
        if (json_string(json_member(r, "Type"), &name))
            type = resource_type_find(name);
        if (type == NULL)
            log_notice("%s: %.*s (%.*s) has no effect here", d->file, STR_ARG(r->name),
                       STR_ARG(name));
        else
            tell_ignored_properties(d, r, type);
    }
}

/* --- the resources
 * --------------------------------------------------------------------------------------------- */

/* A resource whose Condition is false is not made. */
static bool is_wanted(struct deployment *d, const struct json_value *resource, bool *ret)
{
    struct str condition;

    *ret = true;
    return !json_string(json_member(resource, "Condition"), &condition) ||
           evaluate_condition(&d->scope, condition, ret);
}

static bool deploy_one(struct deployment *d, const struct json_value *resource,
                       const struct resource_type *type)
{
    static const struct json_value nothing = {.type = JSON_OBJECT};
    const struct json_value *properties = json_member(resource, "Properties");
    struct resource evaluated = {resource->name, &nothing};
    bool wanted = false;

    if (!is_wanted(d, resource, &wanted))
        return false;
    if (!wanted)
        return true;
    if (properties != NULL && !evaluate(&d->scope, properties, &evaluated.properties))
        return false;
    if (evaluated.properties == NULL || evaluated.properties->type != JSON_OBJECT)
        return aws_fail(d->scope.err, &error_usage, "%.*s: Properties must be a mapping",
                        STR_ARG(resource->name));
    return type->deploy(d, &evaluated);
}

static bool deploy_implicit_api(struct deployment *d)
{
    const struct json_value *definition = NULL;

    if (!events_definition(d, (struct str){NULL, 0}, &definition))
        return false;
    return definition == NULL ||
           api_gateway_import(d->target->api_gateway, STR("serverlessrestapi"),
                              STR("ServerlessRestApi"), STR("Prod"), definition, d->scope.err);
}

static bool deploy_resources(struct deployment *d, const struct json_value *resources)
{
    tell_ignored(d, resources);
    for (size_t i = 0; resource_type_at(i) != NULL; i++) {
        const struct resource_type *type = resource_type_at(i);
        for (const struct json_value *r = resources->child; r != NULL; r = r->next) {
            struct str name;
            if (json_string(json_member(r, "Type"), &name) && str_eq(name, type->name) &&
                !deploy_one(d, r, type))
                return false;
        }
    }
    return deploy_implicit_api(d);
}

/* An OpenAPI file by itself: one API, served without a stage's name and under "default". */
static bool deploy_openapi(struct deployment *d)
{
    struct str title =
        json_string_or(json_member(json_member(d->scope.root, "info"), "title"), STR("api"));

    return api_gateway_import(d->target->api_gateway, STR("openapi"), title, STR("default"),
                              d->scope.root, d->scope.err);
}

static bool deploy(struct deployment *d)
{
    const struct json_value *root = d->scope.root;
    const struct json_value *resources = json_member(root, "Resources");

    if (json_member(root, "openapi") != NULL || json_member(root, "swagger") != NULL)
        return deploy_openapi(d);
    if (!json_is(resources, JSON_OBJECT))
        return aws_fail(d->scope.err, &error_usage,
                        "neither Resources nor openapi: not a SAM, CloudFormation or OpenAPI file");
    return deploy_resources(d, resources);
}

static struct str folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? STR(".") : (struct str){path, (size_t)(slash - path)};
}

bool template_deploy(const char *path, const struct template_target *target, struct aws_error *err)
{
    struct arena *arena = arena_new(TEMPLATE_ARENA_BYTES);
    struct deployment d = {.target = target, .file = path, .folder = folder_of(path)};
    struct json_value *root = NULL;
    struct str text = {NULL, 0};
    bool ok = false;

    if (arena == NULL)
        return aws_fail(err, &error_environment, "no memory to read %s", path);
    if (!read_file(path, arena, &text, err))
        goto done;
    d.scope = (struct scope){
        .region = target->region,
        .account_id = target->account_id,
        .stack_name = STR("squall"),
        .arena = arena,
        .resources = {resource_ref, resource_get_att},
        .err = err,
    };
    ok = yaml_parse(text, arena, &root, err);
    d.scope.root = root;
    ok = ok && deploy(&d);
    if (!ok)
        in_file(path, err);
done:
    arena_free(arena);
    return ok;
}
