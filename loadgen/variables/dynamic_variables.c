/* One table of names, sorted, each with the kind of value it makes. */
#include "loadgen/dynamic_variables.h"

#include "base/uuid.h"
#include "loadgen/dynamic_words.h"

struct dynamic_row {
    struct str name;
    void (*make)(const struct dynamic_row *row, struct rng *rng, struct clock *clock, char *ret);
    const char *const *patterns; /* words_expand()'s */
    uint64_t count;              /* of patterns, or the bound of a number, or of characters */
};

static void make_pattern(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                         char *ret)
{
    (void)clock;
    (void)words_expand(row->patterns[rng_below(rng, row->count)], rng, ret, DYNAMIC_VALUE_BYTES);
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

static void make_characters(const char *characters, size_t count, struct rng *rng, char *ret)
{
    size_t kinds = strlen(characters);

    for (size_t i = 0; i < count; i++)
        ret[i] = characters[rng_below(rng, kinds)];
    ret[count] = '\0';
}

static void make_alphanumeric(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                              char *ret)
{
    (void)clock;
    make_characters("0123456789abcdefghijklmnopqrstuvwxyz", row->count, rng, ret);
}

static void make_password(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                          char *ret)
{
    (void)clock;
    make_characters("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz", row->count,
                    rng, ret);
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
    for (uint64_t i = 0; i < row->count && len + 16 < DYNAMIC_SENTENCE_BYTES; i++)
        len += (size_t)snprintf(ret + len, DYNAMIC_SENTENCE_BYTES - len, "%s%s", i == 0 ? "" : " ",
                                words_pick("word", rng));
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

/* `count` sentences, with `between` between them. */
static void add_sentences(uint64_t count, const char *between, struct rng *rng, struct clock *clock,
                          char *ret)
{
    size_t len = 0;

    for (uint64_t i = 0; i < count && len + DYNAMIC_SENTENCE_BYTES < DYNAMIC_VALUE_BYTES; i++) {
        struct dynamic_row sentence = {.count = 4 + rng_below(rng, 6)};
        if (i > 0)
            len += (size_t)snprintf(ret + len, DYNAMIC_VALUE_BYTES - len, "%s", between);
        make_sentence(&sentence, rng, clock, ret + len);
        len += strlen(ret + len);
    }
}

static void make_sentences(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                           char *ret)
{
    add_sentences(row->count, " ", rng, clock, ret);
}

static void make_lines(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                       char *ret)
{
    add_sentences(row->count, "\n", rng, clock, ret);
}

static void make_paragraphs(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                            char *ret)
{
    size_t len = 0;

    for (uint64_t i = 0; i < row->count; i++) {
        if (i > 0)
            len += (size_t)snprintf(ret + len, DYNAMIC_VALUE_BYTES - len, "\n \r\t");
        add_sentences(3, " ", rng, clock, ret + len);
        len += strlen(ret + len);
    }
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

/* As ISO 13616 has it, of a German bank: the check digits are 98 - (rest of the whole by 97). */
static void make_iban(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                      char *ret)
{
    char digits[32];
    uint64_t rest = 0;

    (void)row, (void)clock;
    (void)words_expand("##################", rng, digits, sizeof(digits));
    for (const char *at = digits; *at != '\0'; at++)
        rest = (rest * 10 + (uint64_t)(*at - '0')) % 97;
    for (const char *at = "131400"; *at != '\0'; at++) /* "DE00" in numbers */
        rest = (rest * 10 + (uint64_t)(*at - '0')) % 97;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "DE%02llu%s", (unsigned long long)(98 - rest), digits);
}

/* The form of an address, not one that holds anything. */
static void make_bitcoin(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                         char *ret)
{
    static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    uint64_t len = 26 + rng_below(rng, 8);

    (void)row, (void)clock;
    ret[0] = rng_below(rng, 2) == 0 ? '1' : '3';
    for (uint64_t i = 1; i < len; i++)
        ret[i] = base58[rng_below(rng, sizeof(base58) - 1)];
    ret[len] = '\0';
}

static void make_price(const struct dynamic_row *row, struct rng *rng, struct clock *clock,
                       char *ret)
{
    (void)row, (void)clock;
    (void)snprintf(ret, DYNAMIC_VALUE_BYTES, "%d.%02d", (int)rng_below(rng, 1000),
                   (int)rng_below(rng, 100));
}

#define PATTERNS(...)                                                                              \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }
#define ANY(name, ...)                                                                             \
    {                                                                                              \
        STR_INIT(name), make_pattern, PATTERNS(__VA_ARGS__), ARRAY_LEN(PATTERNS(__VA_ARGS__))      \
    }
#define ONE(name, pattern) ANY(name, pattern)
#define MADE(name, function, count)                                                                \
    {                                                                                              \
        STR_INIT(name), function, NULL, count                                                      \
    }

/* In strcmp's order, for the binary search. */
static const struct dynamic_row rows[] = {
    MADE("$guid", make_uuid, 0),
    MADE("$isoTimestamp", make_iso, 0),
    ONE("$randomAbbreviation", "{abbreviation}"),
    ONE("$randomAbstractImage", "http://placeimg.com/640/480/abstract"),
    ONE("$randomAdjective", "{adjective}"),
    MADE("$randomAlphaNumeric", make_alphanumeric, 1),
    ONE("$randomAnimalsImage", "http://placeimg.com/640/480/animals"),
    ONE("$randomAvatarImage", "https://cdn.fakercloud.com/avatars/{word}{word}_128.jpg"),
    ONE("$randomBankAccount", "########"),
    ANY("$randomBankAccountBic", "????{country_code}?#", "????{country_code}?#???"),
    MADE("$randomBankAccountIban", make_iban, 0),
    ONE("$randomBankAccountName", "{account_name} Account"),
    MADE("$randomBitcoin", make_bitcoin, 0),
    ONE("$randomBoolean", "{boolean}"),
    ONE("$randomBs", "{bs_buzz} {bs_adjective} {bs_noun}"),
    ONE("$randomBsAdjective", "{bs_adjective}"),
    ONE("$randomBsBuzz", "{bs_buzz}"),
    ONE("$randomBsNoun", "{bs_noun}"),
    ONE("$randomBusinessImage", "http://placeimg.com/640/480/business"),
    ONE("$randomCatchPhrase", "{catch_adjective} {catch_descriptor} {catch_noun}"),
    ONE("$randomCatchPhraseAdjective", "{catch_adjective}"),
    ONE("$randomCatchPhraseDescriptor", "{catch_descriptor}"),
    ONE("$randomCatchPhraseNoun", "{catch_noun}"),
    ONE("$randomCatsImage", "http://placeimg.com/640/480/cats"),
    ONE("$randomCity", "{city}"),
    ONE("$randomCityImage", "http://placeimg.com/640/480/city"),
    ONE("$randomColor", "{color}"),
    ONE("$randomCommonFileExt", "{common_extension}"),
    ANY("$randomCommonFileName", "{word}_{word}.{common_extension}", "{word}.{common_extension}"),
    ONE("$randomCommonFileType", "{common_type}"),
    ANY("$randomCompanyName", "{last_name} {company_suffix}", "{last_name} - {last_name}",
        "{last_name}, {last_name} and {last_name}"),
    ONE("$randomCompanySuffix", "{company_suffix}"),
    ONE("$randomCountry", "{country}"),
    ONE("$randomCountryCode", "{country_code}"),
    ONE("$randomCreditCardMask", "####"),
    ONE("$randomCurrencyCode", "{currency_code}"),
    ONE("$randomCurrencyName", "{currency}"),
    ONE("$randomCurrencySymbol", "{currency_symbol}"),
    ONE("$randomDatabaseCollation", "{db_collation}"),
    ONE("$randomDatabaseColumn", "{db_column}"),
    ONE("$randomDatabaseEngine", "{db_engine}"),
    ONE("$randomDatabaseType", "{db_type}"),
    MADE("$randomDateFuture", make_future, 365),
    MADE("$randomDatePast", make_past, 365),
    MADE("$randomDateRecent", make_past, 1),
    ONE("$randomDepartment", "{department}"),
    ONE("$randomDirectoryPath", "{directory}"),
    ONE("$randomDomainName", "{word}.{tld}"),
    ONE("$randomDomainSuffix", "{tld}"),
    ONE("$randomDomainWord", "{word}"),
    ANY("$randomEmail", "{first_name}.{last_name}##@example.com",
        "{first_name}_{last_name}@example.net", "{first_name}##@example.org"),
    ANY("$randomExampleEmail", "{first_name}.{last_name}##@example.com",
        "{first_name}_{last_name}@example.org"),
    ONE("$randomFashionImage", "http://placeimg.com/640/480/fashion"),
    ONE("$randomFileExt", "{extension}"),
    ONE("$randomFileName", "{word}_{word}.{extension}"),
    ANY("$randomFilePath", "{directory}/{word}_{word}.{extension}",
        "{directory}/{word}.{extension}"),
    ONE("$randomFileType", "{file_type}"),
    ONE("$randomFirstName", "{first_name}"),
    ONE("$randomFoodImage", "http://placeimg.com/640/480/food"),
    ONE("$randomFullName", "{first_name} {last_name}"),
    MADE("$randomHexColor", make_hex_color, 0),
    MADE("$randomIP", make_ip, 0),
    MADE("$randomIPV6", make_ipv6, 0),
    ONE("$randomImageDataUri",
        "data:image/"
        "svg+xml;charset=UTF-8,%3Csvg%20xmlns%3D%22http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg%22%"
        "20version%3D%221.1%22%20width%3D%22640%22%20height%3D%22480%22%3E%3Crect%20width%3D%22100%"
        "25%22%20height%3D%22100%25%22%20fill%3D%22grey%22%2F%3E%3C%2Fsvg%3E"),
    ONE("$randomImageUrl", "http://placeimg.com/640/480"),
    ONE("$randomIngverb", "{ingverb}"),
    MADE("$randomInt", make_number, 1001),
    ONE("$randomJobArea", "{job_area}"),
    ONE("$randomJobDescriptor", "{job_descriptor}"),
    ONE("$randomJobTitle", "{job_descriptor} {job_area} {job}"),
    ONE("$randomJobType", "{job}"),
    ONE("$randomLastName", "{last_name}"),
    MADE("$randomLatitude", make_degrees, 90),
    ONE("$randomLocale", "{locale}"),
    MADE("$randomLongitude", make_degrees, 180),
    MADE("$randomLoremLines", make_lines, 3),
    MADE("$randomLoremParagraph", make_sentences, 3),
    MADE("$randomLoremParagraphs", make_paragraphs, 3),
    MADE("$randomLoremSentence", make_sentence, 8),
    MADE("$randomLoremSentences", make_sentences, 4),
    MADE("$randomLoremSlug", make_slug, 3),
    MADE("$randomLoremText", make_sentences, 5),
    ONE("$randomLoremWord", "{word}"),
    MADE("$randomLoremWords", make_words, 3),
    MADE("$randomMACAddress", make_mac, 0),
    ONE("$randomMimeType", "{mime_type}"),
    ONE("$randomMonth", "{month}"),
    ONE("$randomNamePrefix", "{prefix}"),
    ONE("$randomNameSuffix", "{suffix}"),
    ONE("$randomNatureImage", "http://placeimg.com/640/480/nature"),
    ONE("$randomNightlifeImage", "http://placeimg.com/640/480/nightlife"),
    ONE("$randomNoun", "{noun}"),
    MADE("$randomPassword", make_password, 15),
    ONE("$randomPeopleImage", "http://placeimg.com/640/480/people"),
    ANY("$randomPhoneNumber", "2##-3##-####", "7##-5##-####"),
    ONE("$randomPhoneNumberExt", "##-###-###-####"),
    ANY("$randomPhrase",
        "If we {verb} the {noun}, we can get to the {abbreviation} {noun} through the {adjective} "
        "{abbreviation} {noun}!",
        "We need to {verb} the {adjective} {abbreviation} {noun}!",
        "Try to {verb} the {abbreviation} {noun}, maybe it will {verb} the {adjective} {noun}!",
        "You can't {verb} the {noun} without {ingverb} the {adjective} {abbreviation} {noun}!",
        "Use the {adjective} {abbreviation} {noun}, then you can {verb} the {adjective} {noun}!",
        "The {abbreviation} {noun} is down, {verb} the {adjective} {noun} so we can {verb} the "
        "{abbreviation} {noun}!",
        "I'll {verb} the {adjective} {abbreviation} {noun}, that should {noun} the {abbreviation} "
        "{noun}!"),
    MADE("$randomPrice", make_price, 0),
    ONE("$randomProduct", "{product}"),
    ONE("$randomProductAdjective", "{product_adjective}"),
    ONE("$randomProductMaterial", "{product_material}"),
    ONE("$randomProductName", "{product_adjective} {product_material} {product}"),
    ONE("$randomProtocol", "{protocol}"),
    ONE("$randomSemver", "#.#.#"),
    ONE("$randomSportsImage", "http://placeimg.com/640/480/sports"),
    ANY("$randomStreetAddress", "### {last_name} {street_suffix}",
        "#### {last_name} {street_suffix}"),
    ANY("$randomStreetName", "{last_name} {street_suffix}", "{first_name} {street_suffix}"),
    ONE("$randomTransactionType", "{transaction}"),
    ONE("$randomTransportImage", "http://placeimg.com/640/480/transport"),
    MADE("$randomUUID", make_uuid, 0),
    ONE("$randomUrl", "{protocol}://{word}.{tld}"),
    ANY("$randomUserAgent",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/1##.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:1##.0) Gecko/20100101 Firefox/1##.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.# Safari/605.1.15"),
    ANY("$randomUserName", "{first_name}.{last_name}##", "{first_name}_{last_name}"),
    ONE("$randomVerb", "{verb}"),
    ONE("$randomWeekday", "{weekday}"),
    ONE("$randomWord", "{word}"),
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
