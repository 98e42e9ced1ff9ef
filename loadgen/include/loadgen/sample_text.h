/*
 * What reports show of a request or an answer: its first line and its body's beginning, as text,
 * and no credentials. Headers are left out; in lines and bodies the values of what is called like a
 * secret (password, token, api_key, signature, ..., in JSON, forms, queries and XML) and what
 * follows Bearer and Basic are three stars.
 */
#ifndef LOADGEN_SAMPLE_TEXT_H
#define LOADGEN_SAMPLE_TEXT_H

#include "base/str.h"

enum { SAMPLE_BYTES = 400 };

/*
 * An HTTP message as sent or received, of which `body` may stand apart; its last bytes without its
 * head are shown behind three dots. Bytes that are no text become dots, a carriage
 * return nothing; the end is cut at a whole character. ret: NUL-terminated.
 */
void sample_text_message(struct str message, struct str body, char ret[SAMPLE_BYTES]);
/* An answer, or its last bytes without its head: those are shown behind the status and its name. */
void sample_text_answer(int status, struct str bytes, char ret[SAMPLE_BYTES]);
/* The same for a text without head and body. */
void sample_text(struct str text, char ret[SAMPLE_BYTES]);

#endif
