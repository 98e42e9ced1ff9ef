"""What every integration test starts from: a running emulator on free ports, and plain ways to talk to it."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("SQUALL_BINARY", ROOT / "build" / "squall"))
HANDLERS = BINARY.parent / "lambda" / "handlers"
READY = re.compile(r"^ready api=(http://\S+:(\d+)) aws=(http://\S+:(\d+)) pid=(\d+)\n$")


class Squall:
    """One `squall serve`. api and aws are its URLs, line what it printed when it was ready."""

    def __init__(self, folder, *arguments):
        self.folder = pathlib.Path(folder)
        self.errors = open(self.folder / "stderr.txt", "a+", encoding="utf-8")
        options = ["--port", "0", "--aws-port", "0"]
        if "--memory" not in arguments and "--data" not in arguments:
            options += ["--data", str(self.folder / "data")]
        self.process = subprocess.Popen([str(BINARY), "serve", *options, *map(str, arguments)], stdout=subprocess.PIPE,
                                        stderr=self.errors, text=True, cwd=self.folder)
        self.line = self.process.stdout.readline()
        ready = READY.match(self.line)
        assert ready, "not ready: %r %s" % (self.line, self.stderr())
        self.api, self.api_port = ready[1], int(ready[2])
        self.aws, self.aws_port = ready[3], int(ready[4])
        self.pid = int(ready[5])

    def stderr(self):
        self.errors.flush()
        return (self.folder / "stderr.txt").read_text(encoding="utf-8")

    def request(self, method, path, body=None, headers=None, aws=False, timeout=30):
        """Answers status, headers (lower-case names) and the body's bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.aws_port if aws else self.api_port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def post(self, path, value, **options):
        """POSTs JSON to the API; answers status and the parsed body."""
        status, _, body = self.request("POST", path, json.dumps(value), {"Content-Type": "application/json"}, **options)
        return status, json.loads(body)

    def metrics(self):
        text = self.request("GET", "/_squall/metrics", aws=True)[2].decode()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}

    def rss_mb(self):
        status = pathlib.Path("/proc/%d/status" % self.pid).read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def stop(self, how=signal.SIGTERM, timeout=10):
        """Answers the exit status; negative for a signal, as subprocess has it."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.errors.close()


@pytest.fixture
def start_squall(tmp_path):
    """A function that starts emulators with the given arguments; all are stopped at the test's end."""
    running = []

    def start(*arguments, folder=None):
        running.append(Squall(folder or tmp_path, *arguments))
        return running[-1]

    yield start
    for squall in running:
        if not squall.errors.closed:
            squall.stop()


@pytest.fixture(scope="module")
def squall(tmp_path_factory):
    """The sample application, one emulator for a module's tests."""
    emulator = Squall(tmp_path_factory.mktemp("squall"))
    yield emulator
    assert emulator.stop() == 0, emulator.stderr()


@pytest.fixture
def run_squall(tmp_path):
    """Runs the binary to its end."""

    def run(*arguments, timeout=30):
        return subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                              cwd=tmp_path, check=False)

    return run


@pytest.fixture(scope="session")
def dynamodb_local(tmp_path_factory):
    """Amazon DynamoDB Local's URL."""
    folder = os.environ.get("DYNAMODB_LOCAL_DIR", "")
    if not folder or not list(pathlib.Path(folder).glob("DynamoDBLocal*.jar")) or shutil.which("java") is None:
        pytest.skip("Amazon DynamoDB Local is not here: set DYNAMODB_LOCAL_DIR to the folder of its jars")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        ["java", "-Djava.library.path=" + folder, "-cp", folder + "/*",
         "software.amazon.dynamodb.services.local.main.ServerRunner", "-inMemory", "-disableTelemetry",
         "-port", str(port)],
        cwd=tmp_path_factory.mktemp("local"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None and time.monotonic() < deadline
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield "http://127.0.0.1:%d" % port
    finally:
        process.kill()
        process.wait(10)
