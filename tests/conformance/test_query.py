"""Query: order, pages, indexes, key conditions of both kinds, Select.

Facts: dynalite test/query.js; dynamodb-conformance query/keyConditionParens, query/select,
query/multiAttributeGsiKey, legacy-api/queryFilter.
"""

import pytest

from .rows import refusals
from .tables import attributes, index, keys
from .values import FALSE, N, S, TRUE, condition

NUMBERS = ["-99.1", "-10.1", "-9.9", "-9", "-1.01", "-1", "-0.9", "-0.1", "-0.09", "-0.01", "0", "0.01", "0.09", "0.1",
           "0.9", "1", "1.1", "1.9", "9", "9.1", "10.1", "10.9", "99.1"]
STRINGS = ["1", "10", "2", "A", "B", "a", "aa", "ab", "b"]
BINARIES = ["ER/jLQ==", "Iv/a", "JA==", "MjA0", "T7MzEUw=", "cAeRhZE=", "1Py5xA==", "1g==", "2w==", "6piVtA==",
            "9FkiOH0=", "9V0="]


@refusals("query.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


# --- a table's order ------------------------------------------------------------------------------


@pytest.mark.parametrize("table, kind, values", [
    ("range", "S", STRINGS), ("range_number", "N", NUMBERS), ("range_binary", "B", BINARIES),
], ids=["strings", "numbers", "binaries"])
def test_a_partition_is_in_the_order_of_its_sort_key(dynamodb, key, table, kind, values):
    for value in sorted(values):
        dynamodb.put(table, a=S(key), b={kind: value})
    request = {"TableName": table, "KeyConditions": {"a": condition("EQ", S(key))}, "ConsistentRead": True}

    def sort_keys(**options):
        return [item["b"][kind] for item in dynamodb.ok("Query", **request, **options)["Items"]]

    assert sort_keys() == values
    assert sort_keys(ScanIndexForward=False) == values[::-1]
    last = dynamodb.ok("Query", **request, ScanIndexForward=False, Limit=2)["LastEvaluatedKey"]
    assert last == {"a": S(key), "b": {kind: values[-2]}}
    assert sort_keys(ScanIndexForward=False, ExclusiveStartKey=last) == values[::-1][2:]


@pytest.mark.parametrize("filtered, count", [(False, 2), (True, 1)], ids=["all", "filtered"])
def test_a_count_ends_at_its_limit(dynamodb, key, filtered, count):
    for number in range(1, 6):
        dynamodb.put("range", a=S(key), b=S(str(number)), c=S("c"), **({"d": S("d")} if number == 3 else {}))
    request = {"QueryFilter": {"d": condition("EQ", S("d"))}} if filtered else {}
    conditions = {"a": condition("EQ", S(key)), "b": condition("GE", S("2"))}
    answer = dynamodb.ok("Query", TableName="range", KeyConditions=conditions, Limit=2, Select="COUNT", **request)
    assert answer == {"Count": count, "ScannedCount": 2, "LastEvaluatedKey": {"a": S(key), "b": S("3")}}


def test_the_smallest_and_the_largest_number_are_in_order(dynamodb, key):
    for number in ("9" * 38, "0", "1E-130"):
        dynamodb.put("composite_number", pk=S(key), sk=N(number))
    answer = dynamodb.ok("Query", TableName="composite_number", KeyConditions={"pk": condition("EQ", S(key))})
    assert [item["sk"]["N"] for item in answer["Items"]] == ["0", "0." + "0" * 129 + "1", "9" * 38]


# --- a local index --------------------------------------------------------------------------------


@pytest.mark.parametrize("text, found", [
    ("", STRINGS),
    (" AND c <= :c", STRINGS[:6]),
    (" AND c = :c", ["a"]),
    (" AND c >= :c", STRINGS[5:]),
    (" AND c > :c", STRINGS[6:]),
    (" AND c < :c", STRINGS[:5]),
    (" AND c BETWEEN :c AND :d", ["a", "aa", "ab"]),
], ids=["all", "<=", "=", ">=", ">", "<", "BETWEEN"])
def test_a_local_index_is_in_the_order_of_its_sort_key(dynamodb, key, text, found):
    for number, value in enumerate(["1", "2", "10", "a", "b", "aa", "ab", "A", "B"]):
        dynamodb.put("range", a=S(key), b=S(str(number)), c=S(value))
    values = {":a": S(key), ":c": S("a"), ":d": S("ab")}
    values = {name: value for name, value in values.items() if name in "a = :a" + text}
    answer = dynamodb.ok("Query", TableName="range", IndexName="index1", KeyConditionExpression="a = :a" + text,
                         ExpressionAttributeValues=values, ReturnConsumedCapacity="INDEXES")
    assert [item["c"]["S"] for item in answer["Items"]] == found
    assert answer["ConsumedCapacity"] == {
        "TableName": "range", "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.0},
        "LocalSecondaryIndexes": {"index1": {"CapacityUnits": 0.5}}}


# --- a global index -------------------------------------------------------------------------------

HASH_ONLY = [("a", "a", "a"), ("b", "b", "a"), ("c", "e", "a"), ("c", "d", "a"), ("d", "a", "a"), ("e", "a", "a")]
SORTED = [("a", "a", "f"), ("b", "b", "a"), ("c", "e", "b"), ("c", "d", "c"), ("d", "a", "e"), ("e", "a", "f")]
EQUAL = [("a", "a", "a"), ("b", "a", "a"), ("c", "a", "a"), ("c", "b", "a"), ("d", "a", "a"), ("d", "b", "a")]


@pytest.mark.parametrize("name, items, below, forward, limit, start, found, last", [
    ("index3", HASH_ONLY, None, True, 4, None, ["bb", "aa", "ce", "ea"], "ea"),
    ("index3", HASH_ONLY, None, False, 4, None, ["cd", "da", "ea", "ce"], "ce"),
    ("index3", HASH_ONLY, None, True, 2, "ce", ["ea", "da"], "da"),
    ("index3", HASH_ONLY, None, False, 2, "ea", ["ce", "aa"], "aa"),
    ("index4", SORTED, "f", True, 3, None, ["bb", "ce", "cd"], "cd"),
    ("index4", SORTED, "f", False, 3, None, ["da", "cd", "ce"], "ce"),
    ("index4", SORTED, "f", True, 1, "ce", ["cd"], "cd"),
    ("index4", SORTED, "f", False, 1, "cd", ["ce"], "ce"),
    ("index4", EQUAL, None, True, None, "aa", ["da", "ba", "ca", "db", "cb"], None),
], ids=["a page", "a page backwards", "a page from a start key", "a page from a start key backwards",
        "a sorted page", "a sorted page backwards", "a sorted page from a start key",
        "a sorted page from a start key backwards", "equal keys from a start key"])
def test_a_global_index_is_in_the_order_of_aws(dynamodb, key, name, items, below, forward, limit, start, found, last):
    """Items are named by a and b; equal index keys come in the order of the service's hash."""
    stored = {a + b: {"a": S(a), "b": S(b), "c": S(key), "d": S(d), "e": S("a"), "f": S("a")} for a, b, d in items}
    stored["cc"] = {"a": S("c"), "b": S("c"), "c": S(key + " other"), "d": S("a")}
    for item in stored.values():
        dynamodb.put("range", **item)
    key_names = "abc" if name == "index3" else "abcd"
    conditions = {"c": condition("EQ", S(key))} | ({"d": condition("LT", S(below))} if below else {})
    request = {"TableName": "range", "IndexName": name, "KeyConditions": conditions, "ScanIndexForward": forward}
    if limit:
        request["Limit"] = limit
    if start:
        request["ExclusiveStartKey"] = {attribute: stored[start][attribute] for attribute in key_names}
    answer = dynamodb.ok("Query", **request, ReturnConsumedCapacity="INDEXES")
    assert [item["a"]["S"] + item["b"]["S"] for item in answer["Items"]] == found
    assert answer.get("LastEvaluatedKey") == (
        {attribute: stored[last][attribute] for attribute in key_names} if last else None)
    assert (answer["Count"], answer["ScannedCount"]) == (len(found), len(found))
    assert answer["ConsumedCapacity"] == {
        "TableName": "range", "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {name: {"CapacityUnits": 0.5}}}
    assert all("e" in item and ("f" in item) == (name == "index3") for item in answer["Items"])


# --- a global index with keys of several attributes -----------------------------------------------


@pytest.fixture(scope="module")
def ranked(dynamodb, new_table):
    schema = keys("h", "a") + [{"AttributeName": name, "KeyType": "RANGE"} for name in "bcd"]
    table = new_table({
        "BillingMode": "PAY_PER_REQUEST", "KeySchema": keys("pk"),
        "AttributeDefinitions": attributes(pk="S", h="S", a="S", b="S", c="S", d="S"),
        "GlobalSecondaryIndexes": [index("gsi", schema)]})
    for name, a, b, c, d in [
        ("1", "T", "live", "b", "r1"), ("2", "T", "live", "a", "r2"), ("3", "T", "live", "a", "r1"),
        ("4", "T", "draft", "c", "r1"), ("5", "F", "live", "a", "r0"),
    ]:
        dynamodb.put(table, pk=S(name), h=S("o1"), a=S(a), b=S(b), c=S(c), d=S(d))
    dynamodb.put(table, pk=S("lacks c"), h=S("o1"), a=S("T"), b=S("live"), d=S("r1"))
    return table


def ranked_query(table, text, **options):
    values = {":h": "o1", ":a": "T", ":b": "live", ":c": "a", ":d": "r", ":x": "r1", ":y": "r1"}
    values = {name: S(value) for name, value in values.items() if name in text}
    return {"TableName": table, "IndexName": "gsi", "KeyConditionExpression": text,
            "ExpressionAttributeValues": values, **options}


@pytest.mark.parametrize("text, forward, found", [
    ("h = :h", True, "54321"),
    ("h = :h AND a = :a", True, "4321"),
    ("h = :h AND a = :a", False, "1234"),
    ("h = :h AND a = :a AND b = :b", True, "321"),
    ("b = :b AND h = :h AND a = :a", True, "321"),
    ("h = :h AND a = :a AND b < :b", True, "4"),
    ("h = :h AND a = :a AND b = :b AND c = :c", True, "32"),
    ("h = :h AND a = :a AND b = :b AND c > :c", True, "1"),
    ("h = :h AND a = :a AND b = :b AND c = :c AND begins_with(d, :d)", True, "32"),
    ("h = :h AND a = :a AND b = :b AND c = :c AND d BETWEEN :x AND :y", True, "3"),
])
def test_sort_keys_of_several_attributes_compare_from_the_left(dynamodb, ranked, text, forward, found):
    answer = dynamodb.ok("Query", **ranked_query(ranked, text, ScanIndexForward=forward))
    assert "".join(item["pk"]["S"] for item in answer["Items"]) == found


def test_a_page_ends_with_all_key_attributes(dynamodb, ranked):
    answer = dynamodb.ok("Query", **ranked_query(ranked, "h = :h AND a = :a", Limit=2))
    assert sorted(answer["LastEvaluatedKey"]) == ["a", "b", "c", "d", "h", "pk"]


@pytest.mark.parametrize("text, missing, present", [
    ("h = :h AND a = :a AND c = :c", "b", "c"),
    ("h = :h AND a = :a AND b > :b AND c = :c", "b", "c"),
    ("h = :h AND b = :b", "a", "b"),
])
def test_a_gap_in_the_key_condition_is_refused(dynamodb, ranked, text, missing, present):
    refusal = dynamodb.refused("Query", **ranked_query(ranked, text))
    assert refusal.error == "ValidationException"
    assert (f"RANGE key attributes {missing} must have equality conditions specified in the query because a condition "
            f"is present on key attribute {present}") in refusal.message


# --- key conditions and filters -------------------------------------------------------------------


@pytest.mark.parametrize("text", ["(pk = :p) AND (sk = :s)", "(pk = :p AND sk = :s)", "pk = :p AND :s >= sk"])
def test_a_key_condition_in_parentheses_or_with_the_value_first(dynamodb, key, text):
    for sort in ("1", "m"):
        dynamodb.put("composite", pk=S(key), sk=S(sort))
    answer = dynamodb.ok("Query", TableName="composite", KeyConditionExpression=text,
                         ExpressionAttributeValues={":p": S(key), ":s": S("1")})
    assert answer["Count"] == 1


def test_a_key_condition_in_double_parentheses_is_refused(dynamodb):
    refusal = dynamodb.refused("Query", TableName="composite", KeyConditionExpression="((pk = :p)) AND ((sk = :s))",
                               ExpressionAttributeValues={":p": S("p"), ":s": S("1")})
    assert refusal.message == "Invalid KeyConditionExpression: The expression has redundant parentheses;"


@pytest.mark.parametrize("conditions, request_, found", [
    ({}, {}, ["alpha", "beta", "delta", "epsilon", "gamma"]),
    ({}, {"ScanIndexForward": False}, ["gamma", "epsilon", "delta", "beta", "alpha"]),
    ({"sk": condition("BEGINS_WITH", S("al"))}, {}, ["alpha"]),
    ({"sk": condition("BETWEEN", S("beta"), S("epsilon"))}, {}, ["beta", "delta", "epsilon"]),
    ({"sk": condition("GT", S("delta"))}, {}, ["epsilon", "gamma"]),
    ({}, {"QueryFilter": {"n": condition("EQ", N(3))}}, ["gamma"]),
    ({}, {"QueryFilter": {"tag": condition("CONTAINS", S("hello"))}}, ["alpha", "beta", "delta"]),
    ({}, {"QueryFilter": {"flag": condition("EQ", TRUE)}}, ["alpha"]),
], ids=["the partition", "backwards", "BEGINS_WITH", "BETWEEN", "GT", "filter EQ", "filter CONTAINS", "filter BOOL"])
def test_legacy_conditions_find(dynamodb, key, conditions, request_, found):
    tags = {"alpha": "hello-1", "beta": "hello-2", "gamma": "goodbye", "delta": "hello-3", "epsilon": "world"}
    for number, (sort, tag) in enumerate(tags.items(), 1):
        flag = TRUE if number == 1 else FALSE
        dynamodb.put("composite", pk=S(key), sk=S(sort), n=N(number), tag=S(tag), flag=flag)
    conditions = {"pk": condition("EQ", S(key)), **conditions}
    answer = dynamodb.ok("Query", TableName="composite", KeyConditions=conditions, **request_)
    assert [item["sk"]["S"] for item in answer["Items"]] == found


# --- Select ---------------------------------------------------------------------------------------


@pytest.fixture
def selected(dynamodb, key):
    """A query of two items, and the first of them."""
    items = [{"pk": S(key), "sk": S(sort), "lsi1sk": S(key), "lsi2sk": S(sort), "data": S("d"), "extra": S("e")}
             for sort in "ab"]
    for item in items:
        dynamodb.put("composite", **item)
    query = {"TableName": "composite", "KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": S(key)}}
    return query, items[0]


def test_count_has_no_items(dynamodb, selected):
    assert dynamodb.ok("Query", **selected[0], Select="COUNT") == {"Count": 2, "ScannedCount": 2}


def test_count_counts_what_the_filter_leaves(dynamodb, selected):
    answer = dynamodb.ok("Query", **selected[0], Select="COUNT", FilterExpression="attribute_exists(absent)")
    assert answer == {"Count": 0, "ScannedCount": 2}


def test_all_projected_attributes_of_an_index(dynamodb, selected):
    query = {**selected[0], "KeyConditionExpression": "lsi1sk = :p", "IndexName": "gsi2"}
    answer = dynamodb.ok("Query", **query, Select="ALL_PROJECTED_ATTRIBUTES")
    projected = {name: value for name, value in selected[1].items() if name != "extra"}
    assert answer["Items"][0] == projected


def test_all_attributes_of_a_local_index_come_from_the_table(dynamodb, selected):
    answer = dynamodb.ok("Query", **selected[0], IndexName="lsi2", Select="ALL_ATTRIBUTES")
    assert answer["Items"][0] == selected[1]
