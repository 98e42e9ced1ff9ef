"""CreateTable: what it describes. Facts: dynalite test/createTable.js; dynamodb-conformance createTable/config."""

import re

import pytest

from .rows import refusals
from .tables import attributes, index, keys, on_demand, provisioned

UUID_4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
ONE_EACH = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
SIMPLE = on_demand("simple", keys("pk"), {"pk": "S"})


@refusals("create_table.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


def test_a_new_table_is_described(dynamodb, numbers):
    name = f"described-{next(numbers)}"
    request = {**provisioned(name, keys("a", "b"), {"a": "S", "b": "S"}), "ProvisionedThroughput": ONE_EACH}
    described = dynamodb.ok("CreateTable", **request)["TableDescription"]
    assert re.fullmatch(UUID_4, described.pop("TableId"))
    assert described.pop("TableArn") == f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}"
    assert isinstance(described.pop("CreationDateTime"), float)
    assert described == {
        "TableName": name, "AttributeDefinitions": attributes(a="S", b="S"), "KeySchema": keys("a", "b"),
        "ItemCount": 0, "TableSizeBytes": 0, "TableStatus": "CREATING", "DeletionProtectionEnabled": False,
        "ProvisionedThroughput": {**ONE_EACH, "NumberOfDecreasesToday": 0}}


@pytest.mark.parametrize("member, schema, of_each", [
    ("LocalSecondaryIndexes", keys("a", "b"), {}),
    ("GlobalSecondaryIndexes", keys("a"), {"ProvisionedThroughput": ONE_EACH}),
])
def test_five_indexes_are_described(dynamodb, numbers, member, schema, of_each):
    indexes = [{**index(name, keys("a", "b")), **of_each} for name in ("abc", "abd", "abe", "abf", "abg")]
    table = provisioned(f"five-{next(numbers)}", schema, {"a": "S", "b": "S"}, **{member: indexes})
    described = dynamodb.ok("CreateTable", **table)["TableDescription"]
    expected = [{**each, "IndexSizeBytes": 0, "ItemCount": 0,
                 "IndexArn": f"{described['TableArn']}/index/{each['IndexName']}"} for each in indexes]
    if of_each:
        throughput = {**ONE_EACH, "NumberOfDecreasesToday": 0}
        expected = [{**each, "IndexStatus": "CREATING", "ProvisionedThroughput": throughput} for each in expected]
    assert sorted(described[member], key=lambda each: each["IndexName"]) == expected


@pytest.mark.parametrize("request_, described", [
    ({}, {"DeletionProtectionEnabled": False}),
    ({"DeletionProtectionEnabled": True}, {"DeletionProtectionEnabled": True}),
    ({"OnDemandThroughput": {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 5}},
     {"OnDemandThroughput": {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 5}}),
], ids=["nothing", "deletion protection", "limits on demand"])
def test_a_setting_is_described(dynamodb, new_table, request_, described):
    table = dynamodb.ok("DescribeTable", TableName=new_table({**SIMPLE, **request_}))["Table"]
    assert {name: table.get(name) for name in described} == described


def test_a_table_class_is_described_where_one_is_set(dynamodb, new_table):
    name = new_table({**SIMPLE, "TableClass": "STANDARD_INFREQUENT_ACCESS"})
    summary = dynamodb.ok("DescribeTable", TableName=name)["Table"]["TableClassSummary"]
    assert summary["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert "TableClassSummary" not in dynamodb.ok("DescribeTable", TableName=new_table(SIMPLE))["Table"]


def test_encryption_is_described_where_it_is_set(dynamodb, new_table):
    name = new_table({**SIMPLE, "SSESpecification": {"Enabled": True}})
    described = dynamodb.ok("DescribeTable", TableName=name)["Table"]["SSEDescription"]
    assert (described["Status"], described["SSEType"]) == ("ENABLED", "KMS")
    assert described["KMSMasterKeyArn"].startswith("arn:aws:kms:")
    assert "SSEDescription" not in dynamodb.ok("DescribeTable", TableName=new_table(SIMPLE))["Table"]
