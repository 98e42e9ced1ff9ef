"""BatchGetItem and BatchWriteItem as boto3 uses them."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import Squall

TABLES = {"items": "S", "orders": "N"}
KB = 1000


@pytest.fixture(scope="module", params=["--memory", "--data=data"])
def session(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("batches")
    (folder / "template.yaml").write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    squall = Squall(folder, folder / "template.yaml", *request.param.split("="))
    yield squall
    assert squall.stop() == 0, squall.stderr()


@pytest.fixture
def dynamodb(session):
    """With the two tables, empty."""
    resource = boto3.resource(
        "dynamodb", endpoint_url=session.aws, region_name="eu-west-1", aws_access_key_id="test",
        aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))
    for name, kind in TABLES.items():
        resource.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": kind}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    yield resource
    for name in TABLES:
        resource.Table(name).delete()


def get_all(dynamodb, request):
    """Until nothing is unprocessed; the items of each answer."""
    answers = []
    while request:
        answer = dynamodb.batch_get_item(RequestItems=request)
        answers.append(answer["Responses"])
        request = answer["UnprocessedKeys"]
    return answers


def test_a_batch_writer_writes_and_deletes_across_batches(dynamodb):
    table = dynamodb.Table("items")
    with table.batch_writer() as batch:
        for number in range(60):
            batch.put_item({"id": str(number), "number": number})
        for number in range(0, 60, 2):
            batch.delete_item({"id": str(number)})
    assert sorted(int(item["id"]) for item in table.scan()["Items"]) == list(range(1, 60, 2))


def test_keys_of_two_tables_are_read_in_one_call(dynamodb):
    dynamodb.batch_write_item(RequestItems={
        "items": [{"PutRequest": {"Item": {"id": "a", "text": "one", "more": 1}}}],
        "orders": [{"PutRequest": {"Item": {"id": 7, "text": "two"}}}],
    })
    answer = dynamodb.batch_get_item(
        RequestItems={
            "items": {"Keys": [{"id": "a"}, {"id": "missing"}], "ProjectionExpression": "#t",
                      "ExpressionAttributeNames": {"#t": "text"}},
            "orders": {"Keys": [{"id": 7}], "ConsistentRead": True},
        },
        ReturnConsumedCapacity="TOTAL")
    assert answer["Responses"] == {"items": [{"text": "one"}], "orders": [{"id": 7, "text": "two"}]}
    assert answer["UnprocessedKeys"] == {}
    assert answer["ConsumedCapacity"] == [{"TableName": "items", "CapacityUnits": 1.0},
                                          {"TableName": "orders", "CapacityUnits": 1.0}]


def test_more_than_16_mb_come_in_several_answers(dynamodb):
    keys = [{"id": str(number)} for number in range(50)]
    with dynamodb.Table("items").batch_writer() as batch:
        for key in keys:
            batch.put_item({**key, "text": "x" * 390 * KB})
    answers = get_all(dynamodb, {"items": {"Keys": keys, "ConsistentRead": True}})
    assert [len(answer["items"]) for answer in answers] == [43, 7]
    found = [item for answer in answers for item in answer["items"]]
    assert [item["id"] for item in found] == [key["id"] for key in keys]
    assert all(len(item["text"]) == 390 * KB for item in found)


def test_a_batch_that_is_refused_writes_nothing(dynamodb):
    put = [{"PutRequest": {"Item": {"id": "a"}}}]
    for wrong in ({"items": put, "none": put}, {"items": [*put, *put]}, {"items": put, "orders": put}):
        with pytest.raises(ClientError):
            dynamodb.batch_write_item(RequestItems=wrong)
    assert dynamodb.Table("items").scan()["Count"] == 0
