/* The codings of an answer's body: gzip, deflate and brotli, undone for scripts and reports. */
#ifndef LOADGEN_CONTENT_CODING_H
#define LOADGEN_CONTENT_CODING_H

#include "base/error.h"

/* Some kilobytes can be made to hold any number of them. */
enum { CONTENT_BYTES_MAX = 128 << 20, CONTENT_CODINGS_MAX = 8 };

/*
 * `body` without its Content-Encoding ("gzip", "deflate, gzip", …), in `arena` where it differs.
 * False for a coding that is unknown here, for bytes that are not in it, for more than
 * CONTENT_CODINGS_MAX of them, past CONTENT_BYTES_MAX, and past the arena's limit.
 */
MUST_CHECK bool content_decode(struct str body, struct str coding, struct arena *arena,
                               struct str *ret);

#endif
