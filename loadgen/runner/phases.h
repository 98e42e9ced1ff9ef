/*
 * How long the parts of a request took, for `--verbose`, in milliseconds, from its moments as the
 * transport noted them. Of an exchange with redirects it is the last request's.
 *
 * Source: the names and what they cover are postman-collection's, Response.timingPhases().
 */
#ifndef RUNNER_PHASES_H
#define RUNNER_PHASES_H

#include "loadgen/client_exchange.h"

/* What is shorter is shown as known before, and counts in no average. */
#define PHASE_LEAST_MS 0.001

enum phase {
    PHASE_PREPARE,    /* its bytes are made */
    PHASE_WAIT,       /* for a connection */
    PHASE_LOOKUP,     /* of the host's addresses; 0: known, or the connection was there */
    PHASE_CONNECT,    /* TCP; with a proxy, to it */
    PHASE_TLS,        /* with a proxy, after its tunnel */
    PHASE_FIRST_BYTE, /* from the request's first byte to the answer's */
    PHASE_DOWNLOAD,   /* to its last */
    PHASE_PROCESS,    /* what is done with it until now */
    PHASE_TOTAL,
    PHASE_COUNT,
};

struct phases {
    double ms[PHASE_COUNT];
    bool has_tls; /* newman lists the handshake of https:// alone */
};

/* `taken_ns`: when the request was taken up; `now_ns`: now. Both on uv_hrtime()'s clock. */
struct phases phases_of(const struct client_exchange *exchange, int64_t taken_ns, int64_t now_ns);

#endif
