/*
 * Reads a SAM, CloudFormation or OpenAPI file and makes what it describes through the services' own
 * create calls. Source: AWS SAM Developer Guide; CloudFormation User Guide, "Intrinsic function
 * reference".
 */
#ifndef TEMPLATE_TEMPLATE_H
#define TEMPLATE_TEMPLATE_H

#include "apigateway/apigateway.h"
#include "base/error.h"
#include "base/json.h"
#include "dynamodb/dynamodb.h"
#include "lambda/service.h"

/*
 * Where the resources go. `dynamodb_create_table` takes CreateTable's request; a table that exists
 * already with the same keys is kept. `dynamodb_set_time_to_live` takes UpdateTimeToLive's; a table
 * that has it so already is fine.
 */
struct template_target {
    struct str region;
    struct str account_id;
    struct lambda_service *lambda;
    struct api_gateway *api_gateway;
    void *dynamodb_state;
    bool (*dynamodb_create_table)(void *state, struct str request, struct aws_error *err);
    bool (*dynamodb_set_time_to_live)(void *state, struct str request, struct aws_error *err);
};

/*
 * Deploys the file. Every resource type or property that has no effect is told by log_notice(), one
 * line each. Errors: error_environment for an unreadable file; error_usage for one that
 * CloudFormation or SAM would refuse, with file, line where known, and what to do.
 */
MUST_CHECK bool template_deploy(const char *path, const struct template_target *target,
                                struct aws_error *err);

#endif
