/* GET /_squall/metrics: the rooms' counters in Prometheus' text form. */
#ifndef EMULATOR_METRICS_H
#define EMULATOR_METRICS_H

#include "apigateway/apigateway.h"
#include "base/buffer.h"
#include "dynamodb/dynamodb.h"
#include "dynamodb/forward.h"
#include "http/http_server.h"
#include "lambda/service.h"

struct metrics_sources {
    struct http_server *http;
    struct lambda_service *lambda;
    struct dynamodb *dynamodb;        /* NULL: elsewhere */
    struct dynamodb_forward *forward; /* what the wire sends there; NULL without */
    struct api_gateway *api_gateway;
    enum cpu_mode cpu;
};

/* router.metrics; the state is a struct metrics_sources. */
void metrics_write(void *state, struct buffer *out);

#endif
