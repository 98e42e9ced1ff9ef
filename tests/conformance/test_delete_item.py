"""DeleteItem. Facts: dynalite test/deleteItem.js; dynamodb-conformance legacy-api/expected, error-messages."""

import pytest

from .rows import refusals
from .values import S

FAILED = ("ConditionalCheckFailedException", "The conditional request failed")


@refusals("delete_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


@pytest.mark.parametrize("request_, is_met", [
    ({"Expected": {"data": {"Exists": True, "Value": S("d")}}}, True),
    ({"Expected": {"data": {"Exists": False}}}, False),
    ({"ConditionExpression": "#d = :v", "ExpressionAttributeNames": {"#d": "data"},
      "ExpressionAttributeValues": {":v": S("w")}}, False),
], ids=["the value expected", "nothing expected", "another value"])
def test_a_delete_on_a_condition(dynamodb, key, request_, is_met):
    dynamodb.put("simple", pk=S(key), data=S("d"))
    if is_met:
        assert dynamodb.ok("DeleteItem", TableName="simple", Key={"pk": S(key)}, **request_) == {}
    else:
        assert dynamodb.refused("DeleteItem", TableName="simple", Key={"pk": S(key)}, **request_)[:2] == FAILED
    assert (dynamodb.get("simple", pk=S(key)) is None) == is_met
