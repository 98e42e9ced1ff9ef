"""Tables that change under load: indexes that come, items that expire, and what tools ask of a table."""

import contextlib
import http.client
import json
import pathlib
import re
import signal
import subprocess
import threading
import time

import boto3
import botocore.exceptions
import pytest

from conftest import BINARY

ROOT = pathlib.Path(__file__).resolve().parents[2]
EMPTY = "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n"
ITEMS = 20000
WAIT_S = 120  # a busy machine under a sanitizer
TABLE = {
    "TableName": "tab",
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
INDEX = {
    "TableName": "tab",
    "AttributeDefinitions": [{"AttributeName": "g", "AttributeType": "S"}, {"AttributeName": "n", "AttributeType": "N"}],
    "GlobalSecondaryIndexUpdates": [{"Create": {
        "IndexName": "gsi",
        "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "ALL"}}}],
}


@pytest.fixture
def serve(start_squall, tmp_path):
    (tmp_path / "template.yaml").write_text(EMPTY)

    def start(*options):
        squall = start_squall(tmp_path / "template.yaml", *options)
        return squall, client_of(squall.aws)

    return start


def client_of(url, service="dynamodb"):
    return boto3.client(service, endpoint_url=url, region_name="eu-west-1", aws_access_key_id="local",
                        aws_secret_access_key="local")


def item(number, sort=None):
    """Every tenth has no place in the index."""
    whole = {"p": {"S": "item %d" % number}, "text": {"S": "x" * (number % 50)}}
    if number % 10:
        whole |= {"g": {"S": "group %d" % (number % 7)}, "n": {"N": str(number if sort is None else sort)}}
    return whole


def import_items(folder):
    (folder / "items.json").write_text("".join(json.dumps({"Item": item(n)}) + "\n" for n in range(ITEMS)))
    done = subprocess.run([BINARY, "import", folder / "items.json", "--table", "tab", "--partition-key", "p:S", "--data",
                           folder / "data"], capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert done.returncode == 0, done.stderr


def read_all(client, **options):
    pages = client.get_paginator("scan").paginate(TableName="tab", **options)
    return {found["p"]["S"]: found for page in pages for found in page["Items"]}


def index_of(client):
    indexes = client.describe_table(TableName="tab")["Table"].get("GlobalSecondaryIndexes", [])
    return indexes[0] if indexes else None


def wait_for_index(client):
    end = time.monotonic() + WAIT_S
    while index_of(client)["IndexStatus"] != "ACTIVE":
        assert index_of(client).get("Backfilling", True)
        assert time.monotonic() < end


def check_index(client):
    table = read_all(client)
    assert read_all(client, IndexName="gsi") == {key: found for key, found in table.items() if "g" in found}
    index = index_of(client)
    assert index["ItemCount"] == sum("g" in found for found in table.values())
    return table


class Writer(threading.Thread):
    """Moves, deletes and adds items until it is told to end; `last` is what each of its own was left as."""

    def __init__(self, port, number):
        super().__init__()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.number, self.last, self.ended = number, {}, threading.Event()

    def call(self, operation, **request):
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810." + operation,
                   "X-Amz-Date": "20261123T100000Z",
                   "Authorization": "AWS4-HMAC-SHA256 Credential=local/20261123/eu-west-1/dynamodb/aws4_request, "
                                    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64}
        self.connection.request("POST", "/", json.dumps({"TableName": "tab", **request}), headers)
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body

    def run(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            for count in range(10**9):
                if self.ended.is_set():
                    return
                number = self.number + 4 * (count * 37 % (ITEMS // 4 + 500))
                if count % 5 == 4:
                    self.call("DeleteItem", Key={"p": {"S": "item %d" % number}})
                    self.last[number] = None
                else:
                    self.call("PutItem", Item=item(number, count))
                    self.last[number] = item(number, count)


def test_an_index_is_filled_while_writers_go_on(serve, tmp_path):
    import_items(tmp_path)
    squall, client = serve()
    writers = [Writer(squall.aws_port, number) for number in range(4)]
    for writer in writers:
        writer.start()
    try:
        answer = client.update_table(**INDEX)["TableDescription"]
        assert answer["TableStatus"] == "UPDATING"
        assert answer["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"
        wait_for_index(client)
    finally:
        for writer in writers:
            writer.ended.set()
        for writer in writers:
            writer.join()
    table = check_index(client)
    for writer in writers:
        assert writer.last
        for number, left in writer.last.items():
            assert table.get("item %d" % number) == left


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_filling_that_was_cut_off_is_finished_after_a_restart(serve, tmp_path, how):
    import_items(tmp_path)
    squall, client = serve()
    client.update_table(**INDEX)
    squall.stop(how)
    squall, client = serve()
    wait_for_index(client)
    assert len(check_index(client)) == ITEMS


def test_while_an_index_is_filled_the_table_serves_and_the_index_does_not(serve, tmp_path):
    import_items(tmp_path)
    _, client = serve()
    client.update_table(**INDEX)
    # Whether these come in time is a matter of speed; what they say when they do is not.
    refusals = {"Query": "Cannot read from backfilling global secondary index: gsi",
                "DeleteTable": "Attempt to change a resource which is still in use: Cannot delete table while indexes are "
                               "being created, updated, or deleted."}
    try:
        client.query(TableName="tab", IndexName="gsi", KeyConditionExpression="g = :g", Limit=1,
                     ExpressionAttributeValues={":g": {"S": "group 1"}})
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Message"] == refusals["Query"]
    assert client.get_item(TableName="tab", Key={"p": {"S": "item 1"}})["Item"] == item(1)
    client.put_item(TableName="tab", Item=item(1, 5))
    wait_for_index(client)
    assert check_index(client)["item 1"] == item(1, 5)
    client.update_table(TableName="tab", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "gsi"}}])
    assert index_of(client) is None


def wait_until(condition):
    end = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < end


def records_of(squall):
    streams = client_of(squall.aws, "dynamodbstreams")
    arn = streams.list_streams(TableName="tab")["Streams"][0]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    return streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]


def test_expired_items_go_and_the_stream_says_who_did_it(serve):
    squall, client = serve("--memory")
    client.create_table(**TABLE, StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"})
    now = int(time.time())
    for name, expiry in (("past", now - 60), ("future", now + 3600)):
        client.put_item(TableName="tab", Item={"p": {"S": name}, "t": {"N": str(expiry)}})
    client.put_item(TableName="tab", Item={"p": {"S": "by hand"}})
    client.delete_item(TableName="tab", Key={"p": {"S": "by hand"}})
    client.update_time_to_live(TableName="tab", TimeToLiveSpecification={"AttributeName": "t", "Enabled": True})
    wait_until(lambda: list(read_all(client)) == ["future"])
    client.put_item(TableName="tab", Item={"p": {"S": "soon"}, "t": {"N": str(int(time.time()) + 1)}})
    wait_until(lambda: list(read_all(client)) == ["future"])
    removed = {record["dynamodb"]["Keys"]["p"]["S"]: record for record in records_of(squall)
               if record["eventName"] == "REMOVE"}
    assert set(removed) == {"by hand", "past", "soon"}
    service = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
    assert removed["past"]["userIdentity"] == removed["soon"]["userIdentity"] == service
    assert "userIdentity" not in removed["by hand"]
    assert removed["past"]["dynamodb"]["OldImage"] == {"p": {"S": "past"}, "t": {"N": str(now - 60)}}


def test_a_template_s_table_has_its_time_to_live_and_its_tags(start_squall, tmp_path):
    properties = {**TABLE, "TimeToLiveSpecification": {"AttributeName": "t", "Enabled": True},
                  "Tags": [{"Key": "env", "Value": "test"}]}
    template = {"AWSTemplateFormatVersion": "2010-09-09",
                "Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": properties}}}
    (tmp_path / "template.yaml").write_text(json.dumps(template))
    for _ in range(2):  # the second time everything is there
        squall = start_squall(tmp_path / "template.yaml")
        client = client_of(squall.aws)
        assert client.describe_time_to_live(TableName="tab")["TimeToLiveDescription"] == {
            "TimeToLiveStatus": "ENABLED", "AttributeName": "t"}
        arn = client.describe_table(TableName="tab")["Table"]["TableArn"]
        assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "env", "Value": "test"}]
        squall.stop()


def test_boto3_changes_a_table_and_its_tags(serve):
    _, client = serve("--memory")
    table = client.create_table(**TABLE, Tags=[{"Key": "env", "Value": "test"}])["TableDescription"]
    client.get_waiter("table_exists").wait(TableName="tab")
    client.update_table(TableName="tab", BillingMode="PROVISIONED",
                        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    client.update_table(TableName="tab", DeletionProtectionEnabled=True)
    with pytest.raises(botocore.exceptions.ClientError, match="protected against deletion"):
        client.delete_table(TableName="tab")
    client.update_table(TableName="tab", DeletionProtectionEnabled=False)
    client.tag_resource(ResourceArn=table["TableArn"], Tags=[{"Key": "team", "Value": "one"}])
    client.untag_resource(ResourceArn=table["TableArn"], TagKeys=["env"])
    assert client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"] == [{"Key": "team", "Value": "one"}]
    found = client.describe_table(TableName="tab")["Table"]
    assert found["ProvisionedThroughput"]["WriteCapacityUnits"] == 5
    assert found["BillingModeSummary"]["BillingMode"] == "PROVISIONED"


def test_the_endpoint_that_is_described_answers(serve):
    squall, client = serve("--memory")
    endpoint = client.describe_endpoints()["Endpoints"][0]
    assert endpoint == {"Address": "127.0.0.1:%d" % squall.aws_port, "CachePeriodInMinutes": 1440}
    assert client_of("http://" + endpoint["Address"]).list_tables()["TableNames"] == []


def test_the_operations_are_those_that_the_page_tells(serve):
    _, client = serve("--memory")
    text = (ROOT / "docs" / "dynamodb.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (\w+) \| (yes|empty|no) \|", text, re.MULTILINE))
    streams = client_of("http://127.0.0.1:1", "dynamodbstreams").meta.service_model.operation_names
    assert sorted(told) == sorted([*client.meta.service_model.operation_names, *streams])
    for name, state in told.items():
        if name in streams:
            continue
        answer = call_raw(client, name)
        assert (answer == "UnknownOperationException") == (state == "no"), (name, answer)


def call_raw(client, operation):
    """The error that an empty request gets, if any."""
    port = int(client.meta.endpoint_url.rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/", "{}", {
        "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810." + operation,
        "X-Amz-Date": "20261123T100000Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=local/20261123/eu-west-1/dynamodb/aws4_request, "
                         "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64})
    body = connection.getresponse().read()
    return json.loads(body or b"{}").get("__type", "").rsplit("#", 1)[-1]
