"""HTTP before any operation: which requests are one, who may send them, and what the answer's headers say.

Facts: dynalite test/connection.js.
"""

import json
import re

import pytest

from .client import AUTHORIZATION

JSON = "application/json"
JSON_1_0 = "application/x-amz-json-1.0"
TARGET = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
SERVICE = "com.amazon.coral.service#"
LARGEST_BODY = 16 * 1024 * 1024
AUTHORIZATION_NEEDS = (
    "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
    "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a "
    "'X-Amz-Date' or a 'Date' header. Authorization=AWS4-"
)


def assert_unknown(answer):
    """What is no request at all is answered so."""
    assert (answer.status, answer.body) == (404, b"<UnknownOperationException/>\n")
    assert answer.headers["content-length"] == "29"
    assert answer.headers["x-amz-crc32"] == "3552371480"
    assert re.fullmatch("[0-9A-Z]{52}", answer.headers["x-amzn-requestid"])


def assert_error(answer, body, checksum, content_type=JSON):
    assert answer.status == 400
    assert json.loads(answer.body) == body
    assert answer.headers["x-amz-crc32"] == str(checksum)
    assert answer.headers["content-type"] == content_type


def test_a_body_above_16_mb_is_too_large(dynamodb):
    assert dynamodb.request("POST", body=b"a" * (LARGEST_BODY + 1)).status == 413


def test_a_body_of_16_mb_is_read(dynamodb):
    assert dynamodb.request("POST", body=b"a" * LARGEST_BODY).status == 404


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE"])
def test_other_methods_are_unknown(dynamodb, method):
    assert_unknown(dynamodb.request(method))


@pytest.mark.parametrize("content_type", [None, "whatever", "application/x-amz-json-1.1", "application/jsonasdf"])
def test_a_body_of_another_content_type_is_unknown(dynamodb, content_type):
    assert_unknown(dynamodb.request("POST", body=b"hi", headers={"Content-Type": content_type} if content_type else {}))


def test_get_says_healthy_with_the_host(dynamodb):
    answer = dynamodb.request("GET", headers={"Host": "dynamodb.us-east-1.amazonaws.com"})
    assert (answer.status, answer.body) == (200, b"healthy: dynamodb.us-east-1.amazonaws.com ")


@pytest.mark.parametrize("content_type, answered", [
    (JSON, JSON),
    (JSON + ";", JSON),
    ("  application/json  ;   asfd", JSON),
    (JSON + ";blahblah", JSON),
    (JSON_1_0, JSON_1_0),
    (JSON_1_0 + ";blahblah", JSON_1_0),
])
def test_what_is_no_json_is_a_serialization_exception(dynamodb, content_type, answered):
    answer = dynamodb.request("POST", body=b"hi", headers={"Content-Type": content_type})
    assert_error(answer, {"__type": SERVICE + "SerializationException"}, 3948637019, answered)


@pytest.mark.parametrize("headers, body, answered", [
    ({}, b"", JSON),
    ({"Origin": "whatever", "Authorization": AUTHORIZATION, "X-Amz-Date": "x"}, b"", JSON),
    ({"Content-Type": JSON}, b"{}", JSON),
    ({"Content-Type": JSON_1_0}, b"{}", JSON_1_0),
    ({"Content-Type": JSON + ";charset=asfdsaf"}, b"{}", JSON),
    ({"X-Amz-Target": "whatever"}, b"", JSON),
    ({"X-Amz-Target": "DynamoDB_20120810.ListTable"}, b"", JSON),
], ids=["nothing", "an origin", "json", "json 1.0", "a charset", "no service", "no such operation"])
def test_no_or_another_target_is_an_unknown_operation(dynamodb, headers, body, answered):
    answer = dynamodb.request("POST", body=body, headers=headers)
    assert_error(answer, {"__type": SERVICE + "UnknownOperationException"}, 1368724161, answered)


@pytest.mark.parametrize("path, authorization", [
    ("/", None),
    ("/", "AWS4"),
    ("/?X-Amz-Algorith", "X"),
    ("/?X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d", None),
], ids=["nothing", "another scheme", "another query", "a query without its algorithm"])
def test_a_request_without_a_signature_is_missing_its_token(dynamodb, path, authorization):
    headers = {**TARGET, "Authorization": authorization} if authorization else TARGET
    body = {"__type": SERVICE + "MissingAuthenticationTokenException",
            "message": "Request is missing Authentication Token"}
    assert_error(dynamodb.request("POST", path, headers=headers), body, 2088342776)


def test_a_signature_is_in_the_header_or_in_the_query(dynamodb):
    answer = dynamodb.request("POST", "/?X-Amz-Algorithm", headers={**TARGET, "Authorization": "X"})
    message = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
    assert_error(answer, {"__type": SERVICE + "InvalidSignatureException", "message": message}, 2139606068)


@pytest.mark.parametrize("authorization, missing, checksum", [
    ("AWS4- Signature=b Credential=a", "'SignedHeaders'", 15336762),
    ("AWS4- Signature=b,Credential=a", "'SignedHeaders'", 1159703774),
    ("AWS4- Signature=b, Credential=a", "'SignedHeaders'", 164353342),
])
def test_the_header_lacks_a_part(dynamodb, authorization, missing, checksum):
    answer = dynamodb.request("POST", headers={**TARGET, "Authorization": authorization, "Date": "a"})
    message = f"Authorization header requires {missing} parameter. Authorization={authorization}"
    assert_error(answer, {"__type": SERVICE + "IncompleteSignatureException", "message": message}, checksum)


def test_the_header_lacks_everything(dynamodb):
    answer = dynamodb.request("POST", headers={**TARGET, "Authorization": "AWS4-"})
    body = {"__type": SERVICE + "IncompleteSignatureException", "message": AUTHORIZATION_NEEDS}
    assert_error(answer, body, 1828866742)


@pytest.mark.parametrize("query, missing, checksum", [
    ("X-Amz-Algorithm", ["Algorithm", "Credential", "Signature", "SignedHeaders", "Date"], 2900502663),
    ("X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d", ["SignedHeaders"], 3712057481),
], ids=["everything", "the signed headers"])
def test_the_query_lacks(dynamodb, query, missing, checksum):
    sentences = "".join(f"AWS query-string parameters must include 'X-Amz-{name}'. " for name in missing)
    message = sentences + "Re-examine the query-string parameters."
    body = {"__type": SERVICE + "IncompleteSignatureException", "message": message}
    assert_error(dynamodb.request("POST", "/?" + query, headers=TARGET), body, checksum)


@pytest.mark.parametrize("asked, allowed", [
    ({}, {}),
    ({"Headers": "a, b, c"}, {"headers": "a, b, c"}),
    ({"Headers": "a, b, c", "Method": "d"}, {"headers": "a, b, c", "methods": "d"}),
], ids=["an origin", "headers", "headers and a method"])
def test_a_browser_may_ask_first(dynamodb, asked, allowed):
    headers = {"Origin": "w"} | {"Access-Control-Request-" + name: value for name, value in asked.items()}
    answer = dynamodb.request("OPTIONS", headers=headers)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-max-age"] == "172800"
    assert answer.headers["content-length"] == "0"
    for name, value in allowed.items():
        assert answer.headers["access-control-allow-" + name] == value
