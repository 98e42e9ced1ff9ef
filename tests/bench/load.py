"""The load generator beside others, and its figures beside servers whose times are known.

All of it takes about nine minutes with the options' defaults: each row has so many rounds of so many seconds.
"""

import contextlib
import itertools
import os
import pathlib
import statistics
import subprocess
import time

import load_peers as peers
from load_peers import fixed, load, plain_wrk, scripted
from load_targets import Nginx, TimedServer, can_open, has_nginx
from measure import SQUALL, begin, row

# --- what a request costs --------------------------------------------------------------------------------------------


def median_pair(pairs):
    """The pair of ours and theirs whose ratio of costs is the median; with that ratio, ours by theirs, and all ratios."""
    ranked = sorted((ours["cpu_s_per_million"] / theirs["cpu_s_per_million"], at) for at, (ours, theirs) in enumerate(pairs))
    ratio, at = ranked[len(ranked) // 2]
    ours, theirs = pairs[at]
    return ratio, ours["cpu_s_per_million"], theirs["cpu_s_per_million"], [ratio for ratio, _ in ranked]


def spread(ratios, of=lambda ratio: ratio):
    ends = sorted((of(ratios[0]), of(ratios[-1])))
    return "" if len(ratios) < 2 else ", rounds %.3g-%.3g" % tuple(ends)


def row_at_most(name, pairs, most=None):
    """Ours costs at most so many times what the peer does."""
    ratio, cost, peer, ratios = median_pair(pairs)
    row(name, "%.2f x" % ratio, "<= %.1f x" % most if most else "", most is None or ratio <= most,
        "%.1f / %.1f s a million%s" % (cost, peer, spread(ratios)))


def row_fewer(name, pairs, times=None):
    """The peer costs at least so many times what ours does."""
    ratio, cost, peer, ratios = median_pair(pairs)
    fewer = 1 / ratio
    row(name, "%.1f x" % fewer if fewer < 100 else "%.0f x" % fewer, ">= %d x" % times if times else "",
        times is None or fewer >= times, "%.1f / %.1f s a million%s" % (peer, cost, spread(ratios, lambda each: 1 / each)))


def in_turns(options, ours, theirs, least=1):
    return [(ours(), theirs()) for _ in range(max(options.rounds, least))]


def beside_wrk(options):
    begin("squall load / wrk: the client's CPU seconds a million requests, no scripts, all statistics on; nginx, one worker")
    if not has_nginx():
        return
    one, two, seconds = peers.threads(1), peers.threads(2), options.seconds
    with Nginx() as server:
        for users in (16, 64, 256):
            pairs = in_turns(options, lambda: fixed(server.url, users, seconds, *one), lambda: plain_wrk(server.url, users, seconds), 5)
            row_at_most("CPU a request, %d users" % users, pairs, 1.0)
            speed = statistics.median(ours["totals"]["rps"] / theirs["rps"] for ours, theirs in pairs)
            row("  requests/s, %d users" % users, "%.2f x" % speed, "", True, "moves with what else the machine does")
        if two:
            row_at_most("CPU a request, 64 users, 2 threads / wrk -t2",
                        in_turns(options, lambda: fixed(server.url, 64, seconds, *two), lambda: plain_wrk(server.url, 64, seconds, 2)))


def scripts_beside_others(options):
    begin("squall load with one test script, three assertions on the JSON body, 64 users")
    if not has_nginx():
        return
    one, seconds = peers.threads(1), max(options.seconds, 4)
    with Nginx() as server, scripted(server.url) as path:
        def ours():
            return fixed(path, 64, seconds, *one)

        row_at_most("CPU a request / wrk's, without any", in_turns(options, ours, lambda: plain_wrk(server.url, 64, seconds)), 1.6)
        if peers.has("k6"):
            row_fewer("k6's with the same three as a check() / ours", in_turns(options, ours, lambda: peers.k6(server.url, 64, seconds, True)), 6)
        if peers.has("newman"):
            row_fewer("newman's / ours", in_turns(options, ours, lambda: peers.collection_runner(["newman", "run"], path, 500)), 300)
            pairs = in_turns(options, lambda: peers.collection_runner([str(SQUALL), "run"], path, 10000),
                             lambda: peers.collection_runner(["newman", "run"], path, 500))
            row_fewer("newman's / squall run's, one user", pairs)
        many = fixed(path, 1000, seconds, *one)
        row("CPU a request, 1,000 users", "%.1f s" % many["cpu_s_per_million"], "", True, "a million")


def beside_others(options):
    begin("other load generators / squall load: CPU seconds a million requests, no scripts, 64 users")
    if not has_nginx():
        return
    one, seconds = peers.threads(1), options.seconds
    with Nginx() as server:
        for name, run in (("k6", lambda: peers.k6(server.url, 64, seconds, False)),
                          ("oha", lambda: peers.oha(server.url, 64, seconds)),
                          ("hey", lambda: peers.hey(server.url, 64, seconds))):
            if peers.has(name):
                row_fewer("%s's / ours" % name, in_turns(options, lambda: fixed(server.url, 64, seconds, *one), run))


def http2_beside_h2load(options):
    begin("squall load in HTTP/2 / h2load -m1: CPU seconds a million requests, no scripts, 64 users")
    if not has_nginx() or not peers.has("h2load"):
        return
    one, seconds = peers.threads(1), options.seconds
    for name, listen, arguments, most in (("without TLS", "http2", ["--http2-prior-knowledge"], 1.0),
                                          ("TLS", "ssl http2", ["--http2", "--insecure"], None)):
        with Nginx(listen=listen) as server:
            def ours():
                result = fixed(server.url, 64, seconds, *arguments, *one)
                if result["generator"]["connections"]["HTTP/1.1"]:
                    raise RuntimeError("the server speaks HTTP/1.1")
                return result

            row_at_most("CPU a request, " + name, in_turns(options, ours, lambda: peers.h2load(server.url, 64, seconds)), most)


# --- what is true ----------------------------------------------------------------------------------------------------


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
    seconds = max(options.seconds, 4)
    for name, arguments in (("closed", ["--vus", 64, "--profile", "fixed"]), ("open, 2,000/s", ["--vus", 128, "--rate", "2000/s"])):
        added = []
        with undisturbed() as how:
            for _ in range(max(options.rounds, 5)):
                with TimedServer(20000) as server:
                    result = load(server.url, "--duration", "%ds" % seconds, *arguments)
                added.append((result["totals"]["p99_ms"], server.p99_ms))
        # What disturbs only ever adds to what is reported: the round with the least says most about the generator.
        reported, own = min(added)
        ms = reported - own
        row("added at P99, %s" % name, "%.2f ms" % ms, "<= 0.5 ms", ms <= 0.5, "%.2f reported, %.2f at the server; %s" % (reported, own, how))


# Arrivals at a steady pace meet a stall of 1 s in 10 for a tenth of their number, and wait for what is left of it: the
# slowest hundredth begins where nine tenths of the second are left, and the answer's own 5 ms come on top.
TRUE_P99_MS = 905


def stalls(_):
    begin("a server of 5 ms that stops for 1 s in every 10: the true P99 is %.3f s; 20 s a run" % (TRUE_P99_MS / 1000))
    rows = (("open loop, 500/s", ["--rate", "500/s", "--vus", 1000], lambda result: result["totals"]),
            ("closed loop, 10 users, corrected", ["--vus", 10, "--profile", "fixed"], lambda result: result["corrected"]))
    for name, arguments, view in rows:
        with undisturbed() as how, TimedServer(5000, 10000, 1000) as server:
            result = load(server.url, "--duration", "20s", *arguments)
        p99_ms = view(result)["p99_ms"]
        error = 100 * (p99_ms / TRUE_P99_MS - 1)
        row("P99, %s" % name, "%+.1f %%" % error, "+-5 %", abs(error) <= 5,
            "%.3f s; measured alone %.3f s; %s" % (p99_ms / 1000, result["totals"]["p99_ms"] / 1000, how))


# --- many users, and memory ------------------------------------------------------------------------------------------


def rss_mb(process):
    status = pathlib.Path("/proc/%d/status" % process.pid).read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def resident(source, users, moments):
    """MB that a run at full speed occupies at these moments, in seconds since its start."""
    begun, seen = time.monotonic(), []
    process = subprocess.Popen([str(SQUALL), "load", source, "--vus", str(users), "--profile", "fixed", "--quiet",
                                "--duration", "%ds" % (moments[-1] + 2)], stdout=subprocess.DEVNULL)
    for moment in moments:
        time.sleep(max(0, begun + moment - time.monotonic()))
        seen.append(rss_mb(process))
    process.wait(120)
    return seen


USERS = 10000


def many_users(options):
    begin("%d users, one thread" % USERS)
    if not has_nginx() or not can_open(USERS + 1000):
        return
    one, seconds = peers.threads(1), max(options.seconds, 5)
    with Nginx(USERS * 3 // 2) as server:
        pairs = in_turns(options, lambda: fixed(server.url, USERS, seconds, *one), lambda: plain_wrk(server.url, USERS, seconds))
        row_at_most("CPU a request / wrk -c%d" % USERS, pairs, 1.0)
        errors = sum(ours["totals"]["errors"] for ours, _ in pairs)
        row("errors, nginx at full speed", "%d" % errors, "none", errors == 0,
            "of %d requests" % sum(ours["totals"]["requests"] for ours, _ in pairs))
        if os.path.isdir("/proc"):
            row("resident", "%.1f MB" % resident(server.url, USERS, [seconds])[0], "", True, "after %d s" % seconds)
    for name, arguments in (("closed", ["--profile", "fixed"]), ("open, 8,000/s", ["--rate", "8000/s"])):
        with undisturbed() as how, TimedServer(1000000) as server:
            result = load(server.url, "--vus", USERS, "--duration", "%ds" % (seconds + 1), *one, *arguments)
        totals = result["totals"]
        holds = totals["errors"] == 0 and server.connections >= USERS
        row("errors, a server of 1 s, %s" % name, "%d" % totals["errors"], "none", holds, "%d connections at once" % server.connections)
        row("added at P99, a server of 1 s, %s" % name, "%.1f ms" % (totals["p99_ms"] - server.p99_ms), "<= 5 ms", totals["p99_ms"] - server.p99_ms <= 5,
            "%.1f reported, %.1f at the server; %s" % (totals["p99_ms"], server.p99_ms, how))


def slope(points):
    """The median of the slopes of all pairs."""
    return statistics.median((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in itertools.combinations(points, 2))


def memory(options):
    begin("memory, 1,000 users, at full speed")
    if not has_nginx() or not os.path.isdir("/proc"):
        return
    moments = range(5, 6 + max(options.seconds * 10, 30))
    with Nginx() as server, scripted(server.url) as path:
        plain, with_script = resident(server.url, 1000, moments), resident(path, 1000, moments)
    # A window's counts are kept for an hour; from then on the windows' width doubles and nothing grows. A script's heap
    # goes up and down by itself, so that its slope of half a minute says nothing: the windows are the same.
    windows_mb = max(0, slope(list(zip(moments, plain)))) * 3600
    for name, seen, most in (("without scripts", plain, 60), ("with a script", with_script, 200)):
        hour = max(seen) + windows_mb
        row("%s, at most in %d s" % (name, moments[-1]), "%.1f MB" % max(seen), "<= %d MB" % most, max(seen) <= most,
            "%.1f MB after %d s" % (seen[0], moments[0]))
        row("%s, after an hour of windows" % name, "%.1f MB" % hour, "<= %d MB" % most, hour <= most,
            "%.1f MB of them: the most there are" % windows_mb)


def bench_soak(options):
    begin("memory, 1,000 users, %d minutes at full speed" % options.minutes)
    if not has_nginx():
        return
    moments = [60] + [60 * minute for minute in (options.minutes // 3, 2 * options.minutes // 3, options.minutes) if minute > 1]
    with Nginx() as server, scripted(server.url) as path:
        for name, source, most in (("without scripts", server.url, 60), ("with a script", path, 200)):
            seen = resident(source, 1000, moments)
            row(name, "%.1f MB" % seen[-1], "<= %d MB" % most, seen[-1] <= most,
                ", ".join("%.1f after %d min" % (mb, moment // 60) for mb, moment in zip(seen, moments)))


PARTS = {
    "load-wrk": (beside_wrk, "no scripts / wrk"),
    "load-scripts": (scripts_beside_others, "with a script / wrk, k6, newman"),
    "load-peers": (beside_others, "no scripts / k6, oha, hey"),
    "load-http2": (http2_beside_h2load, "HTTP/2 / h2load"),
    "load-latency": (added_latency, "what the generator adds to an answer's time"),
    "load-stalls": (stalls, "percentiles of a server that stalls / the truth"),
    "load-users": (many_users, "10,000 users"),
    "load-memory": (memory, "1,000 users, and where an hour would lead"),
}


def bench(options):
    for part, _ in PARTS.values():
        part(options)
