"""The two listeners: start, limits, who may call, and the end."""

import json
import signal
import socket
import subprocess
import threading
import time

import pytest

ECHO = json.dumps({"operation": "echo", "payload": {"a": 1}})


def test_the_ready_line_is_the_only_line_on_stdout(start_squall):
    squall = start_squall("--memory")
    assert squall.line.endswith("pid=%d\n" % squall.process.pid)
    squall.process.send_signal(signal.SIGTERM)
    assert squall.process.stdout.read() == ""
    assert squall.process.wait(5) == 0


def test_routes_are_listed_on_stderr_unless_quiet(start_squall, tmp_path):
    squall = start_squall("--memory")
    assert "Mounting hello at %s/hello [POST]" % squall.api in squall.stderr()
    (tmp_path / "quiet").mkdir()
    quiet = start_squall("--memory", "--quiet", folder=tmp_path / "quiet")
    assert quiet.stderr() == ""


@pytest.mark.parametrize("aws", [False, True])
def test_health_on_both_listeners(squall, aws):
    status, headers, body = squall.request("GET", "/_squall/health", aws=aws)
    assert (status, body) == (200, b'{"status":"ok"}')
    assert headers["content-type"] == "application/json"


def test_metrics_count_requests(squall):
    before = squall.metrics()
    assert squall.request("POST", "/DynamoDBManager", ECHO)[0] == 200
    assert squall.request("GET", "/nowhere")[0] == 403
    after = squall.metrics()
    assert after["squall_apigateway_count_total"] - before["squall_apigateway_count_total"] == 2
    assert after["squall_apigateway_4xx_total"] - before["squall_apigateway_4xx_total"] == 1
    assert after["squall_lambda_invocations_total"] - before["squall_lambda_invocations_total"] == 1
    assert after["process_resident_memory_bytes"] > 1e6
    assert after['squall_cpu_mode{mode="off"}'] == 1


@pytest.mark.parametrize("path", ["/_squall/health", "/2015-03-31/functions/hello/invocations", "/restapis"])
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_a_foreign_page_is_refused(squall, path, headers):
    assert squall.request("POST", path, "{}", headers, aws=True)[0] == 403


def test_the_api_answers_any_origin_but_not_any_host(squall):
    assert squall.request("POST", "/hello", "{}", {"Origin": "http://evil.example"})[0] == 200
    status, headers, body = squall.request("POST", "/hello", "{}", {"Host": "evil.example"})
    assert (status, body) == (403, b'{"message":"Forbidden"}')
    assert headers["x-amzn-errortype"] == "ForbiddenException"


def test_absent_services_say_so(squall):
    target = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines", "Content-Type": "application/x-amz-json-1.0"}
    status, _, body = squall.request("POST", "/", "{}", target, aws=True)
    assert status == 400 and json.loads(body)["__type"] == "UnknownOperationException"
    status, _, body = squall.request("GET", "/restapis", aws=True)
    assert status == 404 and "not part of this version" in json.loads(body)["message"]


def test_20_mb_is_too_long_with_and_without_asking(squall):
    body = b" " * 20_000_000
    status, headers, answer = squall.request("POST", "/DynamoDBManager", body)
    assert (status, answer) == (413, b'{"message":"Request Too Long"}')
    assert headers["x-amzn-errortype"] == "RequestTooLargeException"
    asked = subprocess.run(["curl", "-s", "-H", "Expect: 100-continue", "--data-binary", "@-", "-w", "%{http_code}",
                            squall.api + "/DynamoDBManager"], input=body, capture_output=True, timeout=30, check=True)
    assert asked.stdout == b'{"message":"Request Too Long"}413'


def read_to_end(connection):
    text = b""
    while True:
        more = connection.recv(65536)
        if not more:
            return text
        text += more


@pytest.mark.parametrize("sent", [
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    b"POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /hello HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 20_000 + b"\r\n",
    bytes(range(256)) * 20,
], ids=["no target", "future version", "negative length", "huge length", "bad chunk", "long line", "long header",
        "many headers", "no text"])
def test_a_broken_request_harms_nobody(squall, sent):
    with socket.create_connection(("127.0.0.1", squall.api_port), timeout=20) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            answer = read_to_end(connection)
            assert answer == b"" or answer.startswith(b"HTTP/1.")
        except OSError as error:
            assert not isinstance(error, TimeoutError)
    assert squall.request("GET", "/_squall/health")[0] == 200


def test_many_connections_are_all_served(squall):
    connections = [socket.create_connection(("127.0.0.1", squall.api_port), timeout=20) for _ in range(300)]
    try:
        for connection in connections:
            connection.sendall(b"GET /_squall/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        for connection in connections:
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    finally:
        for connection in connections:
            connection.close()


def test_short_calls_go_on_while_others_sleep(squall):
    """Sleeping functions hold no event thread."""
    sleepers = [threading.Thread(target=squall.post, args=("/sleep", {"ms": 1000})) for _ in range(8)]
    for sleeper in sleepers:
        sleeper.start()
    begun = time.monotonic()
    for _ in range(50):
        assert squall.request("POST", "/DynamoDBManager", ECHO)[0] == 200
    assert time.monotonic() - begun < 1
    for sleeper in sleepers:
        sleeper.join()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_finishes_what_is_in_flight(start_squall, number):
    squall = start_squall("--memory")
    answers = []
    caller = threading.Thread(target=lambda: answers.append(squall.post("/sleep", {"ms": 700})))
    caller.start()
    deadline = time.monotonic() + 10
    while squall.metrics()["squall_lambda_environments"] < 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert squall.stop(number) == 0
    caller.join()
    assert answers == [(200, {"slept_ms": 700})]


def test_a_stop_does_not_wait_for_a_function_that_never_returns(start_squall):
    squall = start_squall("--memory")
    statuses = []

    def call():
        try:
            statuses.append(squall.request("POST", "/sleep", '{"ms": 25000}')[0])
        except OSError:
            statuses.append(None)

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    deadline = time.monotonic() + 10
    while squall.metrics()["squall_http_in_flight"] < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    begun = time.monotonic()
    assert squall.stop() == 0
    assert time.monotonic() - begun < 5
    for caller in callers:
        caller.join()


def test_a_taken_port_is_one_line_and_3(start_squall, run_squall):
    squall = start_squall("--memory")
    for option in ("--port", "--aws-port"):
        other = "--aws-port" if option == "--port" else "--port"
        done = run_squall("serve", "--memory", "--quiet", option, squall.api_port, other, 0)
        assert done.returncode == 3
        assert done.stderr.count("\n") == 1 and "port %d" % squall.api_port in done.stderr
        assert done.stdout == ""


@pytest.mark.parametrize("arguments, status", [
    (["--nonsense"], 2),
    (["--port", "70000"], 2),
    (["--durability", "maybe"], 2),
    (["--function", "nothing"], 2),
    (["--function", "f=/nonexistent.so"], 3),
    (["/nonexistent.yaml"], 3),
    (["--latency", "/nonexistent.json"], 3),
    (["--host", "256.1.1.1"], 3),
])
def test_bad_options_are_one_line(run_squall, arguments, status):
    done = run_squall("serve", "--memory", "--quiet", "--port", 0, "--aws-port", 0, *arguments)
    assert done.returncode == status, done.stderr
    assert done.stderr.startswith("squall: ") and done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_help_names_every_option(run_squall):
    done = run_squall("serve", "--help")
    assert done.returncode == 0
    for option in ("host", "port", "aws-port", "data", "memory", "durability", "isolate", "dynamodb-endpoint", "dynamodb-port",
                   "function", "cpu", "latency", "seed", "quiet"):
        assert "--" + option in done.stdout
