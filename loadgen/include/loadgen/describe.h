/* What a run was, in the words and numbers that reports show beside its figures. */
#ifndef LOADGEN_DESCRIBE_H
#define LOADGEN_DESCRIBE_H

#include "loadgen/results.h"
#include "loadgen/run.h"

/* As given on the command line; empty: not given. */
struct run_words {
    struct str source, environment, data, profile, rate, think_time, segment;
    bool errors_non_2xx;
};

/* The "options" object, in `arena`. */
MUST_CHECK bool describe_options(const struct run_words *words, const struct run_options *options,
                                 struct arena *arena, struct str *ret);
/* A row a request of the run, in `arena`; NULL past its limit. Borrows from the definitions. */
MUST_CHECK struct request_label *describe_requests(const struct run *run, struct arena *arena);
/* What only the run itself could tell, once it is over. */
void describe_outcome(const struct run *run, struct run_facts *ret);

#endif
