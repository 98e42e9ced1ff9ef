#include "throttle.h"

#include <pthread.h>

#include "errors.h"
#include "table_description.h"

enum {
    BURST_SECONDS = 300,
    PEAK_SECONDS = 1800, /* within which on demand doubles its peak */
    PARTITION_SLOTS = 128,
};

static const double partition_units[THROTTLE_USE_COUNT] = {3000, 1000};
static const double new_table_units[THROTTLE_USE_COUNT] = {12000, 4000};

struct bucket {
    bool began; /* with what one second brings */
    double units;
    int64_t filled_ns;
};

/* The most that was used in one second, of the last PEAK_SECONDS and of those before. */
struct peak {
    double now, before;
    int64_t turned_ns;
    double second_units;
    int64_t second_ns;
};

struct partition_slot {
    uint32_t hash;
    bool used;
    struct bucket buckets[THROTTLE_USE_COUNT];
};

/* Of a table or a global index. */
struct limits {
    struct bucket buckets[THROTTLE_USE_COUNT];
    struct peak peaks[THROTTLE_USE_COUNT];
    struct partition_slot partitions[PARTITION_SLOTS]; /* by hash: a key meets its own or begins */
};

/* `lock` guards everything. By the number of the collection. */
struct throttles {
    struct clock *clock;
    pthread_mutex_t lock;
    struct limits **limits;
    size_t count;
};

struct throttles *throttles_new(struct clock *clock)
{
    struct throttles *throttles = calloc(1, sizeof(*throttles));

    if (throttles == NULL)
        return NULL;
    throttles->clock = clock;
    pthread_mutex_init(&throttles->lock, NULL);
    return throttles;
}

void throttles_free(struct throttles *throttles)
{
    if (throttles == NULL)
        return;
    for (size_t i = 0; i < throttles->count; i++)
        free(throttles->limits[i]);
    free(throttles->limits);
    pthread_mutex_destroy(&throttles->lock);
    free(throttles);
}

static bool is_global(const struct throttle_target *target)
{
    return target->index != NULL && target->index->kind == INDEX_GLOBAL;
}

/* NULL when there is no memory: then nothing is limited. */
static struct limits *find_locked(struct throttles *throttles, const struct throttle_target *target)
{
    size_t collection =
        (size_t)(is_global(target) ? target->index->collection : target->table->collection);

    if (collection >= throttles->count) {
        size_t count = collection + 64;
        struct limits **grown = realloc(throttles->limits, count * sizeof(struct limits *));

        if (grown == NULL)
            return NULL;
        memset(grown + throttles->count, 0, (count - throttles->count) * sizeof(struct limits *));
        throttles->limits = grown;
        throttles->count = count;
    }
    if (throttles->limits[collection] == NULL)
        throttles->limits[collection] = calloc(1, sizeof(struct limits));
    return throttles->limits[collection];
}

void throttle_forget(struct throttles *throttles, int64_t collection)
{
    if (throttles == NULL)
        return;
    pthread_mutex_lock(&throttles->lock);
    if ((size_t)collection < throttles->count) {
        free(throttles->limits[collection]);
        throttles->limits[collection] = NULL;
    }
    pthread_mutex_unlock(&throttles->lock);
}

static void fill(struct bucket *bucket, double units_per_second, double seconds_kept,
                 int64_t now_ns)
{
    double most = units_per_second * seconds_kept;

    if (!bucket->began)
        bucket->units = units_per_second;
    else
        bucket->units += units_per_second * (double)(now_ns - bucket->filled_ns) / NS_PER_S;
    if (bucket->units > most)
        bucket->units = most;
    bucket->filled_ns = now_ns;
    bucket->began = true;
}

/* --- on demand ------------------------------------------------------------------------------ */

static void peak_turn(struct peak *peak, int64_t now_ns)
{
    if (now_ns - peak->turned_ns < PEAK_SECONDS * NS_PER_S)
        return;
    peak->before = peak->now;
    peak->now = 0;
    peak->turned_ns = now_ns;
}

static void peak_add(struct peak *peak, double units, int64_t now_ns)
{
    peak_turn(peak, now_ns);
    if (now_ns - peak->second_ns >= NS_PER_S) {
        peak->second_ns = now_ns;
        peak->second_units = 0;
    }
    peak->second_units += units;
    if (peak->second_units > peak->now)
        peak->now = peak->second_units;
}

static double unit_of_pair(struct unit_pair pair, enum throttle_use use)
{
    return (double)(use == THROTTLE_READ ? pair.read_units : pair.write_units);
}

/* What a table on demand takes a second. */
static double on_demand_units(const struct limits *limits, const struct throttle_target *target)
{
    const struct unit_pair limit =
        is_global(target) ? target->index->on_demand_limit : target->table->on_demand_limit;
    const struct unit_pair warm = is_global(target) ? target->index->warm : target->table->warm;
    double units = new_table_units[target->use], twice = 2 * limits->peaks[target->use].before;
    double asked = unit_of_pair(limit, target->use), prepared = unit_of_pair(warm, target->use);

    if (prepared > units)
        units = prepared;
    if (twice > units)
        units = twice;
    return asked > 0 && asked < units ? asked : units;
}

static double provisioned_units(const struct throttle_target *target)
{
    const struct throughput *throughput =
        is_global(target) ? &target->index->throughput : &target->table->throughput;

    return (double)(target->use == THROTTLE_READ ? throughput->read_units
                                                 : throughput->write_units);
}

/* --- both ----------------------------------------------------------------------------------- */

static struct bucket *fill_table_locked(struct limits *limits, const struct throttle_target *target,
                                        int64_t now_ns)
{
    struct bucket *bucket = &limits->buckets[target->use];

    if (target->table->on_demand) {
        peak_turn(&limits->peaks[target->use], now_ns);
        fill(bucket, on_demand_units(limits, target), 1, now_ns);
    } else {
        fill(bucket, provisioned_units(target), BURST_SECONDS, now_ns);
    }
    return bucket;
}

/* NULL: the call is not of one partition. A slot that another key has begins anew: a key that is
 * hot keeps its own. */
static struct bucket *fill_partition_locked(struct limits *limits,
                                            const struct throttle_target *target, int64_t now_ns)
{
    uint32_t hash = 2166136261u;

    if (target->partition.len == 0)
        return NULL;
    for (size_t i = 0; i < target->partition.len; i++)
        hash = (hash ^ (unsigned char)target->partition.ptr[i]) * 16777619u;
    struct partition_slot *slot = &limits->partitions[hash % PARTITION_SLOTS];
    if (!slot->used || slot->hash != hash)
        *slot = (struct partition_slot){.hash = hash, .used = true};
    fill(&slot->buckets[target->use], partition_units[target->use], 1, now_ns);
    return &slot->buckets[target->use];
}

enum limit { LIMIT_NONE, LIMIT_PROVISIONED, LIMIT_ON_DEMAND, LIMIT_ACCOUNT, LIMIT_KEY_RANGE };

static const char *const limit_names[] = {
    [LIMIT_PROVISIONED] = "ProvisionedThroughputExceeded",
    [LIMIT_ON_DEMAND] = "MaxOnDemandThroughputExceeded",
    [LIMIT_ACCOUNT] = "AccountLimitExceeded",
    [LIMIT_KEY_RANGE] = "KeyRangeThroughputExceeded",
};

static enum limit find_limit_locked(struct limits *limits, const struct throttle_target *target,
                                    int64_t now_ns)
{
    const struct bucket *partition = fill_partition_locked(limits, target, now_ns);
    const struct unit_pair asked =
        is_global(target) ? target->index->on_demand_limit : target->table->on_demand_limit;

    if (fill_table_locked(limits, target, now_ns)->units <= 0)
        return !target->table->on_demand              ? LIMIT_PROVISIONED
               : unit_of_pair(asked, target->use) > 0 ? LIMIT_ON_DEMAND
                                                      : LIMIT_ACCOUNT;
    return partition != NULL && partition->units <= 0 ? LIMIT_KEY_RANGE : LIMIT_NONE;
}

/* {"reason":"TableReadProvisionedThroughputExceeded","resource":"arn:..."} */
static struct str reasons(const struct throttle_target *target, enum limit limit, struct str region,
                          struct arena *arena)
{
    return str_printf(arena,
                      "\"ThrottlingReasons\":[{\"reason\":\"%s%s%s\",\"resource\":"
                      "\"arn:aws:dynamodb:%.*s:" DDB_ACCOUNT ":table/%.*s%s%.*s\"}]",
                      is_global(target) ? "Index" : "Table",
                      target->use == THROTTLE_READ ? "Read" : "Write", limit_names[limit],
                      STR_ARG(region), STR_ARG(target->table->name),
                      is_global(target) ? "/index/" : "",
                      STR_ARG(is_global(target) ? target->index->name : (struct str){0}));
}

static bool fail(const struct throttle_target *target, struct aws_error *err)
{
    if (target->table->on_demand)
        return aws_fail(err, &ddb_throttling_exception,
                        "Throughput exceeds the current capacity of your table or index. DynamoDB "
                        "is automatically scaling your table or index so please try again shortly. "
                        "If exceptions persist, check if you have a hot key: "
                        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
                        "bp-partition-key-design.html.");
    if (is_global(target))
        return aws_fail(err, &ddb_provisioned_throughput_exceeded_exception,
                        "The level of configured provisioned throughput for one or more global "
                        "secondary indexes of the table was exceeded. Consider increasing your "
                        "provisioning level for the under-provisioned global secondary indexes "
                        "with the UpdateTable API");
    return aws_fail(err, &ddb_provisioned_throughput_exceeded_exception,
                    "The level of configured provisioned throughput for the table was exceeded. "
                    "Consider increasing your provisioning level with the UpdateTable API.");
}

bool throttle_admit(struct throttles *throttles, const struct throttle_target *target,
                    struct str region, struct arena *arena, struct aws_error *err)
{
    enum limit limit = LIMIT_NONE;

    if (throttles == NULL)
        return true;
    pthread_mutex_lock(&throttles->lock);
    struct limits *limits = find_locked(throttles, target);
    if (limits != NULL)
        limit = find_limit_locked(limits, target, clock_monotonic_ns(throttles->clock));
    pthread_mutex_unlock(&throttles->lock);
    if (limit == LIMIT_NONE)
        return true;
    (void)fail(target, err);
    err->detail = reasons(target, limit, region, arena);
    return false;
}

void throttle_charge(struct throttles *throttles, const struct throttle_target *target,
                     double units)
{
    if (throttles == NULL)
        return;
    pthread_mutex_lock(&throttles->lock);
    struct limits *limits = find_locked(throttles, target);
    if (limits != NULL) {
        int64_t now_ns = clock_monotonic_ns(throttles->clock);
        struct bucket *partition = fill_partition_locked(limits, target, now_ns);

        fill_table_locked(limits, target, now_ns)->units -= units;
        if (partition != NULL)
            partition->units -= units;
        peak_add(&limits->peaks[target->use], units, now_ns);
    }
    pthread_mutex_unlock(&throttles->lock);
}
