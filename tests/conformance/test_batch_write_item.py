"""BatchWriteItem. Facts: dynalite test/batchWriteItem.js; dynamodb-conformance error-messages/batchWriteItem."""

import pytest

from .rows import refusals
from .values import B, N, S


@refusals("batch_write_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


def put(**item):
    return {"PutRequest": {"Item": item}}


def delete(**key):
    return {"DeleteRequest": {"Key": key}}


def test_a_batch_puts_into_and_deletes_from_several_tables(dynamodb, key):
    hashed, ranged = {"a": S(key), "c": S("c")}, {"a": S(key), "b": S(key), "c": S("c")}
    puts = {"hash": [put(**hashed)], "range": [put(**ranged)]}
    assert dynamodb.ok("BatchWriteItem", RequestItems=puts) == {"UnprocessedItems": {}}
    assert dynamodb.get("hash", a=S(key)) == hashed
    assert dynamodb.get("range", a=S(key), b=S(key)) == ranged
    deletes = {"hash": [delete(a=S(key))], "range": [delete(a=S(key), b=S(key))]}
    assert dynamodb.ok("BatchWriteItem", RequestItems=deletes) == {"UnprocessedItems": {}}
    assert dynamodb.get("hash", a=S(key)) is dynamodb.get("range", a=S(key), b=S(key)) is None


def test_a_batch_puts_and_deletes_together(dynamodb, key):
    dynamodb.put("hash", a=S(key))
    dynamodb.ok("BatchWriteItem", RequestItems={"hash": [delete(a=S(key)), put(a=S(key + " 2"))]})
    assert dynamodb.get("hash", a=S(key)) is None
    assert dynamodb.get("hash", a=S(key + " 2")) == {"a": S(key + " 2")}


def test_25_items_are_written(dynamodb, key):
    requests = [put(pk=S(f"{key}-{number}"), payload=S("x" * 20000)) for number in range(25)]
    assert dynamodb.ok("BatchWriteItem", RequestItems={"simple": requests}) == {"UnprocessedItems": {}}


@pytest.mark.parametrize("length, binaries, units", [
    (1010, ["AQI=", "Ag==", "AQ=="], 2.0), (1012, ["AQI=", "Ag=="], 3.0),
])
def test_each_write_is_rounded_up_alone(dynamodb, numbers, key, length, binaries, units):
    """A kilobyte a unit; a small item and another table besides. What a delete finds counts as well."""
    number = N(next(numbers))
    large = {"a": S(key), "b": S("b" * (length - len(key) - 1)), "c": N("12.3456"), "d": B("AQI="),
             "e": {"BS": binaries}}
    puts = {"hash": [put(**large), put(a=S(key + " small"))], "hash_number": [put(a=number)]}
    deletes = {"hash": [delete(a=S(key)), delete(a=S(key + " small"))], "hash_number": [delete(a=number)]}

    def capacities(requests, returned="TOTAL"):
        answer = dynamodb.ok("BatchWriteItem", RequestItems=requests, ReturnConsumedCapacity=returned)
        return sorted(answer["ConsumedCapacity"], key=lambda used: used["TableName"])

    def expected(of_hash):
        return [{"TableName": "hash", "CapacityUnits": of_hash}, {"TableName": "hash_number", "CapacityUnits": 1.0}]

    assert capacities(puts) == expected(units)
    assert capacities(puts, "INDEXES") == [
        {**used, "Table": {"CapacityUnits": used["CapacityUnits"]}} for used in expected(units)]
    assert capacities(deletes) == expected(units)
    assert capacities(deletes) == expected(2.0)
