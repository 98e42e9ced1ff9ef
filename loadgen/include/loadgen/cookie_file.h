/*
 * A jar of cookies as a file, in the form that newman's --export-cookie-jar writes and --cookie-jar
 * reads: tough-cookie's.
 *
 * Source: tough-cookie 4.1, lib/cookie.js (serialize, Cookie.toJSON, fromJSON).
 */
#ifndef LOADGEN_COOKIE_FILE_H
#define LOADGEN_COOKIE_FILE_H

#include "loadgen/cookie_jar.h"

/* Adds the cookies that are not over; what is no cookie is passed over. `arena` is for the moment.
 * Errors: error_usage for what has no list of cookies. */
MUST_CHECK bool cookie_file_read(struct str text, int64_t now_s, struct arena *arena,
                                 struct cookie_jar *jar, struct aws_error *err);
/* False past the arena's limit. */
MUST_CHECK bool cookie_file_write(const struct cookie_jar *jar, struct arena *arena,
                                  struct str *ret);

#endif
