#include "throughput.h"

#include <time.h>

#include "errors.h"
#include "shape.h"

#define MS_PER_HOUR INT64_C(3600000)
#define MS_PER_DAY  (24 * MS_PER_HOUR)

enum { DECREASES_FREE = 4, MOMENT_BYTES = 96, OWNER_BYTES = 320 };
/* On demand, a new table takes so much at once. */
enum { WARM_READ_UNITS = 12000, WARM_WRITE_UNITS = 4000 };

static struct unit_pair larger(struct unit_pair a, struct unit_pair b)
{
    return (struct unit_pair){a.read_units > b.read_units ? a.read_units : b.read_units,
                              a.write_units > b.write_units ? a.write_units : b.write_units};
}

int64_t throughput_decreases(const struct throughput *throughput, int64_t now_ms)
{
    return throughput->decreased_ms / MS_PER_DAY == now_ms / MS_PER_DAY ? throughput->decreases : 0;
}

static bool fail_same(const struct throughput *throughput, struct str index, struct aws_error *err)
{
    long long reads = (long long)throughput->read_units;
    long long writes = (long long)throughput->write_units;
    bool table = index.len == 0;
    const char *place = table ? "the table" : "index ";

    return aws_fail(err, &ddb_validation_exception,
                    "The provisioned throughput for the %s%.*s will not change. The requested "
                    "value equals the current value. Current ReadCapacityUnits provisioned for "
                    "%s%.*s: %lld. Requested ReadCapacityUnits: %lld. Current WriteCapacityUnits "
                    "provisioned for %s%.*s: %lld. Requested WriteCapacityUnits: %lld. Refer to "
                    "the Amazon DynamoDB Developer Guide for current limits and how to request "
                    "higher limits.",
                    table ? "table" : "index ", STR_ARG(index), place, STR_ARG(index), reads, reads,
                    place, STR_ARG(index), writes, writes);
}

/* Friday, October 9, 2026 at 12:21:34 AM Coordinated Universal Time */
static const char *moment(int64_t ms, char text[MOMENT_BYTES])
{
    static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts = {0};

    (void)gmtime_r(&seconds, &parts);
    (void)snprintf(text, MOMENT_BYTES,
                   "%s, %s %d, %d at %d:%02d:%02d %s Coordinated Universal Time",
                   days[parts.tm_wday], months[parts.tm_mon], parts.tm_mday, parts.tm_year + 1900,
                   parts.tm_hour % 12 == 0 ? 12 : parts.tm_hour % 12, parts.tm_min, parts.tm_sec,
                   parts.tm_hour < 12 ? "AM" : "PM");
    return text;
}

/* Four are free; the next each wait an hour from the last, or for midnight. */
static bool check_decrease(const struct throughput *throughput, int64_t now_ms,
                           struct aws_error *err)
{
    int64_t decreases = throughput_decreases(throughput, now_ms);
    int64_t midnight = (now_ms / MS_PER_DAY + 1) * MS_PER_DAY;
    int64_t next = throughput->decreased_ms + MS_PER_HOUR;
    char last_text[MOMENT_BYTES], next_text[MOMENT_BYTES];

    if (decreases < DECREASES_FREE || now_ms >= next)
        return true;
    return aws_fail(err, &ddb_limit_exceeded_exception,
                    "Subscriber limit exceeded: Provisioned throughput decreases are limited "
                    "within a given UTC day. After the first 4 decreases, each subsequent decrease "
                    "in the same UTC day can be performed at most once every 3600 seconds. Number "
                    "of decreases today: %lld. Last decrease at %s. Next decrease can be made at "
                    "%s",
                    (long long)decreases, moment(throughput->decreased_ms, last_text),
                    moment(next < midnight ? next : midnight, next_text));
}

bool throughput_change(struct throughput *throughput, struct unit_pair *warm,
                       struct unit_pair units, struct str index, int64_t now_ms,
                       struct aws_error *err)
{
    bool down =
        units.read_units < throughput->read_units || units.write_units < throughput->write_units;
    bool up =
        units.read_units > throughput->read_units || units.write_units > throughput->write_units;

    if (!down && !up)
        return fail_same(throughput, index, err);
    if (down && !check_decrease(throughput, now_ms, err))
        return false;
    *warm = larger(*warm, (struct unit_pair){throughput->read_units, throughput->write_units});
    if (down) {
        throughput->decreases = throughput_decreases(throughput, now_ms) + 1;
        throughput->decreased_ms = now_ms;
    }
    if (up)
        throughput->increased_ms = now_ms;
    throughput->read_units = units.read_units;
    throughput->write_units = units.write_units;
    return true;
}

/* --- on demand, warm ------------------------------------------------------------------------ */

static const char *owner_text(struct str index, const char *before_index, const char *table,
                              char text[OWNER_BYTES])
{
    (void)snprintf(text, OWNER_BYTES, "%s%.*s", index.len > 0 ? before_index : table,
                   STR_ARG(index));
    return text;
}

static bool merge_limit(const struct json_value *asked, struct str member, struct str index,
                        int64_t *units, struct aws_error *err)
{
    int64_t limit = request_int(asked, member, INT64_MIN);
    char owner[OWNER_BYTES];

    if (limit == INT64_MIN)
        return true;
    if (limit < 1 && limit != -1)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Requested %.*s for OnDemandThroughput for %s is outside of valid "
                             "range",
                        STR_ARG(member), owner_text(index, "index : ", "table", owner));
    *units = limit == -1 ? 0 : limit;
    return true;
}

bool throughput_limit_on_demand(const struct json_value *owner, bool on_demand, struct str index,
                                struct unit_pair *limit, struct aws_error *err)
{
    const struct json_value *asked = request_get(owner, "OnDemandThroughput");
    bool reads = request_get(asked, "MaxReadRequestUnits") != NULL;
    char text[OWNER_BYTES];

    if (asked == NULL)
        return true;
    if (!on_demand)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "%s for OnDemandThroughput%s cannot be specified when the table "
                             "BillingMode is PROVISIONED",
                        reads ? "MaxReadRequestUnits" : "MaxWriteRequestUnits",
                        owner_text(index, " for index: ", "", text));
    return merge_limit(asked, STR("MaxReadRequestUnits"), index, &limit->read_units, err) &&
           merge_limit(asked, STR("MaxWriteRequestUnits"), index, &limit->write_units, err);
}

struct unit_pair throughput_warm_now(bool on_demand, const struct throughput *throughput,
                                     struct unit_pair warm)
{
    struct unit_pair least = {throughput->read_units, throughput->write_units};

    if (on_demand)
        least = (struct unit_pair){WARM_READ_UNITS, WARM_WRITE_UNITS};
    return larger(warm, least);
}

static bool raise_warm(const struct json_value *asked, struct str member, struct str index,
                       int64_t *units, struct aws_error *err)
{
    int64_t wanted = request_int(asked, member, *units);
    char owner[OWNER_BYTES];

    if (wanted < *units)
        return aws_fail(err, &ddb_validation_exception,
                        OMPV "Requested %.*s for WarmThroughput for %s is lower than current "
                             "WarmThroughput, decreasing WarmThroughput is not supported",
                        STR_ARG(member), owner_text(index, "index ", "table", owner));
    *units = wanted;
    return true;
}

bool throughput_warm(const struct json_value *owner, bool on_demand,
                     const struct throughput *throughput, struct str index, struct unit_pair *warm,
                     struct aws_error *err)
{
    const struct json_value *asked = request_get(owner, "WarmThroughput");
    struct unit_pair units = throughput_warm_now(on_demand, throughput, *warm);

    if (asked == NULL)
        return true;
    if (!raise_warm(asked, STR("ReadUnitsPerSecond"), index, &units.read_units, err) ||
        !raise_warm(asked, STR("WriteUnitsPerSecond"), index, &units.write_units, err))
        return false;
    *warm = units;
    return true;
}
