/* One table of names, sorted, each with the kind of value it makes. */
#include "loadgen/dynamic_variables.h"

#include "base/uuid.h"

enum { WORDS_MAX = 24 };

static const char *const first_names[WORDS_MAX] = {
    "Ada",   "Alan",  "Barbara", "Carla", "Dennis", "Edsger", "Frances",   "Grace",
    "Hedy",  "Ida",   "Jean",    "Karen", "Linus",  "Mary",   "Niklaus",   "Olga",
    "Peter", "Radia", "Sophie",  "Tony",  "Ulla",   "Vint",   "Whitfield", "Yukihiro"};
static const char *const last_names[WORDS_MAX] = {
    "Allen",   "Bartik",  "Cerf",      "Diffie", "Engelbart", "Floyd",  "Goldberg",   "Hopper",
    "Iverson", "Johnson", "Kernighan", "Liskov", "McCarthy",  "Newell", "Ousterhout", "Perlman",
    "Ritchie", "Shannon", "Turing",    "Ullman", "Wilkes",    "Wirth",  "Yao",        "Zuse"};
static const char *const words[WORDS_MAX] = {
    "lorem", "ipsum",  "dolor",   "sit",    "amet",   "consectetur", "adipiscing", "elit",
    "sed",   "do",     "eiusmod", "tempor", "ut",     "labore",      "et",         "dolore",
    "magna", "aliqua", "enim",    "minim",  "veniam", "quis",        "nostrud",    "ullamco"};
static const char *const cities[WORDS_MAX] = {
    "Athens", "Berlin",  "Cairo", "Dublin", "Essen",   "Florence", "Geneva", "Hanoi",
    "Izmir",  "Jakarta", "Kyoto", "Lima",   "Madrid",  "Nairobi",  "Oslo",   "Paris",
    "Quito",  "Rome",    "Sofia", "Tokyo",  "Utrecht", "Vienna",   "Warsaw", "Zurich"};
static const char *const countries[WORDS_MAX] = {
    "Austria", "Brazil",  "Canada", "Denmark", "Egypt",  "France",  "Greece", "Hungary",
    "India",   "Japan",   "Kenya",  "Latvia",  "Mexico", "Norway",  "Oman",   "Peru",
    "Qatar",   "Romania", "Spain",  "Togo",    "Uganda", "Vietnam", "Yemen",  "Zambia"};
static const char *const country_codes[WORDS_MAX] = {
    "AT", "BR", "CA", "DK", "EG", "FR", "GR", "HU", "IN", "JP", "KE", "LV",
    "MX", "NO", "OM", "PE", "QA", "RO", "ES", "TG", "UG", "VN", "YE", "ZM"};
static const char *const colors[WORDS_MAX] = {
    "azure",  "black", "blue",     "cyan", "fuchsia", "gold",   "green", "grey",
    "indigo", "ivory", "lavender", "lime", "magenta", "maroon", "olive", "orange",
    "orchid", "plum",  "purple",   "red",  "salmon",  "silver", "teal",  "white"};
static const char *const jobs[WORDS_MAX] = {
    "Administrator", "Agent",       "Analyst",        "Architect",  "Assistant",  "Associate",
    "Consultant",    "Coordinator", "Designer",       "Developer",  "Director",   "Engineer",
    "Executive",     "Facilitator", "Liaison",        "Manager",    "Officer",    "Orchestrator",
    "Planner",       "Producer",    "Representative", "Specialist", "Strategist", "Supervisor"};
static const char *const products[WORDS_MAX] = {
    "Ball",     "Bike",  "Cap",      "Car",   "Chair",    "Cheese", "Chicken", "Chips",
    "Computer", "Fish",  "Gloves",   "Hat",   "Keyboard", "Lamp",   "Mouse",   "Pants",
    "Pizza",    "Salad", "Sausages", "Shirt", "Shoes",    "Soap",   "Table",   "Towels"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
static const char *const booleans[] = {"true", "false"};
static const char *const protocols[] = {"http", "https"};
static const char *const prefixes[] = {"Mr.", "Mrs.", "Ms.", "Miss", "Dr."};
static const char *const suffixes[] = {"Jr.", "Sr.", "I",  "II",  "III",
                                       "IV",  "V",   "MD", "DDS", "PhD"};
static const char *const tlds[] = {"com", "net", "org", "info", "biz", "name"};
static const char *const currency_codes[] = {"CHF", "CNY", "DKK", "EUR", "GBP", "INR",
                                             "JPY", "NOK", "PLN", "SEK", "USD", "ZAR"};
static const char *const locales[] = {"de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "sv"};
static const char *const extensions[] = {"csv", "html", "jpg", "json", "mp3", "pdf", "png", "txt"};

struct dynamic_row {
    struct str name;
    void (*make)(const struct dynamic_row *row, struct rng *rng, struct clock *clock, char *ret);
    const char *const *choices;
    uint64_t count; /* of choices, or the bound of a number, or of characters */
};

static const char *pick(const char *const *choices, uint64_t count, struct rng *rng)
{
    return choices[rng_below(rng, count)];
}

static void put(char *ret, const char *text)
{
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%s", text);
}

static void make_choice(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                        char *ret)
{
    (void)clock;
    put(ret, pick(row->choices, row->count, rng));
}

static void make_uuid(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                      char *ret)
{
    (void)row, (void)clock;
    uuid_v4(rng, ret);
}

static void make_timestamp(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                           char *ret)
{
    (void)row, (void)rng;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%lld", (long long)(clock_wall_ms(clock) / 1000));
}

static void make_iso(const struct dynamic_row *row, struct rng *rng, struct clock *clock, char *ret)
{
    (void)row, (void)rng;
    clock_format_iso(clock_wall_ms(clock), ret);
}

/* 0 to 1000, both included. */
static void make_number(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                        char *ret)
{
    (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%llu",
                   (unsigned long long)rng_below(rng, row->count));
}

static void make_alphanumeric(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                              char *ret)
{
    static const char characters[] = "0123456789abcdefghijklmnopqrstuvwxyz";

    (void)clock;
    for (uint64_t i = 0; i < row->count; i++)
        ret[i] = characters[rng_below(rng, sizeof(characters) - 1)];
    ret[row->count] = '\0';
}

static void make_password(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                          char *ret)
{
    static const char characters[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    (void)clock;
    for (uint64_t i = 0; i < row->count; i++)
        ret[i] = characters[rng_below(rng, sizeof(characters) - 1)];
    ret[row->count] = '\0';
}

static void make_hex_color(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                           char *ret)
{
    (void)row, (void)clock;
    ret[0] = '#';
    hex_random(rng, 6, ret + 1);
}

static void make_ip(const struct dynamic_row *row, struct rng *rng, struct clock *clock, char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%d.%d.%d.%d", (int)rng_below(rng, 256),
                   (int)rng_below(rng, 256), (int)rng_below(rng, 256), (int)rng_below(rng, 256));
}

/* `count` groups of four hexadecimal digits with colons, or of two for a MAC address. */
static void make_groups(struct rng *rng, size_t groups, size_t digits, char *ret)
{
    for (size_t i = 0; i < groups; i++) {
        hex_random(rng, digits, ret);
        ret[digits] = i + 1 < groups ? ':' : '\0';
        ret += digits + 1;
    }
}

static void make_ipv6(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                      char *ret)
{
    (void)row, (void)clock;
    make_groups(rng, 8, 4, ret);
}

static void make_mac(const struct dynamic_row *row, struct rng *rng, struct clock *clock, char *ret)
{
    (void)row, (void)clock;
    make_groups(rng, 6, 2, ret);
}

static void make_full_name(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                           char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%s %s", pick(first_names, WORDS_MAX, rng),
                   pick(last_names, WORDS_MAX, rng));
}

static void make_user_name(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                           char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%s.%s%d", pick(first_names, WORDS_MAX, rng),
                   pick(last_names, WORDS_MAX, rng), (int)rng_below(rng, 100));
}

static void make_email(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                       char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%s.%s%d@example.%s",
                   pick(first_names, WORDS_MAX, rng), pick(last_names, WORDS_MAX, rng),
                   (int)rng_below(rng, 100), pick(tlds, 3, rng));
}

static void make_domain(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                        char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%s.%s", pick(words, WORDS_MAX, rng),
                   pick(tlds, ARRAY_LEN(tlds), rng));
}

static void make_url(const struct dynamic_row *row, struct rng *rng, struct clock *clock, char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%s://%s.%s", pick(protocols, 2, rng),
                   pick(words, WORDS_MAX, rng), pick(tlds, ARRAY_LEN(tlds), rng));
}

static void make_phone(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                       char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%03d-%03d-%04d", (int)(200 + rng_below(rng, 800)),
                   (int)(200 + rng_below(rng, 800)), (int)rng_below(rng, 10000));
}

static void make_address(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                         char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%d %s Street", (int)(1 + rng_below(rng, 9999)),
                   pick(last_names, WORDS_MAX, rng));
}

static void make_price(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                       char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%d.%02d", (int)rng_below(rng, 1000),
                   (int)rng_below(rng, 100));
}

/* Degrees in [-count, count] with four decimals. */
static void make_degrees(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                         char *ret)
{
    (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%.4f", (rng_unit(rng) * 2 - 1) * (double)row->count);
}

/* Words with blanks between; the first letter of a sentence is upper case, a full stop ends it. */
static void make_words(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                       char *ret)
{
    size_t len = 0;

    (void)clock;
    ret[0] = '\0';
    for (uint64_t i = 0; i < row->count && len + 16 < DYNAMIC_VALUE_BYTES; i++)
        len += (size_t)snprintf(ret + len, DYNAMIC_VALUE_BYTES - len, "%s%s", i == 0 ? "" : " ",
                                pick(words, WORDS_MAX, rng));
}

static void make_sentence(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                          char *ret)
{
    size_t len = 0;

    make_words(row, rng, clock, ret);
    len = strlen(ret);
    ret[0] = (char)(ret[0] - 'a' + 'A');
    ret[len] = '.';
    ret[len + 1] = '\0';
}

static void make_slug(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                      char *ret)
{
    make_words(row, rng, clock, ret);
    for (char *at = ret; *at != '\0'; at++)
        if (*at == ' ')
            *at = '-';
}

static void make_date(struct rng *rng, struct clock *clock, int64_t from_ms, int64_t to_ms,
                      char *ret)
{
    int64_t offset_ms = from_ms + (int64_t)rng_below(rng, (uint64_t)(to_ms - from_ms));

    clock_format_iso(clock_wall_ms(clock) + offset_ms, ret);
}

enum { DAY_MS = 86400000 };

static void make_past(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                      char *ret)
{
    make_date(rng, clock, -(int64_t)row->count * DAY_MS, 0, ret);
}

static void make_future(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                        char *ret)
{
    make_date(rng, clock, 0, (int64_t)row->count * DAY_MS, ret);
}

static void make_file_name(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                           char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%s_%s.%s", pick(words, WORDS_MAX, rng),
                   pick(words, WORDS_MAX, rng), pick(extensions, ARRAY_LEN(extensions), rng));
}

static void make_semver(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                        char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%d.%d.%d", (int)rng_below(rng, 10),
                   (int)rng_below(rng, 10), (int)rng_below(rng, 10));
}

#define CHOICE(name, list)                                                                         \
    {                                                                                              \
        STR_INIT(name), make_choice, list, ARRAY_LEN(list)                                         \
    }
#define MADE(name, function, count)                                                                \
    {                                                                                              \
        STR_INIT(name), function, NULL, count                                                      \
    }

/* In strcmp's order, for the binary search. */
static const struct dynamic_row rows[] = {
    MADE("$guid", make_uuid, 0),
    MADE("$isoTimestamp", make_iso, 0),
    MADE("$randomAbbreviation", make_alphanumeric, 3),
    MADE("$randomAlphaNumeric", make_alphanumeric, 1),
    MADE("$randomBankAccount", make_number, 100000000),
    CHOICE("$randomBoolean", booleans),
    CHOICE("$randomCity", cities),
    CHOICE("$randomColor", colors),
    CHOICE("$randomCountry", countries),
    CHOICE("$randomCountryCode", country_codes),
    CHOICE("$randomCurrencyCode", currency_codes),
    MADE("$randomDateFuture", make_future, 365),
    MADE("$randomDatePast", make_past, 365),
    MADE("$randomDateRecent", make_past, 1),
    MADE("$randomDomainName", make_domain, 0),
    CHOICE("$randomDomainSuffix", tlds),
    CHOICE("$randomDomainWord", words),
    MADE("$randomEmail", make_email, 0),
    MADE("$randomExampleEmail", make_email, 0),
    CHOICE("$randomFileExt", extensions),
    MADE("$randomFileName", make_file_name, 0),
    CHOICE("$randomFirstName", first_names),
    MADE("$randomFullName", make_full_name, 0),
    MADE("$randomHexColor", make_hex_color, 0),
    MADE("$randomIP", make_ip, 0),
    MADE("$randomIPV6", make_ipv6, 0),
    MADE("$randomInt", make_number, 1001),
    CHOICE("$randomJobType", jobs),
    CHOICE("$randomLastName", last_names),
    MADE("$randomLatitude", make_degrees, 90),
    CHOICE("$randomLocale", locales),
    MADE("$randomLongitude", make_degrees, 180),
    MADE("$randomLoremSentence", make_sentence, 8),
    MADE("$randomLoremSlug", make_slug, 3),
    CHOICE("$randomLoremWord", words),
    MADE("$randomLoremWords", make_words, 3),
    MADE("$randomMACAddress", make_mac, 0),
    CHOICE("$randomMonth", months),
    CHOICE("$randomNamePrefix", prefixes),
    CHOICE("$randomNameSuffix", suffixes),
    MADE("$randomPassword", make_password, 15),
    MADE("$randomPhoneNumber", make_phone, 0),
    MADE("$randomPrice", make_price, 0),
    CHOICE("$randomProduct", products),
    CHOICE("$randomProtocol", protocols),
    MADE("$randomSemver", make_semver, 0),
    MADE("$randomStreetAddress", make_address, 0),
    MADE("$randomUUID", make_uuid, 0),
    MADE("$randomUrl", make_url, 0),
    MADE("$randomUserName", make_user_name, 0),
    CHOICE("$randomWeekday", weekdays),
    CHOICE("$randomWord", words),
    MADE("$randomWords", make_words, 3),
    MADE("$timestamp", make_timestamp, 0),
};

size_t dynamic_count(void)
{
    return ARRAY_LEN(rows);
}

struct str dynamic_name(int row)
{
    return rows[row].name;
}

int dynamic_find(struct str name)
{
    size_t low = 0, high = ARRAY_LEN(rows);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(name, rows[middle].name);
        if (order == 0)
            return (int)middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return DYNAMIC_UNKNOWN;
}

size_t dynamic_value(int row, struct rng *rng, struct clock *clock, char ret[DYNAMIC_VALUE_BYTES])
{
    rows[row].make(&rows[row], rng, clock, ret);
    return strlen(ret);
}
