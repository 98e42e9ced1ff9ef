/* Random identifiers (RFC 9562, version 4). */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/rng.h"

enum { UUID_TEXT_BYTES = 37 };

void uuid_v4(struct rng *rng,
             char ret[UUID_TEXT_BYTES]); /* 36 characters in lower case, and a NUL */
/* `count` random lower-case hexadecimal digits and a NUL; `ret` has count + 1 bytes. */
void hex_random(struct rng *rng, size_t count, char *ret);

#endif
