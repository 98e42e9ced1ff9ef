"""squall tune and squall invoke, against a Lambda API that records every call, and against squall serve."""

import base64
import collections
import contextlib
import http.server
import json
import math
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUALL = pathlib.Path(os.environ.get("SQUALL_BINARY") or ROOT / "build" / "squall")
ARN = "arn:aws:lambda:eu-west-1:000000000000:function:f"
FN = urllib.parse.quote(ARN, safe="")
INPUT = {"lambdaARN": ARN, "powerValues": [128, 256, 512], "num": 5, "payload": {"a": 1}}


def report_line(duration, init=None):
    billed = math.ceil(duration + (init or 0))
    line = f"REPORT RequestId: x\tDuration: {duration} ms\tBilled Duration: {billed} ms\tMemory Size: 1 MB\t"
    if init is not None:
        line += f"Init Duration: {init} ms\t"
    return line + "\n"


class FakeLambda:
    """One function with versions and aliases, as Lambda's API shows them; `hooks` may answer first."""

    def __init__(self):
        self.lock = threading.Lock()
        self.calls = []  # (method, path below /2015-03-31/functions, decoded; body)
        self.memory, self.description = 1024, "the original"
        self.versions, self.aliases = {}, {}
        self.deleted_versions = []
        self.hook = lambda method, path, body: None
        self.run = lambda qualifier, body: (200, {"X-Amz-Log-Result": tail(report_line(10.5))}, b"{}")

    def configuration(self, qualifier):
        memory, description = self.memory, self.description
        if qualifier and qualifier != "$LATEST":
            memory, description = self.versions[self.aliases[qualifier]]
        return {"MemorySize": memory, "Description": description, "Architectures": ["x86_64"], "State": "Active",
                "LastUpdateStatus": "Successful"}

    def answer(self, method, path, query, body):
        qualifier = query.get("Qualifier", [None])[0]
        data = json.loads(body) if body and not path.endswith("/invocations") else {}
        if path.endswith("/configuration"):
            if method == "PUT":
                self.memory = data["MemorySize"]
                self.description = data.get("Description", self.description)
            return 200, self.configuration(qualifier if method == "GET" else None)
        if path.endswith("/versions"):
            version = str(len(self.versions) + 1)
            self.versions[version] = (self.memory, self.description)
            return 201, {"Version": version}
        if "/aliases" in path:
            name = path.rpartition("/aliases")[2][1:] or data["Name"]
            if method in ("GET", "DELETE") and name not in self.aliases:
                return 404, {"Type": "User", "Message": "Cannot find alias arn: " + name}
            if method == "DELETE":
                del self.aliases[name]
                return 204, None
            if method != "GET":
                self.aliases[name] = data["FunctionVersion"]
            return 201 if method == "POST" else 200, {"Name": name, "FunctionVersion": self.aliases[name]}
        if method == "DELETE":
            self.deleted_versions.append(qualifier)
            return 204, None
        return 404, {"Message": "no such path"}

    def of(self, method, part=""):
        return [call for call in self.calls if call[0] == method and part in call[1]]


def tail(text):
    return base64.b64encode(text.encode()).decode()


def handler_for(fake):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def handle_any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            address = urllib.parse.urlsplit(self.path)
            query = urllib.parse.parse_qs(address.query)
            headers = {}
            if not address.path.startswith("/2015-03-31/functions/"):
                return self.send(404, {}, b"")
            path = address.path[len("/2015-03-31/functions"):]
            assert path == "/" + FN or path.startswith("/" + FN + "/") or "processor" in path, path
            shown = urllib.parse.unquote(path.replace(FN, "F")) + ("?" + urllib.parse.unquote(address.query) if address.query else "")
            with fake.lock:
                fake.calls.append((self.command, shown, body.decode()))
                hooked = fake.hook(self.command, shown, body)
            if path.endswith("/invocations"):
                assert self.headers["X-Amz-Log-Type"] == "Tail"
                status, headers, answer = hooked or fake.run(query.get("Qualifier", [None])[0], body)
                return self.send(status, headers, answer)
            with fake.lock:
                status, answer = hooked or fake.answer(self.command, urllib.parse.unquote(path), query, body)
            if status == 404:
                headers["x-amzn-ErrorType"] = "ResourceNotFoundException"
            elif status >= 400:
                headers["x-amzn-ErrorType"] = answer.pop("Code")
            self.send(status, headers, b"" if answer is None else json.dumps(answer).encode())

        def send(self, status, headers, body):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_DELETE = handle_any

    return Handler


@pytest.fixture
def fake():
    lambda_api = FakeLambda()

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), handler_for(lambda_api))
    lambda_api.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield lambda_api
    server.shutdown()
    server.server_close()


ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}


def tune(url, event, *options, timeout=60):
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "output.json"
        done = subprocess.run(
            [SQUALL, "tune", "-", "--endpoint", url, "--json", output, *options], input=json.dumps(event), text=True,
            capture_output=True, timeout=timeout, env=ENVIRONMENT)
        done.json = output.read_text() if output.exists() else None
        return done


def published(size, version):
    return [
        ("PUT", "/F/configuration", json.dumps({"MemorySize": size}, separators=(",", ":"))),
        ("GET", "/F/configuration", ""),
        ("POST", "/F/versions", "{}"),
        ("GET", f"/F/aliases/RAM{size}", ""),
        ("POST", "/F/aliases", json.dumps({"FunctionVersion": version, "Name": f"RAM{size}"}, separators=(",", ":"))),
    ]


def test_the_calls_are_the_published_tools_in_its_order(fake):
    done = tune(fake.url, INPUT)
    assert done.returncode == 0, done.stderr
    begin = [("GET", "/F/configuration?Qualifier=$LATEST", "")]
    for index, size in enumerate(INPUT["powerValues"]):
        begin += published(size, str(index + 1))
    begin += [
        ("PUT", "/F/configuration", '{"MemorySize":1024,"Description":"the original"}'),
        ("GET", "/F/configuration", ""),
        ("POST", "/F/versions", "{}"),
    ]
    assert fake.calls[:len(begin)] == begin
    rest = fake.calls[len(begin):]
    for index, size in enumerate(INPUT["powerValues"]):
        alias = f"RAM{size}"
        version = f"/F?Qualifier={index + 1}"
        mine = [call for call in rest if call[1].endswith(alias) or call[1] == version]
        assert mine == (
            [("GET", f"/F/configuration?Qualifier={alias}", "")]
            + [("POST", f"/F/invocations?Qualifier={alias}", '{"a":1}')] * 5
            + [("GET", f"/F/aliases/{alias}", ""), ("DELETE", f"/F/aliases/{alias}", ""), ("DELETE", version, "")])
    assert len(rest) == 3 * 9
    assert fake.memory == 1024 and fake.aliases == {}


DURATIONS = {
    "RAM128": [100.0] * 5,
    "RAM256": [40.25, 41.25, 42.25, 40.75, 41.75],
    "RAM512": [117.96, 122.6, 75.07, 141.5, 192.67],
}


def durations_of(qualifier, counts, init):
    index = counts[qualifier]
    counts[qualifier] += 1
    return report_line(DURATIONS[qualifier][index], init if index == 0 and qualifier == "RAM512" else None)


def test_the_output_is_the_published_tools_to_the_digit(fake):
    counts = collections.Counter()
    fake.run = lambda qualifier, body: (200, {"X-Amz-Log-Result": tail(durations_of(qualifier, counts, 259.54))}, b"{}")
    done = tune(fake.url, dict(INPUT, strategy="speed", includeOutputResults=True))
    assert done.returncode == 0, done.stderr
    output = json.loads(done.json)
    assert list(output) == ["power", "cost", "duration", "stateMachine", "stats"]
    assert list(output["stateMachine"]) == ["executionCost", "lambdaCost", "visualization"]
    assert (output["power"], output["duration"], output["cost"]) == (256, 41.25, 42 * 2.1e-9 * 2)
    assert output["stateMachine"]["executionCost"] == 0.00038
    assert output["stats"][2] == {"value": 512, "averagePrice": 0.0000012852000000000002,
                                  "averageDuration": 152.25666666666666}
    assert [row["value"] for row in output["stats"]] == [128, 256, 512]
    billed = {256: [41, 41, 42, 42, 43], 128: [100] * 5, 512: [76, 123, 142, 193, 378]}
    totals = []
    for size in (256, 128, 512):  # as sorted by the strategy
        total = 0.0
        for value in billed[size]:
            total += value * 2.1e-9 * (size / 128)
        totals.append(total)
    assert output["stateMachine"]["lambdaCost"] == totals[0] + totals[1] + totals[2]
    assert output["stateMachine"]["visualization"].startswith("https://lambda-power-tuning.show/#gAAAAQAC;")
    assert "256 MB" in done.stdout and "fastest" in done.stdout


def test_json_on_stdout_replaces_the_table(fake):
    done = subprocess.run([SQUALL, "tune", "-", "--endpoint", fake.url, "--json", "-"], input=json.dumps(INPUT),
                          text=True, capture_output=True, timeout=60, env=ENVIRONMENT)
    assert done.returncode == 0
    assert json.loads(done.stdout)["power"] == 128


def test_a_failing_function_is_tried_three_times_and_cleaned_up(fake):
    error = {"errorType": "Broken", "errorMessage": "no\n<way>", "stackTrace": ["a", 1]}
    fake.run = lambda qualifier, body: (200, {"X-Amz-Function-Error": "Unhandled"}, json.dumps(error).encode())
    began = time.monotonic()
    done = tune(fake.url, dict(INPUT, powerValues=[128]), "--quiet")
    assert time.monotonic() - began > 8.5
    assert done.returncode == 1
    assert done.json == "{}\n" and done.stdout == ""
    assert done.stderr == (
        'squall: tune: Invocation error (running in series) with payload "{\\"a\\":1}" - original error type: "Broken", '
        'original error message: "no <way>",trace: "["a",1]"\n')
    assert len(fake.of("POST", "/invocations")) == 3
    assert fake.aliases == {} and fake.deleted_versions == ["1"] and fake.memory == 1024


def test_a_failing_publish_gives_the_memory_back(fake):
    def refuse(method, path, body):
        if method == "POST" and path == "/F/versions" and len(fake.versions) == 1:
            return 400, {"Code": "CodeStorageExceededException", "Message": "full"}
        return None

    fake.hook = refuse
    done = tune(fake.url, INPUT)
    assert done.returncode == 1
    assert done.stderr == "squall: tune: CodeStorageExceededException: full\n"
    assert done.json == "{}\n"
    assert fake.memory == 1024 and fake.description == "the original"
    assert fake.aliases == {} and fake.deleted_versions == ["1"]
    assert fake.of("POST", "/invocations") == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_cleans_up(fake, number):
    began = threading.Event()

    def hang(qualifier, body):
        began.set()
        time.sleep(30)
        return 200, {}, b"{}"

    fake.run = hang
    process = subprocess.Popen([SQUALL, "tune", "-", "--endpoint", fake.url], stdin=subprocess.PIPE, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    process.stdin.write(json.dumps(dict(INPUT, parallelInvocation=True)))
    process.stdin.close()
    process.stdin = None
    assert began.wait(10)
    process.send_signal(number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert err.splitlines()[-1] == "squall: tune: interrupted"
    assert fake.aliases == {} and fake.memory == 1024 and sorted(fake.deleted_versions) == ["1", "2", "3"]


def test_what_throttles_is_repeated(fake):
    seen = collections.Counter()

    def throttle(method, path, body):
        if path.startswith("/F/invocations"):
            seen[path] += 1
            if seen[path] % 2 == 1:
                return 429, {"x-amzn-ErrorType": "TooManyRequestsException"}, b'{"Message":"Rate Exceeded."}'
        return None

    fake.hook = throttle
    done = tune(fake.url, dict(INPUT, powerValues=[128], parallelInvocation=True))
    assert done.returncode == 0, done.stderr
    assert seen["/F/invocations?Qualifier=RAM128"] == 10


def test_an_update_in_progress_is_waited_for(fake):
    polls = []

    def slow(method, path, body):
        if method == "GET" and path == "/F/configuration":
            polls.append(time.monotonic())
            if len(polls) == 1:
                return 200, {"MemorySize": 128, "LastUpdateStatus": "InProgress"}
        return None

    fake.hook = slow
    done = tune(fake.url, dict(INPUT, powerValues=[128]))
    assert done.returncode == 0, done.stderr
    assert len(polls) == 3 and polls[1] - polls[0] >= 0.99


def test_cold_starts_get_a_version_each(fake):
    init = lambda qualifier, body: (200, {"X-Amz-Log-Result": tail(report_line(10.5, 51.45))}, b"{}")
    fake.run = init
    done = tune(fake.url, dict(INPUT, powerValues=[128, 256], onlyColdStarts=True))
    assert done.returncode == 0, done.stderr
    puts = [json.loads(body) for method, path, body in fake.of("PUT", "/configuration")]
    assert puts[0] == {"MemorySize": 128, "Description": "the original - RAM128-0"}
    assert len(puts) == 11 and puts[-1] == {"MemorySize": 1024, "Description": "the original"}
    assert {path for _, path, _ in fake.of("POST", "/invocations")} == {
        f"/F/invocations?Qualifier=RAM{size}-{index}" for size in (128, 256) for index in range(5)}
    assert json.loads(done.json)["duration"] == 61.95
    assert json.loads(done.json)["stateMachine"]["executionCost"] == 0.0007
    assert fake.aliases == {} and len(fake.deleted_versions) == 10


def test_a_dry_run_calls_once_and_answers_null(fake):
    done = tune(fake.url, dict(INPUT, dryRun=True, autoOptimize=True))
    assert done.returncode == 0, done.stderr
    assert done.json == "null\n"
    assert len(fake.of("POST", "/invocations")) == 3
    assert fake.memory == 1024


def test_the_optimum_is_set_and_gets_its_alias(fake):
    fake.aliases["live"] = "0"
    done = tune(fake.url, dict(INPUT, autoOptimize=True, autoOptimizeAlias="live"))
    assert done.returncode == 0, done.stderr
    assert fake.calls[-5:] == [
        ("PUT", "/F/configuration", '{"MemorySize":128}'),
        ("GET", "/F/configuration", ""),
        ("POST", "/F/versions", "{}"),
        ("GET", "/F/aliases/live", ""),
        ("PUT", "/F/aliases/live", '{"FunctionVersion":"5"}'),
    ]
    assert fake.memory == 128 and fake.aliases == {"live": "5"}


def test_processors_wrap_each_run(fake):
    def run(qualifier, body):
        if qualifier is None:
            return 200, {}, b'{"made":1}' if body == b'{"a":1}' else b""
        return 200, {"X-Amz-Log-Result": tail(report_line(1.5))}, b'"answer"'

    fake.run = run
    pre, post = (ARN[:-1] + name for name in ("preprocessor", "postprocessor"))
    done = tune(fake.url, dict(INPUT, powerValues=[128], preProcessorARN=pre, postProcessorARN=post))
    assert done.returncode == 0, done.stderr
    calls = [(path.rpartition(":")[2], body) for method, path, body in fake.of("POST", "/invocations")]
    assert calls[:3] == [("preprocessor/invocations", '{"a":1}'), ("/F/invocations?Qualifier=RAM128", '{"made":1}'),
                         ("postprocessor/invocations", '"answer"')]
    assert len(calls) == 15


def test_allowed_exceptions_count_as_runs(fake):
    fake.run = lambda qualifier, body: (
        200, {"X-Amz-Function-Error": "Unhandled", "X-Amz-Log-Result": tail(report_line(3.5))},
        b'{"errorType":"Expected","errorMessage":"m"}')
    done = tune(fake.url, dict(INPUT, allowedExceptions=["Other", "Expected"]))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.json)["duration"] == 3.5


def test_without_log_tails_the_analysis_fails_as_the_tools(fake):
    fake.run = lambda qualifier, body: (200, {}, b"{}")
    done = tune(fake.url, INPUT)
    assert done.returncode == 1 and done.json is None
    assert done.stderr.startswith("squall: tune: Cannot set properties of undefined (setting 'stateMachine')")
    assert fake.aliases == {}


@pytest.mark.parametrize("event, message", [
    ({}, "Missing or empty lambdaARN"),
    (dict(INPUT, num=4), "Missing num or num below 5"),
    (dict(INPUT, lambdaARN="f"), "Invalid ARN: f"),
    (dict(INPUT, powerValues=5), "powerValues is not iterable"),
    (dict(INPUT, payloadS3="s3://b/k"), "payloadS3 is not part of this version"),
])
def test_input_that_cannot_run_touches_nothing(fake, event, message):
    done = tune(fake.url, event)
    assert done.returncode == 2
    assert done.stderr.startswith("squall: tune: " + message) and done.stderr.count("\n") == 1
    assert fake.calls == []


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_dead_endpoint_fails_in_seconds():
    url = f"http://127.0.0.1:{unused_port()}"
    began = time.monotonic()
    done = tune(url, INPUT)
    assert time.monotonic() - began < 5
    assert done.returncode == 3
    assert url in done.stderr and done.stderr.count("\n") == 1
    done = subprocess.run([SQUALL, "invoke", "f", "--endpoint", url], capture_output=True, text=True, env=ENVIRONMENT)
    assert done.returncode == 3 and url in done.stderr


def test_files_that_cannot_be_written_are_told_before_the_run(fake):
    done = tune(fake.url, INPUT, "--out", "/nowhere/at/all.html")
    assert done.returncode == 3 and "/nowhere/at/all.html" in done.stderr
    assert fake.calls == []


@contextlib.contextmanager
def serving(*arguments):
    process = subprocess.Popen([SQUALL, "serve", "--memory", "--port", "0", "--aws-port", "0", "--quiet", *arguments],
                               stdout=subprocess.PIPE, text=True)
    try:
        ready = process.stdout.readline()
        assert ready.startswith("ready "), ready
        yield re.search(r"aws=(\S+)", ready)[1]
    finally:
        process.terminate()
        assert process.wait(10) == 0


PRIME = {"lambdaARN": "arn:aws:lambda:us-east-1:000000000000:function:prime", "powerValues": [128, 512, 1769], "num": 5,
         "payload": {"n": 300000}, "parallelInvocation": True, "strategy": "speed", "includeOutputResults": True}


def get(url, path):
    with urllib.request.urlopen(url + "/2015-03-31/functions/" + path) as answer:
        return json.load(answer)


def test_the_emulators_model_gives_a_curve_and_nothing_stays_behind(tmp_path):
    with serving("--cpu", "model", "--seed", "1") as url:
        before = get(url, "prime/configuration")["MemorySize"]
        page = tmp_path / "report.html"
        # A machine that is busy elsewhere makes a sweep longer at any size: the shortest of three counts.
        sweeps = []
        for _ in range(3):
            done = tune(url, PRIME, "--out", page)
            assert done.returncode == 0, done.stderr
            sweeps.append([row["averageDuration"] for row in json.loads(done.json)["stats"]])
        slow, middle, fast = map(min, zip(*sweeps))
        assert slow > 2 * middle > 2 * fast, sweeps
        assert get(url, "prime/configuration")["MemorySize"] == before
        assert get(url, "prime/aliases")["Aliases"] == []
        text = page.read_text()
        data = json.loads(re.search(r"const results = (.*);\n", text)[1])
        assert [row["memory_mb"] for row in data["rows"]] == [128, 512, 1769]
        assert "http" not in re.sub(r"const results = .*", "", text).replace("http://www.w3.org/2000/svg", "")


def test_an_emulator_without_a_cpu_model_is_refused():
    with serving() as url:
        done = tune(url, PRIME)
        assert done.returncode == 2
        assert done.stderr.startswith("squall: tune: the emulator runs with --cpu off") and done.stderr.count("\n") == 1


def invoke(url, *arguments, **options):
    return subprocess.run([SQUALL, "invoke", *arguments, "--endpoint", url], capture_output=True, text=True, timeout=30,
                          env=ENVIRONMENT, **options)


def test_invoke_prints_the_answer_and_the_log(tmp_path):
    event = tmp_path / "event.json"
    event.write_text('{"n": 100}')
    with serving() as url:
        for argument in ('{"n": 100}', str(event), "@" + str(event)):
            done = invoke(url, "prime", argument)
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout) == {"n": 100, "primes": 25}
            assert "REPORT RequestId: " in done.stderr
        done = invoke(url, "prime", "-", input='{"n": 10}')
        assert json.loads(done.stdout)["primes"] == 4
        done = invoke(url, "LambdaFunctionOverHttps", '{"operation": "nothing"}')
        assert done.returncode == 1 and json.loads(done.stdout)["errorType"] == "ValueError"
        done = invoke(url, "absent")
        assert done.returncode == 1 and done.stderr.startswith("squall: invoke: ResourceNotFoundException: ")
        done = invoke(url, "prime", "{")
        assert done.returncode == 2
        assert invoke(url, "prime", "--qualifier", "7").returncode == 1
