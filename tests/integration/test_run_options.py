"""squall run's options beside newman's: what it reads and writes. newman 6.2.2's files are kept in tests/data/postman
(run-exports.*.out.json); with NEWMAN and NEWMAN_KEEP=1 they are made anew, as in test_run.py."""

import json
import os
import re

import pytest

from http_peer import Peer
from test_run import DATA, NEWMAN, SQUALL, command

COOKIES = (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2; Max-Age=3600; HttpOnly\r\n"
           b"Set-Cookie: c=3; Path=/deep; Expires=Wed, 01 Jan 2098 00:00:00 GMT; SameSite=Lax; Weird=x; Secure\r\n\r\n")


@pytest.fixture()
def peer():
    with Peer({"/cookie/x": COOKIES}) as one:
        yield one


def run(peer, tmp_path, *arguments, program=(SQUALL,), name="run-exports.json"):
    done = command(list(program), [name if str(name).startswith("http") else DATA / name, "--env-var", "base=" + peer.url, *arguments], tmp_path)
    if "built without scripts" in done.stderr:
        pytest.skip("built without scripts")
    return done


def plain(text, port):
    """Without what differs from run to run."""
    text = text.replace(str(port), "PORT").replace("squall/0.1.0", "Newman/6.2.2")
    text = re.sub(r'"(20[0-8]\d-[^"]*Z)"', '"TIME"', text)
    return re.sub(r'"id": "[0-9a-f-]{36}"', '"id": "ID"', text)


def exports(peer, tmp_path, program):
    out = tmp_path / "out"
    done = run(peer, tmp_path, "-e", DATA / "run-exports.environment.json", "-d", DATA / "run-exports.rows.json", "--global-var", "g=x=y",
               "--export-environment", out / "environment.json", "--export-globals", out / "globals.json",
               "--export-cookie-jar", out / "cookies.json", program=program)
    assert done.returncode == 0, done.stdout + done.stderr
    texts = {name: plain((out / (name + ".json")).read_text(), peer.port) for name in ("environment", "globals", "cookies")}
    texts["console"] = "\n".join(line.rstrip() for line in done.stdout.splitlines() if line.startswith("  │"))
    return texts, [one.target for one in peer.requests], peer.requests[-1].headers.get("cookie")


def test_files_are_written_as_newman_writes_them(peer, tmp_path):
    kept = DATA / "run-exports.out.json"
    if NEWMAN:
        theirs = exports(peer, tmp_path, NEWMAN)
        peer.requests.clear()
        if os.environ.get("NEWMAN_KEEP"):
            kept.write_text(json.dumps(theirs, indent=1, ensure_ascii=False) + "\n")
    else:
        theirs = json.loads(kept.read_text())
    ours = exports(peer, tmp_path, [SQUALL])
    for name, text in theirs[0].items():
        assert ours[0][name] == text, name
    assert list(ours[1:]) == list(theirs[1:])


def test_a_jar_of_cookies_is_taken_along(peer, tmp_path):
    run(peer, tmp_path, "--export-cookie-jar", "jar.json")
    peer.requests.clear()
    run(peer, tmp_path, "--cookie-jar", "jar.json", "--folder", "sends it", "--export-cookie-jar", "again.json")
    assert peer.requests[0].headers["cookie"] == "a=1"
    first, again = (json.loads((tmp_path / name).read_text())["cookies"] for name in ("jar.json", "again.json"))
    assert [{**one, "lastAccessed": 0} for one in first] == [{**one, "lastAccessed": 0} for one in again]
    for text in ("{}", "no JSON"):
        (tmp_path / "jar.json").write_text(text)
        done = run(peer, tmp_path, "--cookie-jar", "jar.json")
        assert done.returncode == 1 and "does not contain valid JSON data" in done.stderr


def test_files_go_into_folders_that_are_made_for_them(peer, tmp_path):
    (tmp_path / "there").mkdir()
    run(peer, tmp_path, "--folder", "sends it", "-r", "json,junit", "--reporter-export", "a/b/report", "--export-environment", "c/d/",
        "--export-globals", "there", "--reporter-html-export", "nobody", "--silent")
    assert (tmp_path / "a/b/report").read_text().startswith("<?xml")
    assert json.loads((tmp_path / "c/d").read_text())["name"] == "environment"
    name, = (tmp_path / "there").iterdir()
    assert re.fullmatch(r"newman-globals-(\d+-){7}0\.json", name.name)
    assert not (tmp_path / "nobody").exists()


def test_an_option_without_a_reporters_name_is_every_reporters(peer, tmp_path):
    done = run(peer, tmp_path, "--folder", "sends it", "--reporter-no-summary", "--reporter-no-banner")
    assert "sends it" in done.stdout and "executed" not in done.stdout and "newman" not in done.stdout.splitlines()[:1]


def collection(tmp_path, items, name="c.json"):
    (tmp_path / name).write_text(json.dumps({"info": {"name": "C"}, "item": items}))
    return tmp_path / name


def shown(done):
    return [line.strip() for line in done.stdout.splitlines() if line.startswith(("  GET", "  POST", "→", "↳", "❏"))]


def test_folders_are_chosen_as_newman_chooses_them(peer, tmp_path):
    request = {"method": "GET", "url": "{{base}}/x"}
    path = collection(tmp_path, [
        {"name": "X", "item": [{"name": "F", "item": [{"name": "1", "request": request}]}, {"name": "b", "request": request}]},
        {"name": "F", "item": [{"name": "b", "request": request}, {"name": "F", "item": [{"name": "4", "request": request}]}]},
        {"id": "by id", "name": "G", "item": [{"name": "5", "request": request}]}, {"name": "empty", "item": []}])
    for names, expected in ((["F"], ["b", "4"]), (["b"], ["b"]), (["b", "F"], ["1", "b"]), (["by id", "4"], ["4", "5"]),
                            (["X", "F"], ["1", "b"]), (["empty"], []), (["b", "b"], ["b"])):
        done = run(peer, tmp_path, *(one for name in names for one in ("--folder", name)), name=path)
        assert done.returncode == 0 and [line[2:] for line in shown(done) if line[0] in "→↳"] == expected, names
    done = run(peer, tmp_path, "--folder", "X", "--folder", "nope", name=path)
    assert done.returncode == 1 and "Invalid entrypoint" in done.stderr


def test_files_of_bodies_are_read_when_they_are_sent(peer, tmp_path):
    (tmp_path / "wd" / "sub").mkdir(parents=True)
    (tmp_path / "wd" / "in.txt").write_text("inside")
    (tmp_path / "out.txt").write_text("outside")

    def posts(mode, value):
        return {"name": "r", "request": {"method": "POST", "url": "{{base}}/f", "body": {"mode": mode, mode: value}}}

    path = collection(tmp_path, [
        {**posts("file", {"src": "{{name}}"}), "event": [{"listen": "prerequest", "script": {
            "exec": "pm.environment.set('name', 'in.txt')"}}]},
        posts("file", {"src": "../out.txt"}), posts("file", {"src": "nope.txt"}), posts("file", {"src": "sub"}), posts("file", {}),
        posts("formdata", [{"key": "a", "type": "file", "src": "nope.txt"}, {"key": "b", "type": "file", "src": None},
                           {"key": "c", "type": "file", "src": "in.txt"}])])
    done = run(peer, tmp_path, "--working-dir", "wd", name=path)
    assert done.returncode == 0
    assert [one.body for one in peer.requests][:5] == [b"inside", b"outside", b"", b"", b""]
    form = peer.requests[5].body.decode()
    assert 'name="b"; filename=""' in form and 'name="c"; filename="in.txt"' in form and 'name="a"' not in form
    text = done.stdout.replace("\n  │ ", "")
    for one in ('\'Binary file load error: "nope.txt", no such file\'', '\'Binary file load error: "sub", is not a file\'',
                "'Binary file load error: invalid or missing file source'", "'Form param `a`, file load error: \"nope.txt\", no such file'",
                "'Form param `b`, file load error: missing file source'"):
        assert one in text, text
    peer.requests.clear()
    done = run(peer, tmp_path, "--working-dir", "wd", "--no-insecure-file-read", name=path)
    assert [one.body for one in peer.requests][:2] == [b"inside", b""]
    assert "PPERM: insecure file access outside working directory" in done.stdout.replace("\n  │ ", "")


def test_a_run_that_takes_too_long_has_failed(peer, tmp_path):
    path = collection(tmp_path, [{"name": "r", "request": "{{base}}/x"}] * 2)
    done = run(peer, tmp_path, "--delay-request", "60000", "--timeout", "800", name=path)
    assert done.returncode == 1 and "callback timed out" in done.stderr and len(peer.requests) == 1
    assert run(peer, tmp_path, "--timeout", "60000", name=path).returncode == 0


def test_what_newman_takes_is_taken(peer, tmp_path):
    path = collection(tmp_path, [{"name": "r", "request": "{{base}}/x?{{none}}&{{off}}"}])
    (tmp_path / "e.json").write_text('{"name": "no values"}')
    assert run(peer, tmp_path, "more.json", "-e", "e.json", "--env-var", "none", name=path).returncode == 0
    assert peer.requests[0].target == "/x?&{{off}}"
    done = run(peer, tmp_path, name=collection(tmp_path, [], "empty.json"))
    assert done.returncode == 0 and "executed" in done.stdout


def test_collection_environment_globals_and_data_may_be_at_addresses(tmp_path):
    def body(what):
        text = b"\xef\xbb\xbf" + json.dumps(what).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text

    files = {"/c": body({"info": {"name": "C"}, "item": [{"name": "r", "request": "{{base}}/x?{{e}}{{g}}{{d}}"}]}),
             "/e": body({"values": [{"key": "e", "value": "E"}]}), "/g": body({"values": [{"key": "g", "value": "G"}]}),
             "/d": body([{"d": 1}, {"d": 2}]), "/moved": b"HTTP/1.1 302 Found\r\nLocation: /c\r\nContent-Length: 0\r\n\r\n",
             "/gone": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}
    with Peer(files) as peer, Peer(files) as proxy:
        at = peer.url
        done = run(peer, tmp_path, "-e", at + "/e", "-g", at + "/g", "-d", at + "/d", name=at + "/moved")
        assert done.returncode == 0, done.stderr
        assert [one.target for one in peer.requests] == ["/moved", "/c", "/g", "/e", "/d", "/x?EG1", "/x?EG2"]
        for name, message in ((at + "/gone", "status code: 404"), ("http://127.0.0.1:1/", "connect ECONNREFUSED 127.0.0.1:1"),
                              (at + "/nothing", "is no JSON")):
            done = run(peer, tmp_path, name=name)
            assert done.returncode == 1 and message in done.stderr and done.stderr.count("\n") == 1, done.stderr
        proxy.requests.clear()
        command([SQUALL], ["http://far.invalid/c"], tmp_path, HTTP_PROXY=proxy.url)
        assert proxy.requests[0].target == "http://far.invalid/c"
