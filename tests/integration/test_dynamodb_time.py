"""Capacity and time, which are off unless asked for: throughput as a limit, and a latency profile on the wire."""

import json
import time

import boto3
import pytest
from botocore.config import Config

TEMPLATE = "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n"
TABLE = {"TableName": "tab", "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
         "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}


def dynamodb(emulator, attempts=1):
    return boto3.client("dynamodb", endpoint_url=emulator.aws, region_name="eu-west-1", aws_access_key_id="a",
                        aws_secret_access_key="b", config=Config(retries={"total_max_attempts": attempts}))


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return path


def test_beyond_its_throughput_a_table_throttles_and_says_why(start_squall, template):
    client = dynamodb(start_squall(template, "--memory", "--throughput", "enforce"))
    client.create_table(**TABLE)
    client.put_item(TableName="tab", Item={"id": {"S": "a"}})
    # Two units at once, the second overdrawn: whatever the clock says, the third finds nothing.
    with pytest.raises(client.exceptions.ProvisionedThroughputExceededException) as refused:
        for _ in range(3):
            client.put_item(TableName="tab", Item={"id": {"S": "a"}, "text": {"S": "x" * 300000}})
    reason = refused.value.response["ThrottlingReasons"][0]
    assert reason == {"reason": "TableWriteProvisionedThroughputExceeded",
                      "resource": "arn:aws:dynamodb:eu-west-1:000000000000:table/tab"}


def test_throughput_is_no_limit_unless_asked_for(start_squall, template):
    client = dynamodb(start_squall(template, "--memory"))
    client.create_table(**TABLE)
    for _ in range(20):
        client.put_item(TableName="tab", Item={"id": {"S": "a"}})


def test_a_latency_profile_holds_answers_back(start_squall, template, tmp_path):
    profile = tmp_path / "profile.json"
    profile.write_text(json.dumps({"source": "a test", "dynamodb": {"GetItem": {"p50": 200, "p99": 200}}}))
    client = dynamodb(start_squall(template, "--memory", "--latency", profile))
    client.create_table(**TABLE)
    begun = time.monotonic()
    client.get_item(TableName="tab", Key={"id": {"S": "a"}})
    assert time.monotonic() - begun >= 0.2


def test_answers_that_are_held_back_are_given_before_the_end(start_squall, template, tmp_path):
    profile = tmp_path / "profile.json"
    profile.write_text(json.dumps({"source": "a test", "dynamodb": {"ListTables": {"p50": 300, "p99": 300}}}))
    emulator = start_squall(template, "--memory", "--latency", profile)
    client = dynamodb(emulator)
    assert client.list_tables()["TableNames"] == []
    assert emulator.stop() == 0
