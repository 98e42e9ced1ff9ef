/*
 * An environment or the globals as they ended, as newman's collection SDK writes them: the file's
 * entries in their order with the values of the end, disabled and repeated ones included, and what
 * scripts added behind them.
 *
 * Source: postman-collection, lib/collection/variable-scope.js and property.js (order of members).
 */
#ifndef RUNNER_SCOPE_EXPORT_H
#define RUNNER_SCOPE_EXPORT_H

#include "record.h"

/* The members "_", "id", "name" and "values" of an object that has been begun. */
void scope_write_members(struct json_writer *w, const struct run_record *record,
                         enum variable_scope scope);

/* "description": a text, or {content, type}; nothing for NULL. */
void json_write_description(struct json_writer *w, const struct json_value *description);

#endif
