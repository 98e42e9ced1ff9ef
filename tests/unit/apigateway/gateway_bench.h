/*
 * A gateway without a network and without functions: an exchange is a struct, and Lambda answers
 * what the test says.
 */
#ifndef TESTS_GATEWAY_BENCH_H
#define TESTS_GATEWAY_BENCH_H

#include "apigateway/apigateway.h"
#include "base/json.h"
#include "lambda/service.h"

struct bench {
    struct api_gateway *gateway;
    struct arena *arena; /* definitions and facts: lives as long as the bench */
    struct rng rng;
    struct fake_clock clock;
    struct http_exchange exchange; /* of the newest request */
    struct arena *request_arena;
};

/* What the fake Lambda does, and what it was asked; one test at a time. */
struct fake_lambda {
    struct str payload;
    bool function_error;
    const struct error_kind *error;
    const char *error_message;
    size_t calls;
    char event[16384];
    size_t event_length;
    char function[256];
    bool asynchronous;
    int finished; /* exchanges answered */
};
extern struct fake_lambda fake_lambda;

void bench_begin(struct bench *bench);
void bench_end(struct bench *bench);

/* Imports OpenAPI text as API "api1", stage "stage". */
bool bench_try_import(struct bench *bench, const char *definition, struct aws_error *err);
void bench_import(struct bench *bench, const char *definition);

/* Sends a request; `headers` is NULL-terminated name, value, name, value... Answers the status. */
int bench_send(struct bench *bench, const char *method, const char *target, const char *body,
               const char *const *headers);
/* The answer's header, or the empty text. */
struct str bench_header(const struct bench *bench, const char *name);

/* The facts of a file in tests/data/apigateway. */
const struct json_value *bench_facts(struct bench *bench, const char *file);

#endif
