"""What squall load sends of a collection: bodies and auth, byte for byte as newman does (compared once by hand)."""

import base64
import email
import email.policy
import hashlib
import hmac
import json

import pytest

from http_peer import Peer, load


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
    assert requests[3].target == "/x?a=1&access_token=T%2F"


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
