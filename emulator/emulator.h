/*
 * The emulator as a whole: the services, made and wired together, behind two listeners or three.
 */
#ifndef EMULATOR_EMULATOR_H
#define EMULATOR_EMULATOR_H

#include "base/error.h"
#include "base/options.h"
#include "dynamodb/dynamodb.h"
#include "lambda/service.h"

struct emulator;

struct emulator_options {
    const char *host;
    uint16_t api_port;
    uint16_t aws_port;
    bool has_dynamodb_port; /* one listener more, DynamoDB's alone */
    uint16_t dynamodb_port;
    const char *data_folder; /* NULL: nothing is kept */
    enum durability durability;
    bool enforce_throughput;
    bool isolate;
    const char *dynamodb_endpoint;       /* NULL: our own */
    const char *template_path;           /* NULL: none */
    const struct option_list *functions; /* NAME=FILE.so|DIR */
    enum cpu_mode cpu;
    const char *latency_file;
    uint64_t seed;
};

/* Everything up to accepting connections. Errors: error_usage, error_environment. */
MUST_CHECK bool emulator_start(const struct emulator_options *options, struct emulator **ret,
                               struct aws_error *err);
uint16_t emulator_api_port(const struct emulator *emulator);
uint16_t emulator_aws_port(const struct emulator *emulator);
uint16_t emulator_dynamodb_port(const struct emulator *emulator); /* 0: it has none of its own */

/* Calls `each` once a method of every API, with its path on the API listener. */
void emulator_list_routes(struct emulator *emulator, void *context,
                          void (*each)(void *context, struct str method, struct str stage,
                                       struct str path, struct str integration));

/*
 * Lets what is in flight finish for a while, answers the rest, closes the data and frees. False
 * when a function still runs that does not return: what it uses is left as it is, and the process
 * has to end.
 */
bool emulator_stop(struct emulator *emulator);

#endif
