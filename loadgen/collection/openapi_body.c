/* Bodies: OpenAPI's by media type, Swagger's as a parameter. */
#include "openapi.h"

/* The media type to send: JSON where it is offered, else the first. */
static const struct json_value *media_of(const struct json_value *content)
{
    for (const struct json_value *at = json_members(content); at != NULL; at = at->next) {
        if (str_find(at->name, STR("json")) < at->name.len)
            return at;
    }
    return json_members(content);
}

static void write_raw(struct conversion *c, struct str body)
{
    json_write_name(c->writer, STR("body"));
    json_object_begin(c->writer);
    json_field_string(c->writer, STR("mode"), STR("raw"));
    json_field_string(c->writer, STR("raw"), body);
    json_object_end(c->writer);
}

/* A form of the schema's properties; `mode` is Postman's. */
static void write_form(struct conversion *c, const struct json_value *schema, struct str mode)
{
    const struct json_value *properties =
        json_member(openapi_follow(c->root, schema), "properties");

    json_write_name(c->writer, STR("body"));
    json_object_begin(c->writer);
    json_field_string(c->writer, STR("mode"), mode);
    json_write_name(c->writer, mode);
    json_array_begin(c->writer);
    for (const struct json_value *at = json_members(properties); at != NULL; at = at->next)
        openapi_write_pair(c->writer, at->name, openapi_sample_text(c, at));
    json_array_end(c->writer);
    json_object_end(c->writer);
}

/* The media's example, the first of its examples, or its schema's sample. */
static struct str media_body(struct conversion *c, const struct json_value *media)
{
    const struct json_value *example = openapi_example(c->root, media);
    struct buffer out;
    struct json_writer writer;
    struct str body = {0};

    if (json_is(example, JSON_STRING))
        return example->text;
    buffer_init(&out, c->arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    if (example != NULL)
        json_write_value(&writer, example);
    else
        openapi_sample(c->root, json_member(media, "schema"), &writer);
    if (!buffer_done(&out, &body))
        c->failed = true;
    return body;
}

struct str openapi_write_body(struct conversion *c, const struct json_value *operation,
                              struct parameters of)
{
    const struct json_value *body = openapi_follow(c->root, json_member(operation, "requestBody"));
    const struct json_value *media = media_of(json_member(body, "content"));
    const struct json_value *one = NULL;

    if (media != NULL && str_eq(media->name, STR("application/x-www-form-urlencoded"))) {
        write_form(c, json_member(media, "schema"), STR("urlencoded"));
        return (struct str){0};
    }
    if (media != NULL && str_eq(media->name, STR("multipart/form-data"))) {
        write_form(c, json_member(media, "schema"), STR("formdata"));
        return (struct str){0};
    }
    if (media != NULL) {
        write_raw(c, media_body(c, media));
        return media->name;
    }
    /* Swagger: the body is a parameter. */
    while ((one = openapi_next_parameter(c, &of)) != NULL) {
        if (!str_eq(json_text(one, "in"), STR("body")))
            continue;
        write_raw(c, openapi_sample_text(c, json_member(one, "schema")));
        return STR("application/json");
    }
    return (struct str){0};
}
