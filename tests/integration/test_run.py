"""squall run beside newman: the same collections, the same server, what newman printed, sent and found.

What newman 6.2.2 did is kept in tests/data/postman (run-NAME.txt, run-NAME.facts.json). With NEWMAN set to
its command (NEWMAN="npx newman") it runs here, too, and is compared live; with NEWMAN_KEEP=1 its answers are kept.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from test_load import SQUALL, Server

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "postman"
NEWMAN = shlex.split(os.environ.get("NEWMAN", ""))


class Shop(Server):
    """Answers a few lines of JSON about what was asked; nothing in them varies."""

    async def answer_plain(self, writer, path):
        method, _, headers, body = self.requests[-1]
        status = int(path.split("/")[2].split("?")[0]) if path.startswith("/status/") else 200
        text = json.dumps({"message": "hello", "method": method, "path": path, "body": body.decode(), "items": [1, 2, 3]}).encode()
        kind = b"text/html" if path.startswith("/html") else b"application/json; charset=utf-8"
        if path.startswith("/html"):
            text = b"<html>no JSON</html>"
        reason = {200: b"OK", 201: b"Created", 404: b"Not Found", 500: b"Internal Server Error"}[status]
        writer.write(b"HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (status, reason, kind, len(text), text))
        return True

    def sent(self):
        """What was on the wire, without what names the client."""
        rows = [[method, path, [[name, value] for name, value in headers.items()
                                if name not in ("user-agent", "postman-token", "host")], body.decode()]
                for method, path, headers, body in self.requests]
        self.requests.clear()
        return rows


@pytest.fixture()
def shop():
    one = Shop()
    yield one
    one.stop()


def plain(text, port):
    """Without the port and the times, and without the widths that times have."""
    text = text.replace(str(port), "PORT")
    text = re.sub(r"\d+(\.\d+)?(ms|µs|s)\b", "TIME", text)
    return re.sub("─+", "─", re.sub("--+", "--", re.sub(" +", " ", re.sub(r"(\x1b\[90m)? *(\x1b\[39m)? *\n", lambda found: found[0].rstrip(" \n") + "\n", text))))


def facts(report):
    """The same assertions with the same names and results; the same counts; the same failures."""
    run = report["run"]
    return {
        "stats": {name: [row["total"], row["failed"]] for name, row in run["stats"].items()},
        "executions": [[one["item"].get("name"), one.get("response", {}).get("code"),
                        [[row["assertion"], row["skipped"], row.get("error", {}).get("message")] for row in one.get("assertions", [])]]
                       for one in run["executions"]],
        "failures": [[one["error"].get("name"), one["error"].get("message"), one["at"], one["source"].get("name") if one.get("source") else None,
                      one["cursor"]["iteration"]] for one in run["failures"]],
    }


def command(program, arguments, cwd, **environment):
    return subprocess.run([*program, "run", *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=cwd,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "CI": "1", **environment})


def observe(program, name, shop, tmp_path, arguments):
    shop.requests.clear()
    done = command(program, [DATA / ("run-%s.json" % name), "--env-var", "base=" + shop.url,
                             *(str(one).replace("SHOPS", str(shop.port)) for one in arguments), "-r", "cli,json",
                             "--reporter-json-export", tmp_path / "r.json"], tmp_path)
    if "built without scripts" in done.stderr:
        pytest.skip("built without scripts")
    report = json.loads((tmp_path / "r.json").read_text())
    text = json.dumps({**facts(report), "sent": shop.sent(), "status": done.returncode}, indent=1, ensure_ascii=False)
    return plain(done.stdout, shop.port), text.replace(str(shop.port), "PORT")


@pytest.mark.parametrize("name, arguments", [
    ("tree", []),
    ("tree-twice", ["-n", "2"]),
    ("tree-folder", ["--folder", "Folder", "--folder", "last"]),
    ("tree-plain", ["--disable-unicode", "--reporter-cli-no-console"]),
    ("tree-data", ["-d", DATA / "run-rows.csv"]),
    ("scripts", []),
    ("messages", []),
    ("clear", []),
    ("crypto", []),
    ("node", []),
    ("sendings", []),
    ("wire", ["--env-var", "port=SHOPS"]),
])
def test_a_run_is_newmans_to_the_letter(name, arguments, shop, tmp_path):
    collection = name.split("-")[0]
    kept = [DATA / ("run-%s.txt" % name), DATA / ("run-%s.facts.json" % name)]
    if NEWMAN:
        theirs = observe(NEWMAN, collection, shop, tmp_path, arguments)
        if os.environ.get("NEWMAN_KEEP"):
            for path, text in zip(kept, theirs):
                path.write_text(text)
    else:
        theirs = [path.read_text() for path in kept]
    ours = observe([SQUALL], collection, shop, tmp_path, arguments)
    assert ours[0] == theirs[0]
    assert json.loads(ours[1]) == json.loads(theirs[1])


def run(shop, tmp_path, *arguments, name="tree"):
    done = command([SQUALL], [DATA / ("run-%s.json" % name), "--env-var", "base=" + shop.url, *arguments], tmp_path)
    if "built without scripts" in done.stderr:
        pytest.skip("built without scripts")
    return done


def test_exit_codes_are_newmans(shop, tmp_path):
    passing = tmp_path / "passing.json"
    passing.write_text(json.dumps({"info": {"name": "P"}, "item": [{"name": "a", "request": "{{base}}/a"}]}))
    base = ["--env-var", "base=" + shop.url]
    rows = [(0, [passing, *base]), (1, [passing]), (1, ["nothing.json"]), (1, [passing, *base, "--folder", "Nope"]), (1, []),
            (1, [passing, *base, "--nope"]), (1, [DATA / "run-tree.json", *base]), (0, [DATA / "run-tree.json", *base, "-x"])]
    for status, arguments in rows:
        done = command([SQUALL], arguments, tmp_path)
        assert done.returncode == status, (arguments, done.stderr)


def test_bail_ends_the_run_at_the_first_failure(shop, tmp_path):
    done = run(shop, tmp_path, "--bail")
    assert done.returncode == 1 and len(shop.requests) == 1
    assert "AssertionFailure in test-script" in done.stdout


def test_redirects_and_cookies_are_followed_and_kept(shop, tmp_path):
    async def answer_redirect(writer, path):
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /to\r\nSet-Cookie: k=v; Path=/\r\nContent-Length: 0\r\n\r\n")
        return True
    shop.answer_redirect = answer_redirect
    path = tmp_path / "c.json"
    check = ("pm.sendRequest(pm.environment.get('base') + '/redirect', (error, answer) => "
             "pm.test('scripts, too', () => pm.expect([answer.code, pm.cookies.get('k')]).to.eql([%s, 'v'])))")
    for status, options in ((200, []), (302, ["--ignore-redirects"])):
        shop.requests.clear()
        path.write_text(json.dumps({"info": {"name": "R"}, "item": [{"name": "a", "request": "{{base}}/redirect", "event": [
            {"listen": "test", "script": {"exec": check % status}}]}]}))
        done = command([SQUALL], [path, "--env-var", "base=" + shop.url, *options], tmp_path)
        if "built without scripts" in done.stderr:
            pytest.skip("built without scripts")
        assert done.returncode == 0, done.stdout
        assert [one[1] for one in shop.requests] == ["/redirect", *(["/to"] if status == 200 else [])] * 2
        assert shop.requests[-1][2]["cookie"] == "k=v"


def test_silent_prints_nothing_and_junit_is_written(shop, tmp_path):
    done = run(shop, tmp_path, "--silent", "-r", "cli,junit", "--reporter-junit-export", tmp_path / "r.xml")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 1)
    root = ElementTree.parse(tmp_path / "r.xml").getroot()
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in root] == [
        ("root one", "3", "1", "0"), ("Folder / in folder", "0", "0", "1"), ("Folder / Deep / deep", "0", "0", "0"),
        ("Folder / Deep / chooses", "1", "0", "0"), ("last", "1", "1", "1")]
    failure = root[0].findall("testcase")[1].find("failure")
    assert failure.get("message") == "expected { message: 'hello', …(4) } to have property 'nope'"
    assert "Collection JSON ID: 11111111-2222-3333-4444-555555555555." in failure.text
    assert root[0].find("testcase").get("classname") == "RootOne"


def test_variables_are_exported_as_they_ended(shop, tmp_path):
    run(shop, tmp_path, "--silent", "--export-environment", tmp_path / "e.json", "--export-globals", tmp_path / "g.json",
        name="scripts")
    environment = json.loads((tmp_path / "e.json").read_text())
    assert environment["_postman_variable_scope"] == "environment"
    assert {row["key"]: row["value"] for row in environment["values"]} == {"base": shop.url, "token": "POST-1", "count": 3}
    assert json.loads((tmp_path / "g.json").read_text())["values"] == [{"key": "g", "value": [1, 2], "type": "any"}]


def test_delays_and_timeouts_are_kept(shop, tmp_path):
    slow = tmp_path / "slow.json"
    slow.write_text(json.dumps({"info": {"name": "S"}, "item": [{"name": "a", "request": "{{base}}/silent"}, {"name": "b", "request": "{{base}}/b"}]}))
    done = command([SQUALL], [slow, "--env-var", "base=" + shop.url, "--timeout-request", "300", "--delay-request", "50"], tmp_path)
    assert done.returncode == 1 and "ESOCKETTIMEDOUT" in done.stdout and "[200 OK" in done.stdout


def test_requests_that_cannot_be_sent_do_not_pile_up_on_the_stack(tmp_path):
    items = [{"name": "r%d" % number, "request": "ftp://x/%d" % number,
              "event": [{"listen": "test", "script": {"exec": "pm.test('a', () => {})"}}]} for number in range(2000)]
    (tmp_path / "c.json").write_text(json.dumps({"info": {"name": "C"}, "item": items}))
    done = subprocess.run(["sh", "-c", 'ulimit -s 1024 && exec "$@"', "sh", SQUALL, "run", "c.json", "-r", "json",
                           "--reporter-json-export", "r.json"], cwd=tmp_path, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    if "built without scripts" in done.stderr:
        pytest.skip("built without scripts")
    assert done.returncode == 1, done.stderr[-300:]
    assert json.loads((tmp_path / "r.json").read_text())["run"]["stats"]["requests"] == {"total": 2000, "pending": 0, "failed": 2000}
