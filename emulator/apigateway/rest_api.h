/*
 * A REST API as it is deployed: a tree of resources, each with methods, each with an integration.
 * Built once by import.c, and only read while requests are served, but for the route histories.
 *
 * Source: API Gateway Developer Guide, "Set up REST API methods in API Gateway".
 */
#ifndef APIGATEWAY_REST_API_H
#define APIGATEWAY_REST_API_H

#include <regex.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "base/str.h"

enum {
    API_ARENA_BYTES = 32 * 1024 * 1024,
    API_RESOURCES_MAX = 300, /* Developer Guide, "Limits": resources of an API */
    RESOURCE_DEPTH_MAX = 32,
    RESOURCE_ID_BYTES = 7,
};

/* --- integrations --------------------------------------------------------------------------- */

enum passthrough { WHEN_NO_MATCH, WHEN_NO_TEMPLATES, NEVER };

enum template_kind {
    TEMPLATE_PASS,    /* empty, or just the body: nothing changes */
    TEMPLATE_LITERAL, /* no directive and no reference: the text itself */
    TEMPLATE_VTL,     /* needs the template language, which this version is without */
};

struct mapping_template {
    struct mapping_template *next;
    struct str content_type;
    enum template_kind kind;
    struct str text;
};

enum parameter_source {
    FROM_LITERAL,         /* 'text' */
    FROM_REQUEST_HEADER,  /* method.request.header.NAME */
    FROM_REQUEST_QUERY,   /* method.request.querystring.NAME */
    FROM_REQUEST_PATH,    /* method.request.path.NAME */
    FROM_REQUEST_BODY,    /* method.request.body */
    FROM_RESPONSE_HEADER, /* integration.response.header.NAME */
    FROM_RESPONSE_BODY,   /* integration.response.body[.a.b] */
    FROM_CONTEXT,         /* context.NAME */
    FROM_STAGE_VARIABLE,  /* stageVariables.NAME: none is ever set here */
};

/* One header that is set from elsewhere. */
struct parameter_mapping {
    struct parameter_mapping *next;
    struct str header;
    enum parameter_source source;
    struct str name; /* the literal's text, or what to look up there */
};

struct integration_response {
    struct integration_response *next;
    bool is_default; /* matches what no pattern does */
    regex_t pattern;
    int status;
    bool declared; /* the method has a response of that status */
    struct mapping_template *templates;
    struct parameter_mapping *parameters;
};

struct integration_type;

struct integration {
    const struct integration_type *type;
    struct str uri;
    struct str function; /* the ARN in a Lambda uri, or empty */
    struct str http_method;
    enum passthrough passthrough;
    struct mapping_template *templates;
    struct parameter_mapping *parameters;
    struct integration_response *responses;
    int64_t timeout_ms;
};

/* --- resources ------------------------------------------------------------------------------ */

struct method_response {
    struct method_response *next;
    int status;
    const struct json_value *headers; /* declared ones; only valid during the import */
};

struct method {
    struct method *next;
    struct str http_method; /* "GET", or "ANY" */
    struct method_response *responses;
    struct integration integration;
    uint32_t route_history; /* lambda_invoke()'s */
};

/* In this order among siblings: the order of matching. */
enum resource_kind { RESOURCE_LITERAL, RESOURCE_VARIABLE, RESOURCE_GREEDY };

struct resource {
    struct resource *next; /* sibling */
    struct resource *children;
    struct method *methods;
    enum resource_kind kind;
    struct str part; /* a literal's text, or the variable's name */
    struct str path; /* "/pets/{id}" */
    char id[RESOURCE_ID_BYTES];
};

struct rest_api {
    struct rest_api *next;
    struct arena *arena; /* owns all of it */
    struct str id;
    struct str name;
    struct str stage;
    char deployment_id[RESOURCE_ID_BYTES];
    struct resource root;
    size_t resource_count;
    struct str *binary_media_types;
    size_t binary_media_type_count;
};

/* Reads an OpenAPI definition. Errors: BadRequestException. */
MUST_CHECK bool rest_api_import(struct str id, struct str name, struct str stage, uint64_t seed,
                                const struct json_value *definition, struct rest_api **ret,
                                struct aws_error *err);
void rest_api_free(struct rest_api *api);

/* import_integration.c: the x-amazon-apigateway-integration of one method; `where` is
 * "POST /path", for what is told. */
MUST_CHECK bool integration_import(struct rest_api *api, struct method *method, struct str where,
                                   const struct json_value *definition, struct aws_error *err);

extern const struct error_kind api_bad_request;

/* --- routing -------------------------------------------------------------------------------- */

struct path_parameter {
    struct str name;
    struct str value; /* as sent, not decoded */
};

struct route_match {
    struct rest_api *api;
    struct resource *resource;
    struct method *method;
    struct str path;     /* without the stage, one slash in front */
    struct str raw_path; /* without the stage, as sent */
    struct path_parameter parameters[RESOURCE_DEPTH_MAX];
    size_t parameter_count;
};

/* The resource and method of `path` within one API; `ret` is overwritten also on failure. */
bool route_match(struct rest_api *api, struct str http_method, struct str path,
                 struct route_match *ret);

#endif
