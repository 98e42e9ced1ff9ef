#include "tags.h"

#include <ctype.h>

#include "errors.h"
#include "shape.h"

enum { KEY_CHARACTERS_MAX = 128, VALUE_CHARACTERS_MAX = 256 };

/* Letters of any language, digits, blanks and a few signs. */
static bool is_tag_text(struct str text, size_t characters_max)
{
    size_t characters = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];

        characters += (byte & 0xc0) != 0x80; /* not the rest of a character */
        if (byte < 0x80 && !isalnum(byte) && (byte == 0 || strchr(" +-=._:/@", byte) == NULL))
            return false;
    }
    return characters <= characters_max;
}

static bool check_key(struct str key, struct aws_error *err)
{
    if (str_starts_with(key, STR("aws:")))
        return aws_fail(err, &ddb_validation_exception,
                        "Tag Key cannot be prefixed with aws:, Key: %.*s", STR_ARG(key));
    return (key.len > 0 && is_tag_text(key, KEY_CHARACTERS_MAX)) ||
           aws_fail(err, &ddb_validation_exception, "The Tag Key provided is invalid, Key: %.*s",
                    STR_ARG(key));
}

bool tags_check(const struct json_value *tags, struct aws_error *err)
{
    for (const struct json_value *tag = tags == NULL ? NULL : tags->child; tag != NULL;
         tag = tag->next) {
        struct str key = request_string(tag, STR("Key"));
        struct str value = request_string(tag, STR("Value"));

        if (!check_key(key, err))
            return false;
        if (!is_tag_text(value, VALUE_CHARACTERS_MAX))
            return aws_fail(err, &ddb_validation_exception,
                            "The Tag Value provided is invalid, Value: %.*s", STR_ARG(value));
        for (const struct json_value *other = tags->child; other != tag; other = other->next) {
            if (str_eq(request_string(other, STR("Key")), key))
                return aws_fail(err, &ddb_validation_exception,
                                "Duplicate Tag Keys provided as input: Duplicate Tag Key found "
                                "%.*s",
                                STR_ARG(key));
        }
    }
    return tags == NULL || tags->count <= TAGS_MAX || tags_fail_too_many(err);
}

bool tags_check_keys(const struct json_value *keys, struct aws_error *err)
{
    for (const struct json_value *key = keys->child; key != NULL; key = key->next) {
        if (!check_key(key->text, err))
            return false;
    }
    return true;
}

bool tags_fail_too_many(struct aws_error *err)
{
    return aws_fail(err, &ddb_validation_exception,
                    "Number of Tags exceed the current limit for the provided ResourceArn");
}
