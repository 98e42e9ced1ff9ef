"""`kill -9` under load: what was acknowledged is there after a restart, in every durability, and
in the table's stream as well."""

import contextlib
import http.client
import json
import os
import pathlib
import subprocess
import threading
import time
import urllib.parse

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUALL = pathlib.Path(os.environ.get("SQUALL_BINARY") or ROOT / "build" / "squall")
WRITERS = 8
LOAD_SECONDS = 1
TABLE = {
    "TableName": "tab",
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
}
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20261123T100000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261123/us-east-1/dynamodb/"
    "aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64,
}


class Endpoint:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(self, operation, request, service="DynamoDB_20120810"):
        headers = {**HEADERS, "X-Amz-Target": f"{service}.{operation}"}
        self.connection.request("POST", "/", json.dumps(request), headers)
        answer = self.connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == 200, body
        return body


def start(folder, durability):
    template = folder / "template.yaml"
    template.write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    command = [SQUALL, "serve", template, "--data", folder / "data", "--durability", durability]
    process = subprocess.Popen(
        [*command, "--port", "0", "--aws-port", "0"], stdout=subprocess.PIPE, text=True, cwd=folder
    )
    ready = dict(part.split("=", 1) for part in process.stdout.readline().split()[1:])
    return process, urllib.parse.urlsplit(ready["aws"]).port


def write_until_dead(port, name, acknowledged):
    endpoint = Endpoint(port)
    with contextlib.suppress(OSError, http.client.HTTPException):
        for number in range(10**9):
            key = f"{name}-{number}"
            endpoint.call("PutItem", {"TableName": "tab", "Item": {"p": {"S": key}}})
            acknowledged.append(key)


def scan_all(endpoint):
    request, keys = {"TableName": "tab"}, []
    while True:
        page = endpoint.call("Scan", request)
        keys += [item["p"]["S"] for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return keys
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def read_stream(endpoint, arn):
    """The keys of all records, and their numbers."""

    def call(operation, request):
        return endpoint.call(operation, request, "DynamoDBStreams_20120810")

    keys, numbers = [], []
    shard = call("DescribeStream", {"StreamArn": arn})["StreamDescription"]["Shards"][0]
    request = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    page = {"NextShardIterator": call("GetShardIterator", request)["ShardIterator"]}
    while page.get("Records") != []:
        page = call("GetRecords", {"ShardIterator": page["NextShardIterator"]})
        keys += [record["dynamodb"]["Keys"]["p"]["S"] for record in page["Records"]]
        numbers += [int(record["dynamodb"]["SequenceNumber"]) for record in page["Records"]]
    return keys, numbers


def kill_under_load(process, target, calls):
    """Kills it while a thread for each of `calls`, a tuple of arguments, is in `target`."""
    threads = [threading.Thread(target=target, args=arguments) for arguments in calls]
    for thread in threads:
        thread.start()
    time.sleep(LOAD_SECONDS)
    process.kill()
    process.wait()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("durability", ["full", "normal", "off"])
def test_nothing_acknowledged_is_lost(tmp_path, durability):
    process, port = start(tmp_path, durability)
    acknowledged = []
    Endpoint(port).call("CreateTable", TABLE)
    kill_under_load(process, write_until_dead,
                    [(port, name, acknowledged) for name in range(WRITERS)])
    assert len(acknowledged) > WRITERS

    process, port = start(tmp_path, durability)
    try:
        found = scan_all(Endpoint(port))
        table = Endpoint(port).call("DescribeTable", {"TableName": "tab"})["Table"]
        recorded, numbers = read_stream(Endpoint(port), table["LatestStreamArn"])
        Endpoint(port).call("PutItem", {"TableName": "tab", "Item": {"p": {"S": "after"}}})
        numbers += read_stream(Endpoint(port), table["LatestStreamArn"])[1][-1:]
    finally:
        process.terminate()
        assert process.wait(10) == 0
    assert len(found) == len(set(found)) == table["ItemCount"]
    assert set(acknowledged) <= set(found)
    # An item and its record are there together, or neither is; and numbers go on rising.
    assert sorted(recorded) == sorted(found)
    assert numbers == sorted(set(numbers))
