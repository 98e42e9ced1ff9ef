"""Units by table and index, and item collections.

Facts: dynamodb-conformance putItem/indexConsumedCapacity, putItem/itemCollectionMetrics,
query/consumedCapacity, scan/consumedCapacity.
"""

import pytest

from .tables import index, keys, on_demand
from .values import N, S

INDEXED = on_demand(
    "indexed", keys("pk", "sk"), {"pk": "S", "sk": "S", "g": "S", "l": "S"},
    LocalSecondaryIndexes=[index("lsi", keys("pk", "l"))],
    GlobalSecondaryIndexes=[index("gsi", keys("g"), "INCLUDE", "projected")])


@pytest.fixture(scope="module")
def indexed(new_table):
    return new_table(INDEXED)


def capacity(table, total, table_units, gsi=None, lsi=None):
    """ConsumedCapacity with INDEXES; an index that was not written is not there."""
    expected = {"TableName": table, "CapacityUnits": total, "Table": {"CapacityUnits": table_units}}
    if gsi:
        expected["GlobalSecondaryIndexes"] = {"gsi": {"CapacityUnits": gsi}}
    if lsi:
        expected["LocalSecondaryIndexes"] = {"lsi": {"CapacityUnits": lsi}}
    return expected


def put(dynamodb, table, key, returned="INDEXES", **attributes):
    item = {"pk": S(key), "sk": S("1"), **{name: S(value) for name, value in attributes.items()}}
    return dynamodb.ok("PutItem", TableName=table, Item=item, ReturnConsumedCapacity=returned)["ConsumedCapacity"]


@pytest.mark.parametrize("attributes, units", [
    ({"g": "g", "projected": "p"}, (2, 1, 1)),
    ({"plain": "o"}, (1, 1)),
    ({"l": "L"}, (2, 1, None, 1)),
    ({"g": "g", "l": "L", "projected": "p"}, (3, 1, 1, 1)),
], ids=["the global index", "no index", "the local index", "both"])
def test_a_put_takes_a_unit_in_each_index_it_enters(dynamodb, indexed, key, attributes, units):
    assert put(dynamodb, indexed, key, **attributes) == capacity(indexed, *units)


def test_an_identical_put_writes_no_index(dynamodb, indexed, key):
    put(dynamodb, indexed, key, g="g", l="L", projected="p")
    assert put(dynamodb, indexed, key, g="g", l="L", projected="p") == capacity(indexed, 1, 1)


def test_total_adds_up_the_indexes(dynamodb, indexed, key):
    assert put(dynamodb, indexed, key, "TOTAL", g="g") == {"TableName": indexed, "CapacityUnits": 2}


@pytest.mark.parametrize("text, value, units", [
    ("SET plain = :v", "o2", (2, 1, None, 1)),
    ("SET projected = :v", "p2", (3, 1, 1, 1)),
    ("SET g = :v", "g2", (4, 1, 2, 1)),
    ("REMOVE g", None, (3, 1, 1, 1)),
    ("SET l = :v", "L2", (3, 1, None, 2)),
], ids=["what one index projects", "what both project", "a global key", "a global key removed", "a local key"])
def test_an_update_takes_units_where_entries_change(dynamodb, indexed, key, text, value, units):
    put(dynamodb, indexed, key, g="g", l="L", projected="p", plain="o")
    request = {"ExpressionAttributeValues": {":v": S(value)}} if value else {}
    answer = dynamodb.ok("UpdateItem", TableName=indexed, Key={"pk": S(key), "sk": S("1")}, UpdateExpression=text,
                         ReturnConsumedCapacity="INDEXES", **request)
    assert answer["ConsumedCapacity"] == capacity(indexed, *units)


def test_a_delete_takes_a_unit_in_each_index_it_leaves(dynamodb, indexed, key):
    put(dynamodb, indexed, key, g="g", l="L", projected="p")
    answer = dynamodb.ok("DeleteItem", TableName=indexed, Key={"pk": S(key), "sk": S("1")},
                         ReturnConsumedCapacity="INDEXES")
    assert answer["ConsumedCapacity"] == capacity(indexed, 3, 1, 1, 1)


def test_a_batch_adds_up_its_writes(dynamodb, indexed, key):
    items = [{"pk": S(key), "sk": S("1"), "g": S("g"), "projected": S("p")}, {"pk": S(key), "sk": S("2")}]
    requests = [{"PutRequest": {"Item": item}} for item in items]
    answer = dynamodb.ok("BatchWriteItem", RequestItems={indexed: requests}, ReturnConsumedCapacity="INDEXES")
    assert answer == {"UnprocessedItems": {}, "ConsumedCapacity": [capacity(indexed, 3, 2, 1)]}


@pytest.mark.parametrize("request_", [
    {"FilterExpression": "keep = :k", "ExpressionAttributeValues": {":k": S("yes")}},
    {"FilterExpression": "keep = :k", "ExpressionAttributeValues": {":k": S("never")}},
    {"ProjectionExpression": "sk"},
], ids=["a filter", "a filter that leaves nothing", "a projection"])
def test_filters_and_projections_save_no_units(dynamodb, key, request_):
    for number in range(6):
        dynamodb.put("composite_number", pk=S(key), sk=N(number), keep=S("no" if number else "yes"), x=S("x" * 200))

    def units(operation, **request):
        answer = dynamodb.ok(operation, TableName="composite_number", ReturnConsumedCapacity="TOTAL", **request)
        return answer["ConsumedCapacity"]["CapacityUnits"]

    query = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": S(key)}}
    values = {**query["ExpressionAttributeValues"], **request_.get("ExpressionAttributeValues", {})}
    assert units("Query", **{**query, **request_, "ExpressionAttributeValues": values}) == units("Query", **query)
    assert units("Scan", **request_) == units("Scan")


@pytest.mark.parametrize("operation, request_", [
    ("PutItem", {"Item": {"sk": S("a"), "lsi1sk": S("l")}}),
    ("UpdateItem", {"Key": {"sk": S("a")}, "UpdateExpression": "SET d = :v",
                    "ExpressionAttributeValues": {":v": S("u")}}),
    ("DeleteItem", {"Key": {"sk": S("a")}}),
], ids=["PutItem", "UpdateItem", "DeleteItem"])
def test_a_write_tells_its_item_collection(dynamodb, key, operation, request_):
    member = "Item" if operation == "PutItem" else "Key"
    request_ = {**request_, member: {"pk": S(key), **request_[member]}}
    answer = dynamodb.ok(operation, TableName="composite", ReturnItemCollectionMetrics="SIZE", **request_)
    metrics = {"ItemCollectionKey": {"pk": S(key)}, "SizeEstimateRangeGB": [0.0, 1.0]}
    assert answer["ItemCollectionMetrics"] == metrics
