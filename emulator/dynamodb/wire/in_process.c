#include "dynamodb/in_process.h"

/* The client's form of the room's answer; both live in the caller's arena. */
static void call_in_process(void *state, struct str operation, struct str request,
                            struct str region, struct arena *arena, struct dynamodb_response *ret)
{
    struct dynamodb_answer answer = {0};
    struct str body = {NULL, 0}, message = {NULL, 0}, id = {NULL, 0};

    *ret = (struct dynamodb_response){.body = "", .error_message = ""};
    dynamodb_execute(state, operation, request, region, arena, &answer);
    if (!str_copy(arena, answer.body, &body) || !str_copy(arena, answer.error_message, &message) ||
        !str_copy(arena, str_from_c(answer.request_id), &id)) {
        ret->error_type = "InternalServerError";
        ret->error_message = "the answer is past the memory limit";
        return;
    }
    ret->http_status = answer.status;
    ret->body = body.ptr;
    ret->body_length = body.len;
    ret->error_type = answer.error_type;
    ret->error_message = message.ptr;
    ret->request_id = id.ptr;
    ret->crc32 = answer.crc32;
    ret->date_ms = clock_wall_ms(clock_system());
}

static bool may_wait_in_process(void *state)
{
    return dynamodb_may_wait(state);
}

struct dynamodb_client dynamodb_in_process(struct dynamodb *db)
{
    return (struct dynamodb_client){
        .state = db, .call = call_in_process, .may_wait = may_wait_in_process};
}
