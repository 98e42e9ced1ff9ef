/*
 * A function's code on this machine: a shared object that runs in-process, or a folder with an
 * executable `bootstrap` that speaks the Lambda Runtime API in a process of its own.
 */
#ifndef LAMBDA_CODE_H
#define LAMBDA_CODE_H

#include "base/error.h"
#include "squall/lambda.h"

enum code_kind {
    CODE_SHARED_OBJECT,
    CODE_BOOTSTRAP,
};

enum { CODE_SHA256_TEXT_BYTES = 45 };

/* Made once, shared by all versions of a function, freed by the last. The service's lock guards
 * `references`; the rest is never changed. */
struct function_code {
    int references;
    enum code_kind kind;
    char *folder; /* absolute */
    char *path;   /* the shared object or the bootstrap */
    int64_t bytes;
    char sha256[CODE_SHA256_TEXT_BYTES]; /* in Base64, as CodeSha256 */
    void *library;
    const struct lambda_handler *handler;
};

/*
 * `location` is a .so file, or a folder with NAME.so, with one .so, or with `bootstrap`. A .so is
 * preferred unless `isolate`, which needs the bootstrap. The shared object is loaded here, so that
 * a broken one is told at once. Errors: error_environment, saying what is missing.
 */
MUST_CHECK bool code_new(struct str location, struct str name, bool isolate,
                         struct function_code **ret, struct aws_error *err);
/* SHA-256 of a text, in hexadecimal, in `arena`; empty past its limit. */
struct str code_sha256_hex(struct str bytes, struct arena *arena);
/* NULL is accepted. */
void code_free(struct function_code *code);

#endif
