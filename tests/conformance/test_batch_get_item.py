"""BatchGetItem. Facts: dynalite test/batchGetItem.js; dynamodb-conformance error-messages/batchGetItem."""

import json

import pytest

from .rows import refusals
from .values import B, N, S


@refusals("batch_get_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


def by_text(values):
    return sorted(values, key=lambda value: json.dumps(value, sort_keys=True))


def test_items_that_are_not_there_are_left_out(dynamodb, key):
    requests = {"hash": {"Keys": [{"a": S(key)}]}, "range": {"Keys": [{"a": S(key), "b": S(key)}]}}
    answer = dynamodb.ok("BatchGetItem", RequestItems=requests)
    assert answer == {"Responses": {"hash": [], "range": []}, "UnprocessedKeys": {}}


@pytest.mark.parametrize("request_", [
    {"AttributesToGet": ["b", "c"]},
    {"ProjectionExpression": "b, c"},
    {"ProjectionExpression": "#b, #c", "ExpressionAttributeNames": {"#b": "b", "#c": "c"}},
], ids=["AttributesToGet", "an expression", "an expression with names"])
def test_items_have_the_attributes_asked_for(dynamodb, key, request_):
    items = [{"a": S(key + " 1"), "b": N(1), "c": S("c")}, {"a": S(key + " 2"), "b": N(2), "d": S("d")},
             {"a": S(key + " 3")}]
    for item in items:
        dynamodb.put("hash", **item)
    keys = [{"a": S(f"{key} {number}")} for number in range(5)]
    requests = {"hash": {"Keys": keys, "ConsistentRead": True}}
    answer = dynamodb.ok("BatchGetItem", RequestItems=requests)
    assert by_text(answer["Responses"]["hash"]) == by_text(items)
    answer = dynamodb.ok("BatchGetItem", RequestItems={"hash": {**requests["hash"], **request_}})
    assert by_text(answer["Responses"]["hash"]) == by_text([{"b": N(1), "c": S("c")}, {"b": N(2)}, {}])


@pytest.mark.parametrize("length, binaries, consistent, units", [
    (4082, ["AQI=", "Ag==", "AQ=="], False, 1.5),
    (4084, ["AQI=", "Ag=="], False, 2.0),
    (4082, ["AQI=", "Ag==", "AQ=="], True, 3.0),
    (4084, ["AQI=", "Ag=="], True, 4.0),
])
def test_each_item_is_rounded_up_alone(dynamodb, key, length, binaries, consistent, units):
    """4 KB a unit and half of it; a small item and a missing one besides."""
    dynamodb.put("hash", a=S(key), b=S("b" * (length - len(key) - 1)), c=N("12.3456"), d=B("AQI="), e={"BS": binaries})
    dynamodb.put("hash", a=S(key + " small"))
    keys = [{"a": S(name)} for name in (key, key + " small", key + " missing")]
    requests = {"hash": {"Keys": keys, "ConsistentRead": consistent},
                "hash_number": {"Keys": [{"a": N(123456)}], "ConsistentRead": consistent}}
    expected = {"hash": units, "hash_number": 1.0 if consistent else 0.5}

    def capacities(returned):
        answer = dynamodb.ok("BatchGetItem", RequestItems=requests, ReturnConsumedCapacity=returned)
        return sorted(answer["ConsumedCapacity"], key=lambda used: used["TableName"])

    assert capacities("TOTAL") == [{"TableName": name, "CapacityUnits": used} for name, used in expected.items()]
    assert capacities("INDEXES") == [{"TableName": name, "CapacityUnits": used, "Table": {"CapacityUnits": used}}
                                     for name, used in expected.items()]


def test_100_keys_are_read(dynamodb, key):
    for number in range(25):
        dynamodb.put("simple", pk=S(f"{key}-{number}"))
    keys = [{"pk": S(f"{key}-{number}")} for number in range(100)]
    answer = dynamodb.ok("BatchGetItem", RequestItems={"simple": {"Keys": keys}})
    assert len(answer["Responses"]["simple"]) == 25
