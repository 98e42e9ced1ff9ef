"""What every measurement needs: servers in processes of their own, wrk, and a row of the report."""

import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUALL = ROOT / "build" / "squall"
LUA = ROOT / "tests" / "bench" / "wrk.lua"


def text(event):
    return json.dumps(event, separators=(",", ":"))


class Server:
    """A server in a process of its own, with its data in a folder that goes with it."""

    def __init__(self, command):
        self.folder = tempfile.TemporaryDirectory()
        begun = time.monotonic()
        self.process = subprocess.Popen(command(self.folder.name), stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline().split()
        self.ready_ms = (time.monotonic() - begun) * 1000
        if not line:
            sys.exit("bench: %s did not start" % command("DIR")[0])
        fields = dict(word.split("=", 1) for word in line if "=" in word)
        self.url = fields.get("api") or "http://127.0.0.1:" + line[0]
        self.aws_url = fields.get("aws")

    def rss_mb(self):
        status = pathlib.Path("/proc/%d/status" % self.process.pid).read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()


def squall(*options):
    return Server(lambda folder: [str(SQUALL), "serve", "--port", "0", "--aws-port", "0", "--data", folder + "/data",
                                  "--quiet", *options])


def compiled(name, *arguments):
    """A program of this folder, built where it is missing or older than its source."""
    program = ROOT / "build" / name
    source = ROOT / "tests" / "bench" / (name + ".c")
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-D_FORTIFY_SOURCE=2", "-o", program, source, *arguments], check=True)
    return program


def bare():
    return Server(lambda _: [str(compiled("bare_server", "-lmicrohttpd"))])


def cpu_of(command, environment=None):
    """Runs a command to its end: its output, and the CPU seconds that it spent."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, **(environment or {})})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit("bench: %s: %s" % (" ".join(command), done.stderr.strip()))
    return done.stdout, (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def wrk(url, path, event, connections, seconds, headers=None, keys=10000):
    lines = "\n".join("%s: %s" % pair for pair in (headers or {}).items())
    output, cpu_s = cpu_of(["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "-s", str(LUA), url + path],
                           {"BENCH_BODY": text(event), "BENCH_HEADERS": lines, "BENCH_KEYS": str(keys)})
    result = json.loads(output.strip().splitlines()[-1])
    result["cpu_s_per_million"] = cpu_s / max(result["requests"], 1) * 1e6
    if result["non_2xx"] or result["errors"]:
        print("  ! %s: %d answers not 2xx, %d errors" % (path, result["non_2xx"], result["errors"]))
    return result


def post(url, path, event):
    request = urllib.request.Request(url + path, text(event).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


bars = []  # (group, figure, value, bar, whether it holds) of every row that has one
group = [""]


def begin(title):
    """What the rows that follow are about."""
    group[0] = title.split(":")[0]
    print(title, flush=True)


def row(name, value, bar, holds, note=""):
    """A figure beside its bar; without a bar ("") it only informs."""
    verdict = "" if not bar else "ok" if holds else "MISSED"
    print(("  %-62s %9s   %-9s %-7s %s" % (name, value, bar, verdict, note)).rstrip(), flush=True)
    if bar:
        bars.append((group[0], name, value, bar, holds))


def print_bars():
    """How many bars hold, and each that does not once more."""
    missed = [(title, name, value, bar) for title, name, value, bar, holds in bars if not holds]
    print("%d of %d bars hold" % (len(bars) - len(missed), len(bars)))
    for title, name, value, bar in missed:
        print("  missed: %s: %s: %s (%s)" % (title, name, value, bar))
