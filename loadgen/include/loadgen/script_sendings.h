/* pm.sendRequest: requests of a user's scripts, each on a connection that later ones use again.
 * Part of run_scripts.c. */
#ifndef LOADGEN_SCRIPT_SENDINGS_H
#define LOADGEN_SCRIPT_SENDINGS_H

#include "loadgen/run_scripts.h"

/* `request`: Postman's JSON of a request, copied. Ends in user_scripts_answered(). */
void script_sendings_add(struct virtual_user *user, uint32_t id, struct str request);
/* Those that were added, in their order: when the script has run, as newman has it. What cannot be
 * sent at all is answered before the next one begins. */
void script_sendings_begin(struct virtual_user *user);
void script_sendings_forget(struct virtual_user *user, uint32_t id);
void script_sendings_sweep(struct virtual_user *user, int64_t now_ns);
void script_sendings_drop(struct virtual_user *user);
void script_sendings_deinit(struct virtual_user *user);

/* --- run_scripts.c's own, for the same purpose ---------------------------------------------- */

void user_scripts_answered(struct virtual_user *user, uint32_t id,
                           const struct script_answer *answer);
/* The answer's body, without its coding, in `arena`. */
struct str script_body_text(const struct http_response *response, struct arena *arena);
/* An arena for a moment: emptied by the next call. NULL without memory. */
struct arena *user_scripts_arena(struct virtual_user *user);
/* The request in flight, or the last one, as JSON. */
MUST_CHECK bool script_sent_json(const struct virtual_user *user, struct arena *arena,
                                 struct str *ret);

#endif
