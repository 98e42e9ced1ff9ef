/*
 * YAML 1.1 as CloudFormation reads it, for templates and API descriptions: a library of its own
 * beside base, since it needs libyaml.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/error.h"
#include "base/json.h"

/*
 * YAML or JSON text as one tree in `arena`; CloudFormation's short forms (!Sub, !GetAtt) become
 * their long ones ({"Fn::Sub": ...}). Errors: error_usage, with the line.
 */
MUST_CHECK bool yaml_parse(struct str text, struct arena *arena, struct json_value **ret,
                           struct aws_error *err);

#endif
