"""The load generator beside wrk, and its figures beside servers whose times are known."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request

from measure import SQUALL, Server, begin, compiled, cpu_of, row

# 307 bytes of JSON, as in the comparison of load generators that the bars come from.
BODY = json.dumps({"id": 4711, "name": "Bob", "address": "1 Main Street, Springfield", "tags": ["a", "b", "c"], "pad": "x" * 214},
                  separators=(",", ":"))
NGINX = """daemon off; worker_processes 1; pid %(folder)s/pid; error_log %(folder)s/error.log;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; default_type application/json;
  client_body_temp_path %(folder)s/a; proxy_temp_path %(folder)s/b; fastcgi_temp_path %(folder)s/c; uwsgi_temp_path %(folder)s/d; scgi_temp_path %(folder)s/e;
  server { listen 127.0.0.1:%(port)d; location / { return 200 '%(body)s'; } } }
"""


class Nginx:
    """One worker that answers every GET with the body."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        config = pathlib.Path(self.folder.name) / "nginx.conf"
        config.write_text(NGINX % {"folder": self.folder.name, "port": port, "body": BODY})
        self.process = subprocess.Popen(["nginx", "-c", str(config), "-p", self.folder.name], stderr=subprocess.DEVNULL)
        self.url = "http://127.0.0.1:%d/" % port
        for _ in range(200):
            try:
                urllib.request.urlopen(self.url, timeout=5).close()
                break
            except OSError:
                time.sleep(0.02)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        self.folder.cleanup()


class TimedServer(Server):
    """tests/bench/timed_server.c; stop() answers what it measured itself."""

    def __init__(self, delay_us, every_ms=0, stall_ms=0):
        super().__init__(lambda _: [str(compiled("timed_server")), str(delay_us), str(every_ms), str(stall_ms)])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        p99_us = int(re.search(r"p99_us=(\d+)", self.process.stdout.read())[1])
        self.process.wait(10)
        self.folder.cleanup()
        return p99_us / 1000


def load(url, *options):
    """A run's result, with its CPU seconds a million requests."""
    with tempfile.TemporaryDirectory() as folder:
        result = folder + "/result.json"
        _, cpu_s = cpu_of([str(SQUALL), "load", url, "--json", result, "--quiet", *map(str, options)])
        answer = json.loads(pathlib.Path(result).read_text())
    answer["cpu_s_per_million"] = cpu_s / max(answer["totals"]["requests"], 1) * 1e6
    return answer


def plain_wrk(url, connections, seconds):
    output, cpu_s = cpu_of(["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, url])
    requests = int(re.search(r"(\d+) requests in", output)[1])
    return {"cpu_s_per_million": cpu_s / requests * 1e6, "rps": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])}


# One test script with three assertions on the JSON body.
SCRIPT = """const body = pm.response.json();
pm.test("the item is whole", function () {
    pm.expect(body.id).to.equal(4711);
    pm.expect(body.name).to.be.a("string");
    pm.expect(body.tags).to.have.lengthOf(3);
});"""


@contextlib.contextmanager
def scripted(url):
    """A collection of one request with that script."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "scripted.json"
        event = {"listen": "test", "script": {"exec": SCRIPT.split("\n")}}
        path.write_text(json.dumps({"info": {"name": "scripted"}, "item": [{"name": "get", "request": url, "event": [event]}]}))
        yield str(path)


def scripts_beside_wrk(options):
    begin("squall load with a script / wrk: one test script, three assertions on the JSON body, 64 users")
    if shutil.which("nginx") is None:
        print("  left out: nginx is not installed ('apt-get install nginx-light')")
        return
    server, seconds = Nginx(), max(options.seconds, 4)
    try:
        with scripted(server.url) as path:
            pairs = [(load(path, "--vus", 64, "--profile", "fixed", "--duration", "%ds" % seconds),
                      plain_wrk(server.url, 64, seconds)) for _ in range(options.rounds)]
            many = load(path, "--vus", 1000, "--profile", "fixed", "--duration", "%ds" % seconds)
    finally:
        server.stop()
    if any(ours["totals"]["failed_tests"] for ours, _ in pairs):
        raise RuntimeError("the script's tests failed")
    costs = sorted((ours["cpu_s_per_million"] / theirs["cpu_s_per_million"], ours["cpu_s_per_million"],
                    theirs["cpu_s_per_million"]) for ours, theirs in pairs)
    ratio, cost, peer = costs[len(costs) // 2]
    row("CPU a request, with a script", "%.2f x" % ratio, "<= 1.6 x", ratio <= 1.6, "%.1f / %.1f s a million" % (cost, peer))
    row("CPU a request, 1,000 users", "%.1f s" % many["cpu_s_per_million"], "", True, "a million")


def cost_beside_wrk(options):
    begin("squall load / wrk: the client's CPU seconds a million requests, no scripts, all statistics on; nginx, one worker")
    if shutil.which("nginx") is None:
        print("  left out: nginx is not installed ('apt-get install nginx-light')")
        return
    server = Nginx()
    try:
        for users in (16, 64, 256):
            pairs = [(load(server.url, "--vus", users, "--profile", "fixed", "--duration", "%ds" % options.seconds),
                      plain_wrk(server.url, users, options.seconds)) for _ in range(options.rounds)]
            costs = sorted((ours["cpu_s_per_million"] / theirs["cpu_s_per_million"], ours["cpu_s_per_million"],
                            theirs["cpu_s_per_million"]) for ours, theirs in pairs)
            ratio, cost, peer = costs[len(costs) // 2]
            speed = statistics.median(ours["totals"]["rps"] / theirs["rps"] for ours, theirs in pairs)
            row("CPU a request, %d users" % users, "%.2f x" % ratio, "<= 1.0 x", ratio <= 1.0,
                "%.1f / %.1f s a million; %.2f x its requests/s" % (cost, peer, speed))
    finally:
        server.stop()


@contextlib.contextmanager
def undisturbed():
    """Children before all others on this machine, where that is allowed: what else it does is not what is measured."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
        yield "real-time priority"
    except (AttributeError, PermissionError):
        yield "beside what else this machine does"
        return
    finally:
        with contextlib.suppress(AttributeError, PermissionError):
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def added_latency(options):
    begin("what the generator adds: its P99 less the server's own, 64 users, a server of 20 ms")
    for name, arguments in (("closed", ["--profile", "fixed"]), ("open, 2,000/s", ["--rate", "2000/s"])):
        added = []
        with undisturbed() as how:
            for _ in range(options.rounds):
                server = TimedServer(20000)
                try:
                    result = load(server.url, "--vus", 64 if name == "closed" else 128, "--duration", "%ds" % max(options.seconds, 4), *arguments)
                finally:
                    own_ms = server.stop()
                added.append((own_ms, result["totals"]["p99_ms"]))
        # On a shared machine the round in which the server itself was least disturbed says most about the generator.
        own, reported = min(added)
        ms = reported - own
        row("added at P99, %s" % name, "%.2f ms" % ms, "<= 0.5 ms", ms <= 0.5, "%.2f reported, %.2f at the server; %s" % (reported, own, how))


# Arrivals at a steady pace meet a stall of 1 s in 10 for a tenth of their number, and wait for what is left of it: the
# slowest hundredth begins where nine tenths of the second are left, and the answer's own 5 ms come on top.
TRUE_P99_MS = 905


def stalls(options):
    begin("a server of 5 ms that stops for 1 s in every 10: the true P99 is %.3f s; 20 s a run" % (TRUE_P99_MS / 1000))
    rows = (("open loop, 500/s", ["--rate", "500/s", "--vus", 1000], lambda result: result["totals"]),
            ("closed loop, 10 users, corrected", ["--vus", 10, "--profile", "fixed"], lambda result: result["corrected"]))
    for name, arguments, view in rows:
        server = TimedServer(5000, 10000, 1000)
        try:
            result = load(server.url, "--duration", "20s", *arguments)
        finally:
            server.stop()
        p99_ms = view(result)["p99_ms"]
        error = 100 * (p99_ms / TRUE_P99_MS - 1)
        row("P99, %s" % name, "%+.1f %%" % error, "+-5 %", abs(error) <= 5,
            "%.3f s; measured alone %.3f s" % (p99_ms / 1000, result["totals"]["p99_ms"] / 1000))


def rss_mb(process):
    status = pathlib.Path("/proc/%d/status" % process.pid).read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def memory(options):
    begin("memory, 1,000 users without scripts, at full speed")
    if shutil.which("nginx") is None or not os.path.isdir("/proc"):
        print("  left out: nginx or /proc is missing")
        return
    server, seconds = Nginx(), max(options.seconds * 5, 15)
    try:
        process = subprocess.Popen([str(SQUALL), "load", server.url, "--vus", "1000", "--profile", "fixed", "--duration",
                                    "%ds" % (seconds + 5), "--quiet"], stdout=subprocess.DEVNULL)
        time.sleep(3)
        early = rss_mb(process)
        time.sleep(seconds)
        late = rss_mb(process)
        process.wait(60)
    finally:
        server.stop()
    # A window's counts are kept for an hour; from then on the windows' width doubles and nothing grows.
    hour = early + (late - early) / seconds * 3600
    row("after %d s" % (seconds + 3), "%.1f MB" % late, "<= 60 MB", late <= 60, "%.1f MB after 3 s" % early)
    row("after an hour, at that growth", "%.1f MB" % hour, "<= 60 MB", hour <= 60, "the most there is: 3,600 windows")


def bench(options):
    cost_beside_wrk(options)
    scripts_beside_wrk(options)
    added_latency(options)
    stalls(options)
    memory(options)
