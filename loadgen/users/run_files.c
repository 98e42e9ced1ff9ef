#include "loadgen/run_files.h"

#include "base/log.h"
#include "base/yaml.h"
#include "loadgen/api_files.h"
#include "loadgen/text_file.h"

enum { FILE_BYTES_MAX = 256 << 20 };

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "out of memory");
}

static bool read_text(const char *path, const struct fetcher *fetcher, struct arena *arena,
                      struct str *ret, struct aws_error *err)
{
    if (fetcher != NULL && fetch_is_address(str_from_c(path)))
        return fetch_text(fetcher, str_from_c(path), arena, ret, err);
    return text_file_read(arena, path, FILE_BYTES_MAX, ret, err);
}

/* An archive, an API description or a collection v1 becomes the text of a collection; anything else
 * stays. */
static bool convert(struct str *text, struct arena *arena, struct aws_error *err)
{
    struct str trimmed = str_trim(*text);
    struct json_value *root = NULL;
    struct aws_error why = {0};

    if (trimmed.len == 0)
        return true;
    if (trimmed.ptr[0] == '{' ? !json_parse(trimmed, arena, &root, NULL)
                              : !yaml_parse(*text, arena, &root, &why)) {
        /* Whoever reads it as a collection says what is wrong, unless it means to be YAML. */
        bool is_yaml =
            str_starts_with(trimmed, STR("openapi:")) || str_starts_with(trimmed, STR("swagger:"));
        return !is_yaml || aws_fail(err, &error_usage, "the API description: %s", why.message);
    }
    if (collection_v1_is(root))
        return collection_v1_convert(root, arena, text, err);
    if (har_is(root))
        return har_convert(root, arena, text, err);
    return !openapi_is(root) || openapi_convert(root, arena, text, err);
}

static void tell_what_has_no_effect(const struct collection *collection)
{
    unsigned found = 0;

    for (size_t i = 0; i < collection->request_count; i++)
        found |= collection->requests[i].behavior.without_effect;
    for (size_t i = 0; i < BEHAVIORS_WITHOUT_EFFECT; i++) {
        if ((found & 1U << i) != 0)
            log_notice("the collection's \"%.*s\" has no effect",
                       STR_ARG(behaviors_without_effect[i]));
    }
}

bool run_files_collection(const char *source, const struct fetcher *fetcher, struct arena *arena,
                          struct collection *ret, struct variables *variables,
                          struct aws_error *err)
{
    struct str text = {0};

    if (fetcher == NULL && fetch_is_address(str_from_c(source)))
        return collection_of_url(str_from_c(source), arena, ret, err);
    if (fetcher == NULL && str_find(str_from_c(source), STR("://")) < strlen(source))
        return aws_fail(err, &error_usage,
                        "%s is no address that can be loaded: http:// and "
                        "https:// are",
                        source);
    if (!read_text(source, fetcher, arena, &text, err) || !convert(&text, arena, err))
        return false;
    if (!collection_parse(text, arena, ret, err))
        return false;
    tell_what_has_no_effect(ret);
    return variables_add_json(variables, SCOPE_COLLECTION, ret->variables, arena) || no_memory(err);
}

bool run_files_scope(const char *path, enum variable_scope scope, const struct fetcher *fetcher,
                     struct arena *arena, struct variables *variables, struct str *ret_name,
                     struct aws_error *err)
{
    struct str text = {0};
    struct json_value *root = NULL;
    struct json_error why = {0};

    if (path == NULL)
        return true;
    if (!read_text(path, fetcher, arena, &text, err))
        return false;
    if (!json_parse(text, arena, &root, &why))
        return aws_fail(err, &error_usage, "%s is no JSON: %s in line %zu (byte %zu)", path,
                        why.reason, json_error_line(text, &why), why.offset);
    const struct json_value *wrapped = json_member(root, "environment");
    const struct json_value *body = json_is(wrapped, JSON_OBJECT) ? wrapped : root;
    const struct json_value *values =
        json_is(root, JSON_ARRAY) ? root : json_member(body, "values");
    if (!json_is(values, JSON_ARRAY) && !(variables->as_newman && json_is(body, JSON_OBJECT)))
        return aws_fail(err, &error_usage, "%s is no Postman environment: it has no \"values\"",
                        path);
    variables->files[scope] = body;
    *ret_name = json_text(body, "name");
    return variables_add_json(variables, scope, values, arena) || no_memory(err);
}

bool run_files_pairs(const struct option_list *list, enum variable_scope scope, struct arena *arena,
                     struct variables *variables, struct aws_error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        struct str value = str_from_c(list->values[i]);
        struct str name = str_split(&value, '=');
        if (name.len == 0 || (name.len == strlen(list->values[i]) && !variables->as_newman))
            return aws_fail(err, &error_usage, "'%s' is not NAME=VALUE", list->values[i]);
        if (!variables_add(variables, scope, name, value, arena))
            return no_memory(err);
    }
    return true;
}

bool run_files_data(const char *path, const struct fetcher *fetcher, struct arena *arena,
                    struct variables *variables, struct aws_error *err)
{
    struct str text = {0};

    if (path == NULL)
        return true;
    return read_text(path, fetcher, arena, &text, err) &&
           data_file_parse(text, arena, &variables->data, err);
}
