"""UpdateTimeToLive, DescribeTimeToLive.

Facts: dynalite test/updateTimeToLive.js, describeTimeToLive.js; dynamodb-conformance ttl/basic.
"""

from .rows import refusals
from .tables import keys, on_demand

SIMPLE = on_demand("simple", keys("pk"), {"pk": "S"})


@refusals("time_to_live.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


def specification(enabled):
    return {"AttributeName": "expires", "Enabled": enabled}


def test_a_time_to_live_is_enabled_once(dynamodb, new_table):
    name = new_table(SIMPLE)
    description = dynamodb.ok("DescribeTimeToLive", TableName=name)["TimeToLiveDescription"]
    assert description == {"TimeToLiveStatus": "DISABLED"}
    answer = dynamodb.ok("UpdateTimeToLive", TableName=name, TimeToLiveSpecification=specification(True))
    assert answer == {"TimeToLiveSpecification": specification(True)}
    description = dynamodb.ok("DescribeTimeToLive", TableName=name)["TimeToLiveDescription"]
    assert description == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    refusal = dynamodb.refused("UpdateTimeToLive", TableName=name, TimeToLiveSpecification=specification(True))
    assert refusal[:2] == ("ValidationException", "TimeToLive is already enabled")


def test_a_time_to_live_that_is_off_is_not_disabled(dynamodb, new_table):
    refusal = dynamodb.refused("UpdateTimeToLive", TableName=new_table(SIMPLE),
                               TimeToLiveSpecification=specification(False))
    assert refusal[:2] == ("ValidationException", "TimeToLive is already disabled")
