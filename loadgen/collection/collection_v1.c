/* Postman's first format: requests and folders in lists, put in order by their ids. */
#include "loadgen/api_files.h"

static bool no_memory(struct aws_error *err)
{
    return aws_fail(err, &error_out_of_memory, "the collection does not fit in memory");
}

static bool is_off(const struct json_value *entry)
{
    return json_is(json_member(entry, "enabled"), JSON_FALSE) || json_flag(entry, "disabled");
}

static bool is_filled(const struct json_value *list)
{
    return json_is(list, JSON_ARRAY) && list->child != NULL;
}

bool collection_v1_is(const struct json_value *root)
{
    return json_is(json_member(root, "requests"), JSON_ARRAY) &&
           json_is(json_member(root, "order"), JSON_ARRAY) && json_text(root, "name").len > 0;
}

/* --- lists of names and values -------------------------------------------------------------- */

static void write_pair(struct json_writer *w, struct str key, struct str value, bool off)
{
    json_object_begin(w);
    json_field_string(w, STR("key"), key);
    json_field_string(w, STR("value"), value);
    if (off)
        json_field_bool(w, STR("disabled"), true);
    json_object_end(w);
}

static bool has_key(const struct json_value *list, struct str key)
{
    for (const struct json_value *at = json_elements(list); at != NULL; at = at->next) {
        if (str_eq(json_text(at, "key"), key))
            return true;
    }
    return false;
}

/* "Name: value" lines that `known` has not; "//" takes one out. */
static void write_header_lines(struct json_writer *w, struct str lines,
                               const struct json_value *known)
{
    while (lines.len > 0) {
        struct str line = str_trim(str_split(&lines, '\n'));
        bool off = str_starts_with(line, STR("//"));
        line = str_trim(off ? str_slice(line, 2, line.len) : line);
        struct str name = str_trim(str_split(&line, ':'));
        if (name.len > 0 && !has_key(known, name))
            write_pair(w, name, str_trim(line), off);
    }
}

static void write_headers(struct json_writer *w, const struct json_value *request)
{
    const struct json_value *headers = json_member(request, "headers");
    const struct json_value *data = json_member(request, "headerData");

    json_write_name(w, STR("header"));
    if (json_is(headers, JSON_ARRAY)) {
        json_write_raw(w, headers->raw);
        return;
    }
    json_array_begin(w);
    for (const struct json_value *at = json_elements(data); at != NULL; at = at->next) {
        struct str key = json_text(at, "key");
        bool off = str_starts_with(key, STR("//"));
        write_pair(w, str_trim(off ? str_slice(key, 2, key.len) : key), json_text(at, "value"),
                   off || is_off(at));
    }
    write_header_lines(w, json_text(request, "headers"), data);
    json_array_end(w);
}

/* --- the address ---------------------------------------------------------------------------- */

static void write_query(struct json_writer *w, const struct json_value *list)
{
    json_write_name(w, STR("query"));
    json_array_begin(w);
    for (const struct json_value *at = list->child; at != NULL; at = at->next)
        write_pair(w, json_text(at, "key"), json_text(at, "value"), is_off(at));
    json_array_end(w);
}

static void write_path_variables(struct json_writer *w, const struct json_value *list,
                                 const struct json_value *map)
{
    json_write_name(w, STR("variable"));
    json_array_begin(w);
    for (const struct json_value *at = json_elements(list); at != NULL; at = at->next)
        write_pair(w, json_text(at, "key"), json_text(at, "value"), false);
    for (const struct json_value *at = json_members(map); at != NULL; at = at->next) {
        if (!has_key(list, at->name))
            write_pair(w, at->name, json_string_or(at, STR("")), false);
    }
    json_array_end(w);
}

/* The text as it is, or in parts where parameters are listed beside it. */
static void write_url(struct json_writer *w, const struct json_value *request)
{
    const struct json_value *query = json_member(request, "queryParams");
    const struct json_value *list = json_member(request, "pathVariableData");
    const struct json_value *map = json_member(request, "pathVariables");
    bool has_map = json_is(map, JSON_OBJECT) && map->child != NULL;
    struct str url = json_text(request, "url"), rest = url;
    size_t scheme = str_find(url, STR("://"));

    json_write_name(w, STR("url"));
    if (!is_filled(query) && !is_filled(list) && !has_map) {
        json_write_string(w, url);
        return;
    }
    json_object_begin(w);
    json_field_string(w, STR("raw"), url);
    if (scheme < url.len) {
        json_field_string(w, STR("protocol"), str_slice(url, 0, scheme));
        rest = str_slice(url, scheme + 3, url.len);
    }
    size_t mark = str_find_char(rest, '?');
    struct str place = str_slice(rest, 0, mark);
    size_t slash = str_find_char(place, '/');
    json_field_string(w, STR("host"), str_slice(place, 0, slash));
    if (slash < place.len)
        json_field_string(w, STR("path"), str_slice(place, slash + 1, place.len));
    if (is_filled(query))
        write_query(w, query);
    else if (mark < rest.len)
        json_field_string(w, STR("query"), str_slice(rest, mark + 1, rest.len));
    write_path_variables(w, list, map);
    json_object_end(w);
}

/* --- the body ------------------------------------------------------------------------------- */

static void write_field(struct json_writer *w, const struct json_value *entry)
{
    const struct json_value *value = json_member(entry, "value");
    const struct json_value *source = json_member(entry, "src");
    bool is_file = str_eq(json_text(entry, "type"), STR("file"));

    json_object_begin(w);
    json_field_string(w, STR("key"), json_text(entry, "key"));
    if (is_file) {
        source = source == NULL ? value : source;
        json_field_string(w, STR("type"), STR("file"));
        json_field_raw(w, STR("src"), source == NULL ? STR("null") : source->raw);
    } else if (value != NULL) {
        json_field_raw(w, STR("value"), value->raw);
    }
    if (is_off(entry))
        json_field_bool(w, STR("disabled"), true);
    json_object_end(w);
}

/* v2's word for "dataMode"; without one the data tell it, and nothing at all means no body. */
static struct str body_mode(const struct json_value *request)
{
    static const struct {
        struct str name, mode;
    } rows[] = {
        {STR_INIT("params"), STR_INIT("formdata")},
        {STR_INIT("urlencoded"), STR_INIT("urlencoded")},
        {STR_INIT("raw"), STR_INIT("raw")},
        {STR_INIT("binary"), STR_INIT("file")},
        {STR_INIT("graphql"), STR_INIT("graphql")},
    };
    const struct json_value *mode = json_member(request, "dataMode");

    if (json_is(mode, JSON_NULL))
        return STR("");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(json_text(request, "dataMode"), rows[i].name))
            return rows[i].mode;
    }
    if (json_text(request, "rawModeData").len > 0 || json_text(request, "data").len > 0)
        return STR("raw");
    return is_filled(json_member(request, "data")) ? STR("formdata") : STR("");
}

static void write_body(struct json_writer *w, const struct json_value *request)
{
    struct str mode = body_mode(request), raw = json_text(request, "rawModeData");
    const struct json_value *data = json_member(request, "data");
    const struct json_value *graphql = json_member(request, "graphqlModeData");

    if (mode.len == 0)
        return;
    json_write_name(w, STR("body"));
    json_object_begin(w);
    json_field_string(w, STR("mode"), mode);
    json_write_name(w, mode);
    if (str_eq(mode, STR("raw"))) {
        json_write_string(w, raw.len > 0 ? raw : json_text(request, "data"));
    } else if (str_eq(mode, STR("file"))) {
        json_object_begin(w);
        json_field_string(w, STR("src"), raw);
        json_object_end(w);
    } else if (str_eq(mode, STR("graphql"))) {
        json_write_raw(w, graphql == NULL ? STR("{}") : graphql->raw);
    } else {
        json_array_begin(w);
        for (const struct json_value *at = json_elements(data); at != NULL; at = at->next)
            write_field(w, at);
        json_array_end(w);
    }
    if (json_flag(request, "dataDisabled"))
        json_field_bool(w, STR("disabled"), true);
    json_object_end(w);
}

/* --- auth and scripts ----------------------------------------------------------------------- */

static const struct helper {
    struct str name, type;
    struct {
        const char *from, *to;
    } renamed[6];
} helpers[] = {
    {STR_INIT("basicAuth"), STR_INIT("basic"), {{NULL, NULL}}},
    {STR_INIT("bearerAuth"), STR_INIT("bearer"), {{NULL, NULL}}},
    {STR_INIT("apikeyAuth"), STR_INIT("apikey"), {{NULL, NULL}}},
    {STR_INIT("digestAuth"), STR_INIT("digest"), {{NULL, NULL}}},
    {STR_INIT("oAuth1"),
     STR_INIT("oauth1"),
     {{"header", "addParamsToHeader"},
      {"auto", "autoAddParam"},
      {"includeEmpty", "addEmptyParamsToSign"}}},
    {STR_INIT("oAuth2"), STR_INIT("oauth2"), {{NULL, NULL}}},
    {STR_INIT("hawkAuth"),
     STR_INIT("hawk"),
     {{"hawk_id", "authId"},
      {"hawk_key", "authKey"},
      {"ext", "extraData"},
      {"app", "appId"},
      {"dlg", "delegation"}}},
    {STR_INIT("awsSigV4"), STR_INIT("awsv4"), {{NULL, NULL}}},
    {STR_INIT("ntlmAuth"), STR_INIT("ntlm"), {{NULL, NULL}}},
};

static struct str new_name(const struct helper *helper, struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(helper->renamed) && helper->renamed[i].from != NULL; i++) {
        if (str_eq(name, str_from_c(helper->renamed[i].from)))
            return str_from_c(helper->renamed[i].to);
    }
    return name;
}

/* An "auth" as in v2, or the older "currentHelper" with its attributes. */
static void write_auth(struct json_writer *w, const struct json_value *entity)
{
    const struct json_value *auth = json_member(entity, "auth");
    const struct json_value *values = json_member(entity, "helperAttributes");
    struct str name = json_text(entity, "currentHelper");

    if (json_is(auth, JSON_OBJECT) && json_member(entity, "currentHelper") == NULL) {
        json_field_raw(w, STR("auth"), auth->raw);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(helpers); i++) {
        if (!str_eq(helpers[i].name, name))
            continue;
        json_write_name(w, STR("auth"));
        json_object_begin(w);
        json_field_string(w, STR("type"), helpers[i].type);
        json_write_name(w, helpers[i].type);
        json_object_begin(w);
        for (const struct json_value *at = json_members(values); at != NULL; at = at->next)
            json_field_raw(w, new_name(&helpers[i], at->name), at->raw);
        json_object_end(w);
        json_object_end(w);
    }
}

static void write_script(struct json_writer *w, const char *listen, const struct json_value *script)
{
    if (script == NULL || json_is(script, JSON_NULL) ||
        (script->type == JSON_STRING && script->text.len == 0))
        return;
    json_object_begin(w);
    json_field_string(w, STR("listen"), str_from_c(listen));
    json_write_name(w, STR("script"));
    json_object_begin(w);
    json_field_raw(w, STR("exec"), script->raw);
    json_object_end(w);
    json_object_end(w);
}

static void write_events(struct json_writer *w, const struct json_value *entity)
{
    const struct json_value *events = json_member(entity, "events");
    const struct json_value *tests = json_member(entity, "tests");
    const struct json_value *before = json_member(entity, "preRequestScript");

    json_write_name(w, STR("event"));
    if (tests == NULL && before == NULL && json_is(events, JSON_ARRAY)) {
        json_write_raw(w, events->raw);
        return;
    }
    json_array_begin(w);
    write_script(w, "test", tests);
    write_script(w, "prerequest", before);
    json_array_end(w);
}

/* What collection, folder and request have alike. */
static void write_common(struct json_writer *w, const struct json_value *entity)
{
    const struct json_value *behavior = json_member(entity, "protocolProfileBehavior");
    const struct json_value *variables = json_member(entity, "variables");

    json_field_string(w, STR("id"), json_text(entity, "id"));
    json_field_string(w, STR("name"), json_text(entity, "name"));
    write_events(w, entity);
    if (json_is(behavior, JSON_OBJECT))
        json_field_raw(w, STR("protocolProfileBehavior"), behavior->raw);
    if (json_is(variables, JSON_ARRAY))
        json_field_raw(w, STR("variable"), variables->raw);
}

/* --- the tree ------------------------------------------------------------------------------- */

static void write_request(struct json_writer *w, const struct json_value *request)
{
    json_object_begin(w);
    write_common(w, request);
    json_write_name(w, STR("request"));
    json_object_begin(w);
    if (json_text(request, "method").len > 0)
        json_field_string(w, STR("method"), json_text(request, "method"));
    if (json_text(request, "description").len > 0)
        json_field_string(w, STR("description"), json_text(request, "description"));
    write_auth(w, request);
    write_headers(w, request);
    write_body(w, request);
    write_url(w, request);
    json_object_end(w);
    json_object_end(w);
}

static const struct json_value *with_id(const struct json_value *list, const struct json_value *id)
{
    for (const struct json_value *at = json_elements(list); at != NULL && json_is(id, JSON_STRING);
         at = at->next) {
        if (str_eq(json_text(at, "id"), id->text))
            return at;
    }
    return NULL;
}

struct walk {
    const struct json_value *folders, *requests;
    struct json_writer *writer;
    size_t steps; /* folders that are within each other would not end */
};

static void write_requests(const struct walk *walk, const struct json_value *order)
{
    for (const struct json_value *at = json_elements(order); at != NULL; at = at->next) {
        const struct json_value *request = with_id(walk->requests, at);
        if (request != NULL)
            write_request(walk->writer, request);
    }
}

static void write_folders(struct walk *walk, const struct json_value *order, int depth)
{
    for (const struct json_value *at = json_elements(order); at != NULL; at = at->next) {
        const struct json_value *folder = with_id(walk->folders, at);
        if (folder == NULL || depth > API_DEPTH_MAX || ++walk->steps > API_OPERATIONS_MAX)
            continue;
        json_object_begin(walk->writer);
        write_common(walk->writer, folder);
        write_auth(walk->writer, folder);
        json_write_name(walk->writer, STR("item"));
        json_array_begin(walk->writer);
        write_folders(walk, json_member(folder, "folders_order"), depth + 1);
        write_requests(walk, json_member(folder, "order"));
        json_array_end(walk->writer);
        json_object_end(walk->writer);
    }
}

static bool is_within_another(const struct json_value *folders, struct str id)
{
    for (const struct json_value *at = folders->child; at != NULL; at = at->next) {
        const struct json_value *order = json_member(at, "folders_order");
        for (const struct json_value *one = json_elements(order); one != NULL; one = one->next) {
            if (json_is(one, JSON_STRING) && str_eq(one->text, id))
                return true;
        }
    }
    return false;
}

/* Without an order of the folders: as they come, but for those within others. */
static void write_tree(struct walk *walk, const struct json_value *root)
{
    const struct json_value *order = json_member(root, "folders_order");

    if (json_is(order, JSON_ARRAY) || !is_filled(walk->folders)) {
        write_folders(walk, order, 0);
    } else {
        for (const struct json_value *at = walk->folders->child; at != NULL; at = at->next) {
            const struct json_value *id = json_member(at, "id");
            struct json_value one = {.type = JSON_ARRAY, .child = NULL};
            struct json_value only;
            if (!json_is(id, JSON_STRING) || is_within_another(walk->folders, id->text))
                continue;
            only = *id;
            only.next = NULL;
            one.child = &only;
            write_folders(walk, &one, 0);
        }
    }
    write_requests(walk, json_member(root, "order"));
}

bool collection_v1_convert(const struct json_value *root, struct arena *arena, struct str *ret,
                           struct aws_error *err)
{
    struct buffer out;
    struct json_writer writer;
    struct walk walk = {json_member(root, "folders"), json_member(root, "requests"), &writer, 0};

    buffer_init(&out, arena);
    json_writer_init(&writer, &out, JSON_COMPACT);
    json_object_begin(&writer);
    json_write_name(&writer, STR("info"));
    json_object_begin(&writer);
    json_field_string(&writer, STR("_postman_id"), json_text(root, "id"));
    json_field_string(&writer, STR("name"), json_text(root, "name"));
    json_object_end(&writer);
    write_common(&writer, root);
    write_auth(&writer, root);
    json_write_name(&writer, STR("item"));
    json_array_begin(&writer);
    write_tree(&walk, root);
    json_array_end(&writer);
    json_object_end(&writer);
    return buffer_done(&out, ret) || no_memory(err);
}
