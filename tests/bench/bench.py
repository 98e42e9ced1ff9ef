"""Ratios against peers and limits, all from one run on this machine.

Absolute figures move from run to run on a shared machine; so every figure is taken in turns with what it is held
against, and the median of the rounds' ratios is printed beside its bar. What is missing to compare with is said.
"""

import argparse
import os
import shutil
import statistics
import sys
import threading
import time

import dynamodb
import load
from measure import bare, begin, post, print_bars, row, squall, wrk

ECHO = {"operation": "echo", "payload": {"message": "hello", "n": 42}}
CREATE = {
    "operation": "create",
    "tableName": "lambda-apigateway",
    "payload": {"Item": {"id": "item-%d", "name": "Bob", "address": "1 Main Street, Springfield", "n": 7}},
}
READ = {"operation": "read", "tableName": "lambda-apigateway", "payload": {"Key": {"id": "fixed"}}}


def ratio_to_bare(options, name, event, connections, bar):
    """Requests/s through API Gateway, Lambda and DynamoDB, in turns with the bare server."""
    path = "/DynamoDBManager"
    limit, service = bare(), squall()
    try:
        post(service.url, path, {"operation": "create", "tableName": "lambda-apigateway",
                                 "payload": {"Item": {"id": "fixed", "name": "Bob", "n": 1}}})
        wrk(service.url, path, event, connections, 1)  # judged short before it is measured
        pairs = [(wrk(service.url, path, event, connections, options.seconds)["rps"],
                  wrk(limit.url, "/", event, connections, options.seconds)["rps"]) for _ in range(options.rounds)]
    finally:
        service.stop()
        limit.stop()
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    ours, theirs = (statistics.median(side) for side in zip(*pairs))
    row("%s, %d connections / bare libmicrohttpd" % (name, connections), "%.2f x" % ratio, ">= %.1f x" % bar,
        ratio >= bar, "%.0f / %.0f requests/s" % (ours, theirs))


def bench_gateway(options):
    begin("API Gateway -> Lambda (in-process) -> DynamoDB (SQLite, WAL), one wrk thread")
    ratio_to_bare(options, "echo", ECHO, 16, 0.6)
    ratio_to_bare(options, "echo", ECHO, 64, 0.6)
    ratio_to_bare(options, "read (GetItem)", READ, 16, 0.4)
    ratio_to_bare(options, "create (PutItem, values differ)", CREATE, 16, 0.2)


def bench_neighbours(options):
    begin("one function's waiting does not delay another")
    service = squall()
    try:
        wrk(service.url, "/DynamoDBManager", ECHO, 16, 1)
        ratios = []
        for _ in range(options.rounds):
            alone = wrk(service.url, "/DynamoDBManager", ECHO, 16, options.seconds)
            sleeping = threading.Thread(target=wrk, args=(service.url, "/sleep", {"ms": 100}, 8, options.seconds + 1))
            sleeping.start()
            time.sleep(0.5)
            beside = wrk(service.url, "/DynamoDBManager", ECHO, 16, options.seconds)
            sleeping.join()
            ratios.append((beside["p99_ms"] / alone["p99_ms"], alone["p99_ms"], beside["p99_ms"]))
    finally:
        service.stop()
    ratio, alone_ms, beside_ms = sorted(ratios)[len(ratios) // 2]
    row("echo's p99 beside 8 sleeping calls / alone", "%.2f x" % ratio, "<= 3 x", ratio <= 3,
        "%.2f / %.2f ms" % (beside_ms, alone_ms))


def bench_process(options):
    begin("the process itself")
    starts = []
    for _ in range(max(options.rounds, 5)):
        service = squall()
        starts.append(service.ready_ms)
        service.stop()
    row("start to ready", "%.0f ms" % statistics.median(starts), "<= 50 ms", statistics.median(starts) <= 50)
    service = squall()
    try:
        requests = 0
        while requests < 100000:
            requests += wrk(service.url, "/DynamoDBManager", ECHO, 64, options.seconds)["requests"]
        row("memory after %d requests at 64 connections" % requests, "%.1f MB" % service.rss_mb(), "<= 30 MB",
            service.rss_mb() <= 30)
    finally:
        service.stop()


# What a name runs, and what it is held against.
BENCHES = {
    "gateway": (bench_gateway, "API Gateway -> Lambda -> DynamoDB / a bare libmicrohttpd"),
    "neighbours": (bench_neighbours, "a function beside one that waits / alone"),
    "process": (bench_process, "start and memory"),
    "load": (load.bench, "the load generator: all of load-..., about ten minutes"),
    "dynamodb": (dynamodb.bench, "DynamoDB / Dynoxide, DynamoDB Local, dynalite"),
}
ONLY_BY_NAME = {
    **load.PARTS,
    "load-soak": (load.bench_soak, "a run of --minutes at full speed, twice: its memory"),
    "dynamodb-large": (dynamodb.bench_large, "tables of --items / tables of 10,000; many minutes"),
}

EPILOG = """A row is a figure, its bar, and whether the bar holds; rows without a bar only inform. At the end come how many
bars hold, and each that does not. What each figure is: docs/bench.md.

Peers are found on the PATH, and what is missing is told with the command that gets it: wrk (needed), nginx, k6, newman,
oha, hey, dynoxide, dynalite; DynamoDB Local by DYNAMODB_LOCAL_DIR.

examples
  ./dev bench                            everything that is not only by name
  ./dev bench load                       the load generator beside wrk, k6 and newman; truth, 10,000 users, memory
  ./dev bench load-wrk --rounds 9        one part of it, with less noise
  ./dev bench load-soak --minutes 60     whether memory stays
"""


def arguments():
    def names_of(groups):
        return "\n".join("  %-16s %s" % (name, words) for name, (_, words) in groups.items())

    parser = argparse.ArgumentParser(
        prog="./dev bench", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=EPILOG,
        usage="./dev bench [--seconds N] [--rounds N] [NAME ...]",
        description="%s\n\nnames (default: the first group)\n%s\n\nonly by name\n%s"
                    % (__doc__.split("\n\n")[0], names_of(BENCHES), names_of(ONLY_BY_NAME)))
    parser.add_argument("--seconds", type=int, default=3, help="length of one measurement (default 3)")
    parser.add_argument("--rounds", type=int, default=3, help="measurements in turns; their median counts (default 3)")
    parser.add_argument("--items", type=int, default=10000000, help="of dynamodb-large's large tables")
    parser.add_argument("--minutes", type=int, default=15, help="of each of load-soak's two runs (default 15)")
    parser.add_argument("names", nargs="*", metavar="NAME", help=argparse.SUPPRESS)
    options = parser.parse_args()
    groups = {**BENCHES, **ONLY_BY_NAME}
    unknown = [name for name in options.names if name not in groups]
    if unknown:
        parser.error("unknown: %s; './dev bench --help' lists the names" % ", ".join(unknown))
    options.groups = [groups[name][0] for name in options.names or BENCHES]
    return options


def main():
    options = arguments()
    if shutil.which("wrk") is None:
        sys.exit("bench: wrk is missing: every figure is held against it or taken with it ('apt-get install wrk')")
    print("%d cores; %d rounds of %d s a figure; median of the rounds' ratios\n"
          % (os.cpu_count(), options.rounds, options.seconds))
    for bench in options.groups:
        bench(options)
        print()
    if not options.names:
        print("not compared: SAM local, serverless-offline, LocalStack (none is installed here)")
    print_bars()


if __name__ == "__main__":
    main()
