/*
 * Files that describe requests in other words than Postman's: HAR archives, OpenAPI descriptions,
 * and Postman's own first format. Each becomes the text of a collection, which is then read as any
 * other.
 *
 * Sources: "HAR 1.2 Spec"; the OpenAPI Specification, 3.0, 3.1 and 2.0 (Swagger); for collections
 * v1 the schema at schema.getpostman.com and what newman 6.2 makes of them.
 */
#ifndef LOADGEN_API_FILES_H
#define LOADGEN_API_FILES_H

#include "base/error.h"
#include "base/json.h"

enum {
    API_DEPTH_MAX = 16,
    API_OPERATIONS_MAX = 10000,
    API_SAMPLE_BYTES_MAX = 1 << 20,
    API_SAMPLE_STEPS_MAX = 2000,
    API_OPTIONAL_DEPTH_MAX = 8, /* below it a sample has only what is required */
};

/* "name", "order" and "requests". */
bool collection_v1_is(const struct json_value *root);
/*
 * Folders first, then requests, as their ids are in order; a request that no order names is left
 * out. Bodies, scripts and auth in the words of v2.
 */
MUST_CHECK bool collection_v1_convert(const struct json_value *root, struct arena *arena,
                                      struct str *ret, struct aws_error *err);

/* {"log": {"entries": [...]}} */
bool har_is(const struct json_value *root);
/*
 * The archive's requests in order, as they were recorded: headers and cookies too, redirects not
 * followed, since the archive has a request for each. Other than http and https is left out.
 * Errors: error_usage when no request is left.
 */
MUST_CHECK bool har_convert(const struct json_value *root, struct arena *arena, struct str *ret,
                            struct aws_error *err);

/* "openapi" or "swagger" beside "paths". */
bool openapi_is(const struct json_value *root);
/*
 * A request an operation, in the file's order, the deprecated left out. {{baseUrl}} is the first
 * server; each parameter is a variable of its name, whose value is the file's example or default,
 * or one that its schema allows. Bodies are made likewise. Errors: error_usage when there is no
 * operation.
 */
MUST_CHECK bool openapi_convert(const struct json_value *root, struct arena *arena, struct str *ret,
                                struct aws_error *err);

#endif
