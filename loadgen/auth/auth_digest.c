#include "loadgen/auth_digest.h"

#include "loadgen/message_digest.h"

/* --- the challenge -------------------------------------------------------------------------- */

/* name=value or name="value", and the comma behind it; quoted pairs stay as they are. */
static bool take_parameter(struct str *rest, struct str *ret_name, struct str *ret_value)
{
    size_t end = 0;

    while (rest->len > 0 && (rest->ptr[0] == ',' || rest->ptr[0] == ' ' || rest->ptr[0] == '\t'))
        *rest = str_slice(*rest, 1, rest->len);
    end = str_find_char(*rest, '=');
    if (end == rest->len)
        return false;
    *ret_name = str_trim(str_slice(*rest, 0, end));
    *rest = str_slice(*rest, end + 1, rest->len);
    if (rest->len > 0 && rest->ptr[0] == '"') {
        end = 1;
        while (end < rest->len && rest->ptr[end] != '"')
            end += rest->ptr[end] == '\\' && end + 1 < rest->len ? 2 : 1;
        *ret_value = str_slice(*rest, 1, end);
        *rest = str_slice(*rest, end + 1, rest->len);
    } else {
        *ret_value = str_trim(str_split(rest, ','));
    }
    return true;
}

/* "auth" where it is offered, then "auth-int". */
static struct str choose_qop(struct str offered)
{
    struct str chosen = {0};

    while (offered.len > 0) {
        struct str one = str_trim(str_split(&offered, ','));
        if (str_eq_nocase(one, STR("auth")))
            return STR("auth");
        if (str_eq_nocase(one, STR("auth-int")))
            chosen = STR("auth-int");
    }
    return chosen;
}

bool digest_challenge_read(struct str header, struct digest_challenge *ret)
{
    struct digest_challenge challenge = {0};
    struct str name = {0}, value = {0};

    if (!str_eq_nocase(str_slice(header, 0, 7), STR("Digest ")))
        return false;
    header = str_slice(header, 7, header.len);
    while (take_parameter(&header, &name, &value)) {
        if (str_eq_nocase(name, STR("realm")))
            challenge.realm = value;
        else if (str_eq_nocase(name, STR("nonce")))
            challenge.nonce = value;
        else if (str_eq_nocase(name, STR("opaque")))
            challenge.opaque = value;
        else if (str_eq_nocase(name, STR("qop")))
            challenge.qop = choose_qop(value);
        else if (str_eq_nocase(name, STR("algorithm")))
            challenge.algorithm = value;
    }
    *ret = challenge;
    return challenge.nonce.len > 0;
}

/* --- the answer ----------------------------------------------------------------------------- */

static const struct algorithm {
    struct str name;
    const char *digest;
    bool is_session;
} algorithms[] = {
    {STR_INIT("MD5"), "md5", false},
    {STR_INIT("MD5-sess"), "md5", true},
    {STR_INIT("SHA-256"), "sha256", false},
    {STR_INIT("SHA-256-sess"), "sha256", true},
    {STR_INIT("SHA-512-256"), "sha512-256", false},
    {STR_INIT("SHA-512-256-sess"), "sha512-256", true},
};

static const struct algorithm *find_algorithm(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        if (str_eq_nocase(algorithms[i].name, name))
            return &algorithms[i];
    }
    return name.len == 0 ? &algorithms[0] : NULL;
}

static struct str first_of(struct str a, struct str b)
{
    return a.len > 0 ? a : b;
}

struct answer {
    const struct algorithm *algorithm;
    struct digest_challenge with;
    struct str user, password, client_nonce, count;
    struct str method, target, body;
    struct arena *arena;
};

static struct str hash(const struct answer *answer, struct str text)
{
    return digest_hex_of(answer->algorithm->digest, text, answer->arena);
}

/* Section 3.4.2. */
static struct str hash_a1(const struct answer *answer)
{
    struct str a1 =
        hash(answer, str_printf(answer->arena, "%.*s:%.*s:%.*s", STR_ARG(answer->user),
                                STR_ARG(answer->with.realm), STR_ARG(answer->password)));

    if (!answer->algorithm->is_session)
        return a1;
    return hash(answer, str_printf(answer->arena, "%.*s:%.*s:%.*s", STR_ARG(a1),
                                   STR_ARG(answer->with.nonce), STR_ARG(answer->client_nonce)));
}

/* Section 3.4.3. */
static struct str hash_a2(const struct answer *answer)
{
    if (str_eq(answer->with.qop, STR("auth-int")))
        return hash(answer,
                    str_printf(answer->arena, "%.*s:%.*s:%.*s", STR_ARG(answer->method),
                               STR_ARG(answer->target), STR_ARG(hash(answer, answer->body))));
    return hash(answer, str_printf(answer->arena, "%.*s:%.*s", STR_ARG(answer->method),
                                   STR_ARG(answer->target)));
}

/* Section 3.4.1. */
static struct str response_of(const struct answer *answer)
{
    struct str a1 = hash_a1(answer), a2 = hash_a2(answer);

    if (answer->with.qop.len == 0)
        return hash(answer, str_printf(answer->arena, "%.*s:%.*s:%.*s", STR_ARG(a1),
                                       STR_ARG(answer->with.nonce), STR_ARG(a2)));
    return hash(answer,
                str_printf(answer->arena, "%.*s:%.*s:%.*s:%.*s:%.*s:%.*s", STR_ARG(a1),
                           STR_ARG(answer->with.nonce), STR_ARG(answer->count),
                           STR_ARG(answer->client_nonce), STR_ARG(answer->with.qop), STR_ARG(a2)));
}

static bool write_answer(const struct answer *answer, struct str *ret)
{
    struct buffer out;

    buffer_init(&out, answer->arena);
    buffer_printf(&out,
                  "Digest username=\"%.*s\", realm=\"%.*s\", nonce=\"%.*s\", uri=\"%.*s\", "
                  "algorithm=\"%.*s\"",
                  STR_ARG(answer->user), STR_ARG(answer->with.realm), STR_ARG(answer->with.nonce),
                  STR_ARG(answer->target), STR_ARG(answer->algorithm->name));
    if (answer->with.qop.len > 0)
        buffer_printf(&out, ", qop=%.*s", STR_ARG(answer->with.qop));
    if (answer->with.qop.len > 0 || answer->algorithm->is_session)
        buffer_printf(&out, ", nc=%.*s, cnonce=\"%.*s\"", STR_ARG(answer->count),
                      STR_ARG(answer->client_nonce));
    buffer_printf(&out, ", response=\"%.*s\"", STR_ARG(response_of(answer)));
    if (answer->with.opaque.len > 0)
        buffer_printf(&out, ", opaque=\"%.*s\"", STR_ARG(answer->with.opaque));
    return buffer_done(&out, ret);
}

bool digest_answer(const struct pair_list *attributes, const struct digest_challenge *challenge,
                   struct str method, struct str target, struct str body,
                   const struct signing *signing, struct str *ret)
{
    struct answer answer = {.with = *challenge,
                            .user = auth_text(attributes, STR("username")),
                            .password = auth_text(attributes, STR("password")),
                            .client_nonce = auth_text(attributes, STR("clientNonce")),
                            .count =
                                first_of(auth_text(attributes, STR("nonceCount")), STR("00000001")),
                            .method = method,
                            .target = target,
                            .body = body,
                            .arena = signing->arena};

    answer.with.qop = first_of(challenge->qop, choose_qop(auth_text(attributes, STR("qop"))));
    answer.algorithm =
        find_algorithm(first_of(auth_text(attributes, STR("algorithm")), challenge->algorithm));
    if (answer.client_nonce.len == 0)
        answer.client_nonce = signing_nonce(signing, 8);
    return answer.algorithm != NULL && write_answer(&answer, ret);
}

/* The first request, where the collection knows realm and nonce. */
bool auth_digest_sign(const struct pair_list *attributes, const struct signable *request,
                      const struct signing *signing, struct signature *ret, struct aws_error *err)
{
    struct digest_challenge known = {.realm = auth_text(attributes, STR("realm")),
                                     .nonce = auth_text(attributes, STR("nonce")),
                                     .opaque = auth_text(attributes, STR("opaque"))};
    struct str target = request->path, value = {0};

    if (known.realm.len == 0 || known.nonce.len == 0 ||
        auth_text(attributes, STR("username")).len == 0)
        return true;
    if (request->url->has_query)
        target = str_printf(signing->arena, "%.*s?%.*s", STR_ARG(request->path),
                            STR_ARG(request->query));
    if (!digest_answer(attributes, &known, request->method, target, request->body, signing, &value))
        return aws_fail(err, &error_usage, "digest: the algorithm '%.*s' is not known",
                        STR_ARG(auth_text(attributes, STR("algorithm"))));
    signature_header(ret, STR("Authorization"), value);
    return true;
}
