"""PutItem: what comes back, conditions of both kinds, canonical numbers.

Facts: dynalite test/putItem.js; dynamodb-conformance limits/numberPrecision, limits/numberExponent,
legacy-api/expected, putItem/conditions, putItem/conditionExpressionParens, error-messages/conditionalCheck.
"""

import pytest

from .rows import refusals
from .values import B, FALSE, L, M, N, NS, NULL, S, SS, TRUE, condition

FAILED = ("ConditionalCheckFailedException", "The conditional request failed")
NINES = "9" * 38


@refusals("put_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


# --- what is put is there -------------------------------------------------------------------------


@pytest.mark.parametrize("attributes", [
    {},
    {"b": S(""), "c": B(""), "d": SS(""), "e": {"BS": [""]}},
    {"b": N("-56.789"), "c": B("Yg=="), "d": FALSE, "e": NULL, "f": SS("a"), "g": NS("-56.789"), "h": {"BS": ["Yg=="]},
     "i": L(S("a"), N("-56.789"), B("Yg=="), TRUE, NULL, SS("a"), NS("-56.789"), {"BS": ["Yg=="]}, L(), M()),
     "j": M(a=S("a"), b=L(), c=M(a=M(), b=L()))},
], ids=["the key alone", "empty values", "values of all types"])
def test_an_item_is_read_as_it_was_put(dynamodb, key, attributes):
    item = {"a": S(key), **attributes}
    assert dynamodb.put("hash", **item) == {}
    assert dynamodb.get("hash", a=S(key)) == item


@pytest.mark.parametrize("written, read", [
    ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
    ("0000012345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
    ("-00001.23456789012345678901234567890123456780000", "-1.2345678901234567890123456789012345678"),
    ("0009.99999999999999999999999999999999999990000e125", NINES + "0" * 88),
    ("-0009.99999999999999999999999999999999999990000e125", "-" + NINES + "0" * 88),
    ("9.9999999999999999999999999999999999999E+125", NINES + "0" * 88),
    ("-9.9999999999999999999999999999999999999E+125", "-" + NINES + "0" * 88),
    ("0001.000e-130", "0." + "0" * 129 + "1"),
    ("-0001.000e-130", "-0." + "0" * 129 + "1"),
    ("1E-130", "0." + "0" * 129 + "1"),
    ("1E125", "1" + "0" * 125),
    ("0e125", "0"),
    ("-0", "0"),
    ("00042", "42"),
    ("0042.1200", "42.12"),
    ("1.5E2", "150"),
    ("1E2", "100"),
    ("1.0", "1"),
    ("3.1400", "3.14"),
    ("0." + "0" * 37 + "1", "0." + "0" * 37 + "1"),
])
def test_a_number_is_read_in_its_canonical_form(dynamodb, key, written, read):
    dynamodb.put("simple", pk=S(key), n=N(written))
    assert dynamodb.get("simple", pk=S(key))["n"] == N(read)


def test_a_set_holds_the_largest_and_the_smallest_number(dynamodb, key):
    dynamodb.put("simple", pk=S(key), n=NS(f"{NINES}e88", f"-{NINES}e88", "1E-130", "0"))
    assert len(dynamodb.get("simple", pk=S(key))["n"]["NS"]) == 4


def test_all_old_answers_the_item_that_was_there(dynamodb, key):
    first = {"a": S(key), "b": N("-0015.789e6"), "c": S("a")}
    assert dynamodb.ok("PutItem", TableName="hash", Item=first, ReturnValues="ALL_OLD") == {}
    second = {"a": S(key), "b": S("b"), "c": S("a")}
    answer = dynamodb.ok("PutItem", TableName="hash", Item=second, ReturnValues="ALL_OLD")
    assert answer == {"Attributes": {"a": S(key), "b": N("-15789000"), "c": S("a")}}


@pytest.mark.parametrize("length, binaries, units", [(1009, ["AQI=", "Ag==", "AQ=="], 1), (1011, ["AQI=", "Ag=="], 2)])
def test_a_put_takes_a_unit_for_each_kilobyte(dynamodb, key, length, binaries, units):
    item = {"a": S(key), "b": S("b" * (length - len(key))), "c": N("12.3456"), "d": B("AQI="), "e": {"BS": binaries}}
    answer = dynamodb.ok("PutItem", TableName="hash", Item=item, ReturnConsumedCapacity="TOTAL")
    assert answer == {"ConsumedCapacity": {"TableName": "hash", "CapacityUnits": units}}
    answer = dynamodb.ok("PutItem", TableName="hash", Item=item, ReturnConsumedCapacity="INDEXES")
    table = {"CapacityUnits": units}
    assert answer == {"ConsumedCapacity": {"TableName": "hash", "CapacityUnits": units, "Table": table}}


# --- conditions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["Expected", "expression", "expression with names"])
@pytest.mark.parametrize("operator, text, stored, met, unmet", [
    ("NE", "{} <> :a", "b", ["c"], ["b"]),
    ("LE", "{} <= :a", "b", ["c"], ["a"]),
    ("LT", "{} < :a", "b", ["c"], ["a"]),
    ("GE", "{} >= :a", "b", ["a"], ["c"]),
    ("GT", "{} > :a", "b", ["a"], ["c"]),
    ("CONTAINS", "contains({}, :a)", "hello", ["ell"], ["goodbye"]),
    ("NOT_CONTAINS", "not contains({}, :a)", "hello", ["goodbye"], ["ell"]),
    ("BEGINS_WITH", "begins_with({}, :a)", "hello", ["he"], ["goodbye"]),
    ("IN", "{} in (:a, :b)", "b", ["c", "b"], ["c", "d"]),
    ("BETWEEN", "{} between :a and :b", "b", ["a", "c"], ["c", "d"]),
], ids=lambda value: value if isinstance(value, str) and value.isupper() else "")
def test_a_put_on_a_condition(dynamodb, key, operator, text, stored, met, unmet, style):
    item = {"a": S(key), "b": S(stored)}
    dynamodb.put("hash", **item)
    for operands, is_met in ((met, True), (unmet, False)):
        if style == "Expected":
            request = {"Expected": {"b": condition(operator, *map(S, operands))}}
        else:
            values = {":" + name: S(operand) for name, operand in zip("ab", operands)}
            request = {"ConditionExpression": text.format("b"), "ExpressionAttributeValues": values}
        if style == "expression with names":
            request |= {"ConditionExpression": text.format("#b"), "ExpressionAttributeNames": {"#b": "b"}}
        if is_met:
            assert dynamodb.ok("PutItem", TableName="hash", Item=item, **request) == {}
        else:
            assert dynamodb.refused("PutItem", TableName="hash", Item=item, **request)[:2] == FAILED


@pytest.mark.parametrize("stored, request_, is_met", [
    (None, {"Expected": {"pk": {"Exists": False}}}, True),
    ({}, {"Expected": {"pk": {"Exists": False}}}, False),
    ({"s": S("a")}, {"Expected": {"s": condition("EQ", S("a"))}}, True),
    ({"s": S("a")}, {"Expected": {"s": condition("EQ", S("w"))}}, False),
    ({"s": S("hello-w")}, {"Expected": {"s": condition("BEGINS_WITH", S("hello"))}}, True),
    ({"s": S("a"), "r": S("b")}, {"Expected": {"s": condition("EQ", S("a")), "r": condition("EQ", S("b"))},
                                  "ConditionalOperator": "AND"}, True),
    ({"s": S("a"), "r": S("c")}, {"Expected": {"s": condition("EQ", S("a")), "r": condition("EQ", S("b"))},
                                  "ConditionalOperator": "AND"}, False),
    ({"s": S("a"), "r": S("c")}, {"Expected": {"s": condition("EQ", S("a")), "r": condition("EQ", S("b"))},
                                  "ConditionalOperator": "OR"}, True),
], ids=["absent", "not absent", "EQ", "not EQ", "BEGINS_WITH", "AND", "not AND", "OR"])
def test_a_put_expects(dynamodb, key, stored, request_, is_met):
    if stored is not None:
        dynamodb.put("simple", pk=S(key), **stored)
    item = {"pk": S(key), "data": S("new")}
    if is_met:
        dynamodb.ok("PutItem", TableName="simple", Item=item, **request_)
    else:
        assert dynamodb.refused("PutItem", TableName="simple", Item=item, **request_)[:2] == FAILED
    assert (dynamodb.get("simple", pk=S(key)) == item) == is_met


@pytest.mark.parametrize("text, values", [
    ("(attribute_not_exists(pk)) AND (attribute_not_exists(#s))", {}),
    ("(attribute_not_exists(pk) AND attribute_not_exists(#s))", {}),
    ("(attribute_not_exists(pk) AND (attribute_not_exists(#s)))", {}),
    ("#s <> :v", {":v": S("w")}),
    ("#s <> :v OR #s < :t", {":v": S("w"), ":t": S("2099")}),
])
def test_a_condition_that_nothing_meets(dynamodb, key, text, values):
    """Without the item: parentheses where they are not redundant, and <> of what is missing."""
    request = {"ConditionExpression": text, "ExpressionAttributeNames": {"#s": "status"}}
    if values:
        request["ExpressionAttributeValues"] = values
    dynamodb.ok("PutItem", TableName="simple", Item={"pk": S(key)}, **request)


@pytest.mark.parametrize("text, values", [
    ("attribute_not_exists(pk)", {}),
    ("(attribute_exists(pk)) AND (#s = :v)", {":v": S("inactive")}),
    ("#s > :v", {":v": S("b")}),
    ("colour = :v", {":v": S("b")}),
])
def test_a_condition_that_the_item_does_not_meet(dynamodb, key, text, values):
    item = {"pk": S(key), "status": S("active")}
    dynamodb.put("simple", **item)
    request = {"ConditionExpression": text, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if values:
        request["ExpressionAttributeValues"] = values
    if "#s" in text:
        request["ExpressionAttributeNames"] = {"#s": "status"}
    refusal = dynamodb.refused("PutItem", TableName="simple", Item={"pk": S(key)}, **request)
    assert refusal[:2] == FAILED
    assert refusal.body["Item"] == item
