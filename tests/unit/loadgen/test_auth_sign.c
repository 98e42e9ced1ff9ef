/* Each signer against the vectors that its specification publishes. */
#include "../test.h"

#include "loadgen/auth_sign.h"

struct fixture {
    struct arena *arena;
    struct rng rng;
    struct fake_clock clock;
    struct aws_error err;
    struct url url;
    struct signature signature;
};

static int set_up(void **state)
{
    static struct fixture f;

    memset(&f, 0, sizeof(f));
    f.arena = arena_new(16 << 20);
    rng_init(&f.rng, 1);
    fake_clock_init(&f.clock, 0);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    arena_free(((struct fixture *)*state)->arena);
    return 0;
}

/* "name=value" texts up to NULL. */
static struct pair_list pairs(struct fixture *f, const char *const *texts)
{
    struct pair_list list = {arena_alloc_array(f->arena, 32, sizeof(struct pair)), 0};

    for (; texts != NULL && *texts != NULL; texts++) {
        struct str value = str_from_c(*texts);
        struct str name = str_split(&value, '=');
        list.rows[list.count++] = (struct pair){name, value, true};
    }
    return list;
}

struct vector {
    const char *name;
    enum auth_type type;
    const char *attributes[20];
    const char *method, *url;
    const char *headers[8];
    const char *form[8];
    const char *body;
    int64_t at_s;
    const char *ends; /* of the Authorization header */
};

static void sign(struct fixture *f, const struct vector *vector)
{
    fake_clock_init(&f->clock, vector->at_s * 1000);
    struct signing signing = {&f->rng, &f->clock.clock, f->arena};
    struct pair_list attributes = pairs(f, vector->attributes);
    struct signable request = {.method = str_from_c(vector->method), .url = &f->url};

    if (!url_read(str_from_c(vector->url), &f->url, &f->err))
        fail_msg("%s: %s", vector->name, f->err.message);
    request.path = f->url.path.len == 0 ? STR("/") : f->url.path;
    request.query = f->url.query;
    request.headers = pairs(f, vector->headers);
    request.form = pairs(f, vector->form);
    request.has_form = request.form.count > 0;
    request.body = str_from_c(vector->body);
    f->signature = (struct signature){0};
    if (!auth_sign(vector->type, &attributes, &request, &signing, &f->signature, &f->err))
        fail_msg("%s: %s", vector->name, f->err.message);
}

static struct str header(const struct fixture *f, struct str name)
{
    for (size_t i = 0; i < f->signature.header_count; i++) {
        if (str_eq(f->signature.headers[i].name, name))
            return f->signature.headers[i].value;
    }
    return (struct str){0};
}

static void assert_rows(struct fixture *f, const struct vector *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sign(f, &rows[i]);
        struct str value = header(f, STR("Authorization"));
        if (!str_ends_with(value, str_from_c(rows[i].ends)))
            fail_msg("%s: '%.*s' does not end in '%s'", rows[i].name, STR_ARG(value), rows[i].ends);
    }
}

/* --- AWS ------------------------------------------------------------------------------------ */

#define SUITE                                                                                      \
    AUTH_AWSV4,                                                                                    \
    {                                                                                              \
        "accessKey=AKIDEXAMPLE", "secretKey=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",             \
            "region=us-east-1", "service=service"                                                  \
    }
#define S3                                                                                         \
    AUTH_AWSV4,                                                                                    \
    {                                                                                              \
        "accessKey=AKIAIOSFODNN7EXAMPLE", "secretKey=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",    \
            "region=us-east-1", "service=s3"                                                       \
    }
enum { SUITE_S = 1440938160, S3_S = 1369353600 };

/*
 * Sources: the AWS Signature Version 4 test suite (names as there); IAM User
 * Guide, "Create a signed request"; S3 API Reference, "Examples: Signature Calculations".
 */
static void aws_signs_as_published(void **state)
{
    static const struct vector rows[] = {
        {"get-vanilla",
         SUITE,
         "GET",
         "https://example.amazonaws.com/",
         {NULL},
         {NULL},
         "",
         SUITE_S,
         "SignedHeaders=host;x-amz-date, "
         "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"get-vanilla-query-order-key-case",
         SUITE,
         "GET",
         "https://example.amazonaws.com/?Param2=value2&Param1=value1",
         {NULL},
         {NULL},
         "",
         SUITE_S,
         "Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        {"get-vanilla-query-unreserved",
         SUITE,
         "GET",
         "https://example.amazonaws.com/"
         "?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789"
         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
         {NULL},
         {NULL},
         "",
         SUITE_S,
         "Signature=9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
        {"get-utf8",
         SUITE,
         "GET",
         "https://example.amazonaws.com/\xe1\x88\xb4",
         {NULL},
         {NULL},
         "",
         SUITE_S,
         "Signature=8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
        {"post-vanilla",
         SUITE,
         "POST",
         "https://example.amazonaws.com/",
         {NULL},
         {NULL},
         "",
         SUITE_S,
         "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
        {"post-header-key-sort",
         SUITE,
         "POST",
         "https://example.amazonaws.com/",
         {"My-Header1=value1"},
         {NULL},
         "",
         SUITE_S,
         "SignedHeaders=host;my-header1;x-amz-date, "
         "Signature=c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
        {"get-header-value-trim",
         SUITE,
         "GET",
         "https://example.amazonaws.com/",
         {"My-Header1= value1", "My-Header2= \"a   b   c\""},
         {NULL},
         "",
         SUITE_S,
         "Signature=acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
        {"normalize-path/get-relative-relative",
         SUITE,
         "GET",
         "https://example.amazonaws.com/example1/example2/../..",
         {NULL},
         {NULL},
         "",
         SUITE_S,
         "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"normalize-path/get-slash-dot-slash",
         SUITE,
         "GET",
         "https://example.amazonaws.com/./",
         {NULL},
         {NULL},
         "",
         SUITE_S,
         "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"normalize-path/get-slash",
         SUITE,
         "GET",
         "https://example.amazonaws.com//",
         {NULL},
         {NULL},
         "",
         SUITE_S,
         "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"IAM ListUsers",
         AUTH_AWSV4,
         {"accessKey=AKIDEXAMPLE", "secretKey=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
          "service=iam"},
         "GET",
         "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
         {"Content-Type=application/x-www-form-urlencoded; charset=utf-8"},
         {NULL},
         "",
         SUITE_S,
         "Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
         "SignedHeaders=content-type;host;x-amz-date, "
         "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
        {"S3 PUT Object",
         S3,
         "PUT",
         "https://examplebucket.s3.amazonaws.com/test%24file.text",
         {"Date=Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class=REDUCED_REDUNDANCY"},
         {NULL},
         "Welcome to Amazon S3.",
         S3_S,
         "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, "
         "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        {"S3 GET Bucket Lifecycle",
         S3,
         "GET",
         "https://examplebucket.s3.amazonaws.com/?lifecycle",
         {NULL},
         {NULL},
         "",
         S3_S,
         "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {"S3 Get Bucket (List Objects)",
         S3,
         "GET",
         "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J",
         {NULL},
         {NULL},
         "",
         S3_S,
         "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };

    assert_rows(*state, rows, ARRAY_LEN(rows));
}

/* Source: S3 API Reference, "Authenticating Requests: Using Query Parameters". */
static void aws_signs_in_the_query_as_published(void **state)
{
    struct fixture *f = *state;
    static const struct vector vector = {"presigned",
                                         AUTH_AWSV4,
                                         {"accessKey=AKIAIOSFODNN7EXAMPLE",
                                          "secretKey=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                                          "service=s3", "addAuthDataToQuery=true"},
                                         "GET",
                                         "https://examplebucket.s3.amazonaws.com/test.txt",
                                         {NULL},
                                         {NULL},
                                         "",
                                         S3_S,
                                         NULL};

    sign(f, &vector);
    assert_str_equal(f->signature.parameters[f->signature.parameter_count - 1].value,
                     STR("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
    assert_int_equal(header(f, STR("Authorization")).len, 0);
}

/* --- OAuth 1.0 ------------------------------------------------------------------------------ */

/* Source: RFC 5849, section 1.2 (its first signature is not that of its text) and, for the base
 * string with form and query, section 3.4.1.1 with the values of errata 2550. */
static void oauth1_signs_as_the_rfc_does(void **state)
{
    static const struct vector rows[] = {
        {"token",
         AUTH_OAUTH1,
         {"consumerKey=dpf43f3p2l4k3l03", "consumerSecret=kd94hf93k423kf44",
          "token=hh5s93j4hdidpola", "tokenSecret=hdhd0244k9j7ao03", "signatureMethod=HMAC-SHA1",
          "timestamp=137131201", "nonce=walatlh", "verifier=hfdp7dh39dks9884", "realm=Photos",
          "addParamsToHeader=true"},
         "POST",
         "https://photos.example.net/token",
         {NULL},
         {NULL},
         "",
         0,
         "oauth_signature=\"gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D\""},
        {"photos",
         AUTH_OAUTH1,
         {"consumerKey=dpf43f3p2l4k3l03", "consumerSecret=kd94hf93k423kf44",
          "token=nnch734d00sl2jdk", "tokenSecret=pfkkdhi9sl3r4s00", "signatureMethod=HMAC-SHA1",
          "timestamp=137131202", "nonce=chapoH", "realm=Photos", "addParamsToHeader=true"},
         "GET",
         "http://photos.example.net/photos?file=vacation.jpg&size=original",
         {NULL},
         {NULL},
         "",
         0,
         "oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\""},
        {"plaintext",
         AUTH_OAUTH1,
         {"consumerKey=jd83jd92dhsh93js", "consumerSecret=ja893SD9", "signatureMethod=PLAINTEXT",
          "timestamp=1", "nonce=n", "tokenSecret=xyz4992k83j47x0b", "token=t",
          "addParamsToHeader=true"},
         "POST",
         "https://server.example.com/",
         {NULL},
         {NULL},
         "",
         0,
         "oauth_signature=\"ja893SD9%26xyz4992k83j47x0b\""},
        {"form and query",
         AUTH_OAUTH1,
         {"consumerKey=9djdj82h48djs9d2", "consumerSecret=j49sk3j29djd", "token=kkk9d7dh3k39sjv7",
          "tokenSecret=dh893hdasih9", "signatureMethod=HMAC-SHA1", "timestamp=137131201",
          "nonce=7d8f3e4a", "realm=Example", "addParamsToHeader=true"},
         "POST",
         "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
         {NULL},
         {"c2=", "a3=2 q"},
         "",
         0,
         "oauth_signature=\"r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D\""},
    };

    assert_rows(*state, rows, ARRAY_LEN(rows));
}

static void oauth1_parameters_go_where_they_are_asked_for(void **state)
{
    struct fixture *f = *state;
    static const struct vector rows[] = {
        {"query",
         AUTH_OAUTH1,
         {"consumerKey=k", "consumerSecret=s"},
         "GET",
         "http://h/?a=1",
         {NULL},
         {NULL},
         "",
         0,
         NULL},
        {"form",
         AUTH_OAUTH1,
         {"consumerKey=k", "consumerSecret=s"},
         "POST",
         "http://h/",
         {NULL},
         {"a=1"},
         "",
         0,
         NULL},
        {"nothing without a secret",
         AUTH_OAUTH1,
         {"consumerKey=k"},
         "GET",
         "http://h/",
         {NULL},
         {NULL},
         "",
         0,
         NULL},
    };

    sign(f, &rows[0]);
    assert_false(f->signature.in_form);
    assert_str_equal(f->signature.parameters[0].name, STR("oauth_consumer_key"));
    assert_int_equal(f->signature.header_count, 0);
    sign(f, &rows[1]);
    assert_true(f->signature.in_form);
    sign(f, &rows[2]);
    assert_int_equal(f->signature.parameter_count + f->signature.header_count, 0);
}

/* --- Hawk ----------------------------------------------------------------------------------- */

/* Source: github.com/mozilla/hawk, API.md, "Protocol Example" and "Payload Validation". */
static void hawk_signs_as_its_readme_does(void **state)
{
    static const struct vector rows[] = {
        {"protocol example",
         AUTH_HAWK,
         {"authId=dh37fgj492je", "authKey=werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn",
          "algorithm=sha256", "timestamp=1353832234", "nonce=j4h3g2",
          "extraData=some-app-ext-data"},
         "GET",
         "http://example.com:8000/resource/1?b=1&a=2",
         {NULL},
         {NULL},
         "",
         0,
         "Hawk id=\"dh37fgj492je\", ts=\"1353832234\", nonce=\"j4h3g2\", "
         "ext=\"some-app-ext-data\", mac=\"6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=\""},
        {"payload validation",
         AUTH_HAWK,
         {"authId=dh37fgj492je", "authKey=werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn",
          "algorithm=sha256", "timestamp=1353832234", "nonce=j4h3g2", "extraData=some-app-ext-data",
          "includePayloadHash=true"},
         "POST",
         "http://example.com:8000/resource/1?b=1&a=2",
         {"Content-Type=text/plain"},
         {NULL},
         "Thank you for flying Hawk",
         0,
         "hash=\"Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=\", ext=\"some-app-ext-data\", "
         "mac=\"aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw=\""},
    };

    assert_rows(*state, rows, ARRAY_LEN(rows));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(aws_signs_as_published),        CASE(aws_signs_in_the_query_as_published),
        CASE(oauth1_signs_as_the_rfc_does),  CASE(oauth1_parameters_go_where_they_are_asked_for),
        CASE(hawk_signs_as_its_readme_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
