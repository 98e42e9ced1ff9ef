"""What squall load sends of a collection: bodies and auth, byte for byte as newman does (compared once by hand)."""

import base64
import email
import email.policy
import hashlib
import hmac
import json

import pytest

from http_peer import Peer, answer, load, ok


def sent(tmp_path, requests, *arguments, answers=None, status=0, **members):
    """The requests of one user's one iteration over a collection, as they arrived."""
    path = tmp_path / "collection.json"
    items = [{"name": "r%d" % i, "request": request} for i, request in enumerate(requests)]
    path.write_text(json.dumps({"info": {"name": "c"}, "item": items, **members}))
    with Peer(answers) as peer:
        done = load(path, "--env-var", "base=" + peer.url, "--vus", 1, "--iterations", 1, "--quiet", *arguments,
                    cwd=tmp_path)
        assert done.returncode == status, done.stderr
        return peer.requests if status == 0 else done.stderr


def post(body, **more):
    return {"method": "POST", "url": "{{base}}/x", "body": body, **more}


def auth(type, **attributes):
    return {"type": type, type: [{"key": key, "value": value} for key, value in attributes.items()]}


# --- bodies --------------------------------------------------------------------------------------


def parts_of(request):
    text = b"Content-Type: " + request.headers["content-type"].encode() + b"\r\n\r\n" + request.body
    return email.message_from_bytes(text, policy=email.policy.HTTP).get_payload()


def test_formdata_sends_texts_and_files(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_bytes(b"\xef\xbb\xbfbytes \x00 as they are\r\n")
    (tmp_path / "files" / "b.json").write_text("{}")
    request, = sent(tmp_path, [post({"mode": "formdata", "formdata": [
        {"key": "text", "value": "{{word}} é", "type": "text"},
        {"key": "typed", "value": "{}", "type": "text", "contentType": "application/json"},
        {"key": "file", "type": "file", "src": "a.txt"},
        {"key": "two", "type": "file", "src": ["a.txt", "{{name}}.json"]},
        {"key": "none", "type": "file", "src": None},
        {"key": "off", "value": "x", "type": "text", "disabled": True},
    ]})], "--working-dir", "files", "--env-var", "word=one", "--env-var", "name=b")
    a, b = b"\xef\xbb\xbfbytes \x00 as they are\r\n", b"{}"
    assert [(part.get_param("name", header="content-disposition"), part.get_filename(), part.get("content-type"))
            for part in parts_of(request)] == [
        ("text", None, None), ("typed", None, "application/json"), ("file", "a.txt", "text/plain"),
        ("two", "a.txt", "text/plain"), ("two", "b.json", "application/json"), ("none", "", None)]
    boundary = b"--" + request.headers["content-type"].partition("boundary=")[2].encode()
    contents = [part.partition(b"\r\n\r\n")[2][:-2] for part in request.body.split(boundary)[1:-1]]
    assert contents == ["one é".encode(), b"{}", a, a, b, b""]
    assert request.body.endswith(boundary + b"--\r\n")


def test_a_file_is_a_body_with_its_type_last(tmp_path):
    (tmp_path / "p.png").write_bytes(bytes(range(256)))
    request, = sent(tmp_path, [post({"mode": "file", "file": {"src": "p.png"}})])
    assert request.body == bytes(range(256))
    assert request.names[-2:] == ["Content-Length", "Content-Type"] and request.headers["content-type"] == "image/png"


def test_a_file_that_is_not_there_ends_the_run_before_it_begins(tmp_path):
    body = {"mode": "formdata", "formdata": [{"key": "f", "type": "file", "src": "gone.txt"}]}
    assert "gone.txt cannot be read" in sent(tmp_path, [post(body)], status=3)
    body["formdata"][0]["src"] = "{{$guid}}"
    assert "must have a value that stays the same" in sent(tmp_path, [post(body)], status=2)


def test_names_that_are_repeated_in_a_form_stand_together(tmp_path):
    form = [{"key": key, "value": value} for key, value in (("a", "1 2+é"), ("b", None), ("a", "3"), ("", "x"))]
    requests = sent(tmp_path, [
        post({"mode": "urlencoded", "urlencoded": form}, header=[{"key": "content-type", "value": "lost"}]),
        post({"mode": "urlencoded", "urlencoded": []})])
    assert requests[0].body == b"a=1%202%2B%C3%A9&a=3&b=&=x"
    assert requests[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert requests[1].body == b"" and "content-type" not in requests[1].headers


def test_system_headers_can_be_disabled(tmp_path):
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"info": {"name": "c"}, "protocolProfileBehavior": {"disabledSystemHeaders": {
        "accept-encoding": True, "cache-control": True, "host": True}}, "item": [{"request": "{{base}}/"}]}))
    with Peer() as peer:
        assert load(path, "--env-var", "base=" + peer.url, "--vus", 1, "--iterations", 1).returncode == 0
        assert peer.requests[0].names == ["User-Agent", "Accept", "Host", "Connection"]


# --- auth ----------------------------------------------------------------------------------------


def test_oauth2_is_a_token_at_its_place(tmp_path):
    url = {"url": "{{base}}/x?a=1"}
    requests = sent(tmp_path, [
        {**url, "auth": auth("oauth2", accessToken="{{token}}", addTokenTo="header")},
        {**url, "auth": auth("oauth2", accessToken="T", headerPrefix="Token ")},
        {**url, "auth": auth("oauth2", accessToken="T", headerPrefix="")},
        {**url, "auth": auth("oauth2", accessToken="T/", addTokenTo="queryParams")},
        {**url, "auth": auth("oauth2")},
        {**url, "auth": auth("bearer", token="")},
    ], "--env-var", "token=T")
    assert [request.headers.get("authorization") for request in requests] == [
        "Bearer T", "Token T", "T", None, None, None]
    assert requests[3].target == "/x?a=1&access_token=T/"


def test_hawk_signs_what_is_sent(tmp_path):
    (tmp_path / "data.csv").write_text("word\nhello world\n")
    request, = sent(tmp_path, [post({"mode": "raw", "raw": "say {{word}}"}, url="{{base}}/a?w={{word}}", auth=auth(
        "hawk", authId="me", authKey="{{key}}", algorithm="sha256", includePayloadHash=True))],
        "--env-var", "key=secret", "-d", tmp_path / "data.csv")
    fields = dict(field.split("=", 1) for field in request.headers["authorization"][5:].replace('"', "").split(", "))
    payload = base64.b64encode(hashlib.sha256(b"hawk.1.payload\n\nsay hello world\n").digest()).decode()
    host, port = request.headers["host"].split(":")
    lines = ["hawk.1.header", fields["ts"], fields["nonce"], "POST", "/a?w=hello%20world", host, port, payload, "", ""]
    mac = base64.b64encode(hmac.new(b"secret", "\n".join(lines).encode(), hashlib.sha256).digest()).decode()
    assert (fields["hash"], fields["mac"]) == (payload, mac)


def test_each_sending_is_signed_anew(tmp_path):
    url = {"url": "{{base}}/x", "auth": auth("oauth1", consumerKey="k", consumerSecret="s", addParamsToHeader=True,
                                             signatureMethod="HMAC-SHA1")}
    first, second = sent(tmp_path, [url, url])
    assert first.headers["authorization"].startswith('OAuth oauth_consumer_key="k"')
    assert first.headers["authorization"] != second.headers["authorization"]


def test_oauth1_joins_the_form(tmp_path):
    request, = sent(tmp_path, [post({"mode": "urlencoded", "urlencoded": [{"key": "a", "value": "b"}]}, auth=auth(
        "oauth1", consumerKey="k", consumerSecret="s", signatureMethod="PLAINTEXT", timestamp="1", nonce="n"))])
    assert request.body == (b"a=b&oauth_consumer_key=k&oauth_signature_method=PLAINTEXT&oauth_timestamp=1&oauth_nonce=n"
                            b"&oauth_signature=s%26")


@pytest.mark.parametrize("attributes, says", [
    ({"type": "ntlm"}, "auth type 'ntlm' is not part of this version"),
])
def test_what_is_absent_is_told(tmp_path, attributes, says):
    assert says in sent(tmp_path, [{"url": "{{base}}", "auth": attributes}], status=2)


# --- digest: a second request --------------------------------------------------------------------


def challenge(*more):
    text = ", ".join(('Digest realm="r"', 'nonce="n"', 'qop="auth"', 'opaque="o"', *more))

    def answer_to(request):
        return ok() if "authorization" in request.headers else answer("401 Unauthorized", "WWW-Authenticate: Basic x",
                                                                      "WWW-Authenticate: " + text)
    return answer_to


@pytest.mark.parametrize("algorithm, digest", [("MD5", hashlib.md5), ("SHA-256", hashlib.sha256)])
def test_a_digest_challenge_is_answered(tmp_path, algorithm, digest):
    request = post({"mode": "raw", "raw": "hi"}, url="{{base}}/d?x={{word}}",
                   auth=auth("digest", username="{{user}}", password="p"))
    first, second = sent(tmp_path, [request], "--env-var", "user=u", "--env-var", "word=a b",
                         answers={"/d": challenge("algorithm=" + algorithm)})
    assert "authorization" not in first.headers and first.body == second.body == b"hi"
    assert second.names[-1] == "Authorization" and second.target == "/d?x=a%20b"
    fields = dict(field.split("=", 1) for field in second.headers["authorization"][7:].replace('"', "").split(", "))

    def hashed(*parts):
        return digest(":".join(parts).encode()).hexdigest()
    assert fields["response"] == hashed(hashed("u", "r", "p"), "n", "00000001", fields["cnonce"], "auth",
                                        hashed("POST", "/d?x=a%20b"))
    assert (fields["opaque"], fields["algorithm"], fields["uri"]) == ("o", algorithm, "/d?x=a%20b")


def test_a_challenge_is_answered_once(tmp_path):
    refused = answer("401 Unauthorized", 'WWW-Authenticate: Digest realm="r", nonce="n"')
    assert len(sent(tmp_path, [{"url": "{{base}}/", "auth": auth("digest", username="u", password="p")}],
                    answers={"/": refused})) == 2


def test_a_known_nonce_needs_no_challenge(tmp_path):
    request, = sent(tmp_path, [{"url": "{{base}}/", "auth": auth(
        "digest", username="u", password="p", realm="R", nonce="N")}])
    a1, a2 = (hashlib.md5(text).hexdigest() for text in (b"u:R:p", b"GET:/"))
    assert hashlib.md5(("%s:N:%s" % (a1, a2)).encode()).hexdigest() in request.headers["authorization"]


# --- redirects -----------------------------------------------------------------------------------


def moved(status, location, *headers):
    return answer(status, "Location: " + location, *headers)


def test_redirects_are_followed_and_counted_as_one_request(tmp_path):
    answers = {"/a": moved("302 Found", "/b"), "/b": moved("301 Moved", "c?x=1"), "/c": ok(b"there")}
    with Peer(answers) as peer:
        done = load(peer.url + "/a", "--vus", 2, "--iterations", 10, "--quiet", "--json", tmp_path / "r.json")
        assert done.returncode == 0, done.stderr
        result = json.loads((tmp_path / "r.json").read_text())
        assert (result["totals"]["requests"], peer.total, peer.connections) == (10, 30, 3)  # one looks who listens
        assert result["status_codes"] == {"200": 10}
        assert result["totals"]["bytes_in"] == 10 * sum(len(answers[path]) for path in answers)
        assert {request.target for request in peer.requests} == {"/a", "/b", "/c?x=1"}


def test_a_redirect_drops_body_and_secrets(tmp_path):
    with Peer() as other:
        far = other.url.replace("127.0.0.1", "localhost") + "/o"
        request = post({"mode": "raw", "raw": "{}"}, header=[{"key": "Authorization", "value": "secret"}])
        for status, method, body in (("302 Found", "GET", b""), ("307 Temporary Redirect", "POST", b"{}")):
            other.requests.clear()
            sent(tmp_path, [request], answers={"/x": moved(status, far)})
            arrived, = other.requests
            assert (arrived.method, arrived.body) == (method, body)
            assert "authorization" not in arrived.headers
            assert arrived.headers["host"] == "localhost:%d" % other.port


def test_redirects_end(tmp_path):
    answers = {"/x": moved("302 Found", "/x")}
    with Peer(answers) as peer:
        done = load(peer.url + "/x", "--vus", 1, "--iterations", 1, "--quiet", "--json", tmp_path / "r.json")
        result = json.loads((tmp_path / "r.json").read_text())
        assert done.returncode == 0 and peer.total == 11
        assert result["error_classes"][0]["class"] == "request"
    requests = sent(tmp_path, [post({"mode": "raw", "raw": "x"})], answers=answers,
                    protocolProfileBehavior={"followRedirects": False})
    assert len(requests) == 1


def test_a_redirect_to_nowhere_is_an_error(tmp_path):
    for location in ("ftp://h/", "http://", "http://no.such.host.invalid/"):
        with Peer({"/": moved("302 Found", location)}) as peer:
            load(peer.url + "/", "--vus", 1, "--iterations", 1, "--quiet", "--json", tmp_path / "r.json")
            assert json.loads((tmp_path / "r.json").read_text())["totals"]["errors"] == 1


# --- cookies -------------------------------------------------------------------------------------


def test_each_user_keeps_its_own_cookies(tmp_path):
    counter = iter(range(100))

    def login(request):
        return ok(b"", "Set-Cookie: user=%d; Path=/" % next(counter), "Set-Cookie: only=login; Path=/login")
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"info": {"name": "c"}, "item": [
        {"request": "{{base}}/login"}, {"request": "{{base}}/work"},
        {"request": {"url": "{{base}}/own", "header": [{"key": "Cookie", "value": "mine=1"}, {"key": "Z", "value": "z"}]}},
        {"request": "{{base}}/none", "protocolProfileBehavior": {"disableCookies": True}}]}))
    with Peer({"/login": login}) as peer:
        assert load(path, "--env-var", "base=" + peer.url, "--vus", 3, "--iterations", 3, "--quiet").returncode == 0
        by = {}
        for request in peer.requests:
            by.setdefault(request.target, []).append(request.headers.get("cookie"))
        assert by["/login"] == [None] * 3 and by["/none"] == [None] * 3
        assert sorted(by["/work"]) == ["user=0", "user=1", "user=2"]
        assert sorted(by["/own"]) == ["mine=1; user=%d" % i for i in range(3)]


def test_cookies_of_a_redirect_go_on_with_it(tmp_path):
    requests = sent(tmp_path, [{"url": "{{base}}/x"}, {"url": "{{base}}/y"}],
                    answers={"/x": moved("302 Found", "/y", "Set-Cookie: a=1", "Set-Cookie: b=2; Max-Age=0")})
    assert [request.headers.get("cookie") for request in requests] == [None, "a=1", "a=1"]
