/*
 * JSON (RFC 8259), exact: a tree over the bytes as received, and a writer.
 *
 * What is kept that common readers lose: numbers stay the text they were (38 digits, `1.0`, `1e3`),
 * strings may contain NUL, every value knows its own source bytes (`raw`), names are compared with
 * case, and text that is no UTF-8, a trailing byte or a lone name is an error. A repeated name is
 * allowed; json_get() answers the last one, as the services do. A lone surrogate escape (\ud800)
 * becomes U+FFFD.
 *
 * The tree borrows from the source text, which must live as long; the rest is in the arena.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/str.h"

enum { JSON_DEPTH_MAX = 400 };

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json_value {
    enum json_type type;
    uint32_t count;           /* elements of an array, members of an object */
    struct str name;          /* an object member's name, decoded */
    struct str text;          /* string: decoded; number: as written */
    struct str raw;           /* the value's source bytes */
    struct json_value *child; /* first element or member */
    struct json_value *next;  /* next in the same array or object */
};

struct json_error {
    size_t offset;      /* where reading stopped */
    const char *reason; /* a constant: "unexpected character", "past the memory limit", ... */
};

/* The whole of `text` as one value. `why` may be NULL. */
MUST_CHECK bool json_parse(struct str text, struct arena *arena, struct json_value **ret,
                           struct json_error *why);
/* The same check without a tree or memory: for bodies that are passed on as received. */
MUST_CHECK bool json_is_valid(struct str text, struct json_error *why);

/* The line on which reading stopped, from 1: what an editor finds. */
size_t json_error_line(struct str text, const struct json_error *why);

/* The member of that name, or NULL; also NULL when `object` is NULL or no object. */
const struct json_value *json_get(const struct json_value *object, struct str name);
#define json_member(object, literal) json_get(object, STR(literal))
/* The first element of an array, the first member of an object; NULL when it is none or empty. */
const struct json_value *json_elements(const struct json_value *value);
const struct json_value *json_members(const struct json_value *value);
bool json_is(const struct json_value *value, enum json_type type); /* false for NULL */
/* The text of a string; false for anything else (NULL too). */
MUST_CHECK bool json_string(const struct json_value *value, struct str *ret);
/* The text of a string, else `otherwise`. */
struct str json_string_or(const struct json_value *value, struct str otherwise);
/* A member's text, else ""; whether a member is `true`. */
#define json_text(object, literal) json_string_or(json_member(object, literal), STR(""))
#define json_flag(object, literal) json_is(json_member(object, literal), JSON_TRUE)
/* A number that is a whole one in [min, max] (1, 1.0 and 1e0 alike); false for anything else. */
MUST_CHECK bool json_int64(const struct json_value *value, int64_t min, int64_t max, int64_t *ret);
MUST_CHECK bool json_double(const struct json_value *value, double *ret);

/*
 * Writes into a buffer; commas come by themselves. JSON_SPACED puts a blank behind commas and
 * colons, as Python's json.dumps does; JSON_COMPACT none; JSON_PRETTY two-space indentation.
 * Failure shows in the buffer.
 */
enum json_style { JSON_COMPACT, JSON_SPACED, JSON_PRETTY };

struct json_writer {
    struct buffer *out;
    enum json_style style;
    int depth;
    bool comma;
};

void json_writer_init(struct json_writer *writer, struct buffer *out, enum json_style style);
void json_object_begin(struct json_writer *writer);
void json_object_end(struct json_writer *writer);
void json_array_begin(struct json_writer *writer);
void json_array_end(struct json_writer *writer);
void json_write_name(struct json_writer *writer, struct str name);
void json_write_string(struct json_writer *writer,
                       struct str text); /* bytes that are no UTF-8 become U+FFFD */
void json_write_int(struct json_writer *writer, int64_t value);
/* As JavaScript prints numbers: the shortest digits that read back; NaN and infinities become null.
 */
void json_write_double(struct json_writer *writer, double value);
void json_write_bool(struct json_writer *writer, bool value);
void json_write_null(struct json_writer *writer);
void json_write_raw(struct json_writer *writer, struct str json); /* JSON already, taken as it is */
void json_write_value(struct json_writer *writer, const struct json_value *value);
/* Name and value in one. */
void json_field_string(struct json_writer *writer, struct str name, struct str text);
void json_field_int(struct json_writer *writer, struct str name, int64_t value);
void json_field_double(struct json_writer *writer, struct str name, double value);
void json_field_bool(struct json_writer *writer, struct str name, bool value);
void json_field_raw(struct json_writer *writer, struct str name, struct str json);

/* JavaScript's Number.prototype.toString into `ret`, NUL-terminated; answers the length. */
enum { JSON_DOUBLE_BYTES = 40 };
size_t json_format_double(double value, char ret[JSON_DOUBLE_BYTES]);
/* The text with quotes and escapes, as json_write_string() writes it. */
void json_escape(struct buffer *out, struct str text);

#endif
