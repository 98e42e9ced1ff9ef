"""UpdateItem: expressions and AttributeUpdates, what they leave, what they answer, what the item refuses.

Facts: dynalite test/updateItem.js; dynamodb-conformance updateItem/paths, updateItem/basic,
legacy-api/attributeUpdates.
"""

import pytest

from .rows import refusals
from .values import L, M, N, NS, S, SS, condition

NO_PATH = "The document path provided in the update expression is invalid for update"
WRONG_OPERAND = "An operand in the update expression has an incorrect data type"
WRONG_TYPE = "Type mismatch for attribute to update"


@refusals("update_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


# --- expressions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("stored, text, values, left", [
    ({"m": M(n=S("old"))}, "SET m.n = :v", {":v": S("new")}, {"m": M(n=S("new"))}),
    ({"a": M(b=M(c=S("old")))}, "SET a.b.c = :v", {":v": S("new")}, {"a": M(b=M(c=S("new")))}),
    ({"m": M(keep=S("k"))}, "SET m.n = :v", {":v": S("new")}, {"m": M(keep=S("k"), n=S("new"))}),
    ({"m": M(c=N(10))}, "SET m.c = m.c + :v", {":v": N(5)}, {"m": M(c=N(15))}),
    ({"l": L(S("a"), S("b"))}, "SET l[5] = :v", {":v": S("c")}, {"l": L(S("a"), S("b"), S("c"))}),
    ({"l": L()}, "SET l[0] = :v", {":v": S("a")}, {"l": L(S("a"))}),
    ({"l": L(S("a"))}, "SET l = list_append(l, :v)", {":v": L(S("b"))}, {"l": L(S("a"), S("b"))}),
    ({"m": M(n=S("g"), keep=S("s"))}, "REMOVE m.n", {}, {"m": M(keep=S("s"))}),
    ({"l": L(S("a"), S("b"), S("c"))}, "REMOVE l[1]", {}, {"l": L(S("a"), S("c"))}),
    ({"l": L(S("a"), S("b"))}, "REMOVE l[1]", {}, {"l": L(S("a"))}),
    ({"e": S("h")}, "REMOVE g", {}, {"e": S("h")}),
    ({"m": M(r=S("v"))}, "REMOVE m.n", {}, {"m": M(r=S("v"))}),
    ({"e": S("k")}, "SET e = if_not_exists(e, :v), n = if_not_exists(n, :w)", {":v": S("d"), ":w": S("c")},
     {"e": S("k"), "n": S("c")}),
    ({"e": S("o")}, "SET b = if_not_exists(b, e)", {}, {"e": S("o"), "b": S("o")}),
    ({"t": SS("a", "b", "c")}, "DELETE t :v", {":v": SS("b")}, {"t": SS("a", "c")}),
    ({"t": SS("a", "b")}, "DELETE t :v", {":v": SS("a", "b")}, {}),
], ids=[
    "a nested attribute", "a deeply nested attribute", "a new nested attribute", "a sum of a nested attribute",
    "an element past the end", "an element of an empty list", "an appended list", "a removed nested attribute",
    "a removed element", "the last element removed", "what is missing removed", "what is missing in a map removed",
    "if_not_exists with and without", "if_not_exists with a path", "elements deleted", "all elements deleted",
])
def test_an_update_leaves(dynamodb, key, stored, text, values, left):
    dynamodb.put("simple", pk=S(key), **stored)
    request = {"ExpressionAttributeValues": values} if values else {}
    answer = dynamodb.ok("UpdateItem", TableName="simple", Key={"pk": S(key)}, UpdateExpression=text, **request)
    assert answer == {}
    assert dynamodb.get("simple", pk=S(key)) == {"pk": S(key), **left}


def test_an_update_with_a_key_alone_puts_the_key(dynamodb, key):
    assert dynamodb.ok("UpdateItem", TableName="hash", Key={"a": S(key)}) == {}
    assert dynamodb.get("hash", a=S(key)) == {"a": S(key)}


def test_every_operand_is_read_before_anything_is_written(dynamodb, key):
    dynamodb.put("hash", a=S(key), b=M(a=N(1), b=N(2), c=N(3)), c=L(N(1), N(3)))
    text = "set b.c=((c[1])+(b.a)),b.a = a,c[1] = a, c[4] = b.a - b.b, c[2] = b.c add c[8] :b, c[6] :a"
    values = {":a": N(2), ":b": SS("a")}
    answer = dynamodb.ok("UpdateItem", TableName="hash", Key={"a": S(key)}, UpdateExpression=text,
                         ExpressionAttributeValues=values, ReturnValues="UPDATED_NEW")
    assert answer == {"Attributes": {"b": M(a=S(key), c=N(4)), "c": L(S(key), N(3), N(2))}}
    assert dynamodb.get("hash", a=S(key)) == {
        "a": S(key), "b": M(a=S(key), b=N(2), c=N(4)), "c": L(N(1), S(key), N(3), N(-1), N(2), SS("a"))}


def test_an_update_moves_an_item_in_its_indexes(dynamodb, key):
    keys = {"a": S(key), "b": S(key + " sort")}

    def found(name, **conditions):
        key_conditions = {attribute: condition("EQ", value) for attribute, value in conditions.items()}
        return dynamodb.ok("Query", TableName="range", IndexName=name, KeyConditions=key_conditions)["Items"]

    a, b = keys.values()
    answer = dynamodb.ok("UpdateItem", TableName="range", Key=keys, ReturnValues="UPDATED_NEW",
                         UpdateExpression="set c = a, d = b, e = a, f = b")
    assert answer == {"Attributes": {"c": a, "d": b, "e": a, "f": b}}
    assert found("index1", a=a, c=a) == [{**keys, "c": a, "d": b, "e": a, "f": b}]
    assert found("index2", a=a, d=b) == [{**keys, "c": a, "d": b}]
    dynamodb.ok("UpdateItem", TableName="range", Key=keys, UpdateExpression="set c = b, d = a, e = b, f = a")
    assert found("index1", a=a, c=a) == found("index2", a=a, d=b) == []
    whole = {**keys, "c": b, "d": a, "e": b, "f": a}
    assert found("index1", a=a, c=b) == found("index3", c=b) == [whole]
    assert found("index4", c=b, d=a) == [{**keys, "c": b, "d": a, "e": b}]


# --- what is answered -----------------------------------------------------------------------------


@pytest.mark.parametrize("returned, request_, attributes", [
    ("ALL_OLD", {"UpdateExpression": "SET c = c + :v"}, {"b": M(a=S("a"), l=L()), "c": N(1)}),
    ("ALL_NEW", {"UpdateExpression": "SET c = c + :v"}, {"b": M(a=S("a"), l=L()), "c": N(3)}),
    ("UPDATED_OLD", {"UpdateExpression": "SET c = c + :v"}, {"c": N(1)}),
    ("UPDATED_NEW", {"UpdateExpression": "SET c = c + :v"}, {"c": N(3)}),
    ("UPDATED_NEW", {"UpdateExpression": "SET b.x = :v, b.y = :v"}, {"b": M(x=N(2), y=N(2))}),
    ("UPDATED_NEW", {"UpdateExpression": "REMOVE c"}, None),
    ("ALL_OLD", {"AttributeUpdates": {"c": {"Value": N(3)}}}, {"b": M(a=S("a"), l=L()), "c": N(1)}),
    ("ALL_NEW", {"AttributeUpdates": {"c": {"Value": N(3)}}}, {"b": M(a=S("a"), l=L()), "c": N(3)}),
    ("UPDATED_OLD", {"AttributeUpdates": {"b": {"Value": M(a=S("b"))}, "c": {"Value": N(2), "Action": "ADD"}}},
     {"b": M(a=S("a"), l=L()), "c": N(1)}),
    ("UPDATED_NEW", {"AttributeUpdates": {"b": {"Action": "DELETE"}, "c": {"Value": S("a")}}}, {"c": S("a")}),
], ids=["ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "UPDATED_NEW of nested paths", "UPDATED_NEW of nothing",
        "ALL_OLD, legacy", "ALL_NEW, legacy", "UPDATED_OLD, legacy", "UPDATED_NEW, legacy"])
def test_an_update_answers(dynamodb, key, returned, request_, attributes):
    dynamodb.put("hash", a=S(key), b=M(a=S("a"), l=L()), c=N(1))
    if ":v" in request_.get("UpdateExpression", ""):
        request_ = {**request_, "ExpressionAttributeValues": {":v": N(2)}}
    answer = dynamodb.ok("UpdateItem", TableName="hash", Key={"a": S(key)}, ReturnValues=returned, **request_)
    if attributes is None:
        assert answer == {}
    elif returned.startswith("ALL"):
        assert answer == {"Attributes": {"a": S(key), **attributes}}
    else:
        assert answer == {"Attributes": attributes}


# --- AttributeUpdates -----------------------------------------------------------------------------


@pytest.mark.parametrize("stored, updates, left", [
    ({"d": S("o")}, {"d": {"Action": "PUT", "Value": S("n")}}, {"d": S("n")}),
    ({}, {"d": {"Value": S("w")}}, {"d": S("w")}),
    ({"t": SS("a", "b", "c")}, {"t": {"Action": "DELETE", "Value": SS("b")}}, {"t": SS("a", "c")}),
    ({"c": N(10)}, {"c": {"Action": "ADD", "Value": N(5)}}, {"c": N(15)}),
    ({"t": SS("a", "b")}, {"t": {"Action": "ADD", "Value": SS("c", "d")}}, {"t": SS("a", "b", "c", "d")}),
    ({"l": L(S("a"), N(1))}, {"l": {"Action": "ADD", "Value": L(S("b"), N(2))}}, {"l": L(S("a"), N(1), S("b"), N(2))}),
    ({"x": S("o"), "c": N(1), "y": S("r")},
     {"x": {"Action": "PUT", "Value": S("n")}, "c": {"Action": "ADD", "Value": N(9)}, "y": {"Action": "DELETE"}},
     {"x": S("n"), "c": N(10)}),
], ids=["PUT", "no action", "DELETE of elements", "ADD of a number", "ADD of elements", "ADD of a list", "several"])
def test_attribute_updates_leave(dynamodb, key, stored, updates, left):
    dynamodb.put("simple", pk=S(key), **stored)
    assert dynamodb.ok("UpdateItem", TableName="simple", Key={"pk": S(key)}, AttributeUpdates=updates) == {}
    assert dynamodb.get("simple", pk=S(key)) == {"pk": S(key), **left}


ADDED = {":c": SS("a", "b"), ":d": N(5), ":e": SS("a", "b"), ":f": L(S("a"), N(1))}


@pytest.mark.parametrize("request_", [
    {"AttributeUpdates": {"b": {"Action": "DELETE"}, "c": {"Action": "DELETE", "Value": ADDED[":c"]},
                          "d": {"Action": "ADD", "Value": ADDED[":d"]}, "e": {"Action": "ADD", "Value": ADDED[":e"]},
                          "f": {"Action": "ADD", "Value": ADDED[":f"]}}},
    {"UpdateExpression": "REMOVE b DELETE c :c ADD d :d, e :e SET f = :f", "ExpressionAttributeValues": ADDED},
    {"UpdateExpression": "ADD #e :e,#d :d DELETE #c :c REMOVE #b SET #f = :f", "ExpressionAttributeValues": ADDED,
     "ExpressionAttributeNames": {"#" + name: name for name in "bcdef"}},
], ids=["AttributeUpdates", "an expression", "an expression with names"])
def test_what_is_added_to_nothing_becomes_the_attribute(dynamodb, key, request_):
    attributes = {"d": N(5), "e": SS("a", "b"), "f": ADDED[":f"]}
    answer = dynamodb.ok("UpdateItem", TableName="hash", Key={"a": S(key)}, ReturnValues="UPDATED_NEW", **request_)
    assert answer == {"Attributes": attributes}
    assert dynamodb.get("hash", a=S(key)) == {"a": S(key), **attributes}


# --- what the item refuses ------------------------------------------------------------------------


@pytest.mark.parametrize("name, action, value", [
    ("b", "DELETE", NS(1)), ("b", "DELETE", {"BS": ["YQ=="]}), ("c", "DELETE", NS(1)), ("b", "ADD", NS(1)),
    ("d", "ADD", N(1)),
])
def test_attribute_updates_of_another_type_are_refused(dynamodb, key, name, action, value):
    dynamodb.put("hash", a=S(key), b=SS("1"), c=N(1), d=NS(1))
    updates = {name: {"Action": action, "Value": value}}
    refusal = dynamodb.refused("UpdateItem", TableName="hash", Key={"a": S(key)}, AttributeUpdates=updates)
    assert (refusal.error, refusal.message) == ("ValidationException", WRONG_TYPE)


@pytest.mark.parametrize("text, value", [
    ("delete d :a", SS("1")), ("delete b :a", NS(1)), ("delete b.a :a", NS(1)), ("delete b.a :a", {"BS": ["YQ=="]}),
    ("delete c :a", NS(1)), ("add b :a", NS(1)), ("add d :a", N(1)), ("set e = a + :a", N(1)), ("set e = b - :a", N(1)),
    ("set e = list_append(d, if_not_exists(f, :a))", L()),
])
def test_an_operand_of_another_type_is_refused(dynamodb, key, text, value):
    dynamodb.put("hash", a=S(key), b=M(a=SS("1")), c=N(1), d=NS(1))
    refusal = dynamodb.refused("UpdateItem", TableName="hash", Key={"a": S(key)}, UpdateExpression=text,
                               ExpressionAttributeValues={":a": value})
    assert (refusal.error, refusal.message) == ("ValidationException", WRONG_OPERAND)


@pytest.mark.parametrize("action", ["set {} = :a, #1 = :a", "remove {} set #1 = :a", "delete {} :a set #1 = :a",
                                    "add {} :a set #1 = :a"])
@pytest.mark.parametrize("path", ["b.a", "b[1]", "y.a", "y[1]", "c[1]", "d.#1"])
def test_a_path_that_the_item_lacks_is_refused(dynamodb, key, action, path):
    dynamodb.put("hash", a=S(key), b=S(key), c=M(**{"1": S("a")}), d=L(S("a"), S("b")))
    refusal = dynamodb.refused("UpdateItem", TableName="hash", Key={"a": S(key)}, UpdateExpression=action.format(path),
                               ExpressionAttributeNames={"#1": "1"}, ExpressionAttributeValues={":a": SS("a")})
    assert (refusal.error, refusal.message) == ("ValidationException", NO_PATH)


@pytest.mark.parametrize("text", ["set c = e", "set d = e"])
def test_an_index_key_of_another_type_is_refused(dynamodb, key, text):
    keys = {"a": S(key), "b": S(key)}
    dynamodb.put("range", **keys, e=N(1))
    refusal = dynamodb.refused("UpdateItem", TableName="range", Key=keys, UpdateExpression=text)
    assert refusal.message == "The update expression attempted to update the secondary index key to unsupported type"


def test_a_condition_that_the_item_does_not_meet(dynamodb, key):
    dynamodb.put("simple", pk=S(key), x=S("o"))
    refusal = dynamodb.refused("UpdateItem", TableName="simple", Key={"pk": S(key)}, UpdateExpression="SET x = :n",
                               ConditionExpression="x = :e", ExpressionAttributeValues={":n": S("u"), ":e": S("w")})
    assert refusal[:2] == ("ConditionalCheckFailedException", "The conditional request failed")
    assert dynamodb.get("simple", pk=S(key)) == {"pk": S(key), "x": S("o")}
