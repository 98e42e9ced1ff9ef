/* What a status is called where an answer does not say so itself: HTTP/2 has no reason phrases. */
#ifndef LOADGEN_HTTP_STATUS_H
#define LOADGEN_HTTP_STATUS_H

#include "base/str.h"

/*
 * "Not Found"; empty for a status that nobody registered.
 * Source: IANA, HTTP Status Code Registry.
 */
struct str http_status_name(int status);

#endif
