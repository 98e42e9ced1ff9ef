#include "request_token.h"

#include "errors.h"
#include "fingerprint.h"

/* --- the transactions that run -------------------------------------------------------------- */

void running_tokens_init(struct running_tokens *running)
{
    *running = (struct running_tokens){0};
    pthread_mutex_init(&running->lock, NULL);
}

void running_tokens_deinit(struct running_tokens *running)
{
    pthread_mutex_destroy(&running->lock);
}

static bool is_running_locked(const struct running_tokens *running, struct str text)
{
    for (const struct request_token *token = running->first; token != NULL; token = token->next) {
        if (str_eq(token->text, text))
            return true;
    }
    return false;
}

bool request_token_begin(struct request_token *token, struct running_tokens *running,
                         struct str text, const struct json_value *parameters, struct clock *clock,
                         struct arena *arena, struct aws_error *err)
{
    *token = (struct request_token){.text = text, .clock = clock, .arena = arena};
    token->row = str_printf(arena, "%u", store_hash(text) % TOKEN_ROWS);
    if (!fingerprint_json(parameters, arena, &token->parameters) || token->row.len == 0)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    pthread_mutex_lock(&running->lock);
    bool ok = !is_running_locked(running, text);
    if (ok) {
        token->next = running->first;
        running->first = token;
    }
    pthread_mutex_unlock(&running->lock);
    return ok || aws_fail(err, &ddb_transaction_in_progress_exception,
                          "The transaction with the given request token is already in progress.");
}

void request_token_end(struct request_token *token, struct running_tokens *running)
{
    pthread_mutex_lock(&running->lock);
    struct request_token **place = &running->first;
    while (*place != token)
        place = &(*place)->next;
    *place = token->next;
    pthread_mutex_unlock(&running->lock);
}

/* --- the tokens that are kept --------------------------------------------------------------- */

/*
 * A row's text: [["token","parameters",1769860800123], ...], the oldest first; the number is when
 * the token is over. It is ours, so what cannot be read is as good as not there.
 */
struct kept_token {
    struct str text;
    struct str parameters;
    int64_t over_ms;
};

struct token_row {
    struct kept_token tokens[TOKENS_A_ROW_MAX + 1];
    size_t count;
};

static void read_row(struct str json, int64_t now_ms, struct arena *arena, struct token_row *ret)
{
    struct json_value *root = NULL;

    ret->count = 0;
    if (!json_parse(json, arena, &root, NULL))
        return;
    for (const struct json_value *entry = root->child; entry != NULL; entry = entry->next) {
        const struct json_value *text = entry->child;
        const struct json_value *parameters = text == NULL ? NULL : text->next;
        const struct json_value *over = parameters == NULL ? NULL : parameters->next;
        struct kept_token *token = &ret->tokens[ret->count];

        if (ret->count < TOKENS_A_ROW_MAX && json_string(text, &token->text) &&
            json_string(parameters, &token->parameters) &&
            json_int64(over, 0, INT64_MAX, &token->over_ms) && token->over_ms > now_ms)
            ret->count++;
    }
}

static bool write_row(const struct token_row *row, struct arena *arena, struct str *ret)
{
    /* Of more than a row may hold, the oldest go. */
    size_t from = row->count > TOKENS_A_ROW_MAX ? row->count - TOKENS_A_ROW_MAX : 0;
    struct json_writer writer;
    struct buffer json;

    buffer_init(&json, arena);
    json_writer_init(&writer, &json, JSON_COMPACT);
    json_array_begin(&writer);
    for (size_t i = from; i < row->count; i++) {
        json_array_begin(&writer);
        json_write_string(&writer, row->tokens[i].text);
        json_write_string(&writer, row->tokens[i].parameters);
        json_write_int(&writer, row->tokens[i].over_ms);
        json_array_end(&writer);
    }
    json_array_end(&writer);
    return buffer_done(&json, ret);
}

struct store_target request_token_target(const struct request_token *token)
{
    return (struct store_target){.collection = STORE_TOKENS, .key = {.partition = token->row}};
}

bool request_token_is_new(struct request_token *token, const struct store_target *target)
{
    int64_t now_ms = clock_wall_ms(token->clock);
    struct token_row row;

    row.count = 0;
    if (target->found)
        read_row(target->item.json, now_ms, token->arena, &row);
    token->state = TOKEN_NEW;
    for (size_t i = 0; i < row.count && token->state == TOKEN_NEW; i++) {
        if (str_eq(row.tokens[i].text, token->text))
            token->state = str_eq(row.tokens[i].parameters, token->parameters) ? TOKEN_REPEATED
                                                                               : TOKEN_MISUSED;
    }
    if (token->state != TOKEN_NEW)
        return false;
    row.tokens[row.count++] =
        (struct kept_token){token->text, token->parameters, now_ms + TOKEN_VALID_MS};
    token->change = (struct store_change){.collection = STORE_TOKENS,
                                          .key = {.partition = token->row},
                                          .old_size = target->found ? target->item.size : -1};
    if (!write_row(&row, token->arena, &token->change.json))
        token->state = TOKEN_NO_MEMORY;
    return token->state == TOKEN_NEW;
}

void request_token_keep(struct request_token *token, struct store_change **changes)
{
    token->change.next = *changes;
    *changes = &token->change;
}

bool request_token_check(const struct request_token *token, struct aws_error *err)
{
    switch (token->state) {
    case TOKEN_NEW:
    case TOKEN_REPEATED:
        return true;
    case TOKEN_MISUSED:
        return aws_fail(err, &ddb_idempotent_parameter_mismatch_exception,
                        "Specified idempotent token was used with different request parameters "
                        "within the idempotency window");
    case TOKEN_NO_MEMORY:
        break;
    }
    return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
}
