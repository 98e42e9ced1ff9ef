"""DynamoDB beside its peers: the same calls with the same items, in turns.

Peers are taken where they are: Amazon DynamoDB Local in the tests' cache (or DYNAMODB_LOCAL_DIR), with Java; `dynoxide`
(crate dynoxide-rs) and `dynalite` (npm) on the PATH.
"""

import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from measure import ROOT, SQUALL, Server, compiled, row, squall, wrk

ITEMS = 10000
PARTITIONS = 1000
PUT = {"TableName": "items", "Item": {
    "id": {"S": "item-%k"}, "name": {"S": "Bob"}, "address": {"S": "1 Main Street, Springfield"}, "n": {"N": "%d"}}}
OPERATIONS = {
    "PutItem": PUT,
    "GetItem": {"TableName": "items", "Key": {"id": {"S": "item-%k"}}},
    "Query": {"TableName": "sorted", "KeyConditionExpression": "p = :p",
              "ExpressionAttributeValues": {":p": {"S": "partition-7"}}},
    "Scan": {"TableName": "items", "Limit": 25},
    "UpdateItem": {"TableName": "items", "Key": {"id": {"S": "item-%k"}}, "UpdateExpression": "SET n = :n",
                   "ExpressionAttributeValues": {":n": {"N": "%d"}}},
}
WRITES = ("PutItem", "UpdateItem")


def headers(operation):
    return {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810." + operation,
        "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
        "Authorization": "AWS4-HMAC-SHA256 Credential=bench/%s/us-east-1/dynamodb/aws4_request, SignedHeaders="
                         "host;x-amz-date;x-amz-target, Signature=%s" % (time.strftime("%Y%m%d", time.gmtime()), "0" * 64),
    }


def call(url, operation, request):
    body = json.dumps(request).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, headers(operation)), timeout=60) as answer:
        return json.loads(answer.read() or b"{}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Peer:
    """Another emulator on a port of its own, with a folder that goes with it."""

    def __init__(self, name, command, port, folder):
        self.name = name
        self.folder = folder
        self.url = "http://127.0.0.1:%d/" % port
        begun = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder.name)
        while True:
            try:
                call(self.url, "ListTables", {})
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                if time.monotonic() - begun > 30 or self.process.poll() is not None:
                    raise RuntimeError("%s does not answer" % name) from None
                time.sleep(0.002)
        self.ready_ms = (time.monotonic() - begun) * 1000

    def rss_mb(self):
        status = pathlib.Path("/proc/%d/status" % self.process.pid).read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()


def dynamodb_local(on_disk):
    jars = pathlib.Path(os.environ.get("DYNAMODB_LOCAL_DIR", ROOT / ".cache" / "dynamodb-local"))
    if shutil.which("java") is None or not (jars / "complete").exists():
        return None
    folder, port = tempfile.TemporaryDirectory(), free_port()
    command = ["java", "-Djava.library.path=%s" % jars, "-cp", "%s/*" % jars,
               "software.amazon.dynamodb.services.local.main.ServerRunner", "-port", str(port), "-sharedDb"]
    command += ["-dbPath", folder.name] if on_disk else ["-inMemory"]
    return Peer("DynamoDB Local", command, port, folder)


def dynoxide(on_disk):
    program = shutil.which("dynoxide")
    if program is None:
        return None
    folder, port = tempfile.TemporaryDirectory(), free_port()
    command = [program, "serve", "--port", str(port)] + (["--db-path", folder.name + "/data.db"] if on_disk else [])
    return Peer("Dynoxide", command, port, folder)


def dynalite(on_disk):
    program = shutil.which("dynalite")
    if program is None:
        return None
    folder, port = tempfile.TemporaryDirectory(), free_port()
    command = [program, "--port", str(port), "--createTableMs", "0"] + (["--path", folder.name] if on_disk else [])
    return Peer("dynalite", command, port, folder)


def make_table(url, name, keys):
    call(url, "CreateTable", {
        "TableName": name, "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": kind} for key, kind, _ in keys],
        "KeySchema": [{"AttributeName": key, "KeyType": role} for key, _, role in keys]})
    for _ in range(100):
        if call(url, "DescribeTable", {"TableName": name})["Table"]["TableStatus"] == "ACTIVE":
            return
        time.sleep(0.1)


def fill(url):
    make_table(url, "items", [("id", "S", "HASH")])
    make_table(url, "sorted", [("p", "S", "HASH"), ("s", "N", "RANGE")])
    rest = {"name": {"S": "Bob"}, "address": {"S": "1 Main Street, Springfield"}, "n": {"N": "7"}}
    rows = [("items", {"id": {"S": "item-%d" % i}, **rest}) for i in range(ITEMS)]
    rows += [("sorted", {"p": {"S": "partition-%d" % (i % PARTITIONS)}, "s": {"N": str(i // PARTITIONS)}, **rest})
             for i in range(ITEMS)]
    for at in range(0, len(rows), 25):
        requests = {}
        for table, item in rows[at:at + 25]:
            requests.setdefault(table, []).append({"PutRequest": {"Item": item}})
        call(url, "BatchWriteItem", {"RequestItems": requests})


def measure(url, operation, connections, seconds):
    return wrk(url.rstrip("/"), "/", OPERATIONS[operation], connections, seconds, headers(operation))["rps"]


def compare(options, ours_url, peer, operation, connections, bar):
    pairs = [(measure(ours_url, operation, connections, options.seconds),
              measure(peer.url, operation, connections, options.seconds)) for _ in range(options.rounds)]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    ours, theirs = (statistics.median(side) for side in zip(*pairs))
    row("%s, %d connection%s / %s" % (operation, connections, "" if connections == 1 else "s", peer.name),
        "%.2f x" % ratio, ">= %.1f x" % bar, ratio >= bar, "%.0f / %.0f requests/s" % (ours, theirs))


def against(options, title, start_peer, squall_options, plan):
    """Each operation of the plan, (operation, connections, bar), in turns with a peer that has the same items."""
    peer = start_peer()
    if peer is None:
        print("  %s: not found here, not compared" % title)
        return
    service = squall(*squall_options)
    try:
        print("  against %s" % title)
        fill(service.aws_url)
        fill(peer.url)
        for operation, connections, bar in plan:
            compare(options, service.aws_url, peer, operation, connections, bar)
        row("memory / %s" % peer.name, "%.1f MB" % service.rss_mb(), "<= 40 MB", service.rss_mb() <= 40,
            "%.1f MB" % peer.rss_mb())
    finally:
        service.stop()
        peer.stop()


def import_table(folder, table, kind, count, *keys):
    generator = compiled("items_by_hash", "-I%s" % (ROOT / "base" / "include"), str(ROOT / "base" / "md5.c"))
    with subprocess.Popen([str(generator), str(count), kind], stdout=subprocess.PIPE) as items:
        subprocess.run([str(SQUALL), "import", "-", "--table", table, "--data", folder, "--quiet", *keys],
                       stdin=items.stdout, stdout=subprocess.DEVNULL, check=True)


def large_server(count):
    """A server whose two tables have `count` items each."""
    folder = tempfile.TemporaryDirectory()
    begun = time.monotonic()
    import_table(folder.name, "items", "id", count, "--partition-key", "id:S")
    import_table(folder.name, "sorted", "sorted", count, "--partition-key", "p:S", "--sort-key", "s:N")
    size_mb = sum(path.stat().st_size for path in pathlib.Path(folder.name).iterdir()) / 1e6
    print("  two tables of %d items: %.0f s, %.0f MB on disk" % (count, time.monotonic() - begun, size_mb), flush=True)
    server = Server(lambda _: [str(SQUALL), "serve", "--port", "0", "--aws-port", "0", "--data", folder.name, "--quiet"])
    server.folder = folder
    with open(folder.name + "/dynamodb.sqlite3", "rb") as database:  # into memory, as after some use
        while database.read(1 << 24):
            pass
    return server


def bench_large(options):
    """Minutes long, so only when it is named."""
    small, large = large_server(ITEMS), large_server(options.items)
    keys = {"PutItem": "items", "GetItem": "items", "Query": "sorted"}
    try:
        for operation in keys:
            event = json.loads(json.dumps(OPERATIONS[operation]).replace("partition-7", "partition-%k"))
            pairs = []
            for _ in range(options.rounds):
                pairs.append([wrk(server.aws_url, "/", event, 1, options.seconds, headers(operation),
                                  count if operation != "Query" else count // 10)["p50_ms"]
                              for server, count in ((small, ITEMS), (large, options.items))])
            ratio = statistics.median(theirs / ours for ours, theirs in pairs)
            before, after = (statistics.median(side) for side in zip(*pairs))
            row("%s, %d items / %d items, median latency" % (operation, options.items, ITEMS), "%.2f x" % ratio,
                "<= 1.5 x", ratio <= 1.5, "%.3f / %.3f ms" % (after, before))
        row("memory, %d items / %d items" % (options.items, ITEMS), "%.1f MB" % large.rss_mb(), "<= 40 MB",
            large.rss_mb() <= 40, "%.1f MB" % small.rss_mb())
    finally:
        small.stop()
        large.stop()


def bench(options):
    print("DynamoDB on SQLite (on disk, durability normal unless said), items of about 110 bytes, one wrk thread")
    reads = [name for name in OPERATIONS if name not in WRITES]
    each = [(name, 1, 1.0) for name in OPERATIONS]
    against(options, "Dynoxide on disk (reads)", lambda: dynoxide(True), [], [(name, 16, 1.5) for name in reads] + each)
    against(options, "Dynoxide in memory (writes)", lambda: dynoxide(False), [],
            [(name, 16, 1.5) for name in WRITES] + each)
    against(options, "Dynoxide on disk, both with an fsync a write (--durability full)", lambda: dynoxide(True),
            ["--durability", "full"],
            [(name, 16, 3.0) for name in WRITES] + [(name, 64, 6.0) for name in WRITES])
    against(options, "DynamoDB Local on disk", lambda: dynamodb_local(True), [],
            [(name, 16, 4.0) for name in OPERATIONS] + each)
    against(options, "dynalite in memory", lambda: dynalite(False), [], each)
