"""Streams: what a record shows in each view. Facts: dynamodb-conformance streams/basic."""

import pytest

from .tables import keys, on_demand
from .values import S

STREAMS = "DynamoDBStreams_20120810"


@pytest.fixture
def stream_of(dynamodb, new_table):
    """Creates a table with a stream of a view; answers its name and the stream's ARN."""

    def create(view):
        stream = {"StreamEnabled": True, "StreamViewType": view}
        name = new_table(on_demand("simple", keys("pk"), {"pk": "S"}, StreamSpecification=stream))
        table = dynamodb.ok("DescribeTable", TableName=name)["Table"]
        assert table["StreamSpecification"] == stream
        return name, table["LatestStreamArn"]

    return create


def iterator(dynamodb, arn, shard, kind):
    return dynamodb.ok("GetShardIterator", STREAMS, StreamArn=arn, ShardId=shard["ShardId"],
                       ShardIteratorType=kind)["ShardIterator"]


def records(dynamodb, arn):
    """All that is in the stream now."""
    found = []
    for shard in dynamodb.ok("DescribeStream", STREAMS, StreamArn=arn)["StreamDescription"]["Shards"]:
        following = iterator(dynamodb, arn, shard, "TRIM_HORIZON")
        while following:
            page = dynamodb.ok("GetRecords", STREAMS, ShardIterator=following)
            found += page["Records"]
            following = page.get("NextShardIterator") if page["Records"] else None
    return found


def test_a_stream_is_listed_and_described(dynamodb, stream_of):
    name, arn = stream_of("NEW_AND_OLD_IMAGES")
    of_the_table = dynamodb.ok("ListStreams", STREAMS, TableName=name)["Streams"]
    assert [stream["StreamArn"] for stream in of_the_table] == [arn]
    assert arn in [stream["StreamArn"] for stream in dynamodb.ok("ListStreams", STREAMS)["Streams"]]
    description = dynamodb.ok("DescribeStream", STREAMS, StreamArn=arn)["StreamDescription"]
    assert description["StreamStatus"] == "ENABLED"
    assert description["Shards"][0]["ShardId"].startswith("shardId-")
    assert iterator(dynamodb, arn, description["Shards"][0], "LATEST")


@pytest.mark.parametrize("view, has_old, has_new", [
    ("NEW_AND_OLD_IMAGES", True, True), ("NEW_IMAGE", False, True), ("OLD_IMAGE", True, False),
    ("KEYS_ONLY", False, False),
])
def test_a_record_shows_its_view(dynamodb, stream_of, view, has_old, has_new):
    name, arn = stream_of(view)
    key, before, after = {"pk": S("a")}, {"pk": S("a"), "d": S("b")}, {"pk": S("a"), "d": S("c")}
    dynamodb.put(name, **before)
    dynamodb.ok("UpdateItem", TableName=name, Key=key, UpdateExpression="SET d = :v",
                ExpressionAttributeValues={":v": S("c")})
    dynamodb.ok("DeleteItem", TableName=name, Key=key)
    shown = [(record["eventName"], record["dynamodb"]["Keys"], record["dynamodb"].get("OldImage"),
              record["dynamodb"].get("NewImage")) for record in records(dynamodb, arn)]
    assert shown == [
        ("INSERT", key, None, before if has_new else None),
        ("MODIFY", key, before if has_old else None, after if has_new else None),
        ("REMOVE", key, after if has_old else None, None),
    ]
