#include "loadgen/load_arguments.h"

#include "base/cores.h"

#define OFFSET(member) offsetof(struct load_arguments, member)
static const struct option_row option_rows[] = {
    {"what is sent", 0, OPTION_HEADING, 0, "", "", 0, 0, NULL},
    {"environment", 'e', OPTION_TEXT, OFFSET(environment), "FILE",
     "a Postman environment: {{names}} and their values", 0, 0, NULL},
    {"globals", 'g', OPTION_TEXT, OFFSET(globals), "FILE", "Postman globals", 0, 0, NULL},
    {"env-var", 0, OPTION_LIST, OFFSET(env_vars), "NAME=VALUE",
     "one more value, over the environment's (repeatable)", 0, 0, NULL},
    {"global-var", 0, OPTION_LIST, OFFSET(global_vars), "NAME=VALUE",
     "one more global value (repeatable)", 0, 0, NULL},
    {"data", 'd', OPTION_TEXT, OFFSET(data), "FILE",
     "rows of values: CSV with a heading, or a JSON array of objects", 0, 0, NULL},
    {"working-dir", 0, OPTION_TEXT, OFFSET(working_dir), "DIR",
     "where the files of bodies are (default: here)", 0, 0, NULL},
    {"data-order", 0, OPTION_CHOICE, OFFSET(data_order), "ordered|randomized",
     "user 1 has row 1 throughout (default), or any row at each iteration", 0, 0,
     "ordered|randomized"},
    {"scripts", 0, OPTION_FLAG, OFFSET(scripts), "",
     "run the collection's scripts (default; --no-scripts leaves them out)", 0, 0, NULL},
    {"timeout-script", 0, OPTION_DURATION, OFFSET(timeout_script_ms), "TIME",
     "stop a script after this long (default 10s of running, 60s of waiting)", 0, 86400000, NULL},
    {"how many and how long", 0, OPTION_HEADING, 0, "", "", 0, 0, NULL},
    {"vus", 'u', OPTION_INT, OFFSET(shape.users), "N", "virtual users (default 10)", 1, 100000,
     NULL},
    {"duration", 't', OPTION_DURATION, OFFSET(shape.duration_ms), "TIME",
     "how long: 15s, 2m, 1h (default 1m; without end when --iterations is given)", 1,
     INT64_C(1000) * 86400 * 30, NULL},
    {"iterations", 'n', OPTION_INT, OFFSET(shape.iterations), "N",
     "stop after N iterations, of all users together", 1, INT64_MAX, NULL},
    {"profile", 'p', OPTION_CHOICE, OFFSET(shape.profile), PROFILE_NAMES,
     "how the number of users moves (default ramp-up; fixed with --rate\nor with --iterations "
     "alone); see below",
     0, 0, PROFILE_NAMES},
    {"low", 0, OPTION_INT, OFFSET(shape.low), "PERCENT", "the profile's low level, of the users", 0,
     100, NULL},
    {"rise-from", 0, OPTION_INT, OFFSET(shape.rise_from), "PERCENT",
     "when the users begin to rise, of the duration", 0, 100, NULL},
    {"rise-to", 0, OPTION_INT, OFFSET(shape.rise_to), "PERCENT", "when all users are there", 0, 100,
     NULL},
    {"fall-from", 0, OPTION_INT, OFFSET(shape.fall_from), "PERCENT", "when they begin to fall", 0,
     200, NULL},
    {"fall-to", 0, OPTION_INT, OFFSET(shape.fall_to), "PERCENT", "when they are low again", 0, 200,
     NULL},
    {"think-time", 0, OPTION_TEXT, OFFSET(shape.think_time), "TIME[-TIME]",
     "a user's pause after each answer: 1s, or anything within 500ms-2s", 0, 0, NULL},
    {"at a rate instead", 0, OPTION_HEADING, 0, "", "", 0, 0, NULL},
    {"rate", 0, OPTION_TEXT, OFFSET(shape.rate), "R/s[:TIME,...]",
     "requests a second, whatever the answers do, in steps if wanted\n(100/s:30s,500/s:1m); times "
     "count from when a request was due; --vus\nbounds how many are in flight",
     0, 0, NULL},
    {"rate-trace", 0, OPTION_TEXT, OFFSET(shape.rate_trace), "FILE",
     "the same from a file: a line for each request's second, or lines\n\"second,rate\"", 0, 0,
     NULL},
    {"connections", 0, OPTION_HEADING, 0, "", "", 0, 0, NULL},
    {"timeout-request", 0, OPTION_DURATION, OFFSET(timeout_ms), "TIME",
     "give up on an answer after this long (default 30s; 0: never)", 0, 86400000, NULL},
    HTTP_VERSION_ROWS(struct load_arguments, version),
    {"proxy", 0, OPTION_TEXT, OFFSET(proxy), "URL",
     "send everything through this proxy: http://[name:password@]host:port", 0, 0, NULL},
    {"insecure", 'k', OPTION_FLAG, OFFSET(insecure), "",
     "https: take any certificate of the server's", 0, 0, NULL},
    {"cacert", 0, OPTION_TEXT, OFFSET(ca_file), "FILE.pem",
     "https: authorities to trust beside the system's", 0, 0, NULL},
    {"cert", 0, OPTION_TEXT, OFFSET(cert_file), "FILE.pem",
     "https: our certificate, with its chain", 0, 0, NULL},
    {"key", 0, OPTION_TEXT, OFFSET(key_file), "FILE.pem",
     "https: its private key (default: in the same file)", 0, 0, NULL},
    {"passphrase", 0, OPTION_TEXT, OFFSET(passphrase), "TEXT", "https: of the private key", 0, 0,
     NULL},
    {"conditions", 0, OPTION_HEADING, 0, "", "", 0, 0, NULL},
    {"errors", 0, OPTION_CHOICE, OFFSET(errors), "runtime|non-2xx",
     "what error % counts: requests without an answer (default, as\nPostman), or answers other "
     "than 2xx too",
     0, 0, "runtime|non-2xx"},
    {"abort-on-fail", 0, OPTION_FLAG, OFFSET(abort_on_fail), "",
     "end the run as soon as a condition is violated by what was measured", 0, 0, NULL},
    {"abort-after", 0, OPTION_DURATION, OFFSET(abort_after_ms), "TIME",
     "but not before this much of it (default 5s)", 0, INT64_C(1000) * 86400 * 30, NULL},
    OUTPUTS_ROWS(struct load_arguments, outputs),
    {"prometheus", 0, OPTION_TEXT, OFFSET(prometheus), "[HOST:]PORT",
     "answer GET /metrics while the run lasts (port 0: a free one, told)", 0, 0, NULL},
    {"this machine", 0, OPTION_HEADING, 0, "", "", 0, 0, NULL},
    {"segment", 0, OPTION_TEXT, OFFSET(shape.segment), "I/N",
     "this machine's part of a run of N: its share of users, rate, rows and\niterations; 'squall "
     "merge' adds the results up",
     0, 0, NULL},
    {"threads", 0, OPTION_INT, OFFSET(shape.threads), "N",
     "loops, each on a thread and with its share of the users (default:\none a core that may be "
     "used, but 64 users or more for each)",
     1, THREADS_MAX, NULL},
    {"seed", 0, OPTION_INT, OFFSET(seed), "N", "all chance from this seed", 0, INT64_MAX, NULL},
    {"quiet", 'q', OPTION_FLAG, OFFSET(quiet), "", "no progress and no notices: only the table", 0,
     0, NULL},
};

static const struct command_help help_text = {
    "squall load COLLECTION|OPENAPI|HAR|URL [options]",
    "Puts concurrent users on a Postman collection (v2.0, v2.1), an OpenAPI description, a "
    "HAR\narchive, or one URL.",
    "profiles: level of users over time, in percent of --vus and of --duration\n"
    "  fixed    100 % throughout\n"
    "  ramp-up  25 % rising evenly to 100 % at half time, then holding\n"
    "  spike    10 % until 40 % of the time, 100 % at half time, 10 % again at 60 %\n"
    "  peak     20 % until 20 %, 100 % from 40 % to 60 %, 20 % again at 80 %\n"
    "\n"
    "conditions: avg min max p50 p90 p95 p99 p99.9 in ms (or 2s, 300us), rps, error_pct, errors,\n"
    "  non_2xx, failure_pct (failed tests), tests, failed_tests, requests; of one request:\n"
    "  'p95[create]>500ms'; without coordinated omission: 'corrected_p99>1s'; as Postman's:\n"
    "  'less_than(p95, 500)'\n"
    "\n"
    "examples\n"
    "  squall load http://127.0.0.1:8080/ --vus 50 --duration 15s\n"
    "  squall load shop.json -e local.json -d users.csv --vus 10 --duration 2m --out report.html\n"
    "  squall load openapi.yaml --env-var baseUrl=http://127.0.0.1:3000 --env-var petId=7\n"
    "  squall load access.har --vus 5 --iterations 100\n"
    "  squall load shop.json --profile spike --fail-if 'p95>500ms' --fail-if 'error_pct>0.1'\n"
    "  squall load shop.json --vus 1 --iterations 1      once through, to see that it works\n"
    "  squall load shop.json --rate 200/s --vus 64       200 requests a second, come what may\n"
    "  squall load shop.json --rate 50/s:1m,500/s:10s,50/s:1m --abort-on-fail --fail-if 'p99>2s'\n"
    "\n"
    "exit status: 0 done, 1 a condition was violated, 2 usage, 3 a file or the target is not "
    "there\n",
};

bool load_arguments_read(int argc, char **argv, struct load_arguments *ret, bool *ret_help,
                         struct aws_error *err)
{
    size_t positional_count = 0;

    *ret = (struct load_arguments){.shape = {.users = 10,
                                             .cores = cores_available(),
                                             .low = -1,
                                             .rise_from = -1,
                                             .rise_to = -1,
                                             .fall_from = -1,
                                             .fall_to = -1},
                                   .scripts = true,
                                   .timeout_ms = 30000,
                                   .abort_after_ms = 5000,
                                   .seed = -1};
    if (!options_parse(option_rows, ARRAY_LEN(option_rows), &help_text, argc, argv, ret,
                       &ret->source, 1, &positional_count, ret_help, err))
        return false;
    return *ret_help || positional_count == 1 ||
           aws_fail(err, &error_usage,
                    "a collection or URL is missing; 'squall load --help' shows examples");
}
