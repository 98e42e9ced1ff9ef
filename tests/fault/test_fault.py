"""What must never happen, tried: lost writes, hangs, crashes, answers that are not AWS's."""

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

import pytest

SQUALL = os.environ.get("SQUALL_BINARY", str(pathlib.Path(__file__).parents[2] / "build" / "squall"))
TABLE = "lambda-apigateway"


class Serve:
    """One `squall serve` of the sample; its folder outlives it."""

    def __init__(self, data, *options):
        self.process = subprocess.Popen(
            [SQUALL, "serve", "--port", "0", "--aws-port", "0", "--data", str(data), "--quiet", *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("ready "), line
        fields = dict(word.split("=", 1) for word in line.split()[1:])
        self.api_port = int(fields["api"].rsplit(":", 1)[1])
        self.aws_port = int(fields["aws"].rsplit(":", 1)[1])

    def connection(self, timeout=30):
        return http.client.HTTPConnection("127.0.0.1", self.api_port, timeout=timeout)

    def post(self, event, path="/DynamoDBManager", connection=None):
        connection = connection or self.connection()
        body = event if isinstance(event, (bytes, str)) else json.dumps(event)
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def operate(self, operation, payload, connection=None):
        status, body = self.post({"operation": operation, "tableName": TABLE, "payload": payload},
                                 connection=connection)
        assert status == 200, body
        return json.loads(body)

    def end(self, how=signal.SIGTERM, timeout=20):
        self.process.send_signal(how)
        status = self.process.wait(timeout)
        self.process.stdout.close()
        return status


@pytest.fixture
def serve(tmp_path):
    started = []

    def start(*options, data=None):
        started.append(Serve(data or tmp_path / "data", *options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def write_until_killed(server, writer, acknowledged):
    connection = server.connection()
    for number in range(100000):
        name = "%d-%d" % (writer, number)
        try:
            answer = server.operate("create", {"Item": {"id": name, "n": number}}, connection)
        except (OSError, http.client.HTTPException, ValueError, AssertionError):
            return  # killed, or no longer answering 200
        if answer.get("ResponseMetadata", {}).get("HTTPStatusCode") == 200:
            acknowledged.append(name)


@pytest.mark.parametrize("durability", ["full", "normal", "off"])
def test_a_write_that_was_acknowledged_survives_kill_9(serve, durability):
    for _ in range(2):
        server = serve("--durability", durability)
        acknowledged = []
        writers = [threading.Thread(target=write_until_killed, args=(server, writer, acknowledged))
                   for writer in range(8)]
        for writer in writers:
            writer.start()
        deadline = time.monotonic() + 20
        while len(acknowledged) < 300 and time.monotonic() < deadline:
            time.sleep(0.01)
        server.end(signal.SIGKILL)
        for writer in writers:
            writer.join()
        assert len(acknowledged) >= 300

        server = serve("--durability", durability)
        connection = server.connection()
        lost = [name for name in acknowledged
                if server.operate("read", {"Key": {"id": name}}, connection).get("Item", {}).get("id") != name]
        assert lost == []
        assert server.end() == 0


def test_sigterm_ends_within_five_seconds_though_a_function_never_returns(serve):
    server = serve()
    stuck = socket.create_connection(("127.0.0.1", server.api_port))
    body = b'{"ms": 890000}'
    stuck.sendall(b"POST /sleep HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                  % (len(body), body))
    acknowledged = []
    writer = threading.Thread(target=write_until_killed, args=(server, 1, acknowledged))
    writer.start()
    while len(acknowledged) < 10:
        time.sleep(0.01)
    begun = time.monotonic()
    assert server.end(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 5
    writer.join()
    stuck.close()


def test_a_second_process_on_the_same_folder_is_refused_in_one_line(serve, tmp_path):
    serve()
    second = subprocess.run([SQUALL, "serve", "--port", "0", "--aws-port", "0", "--data", str(tmp_path / "data")],
                            capture_output=True, text=True, timeout=30)
    assert second.returncode == 3
    assert second.stderr.splitlines()[-1].startswith("squall: ")
    assert second.stdout == ""


def test_a_thousand_connections_are_answered(serve):
    server = serve()
    body = b'{"operation": "ping"}'
    request = (b"POST /DynamoDBManager HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    sockets = [socket.create_connection(("127.0.0.1", server.api_port), timeout=30) for _ in range(1000)]
    for one in sockets:
        one.sendall(request)
    for one in sockets:
        answer = b""
        while b'"pong"' not in answer:
            piece = one.recv(4096)
            assert piece, answer
            answer += piece
        assert answer.startswith(b"HTTP/1.1 200 ")
        one.close()
    assert server.end() == 0


def error(message, name):
    return {"errorMessage": message, "errorType": name}


# boto3 has a class for each error that DynamoDB's model names; ValidationException is not among them.
@pytest.mark.parametrize("body, status, answer", [
    ({"operation": "nope"}, 200, error('Unrecognized operation "nope"', "ValueError")),
    ({}, 200, error("'operation'", "KeyError")),
    ([], 200, error("list indices must be integers or slices, not str", "TypeError")),
    ({"operation": "read", "tableName": "unknown", "payload": {"Key": {"id": "1"}}}, 200,
     error("An error occurred (ResourceNotFoundException) when calling the GetItem operation: "
           "Requested resource not found", "ResourceNotFoundException")),
    ({"operation": "read", "tableName": TABLE, "payload": {"Key": {"id": 1}}}, 200,
     error("An error occurred (ValidationException) when calling the GetItem operation: "
           "The provided key element does not match the schema", "ClientError")),
    ({"operation": "create", "tableName": TABLE, "payload": {"Item": {"n": 1}}}, 200,
     error("An error occurred (ValidationException) when calling the PutItem operation: "
           "One or more parameter values were invalid: Missing the key id in the item", "ClientError")),
], ids=["operation", "no operation", "list", "table", "key type", "no key"])
def test_a_mistake_in_the_event_is_the_functions_error(serve, body, status, answer):
    server = serve("--memory")
    got_status, got = server.post(body)
    assert got_status == status
    assert {name: json.loads(got)[name] for name in answer} == answer
    assert server.end() == 0


def test_a_request_that_is_no_json_comes_back_as_lambdas_error(serve):
    server = serve("--memory")
    status, body = server.post(b"{not json")
    assert status == 200
    assert json.loads(body)["message"].startswith(
        "Could not parse request body into json: Could not parse payload into json: ")
    assert server.post({"operation": "ping"})[1] == b'"pong"'


@pytest.mark.parametrize("method, path, status, message", [
    ("POST", "/nowhere", 403, "Missing Authentication Token"),
    ("GET", "/DynamoDBManager", 403, "Missing Authentication Token"),
    ("POST", "/Prod/nowhere", 403, "Missing Authentication Token"),
])
def test_an_unknown_route_is_refused_as_api_gateway_refuses_it(serve, method, path, status, message):
    server = serve("--memory")
    connection = server.connection()
    connection.request(method, path, "{}" if method == "POST" else None)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (status, json.dumps({"message": message}, separators=(",", ":")).encode())
    assert answer.getheader("x-amzn-ErrorType") == "MissingAuthenticationTokenException"


def test_twenty_megabytes_are_refused_with_413_and_the_server_goes_on(serve):
    server = serve("--memory")
    status, body = server.post(b'"' + b"x" * (20 * 1024 * 1024) + b'"')
    assert (status, body) == (413, b'{"message":"Request Too Long"}')
    assert server.post({"operation": "ping"})[1] == b'"pong"'


@pytest.mark.parametrize("options, template, exit_status, said", [
    ([], "Resources: [}", 2, "line 1"),
    ([], "a: 1", 2, "not a SAM, CloudFormation or OpenAPI file"),
    ([], None, 3, "No such file"),
    (["--port", "99999"], "a: 1", 2, "--port"),
    (["--nope"], "a: 1", 2, "--nope"),
])
def test_a_wrong_start_ends_with_one_line_that_says_what_to_do(tmp_path, options, template, exit_status, said):
    path = tmp_path / "template.yaml"
    if template is not None:
        path.write_text(template)
    done = subprocess.run([SQUALL, "serve", str(path), "--memory", "--port", "0", "--aws-port", "0", *options],
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == exit_status
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("squall: ") and said in done.stderr


def test_a_taken_port_is_said_in_one_line(tmp_path):
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    port = str(taken.getsockname()[1])
    done = subprocess.run([SQUALL, "serve", "--memory", "--quiet", "--port", port, "--aws-port", "0"],
                          capture_output=True, text=True, timeout=30)
    assert done.returncode == 3
    assert done.stderr.startswith("squall: ") and port in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 3 MB, where root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_an_error_of_the_call_and_passes(serve, small_disk):
    server = serve(data=small_disk / "data")
    connection = server.connection()
    kept, refused = [], 0
    for number in range(400):
        name = "item-%d" % number
        answer = server.operate("create", {"Item": {"id": name, "text": "x" * 20000}}, connection)
        if "ResponseMetadata" in answer:
            kept.append(name)
        else:
            assert answer["errorType"] == "InternalServerError", answer
            refused += 1
    assert kept and refused
    for name in kept:
        assert server.operate("read", {"Key": {"id": name}}, connection)["Item"]["id"] == name
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    assert "ResponseMetadata" in server.operate("create", {"Item": {"id": "room again"}}, connection)
    assert server.end() == 0
