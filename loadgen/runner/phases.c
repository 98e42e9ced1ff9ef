#include "phases.h"

/* 0 where one of them was not, as with a connection that was there. */
static double between(int64_t from_ns, int64_t to_ns)
{
    return from_ns > 0 && to_ns > from_ns ? (double)(to_ns - from_ns) / (double)NS_PER_MS : 0;
}

struct phases phases_of(const struct client_exchange *exchange, int64_t taken_ns, int64_t now_ns)
{
    const struct exchange_moments *request = &exchange->moments;
    const struct connection_moments *connection = &exchange->connection.moments;
    bool is_new = connection->begun_ns >= request->begun_ns;
    bool tls = exchange->url->tls;
    struct phases phases = {.has_tls = tls};

    phases.ms[PHASE_PREPARE] = between(taken_ns, request->begun_ns);
    phases.ms[PHASE_WAIT] =
        between(request->begun_ns, is_new ? connection->begun_ns : request->sent_ns);
    if (is_new) {
        phases.ms[PHASE_LOOKUP] = between(connection->begun_ns, connection->looked_up_ns);
        phases.ms[PHASE_CONNECT] = between(connection->looked_up_ns, connection->connected_ns);
        phases.ms[PHASE_TLS] = tls ? between(connection->connected_ns, connection->opened_ns) : 0;
    }
    phases.ms[PHASE_FIRST_BYTE] = between(request->sent_ns, request->first_ns);
    phases.ms[PHASE_DOWNLOAD] = between(request->first_ns, request->last_ns);
    phases.ms[PHASE_PROCESS] = between(request->last_ns, now_ns);
    phases.ms[PHASE_TOTAL] = between(taken_ns, now_ns);
    return phases;
}
