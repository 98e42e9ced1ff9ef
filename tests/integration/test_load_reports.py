"""What is made of a run's results: saved, read again, added up, compared, in forms that other tools read."""

import csv
import fcntl
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import termios
import unicodedata
import xml.etree.ElementTree as ElementTree

import pytest

from test_load import SQUALL, adds_up, all_of_terminal, as_on_the_page, collection, measure, page_results, server  # noqa: F401

ROOT = pathlib.Path(__file__).resolve().parents[2]


def squall(*arguments, cwd=None):
    return subprocess.run([SQUALL, *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=cwd)


def items(server):
    return [{"name": "Shop", "item": [{"name": name, "request": server.url + path} for name, path in
                                      (("plain", "/plain"), ("slow", "/slow"), ("fail", "/fail"), ("cut", "/cut"))]}]


def same_percentile(histogram, percentile, ms):
    """Implementations differ in how they round the rank: ours, as Java's, takes the next one up."""
    step = 100 / histogram.get_total_count()
    low, high = (histogram.get_value_at_percentile(percentile + sign * step) / 1000 for sign in (-1, 1))
    return low * 0.999 <= ms <= high * 1.001


@pytest.fixture()
def saved(server, tmp_path):
    result, _ = measure(tmp_path, collection(tmp_path, items(server)), "--vus", 4, "--duration", "2s", "--profile", "fixed",
                        "--fail-if", "p99>60s", "--quiet")
    (tmp_path / "result.json").rename(tmp_path / "saved.json")
    return result


def test_saved_results_are_the_results(saved, tmp_path):
    done = squall("report", "saved.json", "--json", "again.json", "--csv", "again.csv", "--out", "again.html", "--junit",
                  "again.xml", "--hlog", "again.hlog", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads((tmp_path / "again.json").read_text()) == saved
    assert "corrected" in done.stdout and "measured" in done.stdout
    page = (tmp_path / "again.html").read_text()
    assert page_results(page) == as_on_the_page(saved)
    suite = ElementTree.parse(tmp_path / "again.xml").getroot().find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("2", "0")


@pytest.mark.parametrize("option", ["--json", "--csv", "--out", "--junit", "--hlog"])
def test_a_full_disk_is_told_and_the_other_files_are_written(saved, tmp_path, option):
    (tmp_path / "full").symlink_to("/dev/full")
    others = {"--json": "o.json", "--csv": "o.csv", "--out": "o.html", "--junit": "o.xml", "--hlog": "o.hlog"}
    del others[option]
    done = squall("report", "saved.json", option, "full", *(word for pair in others.items() for word in pair), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (3, "squall: full cannot be written: No space left on device\n")
    assert "Total requests" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} - {"o.requests.csv"} == {"saved.json", "collection.json", "full", *others.values()}


def test_every_file_that_cannot_be_written_is_told(saved, tmp_path):
    done = squall("report", "saved.json", "-q", "--json", "/dev/full", "--hlog", "/dev/full", "--csv", "c.csv", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("No space left on device"), (tmp_path / "c.csv").exists()) == (3, 2, True)
    with open("/dev/full", "w") as full:
        done = subprocess.run([SQUALL, "report", "saved.json", "--csv", "d.csv"], stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    assert (done.returncode, (tmp_path / "d.csv").exists()) == (3, True) and "the table cannot be written" in done.stderr


def test_a_reader_that_goes_leaves_the_files_whole(saved, tmp_path):
    ours, theirs = os.pipe()
    os.close(ours)
    done = subprocess.run([SQUALL, "report", "saved.json", "--json", "again.json"], stdout=theirs, stderr=subprocess.PIPE, cwd=tmp_path)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (0, b"") and json.loads((tmp_path / "again.json").read_text()) == saved


def test_a_pipe_and_a_link_stay_what_they_are(saved, tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    process = subprocess.Popen([SQUALL, "report", "saved.json", "-q", "--json", "pipe.json"], cwd=tmp_path)
    assert json.loads((tmp_path / "pipe.json").read_text()) == saved and process.wait(20) == 0
    assert (tmp_path / "pipe.json").is_fifo()
    (tmp_path / "link.json").symlink_to("real.json")
    (tmp_path / "real.json").write_text("old")
    assert squall("report", "saved.json", "-q", "--json", "link.json", cwd=tmp_path).returncode == 0
    assert (tmp_path / "link.json").is_symlink() and json.loads((tmp_path / "real.json").read_text()) == saved


def test_requests_have_windows_samples_and_corrected_figures(saved):
    adds_up(saved)
    for row in saved["requests"]:
        assert sum(window["requests"] for window in row["windows"]) == row["requests"]
        assert row["corrected"]["p99_ms"] >= row["p99_ms"] or row["requests"] == row["errors"]
    by_name = {row["name"]: at for at, row in enumerate(saved["requests"])}
    closed, = saved["error_classes"]
    assert closed["class"] == "closed" and len(closed["samples"]) == 5
    assert {sample["request"] for sample in closed["samples"]} == {by_name["cut"]}
    assert saved["answers"][0]["text"] == "HTTP/1.1 500 Internal Server Error\nno"
    assert [row["ms"] for row in saved["slowest"]] == sorted((row["ms"] for row in saved["slowest"]), reverse=True)
    assert saved["slowest"][0]["ms"] == saved["totals"]["max_ms"]
    assert {row["request"] for row in saved["slowest"]} == {by_name["slow"]}


def test_spreadsheets_have_a_row_a_window_and_a_row_a_request(saved, tmp_path):
    assert squall("report", "saved.json", "--csv", "s.csv", "-q", cwd=tmp_path).returncode == 0
    with open(tmp_path / "s.csv", newline="") as file:
        windows = list(csv.DictReader(file))
    with open(tmp_path / "s.requests.csv", newline="") as file:
        requests = list(csv.DictReader(file))
    assert [int(row["requests"]) for row in windows] == [row["requests"] for row in saved["windows"]]
    assert [(row["folder"], row["name"], int(row["requests"])) for row in requests] == [
        ("Shop", row["name"], row["requests"]) for row in saved["requests"]]
    assert [float(row["corrected_p99_ms"]) for row in requests] == [row["corrected"]["p99_ms"] for row in saved["requests"]]


def test_samples_have_request_and_answer_and_no_secrets(server, tmp_path):
    header = [{"key": "Authorization", "value": "Bearer abcdefghijk"}]
    post = {"method": "POST", "url": server.url + "/fail?api_key=k1&n=1", "header": header,
            "body": {"mode": "raw", "raw": '{"user": "ann", "password": "geheim"}'}}
    cut = {"method": "PUT", "url": server.url + "/cut", "body": {"mode": "raw", "raw": "n={{$randomInt}}&token=t"}}
    result, _ = measure(tmp_path, collection(tmp_path, [{"name": "a", "request": post}, {"name": "b", "request": cut}]), "--vus", 1,
                        "--iterations", 2, "-q")
    answer = result["answers"][0]
    assert answer["sent"] == 'POST /fail?api_key=***&n=1 HTTP/1.1\n{"user": "ann", "password": "***"}'
    assert answer["text"] == "HTTP/1.1 500 Internal Server Error\nno"
    assert re.fullmatch(r"PUT /cut HTTP/1\.1\nn=\d+&token=\*\*\*", result["error_classes"][0]["samples"][0]["sent"])
    for secret in ("geheim", "abcdefghijk", "k1&"):
        assert secret not in (tmp_path / "result.json").read_text()


def test_a_spreadsheet_takes_no_name_for_a_formula_and_reads_its_letters(server, tmp_path):
    names = ["=HYPERLINK(\"http://x\")", "+1", "-1+1", "@SUM(A1)", "\t=1", "a \"quoted\", name", "two\nlines", "caf\u00e9 \u65e5\u672c"]
    path = collection(tmp_path, [{"name": name, "request": server.url + "/plain"} for name in names])
    measure(tmp_path, path, "--iterations", 1, "--vus", 1, "-q", "--csv", tmp_path / "s.csv")
    text = (tmp_path / "s.requests.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbffolder,name,")
    shown = [row["name"] for row in csv.DictReader(text.decode("utf-8-sig").splitlines(keepends=True))]
    assert shown == ["'" + name if name[0] in "=+-@\t" else name for name in names]
    measure(tmp_path, collection(tmp_path, [{"name": "plain", "request": server.url + "/plain"}]), "--iterations", 1, "-q", "--csv", tmp_path / "s.csv")
    assert (tmp_path / "s.requests.csv").read_bytes().startswith(b"folder,")


def test_junit_has_what_the_common_schemas_ask_for(saved, tmp_path):
    squall("report", "saved.json", "-q", "--junit", "j.xml", "--fail-if", "errors>0", "--pass-if", "less_than(p95, 60000)", cwd=tmp_path)
    suites = ElementTree.parse(tmp_path / "j.xml").getroot()
    assert suites.tag == "testsuites" and suites.attrib == {}
    suite, = suites
    assert [child.tag for child in suite] == ["properties"] + ["testcase"] * 4 + ["system-out", "system-err"]
    assert set(suite.attrib) == {"id", "package", "name", "hostname", "timestamp", "tests", "failures", "errors", "skipped", "time"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp")) and suite.get("name") == "Test"
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "0")
    for case in suite.iter("testcase"):
        assert set(case.attrib) == {"classname", "name", "time"} and float(case.get("time")) >= 0
    failure, = suite.iter("failure")
    assert set(failure.attrib) == {"type", "message"} and "errors>0" in failure.text


def on_a_terminal(columns, *arguments, cwd):
    """What a command writes to a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen([SQUALL, *arguments], stdout=theirs, stderr=theirs, stdin=theirs, cwd=cwd)
    os.close(theirs)
    seen = all_of_terminal(ours)
    os.close(ours)
    assert process.wait(20) == 0
    return seen.decode().replace("\r\n", "\n")


def room(text):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_the_table_fits_the_terminal_and_its_columns_are_straight(server, tmp_path, columns):
    names = ["plain", "\u65e5\u672c\u8a9e\u306e\u540d\u524d", "a name that is longer than any terminal has room for, as some are", "\U0001f642 caf\u00e9"]
    folder = {"name": "Folder", "item": [{"name": name, "request": server.url + "/plain"} for name in names]}
    measure(tmp_path, collection(tmp_path, [folder, {"name": "alone", "request": server.url + "/cut"}]), "--iterations", 4, "-q")
    lines = on_a_terminal(columns, "report", "result.json", cwd=tmp_path).splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("  Request "))
    table = lines[start:lines.index("", start)]
    assert max(map(room, lines[:start + len(table)])) <= columns
    assert table[1] == "  Folder"
    rows = table[:1] + table[2:]
    assert len({room(line) for line in rows}) == 1
    for word in ("Total", "Req/s", "Avg ms", "Error %"):
        assert word in table[0]
    assert ("Min" in table[0]) == (columns == 200)
    assert table[-2].split()[:2] == ["alone", "4"] and "-" in table[-2].split()


def test_hdrhistograms_own_reader_agrees(saved, tmp_path):
    reader = pytest.importorskip("hdrh.log")
    histograms = pytest.importorskip("hdrh.histogram")
    assert squall("report", "saved.json", "--hlog", "r.hlog", "-q", cwd=tmp_path).returncode == 0
    total = histograms.HdrHistogram(1, 3600000000, 3)
    log = reader.HistogramLogReader(str(tmp_path / "r.hlog"), total)
    counts = []
    while (interval := log.get_next_interval_histogram()) is not None:
        counts.append(interval.get_total_count())
        total.add(interval)
    assert counts == [row["requests"] - row["errors"] for row in saved["windows"]]
    for name, percentile in (("p50_ms", 50), ("p90_ms", 90), ("p95_ms", 95), ("p99_ms", 99)):
        assert same_percentile(total, percentile, saved["totals"][name])
    # The same form in the JSON.
    for row in saved["requests"]:
        one = histograms.HdrHistogram.decode(row["histogram"])
        assert one.get_total_count() == row["requests"] - row["errors"]


def test_parts_add_up_to_the_whole(server, tmp_path):
    (tmp_path / "data.csv").write_text("n\n" + "".join("%d\n" % n for n in range(6)))
    path = collection(tmp_path, [{"name": "a", "request": server.url + "/plain?n={{n}}"},
                                 {"name": "b", "request": server.url + "/slow?n={{n}}"}])
    parts = []
    for part in (1, 2, 3):
        result, _ = measure(tmp_path, path, "-d", tmp_path / "data.csv", "--vus", 6, "--iterations", 31, "--segment",
                            "%d/3" % part, "--fail-if", "requests>40", "--quiet")
        (tmp_path / "result.json").rename(tmp_path / ("part-%d.json" % part))
        parts.append(result)
    done = squall("merge", "part-3.json", "part-1.json", "part-2.json", "--json", "all.json", "--out", "all.html", cwd=tmp_path)
    assert done.returncode == 1 and "FAIL  fail-if requests>40" in done.stdout  # of the whole, not of a part
    whole = json.loads((tmp_path / "all.json").read_text())
    adds_up(whole)
    assert whole["totals"]["requests"] == server.total == 2 * 31
    assert whole["iterations"]["done"] == 31
    assert whole["options"]["vus"] == 6 and "segment" not in whole["options"]
    assert whole["generator"]["machines"] == 3
    assert whole["totals"]["max_ms"] == max(part["totals"]["max_ms"] for part in parts)
    histograms = pytest.importorskip("hdrh.histogram")
    total = histograms.HdrHistogram(1, 3600000000, 3)
    for part in parts:
        for row in part["requests"]:
            total.add(histograms.HdrHistogram.decode(row["histogram"]))
    for name, percentile in (("p50_ms", 50), ("p90_ms", 90), ("p99_ms", 99)):
        assert same_percentile(total, percentile, whole["totals"][name])


def test_parts_that_do_not_make_a_run_are_told(server, tmp_path):
    path = collection(tmp_path, [{"name": "a", "request": server.url + "/plain"}])
    for part in (1, 2, 3):
        measure(tmp_path, path, "--vus", 6, "--iterations", 9, "--segment", "%d/3" % part, "-q")
        saved = json.loads((tmp_path / "result.json").read_text())
        saved["started_ms"] = 1000000000000  # at once, however slowly this machine came to it
        (tmp_path / ("%d.json" % part)).write_text(json.dumps(saved))
    late = dict(saved, started_ms=saved["started_ms"] + 3600000)
    (tmp_path / "late.json").write_text(json.dumps(late))
    saved["options"]["segment"] = "1/4"
    saved["started_ms"] += 1
    (tmp_path / "other.json").write_text(json.dumps(saved))
    del late["options"]
    (tmp_path / "whole.json").write_text(json.dumps(late))
    for files, told in ((["1", "2", "3"], []), (["whole", "whole"], ["whole.json and whole.json are the same run"]), (["1", "3"], ["part 2/3 is missing: the sum is not the whole run"]),
                        (["2", "1", "2", "3"], ["part 2/3 is there twice: 2.json and 2.json"]),
                        (["1", "2", "late"], ["late.json began when 1.json had ended: are they of one run?"]),
                        (["1", "2", "other"], ["1.json and other.json are not parts of one division (--segment)"])):
        done = squall("merge", *(name + ".json" for name in files), "-q", cwd=tmp_path)
        assert done.returncode == 0 and sorted(done.stderr.splitlines()) == sorted("squall: " + line for line in told), files


def test_the_documented_job_adds_up(server, tmp_path):
    """docs/load-kubernetes.yaml's own commands, each part as its pod would run it."""
    manifest = (ROOT / "docs" / "load-kubernetes.yaml").read_text()
    parts = re.search(r"/(\d+)\"\n", manifest)[1]
    assert re.search(r"completions: (\d+)\n  parallelism: (\d+)", manifest).groups() == (parts, parts)
    script = " ".join(re.search(r"- >-\n(.*?)\n          resources:", manifest, re.DOTALL)[1].split())
    merge = re.search(r'command: \[sh, -c, "(squall merge [^"]*)"\]', manifest)[1]
    collection(tmp_path, [{"name": "a", "request": "{{base}}/slow"}])
    (tmp_path / "environment.json").write_text(json.dumps({"values": [{"key": "base", "value": server.url}]}))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "squall").symlink_to(pathlib.Path(SQUALL).resolve())
    environment = {**os.environ, "PATH": "%s:%s" % (tmp_path / "bin", os.environ["PATH"])}
    for change in (("/load/", "%s/" % tmp_path), ("/results/", "%s/" % tmp_path), ("--vus 400 --duration 10m", "--vus 8 --duration 1s")):
        assert change[0] in script + merge
        script, merge = script.replace(*change), merge.replace(*change)
    for index in range(int(parts)):
        subprocess.run(["sh", "-c", script], env={**environment, "JOB_COMPLETION_INDEX": str(index)}, check=True, capture_output=True)
    subprocess.run(["sh", "-c", merge], env=environment, check=True, capture_output=True)
    whole = json.loads((tmp_path / "all.json").read_text())
    assert whole["totals"]["requests"] == server.total and whole["options"]["vus"] == 8
    assert whole["generator"]["machines"] == int(parts) and len(whole["conditions"]) == 2


def test_two_runs_are_compared(saved, server, tmp_path):
    measure(tmp_path, collection(tmp_path, items(server)[0]["item"]), "--vus", 2, "--iterations", 10, "--quiet")
    done = squall("report", "--compare", "saved.json", "saved.json", "--out", "c.html", cwd=tmp_path)
    assert done.returncode == 0 and done.stdout.count("change") == 5
    cut = done.stdout.split("Shop / cut\n")[1].splitlines()
    assert [line.split()[2:] for line in cut[:2]] == [[cut[0].split()[2], *"-----", "100.0"]] * 2 and cut[2].split() == ["change", "=", "="]
    page = (tmp_path / "c.html").read_text()
    assert page_results(page, "baseline") == as_on_the_page(saved)
    # Requests of other folders are others: each stands alone.
    done = squall("report", "--compare", "saved.json", "result.json", cwd=tmp_path)
    assert done.returncode == 0 and done.stdout.count("change") == 1


def test_conditions_can_ask_for_the_corrected_view(saved, tmp_path):
    squall("report", "saved.json", "-q", "--json", "c.json", "--fail-if", "corrected_p95>0", "--fail-if", "corrected_p95[slow]>0",
           "--pass-if", "greater_than(corrected_avg, 0)", cwd=tmp_path)
    measured = [row["measured"] for row in json.loads((tmp_path / "c.json").read_text())["conditions"]][1:]
    slow = next(row for row in saved["requests"] if row["name"] == "slow")
    assert measured == [saved["corrected"]["p95_ms"], slow["corrected"]["p95_ms"], saved["corrected"]["avg_ms"]]


def test_a_time_of_no_answer_satisfies_no_condition(server, tmp_path):
    result, done = measure(tmp_path, server.url + "/cut", "--vus", 1, "--iterations", 3, "--pass-if", "less_than(p95, 500)", "--fail-if",
                           "p99>1s", "--fail-if", "errors>5", "-q", "--junit", tmp_path / "j.xml", status=1)
    assert [(row["passed"], row["measured"]) for row in result["conditions"]] == [(False, None), (True, 3), (False, None)]
    assert "P95 0" not in done.stdout and "measured  " not in done.stdout
    assert done.stdout.count("no answer to measure") == 2 and "no answer to measure" in (tmp_path / "j.xml").read_text()
    # Before the first answer nothing is known yet, which ends no run.
    collection(tmp_path, [{"name": "slow", "request": server.url + "/slow"}])
    measure(tmp_path, tmp_path / "collection.json", "--vus", 1, "--duration", "1s", "-q", "--abort-on-fail", "--abort-after", "1ms",
            "--fail-if", "p95>30s")


def test_a_condition_of_the_report_decides_its_exit_status(saved, tmp_path):
    assert squall("report", "saved.json", "-q", "--fail-if", "errors>0", cwd=tmp_path).returncode == 1
    assert squall("report", "saved.json", "-q", "--fail-if", "errors[Shop / plain]>0", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("arguments, status, says", [
    (["report"], 2, "report takes one file"),
    (["report", "--compare", "a.json"], 2, "--compare takes two files"),
    (["merge"], 2, "merge takes files"),
    (["report", "missing.json"], 3, "missing.json cannot be read"),
    (["report", "text.json"], 2, "text.json: this is no JSON"),
    (["report", "other.json"], 2, "other.json: this is no result"),
    (["merge", "cut.json"], 2, "cut.json: this is no result that 'squall load --json' wrote: a row's \"histogram\""),
    (["merge", "a.json", "b.json"], 2, "b.json has different requests: number 1 is 'GET b', and 'GET a' in the others"),
    (["report", "a.json", "--out", "nowhere/r.html"], 3, "nowhere/r.html cannot be written"),
    (["report", "a.json", "--json", "."], 3, ". cannot be written: Is a directory"),
    (["report", "a.json", "--out", "x", "--csv", "x"], 2, "x is named for two reports"),
    (["report", "a.json", "--fail-if", "p95[nobody]>1"], 2, "no request 'nobody'; there is 'a'"),
    (["report", "a.json", "--fail-if", "p95=1"], 2, "condition 'p95=1': expected one of > >= < <= == != at character 4; as in 'p95>500ms'"),
])
def test_what_cannot_be_done_is_one_line(server, tmp_path, arguments, status, says):
    for name, path in (("a", "/plain"), ("b", "/fail")):
        result, _ = measure(tmp_path, collection(tmp_path, [{"name": name, "request": server.url + path}]), "--vus", 1,
                            "--iterations", 3, "--quiet")
        (tmp_path / "result.json").rename(tmp_path / (name + ".json"))
    result["requests"][0]["requests"] += 1
    (tmp_path / "cut.json").write_text(json.dumps(result))
    (tmp_path / "text.json").write_text("no")
    (tmp_path / "other.json").write_text("{\"totals\":{},\"requests\":[]}")
    done = squall(*arguments, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert says in done.stderr and done.stderr.startswith("squall: ") and done.stderr.count("\n") == 1
