"""squall load and squall run in HTTP/2: against the h2 package's server, well-behaved and hostile, and against nginx."""

import gzip
import json
import os
import shutil
import socket
import ssl
import subprocess
import time

import pytest

pytest.importorskip("h2")
from http2_peer import Http2Peer, Request, frame  # noqa: E402
from http_peer import SQUALL, Peer, load, ok  # noqa: E402
from test_transport import measure, pki, server_context  # noqa: E402, F401

PRIOR = "--http2-prior-knowledge"
INTERNAL_ERROR, FLOW_CONTROL_ERROR, REFUSED_STREAM, CANCEL, ENHANCE_YOUR_CALM = 2, 3, 7, 8, 11


def offering(context, *protocols):
    context.set_alpn_protocols(list(protocols))
    return context


def errors(result):
    return {row["class"]: row["first"].partition(": ")[2] for row in result["error_classes"]}


def posting(folder, url, size, name="post.json"):
    path = folder / name
    path.write_text(json.dumps({"info": {"name": "post"}, "item": [{"name": "post", "request": {
        "method": "POST", "url": url, "body": {"mode": "raw", "raw": "x" * size}}}]}))
    return path


def run(folder, items, *arguments):
    path = folder / "collection.json"
    path.write_text(json.dumps({"info": {"name": "c"}, "item": items}))
    return subprocess.run([SQUALL, "run", str(path), "--disable-unicode", "--color", "off", *map(str, arguments)],
                          capture_output=True, text=True, timeout=60, cwd=folder, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})


# --- what goes out -------------------------------------------------------------------------------


def test_a_request_has_http2s_fields(tmp_path):
    with Http2Peer() as peer:
        result = measure(tmp_path, peer.url + "/a?b=c", PRIOR, "--vus", 1, "--iterations", 3)
        assert (result["totals"]["requests"], result["totals"]["errors"]) == (3, 0)
        fields = peer.requests[0].fields
        assert fields[:4] == [(":method", "GET"), (":scheme", "http"), (":path", "/a?b=c"),
                              (":authority", "127.0.0.1:%d" % peer.port)]
        names = {name for name, _ in fields[4:]}
        assert {"user-agent", "accept", "accept-encoding"} <= names and not names & {"host", "connection"}


def test_each_user_has_one_connection_and_one_request_on_it(tmp_path):
    together = []

    def answer(request):
        together.append(len(request.served.requests))
        request.answer()

    with Http2Peer({"/": answer}) as peer:
        result = measure(tmp_path, peer.url + "/", PRIOR, "--vus", 5, "--profile", "fixed", "--iterations", 200)
        assert result["totals"]["errors"] == 0 and len(peer.requests) == 200
        assert peer.connections == 5 and set(together) == {0}


def test_https_takes_http2_where_the_server_does(pki, tmp_path):
    context = offering(server_context(pki), "h2", "http/1.1")
    with Http2Peer(tls=context) as peer:
        result = measure(tmp_path, peer.url + "/", "--http2", "--vus", 3, "--iterations", 30, "--cacert", pki / "ca.pem")
        assert (result["totals"]["errors"], len(peer.requests)) == (0, 30)
        assert dict(peer.requests[0].fields)[":scheme"] == "https"


def test_https_falls_back_where_the_server_does_not(pki, tmp_path):
    with Peer(tls=offering(server_context(pki), "http/1.1")) as peer:
        result = measure(tmp_path, peer.url + "/", "--http2", "--vus", 2, "--iterations", 10, "--cacert", pki / "ca.pem")
        assert (result["totals"]["errors"], peer.total) == (0, 10)
        assert result["generator"]["connections"] == {"HTTP/1.1": 2, "HTTP/2": 0}
        arguments = "--http2", "--vus", 1, "--iterations", 1, "--quiet", "--cacert", pki / "ca.pem"
        done = load(peer.url + "/", *arguments)
        assert " s, HTTP/1.1\n" in done.stdout and done.stdout.count("HTTP/2 was asked for, and 1 connections spoke HTTP/1.1") == 1
        done = run(tmp_path, [{"name": "r", "request": peer.url + "/"}], "--http2", "--ssl-extra-ca-certs", pki / "ca.pem")
        assert done.returncode == 0 and done.stderr.count("HTTP/2 was asked for") == 1


def test_reports_say_what_was_spoken(tmp_path):
    with Http2Peer() as peer:
        done = load(peer.url + "/", PRIOR, "--vus", 2, "--profile", "fixed", "--iterations", 10, "--quiet", "--json", tmp_path / "a.json")
        assert " s, HTTP/2\n" in done.stdout and "asked for" not in done.stdout
        result = json.loads((tmp_path / "a.json").read_text())
        assert result["options"]["http"] == "2-prior-knowledge"
        assert result["generator"]["connections"] == {"HTTP/1.1": 0, "HTTP/2": 2}
        subprocess.run([SQUALL, "merge", "a.json", "a.json", "--json", "b.json"], cwd=tmp_path, check=True, capture_output=True)
        merged = json.loads((tmp_path / "b.json").read_text())
        assert merged["generator"]["connections"] == {"HTTP/1.1": 0, "HTTP/2": 4}


@pytest.mark.parametrize("options, spoken", [([], "http/1.1"), (["--http1.1"], "http/1.1"), (["--http2"], "h2")])
def test_http2_is_offered_only_when_asked_for(pki, tmp_path, options, spoken):
    chosen = []
    context = offering(server_context(pki), "h2", "http/1.1")
    context.sni_callback = lambda connection, name, _: chosen.append(connection)
    with Peer(tls=context) as peer:
        load("https://localhost:%d/" % peer.port, *options, "--vus", 1, "--iterations", 1, "--quiet", "--timeout-request",
             "1s", "--cacert", pki / "ca.pem")
        assert chosen[0].selected_alpn_protocol() == spoken


def test_http_stays_http_1_1_without_prior_knowledge(tmp_path):
    with Peer() as peer:
        assert measure(tmp_path, peer.url + "/", "--http2", "--vus", 1, "--iterations", 2)["totals"]["errors"] == 0
        assert "upgrade" not in peer.requests[0].headers


def test_two_versions_at_once_are_a_mistake():
    done = load("http://127.0.0.1/", "--http2", "--http1.1")
    assert done.returncode == 2 and "one of --http1.1, --http2" in done.stderr


# --- answers -------------------------------------------------------------------------------------


def test_large_bodies_go_both_ways(tmp_path):
    with Http2Peer({"/": lambda request: request.answer(body=request.body * 2)}) as peer:
        result = measure(tmp_path, posting(tmp_path, peer.url + "/", 3_000_000), PRIOR, "--vus", 2, "--iterations", 4)
        assert result["totals"]["errors"] == 0
        assert [len(request.body) for request in peer.requests] == [3_000_000] * 4
        # Frame heads come on top.
        assert 6_000_000 < result["totals"]["bytes_in"] / 4 < 6_100_000
        assert 3_000_000 < result["totals"]["bytes_out"] / 4 < 3_050_000


def test_large_bodies_go_both_ways_through_tls(pki, tmp_path):
    with Http2Peer({"/": lambda request: request.answer(body=request.body)}, tls=offering(server_context(pki), "h2")) as peer:
        result = measure(tmp_path, posting(tmp_path, peer.url + "/", 2_000_000), "--http2", "--vus", 2, "--iterations", 4,
                         "--cacert", pki / "ca.pem")
        assert result["totals"]["errors"] == 0 and 2_000_000 < result["totals"]["bytes_in"] / 4 < 2_040_000


def test_interim_answers_trailers_and_pings_are_passed_over(tmp_path):
    def answer(request):
        request.interim(103, [("link", "</a>")])
        request.raw(frame(6, 0, 0, b"pingping"))
        request.answer(404, b"gone", trailers=[("x-sum", "1")])

    with Http2Peer({"/": answer}) as peer:
        result = measure(tmp_path, peer.url + "/", PRIOR, "--vus", 1, "--iterations", 4)
        assert result["status_codes"] == {"404": 4} and result["totals"]["errors"] == 0 and peer.connections == 1
        assert result["answers"][0]["text"] == "HTTP/2 404\ngone"


def test_an_answer_before_the_body_is_out_keeps_the_connection(tmp_path):
    with Http2Peer(early={"/": lambda request: request.answer(413)}, reads=False) as peer:
        result = measure(tmp_path, posting(tmp_path, peer.url + "/", 1_000_000), PRIOR, "--vus", 1, "--iterations", 3)
        assert result["status_codes"] == {"413": 3} and result["totals"]["errors"] == 0
        assert peer.connections == 1 and peer.resets == [CANCEL] * 3


def test_settings_of_the_server_are_kept_to(tmp_path):
    settings = {1: 0, 4: 100, 5: 20000, 6: 1000}  # no HPACK table, a window of 100 bytes, larger frames
    with Http2Peer({"/": lambda request: request.answer(body=request.body)}, settings=settings) as peer:
        result = measure(tmp_path, posting(tmp_path, peer.url + "/", 5000), PRIOR, "--vus", 2, "--iterations", 6)
        assert result["totals"]["errors"] == 0 and {len(request.body) for request in peer.requests} == {5000}


# --- the end of connections ----------------------------------------------------------------------


def test_a_drained_connection_is_followed_by_another(tmp_path):
    def answer(request):
        if request.served.count == 5:
            request.goaway(request.stream)
        request.answer()

    with Http2Peer({"/": answer}) as peer:
        result = measure(tmp_path, peer.url + "/", PRIOR, "--vus", 1, "--iterations", 20)
        assert (result["totals"]["errors"], len(peer.requests), peer.connections) == (0, 20, 4)


@pytest.mark.parametrize("refuse", [lambda request: request.goaway(request.stream - 2), lambda request: request.reset(REFUSED_STREAM)])
def test_a_request_that_was_not_processed_goes_out_again(tmp_path, refuse):
    def answer(request):
        if request.served.index == 1 and request.served.count == 3:
            refuse(request)
        else:
            request.answer()

    with Http2Peer({"/": answer}) as peer:
        result = measure(tmp_path, peer.url + "/", PRIOR, "--vus", 1, "--iterations", 5)
        assert (result["totals"]["requests"], result["totals"]["errors"]) == (5, 0)
        assert (len(peer.requests), peer.connections) == (6, 2)


def test_a_server_that_refuses_everything_is_an_error(tmp_path):
    with Http2Peer({"/": lambda request: request.reset(REFUSED_STREAM)}) as peer:
        result = measure(tmp_path, peer.url + "/", PRIOR, "--vus", 1, "--iterations", 3)
        assert errors(result) == {"reset": "HTTP/2: the server reset the stream: REFUSED_STREAM (0x7)"}
        assert len(peer.requests) == 3


def test_a_stream_that_is_reset_is_an_error_that_names_the_code(tmp_path):
    with Http2Peer({"/": lambda request: request.reset(INTERNAL_ERROR)}) as peer:
        result = measure(tmp_path, peer.url + "/", PRIOR, "--vus", 1, "--iterations", 4)
        assert errors(result) == {"reset": "HTTP/2: the server reset the stream: INTERNAL_ERROR (0x2)"}
        assert result["totals"]["errors"] == 4 and peer.connections == 1


def test_a_goaway_with_a_reason_names_it(tmp_path):
    def answer(request):
        request.goaway(request.stream, ENHANCE_YOUR_CALM)
        request.close()

    with Http2Peer({"/": answer}) as peer:
        result = measure(tmp_path, peer.url + "/", PRIOR, "--vus", 1, "--iterations", 2)
        assert errors(result) == {"closed": "HTTP/2: the server ended the connection: ENHANCE_YOUR_CALM (0xb)"}


def test_a_connection_that_ends_within_the_answer_is_an_error(tmp_path):
    def answer(request):
        request.interim(200, [("content-length", "10")])
        request.close()

    with Http2Peer({"/": answer}) as peer:
        result = measure(tmp_path, peer.url + "/", PRIOR, "--vus", 1, "--iterations", 2)
        assert errors(result) == {"closed": "the connection was closed within the answer"}


def test_a_connection_that_is_gone_while_we_write_ends_no_run(tmp_path):
    def answer(request):
        request.raw(frame(1, 4, request.stream, b"\x88") + (frame(0, 0, request.stream, b"x" * 16384) + frame(6, 0, 0, b"pingping")) * 30)
        request.served.socket.shutdown(socket.SHUT_WR)
        request.served.socket.close()  # a reset behind all that: our next answer to a ping meets a broken pipe

    with Http2Peer({"/": answer}) as peer:
        result = measure(tmp_path, peer.url + "/", PRIOR, "--vus", 10, "--profile", "fixed", "--iterations", 100)
        assert result["totals"]["errors"] == 100 and set(errors(result)) <= {"closed", "reset"}


@pytest.mark.parametrize("hostile, says", [
    (lambda request: request.raw(b"\xff" * 100), ""),
    (lambda request: request.raw(frame(0, 1, request.stream, b"a body first")), ""),
    (lambda request: request.raw(frame(1, 5, request.stream, b"\xff\xff\xff")), ""),
    (lambda request: request.raw(frame(8, 0, 0, b"\x7f\xff\xff\xff")), "flow"),
    (lambda request: request.answer(body=b"12345", headers=[("content-length", "3")]), ""),
    (lambda request: request.answer(headers=[("x-%d" % i, "v" * 9000) for i in range(9)]), "the head is too long"),
    (lambda request: request.raw(frame(1, 0, request.stream, b"\x88") + frame(9, 0, request.stream) * 50), "CONTINUATION"),
])
def test_what_is_no_answer_is_an_error(tmp_path, hostile, says):
    with Http2Peer({"/": hostile}) as peer:
        result = measure(tmp_path, peer.url + "/", PRIOR, "--vus", 2, "--iterations", 4, "--timeout-request", "10s")
        (kind, text), = errors(result).items()
        assert kind in ("parse", "reset") and text.startswith("HTTP/2: ") and says.lower() in text.lower()
        assert result["totals"]["errors"] == 4


def test_a_server_of_http_1_is_told_apart(tmp_path):
    bad = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve():
            for _ in range(2):
                sock, _ = listener.accept()  # the first only looks whether something listens
                with sock:
                    if sock.recv(1000):
                        sock.sendall(bad)
        import threading
        threading.Thread(target=serve, daemon=True).start()
        result = measure(tmp_path, "http://127.0.0.1:%d/" % listener.getsockname()[1], PRIOR, "--vus", 1, "--iterations", 1)
    assert errors(result) == {"parse": "HTTP/2: the server answers in HTTP/1"}


def test_a_window_that_never_opens_ends_in_a_timeout(tmp_path):
    with Http2Peer(reads=False) as peer:
        result = measure(tmp_path, posting(tmp_path, peer.url + "/", 500_000), PRIOR, "--vus", 1, "--iterations", 2,
                         "--timeout-request", "300ms")
        assert set(errors(result)) == {"timeout"} and result["totals"]["errors"] == 2


# --- proxies -------------------------------------------------------------------------------------


def test_https_through_a_proxys_tunnel(pki, tmp_path):
    with Peer() as proxy, Http2Peer(tls=offering(server_context(pki), "h2")) as peer:
        result = measure(tmp_path, peer.url + "/", "--http2", "--vus", 2, "--iterations", 10, "--cacert", pki / "ca.pem",
                         "--proxy", proxy.url)
        assert (result["totals"]["errors"], len(peer.requests), proxy.total) == (0, 10, 2)


def test_prior_knowledge_takes_a_tunnel_too(tmp_path):
    with Peer() as proxy, Http2Peer() as peer:
        result = measure(tmp_path, peer.url + "/a", PRIOR, "--vus", 2, "--iterations", 10, "--proxy", proxy.url)
        assert (result["totals"]["errors"], len(peer.requests), proxy.total) == (0, 10, 2)
        assert {request.method for request in proxy.requests} == {"CONNECT"}


# --- collections ---------------------------------------------------------------------------------


def test_cookies_redirects_and_codings_work_as_in_http_1_1(tmp_path):
    answers = {
        "/first": lambda request: request.answer(302, b"", [("location", "/second"), ("set-cookie", "a=1"), ("set-cookie", "b=2")]),
        "/second": lambda request: request.answer(201, gzip.compress(b'{"n": 7}'), [("content-encoding", "gzip"), ("x-trace", "t")]),
    }
    test = """pm.test("as sent", function () {
        pm.expect(pm.response.code).to.equal(201);
        pm.expect(pm.response.status).to.equal("Created");
        pm.expect(pm.response.json().n).to.equal(7);
        pm.response.to.have.header("X-Trace", "t");
        pm.expect(pm.cookies.get("b")).to.equal("2");
    });
    pm.sendRequest(pm.request.url.toString().replace("first", "third"), function (error, response) {
        pm.test("sent", function () { pm.expect(error).to.equal(null); pm.expect(response.status).to.equal("OK"); });
    });"""
    with Http2Peer(answers) as peer:
        done = run(tmp_path, [{"name": "r", "request": {"url": peer.url + "/first", "header": [{"key": "X-Mixed", "value": "Yes"}]},
                               "event": [{"listen": "test", "script": {"exec": test.split("\n")}}]}], PRIOR)
        assert done.returncode == 0, done.stdout
        assert "[201 Created" in done.stdout
        paths = [request[":path"] for request in peer.requests]
        assert paths == ["/first", "/second", "/third"]
        assert peer.requests[1]["cookie"] == "a=1; b=2" and peer.requests[1]["x-mixed"] == "Yes"
        assert all(name == name.lower() for request in peer.requests for name, _ in request.fields)


def test_squall_run_takes_the_option_too(pki, tmp_path):
    with Http2Peer(tls=offering(server_context(pki), "h2")) as peer:
        done = run(tmp_path, [{"name": "r", "request": peer.url + "/"}], "--http2", "--ssl-extra-ca-certs", pki / "ca.pem")
        assert done.returncode == 0 and len(peer.requests) == 1, done.stdout


def test_head_has_no_body(tmp_path):
    def answer(request):
        request.served.h2.send_headers(request.stream, [(":status", "200"), ("content-length", "1000")], end_stream=True)

    path = tmp_path / "head.json"
    with Http2Peer({"/": answer}) as peer:
        path.write_text(json.dumps({"info": {"name": "h"}, "item": [{"name": "h", "request": {"method": "HEAD", "url": peer.url + "/"}}]}))
        assert measure(tmp_path, path, PRIOR, "--vus", 1, "--iterations", 2)["totals"]["errors"] == 0


# --- nginx ---------------------------------------------------------------------------------------

NGINX = """daemon off; worker_processes 1; pid %(folder)s/pid; error_log %(folder)s/error.log;
events { worker_connections 256; }
http { access_log off; keepalive_requests 7; client_max_body_size 50m;
  client_body_temp_path %(folder)s/a; proxy_temp_path %(folder)s/b; fastcgi_temp_path %(folder)s/c; uwsgi_temp_path %(folder)s/d; scgi_temp_path %(folder)s/e;
  server { listen 127.0.0.1:%(port)d ssl http2; ssl_certificate %(pki)s/server.pem; ssl_certificate_key %(pki)s/server.key;
    location / { return 200 'hello'; } location /limit { client_max_body_size 10; } } }
"""


@pytest.fixture(scope="module")
def nginx(pki, tmp_path_factory):
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX % {"folder": folder, "port": port, "pki": pki})
    process = subprocess.Popen(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.DEVNULL)
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.01)
    yield "https://127.0.0.1:%d" % port
    process.terminate()
    process.wait(10)


def test_nginx_drains_its_connections_without_errors(pki, nginx, tmp_path):
    result = measure(tmp_path, nginx + "/", "--http2", "--vus", 4, "--profile", "fixed", "--iterations", 400, "--cacert", pki / "ca.pem")
    assert result["status_codes"] == {"200": 400} and result["totals"]["errors"] == 0


def test_nginx_takes_a_body(pki, nginx, tmp_path):
    result = measure(tmp_path, posting(tmp_path, nginx + "/", 5_000_000), "--http2", "--vus", 2, "--iterations", 6, "--cacert", pki / "ca.pem")
    assert result["status_codes"] == {"200": 6} and result["totals"]["errors"] == 0


def test_nginx_refuses_a_body_while_it_is_on_its_way(pki, nginx, tmp_path):
    result = measure(tmp_path, posting(tmp_path, nginx + "/limit", 3_000_000), "--http2", "--vus", 2, "--iterations", 6, "--cacert", pki / "ca.pem")
    assert result["status_codes"] == {"413": 6} and result["totals"]["errors"] == 0
