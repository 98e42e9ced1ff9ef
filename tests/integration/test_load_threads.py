"""squall load with a loop a thread: the same run whatever their number. ThreadSanitizer sees these tests, too."""

import collections
import json
import re
import signal
import subprocess
import time
import urllib.request

import pytest

from http_peer import Peer
from test_load import SQUALL, adds_up, collection, load, measure, server  # noqa: F401 (a fixture)
from test_load_scripts import echo, item, scripts  # noqa: F401 (a fixture)
from test_load_scripts import load as load_scripts
from test_transport import pki, server_context  # noqa: F401 (a fixture)

THREADS = [1, 2, 4]


@pytest.mark.parametrize("threads", THREADS)
def test_iterations_are_shared_out_exactly(server, tmp_path, threads):
    items = [{"name": name, "request": server.url + "/plain/" + name} for name in "ab"]
    result, _ = measure(tmp_path, collection(tmp_path, items), "--vus", 6, "--iterations", 501, "--threads", threads, "--quiet")
    adds_up(result)
    assert result["totals"]["requests"] == server.total == 1002
    assert result["iterations"] == {"done": 501, "dropped": 0}
    assert result["generator"]["threads"] == result["options"]["threads"] == threads
    assert server.connections == 6 + 1  # a user's, wherever it is, and the one that found the target listening


@pytest.mark.parametrize("threads", THREADS)
def test_each_moment_of_a_rate_is_sent_once(server, tmp_path, threads):
    result, _ = measure(tmp_path, server.url + "/plain", "--rate", "301/s:1s", "--vus", 8, "--threads", threads, "--quiet")
    adds_up(result)
    assert result["totals"]["requests"] == server.total == 301
    assert result["generator"]["unsent"] == 0


def test_moments_that_no_user_was_free_for_are_told(server, tmp_path):
    result, _ = measure(tmp_path, server.url + "/slow", "--rate", "200/s", "--duration", "1s", "--vus", 4, "--threads", 4, "--quiet")
    adds_up(result)
    assert result["totals"]["requests"] == server.total
    assert 200 <= server.total + result["generator"]["unsent"] <= 203 + 200 * (result["totals"]["duration_s"] - 1)
    assert result["generator"]["unsent"] > 20


def test_few_users_share_one_loop_and_threads_are_no_more_than_users(server, tmp_path):
    def threads(*arguments):
        return measure(tmp_path, server.url + "/plain", "--iterations", 8, "--quiet", *arguments)[0]["generator"]

    assert threads("--vus", 127)["threads"] == 1
    many = threads("--vus", 128)
    assert many["threads"] == min(2, many["cores"])
    assert threads("--vus", 3, "--threads", 8)["threads"] == 3
    assert threads("--vus", 8, "--threads", 2, "--segment", "1/8")["threads"] == 1


def test_a_profile_moves_the_users_of_all_threads(server, tmp_path):
    result, _ = measure(tmp_path, server.url + "/slow", "--vus", 8, "--duration", "4s", "--threads", 4, "--quiet")
    adds_up(result)
    vus = [row["vus"] for row in result["windows"]]
    assert vus[0] < vus[-1] and 1 < vus[0] < 6 and 6 < vus[-1] < 10, vus


def test_failures_keep_their_classes_and_samples(server, tmp_path):
    items = [{"name": name, "request": server.url + "/" + name} for name in ("plain", "fail", "cut")]
    result, _ = measure(tmp_path, collection(tmp_path, items), "--vus", 4, "--iterations", 400, "--threads", 4, "--quiet")
    adds_up(result)
    assert (result["totals"]["errors"], result["totals"]["non_2xx"]) == (400, 400)
    assert [(row["class"], row["count"], len(row["samples"])) for row in result["error_classes"]] == [("closed", 400, 5)]
    assert result["status_codes"] == {"200": 400, "500": 400}
    assert len(result["answers"]) == 4 and len(result["slowest"]) == 20


def test_segments_and_threads_split_users_and_rows_exactly(server, tmp_path):
    (tmp_path / "data.csv").write_text("n\n" + "".join("%d\n" % n for n in range(13)))
    path = collection(tmp_path, [{"name": "r", "request": server.url + "/slow?n={{n}}"}])
    rows = []
    for part in (1, 2):
        server.requests.clear()
        measure(tmp_path, path, "-d", tmp_path / "data.csv", "--vus", 13, "--iterations", 120, "--segment", "%d/2" % part,
                "--threads", 3, "--quiet")
        rows.append({int(request[1].rpartition("=")[2]) for request in server.requests})
    assert rows == [set(range(0, 13, 2)), set(range(1, 13, 2))]
    assert server.total == 120


def bodies_of_users(server, tmp_path, threads):
    """What each user sent, in order; the data row tells who it was."""
    server.requests.clear()
    (tmp_path / "data.csv").write_text("n\n" + "".join("%d\n" % n for n in range(5)))
    path = collection(tmp_path, [{"name": "r", "request": {"method": "POST", "url": server.url + "/slow", "body": {
        "mode": "raw", "raw": "{{n}} {{$guid}} {{$randomInt}} {{made}}"}}, "event": scripts(
            "pm.variables.set('made', pm.variables.replaceIn('{{$randomUUID}}'))")}])
    measure(tmp_path, path, "-d", tmp_path / "data.csv", "--vus", 5, "--iterations", 40, "--seed", 7, "--threads", threads, "--quiet")
    users = collections.defaultdict(list)
    for request in server.requests:
        users[request[3].split()[0]].append(request[3])
    return users


def test_a_seed_gives_each_user_the_same_chance_on_any_number_of_threads(server, tmp_path, monkeypatch):
    monkeypatch.setenv("ASAN_OPTIONS", "detect_leaks=0")
    one, two, four = (bodies_of_users(server, tmp_path, threads) for threads in (1, 2, 4))
    for user in (b"0", b"1", b"2", b"3", b"4"):
        common = min(len(one[user]), len(two[user]), len(four[user]))
        assert common >= 1 and len(set(one[user])) == len(one[user])
        assert one[user][:common] == two[user][:common] == four[user][:common]


def interrupted(server, tmp_path, path, signals):
    process = subprocess.Popen([SQUALL, "load", server.url + path, "--vus", "8", "--duration", "1h", "--profile", "fixed",
                                "--threads", "4", "--timeout-request", "0", "--json", str(tmp_path / "r.json"), "--quiet"],
                               stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while server.total < 8 and time.monotonic() < deadline:
        time.sleep(0.02)
    for _ in range(signals):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    assert process.wait(20) == 0
    return json.loads((tmp_path / "r.json").read_text())


def test_an_interrupt_finishes_what_is_in_flight_on_all_threads(server, tmp_path):
    result = interrupted(server, tmp_path, "/slow", 1)
    adds_up(result)
    assert result["interrupted"] and result["totals"]["requests"] == server.total >= 8
    assert result["totals"]["errors"] == 0


def test_a_second_interrupt_drops_it_on_all_threads(server, tmp_path):
    result = interrupted(server, tmp_path, "/silent", 2)
    assert result["totals"]["requests"] == 0 and server.total == 8


def test_a_violated_condition_ends_all_threads(server, tmp_path):
    result, _ = measure(tmp_path, server.url + "/fail", "--vus", 4, "--duration", "1h", "--profile", "fixed", "--threads", 4,
                        "--abort-on-fail", "--abort-after", "1s", "--fail-if", "non_2xx>0", "--quiet", status=1)
    adds_up(result)
    assert result["aborted"] and result["totals"]["requests"] == server.total


def test_prometheus_sees_whole_windows(server, tmp_path):
    process = subprocess.Popen([SQUALL, "load", server.url + "/slow", "--vus", "4", "--duration", "1h", "--profile", "fixed",
                                "--threads", "2", "--prometheus", "0"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        port = re.search(r"Prometheus metrics at port (\d+)", process.stderr.readline())[1]
        deadline, count = time.monotonic() + 30, 0
        while count == 0 and time.monotonic() < deadline:
            with urllib.request.urlopen("http://127.0.0.1:%s/metrics" % port, timeout=10) as answer:
                lines = answer.read().decode().splitlines()
            count = int(next(line for line in lines if line.startswith("squall_load_requests_total{")).rsplit(" ", 1)[1])
        assert count > 0 and "squall_load_users 4" in lines
        assert 'squall_load_answers_total{status="200"} %d' % count in lines
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def test_threads_share_what_tls_needs_and_resume_their_own_sessions(pki, tmp_path):
    with Peer(tls=server_context(pki)) as peer:
        done = load(peer.url + "/", "--cacert", pki / "ca.pem", "--vus", 8, "--iterations", 200, "--threads", 4, "--quiet",
                    "--json", tmp_path / "r.json")
        assert done.returncode == 0, done.stderr
        result = json.loads((tmp_path / "r.json").read_text())
        assert (result["totals"]["requests"], result["totals"]["errors"]) == (200, 0)
        assert peer.total == 200


def test_hosts_that_only_a_send_can_tell_are_found_on_each_thread(server, tmp_path):
    with Peer(tls=None) as other:
        where = "HTTP/1.1 302 Found\r\nLocation: http://localhost:%d/\r\nContent-Length: 0\r\n\r\n" % other.port
        with Peer({"/": where.encode()}) as first:
            result, _ = measure(tmp_path, first.url + "/", "--vus", 4, "--iterations", 40, "--threads", 4, "--quiet")
        assert result["totals"]["errors"] == 0 and other.total == 40


# --- scripts -------------------------------------------------------------------------------------


def test_scripts_keep_variables_per_user_and_failed_tests_add_up(echo, tmp_path):
    result, done = load_scripts(tmp_path, [
        item("one", echo.url + "/echo/{{mine}}",
             prerequest="leaked = 1\npm.environment.set('mine', (pm.environment.get('mine') || 0) + 1)",
             test="pm.test('mine', () => pm.expect(pm.response.json().path).to.equal('/echo/' + pm.environment.get('mine')))\n"
                  "pm.test('never', () => pm.expect(1).to.equal(2))"),
    ], "--vus", 6, "--iterations", 90, "--threads", 3)
    adds_up(result)
    assert result["totals"]["failed_tests"] == 90
    assert [(row["name"], row["count"]) for row in result["failed_tests"]] == [("never", 90)]
    assert echo.counts["/echo/1"] == 6 and echo.total == 90
    assert done.stderr == "squall: a script assigns to the undeclared name 'leaked': all users share it\n"


def test_requests_of_scripts_are_sent_from_each_thread(echo, tmp_path):
    result, done = load_scripts(tmp_path, [
        item("one", echo.url + "/echo/{{token}}",
             prerequest="pm.sendRequest('%s/echo/login', (error, answer) => setTimeout(() => "
                        "pm.environment.set('token', answer.code), 2))" % echo.url,
             test="pm.test('token', () => pm.expect(pm.response.json().path).to.equal('/echo/200'))"),
    ], "--vus", 4, "--iterations", 40, "--threads", 4)
    assert result["totals"]["failed_tests"] == 0, done.stdout
    assert echo.counts["/echo/login"] == echo.counts["/echo/200"] == 40


def test_a_thread_that_a_script_holds_up_makes_a_window_wider(echo, tmp_path):
    (tmp_path / "data.csv").write_text("holds\nno\nyes\n")
    result, _ = load_scripts(tmp_path, [
        item("one", echo.url + "/slow", test="const end = Date.now() + 1700\n"
             "while (pm.iterationData.get('holds') === 'yes' && pm.info.iteration === 2 && Date.now() < end);"),
    ], "-d", tmp_path / "data.csv", "--vus", 2, "--duration", "4s", "--profile", "fixed", "--threads", 2, "--quiet")
    adds_up(result)
    widths = [window["duration_s"] for window in result["windows"]]
    assert max(widths) > 1.4, widths
    assert abs(sum(widths) - result["totals"]["duration_s"]) < 0.5
