/*
 * Patterns of addresses, as lists of certificates have them: "https://example.com:8443/a?b*", with
 * a star for any host or the first part of one, schemes joined by '+', or "<all_urls>".
 *
 * Of a path's stars only the first stands for anything; a later one repeats the character before
 * it, for the pattern becomes a regular expression there in one replacement.
 *
 * Source: postman-collection, lib/url-pattern/url-match-pattern.js.
 */
#ifndef LOADGEN_URL_PATTERN_H
#define LOADGEN_URL_PATTERN_H

#include "loadgen/url.h"

/* A pattern that is none matches nothing. */
bool url_pattern_matches(struct str pattern, const struct url *url);

#endif
