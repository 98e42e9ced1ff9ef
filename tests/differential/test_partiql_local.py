"""PartiQL statements to `squall serve` and to Amazon DynamoDB Local, which must answer the same.

Where DynamoDB Local is known to differ from the service (the details of syntax errors, some positions, ORDER BY without
the sort key, branches of an OR that overlap) nothing is compared here: tests/unit and tests/integration have the
service's own answers.
"""

import re

import pytest
from test_dynamodb_local import ITEM, both, local, plain, pytestmark, squall  # noqa: F401: fixtures

WHERES = """
n = 5|n = 5.0|n = 5e0|n <> 5|n != 5|n < 99|n <= 99|n > 99|n >= 5|n = '5'|n < '5'|absent = 5|absent <> 5|absent < 5
n BETWEEN 1 AND 99|n BETWEEN 99 AND 1|n NOT BETWEEN 1 AND 99|n BETWEEN 1 AND 'a'|n IN [1, 5]|n IN (1, 5)|n IN (5)
n IN <<5, 6>>|n NOT IN [1, 5]|n IN []|n IN 5|5 IN [n]|n IN [m.k, l[0]]|str = 'hello'|str = 'hel''lo'|'hello' = str
begins_with(str, 'he')|begins_with(n, 'he')|begins_with(str, 1)|begins_with(absent, 'he')|BEGINS_WITH("str", 'he')
contains(str, 'ell')|contains(ss, 'x')|contains(ns, 1)|contains(l, 1)|contains(str, str)|contains(str, 1)
contains(ss, 'x') = TRUE|contains(ss, 'x') = FALSE|TRUE = contains(ss, 'x')|contains(ss, 'x') <> TRUE
(n = 5) = TRUE|n = 5 = TRUE|(n = 5) = NULL|(n = 5) <> 1|NOT contains(ss, 'x') = TRUE
size(str) = 5|size(l) > 1|size(m) > 1|size(ss) = 2|size(n) = 5|size('abc') = 3|size(size(ss)) = 1|size(ss)|size(ss) IN [2]
attribute_exists(n)|attribute_exists(m.a.b)|attribute_exists(l[9])|attribute_exists(l[3].x)|attribute_exists('n')
attribute_not_exists(absent)|attribute_not_exists(n)|attribute_type(n, 'N')|attribute_type(n, 'Q')|attribute_type(n, 5)
attribute_exists(n, n)|attribute_exists()|nope(n)|if_not_exists(n, 5) = 5|list_append(l, [1]) = l|set_add(ss, <<'x'>>) = ss
nil IS NULL|nil IS NOT NULL|absent IS NULL|absent IS NOT NULL|absent IS MISSING|n IS MISSING|n IS NOT MISSING
NOT absent IS MISSING|nil = NULL|n = MISSING|n IS NUMERIC|str IS STRING|str IS NUMERIC|yes IS BOOLEAN|yes IS BOOL
bin IS BLOB|l IS LIST|m IS STRUCT|m IS TUPLE|ss IS BAG|n IS INT|n IS DECIMAL|str IS VARCHAR|'a' IS STRING|5 IS STRING
size(str) IS NUMERIC|MISSING IS MISSING|n IS FOO|yes = TRUE|yes = false|yes|TRUE|yes AND n = 5|n = 5 AND TRUE|NOT yes
NOT n = 5|NOT (n = 5)|NOT NOT n = 5|n = 5 AND str = 'hello'|n = 4 OR str = 'hello'|n = 4 OR str = 'x' AND n = 5
(n = 4 OR str = 'hello') AND n = 5|((n = 5))|(n) = (5)|n = str|n = n|m.k = l[0]|m.a.b = 'deep'|m['a']['b'] = 'deep'
m."a".b = 'deep'|l[0] = 1|l[2][0] = 3|l[-1] = 1|l[99999999999] = 1|l[1.0] = 1|l[*] = 1|m.* = 1|l[1+1] = 1|m.select = 1
l = [1, 'two', [3], {'x': 4}]|m = {'q': 1}|ss = <<'y', 'x'>>|ns = <<2.50, 1>>|ss = <<>>|ss = <<1, 'a'>>|ss = <<TRUE>>
n + 1 = 6|n = 1 + 4|n = -5|n = - 5|n = +5|n > - -1|str || 'a' = 'b'|str LIKE 'h%'|str NOT LIKE 'h%'|n * 1 = 5
n < TRUE|n < [1]|n < NULL|n <= {'a': 1}|p.x = 5|p[0] = 5|select = 5|value = 5|data = 5|name = 5|@n = 5|$x = 5|_n = 5
1 = 1|1 = 2|'a' = 'a' AND 2 = 2|n = |= n|n 5|n = 5 AND|n = 5 OR OR n = 5|n == 5|n = 5)|(n = 5|n IN ()|n IN (5,)
n BETWEEN 1|n BETWEEN 1 OR 5|n = 5 ;|n = 5;;|n = 5 -- note|n = 5 /* note */|n = 5 /* note|n = 5 # note|n = 5 foo
p = 'a'|p = 'a' AND n = 5|p = 'b'|p IN ['a', 'b']|p = 'a' OR p = 'b'|p = 'a' OR n = 5|p > 'a'|p <> 'a'|NOT p = 'a'
p = 'a' AND p = 'a'|p = 'a' AND p = 'b'|p = 1|p > 1|p = ''|p > ''|contains(p, 'a')|begins_with(p, 'a')|size(p) = 1|p = n
'a' = p|p = NULL|p = 'a' AND m.k = 1|p BETWEEN 'a' AND 'b'|p = 'a' AND (n = 5 OR n = 6)|p = 'a' GROUP BY p|p = 'a' LIMIT 1
n = 1e126|n = 123456789012345678901234567890123456789|n = 1e-131|n = -0.0
""".replace("\n", "|").split("|")

COLUMNS = """
*|p|n, str|m.k|m['k']|m.a.b, m.k|l[0]|l[3].x|l[0], l[2]|absent|m.absent|l[9]|n.x|(n)|"n"|@n|n, n|m.k, k|m, m.a
l[0], l|l[-1]|l[-0]|l[00]|l[1.0]|l[?]|m.l[0], m.l[1]|p.x|n + 1|'n'|5|-n|size(ss)|NOT n|n = 5|n IS NULL|[n]|{'a': n}|COUNT(*)
n AS x|n x|*, n|n, *|m.*|VALUE n|DISTINCT n|n,|, n||""|m.""|plain.n
""".replace("\n", "|").split("|")

UPDATES = """
SET n = 6|SET n = n + 1|SET n = n - 1|SET n = 1 - n|SET n = 5 + 5|SET n = n + 1 + 1|SET n = (n + 1)|SET n = n * 2|SET n = -n
SET n = n + '1'|SET n = str + 1|SET x = absent|SET x = absent + 1|SET x = n, y = str|SET x = n SET y = str REMOVE bin
SET x = if_not_exists(x, 5)|SET x = if_not_exists(n, 7)|SET x = if_not_exists(5, 7)|SET l = list_append(l, [9])
SET l = list_append([9], l)|SET l = list_append(l, 9)|SET l = list_append(l)|SET l = list_append(n, [9])
SET ss = set_add(ss, <<'z'>>)|SET ss = set_delete(ss, <<'x'>>)|SET ss = SET_ADD(ss, <<'x'>>)|SET x = set_add(x, <<1>>)
SET ss = set_delete(ss, <<'x', 'y'>>)|SET x = set_delete(x, <<1>>)|SET ss = set_add(ss, <<1>>)|SET x = set_add(ss, <<'z'>>)
SET ss = set_add(ss, 'z')|SET ss = set_add(ss, ['z'])|SET ss = set_add(ss, l)|SET n = set_add(n, 1)|SET ns = set_add(ns, <<7>>)
SET l[0] = 9|SET l[9] = 9|SET l[2][0] = 9|SET l[3].x = 9|SET m.k = 9|SET m.a.c = 9|SET m['k'] = 9|SET m.z.y = 9|SET n.x = 9
SET x = NULL|SET x = TRUE|SET x = []|SET x = {}|SET x = {'a': [1, {'b': <<'c'>>}]}|SET x = <<>>|SET x = MISSING|SET x = - 1
SET x = 'a' + 1|SET x = size(l)|SET x = contains(l, 1)|SET x = foo(l)|SET x = n IS NULL|SET x = NOT n|SET x = n || str
REMOVE n|REMOVE absent|REMOVE l[0]|REMOVE m.a.b|REMOVE m.z.y|REMOVE n, str|REMOVE 5|REMOVE|SET|SET n|SET n =|SET n = 6,
SET n = 6, n = 7|SET n = 6 SET n = 7|SET n = 6 REMOVE n|SET m.k = 1, m = {}|SET p = 'b'|SET p.x = 'b'|SET x = p.y|SET 'n' = 6
SET n == 6|SET n 6|ADD n 1|DELETE n|SET x[*] = 1|SET x.* = 1|SET x = 1e126|SET x = <<'a', TRUE>>|SET x = n = 6 AND
""".replace("\n", "|").split("|")


def words(answer):
    """What DynamoDB Local leaves out or calls otherwise."""
    if not isinstance(answer, dict) or "error" not in answer:
        return answer
    text = re.sub(r"^(Statement wasn't well formed, can't be processed).*$", r"\1", answer["text"], flags=re.S)
    text = re.sub(r"( under root)?( at \d+:\d+:\d+)?$", "", text)
    return {"error": answer["error"].replace("DuplicateItemException", "DuplicateItem"), "text": text}


def same(endpoints, statement, **members):
    request = {"Statement": statement, **members}
    ours, theirs = (words(plain(endpoint.call("ExecuteStatement", request)[1])) for endpoint in endpoints)
    assert ours == theirs, statement
    return ours


def fill(endpoints):
    for endpoint in endpoints:
        endpoint.call("PutItem", {"TableName": "plain", "Item": ITEM})


@pytest.mark.parametrize("where", [w for w in WHERES if w])
def test_where_selects_alike(both, where):  # noqa: F811
    fill(both)
    same(both, "SELECT n FROM plain WHERE " + where)


@pytest.mark.parametrize("columns", COLUMNS)
def test_columns_show_alike(both, columns):  # noqa: F811
    fill(both)
    parameters = {"Parameters": [{"N": "0"}]} if "?" in columns else {}
    same(both, f"SELECT {columns} FROM plain WHERE p = 'a'", **parameters)


@pytest.mark.parametrize("update", [u for u in UPDATES if u])
@pytest.mark.parametrize("returning", ["", " RETURNING ALL OLD *", " RETURNING ALL NEW *"])
def test_updates_apply_alike(both, update, returning):  # noqa: F811
    fill(both)
    same(both, f"UPDATE plain {update} WHERE p = 'a'{returning}")
    same(both, "SELECT * FROM plain WHERE p = 'a'")


@pytest.mark.parametrize("where", [w for w in WHERES if w.startswith("p = 'a' AND") or w in ("p = 'b'", "p = 1", "p = ''")])
def test_keys_are_found_alike(both, where):  # noqa: F811
    fill(both)
    same(both, f"UPDATE plain SET x = 1 WHERE {where}")
    same(both, f"DELETE FROM plain WHERE {where} RETURNING ALL OLD *")
    same(both, "SELECT * FROM plain")


INSERTS = """
{'p': 'i'}|{'p': 'a'}|{'p': 'i', 'x': 1.50, 'y': [TRUE, NULL, 'a'], 'z': {'b': <<1, 2>>}, 't': (1, 'a')}|{}|{'x': 1}|{'p': 1}
{'p': ''}|{'p': 'i', 'p': 'j'}|{'p': 'i', 'm': {'a': 1, 'a': 2}}|{'p': 'i', '': 1}|{p: 'i'}|{'p': 'i', 'x': n}|{'p': 'i', 'x': 1 + 1}
{'p': 'i', 'x': size('a')}|{'p': 'i', 'x': MISSING}|{'p': 'i', 'x': <<>>}|{'p': 'i', 'x': <<1, 'a'>>}|{'p': 'i', 'x': <<[1]>>}
{'p': 'i', 'x': -0.0}|{'p': 'i'} RETURNING ALL OLD *|{'p': 'i'} AT 1|'x'|[1]|{'p': 'i' 'x': 1}|{'p' 'i'}|{'p': }|{'p': 'i',}|{'p': 'i'
{'p': 'i', 'x': 1e126}|{'p': 'i', 'x': 1.0e2}|{"p": 'i'}
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("item", [i for i in INSERTS if i])
def test_items_are_inserted_alike(both, item):  # noqa: F811
    fill(both)
    same(both, "INSERT INTO plain VALUE " + item)
    same(both, "SELECT * FROM plain WHERE p IN ['i', 'a']")
