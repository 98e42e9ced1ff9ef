#include "../test.h"

#include "class_name.h"

/* What lodash 4.17.21 makes of them, as newman 6.2.2 asks it: _.camelCase(), ASCII's alone,
 * _.upperFirst(). */
static void classes_are_named_as_newman_names_them(void **state)
{
    static const struct {
        const char *name, *class;
    } rows[] = {
        {"F / GET redirect", "FGetRedirect"},
        {"GET /v2/items/:id", "GetV2ItemsId"},
        {"a_b-c.d", "ABCD"},
        {"HTTPServer error", "HttpServerError"},
        {"XMLHttpRequest2", "XmlHttpRequest2"},
        {"iPhone5s", "IPhone5S"},
        {"ABc", "ABc"},
        {"List a user's items", "ListAUsersItems"},
        {"Get user\u2019s list", "GetUsersList"},
        {"1st item 22nd 11th 3RDs 4THx 21stA", "1stItem22nd11Th3rdS4thX21stA"},
        {"Cr\u00e9er un client", "CreerUnClient"},
        {"e\u0301tude", "Etude"},
        {"stra\u00dfe \u0152UVRE \u0132SSEL", "StrasseOeUvreIjssel"},
        {"x\u00d7y\u00f7z", "XYZ"},
        {"\u65e5\u672c\u8a9e test API", "TestApi"},
        {"\u65e5\u672c\u8a9etest", "Test"},
        {"\u041f\u0440\u0438\u0432\u0435\u0442", ""},
        {"\U0001f680 launch it", "LaunchIt"},
        {"\U0001f469\u200d\u2764\ufe0f\u200d\U0001f468x y", "XY"},
        {"\U0001f44d\U0001f3fd good", "Good"},
        {"\u2714\ufe0f done", "Done"},
        {"", ""},
        {" \u2014 ", ""},
        {"\xe9", ""}, /* no UTF-8 */
    };
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_str_equal(class_name(arena, str_from_c(rows[i].name)), str_from_c(rows[i].class));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(classes_are_named_as_newman_names_them)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
