"""How squall load's requests travel: TLS against servers made with Python's ssl, proxies, IPv6, addresses by name."""

import json
import socket
import ssl
import subprocess
import threading

import pytest

from http_peer import Peer, answer, load, ok


def once(*arguments, **more):
    return load(*arguments, "--vus", 1, "--iterations", 1, "--quiet", **more)


def measure(tmp_path, *arguments, status=0):
    done = load(*arguments, "--json", tmp_path / "result.json", "--quiet")
    assert done.returncode == status, done.stderr
    return json.loads((tmp_path / "result.json").read_text())


def openssl(*arguments, cwd):
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    """An authority, a server's certificate for localhost, 127.0.0.1 and ::1, and a client's with a locked key."""
    folder = tmp_path_factory.mktemp("pki")
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem", cwd=folder)
    for name, extension in (("server", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"),
                            ("client", "extendedKeyUsage=clientAuth")):
        (folder / "extension").write_text(extension)
        lock = ["-passout", "pass:secret"] if name == "client" else ["-nodes"]
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", *lock, "-subj", "/CN=" + name,
                "-keyout", name + ".key", "-out", name + ".csr", cwd=folder)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", "30", "-extfile", "extension", "-out", name + ".pem", cwd=folder)
    return folder


def server_context(pki, client_needed=False, version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki / "server.pem", pki / "server.key")
    if client_needed:
        context.load_verify_locations(pki / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
    if version:
        context.maximum_version = version
    return context


# --- TLS -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_https_is_counted_as_http_is(pki, tmp_path, version):
    big = b"0123456789" * 20000  # several records, read in pieces
    with Peer({"/big": ok(big)}, tls=server_context(pki, version=version)) as peer:
        for path in ("/", "/big"):
            peer.requests.clear()
            peer.connections = 0
            result = measure(tmp_path, peer.url + path, "--vus", 5, "--iterations", 100, "--cacert", pki / "ca.pem")
            assert result["totals"]["errors"] == 0
            assert result["totals"]["requests"] == peer.total == 100
            assert peer.connections == 5
        assert result["totals"]["bytes_in"] > 100 * len(big)


def test_a_large_body_goes_out_through_tls(pki, tmp_path):
    body = "x" * 3000000
    (tmp_path / "c.json").write_text(json.dumps({"info": {"name": "c"}, "item": [
        {"name": "up", "request": {"method": "POST", "url": "{{base}}/up", "body": {"mode": "raw", "raw": body}}}]}))
    with Peer(tls=server_context(pki)) as peer:
        result = measure(tmp_path, tmp_path / "c.json", "--env-var", "base=" + peer.url, "--vus", 2,
                         "--iterations", 6, "--cacert", pki / "ca.pem")
        assert (result["totals"]["requests"], result["totals"]["errors"]) == (6, 0)
        assert [request.body for request in peer.requests] == [body.encode()] * 6


def test_a_certificate_nobody_vouches_for_is_an_error(pki, tmp_path):
    with Peer(tls=server_context(pki)) as peer:
        result = measure(tmp_path, peer.url, "--vus", 1, "--iterations", 2)
        assert result["totals"]["errors"] == 2 and peer.total == 0
        row, = result["error_classes"]
        assert row["class"] == "tls" and "unable to verify the first certificate" in row["first"]
        assert measure(tmp_path, peer.url, "--vus", 1, "--iterations", 2, "-k")["totals"]["errors"] == 0
        assert peer.total == 2


def test_the_table_says_what_to_do_about_a_refused_handshake(pki):
    with Peer(tls=server_context(pki)) as peer:
        assert "--cacert FILE.pem names an authority to trust" in once(peer.url).stdout
    with Peer(tls=server_context(pki), host="127.0.0.2") as peer:
        assert "the certificate is another host's" in once(peer.url, "--cacert", pki / "ca.pem").stdout


def test_a_certificate_of_another_host_is_an_error(pki, tmp_path):
    with Peer(tls=server_context(pki), host="127.0.0.2") as peer:
        row, = measure(tmp_path, peer.url, "--vus", 1, "--iterations", 1, "--cacert", pki / "ca.pem")["error_classes"]
        assert (row["class"], peer.total) == ("tls", 0) and "IP address mismatch" in row["first"]


def test_the_host_is_named_in_the_handshake(pki, tmp_path):
    names = []
    context = server_context(pki)
    context.sni_callback = lambda connection, name, _: names.append(name)
    with Peer(tls=context) as peer:
        measure(tmp_path, "https://localhost:%d/" % peer.port, "--vus", 1, "--iterations", 1, "--cacert", pki / "ca.pem")
        measure(tmp_path, peer.url, "--vus", 1, "--iterations", 1, "--cacert", pki / "ca.pem")
    assert names == ["localhost", None]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_users_next_connection_resumes_its_session(pki, tmp_path, version):
    with Peer({"/": ok(b"ok", "Connection: close")}, tls=server_context(pki, version=version)) as peer:
        result = measure(tmp_path, peer.url + "/", "--vus", 2, "--iterations", 20, "--cacert", pki / "ca.pem")
        assert result["totals"]["errors"] == 0
        assert (peer.connections, peer.resumed) == (20, 18)


def test_a_client_certificate_is_shown(pki, tmp_path):
    ours = ["--cert", pki / "client.pem", "--key", pki / "client.key"]
    with Peer(tls=server_context(pki, client_needed=True)) as peer:
        arguments = [peer.url, "--vus", 1, "--iterations", 1, "--cacert", pki / "ca.pem"]
        assert measure(tmp_path, *arguments)["totals"]["errors"] == 1
        assert measure(tmp_path, *arguments, *ours, "--passphrase", "secret")["totals"]["errors"] == 0
        for given, says in ((["--passphrase", "wrong"], "its passphrase is another one"), ([], "its passphrase is not given")):
            done = once(*arguments[:1], *ours, *given)
            assert (done.returncode, done.stderr) == (3, "squall: %s is locked, and %s\n" % (pki / "client.key", says))


def test_a_server_that_speaks_no_tls_is_an_error(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def refuse():
            for _ in range(3):
                connection, _ = listener.accept()
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                connection.close()

        url = "https://127.0.0.1:%d/" % listener.getsockname()[1]
        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        result = measure(tmp_path, url, "--vus", 1, "--iterations", 2)  # one more only looks who listens
        thread.join(5)
    assert result["totals"]["errors"] == 2
    assert {row["class"] for row in result["error_classes"]} <= {"tls", "reset"}


# --- proxies -------------------------------------------------------------------------------------


def test_a_proxy_gets_the_whole_address(tmp_path):
    with Peer() as proxy:
        url = "http://nowhere.invalid:8080/a?b=c"
        result = measure(tmp_path, url, "--vus", 2, "--iterations", 6, "--proxy", proxy.url)
        assert (result["totals"]["requests"], result["totals"]["errors"], proxy.total) == (6, 0, 6)
        request = proxy.requests[0]
        assert request.target == url and request.headers["host"] == "nowhere.invalid:8080"
        assert "proxy-authorization" not in request.headers
        measure(tmp_path, url, "--vus", 1, "--iterations", 1, "--proxy", proxy.url.replace("//", "//me:p%40ss@"))
        assert proxy.requests[-1].headers["proxy-authorization"] == "Basic bWU6cEBzcw=="


def test_https_goes_through_a_tunnel(pki, tmp_path):
    with Peer() as proxy, Peer({"/": ok(b"x" * 100000)}, tls=server_context(pki)) as peer:
        result = measure(tmp_path, peer.url + "/", "--vus", 3, "--iterations", 30, "--cacert", pki / "ca.pem",
                         "--proxy", proxy.url.replace("//", "//me:secret@"))
        assert (result["totals"]["requests"], result["totals"]["errors"]) == (30, 0)
        assert peer.total == 30 and proxy.total == 3
        assert {request.target for request in proxy.requests} == {"127.0.0.1:%d" % peer.port}
        assert {request.method for request in proxy.requests} == {"CONNECT"}
        assert proxy.requests[0].headers["proxy-authorization"] == "Basic bWU6c2VjcmV0"
        assert all("proxy-authorization" not in request.headers for request in peer.requests)


def test_a_proxy_that_refuses_is_an_error(tmp_path):
    with Peer({"connect": answer("407 Proxy Authentication Required", "Proxy-Authenticate: Basic")}) as proxy:
        result = measure(tmp_path, "https://h.invalid/", "--vus", 1, "--iterations", 2, "--proxy", proxy.url)
        row, = result["error_classes"]
        assert (row["class"], row["count"]) == ("connect", 2) and "statusCode=407" in row["first"]


def test_a_redirect_through_a_proxy_is_whole_again(tmp_path):
    with Peer({"/a": answer("302 Found", "Location: http://other.invalid/b", "Set-Cookie: c=1")}) as proxy:
        measure(tmp_path, "http://one.invalid/a", "--vus", 1, "--iterations", 2, "--proxy", proxy.url)
        assert [request.target for request in proxy.requests] == [
            "http://one.invalid/a", "http://other.invalid/b"] * 2
        assert [request.headers.get("cookie") for request in proxy.requests] == [None, None, "c=1", None]


@pytest.mark.parametrize("proxy, status, says", [
    ("https://127.0.0.1:1", 2, "reached by http://"),
    ("socks5://127.0.0.1:1", 2, "not by socks5://"),
    ("http://", 2, "no usable host"),
    ("http://127.0.0.1:1", 3, "nothing answers at 127.0.0.1:1"),
])
def test_a_proxy_that_is_none_is_told(proxy, status, says):
    done = once("http://127.0.0.1/", "--proxy", proxy)
    assert done.returncode == status and says in done.stderr and done.stderr.count("\n") == 1


# --- addresses -----------------------------------------------------------------------------------


def test_ipv6_is_spoken(pki, tmp_path):
    for tls in (None, server_context(pki)):
        with Peer(tls=tls, host="::1") as peer:
            result = measure(tmp_path, peer.url, "--vus", 2, "--iterations", 4, "--cacert", pki / "ca.pem")
            assert (result["totals"]["errors"], peer.total) == (0, 4)
            assert peer.requests[0].headers["host"] == "[::1]:%d" % peer.port


def test_every_address_of_a_name_is_tried(tmp_path):
    """The name is known at the send only, so nothing looks before who listens."""
    hosts = {row[4][0] for row in socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)}
    (tmp_path / "c.json").write_text(json.dumps({"info": {"name": "c"}, "item": [{"request": "http://{{host}}/"}]}))
    for host in hosts:  # where it is 127.0.0.1 and ::1, one of them refuses
        with Peer(host=host) as peer:
            (tmp_path / "d.csv").write_text("host\nlocalhost:%d\n" % peer.port)
            result = measure(tmp_path, tmp_path / "c.json", "-d", tmp_path / "d.csv", "--vus", 1, "--iterations", 3)
            assert (result["totals"]["errors"], peer.total) == (0, 3)


def test_a_name_without_an_address_does_not_hold_up_the_others(tmp_path):
    (tmp_path / "c.json").write_text(json.dumps({"info": {"name": "c"}, "item": [{"request": "http://{{host}}/"}]}))
    with Peer() as peer:
        (tmp_path / "d.csv").write_text("host\n127.0.0.1:%d\nno.such.host.invalid\n" % peer.port)
        result = measure(tmp_path, tmp_path / "c.json", "-d", tmp_path / "d.csv", "--vus", 2, "--duration", "500ms",
                         "--profile", "fixed")
        assert peer.total > 10
        assert result["totals"]["errors"] > 0
        assert {row["class"] for row in result["error_classes"]} == {"resolve"}
