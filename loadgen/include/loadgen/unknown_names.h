/* The {{names}} of a run's requests that nothing gives a value: most often a file that was
 * forgotten. They are sent as written, as Postman sends them. */
#ifndef LOADGEN_UNKNOWN_NAMES_H
#define LOADGEN_UNKNOWN_NAMES_H

#include "loadgen/request.h"

/*
 * "{{token}}, {{petId}}": the first few of the plans', each once; empty where every name is known.
 *
 * ret:  in `arena`.
 * False past the arena's limit.
 */
MUST_CHECK bool unknown_names(const struct request_plan *plans, size_t count,
                              const struct variables *variables, struct arena *arena,
                              struct str *ret);

#endif
