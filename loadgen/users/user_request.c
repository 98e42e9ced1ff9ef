#include "user_request.h"

#include "loadgen/collection_files.h"
#include "loadgen/collection_request.h"
#include "loadgen/request_address.h"
#include "loadgen/tls_choice.h"

enum { USER_ARENA_BYTES = 64 << 20 };

/* As newman, now; what cannot be read is told and left out. */
static bool load_files(struct virtual_user *user, const struct request_definition **definition,
                       const struct resolver *resolver, struct aws_error *err)
{
    const struct step_listener *steps = user->run->steps;
    struct request_definition *own = NULL;
    struct file_warnings warnings = {0};

    if ((*definition)->body_mode != BODY_FILE && (*definition)->body_mode != BODY_FORMDATA)
        return true;
    own = arena_alloc(user->arena, sizeof(*own));
    if (own == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    *own = **definition;
    if (!collection_files_load(own, resolver, user->run->options.files, user->arena, &warnings,
                               err))
        return false;
    for (size_t i = 0; steps != NULL && i < warnings.count; i++)
        steps->warned(steps->context, user, warnings.rows[i]);
    *definition = own;
    return true;
}

/* Compiles and addresses a request whose variables only the send can tell. */
static bool prepare_whole(struct virtual_user *user, const struct resolver *resolver,
                          struct aws_error *err)
{
    struct run *run = user->run;
    const struct request_definition *definition = &run->definitions[user->step];

    if (user->request_changed) {
        assert(user->lane->scripts != NULL); /* who else would have changed it */
        struct request_definition *changed = arena_alloc(user->arena, sizeof(*changed));
        struct str text = script_request(user->lane->scripts->engine, user->index, user->arena);
        if (changed == NULL)
            return aws_fail(err, &error_out_of_memory, "out of memory");
        if (!collection_request_reread(definition, text, user->arena, changed, err))
            return false;
        definition = changed;
    }
    if (run->options.files != NULL && !load_files(user, &definition, resolver, err))
        return false;
    if (!request_compile(definition, resolver, user->arena, &user->whole, err)) {
        if (!request_address(definition, resolver, user->arena, &user->unmade))
            user->unmade = definition->url;
        return false;
    }
    user->plan = &user->whole;
    user->bytes = (struct request_bytes){user->whole.sent, {NULL, 0}};
    return tls_choice_target(run->tls_choice, user->lane->transport.targets, &user->whole.url,
                             &definition->behavior.tls, &user->target, err);
}

bool user_request_prepare(struct virtual_user *user, struct aws_error *err)
{
    struct run *run = user->run;
    struct variable_lookup lookup = {user_scripts_find, user};
    struct resolver resolver = {
        .variables = run->variables,
        .at_send = true,
        .data_row = user->data_row,
        .rng = &user->rng,
        .clock = clock_system(),
        .lookup = user->lane->scripts != NULL ? &lookup : NULL,
        .as_newman = run->options.as_newman,
        .logins = run->options.as_newman ? &user->logins : NULL,
    };

    if (user->arena == NULL)
        user->arena = arena_new(USER_ARENA_BYTES);
    if (user->arena == NULL)
        return aws_fail(err, &error_out_of_memory, "out of memory");
    arena_reset(user->arena);
    if (user->plan->whole || user->request_changed || run->options.as_newman)
        return prepare_whole(user, &resolver, err);
    return request_build(user->plan, &resolver, user->arena, &user->bytes) ||
           aws_fail(err, &error_out_of_memory, "the request is larger than %d MB",
                    USER_ARENA_BYTES >> 20);
}
