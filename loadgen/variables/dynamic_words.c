#include "loadgen/dynamic_words.h"

struct word_list {
    struct str name; /* as patterns call it */
    const char *const *words;
    size_t count;
};

static const char *const first_names[] = {
    "Ada",   "Alan",  "Barbara", "Carla", "Dennis", "Edsger", "Frances",   "Grace",
    "Hedy",  "Ida",   "Jean",    "Karen", "Linus",  "Mary",   "Niklaus",   "Olga",
    "Peter", "Radia", "Sophie",  "Tony",  "Ulla",   "Vint",   "Whitfield", "Yukihiro"};
static const char *const last_names[] = {
    "Allen",   "Bartik",  "Cerf",      "Diffie", "Engelbart", "Floyd",  "Goldberg",   "Hopper",
    "Iverson", "Johnson", "Kernighan", "Liskov", "McCarthy",  "Newell", "Ousterhout", "Perlman",
    "Ritchie", "Shannon", "Turing",    "Ullman", "Wilkes",    "Wirth",  "Yao",        "Zuse"};
static const char *const words[] = {
    "lorem", "ipsum",  "dolor",   "sit",    "amet",   "consectetur", "adipiscing", "elit",
    "sed",   "do",     "eiusmod", "tempor", "ut",     "labore",      "et",         "dolore",
    "magna", "aliqua", "enim",    "minim",  "veniam", "quis",        "nostrud",    "ullamco"};
static const char *const cities[] = {
    "Athens", "Berlin",  "Cairo", "Dublin", "Essen",   "Florence", "Geneva", "Hanoi",
    "Izmir",  "Jakarta", "Kyoto", "Lima",   "Madrid",  "Nairobi",  "Oslo",   "Paris",
    "Quito",  "Rome",    "Sofia", "Tokyo",  "Utrecht", "Vienna",   "Warsaw", "Zurich"};
static const char *const countries[] = {
    "Austria", "Brazil",  "Canada", "Denmark", "Egypt",  "France",  "Greece", "Hungary",
    "India",   "Japan",   "Kenya",  "Latvia",  "Mexico", "Norway",  "Oman",   "Peru",
    "Qatar",   "Romania", "Spain",  "Togo",    "Uganda", "Vietnam", "Yemen",  "Zambia"};
static const char *const country_codes[] = {"AT", "BR", "CA", "DK", "EG", "FR", "GR", "HU",
                                            "IN", "JP", "KE", "LV", "MX", "NO", "OM", "PE",
                                            "QA", "RO", "ES", "TG", "UG", "VN", "YE", "ZM"};
static const char *const colors[] = {"azure",   "black",  "blue",   "cyan",   "fuchsia",  "gold",
                                     "green",   "grey",   "indigo", "ivory",  "lavender", "lime",
                                     "magenta", "maroon", "olive",  "orange", "orchid",   "plum",
                                     "purple",  "red",    "salmon", "silver", "teal",     "white"};
static const char *const jobs[] = {
    "Administrator", "Agent",       "Analyst",        "Architect",  "Assistant",  "Associate",
    "Consultant",    "Coordinator", "Designer",       "Developer",  "Director",   "Engineer",
    "Executive",     "Facilitator", "Liaison",        "Manager",    "Officer",    "Orchestrator",
    "Planner",       "Producer",    "Representative", "Specialist", "Strategist", "Supervisor"};
static const char *const products[] = {
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

static const char *const adjective_words[] = {
    "auxiliary",      "primary",   "back-end", "digital", "open-source", "virtual",
    "cross-platform", "redundant", "online",   "haptic",  "multi-byte",  "bluetooth",
    "wireless",       "1080p",     "neural",   "optical", "mobile",      "solid state"};
static const char *const noun_words[] = {
    "driver",      "protocol",    "bandwidth", "panel",     "microchip", "program",
    "port",        "card",        "array",     "interface", "system",    "sensor",
    "firewall",    "hard drive",  "pixel",     "alarm",     "feed",      "monitor",
    "application", "transmitter", "bus",       "circuit",   "capacitor", "matrix"};
static const char *const abbreviation_words[] = {
    "TCP", "HTTP", "SDD", "RAM", "GB",  "CSS",  "SSL",  "AGP", "SQL", "FTP",
    "PCI", "AI",   "ADP", "RSS", "XML", "EXE",  "COM",  "HDD", "THX", "SMTP",
    "SMS", "USB",  "PNG", "SAS", "IB",  "SCSI", "JSON", "XSS", "JBOD"};
static const char *const verb_words[] = {
    "back up",    "bypass", "hack",     "override", "compress", "copy",
    "navigate",   "index",  "connect",  "generate", "quantify", "calculate",
    "synthesize", "input",  "transmit", "program",  "reboot",   "parse"};
static const char *const ingverb_words[] = {
    "backing up",   "bypassing",    "hacking",     "overriding", "compressing", "copying",
    "navigating",   "indexing",     "connecting",  "generating", "quantifying", "calculating",
    "synthesizing", "transmitting", "programming", "parsing"};
static const char *const street_suffix_words[] = {
    "Alley",    "Avenue",     "Branch",  "Bridge",  "Brook",  "Circle", "Court", "Crossing",
    "Drive",    "Expressway", "Forest",  "Gardens", "Grove",  "Harbor", "Hill",  "Island",
    "Junction", "Lane",       "Meadow",  "Mill",    "Park",   "Place",  "Road",  "Square",
    "Street",   "Summit",     "Terrace", "Trail",   "Valley", "Way"};
static const char *const department_words[] = {
    "Books", "Movies",  "Music",  "Games",    "Electronics", "Computers", "Home", "Garden",
    "Tools", "Grocery", "Health", "Beauty",   "Toys",        "Kids",      "Baby", "Clothing",
    "Shoes", "Jewelry", "Sports", "Outdoors", "Automotive",  "Industrial"};
static const char *const product_adjective_words[] = {
    "Small",     "Ergonomic", "Rustic",  "Intelligent", "Gorgeous", "Incredible",
    "Fantastic", "Practical", "Sleek",   "Awesome",     "Generic",  "Handcrafted",
    "Handmade",  "Licensed",  "Refined", "Unbranded",   "Tasty"};
static const char *const product_material_words[] = {"Steel",  "Wooden",  "Concrete", "Plastic",
                                                     "Cotton", "Granite", "Rubber",   "Metal",
                                                     "Soft",   "Fresh",   "Frozen"};
static const char *const company_suffix_words[] = {"Inc", "and Sons", "LLC", "Group"};
static const char *const catch_adjective_words[] = {
    "Adaptive",    "Advanced",    "Automated",    "Balanced",       "Business-focused",
    "Centralized", "Compatible",  "Configurable", "Cross-platform", "Decentralized",
    "Digitized",   "Distributed", "Ergonomic",    "Extended",       "Focused",
    "Horizontal",  "Innovative",  "Integrated",   "Managed",        "Networked",
    "Open-source", "Organic",     "Persistent",   "Phased",         "Progressive",
    "Reactive",    "Robust",      "Seamless",     "Stand-alone",    "Synchronised",
    "Universal",   "Versatile"};
static const char *const catch_descriptor_words[] = {
    "24 hour",        "3rd generation", "actuating",      "asymmetric",      "asynchronous",
    "bi-directional", "client-driven",  "cohesive",       "coherent",        "context-sensitive",
    "dedicated",      "demand-driven",  "didactic",       "discrete",        "dynamic",
    "executive",      "explicit",       "fault-tolerant", "global",          "heuristic",
    "high-level",     "hybrid",         "incremental",    "local",           "logistical",
    "modular",        "multi-tasking",  "neutral",        "object-oriented", "real-time",
    "scalable",       "secondary",      "stable",         "systematic",      "tertiary",
    "uniform",        "zero tolerance"};
static const char *const catch_noun_words[] = {
    "ability",        "access",     "adapter",    "algorithm",     "alliance",    "approach",
    "architecture",   "archive",    "array",      "attitude",      "benchmark",   "capability",
    "capacity",       "challenge",  "circuit",    "collaboration", "complexity",  "conglomeration",
    "contingency",    "core",       "database",   "emulation",     "encryption",  "extranet",
    "firmware",       "framework",  "function",   "groupware",     "hardware",    "hub",
    "infrastructure", "interface",  "leverage",   "matrix",        "middleware",  "migration",
    "model",          "monitoring", "neural-net", "policy",        "product",     "project",
    "protocol",       "software",   "solution",   "strategy",      "structure",   "success",
    "support",        "synergy",    "throughput", "toolset",       "utilisation", "workforce"};
static const char *const bs_buzz_words[] = {
    "aggregate",   "architect",  "benchmark",       "brand",      "cultivate",
    "deliver",     "deploy",     "drive",           "e-enable",   "embrace",
    "empower",     "enable",     "engage",          "enhance",    "envisioneer",
    "evolve",      "expedite",   "exploit",         "extend",     "facilitate",
    "generate",    "grow",       "harness",         "implement",  "incentivize",
    "incubate",    "innovate",   "integrate",       "iterate",    "leverage",
    "maximize",    "mesh",       "monetize",        "morph",      "optimize",
    "orchestrate", "productize", "recontextualize", "reinvent",   "repurpose",
    "scale",       "seize",      "streamline",      "syndicate",  "synergize",
    "synthesize",  "target",     "transform",       "transition", "unleash",
    "utilize",     "visualize",  "whiteboard"};
static const char *const bs_adjective_words[] = {"24/7",
                                                 "back-end",
                                                 "best-of-breed",
                                                 "bleeding-edge",
                                                 "bricks-and-clicks",
                                                 "clicks-and-mortar",
                                                 "collaborative",
                                                 "compelling",
                                                 "cross-media",
                                                 "cross-platform",
                                                 "customized",
                                                 "cutting-edge",
                                                 "distributed",
                                                 "dot-com",
                                                 "dynamic",
                                                 "e-business",
                                                 "efficient",
                                                 "end-to-end",
                                                 "enterprise",
                                                 "extensible",
                                                 "frictionless",
                                                 "front-end",
                                                 "global",
                                                 "granular",
                                                 "holistic",
                                                 "impactful",
                                                 "innovative",
                                                 "integrated",
                                                 "interactive",
                                                 "intuitive",
                                                 "killer",
                                                 "leading-edge",
                                                 "magnetic",
                                                 "mission-critical",
                                                 "next-generation",
                                                 "one-to-one",
                                                 "open-source",
                                                 "out-of-the-box",
                                                 "plug-and-play",
                                                 "proactive",
                                                 "real-time",
                                                 "revolutionary",
                                                 "rich",
                                                 "robust",
                                                 "scalable",
                                                 "seamless",
                                                 "sexy",
                                                 "sticky",
                                                 "strategic",
                                                 "synergistic",
                                                 "transparent",
                                                 "turn-key",
                                                 "ubiquitous",
                                                 "user-centric",
                                                 "value-added",
                                                 "vertical",
                                                 "viral",
                                                 "virtual",
                                                 "visionary",
                                                 "web-enabled",
                                                 "wireless",
                                                 "world-class"};
static const char *const bs_noun_words[] = {
    "action-items",  "applications",    "architectures", "bandwidth",     "channels",
    "communities",   "content",         "convergence",   "deliverables",  "e-business",
    "e-commerce",    "e-markets",       "eyeballs",      "experiences",   "functionalities",
    "infomediaries", "infrastructures", "initiatives",   "interfaces",    "markets",
    "methodologies", "metrics",         "mindshare",     "models",        "networks",
    "niches",        "paradigms",       "partnerships",  "platforms",     "portals",
    "relationships", "schemas",         "solutions",     "supply-chains", "synergies",
    "systems",       "technologies",    "users",         "vortals",       "web services",
    "web-readiness"};
static const char *const db_column_words[] = {
    "id",       "title",    "name",    "email",  "phone",  "token",     "group",
    "category", "password", "comment", "avatar", "status", "createdAt", "updatedAt"};
static const char *const db_type_words[] = {
    "int",      "varchar",   "text",   "date",    "datetime", "tinyint", "time",     "timestamp",
    "smallint", "mediumint", "bigint", "decimal", "float",    "double",  "real",     "bit",
    "boolean",  "serial",    "blob",   "binary",  "enum",     "set",     "geometry", "point"};
static const char *const db_collation_words[] = {
    "utf8_unicode_ci",  "utf8_general_ci", "utf8_bin",         "ascii_bin",
    "ascii_general_ci", "cp1250_bin",      "cp1250_general_ci"};
static const char *const db_engine_words[] = {"InnoDB", "MyISAM",    "MEMORY",
                                              "CSV",    "BLACKHOLE", "ARCHIVE"};
static const char *const account_name_words[] = {"Checking",   "Savings",      "Money Market",
                                                 "Investment", "Home Loan",    "Credit Card",
                                                 "Auto Loan",  "Personal Loan"};
static const char *const transaction_words[] = {"deposit", "withdrawal", "payment", "invoice"};
static const char *const currency_words[] = {"UAE Dirham",
                                             "Argentine Peso",
                                             "Australian Dollar",
                                             "Brazilian Real",
                                             "Canadian Dollar",
                                             "Czech Koruna",
                                             "Danish Krone",
                                             "Euro",
                                             "Forint",
                                             "Hong Kong Dollar",
                                             "Indian Rupee",
                                             "Naira",
                                             "New Zealand Dollar",
                                             "Norwegian Krone",
                                             "Pound Sterling",
                                             "Rand",
                                             "Swedish Krona",
                                             "Swiss Franc",
                                             "US Dollar",
                                             "Yen",
                                             "Yuan Renminbi",
                                             "Zloty"};
static const char *const currency_symbol_words[] = {"$",   "€",  "£",  "¥",  "₹",  "₩",  "₪",
                                                    "₽", "zł", "kr", "Kč", "Ft", "R$", "лв"};
static const char *const directory_words[] = {
    "/Applications", "/Library",       "/Network",       "/System",   "/Users",
    "/bin",          "/boot",          "/dev",           "/etc",      "/etc/defaults",
    "/etc/mail",     "/etc/periodic",  "/etc/ppp",       "/home",     "/home/user",
    "/lib",          "/mnt",           "/opt",           "/opt/bin",  "/opt/include",
    "/opt/lib",      "/opt/sbin",      "/opt/share",     "/private",  "/private/tmp",
    "/private/var",  "/root",          "/sbin",          "/selinux",  "/srv",
    "/sys",          "/tmp",           "/usr",           "/usr/bin",  "/usr/include",
    "/usr/lib",      "/usr/local/bin", "/usr/local/src", "/usr/sbin", "/usr/share",
    "/usr/src",      "/var",           "/var/log",       "/var/mail", "/var/spool",
    "/var/tmp",      "/var/yp"};
static const char *const common_type_words[] = {"video", "audio", "image", "text", "application"};
static const char *const common_extension_words[] = {"mp2", "mp3",  "mpga",  "wav", "mpeg",
                                                     "mp4", "gif",  "jpeg",  "jpg", "png",
                                                     "htm", "html", "shtml", "pdf"};
static const char *const file_type_words[] = {"application", "audio",   "chemical",    "font",
                                              "image",       "message", "model",       "multipart",
                                              "text",        "video",   "x-conference"};
static const char *const mime_type_words[] = {"application/json",
                                              "application/pdf",
                                              "application/xml",
                                              "application/zip",
                                              "application/gzip",
                                              "application/msword",
                                              "application/octet-stream",
                                              "application/rtf",
                                              "application/atom+xml",
                                              "audio/mpeg",
                                              "audio/ogg",
                                              "audio/wav",
                                              "font/woff2",
                                              "image/bmp",
                                              "image/gif",
                                              "image/jpeg",
                                              "image/png",
                                              "image/svg+xml",
                                              "image/tiff",
                                              "message/http",
                                              "multipart/form-data",
                                              "text/calendar",
                                              "text/css",
                                              "text/csv",
                                              "text/html",
                                              "text/plain",
                                              "video/mp4",
                                              "video/mpeg",
                                              "video/ogg",
                                              "video/quicktime"};
static const char *const job_descriptor_words[] = {
    "Lead",        "Senior",   "Direct",   "Corporate",     "Dynamic",  "Future",
    "Product",     "National", "Regional", "District",      "Central",  "Global",
    "Relational",  "Customer", "Investor", "International", "Legacy",   "Forward",
    "Interactive", "Internal", "Human",    "Chief",         "Principal"};
static const char *const job_area_words[] = {
    "Solutions",      "Program",       "Brand",          "Security",     "Research",
    "Marketing",      "Directives",    "Implementation", "Integration",  "Functionality",
    "Response",       "Paradigm",      "Tactics",        "Identity",     "Markets",
    "Group",          "Resonance",     "Applications",   "Optimization", "Operations",
    "Infrastructure", "Intranet",      "Communications", "Web",          "Branding",
    "Quality",        "Assurance",     "Mobility",       "Accounts",     "Data",
    "Creative",       "Configuration", "Accountability", "Interactions", "Factors",
    "Usability",      "Metrics"};

static const struct word_list lists[] = {
    {STR_INIT("abbreviation"), abbreviation_words, ARRAY_LEN(abbreviation_words)},
    {STR_INIT("account_name"), account_name_words, ARRAY_LEN(account_name_words)},
    {STR_INIT("adjective"), adjective_words, ARRAY_LEN(adjective_words)},
    {STR_INIT("boolean"), booleans, ARRAY_LEN(booleans)},
    {STR_INIT("bs_adjective"), bs_adjective_words, ARRAY_LEN(bs_adjective_words)},
    {STR_INIT("bs_buzz"), bs_buzz_words, ARRAY_LEN(bs_buzz_words)},
    {STR_INIT("bs_noun"), bs_noun_words, ARRAY_LEN(bs_noun_words)},
    {STR_INIT("catch_adjective"), catch_adjective_words, ARRAY_LEN(catch_adjective_words)},
    {STR_INIT("catch_descriptor"), catch_descriptor_words, ARRAY_LEN(catch_descriptor_words)},
    {STR_INIT("catch_noun"), catch_noun_words, ARRAY_LEN(catch_noun_words)},
    {STR_INIT("city"), cities, ARRAY_LEN(cities)},
    {STR_INIT("color"), colors, ARRAY_LEN(colors)},
    {STR_INIT("common_extension"), common_extension_words, ARRAY_LEN(common_extension_words)},
    {STR_INIT("common_type"), common_type_words, ARRAY_LEN(common_type_words)},
    {STR_INIT("company_suffix"), company_suffix_words, ARRAY_LEN(company_suffix_words)},
    {STR_INIT("country"), countries, ARRAY_LEN(countries)},
    {STR_INIT("country_code"), country_codes, ARRAY_LEN(country_codes)},
    {STR_INIT("currency"), currency_words, ARRAY_LEN(currency_words)},
    {STR_INIT("currency_code"), currency_codes, ARRAY_LEN(currency_codes)},
    {STR_INIT("currency_symbol"), currency_symbol_words, ARRAY_LEN(currency_symbol_words)},
    {STR_INIT("db_collation"), db_collation_words, ARRAY_LEN(db_collation_words)},
    {STR_INIT("db_column"), db_column_words, ARRAY_LEN(db_column_words)},
    {STR_INIT("db_engine"), db_engine_words, ARRAY_LEN(db_engine_words)},
    {STR_INIT("db_type"), db_type_words, ARRAY_LEN(db_type_words)},
    {STR_INIT("department"), department_words, ARRAY_LEN(department_words)},
    {STR_INIT("directory"), directory_words, ARRAY_LEN(directory_words)},
    {STR_INIT("extension"), extensions, ARRAY_LEN(extensions)},
    {STR_INIT("file_type"), file_type_words, ARRAY_LEN(file_type_words)},
    {STR_INIT("first_name"), first_names, ARRAY_LEN(first_names)},
    {STR_INIT("ingverb"), ingverb_words, ARRAY_LEN(ingverb_words)},
    {STR_INIT("job"), jobs, ARRAY_LEN(jobs)},
    {STR_INIT("job_area"), job_area_words, ARRAY_LEN(job_area_words)},
    {STR_INIT("job_descriptor"), job_descriptor_words, ARRAY_LEN(job_descriptor_words)},
    {STR_INIT("last_name"), last_names, ARRAY_LEN(last_names)},
    {STR_INIT("locale"), locales, ARRAY_LEN(locales)},
    {STR_INIT("mime_type"), mime_type_words, ARRAY_LEN(mime_type_words)},
    {STR_INIT("month"), months, ARRAY_LEN(months)},
    {STR_INIT("noun"), noun_words, ARRAY_LEN(noun_words)},
    {STR_INIT("prefix"), prefixes, ARRAY_LEN(prefixes)},
    {STR_INIT("product"), products, ARRAY_LEN(products)},
    {STR_INIT("product_adjective"), product_adjective_words, ARRAY_LEN(product_adjective_words)},
    {STR_INIT("product_material"), product_material_words, ARRAY_LEN(product_material_words)},
    {STR_INIT("protocol"), protocols, ARRAY_LEN(protocols)},
    {STR_INIT("street_suffix"), street_suffix_words, ARRAY_LEN(street_suffix_words)},
    {STR_INIT("suffix"), suffixes, ARRAY_LEN(suffixes)},
    {STR_INIT("tld"), tlds, ARRAY_LEN(tlds)},
    {STR_INIT("transaction"), transaction_words, ARRAY_LEN(transaction_words)},
    {STR_INIT("verb"), verb_words, ARRAY_LEN(verb_words)},
    {STR_INIT("weekday"), weekdays, ARRAY_LEN(weekdays)},
    {STR_INIT("word"), words, ARRAY_LEN(words)},
};

static const struct word_list *find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (str_eq(lists[i].name, name))
            return &lists[i];
    }
    return NULL;
}

static const char *pick(const struct word_list *list, struct rng *rng)
{
    return list->words[rng_below(rng, list->count)];
}

const char *words_pick(const char *name, struct rng *rng)
{
    const struct word_list *list = find(str_from_c(name));

    assert(list != NULL);
    return pick(list, rng);
}

size_t words_expand(const char *pattern, struct rng *rng, char *ret, size_t size)
{
    struct str rest = str_from_c(pattern);
    size_t len = 0;

    while (rest.len > 0 && len + 1 < size) {
        char byte = rest.ptr[0];
        if (byte == '{') {
            size_t end = str_find_char(rest, '}');
            const struct word_list *list = find(str_slice(rest, 1, end));
            assert(list != NULL);
            len += (size_t)snprintf(ret + len, size - len, "%s", pick(list, rng));
            rest = str_slice(rest, end + 1, rest.len);
            continue;
        }
        if (byte == '#')
            byte = (char)('0' + rng_below(rng, 10));
        else if (byte == '?')
            byte = (char)('A' + rng_below(rng, 26));
        ret[len++] = byte;
        rest = str_slice(rest, 1, rest.len);
    }
    len = len < size ? len : size - 1;
    ret[len] = '\0';
    return len;
}
