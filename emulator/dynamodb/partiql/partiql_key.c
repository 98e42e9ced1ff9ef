#include "partiql_key.h"

#include "errors.h"
#include "key.h"

static bool fail(struct aws_error *err, const char *text)
{
    return aws_fail(err, &ddb_validation_exception, "%s", text);
}

bool partiql_is_attribute(const struct expr *expr, const struct key_attribute *key)
{
    return expr->type == EXPR_PATH && expr->path.count == 1 &&
           str_eq(expr->path.steps[0].name, key->name);
}

bool partiql_compares_values(const struct expr *expr, size_t path)
{
    for (size_t i = 0; i < expr->operand_count; i++) {
        if (i != path && expr->operands[i]->type != EXPR_VALUE)
            return false;
    }
    return true;
}

bool partiql_is_keyed(const struct expr *where, const struct key_schema *schema)
{
    if (where == NULL)
        return false;
    if (where->type == EXPR_AND)
        return partiql_is_keyed(where->children[0], schema) ||
               partiql_is_keyed(where->children[1], schema);
    if (where->type != EXPR_EQ && where->type != EXPR_IN)
        return false;
    return (partiql_is_attribute(where->operands[0], &schema->keys[0]) &&
            partiql_compares_values(where, 0)) ||
           (where->type == EXPR_EQ && partiql_is_attribute(where->operands[1], &schema->keys[0]) &&
            partiql_compares_values(where, 1));
}

struct key_finder {
    const struct key_schema *schema;
    const struct attribute_value *values[2];
    bool others; /* conditions that are no equality of a key */
    const struct key_attribute *twice;
};

static void find_key(struct key_finder *finder, const struct expr *where)
{
    const struct key_schema *schema = finder->schema;

    if (where->type == EXPR_AND) {
        find_key(finder, where->children[0]);
        find_key(finder, where->children[1]);
        return;
    }
    for (size_t i = 0; where->type == EXPR_EQ && i < 1 + schema->range_count; i++) {
        size_t path = partiql_is_attribute(where->operands[0], &schema->keys[i]) ? 0 : 1;
        const struct attribute_value *value = where->operands[1 - path]->value;

        if (!partiql_is_attribute(where->operands[path], &schema->keys[i]) || value == NULL)
            continue;
        if (finder->values[i] != NULL && !value_equal(finder->values[i], value))
            finder->twice = &schema->keys[i];
        finder->values[i] = value;
        return;
    }
    finder->others = true;
}

bool partiql_key(const struct expr *where, const struct key_schema *schema, struct arena *arena,
                 struct attribute_value *ret, bool *ret_only, struct aws_error *err)
{
    struct key_finder finder = {.schema = schema};

    if (where != NULL)
        find_key(&finder, where);
    if (finder.values[0] == NULL || (schema->range_count > 0 && finder.values[1] == NULL))
        return fail(err,
                    "Where clause does not contain a mandatory equality on all key attributes");
    if (finder.twice != NULL)
        return aws_fail(err, &ddb_validation_exception,
                        "Multiple conditions on same key %.*s. Only single item "
                        "Update/Insert/Delete are supported",
                        STR_ARG(finder.twice->name));
    *ret = (struct attribute_value){.type = VALUE_M};
    ret->map.attributes = arena_alloc_array(arena, 2, sizeof(*ret->map.attributes));
    if (ret->map.attributes == NULL)
        return aws_fail(err, &error_out_of_memory, "the request needs too much memory");
    for (size_t i = 0; i < 1 + schema->range_count; i++)
        ret->map.attributes[ret->map.count++] =
            (struct attribute){schema->keys[i].name, *finder.values[i]};
    *ret_only = !finder.others;
    return true;
}

static bool check_value(const struct attribute_value *value, const struct key_attribute *key,
                        bool finds, struct aws_error *err)
{
    if (key_type_of(value) != key->type) {
        if (!finds)
            return fail(err, OMPV "Condition parameter type does not match schema type");
        return aws_fail(err, &ddb_validation_exception,
                        "Key attribute's data type should match its data type in table's schema: "
                        "Key %.*s",
                        STR_ARG(key->name));
    }
    if (value->type == VALUE_N || value->text.len > 0)
        return true;
    return aws_fail(err, &ddb_validation_exception,
                    "One or more parameter values are not valid. The AttributeValue for a key "
                    "attribute cannot contain an empty %s value. Key: %.*s",
                    value->type == VALUE_S ? "string" : "binary", STR_ARG(key->name));
}

static bool check_test(const struct expr *expr, const struct key_attribute *key, bool finds,
                       struct aws_error *err)
{
    bool compares = (expr->type >= EXPR_EQ && expr->type <= EXPR_IN) ||
                    (expr->type == EXPR_FUNCTION && (expr->function == FUNCTION_BEGINS_WITH ||
                                                     expr->function == FUNCTION_CONTAINS));
    bool named = false;

    for (size_t i = 0; i < expr->operand_count && compares; i++)
        named = named || partiql_is_attribute(expr->operands[i], key);
    for (size_t i = 0; i < expr->operand_count && named; i++) {
        if (expr->operands[i]->type == EXPR_VALUE &&
            !check_value(expr->operands[i]->value, key, finds, err))
            return false;
    }
    return true;
}

bool partiql_check_key_values(const struct expr *where, const struct key_schema *schema, bool keyed,
                              struct aws_error *err)
{
    if (where == NULL)
        return true;
    if (where->type == EXPR_AND || where->type == EXPR_OR || where->type == EXPR_NOT) {
        bool finds = keyed && where->type == EXPR_AND;

        return partiql_check_key_values(where->children[0], schema, finds, err) &&
               partiql_check_key_values(where->children[1], schema, finds, err);
    }
    for (size_t i = 0; i < schema->hash_count + schema->range_count; i++) {
        if (!check_test(where, &schema->keys[i], keyed, err))
            return false;
    }
    return true;
}
