"""`--dynamodb-endpoint` on the wire: what arrives there, what comes back, and what is tried again.

The endpoint is a small server that notes each request and gives the answers it was told; at the end Amazon DynamoDB
Local, through boto3 (skipped without Java).
"""

import gzip
import http.client
import http.server
import json
import socket
import threading
import zlib

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest
from botocore.config import Config

EMPTY = "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n"
OURS = {"AWS_ACCESS_KEY_ID": "AKIDOURS", "AWS_SECRET_ACCESS_KEY": "our secret", "AWS_SESSION_TOKEN": "our token"}
SIGNED = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.PutItem",
    "X-Amz-Date": "20261123T100000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDTHEIRS/20261123/eu-west-3/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
}


class Endpoint(http.server.ThreadingHTTPServer):
    """`answers`: (status, headers, body), the last one again and again; None closes the connection without one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *answers):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.requests, self.connections = list(answers), [], 0
        self.lock, self.release = threading.Lock(), threading.Event()
        self.release.set()
        self.url = "http://127.0.0.1:%d" % self.server_address[1]
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def process_request(self, *arguments):
        self.connections += 1
        super().process_request(*arguments)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.server.lock:
            self.server.requests.append((self.command, self.path, self.headers, body))
            answers = self.server.answers
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.server.release.wait()
        if answer is None:
            self.close_connection = True
            return
        self.send_response_only(answer[0])
        for name, value in answer[1].items():
            self.send_header(name, value)
        self.send_header("Content-Length", len(answer[2]))
        self.end_headers()
        self.wfile.write(answer[2])

    do_GET = do_POST = do_OPTIONS = do_PUT = handle_any


@pytest.fixture
def start_endpoint():
    running = []

    def start(*answers):
        running.append(Endpoint(*answers or [(200, {}, b"{}")]))
        return running[-1]

    yield start
    for endpoint in running:
        endpoint.release.set()
        endpoint.shutdown()
        endpoint.server_close()


@pytest.fixture
def serve(start_squall, tmp_path, monkeypatch):
    """Starts the emulator on an endpoint, with no credentials but those given."""

    def start(url, **environment):
        for name in OURS:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "template.yaml").write_text(EMPTY)
        return start_squall(tmp_path / "template.yaml", "--dynamodb-endpoint", url)

    return start


def client_of(squall, attempts=1, service="dynamodb"):
    return boto3.client(service, endpoint_url=squall.aws, region_name="us-east-1", aws_access_key_id="local",
                        aws_secret_access_key="local", config=Config(retries={"total_max_attempts": attempts}))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_a_call_goes_on_and_its_answer_comes_back_byte_for_byte(serve, start_endpoint):
    body = gzip.compress(b'{ "Item": {} }')
    answered = {"x-amzn-RequestId": "R" * 52, "x-amz-crc32": str(zlib.crc32(body)), "Content-Encoding": "gzip",
                "Content-Type": "application/x-amz-json-1.0", "Date": "Mon, 23 Nov 2026 10:00:00 GMT",
                "Server": "Jetty", "Keep-Alive": "timeout=5", "Connection": "x-hop", "X-Hop": "1"}
    endpoint = start_endpoint((418, answered, body))
    squall = serve(endpoint.url + "/")
    sent = b'{"TableName": "t", "Item": {"p": {"S": "\xc3\xbc"}}}  '
    status, headers, data = squall.request(
        "POST", "/?a=1&b=%20", sent, SIGNED | {"Accept-Encoding": "gzip", "X-Own": "1", "User-Agent": "agent", "X-Empty": "",
                                               "Connection": "keep-alive, x-private", "X-Private": "1"}, aws=True)
    assert (status, data) == (418, body)
    for name in ("x-amzn-RequestId", "x-amz-crc32", "Content-Encoding", "Content-Type", "Date", "Server"):
        assert headers[name.lower()] == answered[name], name
    assert "x-hop" not in headers and "keep-alive" not in headers
    (method, path, got, body), = endpoint.requests
    assert (method, path, body) == ("POST", "/?a=1&b=%20", sent)
    for name, value in (SIGNED | {"Accept-Encoding": "gzip", "X-Own": "1", "User-Agent": "agent"}).items():
        assert got.get_all(name) == [value], name
    assert got["Host"] == "127.0.0.1:%d" % squall.aws_port  # the signature is over it
    assert got["X-Private"] is None and got["X-Empty"] == "" and got["Accept"] is None


@pytest.mark.parametrize("method, headers", [
    ("GET", {}), ("OPTIONS", {"Origin": "http://example.com"}), ("PUT", {}),
    ("POST", {"X-Amz-Target": "DynamoDBStreams_20120810.ListStreams"}),
])
def test_all_of_the_wire_goes_on(serve, start_endpoint, method, headers):
    endpoint = start_endpoint((200, {"X-From": "there"}, b"text"))
    status, got, data = serve(endpoint.url).request(method, "/", None, headers, aws=True)
    assert (status, data, got["x-from"]) == (200, b"text", "there")
    assert endpoint.requests[0][0] == method
    assert endpoint.requests[0][2]["Host"] == endpoint.url[7:]  # no signature is over the caller's


class Auth(botocore.auth.SigV4Auth):
    """The SDK leaves User-Agent out; the service takes any headers that the signature names."""

    def headers_to_sign(self, request):
        headers = http.client.HTTPMessage()
        for name in request.headers:
            headers[name.lower()] = request.headers[name]
        return headers


def expected_signature(method, url, headers, body):
    """botocore's, over the same headers as the request's own."""
    signed = headers["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    request = botocore.awsrequest.AWSRequest(method, url, data=body)
    for name in signed:
        request.headers[name] = headers[name]
    request.context["timestamp"] = headers["X-Amz-Date"]
    scope = headers["Authorization"].split("Credential=")[1].split(",")[0].split("/")
    credentials = botocore.credentials.Credentials(OURS["AWS_ACCESS_KEY_ID"], OURS["AWS_SECRET_ACCESS_KEY"])
    auth = Auth(credentials, scope[3], scope[2])
    return scope, auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


def test_with_credentials_of_ours_a_call_is_signed_anew(serve, start_endpoint):
    endpoint = start_endpoint()
    squall = serve(endpoint.url, **OURS)
    body = b'{"TableName":"t","Item":{"p":{"S":"x"}}}'
    theirs = {"X-Amz-Security-Token": "their token", "amz-sdk-request": "attempt=1; max=3", "Accept": "*/*", "X-Empty": "",
              "User-Agent": "Boto3/1.4  md/Botocore#1 cfg/retry-mode#standard"}
    assert squall.request("POST", "/", body, SIGNED | theirs, aws=True)[0] == 200
    (method, path, headers, got), = endpoint.requests
    assert (method, path, got) == ("POST", "/", body)
    assert headers["X-Amz-Target"] == SIGNED["X-Amz-Target"] and headers["amz-sdk-request"] == theirs["amz-sdk-request"]
    assert headers.get_all("X-Amz-Security-Token") == ["our token"]
    assert headers["Accept-Encoding"] == "identity"
    assert len(headers.get_all("X-Amz-Date")) == len(headers.get_all("Authorization")) == 1
    scope, signature = expected_signature(method, endpoint.url + path, headers, body)
    assert scope[0] == "AKIDOURS" and scope[2:] == ["eu-west-3", "dynamodb", "aws4_request"]
    assert headers["Authorization"].endswith("Signature=" + signature)


@pytest.mark.parametrize("headers, error", [
    (SIGNED | {"Origin": "http://example.com"}, "AccessDeniedException"),
    (SIGNED | {"Host": "example.com"}, "AccessDeniedException"),
    ({"X-Amz-Target": "DynamoDB_20120810.PutItem"}, "MissingAuthenticationTokenException"),
])
def test_our_credentials_are_not_for_everyone(serve, start_endpoint, headers, error):
    endpoint = start_endpoint()
    status, _, body = serve(endpoint.url, **OURS).request("POST", "/", b"{}", headers, aws=True)
    assert (status, json.loads(body)["__type"]) == (400, "com.amazon.coral.service#" + error)
    assert not endpoint.requests


def test_what_the_endpoint_answers_is_the_callers_to_try_again(serve, start_endpoint):
    throttled = json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
                            "message": "slower"}).encode()
    for status, body in ((500, b"{}"), (503, b"{}"), (400, throttled)):
        endpoint = start_endpoint((status, {}, body))
        squall = serve(endpoint.url)
        with pytest.raises(botocore.exceptions.ClientError):
            client_of(squall).list_tables()
        assert len(endpoint.requests) == 1
        squall.stop()
    # Three attempts of the SDK are three calls of the endpoint, and the third one's answer is the call's.
    endpoint = start_endpoint((500, {}, b"{}"), (503, {}, b"{}"), (200, {}, b'{"TableNames":["t"]}'))
    assert client_of(serve(endpoint.url), attempts=3).list_tables()["TableNames"] == ["t"]
    assert len(endpoint.requests) == 3


def test_a_call_that_is_lost_is_a_503_and_not_made_twice(serve, start_endpoint):
    endpoint = start_endpoint(None)
    squall = serve(endpoint.url)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client_of(squall).list_tables()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert caught.value.response["Error"]["Code"] == "ServiceUnavailable"
    assert endpoint.url in caught.value.response["Error"]["Message"]
    assert len(endpoint.requests) == 1


def test_an_endpoint_where_nothing_listens_is_a_503_that_names_it(serve):
    url = "http://127.0.0.1:%d" % free_port()
    squall = serve(url)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        client_of(squall).list_tables()
    assert caught.value.response["Error"] == {
        "Code": "ServiceUnavailable", "Message": 'Could not connect to the endpoint URL: "%s/"' % url}
    assert squall.metrics()["squall_dynamodb_errors_total"] == 1


def test_connections_are_kept(serve, start_endpoint):
    endpoint = start_endpoint()
    squall = serve(endpoint.url)
    for _ in range(20):
        squall.request("POST", "/", b"{}", SIGNED, aws=True)
    assert (len(endpoint.requests), endpoint.connections) == (20, 1)
    assert squall.metrics()["squall_dynamodb_operations_total"] == 20


def test_a_slow_endpoint_holds_up_nobody_else_and_no_stop(serve, start_endpoint):
    endpoint = start_endpoint()
    endpoint.release.clear()
    squall = serve(endpoint.url)
    waiting = []

    def call():
        waiting.append(squall.request("POST", "/", b"{}", SIGNED, aws=True)[0])

    callers = [threading.Thread(target=call) for _ in range(100)]  # more than there are threads for them
    for caller in callers:
        caller.start()
    while len(endpoint.requests) < 64:
        assert squall.request("GET", "/_squall/health", aws=True)[0] == 200
    assert not waiting
    endpoint.release.set()
    for caller in callers:
        caller.join()
    assert waiting == [200] * 100

    endpoint.release.clear()
    caller = threading.Thread(target=call)
    caller.start()
    while len(endpoint.requests) < 101:
        pass
    assert squall.stop() == 0
    caller.join()
    assert waiting[-1] == 503


def test_boto3_works_through_the_port_on_dynamodb_local(serve, dynamodb_local):
    squall = serve(dynamodb_local)
    client = client_of(squall)
    client.create_table(
        TableName="through", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in "psg"],
        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[{"IndexName": "by-g", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                                 "Projection": {"ProjectionType": "ALL"}}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    items = [{"p": {"S": "a"}, "s": {"S": "%02d" % n}, "g": {"S": "x" if n % 2 else "y"}, "t": {"S": "ü" * 2000}}
             for n in range(25)]
    assert client.batch_write_item(RequestItems={"through": [{"PutRequest": {"Item": item}} for item in items]})[
        "UnprocessedItems"] == {}
    assert client.query(TableName="through", KeyConditionExpression="p = :p",
                        ExpressionAttributeValues={":p": {"S": "a"}})["Items"] == items
    assert client.query(TableName="through", IndexName="by-g", KeyConditionExpression="g = :g", Select="COUNT",
                        ExpressionAttributeValues={":g": {"S": "x"}})["Count"] == 12
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=[
            {"Put": {"TableName": "through", "Item": items[0], "ConditionExpression": "attribute_not_exists(p)"}}])
    streams = client_of(squall, service="dynamodbstreams")
    assert [stream["TableName"] for stream in streams.list_streams()["Streams"]] == ["through"]
    # The same data is there without us.
    direct = boto3.client("dynamodb", endpoint_url=dynamodb_local, region_name="us-east-1", aws_access_key_id="local",
                          aws_secret_access_key="local")
    assert direct.scan(TableName="through", Select="COUNT")["Count"] == 25
    direct.delete_table(TableName="through")
