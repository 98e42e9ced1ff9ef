"""squall load with Postman's scripts: what they change must be on the wire, what they test in the figures."""

import gzip
import json
import os
import subprocess

import pytest

from test_load import SQUALL, Server, collection


class Echo(Server):
    """Answers JSON that says what was asked."""

    async def answer_echo(self, writer, path):
        method, _, headers, body = self.requests[-1]
        text = json.dumps({"message": "hello", "method": method, "path": path, "body": body.decode(),
                           "headers": headers, "items": [1, 2, 3]}).encode()
        coding = b""
        if "gzip" in path:
            text, coding = gzip.compress(text), b"Content-Encoding: gzip\r\n"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s" %
                     (coding, len(text), text))
        return True


@pytest.fixture()
def echo():
    one = Echo()
    yield one
    one.stop()


def scripts(prerequest=None, test=None):
    return [{"listen": listen, "script": {"exec": text.split("\n")}}
            for listen, text in (("prerequest", prerequest), ("test", test)) if text]


def item(name, url, prerequest=None, test=None, **request):
    return {"name": name, "request": {"method": "GET", "url": url, **request}, "event": scripts(prerequest, test)}


def load(tmp_path, items, *arguments, status=0, **members):
    # JavaScriptCore's heap is opaque to LeakSanitizer.
    done = subprocess.run([SQUALL, "load", str(collection(tmp_path, items, **members)), "--json", str(tmp_path / "r.json"),
                           *map(str, arguments)], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    if "built without scripts" in done.stderr:
        pytest.skip("built without scripts")
    assert done.returncode == status, done.stderr
    return json.loads((tmp_path / "r.json").read_text()) if status < 2 else None, done


def test_failed_tests_are_counted_and_named(echo, tmp_path):
    result, done = load(tmp_path, [
        item("good", echo.url + "/echo", test="pm.test('ok', () => pm.response.to.have.status(200))"),
        item("bad", echo.url + "/echo", test="""pm.test('says bye', () => pm.expect(pm.response.json().message).to.equal('bye'))
                                                tests['old way'] = false"""),
    ], "--vus", 2, "--iterations", 6, "--fail-if", "failed_tests>11", status=1)
    assert (result["totals"]["failed_tests"], result["totals"]["errors"]) == (12, 0)
    assert [row["failed_tests"] for row in result["requests"]] == [0, 12]
    assert "6   bad: says bye: expected 'hello' to equal 'bye'" in done.stdout
    assert "6   bad: old way: expected false to be truthy" in done.stdout


def test_tests_of_all_levels_are_counted(echo, tmp_path):
    result, done = load(tmp_path, [
        {"name": "folder", "event": scripts(test="pm.test('folder', () => pm.expect(1).to.eql(2));"), "item": [
            item("inner", echo.url + "/echo", prerequest="pm.test('before', () => {});", test="pm.test('a', () => {}); pm.test.skip('b', () => {});")]},
        item("outer", echo.url + "/echo"),
    ], "--vus", 2, "--iterations", 4, event=scripts(test="pm.test('one', () => {}); tests['two'] = true;"))
    assert (result["totals"]["tests"], result["totals"]["failed_tests"]) == (4 * 8, 4), done.stdout
    assert [row["tests"] for row in result["requests"]] == [24, 8]


def test_scripts_change_what_is_sent(echo, tmp_path):
    load(tmp_path, [
        item("one", echo.url + "/echo?c={{c}}&f={{f}}&made={{made}}&n={{n}}&e={{e}}",
             prerequest="pm.environment.set('made', 42)\npm.variables.set('n', '{{c}}')\npm.request.headers.upsert({key: 'X-Made', value: '{{e}}'})",
             test="pm.test('wire', () => pm.expect(pm.response.json().path).to.equal('/echo?c=outer&f=inner&made=42&n=outer&e=env'))\n"
                  "pm.test('head', () => pm.expect(pm.response.json().headers['x-made']).to.equal('env'))\n"
                  "pm.test('sent', () => pm.expect(pm.request.headers.get('x-made')).to.equal('env'))"),
        item("two", echo.url + "/echo/{{made}}", method="POST", body={"mode": "raw", "raw": "{\"v\":\"{{made}}\"}"},
             prerequest="pm.environment.set('made', pm.environment.get('made') + 1)",
             test="pm.test('body', () => pm.expect(JSON.parse(pm.response.json().body)).to.eql({v: '43'}))"),
    ], "--vus", 1, "--iterations", 3, "--env-var", "e=env", "--fail-if", "failed_tests>0",
        event=scripts("pm.variables.set('c', 'outer'); pm.variables.set('f', 'inner')"))
    assert [path for _, path, _, _ in echo.requests[:2]] == ["/echo?c=outer&f=inner&made=42&n=outer&e=env", "/echo/43"]


def test_users_do_not_see_each_others_variables(echo, tmp_path):
    result, done = load(tmp_path, [
        item("one", echo.url + "/echo/{{mine}}", prerequest="pm.environment.set('mine', (pm.environment.get('mine') || 0) + 1)",
             test="pm.test('mine', () => pm.expect(pm.response.json().path).to.equal('/echo/' + pm.environment.get('mine')))"),
    ], "--vus", 5, "--iterations", 50)
    assert result["totals"]["failed_tests"] == 0, done.stdout
    assert sum(echo.counts["/echo/%d" % i] for i in range(1, 51)) == 50 and echo.counts["/echo/1"] == 5


def test_send_request_and_timers_are_waited_for(echo, tmp_path):
    result, done = load(tmp_path, [
        item("one", echo.url + "/echo/{{token}}",
             prerequest="pm.sendRequest({url: '%s/echo/login', method: 'POST', body: {mode: 'raw', raw: 'x'}}, (error, answer) => {\n"
                        "  setTimeout(() => pm.environment.set('token', answer.json().method + answer.code), 5) })" % echo.url,
             test="const refused = await pm.sendRequest('http://127.0.0.1:1/').catch(error => error)\n"
                  "pm.test('token', () => pm.expect(pm.response.json().path).to.equal('/echo/POST200'))\n"
                  "pm.test('refused', () => pm.expect(refused).to.have.property('code', 'ECONNREFUSED'))"),
    ], "--vus", 3, "--iterations", 9)
    assert result["totals"]["failed_tests"] == 0, done.stdout
    assert (echo.counts["/echo/login"], echo.counts["/echo/POST200"], result["totals"]["requests"]) == (9, 9, 9)


@pytest.mark.parametrize("wait", ["setTimeout(() => {}, 400)", "const end = Date.now() + 400; while (Date.now() < end);"])
@pytest.mark.parametrize("path", ["/echo", "/echo?{{$guid}}"])
def test_the_time_of_scripts_is_not_the_answers(echo, tmp_path, wait, path):
    result, _ = load(tmp_path, [item("a", echo.url + path, wait, wait)], "--vus", 1, "--iterations", 2)
    assert result["totals"]["duration_s"] >= 1.6 and result["totals"]["min_ms"] < 400
    result, _ = load(tmp_path, [item("a", echo.url + path, wait)], "--rate", "10/s:100ms")
    assert result["totals"]["requests"] == 1 and result["totals"]["min_ms"] >= 400


def test_scripts_choose_the_next_request(echo, tmp_path):
    load(tmp_path, [
        item("first", echo.url + "/echo/1", test="pm.execution.setNextRequest('third')"),
        item("second", echo.url + "/echo/2"),
        item("third", echo.url + "/echo/3", test="postman.setNextRequest(pm.globals.get('again') ? null : 'skipped'); pm.globals.set('again', 1)"),
        item("fourth", echo.url + "/echo/4"),
        item("skipped", echo.url + "/echo/5", prerequest="pm.execution.skipRequest()", test="pm.test('never', () => pm.expect(1).to.equal(2))"),
        item("last", echo.url + "/echo/6"),
    ], "--vus", 1, "--iterations", 2, "--fail-if", "failed_tests>0")
    assert [path[-1] for _, path, _, _ in echo.requests] == ["1", "3", "6", "1", "3"]


def test_bodies_are_decoded_for_scripts(echo, tmp_path):
    result, done = load(tmp_path, [
        item("one", echo.url + "/echo/gzip", test="pm.test('a', () => pm.expect(pm.response.json().items).to.eql([1, 2, 3]))"),
    ], "--vus", 1, "--iterations", 1)
    assert result["totals"]["failed_tests"] == 0, done.stdout


def test_an_endless_script_is_stopped_and_the_run_goes_on(echo, tmp_path):
    result, done = load(tmp_path, [
        item("one", echo.url + "/echo", test="while (true) ;"),
        item("two", echo.url + "/echo", test="setInterval(() => {}, 1)"),
    ], "--vus", 1, "--iterations", 1, "--timeout-script", "300ms")
    assert (result["totals"]["requests"], result["totals"]["failed_tests"]) == (2, 2)
    assert "sandbox: synchronous script execution timeout" in done.stdout
    assert "sandbox: asynchronous script execution timeout" in done.stdout


def test_data_rows_reach_scripts_with_their_types(echo, tmp_path):
    (tmp_path / "d.csv").write_text("n,s\n7,\"8\"\n")
    result, done = load(tmp_path, [
        item("one", echo.url + "/echo/{{n}}{{s}}",
             test="pm.test('types', () => pm.expect(pm.iterationData.toObject()).to.eql({n: 7, s: '8'}))\n"
                  "pm.test('legacy', () => pm.expect(data.n + iteration).to.equal(7))"),
    ], "--vus", 1, "--iterations", 1, "-d", tmp_path / "d.csv")
    assert result["totals"]["failed_tests"] == 0, done.stdout
    assert echo.counts["/echo/78"] == 1


def test_scripts_can_be_left_out(echo, tmp_path):
    result, done = load(tmp_path, [item("one", echo.url + "/echo", test="pm.test('no', () => pm.expect(1).to.equal(2))")],
                        "--vus", 1, "--iterations", 1, "--no-scripts")
    assert (result["totals"]["failed_tests"], result["generator"]["scripts_left_out"]) == (0, 1)


def test_a_name_that_scripts_leak_is_told(echo, tmp_path):
    _, done = load(tmp_path, [item("one", echo.url + "/echo", test="leaked = 1")], "--vus", 2, "--iterations", 2)
    assert done.stderr == "squall: a script assigns to the undeclared name 'leaked': all users share it\n"


def test_a_script_that_cannot_be_stopped_ends_the_run_and_is_named(echo, tmp_path):
    _, done = load(tmp_path, [item("the culprit", echo.url + "/echo", test="(async () => { while (true) await 0 })()")],
                   "--vus", 1, "--iterations", 1, "--timeout-script", "300ms", status=3)
    assert "squall: the scripts of 'the culprit' run without an end and cannot be stopped" in done.stderr


def test_a_script_without_end_does_not_hold_up_the_end_of_a_run(echo, tmp_path):
    result, done = load(tmp_path, [item("slow", echo.url + "/echo", test="for (;;) ;")], "--vus", 4, "--duration", "300ms",
                        "--profile", "fixed")
    assert "sandbox: the run is over" in done.stdout
    assert result["totals"]["requests"] < 20


def test_too_little_address_space_is_told_not_died_of(echo, tmp_path):
    path = collection(tmp_path, [item("a", echo.url + "/echo", test="pm.test('a', () => {})")])
    release = [SQUALL, "load", str(path), "--iterations", "1"]
    done = subprocess.run(["sh", "-c", 'ulimit -v 2000000 && exec "$@"', "sh", *release], capture_output=True, text=True, timeout=60)
    if "AddressSanitizer" in done.stderr or "Shadow memory" in done.stderr:
        pytest.skip("AddressSanitizer needs more than that for itself")
    assert done.returncode == 3 and "scripts need 6 GB of address space" in done.stderr
