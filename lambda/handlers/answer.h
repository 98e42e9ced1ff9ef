/* What the small handlers share: reading the event, and answering one number or an error. */
#ifndef HANDLERS_ANSWER_H
#define HANDLERS_ANSWER_H

#include "base/json.h"
#include "squall/lambda.h"

enum { HANDLER_EVENT_ARENA_BYTES = 16 * 1024 * 1024 };

/*
 * The whole number `name` of the event, in [min, max]. False when the event has none: the function
 * has then failed with errorType ValueError and a message that says what is wanted.
 */
bool answer_read_int(struct lambda_context *context, const char *event, size_t event_length,
                     const char *name, int64_t min, int64_t max, int64_t *ret);

/* Fails the invocation as a Python function's exception does. */
void answer_error(struct lambda_context *context, struct str type, struct str message,
                  struct arena *arena);

#endif
