#include "loadgen/condition.h"

struct parser {
    struct str text;
    size_t at;
    struct aws_error *err;
};

static bool expected(struct parser *p, const char *what)
{
    return aws_fail(p->err, &error_usage,
                    "condition '%.*s': expected %s at character %zu; as in 'p95>500ms', "
                    "'error_pct>1%%', 'p99.9[name]>2s' or 'less_than(p95, 500)'",
                    STR_ARG(p->text), what, p->at + 1);
}

static void skip_blanks(struct parser *p)
{
    while (p->at < p->text.len && (p->text.ptr[p->at] == ' ' || p->text.ptr[p->at] == '\t'))
        p->at++;
}

static bool take(struct parser *p, struct str wanted)
{
    skip_blanks(p);
    if (!str_starts_with(str_slice(p->text, p->at, p->text.len), wanted))
        return false;
    p->at += wanted.len;
    return true;
}

static bool is_word(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '.';
}

static struct str take_word(struct parser *p)
{
    size_t from = 0;

    skip_blanks(p);
    from = p->at;
    while (p->at < p->text.len && is_word(p->text.ptr[p->at]))
        p->at++;
    return str_slice(p->text, from, p->at);
}

/* --- metric --------------------------------------------------------------------------------- */

static const struct {
    struct str name;
    enum metric metric;
} metrics[] = {
    {STR_INIT("avg"), METRIC_AVG},
    {STR_INIT("min"), METRIC_MIN},
    {STR_INIT("max"), METRIC_MAX},
    {STR_INIT("rps"), METRIC_RPS},
    {STR_INIT("error_pct"), METRIC_ERROR_PCT},
    {STR_INIT("error_rate"), METRIC_ERROR_PCT},
    {STR_INIT("errors"), METRIC_ERRORS},
    {STR_INIT("non_2xx"), METRIC_NON_2XX},
    {STR_INIT("failed_tests"), METRIC_FAILED_TESTS},
    {STR_INIT("failure_pct"), METRIC_FAILURE_PCT},
    {STR_INIT("failure_rate"), METRIC_FAILURE_PCT},
    {STR_INIT("tests"), METRIC_TESTS},
    {STR_INIT("requests"), METRIC_REQUESTS},
};

static bool is_time(enum metric metric)
{
    return metric == METRIC_AVG || metric == METRIC_MIN || metric == METRIC_MAX ||
           metric == METRIC_PERCENTILE;
}

static bool is_percent(enum metric metric)
{
    return metric == METRIC_ERROR_PCT || metric == METRIC_FAILURE_PCT;
}

static bool read_percentile(struct str word, struct condition *ret)
{
    double percentile = 0;

    if (word.len < 2 || word.len > 12 || (word.ptr[0] != 'p' && word.ptr[0] != 'P') ||
        !str_to_double(str_slice(word, 1, word.len), &percentile) || percentile < 0 ||
        percentile > 100)
        return false;
    ret->metric = METRIC_PERCENTILE;
    ret->percentile = percentile;
    return true;
}

/* Names may hold brackets; what comes behind the name does not: the last one ends it. */
static bool read_request(struct parser *p, struct condition *ret)
{
    struct str rest = str_slice(p->text, p->at, p->text.len);
    size_t length = rest.len;

    while (length > 0 && rest.ptr[length - 1] != ']')
        length--;
    if (length <= 1)
        return expected(p, "a request's name and ']'");
    ret->request = str_slice(rest, 0, length - 1);
    p->at += length;
    return true;
}

static bool read_metric(struct parser *p, struct condition *ret)
{
    static const struct str corrected = STR_INIT("corrected_");
    size_t from = p->at;
    struct str word = take_word(p);
    bool known = false;

    ret->corrected = str_starts_with(word, corrected);
    if (ret->corrected)
        word = str_slice(word, corrected.len, word.len);
    known = read_percentile(word, ret);

    for (size_t i = 0; !known && i < ARRAY_LEN(metrics); i++) {
        if (str_eq_nocase(metrics[i].name, word)) {
            ret->metric = metrics[i].metric;
            known = true;
        }
    }
    if (!known || (ret->corrected && !is_time(ret->metric))) {
        p->at = from;
        return expected(p, ret->corrected ? "a time (avg min max p50 .. p99.9)"
                                          : "a metric (avg min max p0 .. p100 rps error_pct errors "
                                            "non_2xx failure_pct tests failed_tests requests)");
    }
    if (!take(p, STR("[")))
        return true;
    return read_request(p, ret);
}

/* --- value ---------------------------------------------------------------------------------- */

static bool read_number(struct parser *p, double *ret)
{
    size_t from = 0;

    skip_blanks(p);
    from = p->at;
    while (p->at < p->text.len &&
           ((p->text.ptr[p->at] >= '0' && p->text.ptr[p->at] <= '9') || p->text.ptr[p->at] == '.'))
        p->at++;
    if (p->at - from > 18 || !str_to_double(str_slice(p->text, from, p->at), ret)) {
        p->at = from;
        return expected(p, "a number");
    }
    return true;
}

/* The number is in milliseconds, in percent, or a count, as the metric has it. */
static bool read_unit(struct parser *p, struct condition *ret)
{
    static const struct {
        struct str unit;
        double factor;
    } times[] = {{STR_INIT("us"), 0.001}, {STR_INIT("ms"), 1}, {STR_INIT("s"), 1000}};

    for (size_t i = 0; is_time(ret->metric) && i < ARRAY_LEN(times); i++) {
        if (take(p, times[i].unit)) {
            ret->value *= times[i].factor;
            return true;
        }
    }
    if (is_percent(ret->metric))
        (void)take(p, STR("%"));
    return true;
}

static bool read_end(struct parser *p, const struct condition *condition)
{
    skip_blanks(p);
    if (p->at == p->text.len)
        return true;
    return expected(p, is_time(condition->metric)      ? "us, ms, s or the end"
                       : is_percent(condition->metric) ? "% or the end"
                                                       : "the end");
}

/* --- the two forms -------------------------------------------------------------------------- */

static bool read_comparison(struct parser *p, enum comparison *ret)
{
    /* The longer ones first. */
    static const struct {
        struct str text;
        enum comparison comparison;
    } rows[] = {{STR_INIT(">="), CMP_GE}, {STR_INIT("<="), CMP_LE}, {STR_INIT("=="), CMP_EQ},
                {STR_INIT("!="), CMP_NE}, {STR_INIT(">"), CMP_GT},  {STR_INIT("<"), CMP_LT}};

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (take(p, rows[i].text)) {
            *ret = rows[i].comparison;
            return true;
        }
    }
    return expected(p, "one of > >= < <= == !=");
}

static bool read_short(struct parser *p, struct condition *ret)
{
    return read_metric(p, ret) && read_comparison(p, &ret->comparison) &&
           read_number(p, &ret->value) && read_unit(p, ret) && read_end(p, ret);
}

static const struct {
    struct str name;
    enum comparison comparison;
} functions[] = {{STR_INIT("less_than"), CMP_LT},
                 {STR_INIT("less_than_eq"), CMP_LE},
                 {STR_INIT("greater_than"), CMP_GT},
                 {STR_INIT("greater_than_eq"), CMP_GE}};

/* Whether Postman's form begins here: a word and a parenthesis. */
static bool is_function(struct parser p)
{
    return take_word(&p).len > 0 && take(&p, STR("("));
}

static bool read_function(struct parser *p, enum comparison *ret)
{
    size_t from = p->at;
    struct str word = take_word(p);

    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        if (str_eq(functions[i].name, word)) {
            *ret = functions[i].comparison;
            return true;
        }
    }
    p->at = from;
    return expected(p, "less_than, less_than_eq, greater_than or greater_than_eq");
}

static bool read_postman(struct parser *p, struct condition *ret)
{
    if (!read_function(p, &ret->comparison) || !take(p, STR("(")) || !read_metric(p, ret))
        return false;
    if (!take(p, STR(",")))
        return expected(p, "','");
    if (!read_number(p, &ret->value) || !read_unit(p, ret))
        return false;
    if (!take(p, STR(")")))
        return expected(p, "')'");
    return read_end(p, ret);
}

static bool parse(struct str text, bool fails, struct condition *ret, struct aws_error *err)
{
    struct parser p = {text, 0, err};
    struct condition condition = {.text = text, .fails = fails};

    if (!(is_function(p) ? read_postman(&p, &condition) : read_short(&p, &condition)))
        return false;
    *ret = condition;
    return true;
}

bool condition_parse_fail_if(struct str text, struct condition *ret, struct aws_error *err)
{
    return parse(text, true, ret, err);
}

bool condition_parse_pass_if(struct str text, struct condition *ret, struct aws_error *err)
{
    return parse(text, false, ret, err);
}

bool condition_is_of_times(const struct condition *condition)
{
    return is_time(condition->metric);
}

const char *condition_unit(const struct condition *condition)
{
    if (is_time(condition->metric))
        return "ms";
    return condition->metric == METRIC_ERROR_PCT || condition->metric == METRIC_FAILURE_PCT ? "%"
                                                                                            : "";
}

static bool holds(const struct condition *condition, double measured)
{
    switch (condition->comparison) {
    case CMP_GT:
        return measured > condition->value;
    case CMP_GE:
        return measured >= condition->value;
    case CMP_LT:
        return measured < condition->value;
    case CMP_LE:
        return measured <= condition->value;
    case CMP_EQ:
        return measured == condition->value;
    case CMP_NE:
        return measured != condition->value;
    }
    return false;
}

bool condition_is_violated(const struct condition *condition, double measured)
{
    return holds(condition, measured) == condition->fails;
}
