#include "loadgen/digest_login.h"

enum { LOGINS_ARENA_BYTES = 16 << 20 };

struct digest_login {
    const void *owner;
    struct digest_challenge challenge;
    struct str client_nonce;
    uint32_t count; /* of the next request; 0: none yet */
    struct digest_login *next;
};

void digest_logins_deinit(struct digest_logins *logins)
{
    arena_free(logins->arena);
}

static struct digest_login *find(const struct digest_logins *logins, const void *owner)
{
    struct digest_login *login = logins->first;

    while (login != NULL && login->owner != owner)
        login = login->next;
    return login;
}

static struct digest_login *find_or_add(struct digest_logins *logins, const void *owner)
{
    struct digest_login *login = find(logins, owner);

    if (login != NULL || owner == NULL)
        return login;
    if (logins->arena == NULL)
        logins->arena = arena_new(LOGINS_ARENA_BYTES);
    login = logins->arena == NULL ? NULL : arena_alloc(logins->arena, sizeof(*login));
    if (login == NULL)
        return NULL;
    login->owner = owner;
    login->next = logins->first;
    logins->first = login;
    return login;
}

/* cnonce="…" of an Authorization header. */
static struct str client_nonce_of(struct str header)
{
    size_t at = str_find(header, STR("cnonce=\""));
    struct str rest = str_slice(header, at + strlen("cnonce=\""), header.len);

    return str_slice(rest, 0, str_find_char(rest, '"'));
}

void digest_logins_note(struct digest_logins *logins, const void *owner,
                        const struct digest_challenge *challenge, struct str header)
{
    struct digest_login *login = find_or_add(logins, owner);
    struct digest_challenge kept = {0};
    struct str client_nonce = {0};

    if (login == NULL || !str_copy(logins->arena, challenge->realm, &kept.realm) ||
        !str_copy(logins->arena, challenge->nonce, &kept.nonce) ||
        !str_copy(logins->arena, challenge->opaque, &kept.opaque) ||
        !str_copy(logins->arena, challenge->qop, &kept.qop) ||
        !str_copy(logins->arena, challenge->algorithm, &kept.algorithm) ||
        !str_copy(logins->arena, client_nonce_of(header), &client_nonce))
        return;
    login->challenge = kept;
    login->client_nonce = client_nonce;
    login->count = 1;
}

void digest_logins_count(struct digest_logins *logins, const void *owner)
{
    struct digest_login *login = find_or_add(logins, owner);

    if (login != NULL)
        login->count++;
}

bool digest_logins_extend(const struct digest_logins *logins, const void *owner,
                          struct pair_list *attributes, struct arena *arena)
{
    const struct digest_login *login = find(logins, owner);

    if (login == NULL)
        return true;
    struct pair known[] = {
        {STR("realm"), login->challenge.realm, true},
        {STR("nonce"), login->challenge.nonce, true},
        {STR("opaque"), login->challenge.opaque, true},
        {STR("qop"), login->challenge.qop, true},
        {STR("algorithm"), login->challenge.algorithm, true},
        {STR("clientNonce"), login->client_nonce, true},
        {STR("nonceCount"),
         login->count == 0 ? STR("") : str_printf(arena, "%08u", (unsigned)login->count), true},
    };
    struct pair *rows =
        arena_alloc_array(arena, attributes->count + ARRAY_LEN(known), sizeof(*rows));
    if (rows == NULL || (login->count > 0 && known[ARRAY_LEN(known) - 1].value.len == 0))
        return false;
    if (attributes->count > 0)
        memcpy(rows, attributes->rows, attributes->count * sizeof(*rows));
    struct pair_list extended = {rows, attributes->count};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (known[i].value.len > 0 && auth_text(attributes, known[i].name).len == 0)
            rows[extended.count++] = known[i];
    }
    *attributes = extended;
    return true;
}
