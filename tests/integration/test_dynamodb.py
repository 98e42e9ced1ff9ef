"""DynamoDB's wire and boto3's view of it, against what AWS answers."""

import gzip
import http.client
import json
import os
import pathlib
import re
import subprocess
import urllib.parse
import zlib

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUALL = pathlib.Path(os.environ.get("SQUALL_BINARY") or ROOT / "build" / "squall")
SIGNED = {
    "X-Amz-Date": "20261123T100000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261123/eu-west-3/dynamodb/"
    "aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
}
JSON = {"Content-Type": "application/x-amz-json-1.0"}
LIST = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("squall")
    template = folder / "template.yaml"
    template.write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    command = [SQUALL, "serve", template, "--memory", "--port", "0", "--aws-port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    try:
        yield dict(part.split("=", 1) for part in process.stdout.readline().split()[1:])["aws"]
    finally:
        process.terminate()
        assert process.wait(10) == 0


def send(url, method="POST", headers=None, body=b"", path="/"):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    data = answer.read()
    if answer.getheader("x-amz-crc32") is not None:
        assert int(answer.getheader("x-amz-crc32")) == zlib.crc32(data)
        assert len(answer.getheader("x-amzn-RequestId")) == 52
    return answer, data


CORAL = '{"__type":"com.amazon.coral.service#'
WIRE = [
    (JSON | LIST | SIGNED, b"{}", 200, '{"TableNames":[]}'),
    (JSON | LIST, b"{}", 400, CORAL + 'MissingAuthenticationTokenException",'
     '"message":"Request is missing Authentication Token"}'),
    (JSON | SIGNED, b"{}", 400, CORAL + 'UnknownOperationException"}'),
    (JSON | SIGNED | {"X-Amz-Target": "DynamoDB_20120810.CreateBackup"}, b"{}", 400,
     CORAL + 'UnknownOperationException"}'),
    (JSON | LIST | SIGNED, b"{", 400, CORAL + 'SerializationException"}'),
    (JSON | LIST | SIGNED, b"", 400, CORAL + 'SerializationException"}'),
    (LIST | SIGNED | {"Content-Type": "application/x-amz-json-1.1"}, b"{}", 404,
     "<UnknownOperationException/>\n"),
    (JSON | LIST | SIGNED | {"Content-Encoding": "gzip"}, gzip.compress(b"{}"), 200,
     '{"TableNames":[]}'),
    (JSON | LIST | SIGNED | {"Content-Encoding": "gzip"}, b"no gzip", 500, ""),
    (JSON | LIST | SIGNED | {"Content-Encoding": "br"}, b"{}", 500, ""),
]  # fmt: skip


def test_a_request_past_its_memory_has_an_answer(url):
    """The JSON's tree is larger than one request may be, and leaves no room for an error."""
    headers = JSON | SIGNED | {"X-Amz-Target": "DynamoDB_20120810.PutItem"}
    answer, data = send(url, headers=headers, body="[" + "1," * 8000000 + "1]")
    assert (answer.status, data) == (400, (CORAL + 'SerializationException"}').encode())
    assert answer.getheader("x-amzn-RequestId")


@pytest.mark.parametrize("headers, body, status, expected", WIRE)
def test_the_wire_answers_as_the_service(url, headers, body, status, expected):
    answer, data = send(url, headers=headers, body=body)
    assert (answer.status, data.decode()) == (status, expected)
    assert answer.getheader("Server") == "Server"


@pytest.mark.parametrize("host, named", [
    ("dynamodb.eu-west-3.amazonaws.com", "dynamodb.eu-west-3.amazonaws.com"),
    ("127.0.0.1", "dynamodb.us-east-1.amazonaws.com"),
])  # fmt: skip
def test_get_tells_that_it_is_healthy(url, host, named):
    answer, data = send(url, "GET", headers={"Host": host})
    assert (answer.status, data) == (200, b"healthy: %s " % named.encode())


def test_parameters_of_a_signature_may_stand_without_commas(url):
    header = "AWS4- Signature=b Credential=a"
    answer, data = send(url, headers=LIST | {"Authorization": header, "Date": "a"})
    assert answer.getheader("Content-Type") == "application/json"  # none was named
    assert json.loads(data) == {
        "__type": "com.amazon.coral.service#IncompleteSignatureException",
        "message": f"Authorization header requires 'SignedHeaders' parameter. Authorization={header}",
    }


def test_a_port_of_its_own_speaks_dynamodb_alone(tmp_path):
    (tmp_path / "template.yaml").write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    command = [SQUALL, "serve", tmp_path / "template.yaml", "--memory", "--port", "0", "--aws-port", "0"]
    with subprocess.Popen([*command, "--dynamodb-port", "0"], stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        line = process.stdout.readline()
        ready = re.match(r"ready api=\S+ aws=(\S+) pid=\d+ dynamodb=(http://127\.0\.0\.1:\d+)\n$", line)
        assert ready, line
        clients = [boto3.client("dynamodb", endpoint_url=url, region_name="us-east-1", aws_access_key_id="a",
                                aws_secret_access_key="b") for url in ready.groups()]
        clients[1].create_table(
            TableName="tab", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}])
        assert clients[0].list_tables()["TableNames"] == ["tab"]  # one engine, two doors
        assert send(ready[2], "GET")[1].startswith(b"healthy: ")
        for path in ("/_squall/health", "/2015-03-31/functions"):
            answer, data = send(ready[2], "GET", path=path)
            assert (answer.status, data) == (404, b"<UnknownOperationException/>\n")
        process.terminate()
        assert process.wait(10) == 0


def test_a_browser_may_ask(url):
    answer, data = send(url, "OPTIONS", {"Origin": "http://x", "Access-Control-Request-Method": "POST"})
    assert (answer.status, data) == (200, b"")
    assert answer.getheader("Access-Control-Allow-Origin") == "*"
    assert answer.getheader("Access-Control-Allow-Methods") == "POST"
    assert answer.getheader("Access-Control-Max-Age") == "172800"


@pytest.fixture
def table(url):
    resource = boto3.resource("dynamodb", endpoint_url=url, region_name="eu-west-3",
                              aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")
    table = resource.create_table(
        TableName="music",
        AttributeDefinitions=[{"AttributeName": "artist", "AttributeType": "S"},
                              {"AttributeName": "song", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "artist", "KeyType": "HASH"},
                   {"AttributeName": "song", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST")
    table.wait_until_exists()
    yield table
    table.delete()
    table.wait_until_not_exists()


def test_a_table_lives_with_boto3(table):
    assert table.table_arn == "arn:aws:dynamodb:eu-west-3:000000000000:table/music"
    for number in range(20):
        table.put_item(Item={"artist": "A", "song": f"{number:02}", "n": number, "tags": {"x", "y"}})
    answer = table.update_item(
        Key={"artist": "A", "song": "03"}, UpdateExpression="SET n = n + :o",
        ExpressionAttributeValues={":o": 10}, ReturnValues="UPDATED_NEW")
    assert answer["Attributes"] == {"n": 13}
    assert table.get_item(Key={"artist": "A", "song": "03"})["Item"]["tags"] == {"x", "y"}
    page = table.query(KeyConditionExpression=Key("artist").eq("A") & Key("song").between("02", "05"))
    assert [item["song"] for item in page["Items"]] == ["02", "03", "04", "05"]
    assert table.scan(FilterExpression=Attr("n").gte(13))["Count"] == 8
    with pytest.raises(table.meta.client.exceptions.ConditionalCheckFailedException):
        table.delete_item(Key={"artist": "A", "song": "03"}, ConditionExpression=Attr("n").eq(3))
    table.delete_item(Key={"artist": "A", "song": "03"})
    table.reload()
    assert table.item_count == 19


def test_a_long_answer_is_compressed_where_it_may_be(url, table):
    table.put_item(Item={"artist": "B", "song": "long", "text": "x" * 10000})
    headers = JSON | SIGNED | {"X-Amz-Target": "DynamoDB_20120810.Scan", "Accept-Encoding": "gzip"}
    answer, data = send(url, headers=headers, body=b'{"TableName":"music"}')
    assert answer.getheader("Content-Encoding") == "gzip"
    assert json.loads(gzip.decompress(data))["Count"] == 1


def test_pages_of_any_length_are_whole_and_end_past_one_megabyte(url):
    boto = boto3.client("dynamodb", endpoint_url=url, region_name="eu-west-3", aws_access_key_id="a",
                        aws_secret_access_key="b")
    boto.create_table(TableName="long", BillingMode="PAY_PER_REQUEST",
                      AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"},
                                            {"AttributeName": "s", "AttributeType": "N"}],
                      KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}])
    for number in range(30):
        boto.put_item(TableName="long", Item={"p": {"S": "p"}, "s": {"N": str(number)}, "text": {"S": "x" * 50000}})
    query = {"TableName": "long", "KeyConditionExpression": "p = :p", "ExpressionAttributeValues": {":p": {"S": "p"}}}
    for limit in 1, 2, 10, 20:  # up to 64 KB of items are read at once, more by another thread
        page = boto.query(**query, Limit=limit)
        assert [item["s"]["N"] for item in page["Items"]] == [str(number) for number in range(limit)]
    first = boto.query(**query)
    assert first["Count"] == 21 and first["LastEvaluatedKey"] == {"p": {"S": "p"}, "s": {"N": "20"}}
    assert boto.query(**query, ExclusiveStartKey=first["LastEvaluatedKey"])["Count"] == 9
    assert sum(page["Count"] for page in boto.get_paginator("scan").paginate(TableName="long")) == 30


def client_of(url, service):
    return boto3.client(service, endpoint_url=url, region_name="eu-west-3",
                        aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")


@pytest.fixture
def changes(url):
    """A table with a stream: the client, the streams' client, and the stream's ARN."""
    client = client_of(url, "dynamodb")
    table = client.create_table(
        TableName="changes",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    yield client, client_of(url, "dynamodbstreams"), table["TableDescription"]["LatestStreamArn"]
    client.delete_table(TableName="changes")


def read_stream(streams, arn, **iterator):
    """Every record from there on, as consumers read: shard after shard, page after page."""
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        place = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], **iterator)
        place = place["ShardIterator"]
        while place is not None:
            page = streams.get_records(ShardIterator=place, Limit=3)
            yield from page["Records"]
            place = page["Records"] and page.get("NextShardIterator") or None


def test_a_stream_is_read_with_boto3(changes):
    client, streams, arn = changes
    assert streams.list_streams(TableName="changes")["Streams"] == [
        {"StreamArn": arn, "TableName": "changes", "StreamLabel": arn.rsplit("/", 1)[1]}]
    description = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert description["StreamStatus"] == "ENABLED"
    assert description["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    shard = description["Shards"][0]
    latest = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST")["ShardIterator"]
    for number in range(5):
        client.put_item(TableName="changes", Item={"id": {"S": "a"}, "n": {"N": str(number)}})
    client.put_item(TableName="changes", Item={"n": {"N": "4.0"}, "id": {"S": "a"}})
    client.delete_item(TableName="changes", Key={"id": {"S": "a"}})
    records = list(read_stream(streams, arn, ShardIteratorType="TRIM_HORIZON"))
    assert [record["eventName"] for record in records] == ["INSERT", *["MODIFY"] * 4, "REMOVE"]
    assert {record["awsRegion"] for record in records} == {"eu-west-3"}
    assert records[1]["dynamodb"]["OldImage"] == {"id": {"S": "a"}, "n": {"N": "0"}}
    assert records[1]["dynamodb"]["NewImage"] == {"id": {"S": "a"}, "n": {"N": "1"}}
    assert records[1]["dynamodb"]["ApproximateCreationDateTime"].microsecond == 0
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert numbers == sorted(set(numbers))
    assert int(shard["SequenceNumberRange"]["StartingSequenceNumber"]) <= numbers[0]
    assert list(read_stream(streams, arn, ShardIteratorType="AFTER_SEQUENCE_NUMBER",
                            SequenceNumber=str(numbers[2]))) == records[3:]
    assert streams.get_records(ShardIterator=latest)["Records"] == records
    with pytest.raises(streams.exceptions.ResourceNotFoundException):
        streams.describe_stream(StreamArn=arn[:-1] + "x")


def test_a_long_page_of_records_is_read_too(changes):
    client, streams, arn = changes
    for number in range(8):
        client.put_item(
            TableName="changes", Item={"id": {"S": str(number)}, "text": {"S": "x" * 100_000}})
    records = list(read_stream(streams, arn, ShardIteratorType="TRIM_HORIZON"))
    assert [record["dynamodb"]["Keys"]["id"]["S"] for record in records] == list("01234567")


def test_each_service_has_its_own_operations(url):
    for target in ("DynamoDB_20120810.ListStreams", "DynamoDBStreams_20120810.ListTables"):
        answer, data = send(url, headers=JSON | SIGNED | {"X-Amz-Target": target}, body=b"{}")
        assert (answer.status, data.decode()) == (400, CORAL + 'UnknownOperationException"}')
