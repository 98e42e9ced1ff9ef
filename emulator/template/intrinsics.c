#include "intrinsics.h"

enum { EVALUATE_DEPTH_MAX = 100 };

/* --- values made here
 * ------------------------------------------------------------------------------ */

static bool too_large(struct scope *scope)
{
    return aws_fail(scope->err, &error_usage, "the template is too large");
}

static bool make_text(struct scope *scope, struct str text, const struct json_value **ret)
{
    struct json_value *value = arena_alloc(scope->arena, sizeof(*value));
    struct buffer raw;

    buffer_init(&raw, scope->arena);
    json_escape(&raw, text);
    if (value == NULL || raw.failed)
        return too_large(scope);
    *value = (struct json_value){.type = JSON_STRING, .text = text, .raw = buffer_str(&raw)};
    *ret = value;
    return true;
}

static bool make_bool(struct scope *scope, bool truth, const struct json_value **ret)
{
    struct json_value *value = arena_alloc(scope->arena, sizeof(*value));

    if (value == NULL)
        return too_large(scope);
    *value = (struct json_value){.type = truth ? JSON_TRUE : JSON_FALSE,
                                 .raw = truth ? STR("true") : STR("false")};
    *ret = value;
    return true;
}

/* The argument at `index` of a function whose argument is an array; NULL when there is none. */
static const struct json_value *argument(const struct json_value *array, size_t index)
{
    const struct json_value *at = json_elements(array);

    while (at != NULL && index-- > 0)
        at = at->next;
    return at;
}

static bool wrong(struct scope *scope, const char *function, const char *wanted)
{
    return aws_fail(scope->err, &error_usage, "%s wants %s", function, wanted);
}

/* --- Ref and Fn::GetAtt
 * ------------------------------------------------------------------------------ */

static bool pseudo_parameter(struct scope *scope, struct str name, struct str *ret)
{
    const struct {
        struct str name, value;
    } rows[] = {
        {STR("AWS::Region"), scope->region},
        {STR("AWS::AccountId"), scope->account_id},
        {STR("AWS::Partition"), STR("aws")},
        {STR("AWS::StackName"), scope->stack_name},
        {STR("AWS::URLSuffix"), STR("amazonaws.com")},
        {STR("AWS::StackId"), STR("arn:aws:cloudformation:us-east-1:000000000000:stack/squall/0")},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(rows[i].name, name)) {
            *ret = rows[i].value;
            return true;
        }
    }
    return false;
}

static bool ref_parameter(struct scope *scope, const struct json_value *parameter, struct str name,
                          const struct json_value **ret)
{
    const struct json_value *value = json_member(parameter, "Default");

    if (value == NULL)
        return aws_fail(scope->err, &error_usage,
                        "parameter %.*s has no Default; give it one: values are not asked for",
                        STR_ARG(name));
    *ret = value;
    return true;
}

static bool ref(struct scope *scope, struct str name, const struct json_value **ret)
{
    const struct json_value *parameter = json_get(json_member(scope->root, "Parameters"), name);
    const struct json_value *resource = json_get(json_member(scope->root, "Resources"), name);
    struct str text;

    if (str_eq(name, STR("AWS::NoValue"))) {
        *ret = NULL;
        return true;
    }
    if (parameter != NULL)
        return ref_parameter(scope, parameter, name, ret);
    if (pseudo_parameter(scope, name, &text) ||
        (resource != NULL && scope->resources.ref(scope, resource, &text)))
        return make_text(scope, text, ret);
    return aws_fail(scope->err, &error_usage,
                    "Ref %.*s: there is no such parameter or resource with a value here",
                    STR_ARG(name));
}

static bool get_att(struct scope *scope, struct str name, struct str attribute,
                    const struct json_value **ret)
{
    const struct json_value *resource = json_get(json_member(scope->root, "Resources"), name);
    struct str text;

    if (resource == NULL || !scope->resources.get_att(scope, resource, attribute, &text))
        return aws_fail(scope->err, &error_usage,
                        "Fn::GetAtt %.*s.%.*s: there is no such resource or attribute here",
                        STR_ARG(name), STR_ARG(attribute));
    return make_text(scope, text, ret);
}

/* --- the functions
 * ------------------------------------------------------------------------------------- */

static bool do_ref(struct scope *scope, const struct json_value *value,
                   const struct json_value **ret)
{
    struct str name;

    return json_string(value, &name) ? ref(scope, name, ret) : wrong(scope, "Ref", "a name");
}

static bool do_get_att(struct scope *scope, const struct json_value *value,
                       const struct json_value **ret)
{
    struct str name, attribute;

    if (json_string(value, &attribute)) {
        name = str_split(&attribute, '.');
        return get_att(scope, name, attribute, ret);
    }
    if (!json_string(argument(value, 0), &name) ||
        !evaluate_text(scope, argument(value, 1), &attribute))
        return wrong(scope, "Fn::GetAtt", "a resource's name and an attribute");
    return get_att(scope, name, attribute, ret);
}

/* What ${name} stands for in Fn::Sub. */
static bool substitute(struct scope *scope, struct str name, const struct json_value *variables,
                       struct buffer *out)
{
    const struct json_value *own = json_get(variables, name);
    const struct json_value *value = NULL;
    struct str text;

    if (own == NULL) {
        struct str attribute = name;
        struct str resource = str_split(&attribute, '.');
        bool ok = attribute.len > 0 ? get_att(scope, resource, attribute, &value)
                                    : ref(scope, name, &value);
        if (!ok)
            return false;
        own = value;
    }
    if (!evaluate_text(scope, own, &text))
        return false;
    buffer_add(out, text);
    return true;
}

static bool do_sub(struct scope *scope, const struct json_value *value,
                   const struct json_value **ret)
{
    const struct json_value *variables = argument(value, 1);
    struct str text, name;
    struct buffer out;

    if (!json_string(value, &text) && !json_string(argument(value, 0), &text))
        return wrong(scope, "Fn::Sub", "a text, or a text and its variables");
    buffer_init(&out, scope->arena);
    while (text.len > 0) {
        size_t at = str_find(text, STR("${"));
        buffer_add(&out, str_slice(text, 0, at));
        text = str_slice(text, at + 2, text.len);
        if (text.len == 0)
            break;
        size_t end = str_find_char(text, '}');
        if (end == text.len)
            return wrong(scope, "Fn::Sub", "a } behind each ${");
        name = str_trim(str_slice(text, 0, end));
        text = str_slice(text, end + 1, text.len);
        if (name.len > 0 && name.ptr[0] == '!') /* ${!literal} */
            buffer_printf(&out, "${%.*s}", STR_ARG(str_slice(name, 1, name.len)));
        else if (!substitute(scope, name, variables, &out))
            return false;
    }
    return out.failed ? too_large(scope) : make_text(scope, buffer_str(&out), ret);
}

static bool do_join(struct scope *scope, const struct json_value *value,
                    const struct json_value **ret)
{
    const struct json_value *list = NULL;
    struct str separator, text;
    struct buffer out;

    if (!json_string(argument(value, 0), &separator) || argument(value, 1) == NULL)
        return wrong(scope, "Fn::Join", "a separator and a list");
    if (!evaluate(scope, argument(value, 1), &list))
        return false;
    if (list == NULL || list->type != JSON_ARRAY)
        return wrong(scope, "Fn::Join", "a separator and a list");
    buffer_init(&out, scope->arena);
    for (const struct json_value *e = list->child; e != NULL; e = e->next) {
        if (!evaluate_text(scope, e, &text))
            return false;
        if (e != list->child)
            buffer_add(&out, separator);
        buffer_add(&out, text);
    }
    return out.failed ? too_large(scope) : make_text(scope, buffer_str(&out), ret);
}

static bool do_split(struct scope *scope, const struct json_value *value,
                     const struct json_value **ret)
{
    struct str separator, text;
    struct json_value *list = arena_alloc(scope->arena, sizeof(*list));
    struct json_value **tail = list == NULL ? NULL : &list->child;

    if (!json_string(argument(value, 0), &separator) || separator.len != 1 ||
        argument(value, 1) == NULL)
        return wrong(scope, "Fn::Split", "a separator of one character and a text");
    if (!evaluate_text(scope, argument(value, 1), &text))
        return false;
    if (list == NULL)
        return too_large(scope);
    list->type = JSON_ARRAY;
    for (bool more = true; more; list->count++) {
        const struct json_value *part = NULL;
        struct json_value *copy = arena_alloc(scope->arena, sizeof(*copy));
        more = str_find_char(text, separator.ptr[0]) < text.len;
        if (copy == NULL || !make_text(scope, str_split(&text, separator.ptr[0]), &part) ||
            part == NULL)
            return too_large(scope);
        *copy = *part;
        *tail = copy;
        tail = &copy->next;
    }
    *ret = list;
    return true;
}

static bool do_select(struct scope *scope, const struct json_value *value,
                      const struct json_value **ret)
{
    const struct json_value *list = NULL;
    struct str index_text;
    int64_t index = 0;

    if (argument(value, 1) == NULL)
        return wrong(scope, "Fn::Select", "an index and a list");
    if (!evaluate_text(scope, argument(value, 0), &index_text) ||
        !evaluate(scope, argument(value, 1), &list))
        return false;
    if (!str_to_int64(index_text, 0, 10000, &index) || argument(list, (size_t)index) == NULL)
        return wrong(scope, "Fn::Select", "an index within its list");
    *ret = argument(list, (size_t)index);
    return true;
}

static bool do_find_in_map(struct scope *scope, const struct json_value *value,
                           const struct json_value **ret)
{
    struct str names[3];
    const struct json_value *at = json_member(scope->root, "Mappings");

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!evaluate_text(scope, argument(value, i), &names[i]))
            return false;
        at = json_get(at, names[i]);
    }
    if (at == NULL)
        return aws_fail(scope->err, &error_usage,
                        "Fn::FindInMap: the mappings have no %.*s / %.*s / %.*s", STR_ARG(names[0]),
                        STR_ARG(names[1]), STR_ARG(names[2]));
    *ret = at;
    return true;
}

static bool do_if(struct scope *scope, const struct json_value *value,
                  const struct json_value **ret)
{
    struct str name;
    bool truth = false;

    if (!json_string(argument(value, 0), &name) || argument(value, 2) == NULL)
        return wrong(scope, "Fn::If", "a condition and two values");
    return evaluate_condition(scope, name, &truth) &&
           evaluate(scope, argument(value, truth ? 1 : 2), ret);
}

static bool truth_of(struct scope *scope, const struct json_value *value, bool *ret)
{
    const struct json_value *result = NULL;

    if (!evaluate(scope, value, &result))
        return false;
    if (result == NULL || (result->type != JSON_TRUE && result->type != JSON_FALSE))
        return aws_fail(scope->err, &error_usage, "a condition that is neither true nor false");
    *ret = result->type == JSON_TRUE;
    return true;
}

static bool do_equals(struct scope *scope, const struct json_value *value,
                      const struct json_value **ret)
{
    struct str a, b;

    if (argument(value, 1) == NULL)
        return wrong(scope, "Fn::Equals", "two values");
    return evaluate_text(scope, argument(value, 0), &a) &&
           evaluate_text(scope, argument(value, 1), &b) && make_bool(scope, str_eq(a, b), ret);
}

/* Fn::And, Fn::Or: is any argument equal to `stop`? */
static bool any_is(struct scope *scope, const struct json_value *value, bool stop, bool *ret)
{
    *ret = false;
    if (argument(value, 0) == NULL)
        return wrong(scope, "Fn::And, Fn::Or and Fn::Not", "a list of conditions");
    for (const struct json_value *e = value->child; e != NULL; e = e->next) {
        bool truth = false;
        if (!truth_of(scope, e, &truth))
            return false;
        *ret = *ret || truth == stop;
    }
    return true;
}

static bool do_and(struct scope *scope, const struct json_value *value,
                   const struct json_value **ret)
{
    bool some_false = false;

    return any_is(scope, value, false, &some_false) && make_bool(scope, !some_false, ret);
}

static bool do_or(struct scope *scope, const struct json_value *value,
                  const struct json_value **ret)
{
    bool some_true = false;

    return any_is(scope, value, true, &some_true) && make_bool(scope, some_true, ret);
}

static bool do_not(struct scope *scope, const struct json_value *value,
                   const struct json_value **ret)
{
    return do_or(scope, value, ret) && make_bool(scope, (*ret)->type != JSON_TRUE, ret);
}

static bool do_condition(struct scope *scope, const struct json_value *value,
                         const struct json_value **ret)
{
    struct str name;
    bool truth = false;

    if (!json_string(value, &name))
        return wrong(scope, "Condition", "a name");
    return evaluate_condition(scope, name, &truth) && make_bool(scope, truth, ret);
}

static const struct {
    struct str name;
    bool (*run)(struct scope *scope, const struct json_value *value, const struct json_value **ret);
} functions[] = {
    {STR_INIT("Ref"), do_ref},
    {STR_INIT("Fn::GetAtt"), do_get_att},
    {STR_INIT("Fn::Sub"), do_sub},
    {STR_INIT("Fn::Join"), do_join},
    {STR_INIT("Fn::Split"), do_split},
    {STR_INIT("Fn::Select"), do_select},
    {STR_INIT("Fn::FindInMap"), do_find_in_map},
    {STR_INIT("Fn::If"), do_if},
    {STR_INIT("Fn::Equals"), do_equals},
    {STR_INIT("Fn::And"), do_and},
    {STR_INIT("Fn::Or"), do_or},
    {STR_INIT("Fn::Not"), do_not},
    {STR_INIT("Condition"), do_condition},
};

bool evaluate_condition(struct scope *scope, struct str name, bool *ret)
{
    const struct json_value *condition = json_get(json_member(scope->root, "Conditions"), name);

    if (condition == NULL)
        return aws_fail(scope->err, &error_usage, "there is no condition %.*s", STR_ARG(name));
    return truth_of(scope, condition, ret);
}

/* --- the walk
 * ---------------------------------------------------------------------------------------------- */

static bool evaluate_children(struct scope *scope, const struct json_value *value,
                              const struct json_value **ret)
{
    struct json_value *copy = arena_alloc(scope->arena, sizeof(*copy));
    struct json_value **tail = copy == NULL ? NULL : &copy->child;

    if (copy == NULL)
        return too_large(scope);
    *copy = (struct json_value){.type = value->type, .name = value->name};
    for (const struct json_value *child = value->child; child != NULL; child = child->next) {
        const struct json_value *result = NULL;
        if (!evaluate(scope, child, &result))
            return false;
        if (result == NULL)
            continue; /* AWS::NoValue */
        struct json_value *kept = arena_alloc(scope->arena, sizeof(*kept));
        if (kept == NULL)
            return too_large(scope);
        *kept = *result;
        kept->name = child->name;
        kept->next = NULL;
        *tail = kept;
        tail = &kept->next;
        copy->count++;
    }
    *ret = copy;
    return true;
}

static bool evaluate_object(struct scope *scope, const struct json_value *value,
                            const struct json_value **ret)
{
    const struct json_value *only = value->count == 1 ? value->child : NULL;

    for (size_t i = 0; only != NULL && i < ARRAY_LEN(functions); i++) {
        /* A Condition that is no text is a policy's own. */
        if (str_eq(functions[i].name, only->name) &&
            (functions[i].run != do_condition || only->type == JSON_STRING))
            return functions[i].run(scope, only, ret);
    }
    if (only != NULL && str_starts_with(only->name, STR("Fn::")))
        return aws_fail(scope->err, &error_usage, "%.*s is not read here; write its value instead",
                        STR_ARG(only->name));
    return evaluate_children(scope, value, ret);
}

bool evaluate(struct scope *scope, const struct json_value *value, const struct json_value **ret)
{
    bool ok = true;

    if (++scope->depth > EVALUATE_DEPTH_MAX)
        return aws_fail(scope->err, &error_usage,
                        "intrinsic functions that refer to each other in a circle");
    if (value->type == JSON_OBJECT)
        ok = evaluate_object(scope, value, ret);
    else if (value->type == JSON_ARRAY)
        ok = evaluate_children(scope, value, ret);
    else
        *ret = value;
    scope->depth--;
    return ok;
}

bool evaluate_text(struct scope *scope, const struct json_value *value, struct str *ret)
{
    const struct json_value *result = NULL;

    *ret = (struct str){NULL, 0};
    if (value == NULL)
        return true;
    if (!evaluate(scope, value, &result))
        return false;
    if (result == NULL || result->type == JSON_NULL)
        return true;
    if (result->type == JSON_ARRAY || result->type == JSON_OBJECT)
        return aws_fail(scope->err, &error_usage,
                        "a text is wanted where a list or mapping stands");
    *ret = result->type == JSON_STRING ? result->text : result->raw;
    return true;
}
