/*
 * A row a resource type: what its Ref and attributes stand for, and how it is made through its
 * service's own create call. What a type's row does not take is told when the template is deployed.
 */
#ifndef TEMPLATE_RESOURCES_H
#define TEMPLATE_RESOURCES_H

#include "intrinsics.h"
#include "template/template.h"

struct deployment {
    const struct template_target *target;
    struct scope scope; /* first errors go to scope.err */
    struct str folder;  /* the template's: relative paths begin there */
    const char *file;   /* for messages */
};

/* One resource, its properties evaluated. */
struct resource {
    struct str id; /* the logical one */
    const struct json_value *properties;
};

struct resource_type {
    struct str name;
    /* The resource's name in its service, from its template form; may be NULL: Ref is refused. */
    bool (*ref)(struct scope *scope, const struct json_value *resource, struct str *ret);
    /* The ARN, likewise. */
    bool (*arn)(struct scope *scope, const struct json_value *resource, struct str *ret);
    /* NULL: the type has no effect here. */
    bool (*deploy)(struct deployment *deployment, const struct resource *resource);
    const char *properties; /* what has an effect, "A|B|C" */
};

/* In the order of making: what others refer to comes first. NULL behind the last. */
const struct resource_type *resource_type_at(size_t index);
const struct resource_type *resource_type_find(struct str name);

/* Whether `names` ("A|B|C") holds `name`. */
bool names_hold(const char *names, struct str name);

/* For struct scope: by the row of the resource's type. */
bool resource_ref(struct scope *scope, const struct json_value *resource, struct str *ret);
bool resource_get_att(struct scope *scope, const struct json_value *resource, struct str attribute,
                      struct str *ret);

/*
 * The OpenAPI definition that SAM makes of the functions' events of type Api, or NULL in *ret when
 * there are none. `api`: the logical id that the events name by RestApiId; empty for those that
 * name none (the implicit API).
 */
MUST_CHECK bool events_definition(struct deployment *deployment, struct str api,
                                  const struct json_value **ret);

#endif
