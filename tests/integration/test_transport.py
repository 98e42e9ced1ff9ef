"""How squall load's requests travel: TLS, against servers made with Python's ssl."""

import json
import socket
import ssl
import subprocess
import threading

import pytest

from http_peer import Peer, load, ok


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
        assert row["class"] == "tls" and "unable to get local issuer certificate" in row["first"]
        assert measure(tmp_path, peer.url, "--vus", 1, "--iterations", 2, "-k")["totals"]["errors"] == 0
        assert peer.total == 2


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
        done = once(*arguments[:1], *ours, "--passphrase", "wrong")
        assert done.returncode == 3 and "client.key" in done.stderr and done.stderr.count("\n") == 1


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
