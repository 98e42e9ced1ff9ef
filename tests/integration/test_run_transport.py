"""squall run on the way to its servers: certificates, what requests wish of TLS, proxies of the environment.

What newman 6.2.2 sent and printed in these cases was looked at when they were written.
"""

import json
import os
import re
import ssl
import subprocess
import time

import pytest

from http_peer import SQUALL, Peer, ok
from test_transport import openssl, pki, server_context

__all__ = ["pki"]


def run(tmp_path, items, *arguments, **environment):
    (tmp_path / "c.json").write_text(json.dumps({"info": {"name": "c"}, "item": items}))
    done = subprocess.run([SQUALL, "run", "c.json", *map(str, arguments), "--reporter-cli-no-banner"], cwd=tmp_path,
                          capture_output=True, text=True, timeout=60,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "CI": "1", **environment})
    if "built without scripts" in done.stderr:
        pytest.skip("built without scripts")
    return done


def item(url, script=None, **behavior):
    event = [{"listen": "test", "script": {"exec": script}}] if script else []
    return {"name": "r", "request": url, "protocolProfileBehavior": behavior, "event": event}


def results(done):
    return [line.split("[")[1].split(",")[0].rstrip("]") for line in done.stdout.splitlines() if line.startswith("  GET")]


def test_a_request_says_whether_it_is_strict(pki, tmp_path):
    with Peer(tls=server_context(pki)) as peer:
        items = [item(peer.url + "/"), item(peer.url + "/", strictSSL=False), item(peer.url + "/", strictSSL=True)]
        done = run(tmp_path, items)
        assert results(done) == ["errored", "200 OK", "errored"]
        assert "     unable to verify the first certificate" in done.stdout.splitlines()
        assert results(run(tmp_path, items, "-k")) == ["200 OK", "200 OK", "errored"]
        assert results(run(tmp_path, items, "--ssl-extra-ca-certs", pki / "ca.pem")) == ["200 OK"] * 3


def test_a_request_says_which_protocols_and_ciphers_it_takes(pki, tmp_path):
    with Peer(tls=server_context(pki, version=ssl.TLSVersion.TLSv1_2)) as peer:
        ca = ["--ssl-extra-ca-certs", pki / "ca.pem"]
        suite = "ECDHE-ECDSA-AES128-GCM-SHA256"
        done = run(tmp_path, [item(peer.url + "/"), item(peer.url + "/", tlsDisabledProtocols=["TLSv1_3"]),
                              item(peer.url + "/", tlsDisabledProtocols=["TLSv1_2"]),
                              item(peer.url + "/", tlsCipherSelection=[suite, "TLS_AES_128_GCM_SHA256"]),
                              item(peer.url + "/", tlsCipherSelection=["TLS_AES_128_GCM_SHA256"]),
                              item(peer.url + "/", tlsCipherSelection=["NOPE"])], *ca)
        assert results(done) == ["200 OK", "200 OK", "errored", "200 OK", "errored", "errored"]
        assert "     error:0A0000B9:SSL routines::no cipher match" in done.stdout.splitlines()


def test_certificates_are_chosen_by_the_address(pki, tmp_path):
    openssl("pkcs12", "-export", "-in", "client.pem", "-inkey", "client.key", "-passin", "pass:secret", "-passout", "pass:other",
            "-out", "client.p12", cwd=pki)
    with Peer(tls=server_context(pki, client_needed=True)) as peer:
        one = {"name": "one", "matches": ["https://localhost:*/*"], "cert": {"src": str(pki / "client.pem")},
               "key": {"src": str(pki / "client.key")}, "passphrase": "secret"}
        two = {"name": "two", "matches": ["https://127.0.0.1:*/p12/*"], "pfx": {"src": str(pki / "client.p12")}, "passphrase": "other"}
        (tmp_path / "list.json").write_text(json.dumps([one, two]))
        names = [peer.url.replace("127.0.0.1", "localhost") + "/", peer.url + "/p12/x", peer.url + "/none"]
        script = "pm.sendRequest('%s', (error, answer) => console.log('script', error === null))"
        done = run(tmp_path, [item(names[0]), item(names[1]), item(names[2], script % names[0])], "--ssl-client-cert-list", "list.json",
                   "--ssl-extra-ca-certs", pki / "ca.pem")
        assert results(done) == ["200 OK", "200 OK", "errored", "200 OK"]
        assert "'script', true" in done.stdout
        done = run(tmp_path, [item(name) for name in names], "--ssl-client-cert", pki / "client.pem", "--ssl-client-key", pki / "client.key",
                   "--ssl-client-passphrase", "secret", "-k")
        assert results(done) == ["200 OK"] * 3


def test_a_list_of_certificates_that_is_none_ends_the_run(tmp_path):
    for text, message in (("{", "does not contain valid JSON data"), ("{}", "to be an array"), ('[{"cert": {}}]', 'has no "matches"'),
                          ('[{"matches": [], "cert": {"src": "nothing.pem"}}]', "nothing.pem")):
        (tmp_path / "list.json").write_text(text)
        done = run(tmp_path, [item("https://127.0.0.1:1/")], "--ssl-client-cert-list", "list.json")
        assert done.returncode == 1 and message in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_proxies_of_the_environment_are_used_but_for_no_proxy(tmp_path):
    with Peer() as peer, Peer() as proxy:
        urls = [peer.url + "/a", peer.url.replace("127.0.0.1", "localhost") + "/b"]
        for environment, expected in (({"HTTP_PROXY": proxy.url}, urls), ({"http_proxy": proxy.url, "NO_PROXY": "localhost"}, urls[:1]),
                                      ({"HTTP_PROXY": proxy.url, "no_proxy": "localhost:1,127.0.0.1:%d" % peer.port}, urls[1:]),
                                      ({"http_proxy": proxy.url, "NO_PROXY": "*"}, []), ({"HTTPS_PROXY": proxy.url}, []),
                                      ({"HTTP_PROXY": proxy.url.replace("http://", "http://n%20n:p@")}, urls)):
            proxy.requests.clear()
            done = run(tmp_path, [item(url) for url in urls], **environment)
            assert results(done) == ["200 OK"] * 2
            assert [one.target for one in proxy.requests] == expected
        assert proxy.requests[0].headers["proxy-authorization"] == "Basic biBuOnA="


def test_followed_redirects_are_as_the_request_says(tmp_path):
    with Peer({"/from": b"HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n"}) as peer:
        items = [item(peer.url + "/from"), item(peer.url + "/from", followRedirects=True), item(peer.url + "/from", followRedirects=False)]
        assert results(run(tmp_path, items)) == ["200 OK", "200 OK", "302 Found"]
        assert results(run(tmp_path, items, "--ignore-redirects")) == ["302 Found", "200 OK", "302 Found"]
        items[0]["event"] = [{"listen": "prerequest", "script": {"exec": "pm.request.headers.add({key: 'x', value: 'y'})"}}]
        assert results(run(tmp_path, items, "--ignore-redirects")) == ["302 Found", "200 OK", "302 Found"]


def test_failures_have_nodes_words_and_members(tmp_path):
    with Peer({"/loop": b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"}) as peer:
        rows = [("http://127.0.0.1:1/x", "connect ECONNREFUSED 127.0.0.1:1",
                 {"errno": -111, "code": "ECONNREFUSED", "syscall": "connect", "address": "127.0.0.1", "port": 1}),
                ("http://no.invalid/", "getaddrinfo ENOTFOUND no.invalid",
                 {"errno": -3008, "code": "ENOTFOUND", "syscall": "getaddrinfo", "hostname": "no.invalid"}),
                ("ftp://host/", "Invalid protocol: ftp:", {}),
                (peer.url + "/loop", "Exceeded maxRedirects. Probably stuck in a redirect loop %s/loop" % peer.url, {})]
        script = "pm.sendRequest(%s, (error, answer) => console.log(JSON.stringify([error, answer.code, String(error)])))"
        items = [item(url, script % json.dumps(url)) for url, _, _ in rows]
        done = run(tmp_path, items, "-r", "json", "--reporter-json-export", "r.json")
        report = json.loads((tmp_path / "r.json").read_text())["run"]
        assert [one["error"]["message"] for one in report["failures"]] == [text for _, text, _ in rows for _ in range(2)]
        assert [one["requestError"] for one in report["executions"]] == [members for _, _, members in rows for _ in range(2)]
        failed = [one["error"] for one in report["failures"] if one["at"] == "request"]
        assert failed == [{**members, "name": "Error", "message": message} for _, message, members in rows for _ in range(2)]
        lines = run(tmp_path, items).stdout
        assert '\'[{"errno":-111,"code":"ECONNREFUSED",' in lines and "[object Object]" in lines
        assert done.returncode == 1


def shown_phases(done):
    """The tables of `--verbose`: {name: text} each."""
    lines = done.stdout.splitlines()
    tables = [(lines[at], lines[at + 1]) for at, line in enumerate(lines) if line.startswith("  prepare")]
    return [dict(zip(names.split(), values.split(), strict=True)) for names, values in tables]


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(µs|ms|s)", text).groups()
    return float(number) * {"µs": 0.001, "ms": 1, "s": 1000}[unit]


def test_verbose_shows_where_the_time_of_a_request_went(pki, tmp_path):
    def slow(request):
        time.sleep(0.2)
        return ok(b"{}", "Content-Type: application/json; charset=utf-8")

    names = ["prepare", "wait", "dns-lookup", "tcp-handshake", "ssl-handshake", "transfer-start", "download", "process", "total"]
    with Peer(tls=server_context(pki)) as secure, Peer({"/slow": slow}) as plain:
        done = run(tmp_path, [item(secure.url + "/a"), item(secure.url + "/b"), item(plain.url + "/slow")], "-k", "--verbose",
                   "-r", "cli,json", "--reporter-json-export", "r.json")
    first, second, third = shown_phases(done)
    assert list(first) == list(second) == names and list(third) == [name for name in names if name != "ssl-handshake"]
    assert "(cache)" not in (first["tcp-handshake"], first["ssl-handshake"])
    assert [second[name] for name in names[2:5]] == ["(cache)"] * 3
    assert milliseconds(third["transfer-start"]) >= 199 and milliseconds(third["total"]) >= milliseconds(third["transfer-start"])
    assert "  ┌ ↓ application/json ★ text ★ json ★ utf8 ★ 2B" in done.stdout.splitlines()
    assert re.search(r"^  200 OK ★ \S+ time ★ \d+B↑ \d+B↓ size ★ 7↑ 2↓ headers ★ 0 cookies$", done.stdout, re.M)
    timings = json.loads((tmp_path / "r.json").read_text())["run"]["timings"]
    assert 199 <= timings["firstByteMax"] and 0 < timings["firstByteMin"] < 199 and timings["dnsSd"] >= 0
    assert "average first byte time: " in done.stdout
    quiet = json.loads((run(tmp_path, [item("http://127.0.0.1:1/")], "-r", "json", "--reporter-json-export", "r.json"),
                        (tmp_path / "r.json").read_text())[1])["run"]["timings"]
    assert quiet["firstByteMax"] == quiet["dnsAverage"] == 0
