/*
 * ClientRequestToken: a transaction that comes again within ten minutes has no second effect.
 *
 * A token is kept in the store, by the transaction that it names: whoever finds the items after a
 * crash finds the token, too. Tokens share rows: each belongs to one of TOKEN_ROWS by its hash, a
 * row holds TOKENS_A_ROW_MAX and forgets what is over when it is written. So there is no more to
 * keep than 262,144 tokens, and nothing to clear away; past that, in a row that is full, the oldest
 * goes before its time.
 *
 * Source: API Reference, TransactWriteItems, ClientRequestToken; texts as the service answers.
 */
#ifndef DYNAMODB_REQUEST_TOKEN_H
#define DYNAMODB_REQUEST_TOKEN_H

#include <pthread.h>

#include "base/clock.h"
#include "base/json.h"
#include "store.h"

enum {
    TOKEN_ROWS = 8192,
    TOKENS_A_ROW_MAX = 32,
    TOKEN_VALID_MS = 10 * 60 * 1000, /* from the transaction's end */
};

enum token_state {
    TOKEN_NEW,
    TOKEN_REPEATED, /* the transaction was done before */
    TOKEN_MISUSED,  /* it names another transaction */
    TOKEN_NO_MEMORY,
};

/* One transaction's token, alive until request_token_end(). */
struct request_token {
    struct request_token *next; /* among those that run */
    struct str text;
    struct str parameters; /* what tells the transaction from others */
    struct str row;        /* the partition of its row */
    struct clock *clock;
    struct arena *arena;
    struct store_change change;
    enum token_state state;
};

/* The tokens of the transactions that run; `lock` guards the list. */
struct running_tokens {
    pthread_mutex_t lock;
    struct request_token *first;
};

void running_tokens_init(struct running_tokens *running);
void running_tokens_deinit(struct running_tokens *running);

/* `parameters` may come in any order of members. Errors: TransactionInProgressException. */
MUST_CHECK bool request_token_begin(struct request_token *token, struct running_tokens *running,
                                    struct str text, const struct json_value *parameters,
                                    struct clock *clock, struct arena *arena,
                                    struct aws_error *err);
void request_token_end(struct request_token *token, struct running_tokens *running);

/* The row that the store's transaction looks at: has the token been there before? */
struct store_target request_token_target(const struct request_token *token);
bool request_token_is_new(struct request_token *token, const struct store_target *row);
/* Then the transaction keeps it. */
void request_token_keep(struct request_token *token, struct store_change **changes);

/* After it. Errors: IdempotentParameterMismatchException, error_out_of_memory. */
MUST_CHECK bool request_token_check(const struct request_token *token, struct aws_error *err);

#endif
