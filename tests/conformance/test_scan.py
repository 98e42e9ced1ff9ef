"""Scan: the service's order, segments, pages, filters of both kinds.

Facts: dynalite test/scan.js; dynamodb-conformance scan/filterOperators, legacy-api/attributesToGet.
"""

import base64

import pytest

from .rows import refusals
from .values import B, L, N, NS, S, SS, condition

STRINGS = ["2", "8", "9", "1", "6", "hello", "0", "5", "4", "äáöü", "aardman", "7", "3", "zapf"]
NUMBERS = ["7", "999.9", "8", "3", "2", "-999.9", "9", "4", "-0.09", "6", "1", "0", "0.012345", "5"]


@refusals("scan.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


# --- order and segments ---------------------------------------------------------------------------


@pytest.mark.parametrize("table, kind, values", [("hash", "S", STRINGS), ("hash_number", "N", NUMBERS)],
                         ids=["strings", "numbers"])
def test_a_scan_goes_by_the_hash_of_the_partition_key(dynamodb, key, table, kind, values):
    for value in sorted(values):
        dynamodb.put(table, a={kind: value}, b=S(key))
    items = dynamodb.scan(TableName=table, ScanFilter={"b": condition("EQ", S(key))})
    assert [item["a"][kind] for item in items] == values


@pytest.mark.parametrize("table, value, segment", [
    ("hash", S("3635"), 0), ("hash", S("228"), 0), ("hash", S("1668"), 1), ("hash", S("3435"), 4),
    ("hash_number", N("251"), 1), ("hash_number", N("2388"), 4095),
])
def test_a_key_is_in_the_segment_of_its_hash(dynamodb, table, value, segment):
    dynamodb.put(table, a=value)
    items = dynamodb.scan(TableName=table, Segment=segment, TotalSegments=4096)
    assert value in [item["a"] for item in items]


def test_two_quarters_are_a_half(dynamodb, key):
    for number in range(20):
        dynamodb.put("hash", a=S(str(number)), b=S(key))

    def segment(number, total):
        found = dynamodb.scan(TableName="hash", Segment=number, TotalSegments=total,
                              ScanFilter={"b": condition("EQ", S(key))})
        return [item["a"]["S"] for item in found]

    assert segment(0, 2) == segment(0, 4) + segment(1, 4)
    assert segment(1, 2) == segment(2, 4) + segment(3, 4)


def test_a_page_that_ends_at_its_limit_has_a_last_key(dynamodb, new_table):
    """Also when no item is left; only a limit beyond the table's end has none."""
    table = new_table({"BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                       "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}]})
    for number in range(5):
        dynamodb.put(table, a=S(str(number)))
    for limit, count, has_last in [(4, 4, True), (5, 5, True), (6, 5, False)]:
        answer = dynamodb.ok("Scan", TableName=table, Limit=limit)
        assert (answer["Count"], answer["ScannedCount"], "LastEvaluatedKey" in answer) == (count, count, has_last)


# --- CONTAINS -------------------------------------------------------------------------------------


def binary(text):
    return B(base64.b64encode(text.encode()).decode())


@pytest.mark.parametrize("style", ["ScanFilter", "expression"])
@pytest.mark.parametrize("operand, holding, lacking", [
    (S("bde"),
     [S("abdef"), SS("abd", "bde"), S("bde"), L(N(123), S("bde"))],
     [binary("abdef"), {"BS": ["YmRl", "abcd"]}, S("abd"), L(S("abd")), L(S("abde"))]),
    (N("234"),
     [NS("123", "234"), L(S("abd"), N("234"))],
     [N("1234"), binary("1234"), {"BS": ["MjM0"]}, SS("234"), L(N("123")), L(N("1234"))]),
    (binary("bde"),
     [binary("abdef"), {"BS": ["YmRl", "abcd"]}, binary("bde"), L(N(123), binary("bde"))],
     [S("abdef"), SS("abd", "bde"), S("abd"), L(binary("abd")), L(binary("abde"))]),
], ids=["a string", "a number", "a binary"])
def test_contains_looks_into_its_own_type(dynamodb, key, operand, holding, lacking, style):
    """Substrings of strings and binaries, whole elements of sets and lists."""
    for number, value in enumerate(holding + lacking):
        dynamodb.put("hash", a=S(f"{key} {number}"), b=value, c=S(key))
    for operator, negation, wanted in [("CONTAINS", "", holding), ("NOT_CONTAINS", "NOT ", lacking)]:
        if style == "ScanFilter":
            request = {"ScanFilter": {"b": condition(operator, operand), "c": condition("EQ", S(key))}}
        else:
            request = {"FilterExpression": negation + "contains(b, :b) AND c = :c",
                       "ExpressionAttributeValues": {":b": operand, ":c": S(key)}}
        found = [item["b"] for item in dynamodb.scan(TableName="hash", **request)]
        assert sorted(found, key=str) == sorted(wanted, key=str)


# --- filters --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text, values, found", [
    ("s = :v", {":v": S("banana")}, "2"),
    ("s <= :v", {":v": S("banana")}, "12"),
    ("n <> :v", {":v": N(20)}, "13"),
    ("n > :v", {":v": N(15)}, "23"),
    ("b > :v", {":v": B("AwQ=")}, "3"),
    ("b BETWEEN :v AND :w", {":v": B("AQI="), ":w": B("AwQ=")}, "12"),
    ("begins_with(b, :v)", {":v": B("Aw==")}, "2"),
    ("contains(s, :v)", {":v": S("an")}, "2"),
    ("attribute_exists(s)", {}, "123"),
    ("ss = :v", {":v": SS("b", "a")}, "1"),
    ("ss <> :v", {":v": SS("a", "b")}, "23"),
])
def test_a_filter_finds(dynamodb, key, text, values, found):
    for number, (s, n, b, ss) in enumerate([("apple", 10, "AQI=", "ab"), ("banana", 20, "AwQ=", "bc"),
                                            ("cherry", 30, "BQY=", "ac")], 1):
        dynamodb.put("simple", pk=S(f"{key}-{number}"), s=S(s), n=N(n), b=B(b), ss=SS(*ss))
    items = dynamodb.scan(TableName="simple", FilterExpression=f"begins_with(pk, :p) AND {text}",
                          ExpressionAttributeValues={":p": S(key + "-"), **values})
    assert sorted(item["pk"]["S"][-1] for item in items) == list(found)


def test_attributes_to_get_and_a_scan_filter(dynamodb, key):
    dynamodb.put("simple", pk=S(key + " 1"), name=S("alice"), age=N(30))
    dynamodb.put("simple", pk=S(key + " 2"), role=S("user"))
    items = dynamodb.scan(TableName="simple", AttributesToGet=["pk", "name"],
                          ScanFilter={"pk": condition("BEGINS_WITH", S(key))})
    found = sorted(items, key=lambda item: item["pk"]["S"])
    assert found == [{"pk": S(key + " 1"), "name": S("alice")}, {"pk": S(key + " 2")}]
