/* Media types by a file's name, for the parts and files that are sent. */
#ifndef LOADGEN_MEDIA_TYPE_H
#define LOADGEN_MEDIA_TYPE_H

#include "base/str.h"

/* "application/octet-stream" for what is not known. Source: IANA's registry, "Media Types". */
struct str media_type_of(struct str file_name);

#endif
