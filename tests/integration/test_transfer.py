"""squall export and import: round trips through folders, endpoints and pipes, bad lines, and a kill in between."""

import base64
import gzip
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import threading

import boto3
import pytest

from conftest import BINARY

EMPTY = "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n"
TABLE = {
    "TableName": "music",
    "AttributeDefinitions": [{"AttributeName": "artist", "AttributeType": "S"},
                             {"AttributeName": "year", "AttributeType": "N"}],
    "KeySchema": [{"AttributeName": "artist", "KeyType": "HASH"}, {"AttributeName": "year", "KeyType": "RANGE"}],
    "BillingMode": "PAY_PER_REQUEST",
}
NASTY = {"S": 'q"\\\n\u0000\u001f ü 😀 </script>'}
ITEMS = [
    {"artist": {"S": "all types"}, "year": {"N": "-1.5E-100"}, "s": NASTY, "b": {"B": b"\x00\xff" * 50},
     "n": {"N": "12345678901234567890123456789012345678"}, "t": {"BOOL": True}, "z": {"NULL": True},
     "l": {"L": [NASTY, {"M": {}}, {"L": []}]}, "m": {"M": {" ": {"S": ""}, "k\n": {"N": "0"}}},
     "ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1", "2"]}, "bs": {"BS": [b"1", b"2"]}},
    *({"artist": {"S": "artist %d" % (n % 7)}, "year": {"N": str(n)}, "text": {"S": "x" * (n * 13 % 3000)}}
      for n in range(1200)),
]


def client_of(url):
    return boto3.client("dynamodb", endpoint_url=url, region_name="us-east-1", aws_access_key_id="local",
                        aws_secret_access_key="local")


def fill(client, items=None):
    client.create_table(**TABLE)
    for item in ITEMS if items is None else items:
        client.put_item(TableName="music", Item=item)


def read_all(client, table="music"):
    pages = client.get_paginator("scan").paginate(TableName=table)
    return {json.dumps(item, sort_keys=True, default=repr) for page in pages for item in page["Items"]}


def line(artist, year, **more):
    return json.dumps({"Item": {"artist": {"S": artist}, "year": {"N": str(year)}, **more}})


@pytest.fixture
def run_squall(run_squall, monkeypatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: run_squall(*arguments, "--quiet")  # a slow machine would tell its progress


@pytest.fixture
def serve(start_squall, tmp_path):
    """An emulator without functions on a data folder, and its client."""

    def start(data=None):
        (tmp_path / "template.yaml").write_text(EMPTY)
        squall = start_squall(tmp_path / "template.yaml", *(["--data", data] if data else ["--memory"]))
        return squall, client_of(squall.aws)

    return start


@pytest.fixture
def exported(serve, run_squall, tmp_path):
    """The export folder of the table of ITEMS."""
    squall, client = serve()
    fill(client)
    done = run_squall("export", "--table", "music", "--out", tmp_path / "out", "--endpoint", squall.aws)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    match = re.fullmatch(r"exported 1201 items of music to (.*/out/AWSDynamoDB/\d{14}-[0-9a-f]{8})\n", done.stdout)
    assert match, done.stdout
    return pathlib.Path(match[1])


def test_an_export_has_the_services_form(exported):
    summary = json.loads((exported / "manifest-summary.json").read_text())
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/music"
    assert summary["version"] == "2020-06-30" and summary["tableArn"] == arn
    assert summary["exportArn"] == "%s/export/%s" % (arn, exported.name)
    assert summary["itemCount"] == 1201 and summary["outputFormat"] == "DYNAMODB_JSON"
    assert summary["manifestFilesS3Key"] == "AWSDynamoDB/%s/manifest-files.json" % exported.name
    assert list(summary) == [
        "version", "exportArn", "startTime", "endTime", "tableArn", "tableId", "exportTime", "s3Bucket", "s3Prefix",
        "s3SseAlgorithm", "s3SseKmsKeyId", "manifestFilesS3Key", "billedSizeBytes", "itemCount", "outputFormat",
        "exportType"]
    for name in ("manifest-summary", "manifest-files"):
        sum_ = base64.b64encode(hashlib.md5((exported / (name + ".json")).read_bytes()).digest()).decode()
        assert (exported / (name + ".md5")).read_text() == sum_
    entry, = map(json.loads, (exported / "manifest-files.json").read_text().splitlines())
    assert list(entry) == ["itemCount", "md5Checksum", "etag", "dataFileS3Key"]
    data = exported.parent.parent / entry["dataFileS3Key"]
    assert base64.b64decode(entry["md5Checksum"]) == hashlib.md5(data.read_bytes()).digest()
    lines = gzip.decompress(data.read_bytes()).decode().splitlines()
    assert len(lines) == entry["itemCount"] == 1201
    assert all(list(json.loads(line)) == ["Item"] for line in lines)


def test_a_round_trip_through_a_data_folder_changes_nothing(exported, serve, run_squall, tmp_path):
    data = tmp_path / "restored"
    for _ in range(2):  # the second time over what is there
        done = run_squall("import", exported, "--data", data)
        assert (done.returncode, done.stderr) == (0, "")
        assert re.fullmatch(r"imported 1201 items into music in \d+\.\d s\n", done.stdout)
    squall, client = serve(data)
    want = client.describe_table(TableName="music")["Table"]
    assert want["KeySchema"] == TABLE["KeySchema"] and want["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    found = read_all(client)
    assert len(found) == 1201
    # The folder is the server's now, and the server is how to get at it.
    done = run_squall("export", "--out", tmp_path / "again", "--data", data)
    assert done.returncode == 3 and "in use by another squall" in done.stderr and "--endpoint" in done.stderr
    assert run_squall("export", "--out", tmp_path / "again", "--endpoint", squall.aws).returncode == 0
    squall.stop()
    # From a folder into another server under another name.
    done = run_squall("export", "--out", tmp_path / "third", "--data", data)
    assert done.returncode == 0, done.stderr
    _, other = serve()
    done = run_squall("import", tmp_path / "third", "--table", "copy", "--endpoint", other.meta.endpoint_url)
    assert done.returncode == 0, done.stderr
    assert read_all(other, "copy") == found


def test_a_pipe_carries_a_table(exported, serve, run_squall):
    source, target = serve(), serve()
    fill(source[1], ITEMS[:50])
    command = [BINARY, "export", "--table", "music", "--out", "-", "--endpoint", source[0].aws]
    lines = subprocess.run(command, capture_output=True, check=True, timeout=30)
    assert b"exported 50 items of music" in lines.stderr
    done = subprocess.run([BINARY, "import", "-", "--table", "copy", "--partition-key", "artist:S", "--sort-key",
                           "year:N", "--endpoint", target[0].aws], input=lines.stdout, capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert read_all(target[1], "copy") == read_all(source[1])


def test_the_definition_makes_the_table_with_any_sdk(exported, serve):
    _, client = serve()
    client.create_table(**json.loads((exported / "table-definition.json").read_text()))
    assert client.describe_table(TableName="music")["Table"]["KeySchema"] == TABLE["KeySchema"]


def test_an_export_of_awss_is_taken_by_its_manifest(serve, run_squall, tmp_path):
    """As the service writes it: a prefix, several files, an empty one, no definition."""
    folder = tmp_path / "AWSDynamoDB" / "01693685827463-2d8752fd"
    (folder / "data").mkdir(parents=True)
    contents = {"aaa": [line("a", 1), line("a", 2)], "bbb": [], "ccc": [line("c", 1)]}
    entries = []
    for name, lines in contents.items():
        packed = gzip.compress("".join(text + "\n" for text in lines).encode())
        (folder / "data" / (name + ".json.gz")).write_bytes(packed)
        entries.append({"itemCount": len(lines), "md5Checksum": base64.b64encode(hashlib.md5(packed).digest()).decode(),
                        "etag": "x-1", "dataFileS3Key": "pre/AWSDynamoDB/%s/data/%s.json.gz" % (folder.name, name)})
    (folder / "manifest-files.json").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    (folder / "manifest-summary.json").write_text(json.dumps({
        "version": "2020-06-30", "tableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/music", "itemCount": 3,
        "outputFormat": "DYNAMODB_JSON"}))
    squall, client = serve()
    done = run_squall("import", tmp_path, "--endpoint", squall.aws)
    assert done.returncode == 2 and "--partition-key" in done.stderr and "'music'" in done.stderr
    done = run_squall("import", tmp_path, "--endpoint", squall.aws, "--partition-key", "artist:S", "--sort-key",
                      "year:N")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(read_all(client)) == 3
    # A file that is not what the manifest says.
    (folder / "data" / "ccc.json.gz").write_bytes(gzip.compress(line("c", 2).encode()))
    done = run_squall("import", folder, "--endpoint", squall.aws)
    assert done.returncode == 3 and "MD5 differs" in done.stderr
    entries[2]["dataFileS3Key"] = "data/ddd.json.gz"
    (folder / "manifest-files.json").write_text(json.dumps(entries[2]))
    done = run_squall("import", folder, "--endpoint", squall.aws)
    assert done.returncode == 3 and "ddd.json.gz" in done.stderr and done.stderr.count("\n") == 1
    (folder / "manifest-summary.json").write_text('{"exportType":"INCREMENTAL_EXPORT"}')
    done = run_squall("import", folder, "--endpoint", squall.aws)
    assert done.returncode == 2 and "only a full export" in done.stderr


BAD_LINES = [
    ("{", "no JSON"),
    ('{"artist":{"S":"x"}}', "no item"),
    ('{"Item":{"artist":{"S":"x"}}}', "Missing the key year in the item"),
    ('{"Item":{"artist":{"S":"x"},"year":{"S":"1"}}}', "Type mismatch for key year"),
    ('{"Item":{"artist":{"S":"x"},"year":{"N":"one"}}}', "cannot be converted to a numeric value"),
    ('{"Item":{"artist":{"S":"x"},"year":{"N":"1"},"big":{"S":"%s"}}}' % ("x" * 420000), "Item size"),
]


@pytest.mark.parametrize("bad, why", BAD_LINES)
def test_a_bad_line_is_told_by_file_and_number(serve, run_squall, tmp_path, bad, why):
    squall, client = serve()
    client.create_table(**TABLE)
    lines = [line("a", number) for number in range(60)]
    lines.insert(40, bad)
    file = tmp_path / "lines.json"
    file.write_text("\n".join(lines) + "\n")
    done = run_squall("import", file, "--table", "music", "--endpoint", squall.aws)
    assert done.returncode == 2
    assert done.stderr.startswith("squall: %s:41: " % file) and why in done.stderr and done.stderr.count("\n") == 1
    assert "--keep-going" in done.stderr
    done = run_squall("import", file, "--table", "music", "--endpoint", squall.aws, "--keep-going")
    assert done.returncode == 1
    assert done.stdout.startswith("imported 60 items into music in ")
    assert done.stderr.startswith("squall: %s:41: " % file) and done.stderr.endswith("\nsquall: 1 lines were left out\n")
    assert len(read_all(client)) == 60


def test_of_two_lines_with_one_key_the_later_one_stays(serve, run_squall, tmp_path):
    squall, client = serve()
    client.create_table(**TABLE)
    file = tmp_path / "lines.json.gz"
    file.write_bytes(gzip.compress("\n".join(
        line("a", number % 10, n={"N": str(number)}) for number in range(1000)).encode()))
    assert run_squall("import", file, "--table", "music", "--endpoint", squall.aws).returncode == 0
    items = client.scan(TableName="music")["Items"]
    assert sorted(int(item["n"]["N"]) for item in items) == list(range(990, 1000))


def test_a_compressed_file_that_is_cut_off_is_told(exported, serve, run_squall, tmp_path):
    data, = (exported / "data").iterdir()
    cut = tmp_path / "cut.json.gz"
    cut.write_bytes(data.read_bytes()[:-100])
    squall, client = serve()
    client.create_table(**TABLE)
    done = run_squall("import", cut, "--table", "music", "--endpoint", squall.aws)
    assert done.returncode == 2 and "cut off" in done.stderr and done.stderr.startswith("squall: %s:" % cut)
    assert 0 < len(read_all(client)) < 1201  # what came before is written


def test_every_table_goes_out_and_comes_back(serve, run_squall, tmp_path):
    squall, client = serve()
    for name in ("one", "two", "empty"):
        client.create_table(**{**TABLE, "TableName": name})
    client.put_item(TableName="one", Item=ITEMS[0])
    client.put_item(TableName="two", Item=ITEMS[1])
    done = run_squall("export", "--out", tmp_path / "out", "--endpoint", squall.aws)
    assert done.returncode == 0 and done.stdout.count("\n") == 3
    _, other = serve()
    done = run_squall("import", tmp_path / "out", "--endpoint", other.meta.endpoint_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert other.list_tables()["TableNames"] == ["empty", "one", "two"]
    assert [read_all(other, name) for name in ("empty", "one", "two")] == [
        read_all(client, name) for name in ("empty", "one", "two")]


def test_a_kill_in_mid_import_leaves_what_was_acknowledged(run_squall, tmp_path):
    """The first line of progress says how many items are written; that many are there after kill -9."""
    data = tmp_path / "data"
    command = [BINARY, "import", "-", "--table", "music", "--partition-key", "artist:S", "--sort-key", "year:N",
               "--data", data]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:

        def feed():
            try:
                for number in range(10**9):
                    process.stdin.write(line("artist", number, text={"S": "x" * 200}) + "\n")
            except (OSError, ValueError):
                pass

        feeder = threading.Thread(target=feed)
        feeder.start()
        told = re.match(r"imported (\d+) items, music, \d+ s\n", process.stderr.readline())
        process.kill()
        process.wait()
        feeder.join()
        try:
            process.stdin.close()
        except OSError:
            pass
    assert told and int(told[1]) > 100
    lines = run_squall("export", "--table", "music", "--out", "-", "--data", data).stdout.splitlines()
    years = [int(json.loads(text)["Item"]["year"]["N"]) for text in lines]
    assert len(years) == len(set(years)) >= int(told[1])
    assert all(json.loads(text)["Item"]["text"] == {"S": "x" * 200} for text in lines)


def test_memory_does_not_grow_with_the_table(run_squall, tmp_path):
    """45 MB of items in and out again, each within 40 MB of address space more than nothing at all."""
    file = tmp_path / "lines.json.gz"
    with gzip.open(file, "wt", compresslevel=1) as lines:
        for number in range(15000):
            lines.write(line("a%d" % number, number, text={"S": "x" * 3000}) + "\n")
    peaks = []
    for arguments in (["import", str(file), "--table", "tab", "--partition-key", "artist:S", "--data", "data"],
                      ["export", "--table", "tab", "--out", "out", "--data", "data"]):
        script = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True); "
                  "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
        done = subprocess.run(["python3", "-c", script, str(BINARY), *arguments], cwd=tmp_path, capture_output=True,
                              text=True, check=True)
        assert "15000 items" in done.stdout
        peaks.append(int(done.stdout.splitlines()[-1]) / 1024)
    if "asan" not in str(BINARY):  # the sanitizer keeps freed memory
        assert max(peaks) < 60, peaks


@pytest.mark.parametrize("arguments, status, text", [
    (["export"], 2, "--out"),
    (["export", "--out", "-"], 2, "--table"),
    (["export", "--out", "x", "--data", "nothing"], 3, "there is no data in 'nothing'"),
    (["export", "--out", "x"], 3, "there is no data in '.squall'"),
    (["export", "--out", "x", "--data", "d", "--endpoint", "http://127.0.0.1:1"], 2, "give one of them"),
    (["export", "--out", "x", "--table", "nothing", "--endpoint", None], 2, "ResourceNotFoundException"),
    (["export", "--out", "x", "--endpoint", "localhost"], 2, "is no endpoint"),
    (["export", "--out", "x", "--endpoint", "http://127.0.0.1:1"], 3, "Could not connect"),
    (["export", "more"], 2, "one argument too many"),
    (["import"], 2, "an export's folder"),
    (["import", "nothing"], 3, "cannot read 'nothing'"),
    (["import", "."], 2, "neither an export nor a .json"),
    (["import", "-"], 2, "--table"),
    (["import", "-", "--sort-key", "a:S"], 2, "--partition-key"),
    (["import", "-", "--table", "tab", "--partition-key", "id", "--data", "d"], 2, "NAME:S"),
])
def test_bad_command_lines_are_one_line(serve, run_squall, arguments, status, text):
    done = run_squall(*[serve()[0].aws if argument is None else argument for argument in arguments])
    assert done.returncode == status, done.stderr
    assert done.stderr.startswith("squall: ") and done.stderr.count("\n") == 1 and text in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("command", ["export", "import"])
def test_help_has_the_options_and_examples(run_squall, command):
    done = run_squall(command, "--help")
    assert done.returncode == 0
    for option in ("--table", "--data", "--endpoint", "--region", "--quiet", "squall %s " % command):
        assert option in done.stdout


def test_dynamodb_local_takes_and_gives_the_same(exported, dynamodb_local, serve, run_squall, tmp_path):
    done = run_squall("import", exported, "--table", "taken", "--endpoint", dynamodb_local)
    assert (done.returncode, done.stderr) == (0, "")
    local = client_of(dynamodb_local)
    try:
        assert len(read_all(local, "taken")) == 1201
        bad = tmp_path / "bad.json"
        bad.write_text("\n".join([line("b", 1), '{"Item":{"artist":{"S":"b"}}}', line("b", 2)]))
        done = run_squall("import", bad, "--table", "taken", "--endpoint", dynamodb_local, "--keep-going")
        assert done.returncode == 1 and done.stderr.startswith("squall: %s:2: " % bad)
        shutil.rmtree(tmp_path / "out")
        done = run_squall("export", "--table", "taken", "--out", tmp_path / "out", "--endpoint", dynamodb_local)
        assert done.returncode == 0, done.stderr
        squall, client = serve()
        done = run_squall("import", tmp_path / "out", "--endpoint", squall.aws)
        assert (done.returncode, done.stderr) == (0, "")
        assert len(read_all(client, "taken")) == 1203
    finally:
        local.delete_table(TableName="taken")
