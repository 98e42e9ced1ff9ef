"""squall load against servers that count for themselves: what it reports must be what they saw."""

import asyncio
import base64
import collections
import contextlib
import json
import os
import pathlib
import pty
import re
import signal
import socket
import struct
import subprocess
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree
import zlib

import pytest
from http_peer import LoopServer

SQUALL = os.environ.get("SQUALL_BINARY") or str(pathlib.Path(__file__).resolve().parents[2] / "build" / "squall")
BODY = b"x" * 307


class Server(LoopServer):
    """HTTP/1.1 by hand, so that a path decides how the answer is made; every request is counted once it is whole."""

    def __init__(self):
        self.counts = collections.Counter()
        self.requests = []  # (method, path, headers, body) of the first 200
        self.connections = 0
        self.begin()

    @property
    def total(self):
        return sum(self.counts.values())

    async def handle(self, reader, writer):
        self.connections += 1
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while await self.one(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def one(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.counts[path] += 1
        if len(self.requests) < 200:
            self.requests.append((method, path, headers, body))
        return await getattr(self, "answer_" + path.split("?")[0].strip("/").split("/")[0], self.answer_plain)(writer, path)

    async def answer_plain(self, writer, path):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY))
        return True

    async def answer_chunked(self, writer, path):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in (b"5\r\nhello\r\n", b"3;x=y\r\nyou\r\n", b"0\r\nTrailer: t\r\n", b"\r\n"):
            writer.write(piece)
            await writer.drain()
        return True

    async def answer_pieces(self, writer, path):
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok":
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        return True

    async def answer_interim(self, writer, path):
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
        return True

    async def answer_close(self, writer, path):
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        return False

    async def answer_endless(self, writer, path):
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + BODY)
        return False

    async def answer_odd(self, writer, path):
        writer.write(b"HTTP/1.1 999 Request Denied\r\nContent-Length: 0\r\n\r\n")
        return True

    async def answer_fail(self, writer, path):
        writer.write(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 2\r\n\r\nno")
        return True

    async def answer_slow(self, writer, path):
        await asyncio.sleep(0.05)
        return await self.answer_plain(writer, path)

    async def answer_silent(self, writer, path):
        await asyncio.sleep(30)
        return False

    async def answer_garbage(self, writer, path):
        writer.write(b"\x00\xff not HTTP at all\r\n\r\n")
        return False

    async def answer_cut(self, writer, path):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        return False

    async def answer_reset(self, writer, path):
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        writer.transport.abort()
        return False


@pytest.fixture()
def server():
    one = Server()
    yield one
    one.stop()


def load(*arguments, cwd=None, timeout=60):
    return subprocess.run([SQUALL, "load", *map(str, arguments)], capture_output=True, text=True, timeout=timeout, cwd=cwd)


def measure(tmp_path, *arguments, status=0):
    done = load(*arguments, "--json", tmp_path / "result.json")
    assert done.returncode == status, done.stderr
    return json.loads((tmp_path / "result.json").read_text()), done


def collection(tmp_path, items, **members):
    path = tmp_path / "collection.json"
    path.write_text(json.dumps({"info": {"name": "Test", "schema": "v2.1.0"}, "item": items, **members}))
    return path


FIGURES = {"requests", "duration_s", "rps", "avg_ms", "min_ms", "max_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms",
           "errors", "non_2xx", "tests", "failed_tests", "error_pct", "failure_pct", "bytes_in", "bytes_out"}


def adds_up(result):
    totals = result["totals"]
    assert set(totals) == FIGURES
    for rows, more in ((result["requests"], {"name"}), (result["windows"], {"t_s", "vus"})):
        for row in rows:
            assert FIGURES | more <= set(row)
        for member in ("requests", "errors", "non_2xx", "failed_tests", "bytes_in", "bytes_out"):
            assert sum(row[member] for row in rows) == totals[member], member
    assert sum(result["status_codes"].values()) == totals["requests"] - totals["errors"]
    assert sum(row["count"] for row in result["error_classes"]) == totals["errors"]
    failures = collections.Counter({row["class"]: row["count"] for row in result["error_classes"]})
    failures.update({status: count for status, count in result["status_codes"].items() if not 200 <= int(status) <= 299})
    for rows in (result["requests"], result["windows"], [window for row in result["requests"] for window in row["windows"]]):
        assert sum((collections.Counter(row.get("failures")) for row in rows), collections.Counter()) == failures
    assert totals["min_ms"] <= totals["p50_ms"] <= totals["p90_ms"] <= totals["p95_ms"] <= totals["p99_ms"]


@pytest.mark.parametrize("path", ["plain", "chunked", "pieces", "interim", "close", "endless", "slow"])
def test_totals_are_the_servers_own_count(server, tmp_path, path):
    result, _ = measure(tmp_path, server.url + "/" + path, "--vus", 8, "--duration", "1s", "--profile", "fixed", "--quiet")
    adds_up(result)
    assert result["totals"]["requests"] == server.total > 8
    assert result["totals"]["errors"] == result["totals"]["non_2xx"] == 0
    assert result["iterations"] == {"done": server.total, "dropped": 0}


def test_connections_are_kept_one_a_user(server, tmp_path):
    measure(tmp_path, server.url + "/plain", "--vus", 5, "--duration", "1s", "--profile", "fixed", "--quiet")
    assert server.connections == 5 + 1  # the one that found the target listening


def test_bytes_are_those_of_the_wire(server, tmp_path):
    result, _ = measure(tmp_path, server.url + "/plain", "--vus", 1, "--iterations", 7, "--quiet")
    assert result["totals"]["bytes_in"] == 7 * len(b"HTTP/1.1 200 OK\r\nContent-Length: 307\r\n\r\n" + BODY)
    method, path, headers, body = server.requests[0]
    assert list(headers) == ["user-agent", "accept", "host", "accept-encoding", "connection"]
    assert (method, path, headers["host"]) == ("GET", "/plain", "127.0.0.1:%d" % server.port)


def test_a_run_of_milliseconds_has_the_users_that_it_had(server, tmp_path):
    result, _ = measure(tmp_path, server.url + "/plain", "--vus", 1, "--iterations", 1, "--quiet")
    window, = result["windows"]
    assert 0 < window["vus"] <= 1


def test_failures_of_the_service_are_no_errors_but_counted(server, tmp_path):
    result, done = measure(tmp_path, server.url + "/fail", "--vus", 2, "--iterations", 20)
    assert (result["totals"]["non_2xx"], result["totals"]["errors"], result["totals"]["error_pct"]) == (20, 0, 0)
    assert result["status_codes"] == {"500": 20}
    assert "500: 20" in done.stdout
    result, _ = measure(tmp_path, server.url + "/fail", "--vus", 2, "--iterations", 20, "--errors", "non-2xx", "--quiet")
    assert (result["totals"]["errors"], result["totals"]["error_pct"]) == (0, 100)


def test_a_status_of_three_digits_is_an_answer_whatever_it_is(server, tmp_path):
    result, _ = measure(tmp_path, server.url + "/odd", "--vus", 1, "--iterations", 3)
    assert (result["totals"]["errors"], result["totals"]["non_2xx"]) == (0, 3)
    assert result["status_codes"] == {"999": 3} and result["windows"][0]["failures"] == {"999": 3}


@pytest.mark.parametrize("path, classes", [
    ("garbage", {"parse"}), ("cut", {"closed"}), ("reset", {"reset", "closed"}), ("silent", {"timeout"})])
def test_every_way_to_fail_has_its_class(server, tmp_path, path, classes):
    result, _ = measure(tmp_path, server.url + "/" + path, "--vus", 2, "--iterations", 4, "--timeout-request", "300ms", "--quiet")
    adds_up(result)
    assert {row["class"] for row in result["error_classes"]} <= classes
    assert result["totals"]["requests"] == result["totals"]["errors"] == 4 == server.total
    assert result["totals"]["error_pct"] == 100


def test_a_failure_does_not_spoil_the_next_request(server, tmp_path):
    items = [{"name": name, "request": server.url + "/" + name} for name in ("plain", "cut", "chunked", "garbage", "close", "reset", "fail")]
    result, _ = measure(tmp_path, collection(tmp_path, items), "--vus", 3, "--iterations", 30, "--quiet")
    adds_up(result)
    assert {row["name"]: (row["requests"], row["errors"]) for row in result["requests"]} == {
        name: (30, 30 if name in ("cut", "garbage", "reset") else 0) for name in ("plain", "cut", "chunked", "garbage", "close", "reset", "fail")}
    assert server.counts == {"/" + item["name"]: 30 for item in items}


def test_a_service_that_goes_away_is_counted_and_does_not_stop_the_run(tmp_path):
    server = Server()
    process = subprocess.Popen([SQUALL, "load", server.url + "/plain", "--vus", "4", "--duration", "2s", "--profile", "fixed",
                                "--json", str(tmp_path / "r.json"), "--quiet"])
    time.sleep(1)
    server.stop()
    assert process.wait(30) == 0
    result = json.loads((tmp_path / "r.json").read_text())
    adds_up(result)
    assert "connect" in {row["class"] for row in result["error_classes"]}
    # A user that cannot connect waits before it tries again.
    assert result["totals"]["errors"] < 4 * 110 + 8


def test_the_end_is_graceful(server, tmp_path):
    items = [{"name": name, "request": server.url + "/slow/" + name} for name in "abc"]
    result, _ = measure(tmp_path, collection(tmp_path, items), "--vus", 6, "--duration", "500ms", "--profile", "fixed", "--quiet")
    adds_up(result)
    assert result["totals"]["requests"] == server.total
    assert result["totals"]["errors"] == 0
    counts = [row["requests"] for row in result["requests"]]
    assert result["iterations"]["done"] == counts[2]
    assert result["iterations"]["dropped"] == counts[0] - counts[2]
    assert 0.5 <= result["totals"]["duration_s"] < 1.5


def test_an_interrupt_ends_the_run_with_its_report(server, tmp_path):
    process = subprocess.Popen([SQUALL, "load", server.url + "/slow", "--vus", "3", "--duration", "1h", "--profile", "fixed",
                                "--json", str(tmp_path / "r.json"), "--quiet"])
    time.sleep(0.8)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    result = json.loads((tmp_path / "r.json").read_text())
    assert result["totals"]["requests"] == server.total > 0
    assert result["totals"]["errors"] == 0


def test_ramp_up_brings_in_the_users_one_by_one(server, tmp_path):
    result, _ = measure(tmp_path, server.url + "/slow", "--vus", 8, "--duration", "4s", "--quiet")
    vus = [row["vus"] for row in result["windows"]]
    assert vus[0] < vus[1] < vus[2] + 0.5 and 1.9 < vus[0] < 5 and 7.5 < vus[-1] <= 8.001, vus
    options = result["options"]
    assert [options[name] for name in ("profile", "low_pct", "rise_from_pct", "rise_to_pct")] == ["ramp-up", 25, 0, 50]
    assert "fall_to_pct" not in options


def test_data_rows_environment_and_auth_reach_the_wire(server, tmp_path):
    (tmp_path / "env.json").write_bytes("\ufeff".encode() + json.dumps(
        {"name": "E", "values": [{"key": "base", "value": server.url, "enabled": True},
                                 {"key": "token", "value": "no", "enabled": False}]}).encode())
    (tmp_path / "globals.json").write_text(json.dumps({"values": [{"key": "token", "value": "T-{{user}}"}]}))
    (tmp_path / "data.csv").write_bytes("\ufeffuser,n\r\nann,007\r\n\"b o b\",2\r\n".encode())
    path = collection(tmp_path, [{"name": "F", "item": [{"name": "create", "request": {
        "method": "POST", "url": {"host": ["{{base}}"], "path": ["users", "{{user}}"]},
        "body": {"mode": "raw", "raw": "{\"n\":{{n}},\"id\":\"{{$guid}}\"}", "options": {"raw": {"language": "json"}}}}}]}],
        auth={"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}"}]})
    measure(tmp_path, path, "-e", tmp_path / "env.json", "-g", tmp_path / "globals.json", "-d", tmp_path / "data.csv",
            "--vus", 2, "--iterations", 6, "--quiet")
    assert server.total == 6
    seen = collections.defaultdict(set)
    for method, path, headers, body in server.requests:
        event = json.loads(body)
        assert (method, headers["content-type"]) == ("POST", "application/json")
        seen[path, headers["authorization"], event["n"]].add(event["id"])
    assert set(seen) <= {("/users/ann", "Bearer T-ann", 7), ("/users/b%20o%20b", "Bearer T-b o b", 2)}
    assert sum(len(ids) for ids in seen.values()) == 6  # a new value at each occurrence
    assert len(seen) == 2  # user i has row i


def test_a_seed_repeats_the_chance(server, tmp_path):
    (tmp_path / "data.json").write_text(json.dumps([{"n": n} for n in range(50)]))
    path = collection(tmp_path, [{"name": "r", "request": server.url + "/plain?n={{n}}&i={{$randomInt}}"}])
    runs = []
    for _ in range(2):
        server.requests.clear()
        measure(tmp_path, path, "-d", tmp_path / "data.json", "--data-order", "randomized", "--vus", 1, "--iterations", 20, "--seed", 7, "--quiet")
        runs.append([request[1] for request in server.requests])
    assert runs[0] == runs[1] and len(set(runs[0])) > 10


def test_a_large_body_arrives_whole(server, tmp_path):
    path = collection(tmp_path, [{"name": "big", "request": {"method": "PUT", "url": server.url + "/plain",
                                                             "body": {"mode": "raw", "raw": "y" * 8_000_000}}}])
    result, _ = measure(tmp_path, path, "--vus", 2, "--iterations", 4, "--quiet")
    assert result["totals"]["errors"] == 0 and server.total == 4
    assert all(len(body) == 8_000_000 for _, _, _, body in server.requests)


def test_a_rate_is_kept_and_late_requests_count_from_when_they_were_due(server, tmp_path):
    result, _ = measure(tmp_path, server.url + "/plain", "--rate", "200/s", "--vus", 20, "--duration", "2s", "--quiet")
    assert abs(result["totals"]["requests"] - 400) <= 8
    assert result["totals"]["requests"] + result["generator"]["unsent"] == 400
    assert result["totals"]["requests"] == server.total
    # 1 user, 50 ms an answer, 100 a second wanted: the queue grows, and the times say so.
    result, done = measure(tmp_path, server.url + "/slow", "--rate", "100", "--vus", 1, "--duration", "1s")
    assert result["totals"]["max_ms"] > 400 and result["generator"]["unsent"] > 50
    assert "were not sent" in done.stdout


def test_the_rate_goes_by_steps_and_the_run_ends_with_them(server, tmp_path):
    result, _ = measure(tmp_path, server.url + "/plain", "--rate", "100/s:500ms,0:300ms,300/s:500ms", "--vus", 20, "--quiet")
    assert result["totals"]["requests"] == server.total == 50 + 150
    assert result["generator"]["unsent"] == 0 and result["options"]["model"] == "open"
    assert 1.2 < result["totals"]["duration_s"] < 10


def test_a_trace_is_replayed_request_by_request(server, tmp_path):
    (tmp_path / "trace.txt").write_text("# a burst of three, then one more\n0.1\n0.1\n0.1\n0.6\n")
    result, _ = measure(tmp_path, server.url + "/plain", "--rate-trace", tmp_path / "trace.txt", "--quiet")
    assert result["totals"]["requests"] == server.total == 4
    assert result["totals"]["duration_s"] > 0.59
    (tmp_path / "trace.csv").write_text("second,rate\n0,0\n0.2,100\n0.4,0\n")
    result, _ = measure(tmp_path, server.url + "/plain", "--rate-trace", tmp_path / "trace.csv", "--duration", "1s", "--quiet")
    assert result["totals"]["requests"] == 20


def test_the_time_of_a_request_counts_from_when_it_was_due(server, tmp_path):
    # All due at once, one user, 50 ms an answer: the n-th waits for those before it.
    (tmp_path / "trace.txt").write_text("0\n" * 6)
    result, _ = measure(tmp_path, server.url + "/slow", "--rate-trace", tmp_path / "trace.txt", "--vus", 1, "--quiet")
    assert result["totals"]["requests"] == 6
    assert result["totals"]["max_ms"] >= 6 * 50 and result["totals"]["min_ms"] >= 50
    assert result["totals"]["p50_ms"] >= 3 * 50


def test_users_think_after_each_answer(server, tmp_path):
    items = [{"name": name, "request": server.url + "/plain/" + name} for name in "ab"]
    result, _ = measure(tmp_path, collection(tmp_path, items), "--vus", 2, "--iterations", 4, "--think-time", "50ms-100ms", "--quiet")
    assert server.total == 8
    assert result["totals"]["duration_s"] >= 3 * 0.05  # a user's 4 requests have 3 pauses between them
    assert result["options"]["think_time"] == "50ms-100ms"


def test_a_violated_condition_can_end_the_run(server, tmp_path):
    result, done = measure(tmp_path, server.url + "/fail", "--vus", 2, "--duration", "10m", "--profile", "fixed", "--quiet",
                           "--fail-if", "non_2xx>10", "--abort-on-fail", "--abort-after", "0s", status=1)
    adds_up(result)
    assert result["aborted"] and result["totals"]["requests"] == server.total
    assert "ended early" in done.stdout


def test_segments_split_users_rows_rate_and_iterations_exactly(server, tmp_path):
    (tmp_path / "data.csv").write_text("n\n" + "".join("%d\n" % n for n in range(7)))
    path = collection(tmp_path, [{"name": "r", "request": server.url + "/plain?n={{n}}"}])
    runs = {}
    for part in (1, 2, 3):
        server.requests.clear()
        result, _ = measure(tmp_path, path, "-d", tmp_path / "data.csv", "--vus", 7, "--iterations", 100, "--segment", "%d/3" % part, "--quiet")
        runs[part] = {request[1] for request in server.requests}
        assert result["options"]["vus"] == 7 and result["options"]["segment"] == "%d/3" % part
    assert [len(runs[part]) for part in (1, 2, 3)] == [3, 2, 2]
    assert set.union(*runs.values()) == {"/plain?n=%d" % n for n in range(7)}
    assert server.total == 100
    for part in (1, 2):
        measure(tmp_path, server.url + "/close", "--rate", "101/s:1s", "--vus", 10, "--segment", "%d/2" % part, "--quiet")
    assert server.counts["/close"] == 101


def test_conditions_decide_the_exit_status(server, tmp_path):
    url = server.url + "/slow"
    assert load(url, "--vus", 1, "--iterations", 3, "--fail-if", "p95>10s", "--pass-if", "less_than(error_rate, 1)", "-q").returncode == 0
    assert load(url, "--vus", 1, "--iterations", 3, "--fail-if", "p95>10s", "--fail-if", "min>1ms", "-q").returncode == 1
    done = load(url, "--vus", 1, "--iterations", 3, "--pass-if", "greater_than(avg, 5s)", "--junit", tmp_path / "j.xml")
    assert done.returncode == 1 and "FAIL  pass-if greater_than(avg, 5s)" in done.stdout
    suite = ElementTree.parse(tmp_path / "j.xml").getroot().find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


def without_counts(value):
    """The JSON as the page has it: without the histograms that merging needs."""
    if isinstance(value, list):
        return [without_counts(one) for one in value]
    if isinstance(value, dict):
        return {name: without_counts(one) for name, one in value.items() if name not in ("histogram", "sum_us")}
    return value


def page_results(page, name="results"):
    """The results in a page; their windows are rows there."""
    run = json.loads(re.search(r"^const %s = (.*);$" % name, page, re.MULTILINE)[1])
    columns = run.pop("window_columns")

    def unpack(rows):
        return [dict(zip(columns, row), **({"failures": row[-1]} if isinstance(row[-1], dict) else {})) for row in rows]

    for owner in (run, *run["requests"]):
        owner["windows"] = unpack(owner["windows"])
    assert run.pop("interval_ms") >= run["window_ms"]
    assert sum(row["requests"] for row in unpack(run.pop("intervals"))) == run["totals"]["requests"]
    return run


def as_on_the_page(saved):
    """What the page has of the JSON: no histograms, and of windows only what it draws."""
    run = without_counts(saved)
    for owner in (run, *run["requests"]):
        for window in owner["windows"]:
            for name in ("bytes_in", "bytes_out", "failure_pct"):
                del window[name]
    return run


def test_prometheus_reads_a_run_while_it_lasts(server, tmp_path):
    items = [{"name": 'say "a\\b"', "request": server.url + "/slow"}, {"name": "b", "request": server.url + "/fail"},
             {"name": "c", "request": server.url + "/cut"}]
    process = subprocess.Popen([SQUALL, "load", collection(tmp_path, items), "--vus", "3", "--duration", "1h", "--profile", "fixed",
                                "--prometheus", "0"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        port = re.search(r"Prometheus metrics at port (\d+)", process.stderr.readline())[1]
        deadline = time.monotonic() + 30
        while True:
            with urllib.request.urlopen("http://127.0.0.1:%s/metrics" % port, timeout=10) as answer:
                assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
                lines = answer.read().decode().splitlines()
            figures = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
            assert figures["squall_load_users"] == "3"
            if float(figures['squall_load_requests_total{n="3",folder="",request="c",method="GET"}']) > 5:
                break
            assert time.monotonic() < deadline
        label = 'n="1",folder="",request="say \\"a\\\\b\\"",method="GET"'
        count = float(figures["squall_load_response_seconds_count{%s}" % label])
        assert count == float(figures['squall_load_response_seconds_bucket{%s,le="+Inf"}' % label]) > 0
        assert figures['squall_load_response_seconds_bucket{%s,le="0.025"}' % label] == "0"
        assert float(figures["squall_load_response_seconds_sum{%s}" % label]) >= 0.05 * count
        assert figures['squall_load_answers_total{status="500"}'] == figures['squall_load_non_2xx_total{n="2",folder="",request="b",method="GET"}']
        assert float(figures['squall_load_error_classes_total{class="closed"}']) > 5
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen("http://127.0.0.1:%s/" % port, timeout=10)
        # Silent connections do not keep a scraper out.
        silent = [socket.create_connection(("127.0.0.1", int(port)), 10) for _ in range(20)]
        urllib.request.urlopen("http://127.0.0.1:%s/metrics" % port, timeout=10).close()
        for one in silent:
            one.close()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        process.stderr.close()


def all_of_terminal(fd):
    """What is written to its other end, until nobody holds that."""
    seen = b""
    with contextlib.suppress(OSError):
        while piece := os.read(fd, 65536):
            seen += piece
    return seen


def test_a_terminal_sees_a_view_that_is_taken_away_at_the_end(server, tmp_path):
    ours, theirs = pty.openpty()
    process = subprocess.Popen([SQUALL, "load", server.url + "/slow", "--vus", "2", "--duration", "2s", "--profile", "fixed"],
                               stderr=theirs, stdout=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"})
    os.close(theirs)
    seen = all_of_terminal(ours)
    os.close(ours)
    assert process.wait(20) == 0
    text = seen.decode()
    assert "users 2" in text and "requests/s" in text and "P95" in text and "\u2588" in text and "\x1b[31m" not in text
    assert text.endswith("\x1b[J") and "\x1b[5A" in text


def test_reports_are_written_whole(server, tmp_path):
    path = collection(tmp_path, [{"name": "</script><b>\u00e9", "request": server.url + "/plain"}])
    done = load(path, "--vus", 2, "--duration", "1s", "--out", tmp_path / "r.html", "--csv", tmp_path / "r.csv", "--json", tmp_path / "r.json")
    assert done.returncode == 0
    page = (tmp_path / "r.html").read_text()
    assert page.count("</script>") == 1 and "https://" not in page and 'src="' not in page
    assert page_results(page) == as_on_the_page(json.loads((tmp_path / "r.json").read_text()))
    rows = (tmp_path / "r.csv").read_text().splitlines()
    assert len(rows) == 1 + len(page_results(page)["windows"]) and len({row.count(",") for row in rows}) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["collection.json", "r.csv", "r.html", "r.json", "r.requests.csv"]
    for word in ("Total requests", "Requests/s", "P90", "P95", "P99", "Error"):
        assert word in done.stdout


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize("arguments, status, says", [
    ([], 2, "a collection or URL is missing"),
    (["c.json", "--vus", "0"], 2, "--vus"),
    (["c.json", "--nonsense"], 2, "--nonsense"),
    (["c.json", "--profile", "wave"], 2, "fixed|ramp-up|spike|peak"),
    (["c.json", "--fail-if", "p95>>1"], 2, "expected"),
    (["c.json", "--fail-if", "p95[nobody]>1"], 2, "no request 'nobody'"),
    (["c.json", "--segment", "3/2"], 2, "--segment: '3/2' is no part"),
    (["c.json", "--segment", "1/20"], 2, "10 users cannot be split in 20"),
    (["c.json", "--rate", "5", "--think-time", "1s"], 2, "--think-time is for users that wait"),
    (["c.json", "--think-time", "2s-1s"], 2, "no time such as 1s"),
    (["c.json", "--rate", "5", "--rate-trace", "x"], 2, "exclude each other"),
    (["c.json", "--rate-trace", "c.json"], 2, "the rate's trace"),
    (["c.json", "--rate", "fast"], 2, "--rate"),
    (["c.json", "--rate", "5", "--profile", "spike"], 2, "--rate"),
    (["c.json", "--abort-on-fail"], 2, "--abort-on-fail needs a --fail-if"),
    (["c.json", "--prometheus", "host:1"], 2, "--prometheus: 'host:1' is no port"),
    (["c.json", "--prometheus", "1.2.3.4:1"], 3, "1.2.3.4:1 cannot be listened on"),
    (["missing.json"], 3, "missing.json cannot be read"),
    (["."], 3, "is no file"),
    (["ftp://127.0.0.1/"], 2, "http:// and https:// are"),
    (["c.json", "--rate", "5", "--low", "5"], 2, "need a --duration, and no --rate"),
    (["c.json", "-e", "missing.json"], 3, "missing.json cannot be read"),
    (["c.json", "-e", "c.json"], 2, "no Postman environment"),
    (["c.json", "--json", "nowhere/r.json"], 3, "nowhere/r.json cannot be written"),
    (["bad.json"], 2, "no JSON"),
    (["https://127.0.0.1:1/", "--cacert", "/nowhere.pem"], 3, "/nowhere.pem"),
    (["nothing"], 3, "nothing answers at 127.0.0.1"),
    (["http://no.such.host.invalid/"], 3, "has no address"),
])
def test_what_cannot_be_done_is_one_line(tmp_path, server, arguments, status, says):
    collection(tmp_path, [{"name": "a", "request": server.url}]).rename(tmp_path / "c.json")
    (tmp_path / "bad.json").write_text("{\"item\": [")
    if arguments == ["nothing"]:
        arguments = ["http://127.0.0.1:%d/" % free_port()]
    done = load(*arguments, cwd=tmp_path)
    assert done.returncode == status
    assert says in done.stderr and done.stderr.startswith("squall: ") and done.stderr.count("\n") == 1
    assert done.stdout == "" and server.total == 0


def limited(limits, *arguments):
    return subprocess.run(["sh", "-c", "ulimit -Sn %d; ulimit -Hn %d; exec \"$@\"" % limits, "sh", SQUALL, "load", *map(str, arguments)],
                          capture_output=True, text=True, timeout=60)


def test_more_users_than_files_raise_the_soft_limit(server):
    done = limited((50, 400), server.url + "/plain", "--vus", 100, "--profile", "fixed", "--duration", "1s", "--fail-if", "errors>0", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert server.connections == 101  # the first one looks whether anybody is there


def test_more_users_than_the_hard_limit_allows_are_refused_before_the_run(server):
    done = limited((50, 150), server.url + "/plain", "--vus", 100, "--quiet")
    assert done.returncode == 3 and server.connections == 0
    assert done.stderr.startswith("squall: 100 users need 164 open files, and 150 are allowed here: raise the hard limit")


def test_many_users_connect_first_and_each_has_an_iteration(tmp_path, server):
    (tmp_path / "rows.csv").write_text("n\n" + "\n".join(map(str, range(300))))
    path = collection(tmp_path, [{"name": "a", "request": server.url + "/plain?n={{n}}"}])
    result, _ = measure(tmp_path, path, "-d", tmp_path / "rows.csv", "--vus", 300, "--threads", 1, "--profile", "fixed",
                        "--duration", "1m", "--iterations", 300, "--quiet")
    assert sorted(server.counts.values()) == [1] * 300
    assert result["totals"]["errors"] == 0 and server.connections == 301  # the first one looks whether anybody is there


def test_what_looks_like_a_forgotten_file_is_told(tmp_path, server):
    path = collection(tmp_path, [{"name": "a", "request": server.url + "/{{id}}"}])
    (tmp_path / "rows.json").write_text("[]")
    done = load(path, "-n", 1, "-d", "rows.json", cwd=tmp_path)
    assert done.returncode == 0 and server.counts == {"/%7B%7Bid%7D%7D": 1}
    assert done.stderr == ("squall: rows.json has no rows of data: no user gets one\n"
                           "squall: nothing gives {{id}} a value (-e FILE, -d FILE, --env-var NAME=VALUE): sent as written\n")
    assert load(path, "-n", 1, "--env-var", "id=1").stderr == ""


def test_the_table_begins_with_what_was_run(server):
    lines = load(server.url + "/plain", "--rate", "50/s:1s", "-u", 3).stdout.splitlines()
    assert lines[1].split(": ")[1].startswith("rate 50/s:1s, up to 3 users, ")
    assert load(server.url + "/plain", "-n", 1, "-u", 1).stdout.splitlines()[1].split(": ")[1].startswith("1 user, fixed, ")


def test_the_version_is_told():
    done = load("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "squall")


def test_help_names_every_option_and_shows_examples():
    done = load("--help")
    assert done.returncode == 0 and done.stderr == ""
    for word in ("--vus", "--profile", "--fail-if", "--out", "ramp-up", "examples", "exit status"):
        assert word in done.stdout


def read_hlog(path):
    """HdrHistogram's log by its specification: each interval's count and the sum of its values' buckets."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith(("#", '"'))]
    for line in lines:
        start, length, highest, encoded = line.split(",")
        packed = base64.b64decode(encoded, validate=True)
        cookie, size = struct.unpack(">II", packed[:8])
        assert cookie == 0x1C849314 and size == len(packed) - 8
        plain = zlib.decompress(packed[8:])
        cookie, size, offset, digits, low, high, ratio = struct.unpack(">IIIIqqd", plain[:40])
        assert (cookie, offset, digits, low, high, ratio) == (0x1C849313, 0, 3, 1, 3600000000, 1.0)
        payload, total, at = plain[40:], 0, 0
        assert size == len(payload)
        while at < len(payload):
            value = shift = 0
            while True:
                byte = payload[at]
                at += 1
                value |= (byte & 0x7F) << shift
                shift += 7
                if not byte & 0x80:
                    break
            value = (value >> 1) ^ -(value & 1)
            total += max(value, 0)
        yield float(start), float(length), float(highest), total


def test_the_hdrhistogram_log_holds_every_answer(server, tmp_path):
    result, _ = measure(tmp_path, server.url + "/slow", "--vus", 4, "--duration", "2s", "--profile", "fixed", "--quiet",
                        "--hlog", tmp_path / "r.hlog")
    rows = list(read_hlog(tmp_path / "r.hlog"))
    assert (tmp_path / "r.hlog").read_text().split("\n")[1] == "#[Histogram log format version 1.3]"
    assert [row[3] for row in rows] == [window["requests"] for window in result["windows"]]
    assert [row[0] for row in rows] == [window["t_s"] for window in result["windows"]]
    assert max(row[2] for row in rows) == result["totals"]["max_ms"]
