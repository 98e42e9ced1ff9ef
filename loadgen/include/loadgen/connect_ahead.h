/*
 * Opens the connections of a lane's users who begin the run, before its time does.
 *
 * Ten thousand users that connect as they begin hold up the loop for a second, overrun the server's
 * queue of connections (what is dropped there is sent again after 1 s, then 3 s), and those who are
 * in keep the others out: nginx takes one new connection a round of its loop, and a round is as
 * long as all who are in keep it busy; with TLS the last ones waited for half a minute. So
 * connections come first, a few each tick, and requests when all are there.
 *
 * Only for many users, in the closed loop, where the first request's host is known: elsewhere a
 * user connects with its first request. One that fails is tried again by that, and is counted then.
 */
#ifndef LOADGEN_CONNECT_AHEAD_H
#define LOADGEN_CONNECT_AHEAD_H

#include "loadgen/lane.h"

enum {
    CONNECT_AHEAD_USERS = 100, /* more than these */
    CONNECT_AHEAD_A_TICK = 50,
    CONNECT_AHEAD_OPENING = 500,  /* at once: handshakes take their time */
    CONNECT_AHEAD_WAIT_MS = 3000, /* for the next one that is there; then the run begins as it is */
};

/* On the lane's thread, before lane_run(); runs its loop. */
void connect_ahead(struct lane *lane);

#endif
