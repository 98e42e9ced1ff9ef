#include "metrics.h"

#include <unistd.h>

/* All figures at one moment. */
struct figures {
    struct http_counters http;
    struct api_gateway_counters api;
    struct lambda_counters lambda;
    struct dynamodb_counters dynamodb;
    uint64_t resident_bytes;
};

#define FIGURE(name, type, field, help)                                                            \
    {                                                                                              \
        name, type, help, offsetof(struct figures, field)                                          \
    }

static const struct {
    const char *name;
    const char *type;
    const char *help;
    size_t offset; /* of a uint64_t in struct figures */
} rows[] = {
    FIGURE("squall_http_requests_total", "counter", http.requests,
           "HTTP requests on all listeners"),
    FIGURE("squall_http_connections", "gauge", http.connections, "open connections"),
    FIGURE("squall_http_in_flight", "gauge", http.in_flight, "requests not answered yet"),
    FIGURE("squall_apigateway_count_total", "counter", api.count, "API requests (Count)"),
    FIGURE("squall_apigateway_4xx_total", "counter", api.errors_4xx, "4XXError"),
    FIGURE("squall_apigateway_5xx_total", "counter", api.errors_5xx, "5XXError"),
    FIGURE("squall_lambda_invocations_total", "counter", lambda.invocations, "Invocations"),
    FIGURE("squall_lambda_errors_total", "counter", lambda.errors, "Errors"),
    FIGURE("squall_lambda_throttles_total", "counter", lambda.throttles, "Throttles"),
    FIGURE("squall_lambda_cold_starts_total", "counter", lambda.cold_starts,
           "invocations that waited for an environment's init"),
    FIGURE("squall_lambda_in_place_total", "counter", lambda.in_place,
           "invocations that ran on the event thread"),
    FIGURE("squall_lambda_environments", "gauge", lambda.environments,
           "execution environments alive"),
    FIGURE("squall_dynamodb_operations_total", "counter", dynamodb.operations,
           "DynamoDB operations"),
    FIGURE("squall_dynamodb_errors_total", "counter", dynamodb.errors,
           "DynamoDB operations that answered an error"),
    FIGURE("squall_dynamodb_commits_total", "counter", dynamodb.commits, "transactions committed"),
    FIGURE("squall_dynamodb_writes_total", "counter", dynamodb.writes, "writes in them"),
    FIGURE("process_resident_memory_bytes", "gauge", resident_bytes, "resident memory"),
};

/* The second field of statm; 0 where there is no /proc. */
static uint64_t resident_bytes(void)
{
    char line[256] = "";
    int64_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    if (file == NULL)
        return 0;
    struct str rest = str_from_c(fgets(line, sizeof(line), file));
    (void)fclose(file);
    (void)str_split(&rest, ' ');
    if (!str_to_int64(str_split(&rest, ' '), 0, INT64_MAX / 65536, &pages))
        return 0;
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void metrics_write(void *state, struct buffer *out)
{
    static const char *const cpu_names[] = {
        [CPU_OFF] = "off", [CPU_MODEL] = "model", [CPU_ENFORCE] = "enforce"};
    const struct metrics_sources *sources = state;
    struct figures figures = {.resident_bytes = resident_bytes()};

    http_server_count(sources->http, &figures.http);
    api_gateway_count(sources->api_gateway, &figures.api);
    lambda_count(sources->lambda, &figures.lambda);
    if (sources->dynamodb != NULL)
        dynamodb_count(sources->dynamodb, &figures.dynamodb);
    if (sources->forward != NULL)
        dynamodb_forward_count(sources->forward, &figures.dynamodb);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint64_t value = 0;
        memcpy(&value, (const char *)&figures + rows[i].offset, sizeof(value));
        buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", rows[i].name, rows[i].help,
                      rows[i].name, rows[i].type, rows[i].name, (unsigned long long)value);
    }
    buffer_printf(out,
                  "# HELP squall_cpu_mode how memory buys CPU (serve --cpu)\n"
                  "# TYPE squall_cpu_mode gauge\nsquall_cpu_mode{mode=\"%s\"} 1\n",
                  cpu_names[sources->cpu]);
}
