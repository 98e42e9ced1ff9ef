"""TransactGetItems. Facts: dynamodb-conformance transactions/transactGet, error-messages/transactGetItems."""

from .rows import refusals
from .values import N, S


@refusals("transact_get_items.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


def get(table, **key):
    return {"Get": {"TableName": table, "Key": key}}


def test_items_come_in_the_order_of_their_keys(dynamodb, key):
    first, second = {"pk": S(key), "v": N(1)}, {"pk": S(key), "sk": S("s"), "d": S("c")}
    dynamodb.put("simple", **first)
    dynamodb.put("composite", **second)
    reads = [get("simple", pk=S(key)), get("composite", pk=S(key), sk=S("s")), get("simple", pk=S(key + " missing"))]
    answer = dynamodb.ok("TransactGetItems", TransactItems=reads)
    assert answer == {"Responses": [{"Item": first}, {"Item": second}, {}]}


def test_a_read_takes_two_units(dynamodb, key):
    dynamodb.put("simple", pk=S(key))
    reads = [get("simple", pk=S(key)), get("simple", pk=S(key + " missing"))]
    answer = dynamodb.ok("TransactGetItems", TransactItems=reads, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"][0]["CapacityUnits"] == 4.0
    answer = dynamodb.ok("TransactGetItems", TransactItems=reads, ReturnConsumedCapacity="INDEXES")
    assert answer["ConsumedCapacity"][0]["Table"]["ReadCapacityUnits"] == 4.0


def test_a_key_that_is_not_the_tables_cancels(dynamodb):
    refusal = dynamodb.refused("TransactGetItems", TransactItems=[get("simple")])
    assert refusal.error == "TransactionCanceledException"
    assert [reason["Code"] for reason in refusal.body["CancellationReasons"]] == ["ValidationError"]
