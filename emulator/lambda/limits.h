/* The rows of limits.def as LAMBDA_<NAME>. */
#ifndef LAMBDA_LIMITS_H
#define LAMBDA_LIMITS_H

#define LAMBDA_LIMIT(name, value) LAMBDA_##name = (value),
enum {
#include "limits.def"
};
#undef LAMBDA_LIMIT

#endif
