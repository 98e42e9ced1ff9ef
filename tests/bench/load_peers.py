"""Load generators, ours and others: a run each, and what it cost the client.

Each answers cpu_s_per_million: user and system seconds of the client's processes for a million requests that were
answered, its start included. The same request to the same server; where there are scripts, the same three assertions.
"""

import contextlib
import json
import pathlib
import re
import shutil
import sys
import tempfile

from measure import SQUALL, cpu_of

# What a peer that is missing is to be had with.
GET = {
    "k6": "go install go.k6.io/k6@latest",
    "newman": "npm install -g newman",
    "oha": "cargo install oha",
    "h2load": "apt-get install nghttp2-client",
    "hey": "go install github.com/rakyll/hey@latest",
}


def has(peer):
    if shutil.which(peer) is not None:
        return True
    print("  left out: %s is not on the PATH ('%s')" % (peer, GET[peer]))
    return False


def cost(cpu_s, requests):
    if requests <= 0:
        sys.exit("bench: a run without a request: is the server there?")
    return cpu_s / requests * 1e6


# --- ours ------------------------------------------------------------------------------------------------------------


def load(url, *options):
    """A run's result, as --json has it."""
    with tempfile.TemporaryDirectory() as folder:
        result = folder + "/result.json"
        _, cpu_s = cpu_of([str(SQUALL), "load", url, "--json", result, "--quiet", *map(str, options)])
        answer = json.loads(pathlib.Path(result).read_text())
    answer["cpu_s_per_million"] = cost(cpu_s, answer["totals"]["requests"])
    return answer


def fixed(url, users, seconds, *options):
    """So many users throughout."""
    answer = load(url, "--vus", users, "--profile", "fixed", "--duration", "%ds" % seconds, *options)
    if answer["totals"]["failed_tests"]:
        raise RuntimeError("the script's tests failed")
    return answer


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


def threads(count):
    """The option, where this build has it."""
    helped, _ = cpu_of([str(SQUALL), "load", "--help"])
    return ["--threads", count] if "--threads" in helped else []


# --- others ----------------------------------------------------------------------------------------------------------


def plain_wrk(url, connections, seconds, threads=1):
    output, cpu_s = cpu_of(["wrk", "-t%d" % threads, "-c%d" % connections, "-d%ds" % seconds, url])
    return {"cpu_s_per_million": cost(cpu_s, int(re.search(r"(\d+) requests in", output)[1])),
            "rps": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])}


def h2load(url, connections, seconds):
    """One stream a connection."""
    output, cpu_s = cpu_of(["h2load", "-t1", "-m1", "-c%d" % connections, "-D%d" % seconds, url])
    return {"cpu_s_per_million": cost(cpu_s, int(re.search(r"(\d+) succeeded", output)[1]))}


# r.json() parses at each call, so that it is called once; http_reqs counts what was answered or failed.
K6 = """import http from 'k6/http';
import { check } from 'k6';
export default function () {
    const r = http.get('%(url)s');
    %(checks)s
}
export function handleSummary(data) {
    const m = data.metrics;
    return { stdout: JSON.stringify({ requests: m.http_reqs.values.count, failed: m.http_req_failed.values.passes,
                                      checks: m.checks ? m.checks.values : null }) };
}"""
K6_CHECKS = """const body = r.json();
    check(body, {
        'id': (b) => b.id === 4711,
        'name': (b) => typeof b.name === 'string',
        'tags': (b) => b.tags.length === 3,
    });"""


def k6(url, users, seconds, checks):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "run.js"
        path.write_text(K6 % {"url": url, "checks": K6_CHECKS if checks else ""})
        output, cpu_s = cpu_of(["k6", "run", "--quiet", "--no-usage-report", "--address", "127.0.0.1:0", "--vus", str(users),
                                "--duration", "%ds" % seconds, str(path)])
    result = json.loads(output.strip().splitlines()[-1])
    if result["failed"] or (checks and (result["checks"]["fails"] or not result["checks"]["passes"])):
        raise RuntimeError("k6's checks failed")
    return {"cpu_s_per_million": cost(cpu_s, result["requests"])}


def collection_runner(command, collection, iterations):
    """Of newman, or of `squall run`: what an iteration costs, without the start, which a run of one iteration tells."""
    spent = [cpu_of([*command, collection, "-n", str(n), "--silent"])[1] for n in (1, iterations)]
    return {"cpu_s_per_million": cost(spent[1] - spent[0], iterations - 1), "start_s": spent[0]}


def hey(url, users, seconds):
    output, cpu_s = cpu_of(["hey", "-z", "%ds" % seconds, "-c", str(users), url])
    return {"cpu_s_per_million": cost(cpu_s, int(re.search(r"\[200\]\s+(\d+) responses", output)[1]))}


def oha(url, users, seconds):
    output, cpu_s = cpu_of(["oha", "-z", "%ds" % seconds, "-c", str(users), "--no-tui", "--output-format", "json", url])
    return {"cpu_s_per_million": cost(cpu_s, json.loads(output)["statusCodeDistribution"]["200"])}
