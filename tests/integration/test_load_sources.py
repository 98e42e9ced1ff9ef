"""squall load from what is no Postman collection: an OpenAPI description, a HAR archive."""

import json

import pytest

from http_peer import Peer, load

DESCRIPTION = """
openapi: 3.0.3
info: {title: Pets}
servers: [{url: https://api.example.com/v1/}]
security: [{key: []}]
paths:
  /pets/{petId}:
    parameters:
      - {name: petId, in: path, required: true, schema: {type: integer, minimum: 3}}
    get:
      operationId: getPet
      parameters:
        - {name: fields, in: query, required: true, schema: {type: string, enum: [name, age]}}
        - {name: verbose, in: query, schema: {type: boolean}}
        - {name: X-Trace, in: header, example: t r}
    put:
      security: []
      requestBody:
        content:
          text/plain: {}
          application/json:
            schema: {$ref: '#/components/schemas/Pet'}
    delete: {deprecated: true}
  /login:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: {properties: {user: {type: string, example: me}, age: {type: integer}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string}
        tags: {type: array, items: {type: string, default: new}}
        born: {type: string, format: date}
        owner: {$ref: '#/components/schemas/Owner'}
    Owner:
      allOf:
        - {properties: {mail: {type: string, example: a@b.c}}}
        - {properties: {weight: {type: number}}}
"""


def run(tmp_path, name, text, *arguments):
    (tmp_path / name).write_text(text)
    return load(tmp_path / name, "--vus", 1, "--iterations", 1, "--quiet", *arguments)


def test_an_openapi_description_is_a_request_an_operation(tmp_path):
    with Peer() as peer:
        done = run(tmp_path, "api.yaml", DESCRIPTION, "--env-var", "baseUrl=" + peer.url + "/v1", "--env-var", "apiKey=K",
                   "--json", tmp_path / "r.json")
        assert done.returncode == 0, done.stderr
        get, put, login = peer.requests
    assert (get.method, get.target) == ("GET", "/v1/pets/3?fields=name")
    assert (get.headers["x-key"], get.headers["x-trace"]) == ("K", "t r")
    assert (put.method, put.target, put.headers["content-type"]) == ("PUT", "/v1/pets/3", "application/json")
    assert json.loads(put.body) == {"name": "string", "tags": ["new"], "born": "2026-01-31",
                                    "owner": {"mail": "a@b.c", "weight": 1}}
    assert "x-key" not in put.headers
    assert (login.method, login.body) == ("POST", b"user=me&age=1")
    names = [row["name"] for row in json.loads((tmp_path / "r.json").read_text())["requests"]]
    assert names == ["getPet", "PUT /pets/{petId}", "POST /login"]


def test_its_parameters_are_variables(tmp_path):
    (tmp_path / "d.csv").write_text("petId\n41\n42\n")
    with Peer() as peer:
        (tmp_path / "api.yaml").write_text(DESCRIPTION)
        done = load(tmp_path / "api.yaml", "--vus", 2, "--iterations", 2, "--quiet", "-d", tmp_path / "d.csv",
                    "--env-var", "baseUrl=" + peer.url, "--env-var", "fields=a b", "--env-var", "apiKey=")
        assert done.returncode == 0, done.stderr
        assert {request.target for request in peer.requests if request.method == "GET"} == {
            "/pets/41?fields=a%20b", "/pets/42?fields=a%20b"}


def test_swagger_2_is_read_too(tmp_path):
    with Peer() as peer:
        done = run(tmp_path, "swagger.json", json.dumps({
            "swagger": "2.0", "host": peer.url[7:], "basePath": "/b", "schemes": ["http"],
            "securityDefinitions": {"b": {"type": "basic"}}, "security": [{"b": []}],
            "paths": {"/x/{id}": {"post": {"parameters": [
                {"name": "id", "in": "path", "type": "string", "enum": ["one"]},
                {"name": "body", "in": "body", "schema": {"$ref": "#/definitions/A"}}]}}},
            "definitions": {"A": {"type": "object", "properties": {"a": {"type": "boolean"}}}}}),
            "--env-var", "username=u", "--env-var", "password=p")
        assert done.returncode == 0, done.stderr
        request, = peer.requests
    assert (request.method, request.target, request.body) == ("POST", "/b/x/one", b'{"a":true}')
    assert request.headers["authorization"] == "Basic dTpw"


def entry(method, url, headers=(), **more):
    return {"request": {"method": method, "url": url, "headers": [{"name": name, "value": value}
                                                                  for name, value in headers], **more}}


def test_what_an_archive_has_in_braces_is_no_variable(tmp_path):
    with Peer() as peer:
        text = '{"a": "{{word}}", "b": "{{$guid}}" /* c */}'
        done = run(tmp_path, "access.har", json.dumps({"log": {"entries": [
            entry("POST", peer.url + "/{{word}}?q={{word}}&'=|", [("X-Word", "{{word}}"), ("content-type", "application/json")],
                  postData={"mimeType": "application/json", "text": text}),
            entry("POST", peer.url + "/", postData={"mimeType": "application/x-www-form-urlencoded", "params": [
                {"name": "{{word}}", "value": "{{$randomInt}}"}]}),
        ]}}), "--env-var", "word=mine")
        assert done.returncode == 0, done.stderr
        first, second = peer.requests
    assert first.target == "/{{word}}?q={{word}}&'=|"
    assert (first.headers["x-word"], first.body) == ("{{word}}", text.encode())
    assert second.body == b"%7B%7Bword%7D%7D=%7B%7B%24randomInt%7D%7D"


def test_an_archive_is_played_as_it_was_recorded(tmp_path):
    with Peer() as peer:
        host = peer.url[7:]
        done = run(tmp_path, "access.har", json.dumps({"log": {"entries": [
            entry("GET", peer.url + "/a?b=c%20d", [(":path", "/a"), ("Host", host), ("Cookie", "s=1"), ("accept", "x/y")]),
            entry("GET", "wss://h/socket"),
            entry("POST", peer.url + "/json", [("content-type", "application/json")],
                  postData={"mimeType": "application/json", "text": "{}"}),
            entry("POST", peer.url + "/form", postData={"mimeType": "application/x-www-form-urlencoded", "params": [
                {"name": "a", "value": "b c"}]}),
            entry("PUT", peer.url + "/bare", postData={"mimeType": "application/xml", "text": "<a/>"}),
        ]}}), "--json", tmp_path / "r.json")
        assert done.returncode == 0, done.stderr
        first, second, third, fourth = peer.requests
    assert (fourth.body, fourth.headers["content-type"]) == (b"<a/>", "application/xml")
    assert (first.method, first.target, first.names[:2]) == ("GET", "/a?b=c%20d", ["Cookie", "accept"])
    assert (first.headers["cookie"], first.headers["accept"]) == ("s=1", "x/y")
    assert (second.body, second.headers["content-type"]) == (b"{}", "application/json")
    assert third.body == b"a=b%20c"
    names = [row["name"] for row in json.loads((tmp_path / "r.json").read_text())["requests"]]
    assert names == ["GET /a", "POST /json", "POST /form", "PUT /bare"]


@pytest.mark.parametrize("name, text, says", [
    ("a.har", '{"log":{"entries":[]}}', "the archive has no http or https request"),
    ("a.yaml", "openapi: 3.0.0\npaths: {}\n", "the API description has no operation"),
    ("a.json", '{"openapi": "3.1.0", "webhooks": {}}', "the API description has no operation"),
    ("a.yaml", "openapi: 3.0.0\npaths: [\n", "the API description: line"),
    ("a.yaml", "openapi: 3.0.0\nservers: [{url: /v1}]\npaths: {/x: {get: {}}}\n", "baseUrl"),
])
def test_what_is_wrong_is_one_line(tmp_path, name, text, says):
    done = run(tmp_path, name, text)
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1
