"""UpdateTable: throughput, settings, indexes that come and go.

Facts: dynalite test/updateTable.js; dynamodb-conformance updateTable/basic, updateTable/config, updateTable/gsi.
"""

import time

import pytest

from .rows import refusals
from .tables import attributes, index, keys, on_demand, provisioned
from .values import S

DEADLINE_S = 60
NO_CHANGE = (
    "The provisioned throughput for the table will not change. The requested value equals the current value. "
    "Current ReadCapacityUnits provisioned for the table: 2. Requested ReadCapacityUnits: 2. "
    "Current WriteCapacityUnits provisioned for the table: 2. Requested WriteCapacityUnits: 2. "
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
)
SIMPLE = on_demand("simple", keys("pk"), {"pk": "S"})
COMPOSITE = on_demand("composite", keys("pk", "sk"), {"pk": "S", "sk": "S"})
PROVISIONED = provisioned("provisioned", keys("pk"), {"pk": "S"})


@refusals("update_table.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


def units(read, write):
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def described(dynamodb, name):
    return dynamodb.ok("DescribeTable", TableName=name)["Table"]


# --- throughput -----------------------------------------------------------------------------------


def test_units_go_up_and_down(dynamodb, new_table):
    """The answer shows the units from before; a decrease is counted when it is done."""
    begun = time.time() - 1
    name = new_table(PROVISIONED)
    answer = dynamodb.ok("UpdateTable", TableName=name, ProvisionedThroughput=units(6, 6))["TableDescription"]
    assert answer["TableStatus"] == "UPDATING"
    throughput = answer["ProvisionedThroughput"]
    assert throughput.pop("LastIncreaseDateTime") > begun
    assert throughput == {**units(2, 2), "NumberOfDecreasesToday": 0}

    raised = described(dynamodb, name)["ProvisionedThroughput"]
    increased = raised.pop("LastIncreaseDateTime")
    assert increased > begun
    assert raised == {**units(6, 6), "NumberOfDecreasesToday": 0}

    dynamodb.ok("UpdateTable", TableName=name, ProvisionedThroughput=units(2, 2))
    lowered = described(dynamodb, name)["ProvisionedThroughput"]
    assert lowered.pop("LastDecreaseDateTime") > begun
    assert lowered == {**units(2, 2), "NumberOfDecreasesToday": 1, "LastIncreaseDateTime": increased}


def test_units_that_do_not_change_are_refused(dynamodb, new_table):
    name = new_table(PROVISIONED)
    refusal = dynamodb.refused("UpdateTable", TableName=name, ProvisionedThroughput=units(2, 2))
    assert (refusal.error, refusal.message) == ("ValidationException", NO_CHANGE)
    refusal = dynamodb.refused("UpdateTable", TableName=name, BillingMode="PROVISIONED",
                               ProvisionedThroughput=units(2, 2))
    assert refusal.error == "ValidationException"


def test_units_of_a_table_that_goes_on_demand_are_refused(dynamodb, new_table):
    refusal = dynamodb.refused("UpdateTable", TableName=new_table(PROVISIONED), BillingMode="PAY_PER_REQUEST",
                               ProvisionedThroughput=units(5, 5))
    assert refusal.error == "ValidationException"


@pytest.mark.parametrize("table", [PROVISIONED, SIMPLE], ids=["provisioned", "on demand already"])
def test_a_table_goes_on_demand(dynamodb, new_table, table):
    name = new_table(table)
    dynamodb.ok("UpdateTable", TableName=name, BillingMode="PAY_PER_REQUEST")
    assert described(dynamodb, name)["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_a_table_on_demand_is_provisioned(dynamodb, new_table):
    name = new_table(SIMPLE)
    dynamodb.ok("UpdateTable", TableName=name, BillingMode="PROVISIONED", ProvisionedThroughput=units(5, 5))
    assert described(dynamodb, name)["ProvisionedThroughput"]["ReadCapacityUnits"] == 5


# --- settings -------------------------------------------------------------------------------------


def test_a_protected_table_is_not_deleted(dynamodb, new_table):
    name = new_table(SIMPLE)
    dynamodb.ok("UpdateTable", TableName=name, DeletionProtectionEnabled=True)
    assert described(dynamodb, name)["DeletionProtectionEnabled"] is True
    refusal = dynamodb.refused("DeleteTable", TableName=name)
    assert refusal.error == "ValidationException"
    assert "protected against deletion" in refusal.message
    dynamodb.ok("UpdateTable", TableName=name, DeletionProtectionEnabled=False)
    dynamodb.ok("DeleteTable", TableName=name)


def test_the_table_class_changes(dynamodb, new_table):
    name = new_table(SIMPLE)
    dynamodb.ok("UpdateTable", TableName=name, TableClass="STANDARD_INFREQUENT_ACCESS")
    assert described(dynamodb, name)["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"


def test_limits_on_demand_change(dynamodb, new_table):
    name = new_table({**SIMPLE, "OnDemandThroughput": {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 5}})
    limits = {"MaxReadRequestUnits": 20, "MaxWriteRequestUnits": 15}
    dynamodb.ok("UpdateTable", TableName=name, OnDemandThroughput=limits)
    assert described(dynamodb, name)["OnDemandThroughput"] == limits


# --- indexes --------------------------------------------------------------------------------------


def add_index(dynamodb, name, new_index, **types):
    dynamodb.ok("UpdateTable", TableName=name, AttributeDefinitions=attributes(**types),
                GlobalSecondaryIndexUpdates=[{"Create": new_index}])
    return indexes(dynamodb, name)


def indexes(dynamodb, name):
    """The global indexes by name, once all are filled."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        found = described(dynamodb, name).get("GlobalSecondaryIndexes", [])
        if all(each["IndexStatus"] == "ACTIVE" for each in found):
            return {each["IndexName"]: each for each in found}
        assert time.monotonic() < deadline


@pytest.mark.parametrize("new_index, types", [
    (index("gsi", keys("g")), {"g": "S"}),
    (index("gsi", keys("g", "s")), {"g": "S", "s": "N"}),
    (index("gsi", keys("g"), "KEYS_ONLY"), {"g": "S"}),
    (index("gsi", keys("g"), "INCLUDE", "attr1", "attr2"), {"g": "S"}),
], ids=["one key", "two keys", "KEYS_ONLY", "INCLUDE"])
def test_an_index_is_added(dynamodb, new_table, new_index, types):
    added = add_index(dynamodb, new_table(COMPOSITE), new_index, **types)["gsi"]
    assert {name: added[name] for name in new_index} == new_index


def test_a_new_index_finds_the_items_that_were_there(dynamodb, new_table):
    name = new_table(COMPOSITE)
    for item, group in [("1", "group1"), ("2", "group1"), ("3", "group2")]:
        dynamodb.put(name, pk=S(item), sk=S(item), g=S(group))
    add_index(dynamodb, name, index("gsi", keys("g")), g="S")
    answer = dynamodb.ok("Query", TableName=name, IndexName="gsi", KeyConditionExpression="g = :g",
                         ExpressionAttributeValues={":g": S("group1")})
    assert sorted(item["pk"]["S"] for item in answer["Items"]) == ["1", "2"]


def test_an_index_that_is_there_is_not_added_and_goes(dynamodb, new_table):
    name = new_table(COMPOSITE)
    add_index(dynamodb, name, index("gsi", keys("g")), g="S")
    refusal = dynamodb.refused("UpdateTable", TableName=name, AttributeDefinitions=attributes(g="S"),
                               GlobalSecondaryIndexUpdates=[{"Create": index("gsi", keys("g"))}])
    assert refusal.error == "ValidationException"
    dynamodb.ok("UpdateTable", TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "gsi"}}])
    assert indexes(dynamodb, name) == {}
    dynamodb.put(name, pk=S("a"), sk=S("1"))
    assert dynamodb.get(name, pk=S("a"), sk=S("1"))


def test_an_index_on_an_attribute_without_a_definition_is_refused(dynamodb, new_table):
    update = {"Create": index("gsi", keys("unknown"))}
    refusal = dynamodb.refused("UpdateTable", TableName=new_table(COMPOSITE), GlobalSecondaryIndexUpdates=[update])
    assert refusal.error == "ValidationException"


def test_an_index_that_is_not_there_does_not_go(dynamodb, new_table):
    update = {"Delete": {"IndexName": "absent"}}
    refusal = dynamodb.refused("UpdateTable", TableName=new_table(COMPOSITE), GlobalSecondaryIndexUpdates=[update])
    assert refusal.error == "ResourceNotFoundException"
