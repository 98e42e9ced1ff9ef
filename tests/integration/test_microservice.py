"""The sample's functions: against the tutorial's own Python function, in both hosts, and on Amazon DynamoDB Local."""

import contextlib
import decimal
import http.server
import json
import os
import pathlib
import queue
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
import zlib

import boto3
import pytest
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUALL = pathlib.Path(os.environ.get("SQUALL_BINARY") or ROOT / "build" / "squall")
HANDLERS = SQUALL.parent / "lambda" / "handlers"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1"}


# --- servers that the test plays itself ------------------------------------------------------------------------------


class Quiet(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status, headers, body=b""):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def listening(handler, **state):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), state))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.RequestHandlerClass, "127.0.0.1:%d" % server.server_port
    finally:
        server.shutdown()
        server.server_close()


class RecordedDynamoDB(Quiet):
    """Gives the answer that the test put there, and keeps what was asked."""

    reply = (200, b"{}")

    def do_POST(self):
        self.asked.append((self.headers["X-Amz-Target"], json.loads(self.read_body())))
        status, body = self.reply
        self.answer(
            status,
            {
                "Server": "Server",
                "Date": "Sun, 06 Nov 1994 08:49:37 GMT",
                "Content-Type": "application/x-amz-json-1.0",
                "Connection": "keep-alive",
                "x-amzn-RequestId": "REQUEST",
                "x-amz-crc32": str(zlib.crc32(body)),
            },
            body,
        )


class RuntimeAPI(Quiet):
    def do_GET(self):
        event = self.events.get()
        self.answer(
            200,
            {
                "Lambda-Runtime-Aws-Request-Id": "invocation",
                "Lambda-Runtime-Deadline-Ms": str(int(time.time() * 1000) + 30000),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
            },
            event.encode(),
        )

    def do_POST(self):
        self.answers.put((self.path, self.headers.get("Lambda-Runtime-Function-Error-Type"), self.read_body().decode()))
        self.answer(202, {})


@contextlib.contextmanager
def bootstrap(name, endpoint):
    """The function's process; yields call(event) -> (path, error type, body)."""
    with listening(RuntimeAPI, events=queue.Queue(), answers=queue.Queue()) as (api, address):
        process = subprocess.Popen(
            [HANDLERS / name / "bootstrap"],
            env={"AWS_LAMBDA_RUNTIME_API": address, "AWS_ENDPOINT_URL_DYNAMODB": endpoint, **CREDENTIALS},
        )

        def call(event):
            api.events.put(event)
            return api.answers.get(timeout=20)

        try:
            yield call
        finally:
            process.kill()
            process.wait(10)


# --- the tutorial's function --------------------------------------------------------------------------------------------


def python_function(event, endpoint):
    """As the tutorial prints it; the endpoint and the retry mode are the test's."""
    operation = event["operation"]
    if "tableName" in event:
        dynamo = boto3.resource(
            "dynamodb",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"mode": "standard"}),
        ).Table(event["tableName"])
    operations = {
        "create": lambda x: dynamo.put_item(**x),
        "read": lambda x: dynamo.get_item(**x),
        "update": lambda x: dynamo.update_item(**x),
        "delete": lambda x: dynamo.delete_item(**x),
        "list": lambda x: dynamo.scan(**x),
        "echo": lambda x: x,
        "ping": lambda x: "pong",
    }
    if operation in operations:
        return operations[operation](event.get("payload"))
    raise ValueError('Unrecognized operation "{}"'.format(operation))


def json_of(value):
    if isinstance(value, set):
        return sorted(value, key=str)
    assert isinstance(value, decimal.Decimal), value
    return int(value) if value == int(value) else float(value)


def python_answer(event, endpoint):
    try:
        answer = python_function(json.loads(event, parse_float=decimal.Decimal), endpoint)
        return json.loads(json.dumps(answer, default=json_of)), None
    except Exception as error:  # the runtime catches everything, too
        return {"errorMessage": str(error), "errorType": type(error).__name__}, type(error).__name__


def on_table(operation, payload, table='"t"'):
    return '{"operation": "%s", "tableName": %s, "payload": %s}' % (operation, table, payload)


def error(name, message="so it is", status=400):
    return status, json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#" + name, "message": message}).encode()


DONE = (200, b"{}")
KEY = '"Key": {"id": "1"}'
SCANNED = (200, b'{"Items":[{"id":{"S":"1"}}],"Count":1,"ScannedCount":1,"LastEvaluatedKey":{"id":{"S":"1"}}}')
EVENTS = [
    ('{"operation": "ping"}', DONE),
    ('{"operation": "echo", "payload": {"a": [1, 2.5, "\\u00e9", null]}}', DONE),
    ('{"operation": "echo", "tableName": 5}', DONE),
    (on_table("create", '{"Item": {"id": "1", "n": 1.50, "big": 12345678901234567890123456789012345678}}'), DONE),
    (on_table("create", '{"Item": {"id": "1", "l": [true, null, {}], "m": {"x": "\\u00e9\\n\\u0000"}}}'), DONE),
    (on_table("create", '{"Item": {}, "ReturnValues": "ALL_OLD"}'), (200, b'{"Attributes":{"id":{"S":"1"}}}')),
    (on_table("read", "{%s}" % KEY), DONE),
    (
        on_table("read", "{%s}" % KEY),
        (200, b'{"Item":{"n":{"N":"7"},"s":{"NS":["1","2"]},"t":{"SS":["a"]},"z":{"NULL":true},"f":{"BOOL":false},'
              b'"m":{"M":{"a":{"L":[{"N":"1.5"}]}}},"e":{"L":[]}}}'),
    ),
    (on_table("read", '{%s, "ReturnConsumedCapacity": "TOTAL"}' % KEY),
     (200, b'{"ConsumedCapacity":{"TableName":"t","CapacityUnits":0.5}}')),
    (on_table("update", '{%s, "AttributeUpdates": {"a": {"Value": 5, "Action": "PUT"}}}' % KEY), DONE),
    (on_table("update", '{%s, "UpdateExpression": "SET #v = :v", "ExpressionAttributeNames": {"#v": "v"}, '
                        '"ExpressionAttributeValues": {":v": {"a": [1]}}, "ReturnValues": "ALL_NEW"}' % KEY),
     (200, b'{"Attributes":{"v":{"M":{"a":{"L":[{"N":"1"}]}}}}}')),
    (on_table("delete", '{%s, "Expected": {"a": {"Value": 1, "Exists": true}, '
                        '"b": {"AttributeValueList": [1, "x"], "ComparisonOperator": "BETWEEN"}}}' % KEY), DONE),
    (on_table("list", '{"Limit": 1, "ExclusiveStartKey": {"id": "0"}}'), SCANNED),
    (on_table("list", '{"ScanFilter": {"a": {"AttributeValueList": [1], "ComparisonOperator": "EQ"}}}'), SCANNED),
    (on_table("list", '{"TableName": "other", "Limit": true}'), SCANNED),
    # what DynamoDB refuses
    (on_table("list", "{}"), error("ResourceNotFoundException")),
    (on_table("list", "{}"), error("ValidationException")),
    (on_table("list", "{}"), error("AccessDeniedException")),
    (on_table("list", "{}"), error("InternalServerError", status=500)),
    (on_table("list", "{}"), error("ThrottlingException")),
    (on_table("create", '{"Item": {"id": "1"}, "ConditionExpression": "attribute_not_exists(id)"}'),
     error("ConditionalCheckFailedException", "The conditional request failed")),
    # what botocore refuses
    (on_table("read", "{}"), DONE),
    (on_table("read", '{"Key": 1}'), DONE),
    (on_table("read", '{"Key": null}'), DONE),
    (on_table("read", '{"Key": ["a", {"b": "it\'s"}]}'), DONE),
    (on_table("read", '{"Kex": {}, "Zz": 1, "ConsistentRead": "x"}'), DONE),
    (on_table("read", '{%s, "AttributesToGet": ["a", 1]}' % KEY), DONE),
    (on_table("read", '{%s, "AttributesToGet": []}' % KEY), DONE),
    (on_table("read", '{%s, "ExpressionAttributeNames": {"#a": 1}}' % KEY), DONE),
    (on_table("list", '{"Limit": "10"}'), DONE),
    (on_table("list", '{"Limit": 0, "IndexName": "ab"}'), DONE),
    (on_table("list", '{"Segment": -1, "TotalSegments": false}'), DONE),
    (on_table("list", '{"FilterExpression": {"a": [1, true, null]}}'), DONE),
    (on_table("list", '{"ScanFilter": {"a": {"AttributeValueList": [1]}}}'), DONE),
    (on_table("update", '{%s, "AttributeUpdates": {"a": 5}}' % KEY), DONE),
    (on_table("update", '{%s, "AttributeUpdates": {"a": {"Valu": 5}}}' % KEY), DONE),
    (on_table("delete", '{%s, "Expected": {"a": {"Exists": "x", "AttributeValueList": 5}}}' % KEY), DONE),
    (on_table("list", "{}", table='""'), DONE),
    # what Python refuses
    (on_table("list", "{}", table="1"), DONE),
    (on_table("ping", "{}", table="null"), DONE),
    (on_table("list", "[1]"), DONE),
    (on_table("list", "null"), DONE),
    ('{"operation": "X"}', DONE),
    ('{"operation": true}', DONE),
    ('{"operation": null}', DONE),
    ('{"operation": 1.5}', DONE),
    ('{"operation": {}}', DONE),
    ("{}", DONE),
    ("[]", DONE),
    ('"x"', DONE),
    ("1", DONE),
    ("null", DONE),
]


@pytest.fixture(scope="module")
def recorded():
    with listening(RecordedDynamoDB, asked=[]) as (dynamodb, address):
        with bootstrap("microservice", "http://" + address) as call:
            yield dynamodb, "http://" + address, call


@pytest.mark.parametrize("event,reply", EVENTS)
def test_the_function_asks_and_answers_as_the_tutorials_python_does(recorded, event, reply):
    dynamodb, endpoint, call = recorded
    dynamodb.reply = reply
    dynamodb.asked.clear()
    expected, expected_type = python_answer(event, endpoint)
    expected_asked = list(dynamodb.asked)
    dynamodb.asked.clear()
    path, error_type, body = call(event)
    answer = json.loads(body)
    if error_type is not None:
        assert answer.pop("requestId") == "invocation"
        assert answer.pop("stackTrace") == []
    assert (answer, error_type) == (expected, expected_type)
    assert dynamodb.asked == expected_asked
    assert path.endswith("/invocation/%s" % ("response" if error_type is None else "error"))


# --- in both hosts ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(*arguments):
    """`squall serve` of the sample on free ports; yields the API's URL."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [SQUALL, "serve", sample_in(folder), "--memory", "--quiet", "--port", "0", "--aws-port", "0", *arguments],
            stdout=subprocess.PIPE, text=True, cwd=folder, env={**os.environ, **CREDENTIALS},
        )
        try:
            ready = process.stdout.readline()
            assert ready.startswith("ready "), ready
            yield dict(part.split("=", 1) for part in ready.split()[1:])["api"]
        finally:
            process.terminate()
            assert process.wait(10) == 0


def sample_in(folder):
    """The sample beside the handlers of the build under test, laid out as in the source tree."""
    fixtures = pathlib.Path(folder) / "fixtures" / "sample"
    fixtures.mkdir(parents=True)
    shutil.copy(ROOT / "fixtures" / "sample" / "template.yaml", fixtures)
    (pathlib.Path(folder) / "build").symlink_to(SQUALL.parent)
    return fixtures / "template.yaml"


def post(url, body):
    with urllib.request.urlopen(urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})) as r:
        return r.status, dict(r.headers), r.read().decode()


def settled(text):
    """Without what differs from call to call: ids and the hour."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9A-Z]{52}\b", "ID", text)
    return re.sub(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", "DATE", text)


TABLE = '"lambda-apigateway"'
CONVERSATION = [
    ("/hello", "{}"),
    ("/prime", '{"n": 1000}'),
    ("/prime", '{"n": "x"}'),
    ("/sleep", '{"ms": 5}'),
    ("/sleep", "[]"),
    ("/DynamoDBManager", '{"operation": "ping"}'),
    ("/DynamoDBManager", '{"operation": "echo", "payload": {"a":  [1.0, "\\u00e9\\u0000"]}}'),
    ("/DynamoDBManager", '{"operation": "X"}'),
    ("/DynamoDBManager", "{}"),
    ("/DynamoDBManager", on_table("create", '{"Item": {"id": "1", "n": 1.50, "l": [1, {"b": true}]}}', TABLE)),
    ("/DynamoDBManager", on_table("read", "{%s}" % KEY, TABLE)),
    ("/DynamoDBManager", on_table("update", '{%s, "UpdateExpression": "SET n = n + :o", "ReturnValues": "ALL_NEW", '
                                            '"ExpressionAttributeValues": {":o": 1}}' % KEY, TABLE)),
    ("/DynamoDBManager", on_table("list", '{"Limit": 5}', TABLE)),
    ("/DynamoDBManager", on_table("list", "{}", '"nowhere"')),
    ("/DynamoDBManager", on_table("create", '{"Item": {"no": "key"}}', TABLE)),
    ("/DynamoDBManager", on_table("create", "{}", TABLE)),
    ("/DynamoDBManager", on_table("delete", '{%s, "ReturnValues": "ALL_OLD"}' % KEY, TABLE)),
    ("/DynamoDBManager", on_table("read", "{%s}" % KEY, TABLE)),
]


def talk(url):
    answers = []
    for path, body in CONVERSATION:
        status, headers, text = post(url + path, body)
        answers.append((path, body, status, headers.get("Content-Type"), settled(text)))
    return answers


def test_each_handler_answers_the_same_bytes_in_process_and_as_bootstrap():
    with serving() as url:
        in_process = talk(url)
    with serving("--isolate") as url:
        isolated = talk(url)
    for one, other in zip(in_process, isolated):
        assert one == other
    texts = [text for _, _, _, _, text in in_process]
    assert texts[0] == (
        '{"statusCode":200,"headers":{"Content-Type":"application/json"},"body":"{\\"message\\":\\"hello\\"}"}')
    assert texts[1] == '{"n":1000,"primes":168}'
    assert texts[3] == '{"slept_ms":5}'
    assert json.loads(texts[10])["Item"] == {"id": "1", "n": 1.5, "l": [1, {"b": True}]}
    assert json.loads(texts[13])["errorType"] == "ResourceNotFoundException"
    assert "Item" not in json.loads(texts[17])


# --- on Amazon DynamoDB Local --------------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.mark.parametrize("how", [[], ["--isolate"]], ids=["in-process", "bootstrap"])
def test_the_sample_runs_on_dynamodb_local(dynamodb_local, how):
    with serving("--dynamodb-endpoint", dynamodb_local, *how) as url:
        texts = [text for path, _, _, _, text in talk(url) if path == "/DynamoDBManager"]
    created, read, updated, listed, unknown_table, no_key = (json.loads(text) for text in texts[4:10])
    assert created.get("ResponseMetadata", created).get("HTTPStatusCode") == 200
    assert read["Item"] == {"id": "1", "n": 1.5, "l": [1, {"b": True}]}
    assert updated["Attributes"]["n"] == 2.5
    assert (listed["Count"], listed["Items"]) == (1, [updated["Attributes"]])
    assert unknown_table["errorType"] == "ResourceNotFoundException"
    assert unknown_table["errorMessage"].startswith(
        "An error occurred (ResourceNotFoundException) when calling the Scan operation: ")
    assert no_key["errorType"] == "ClientError"
    assert "Item" not in json.loads(texts[-1])
    # What it kept is there for others, too.
    client = boto3.client("dynamodb", endpoint_url=dynamodb_local, region_name="us-east-1",
                          aws_access_key_id="local", aws_secret_access_key="local")
    assert "lambda-apigateway" in client.list_tables()["TableNames"]


def test_an_endpoint_where_nothing_listens_is_the_functions_error():
    with bootstrap("microservice", "http://127.0.0.1:%d" % free_port()) as call:
        _, error_type, body = call(on_table("list", "{}"))
    assert error_type == "EndpointConnectionError"
    assert json.loads(body)["errorMessage"].startswith("Could not connect to the endpoint URL: ")
