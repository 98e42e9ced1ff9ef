"""The same calls to `squall serve` and to Amazon DynamoDB Local 3.1.0, which must answer the same.

DynamoDB Local is the oracle for expressions, canonical numbers, queries and writes; where it is known
to differ from the service (its table texts, its shape checks) nothing is compared. The folder with
its jars is DYNAMODB_LOCAL_DIR; without it, or without Java, these tests are skipped.
"""

import http.client
import json
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import time
import urllib.parse

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUALL = pathlib.Path(os.environ.get("SQUALL_BINARY") or ROOT / "build" / "squall")
JARS = os.environ.get("DYNAMODB_LOCAL_DIR", "")
START_SECONDS = 30
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20261123T100000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261123/us-east-1/dynamodb/"
    "aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64,
}

pytestmark = pytest.mark.skipif(
    shutil.which("java") is None or not list(pathlib.Path(JARS or "/nowhere").glob("DynamoDBLocal*")),
    reason="Java and DYNAMODB_LOCAL_DIR with Amazon DynamoDB Local's jars are needed",
)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Endpoint:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(self, operation, request):
        """(status, parsed answer)"""
        headers = {**HEADERS, "X-Amz-Target": "DynamoDB_20120810." + operation}
        self.connection.request("POST", "/", json.dumps(request), headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    port = free_port()
    command = ["java", f"-Djava.library.path={JARS}", "-cp", f"{JARS}/*"]
    command += ["software.amazon.dynamodb.services.local.main.ServerRunner"]
    process = subprocess.Popen(
        [*command, "-inMemory", "-disableTelemetry", "-port", str(port)],
        cwd=tmp_path_factory.mktemp("local"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                assert Endpoint(port).call("ListTables", {})[0] == 200
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.1)
        yield Endpoint(port)
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module", params=["--memory", "--data=data"])
def squall(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("squall")
    template = folder / "template.yaml"
    template.write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    command = [SQUALL, "serve", template, request.param, "--port", "0", "--aws-port", "0"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        ready = dict(part.split("=", 1) for part in process.stdout.readline().split()[1:])
        yield Endpoint(urllib.parse.urlsplit(ready["aws"]).port)
    finally:
        process.terminate()
        assert process.wait(10) == 0


TABLES = [
    {
        "TableName": "plain",
        "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
    {
        "TableName": "sorted",
        "AttributeDefinitions": [
            {"AttributeName": "p", "AttributeType": "S"},
            {"AttributeName": "s", "AttributeType": "N"},
        ],
        "KeySchema": [
            {"AttributeName": "p", "KeyType": "HASH"},
            {"AttributeName": "s", "KeyType": "RANGE"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
    },
    {
        "TableName": "texts",
        "AttributeDefinitions": [
            {"AttributeName": "p", "AttributeType": "N"},
            {"AttributeName": "s", "AttributeType": "S"},
        ],
        "KeySchema": [
            {"AttributeName": "p", "KeyType": "HASH"},
            {"AttributeName": "s", "KeyType": "RANGE"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
    },
]
NAMES = [table["TableName"] for table in TABLES]


@pytest.fixture
def both(squall, local):
    endpoints = [squall, local]
    for endpoint in endpoints:
        for name in NAMES:
            endpoint.call("DeleteTable", {"TableName": name})
        for table in TABLES:
            assert endpoint.call("CreateTable", table)[0] == 200
    return endpoints


# Texts of DynamoDB Local that are its own, as the service has them.
TEXTS = [
    (r"valid types: \{.*\}", "valid types: {}"),  # in any order
    (r"(missed key schema element)(: \w+)?$", r"\1"),
    (r"DynamoDB only supports precision up to 38 digits",
     "Attempting to store more than 38 significant digits in a Number"),
    (r"not supported for the type STRING", "not supported for the type S"),
    (r"^A value provided cannot be converted into a number",
     "The parameter cannot be converted to a numeric value"),
]  # fmt: skip


def plain(answer):
    """Sets without order, error types without their namespace."""
    if isinstance(answer, dict):
        if "__type" in answer:
            kind = answer["__type"].split("#")[1]
            text = answer.get("message", answer.get("Message"))
            for pattern, replacement in TEXTS:
                text = re.sub(pattern, replacement, text)
            reasons = plain(answer.get("CancellationReasons", []))
            for reason in reasons:  # its ConditionCheck ends the text with a full stop
                reason["Message"] = reason.get("Message", "").rstrip(".")
            return {"error": kind, "text": text, "Item": plain(answer.get("Item")), "reasons": reasons}
        return {
            name: sorted(value) if name in ("SS", "NS", "BS") and isinstance(value, list)
            else plain(value)
            for name, value in answer.items()
        }
    if isinstance(answer, list):
        return [plain(value) for value in answer]
    return answer


def same(endpoints, operation, request):
    ours, theirs = (endpoint.call(operation, request) for endpoint in endpoints)
    assert (ours[0], plain(ours[1])) == (theirs[0], plain(theirs[1])), (
        f"{operation} {json.dumps(request)}"
    )
    return ours[1]


ITEM = {
    "p": {"S": "a"},
    "n": {"N": "5"},
    "str": {"S": "hello"},
    "bin": {"B": "AAEC"},
    "yes": {"BOOL": True},
    "nil": {"NULL": True},
    "l": {"L": [{"N": "1"}, {"S": "two"}, {"L": [{"N": "3"}]}, {"M": {"x": {"N": "4"}}}]},
    "m": {"M": {"a": {"M": {"b": {"S": "deep"}}}, "k": {"N": "1"}, "l": {"L": [{"N": "0"}]}}},
    "ss": {"SS": ["x", "y"]},
    "ns": {"NS": ["1", "2.5"]},
    "bs": {"BS": ["AQ==", "Ag=="]},
}
VALUES = {
    ":n": {"N": "5"}, ":one": {"N": "1"}, ":big": {"N": "99"}, ":s": {"S": "hello"}, ":h": {"S": "he"},
    ":b": {"B": "AAEC"}, ":t": {"BOOL": True}, ":nil": {"NULL": True}, ":ss": {"SS": ["y", "x"]},
    ":sz": {"SS": ["z"]}, ":sx": {"SS": ["x"]}, ":ns": {"NS": ["2.50", "1"]}, ":l": {"L": [{"N": "9"}]},
    ":m": {"M": {"q": {"N": "1"}}}, ":type": {"S": "N"}, ":bad": {"S": "Q"}, ":x": {"S": "x"},
    ":bs": {"BS": ["AQ=="]}, ":empty": {"S": ""},
}  # fmt: skip

CONDITIONS = """
n = :n|n <> :n|n < :big|n <= :n|n > :n|n >= :n|n = :s|n < :s|n <> :s|absent = :n|absent <> :n
absent < :n|n BETWEEN :one AND :big|n BETWEEN :big AND :one|n BETWEEN :one AND :s|n IN (:one, :n)
n IN (:one)|n IN (n)|:n = n|:n BETWEEN :one AND n|str = :s|begins_with(str, :h)|begins_with(n, :h)
begins_with(str, :n)|begins_with(absent, :h)|begins_with(:s, :h)|begins_with(bin, :b)
contains(str, :h)|contains(ss, :x)|contains(ns, :n)|contains(l, :one)|contains(m, :x)|contains(str, :n)
contains(:s, str)|contains(str, str)|contains(l, :l)|size(str) = :n|size(l) > :one|size(m) > :one
size(ss) = :n|size(n) = :n|size(:n) = :n|size(yes) = :n|size(absent) = :n|size(bin) < :n
attribute_exists(n)|attribute_exists(m.a.b)|attribute_exists(l[9])|attribute_exists(l[3].x)
attribute_not_exists(n)|attribute_not_exists(absent)|missing = :n|attribute_type(n, :type)|attribute_type(n, :bad)
attribute_type(n, :n)|attribute_type(str, :type)|NOT n = :n|NOT (n = :n)|NOT NOT n = :n
n = :n AND str = :s|n = :s OR str = :s|n = :s OR str = :s AND n = :n|(n = :s OR str = :s) AND n = :n
not n = :s and str = :s|n = n|n = str|m.k = l[0]|m.a.b = :s|l[0] = :one|l[2][0] = :n|l = :l|m = :m
ss = :ss|ns = :ns|bs = :bs|yes = :t|nil = :nil|yes < :t|ss < :ss|(n) = (:n)|((n = :n))|((n)) = :n
(n = :n)|(((n = :n)))|n = ((:n))|(n) IN ((:n), :one)|n|:n|size(n)|attribute_exists(:n)
attribute_exists(n, n)|attribute_exists()|nope(n)|if_not_exists(n, :n)|if_not_exists(n, :n) = :n
attribute_exists(n) = :t|size(size(n)) = :n|size(attribute_exists(n)) = :n|contains(size(n), :n)
n = :undefined|#undefined = :n|#n = :n|#n.#m = :n|m.#k = :one|select = :n|m.select = :n|SIZE(n) = :n
n = |= n|n :n|n = :n AND|n = :n OR OR n = :n|n == :n|n = 5|n = "x"|n = :n)|(n = :n|n IN ()|n IN :n
p.x = :n|p[0] = :n|m.and = :n|and = :n|set = :n|m.add = :n|n IN (:n,)|n BETWEEN :one|n BETWEEN :one OR :n|l[:n] = :n|l[-1] = :n|l[1.5] = :n|l[] = :n|m. = :n
m..k = :n|.m = :n|$n = :n|n = :n ;|n = :n # x|:n = :n|n = :n :n|a-b = :n|l [0] = :one|m . k = :one
n = :n + :n|contains(n)|contains(n, :n, :n)|size() = :n|begins_with(str, str)|NOT|AND|n AND n
attribute_exists(m.a) AND attribute_not_exists(m.z)|between = :n|n between :one and :big|n in (:n)
size(l[2]) = :one|size(m.l) = :one|l[99999999999999] = :n|n<:big AND n>:one|n<>:n|n<=:n
_n = :n|n_1 = :n|1n = :n|(n = :n) = :t|attribute_exists((n))|contains((str), (:h))|:t|(:t)
""".replace("\n", "|").split("|")

UPDATES = """
SET n = :n|SET n = n + :one|SET n = n - :one|SET n = :one - n|SET n = :n + :n|SET x = if_not_exists(x, :n)
SET x = if_not_exists(n, :s)|SET x = if_not_exists(x, :n) + :one|SET l = list_append(l, :l)
SET l = list_append(:l, l)|SET l = list_append(l, l)|SET x = list_append(if_not_exists(x, :l), :l)
SET l[0] = :n|SET l[4] = :n|SET l[99] = :n|SET l[99] = :n, l[50] = :s|SET l[2][0] = :n|SET l[3].x = :n
SET l[3].y = :n|SET m.a.b = :n|SET m.a.c = :n|SET m.z.y = :n|SET m.k.z = :n|SET l.x = :n|SET n[0] = :n
SET x[0] = :n|SET x.y = :n|SET x = n, n = str|SET x = absent|SET x = m.a|SET x = l[9]|SET n = str + :n
SET n = n + :s|SET x = absent + :one|REMOVE n|REMOVE absent|REMOVE l[0]|REMOVE l[0], l[1]
REMOVE l[0], l[2]|REMOVE l[9]|REMOVE m.a|REMOVE m.a.b|REMOVE m.z|REMOVE m.z.y|REMOVE n.x
REMOVE l[1] SET l[3] = :v|REMOVE l[1] SET l[0] = :n|ADD n :n|ADD x :n|ADD ss :sz|ADD ss :ss|ADD x :ss
ADD n :ss|ADD ss :n|ADD l :l|ADD n :s|ADD m.k :one|ADD l[0] :one|ADD ns :ns|ADD m.z :one|ADD ss :ns
DELETE ss :sx|DELETE ss :ss|DELETE ss :sz|DELETE x :ss|DELETE n :ss|DELETE ss :n|DELETE ns :ns
DELETE bs :bs|DELETE m.k :ss|SET n = :n REMOVE str ADD ns :ns DELETE ss :sx|set n = :n remove str
SET n = :n SET str = :s|SET n = :n, n = :s|SET m = :m, m.a = :n|SET m.a = :n, m[0] = :n|SET n = :n REMOVE n
SET l[0] = :n REMOVE l|SET m.k = :n, m.a.b = :n|SET|SET n|SET n =|SET n = :n,|SET n = :n,, str = :s
SET = :n|n = :n|FOO n = :n|SET n :n|REMOVE|REMOVE n,|REMOVE n str|ADD n|ADD n n|ADD n = :n|DELETE ss
SET n = p.x|SET set = :n|SET add = :n|SET m.set = :n|SET and = :n|SET p = :s|SET p.x = :s|REMOVE p|ADD p :n|SET n = :undefined|SET #u = :n|SET select = :n|SET #n = :n
SET n = foo(:n)|SET n = size(l)|SET n = attribute_exists(n)|SET n = if_not_exists(:n, :n)
SET n = if_not_exists(n)|SET l = list_append(l)|SET l = list_append(l, :n)|SET l = list_append(n, :l)
SET l = list_append(absent, :l)|SET n = n + :one + :one|SET n = (n + :one)|SET n = (:n)|SET n = ((:n))
SET (n) = :n|SET n = :n + :s|SET n = :ss - :n|SET n = n * :one|SET l[0] = l[1], l[1] = l[0]|SET ss = :empty
SET n = :n; |SET n = -:n|SET m.#k = :n|SET l[2] = l|SET x = l, y = x|SET m.l[5] = :n|SET n = :big - if_not_exists(zz, :one)
SET l[1] = :n, l[9] = :one, l[7] = :s|REMOVE l[0], m.k, ss|ADD n :one, ns :ns|SET n = n|SET x = bs
""".replace("\n", "|").split("|")  # fmt: skip

PROJECTIONS = """
n|n, str|m.a|m.a.b, m.k|l[0]|l[3], l[0]|l[2][0], l[3].x|absent|m.absent|l[9]|n.x|#n|#n, #n|n, n|m, m.a
m.a, m[0]|l[0], l|and|set|m.or|#u|select|n,|,n|n str|n..x|l[x]|l[0|l[99999999999999]|p|p.x|m.l[0], m.l[1]|:n|n = n|(n)
""".replace("\n", "|").split("|")

KEY_CONDITIONS = """
p = :p|p = :p AND s = :two|p = :p AND s < :two|p = :p AND s <= :two|p = :p AND s > :two|p = :p AND s >= :two
p = :p AND s BETWEEN :one AND :two|s > :one AND p = :p|:p = p|p = :p AND :two < s|(p = :p) AND (s > :one)
p = :p AND (s > :one)|(p = :p AND s > :one)|p = :p AND s <> :one|p = :p AND s IN (:one)|p = :p OR s = :one
NOT p = :p|p = :p AND NOT s = :one|p > :p|p > :p AND s = :one|s = :one|q = :p|p = :p AND q = :one
p = :p AND s > :one AND s < :two|p = :p AND p = :p|p = :one|p = :p AND s = :p|p = :p AND begins_with(s, :p)
begins_with(p, :p)|p = :p AND size(s) = :one|p = :p AND contains(s, :one)|attribute_exists(p)
p = :p AND s = s|p.x = :p|p = :p AND s.x = :one|p = :empty|p = :undefined|p =|p = :p AND|((p = :p))
p = :p AND s BETWEEN :two AND :one|p = :p AND :one BETWEEN s AND :two|:p = :p|p = :p AND :one = :two
p = :p AND begins_with(:p, s)|p = q|p = :p AND s = :one + :one|p = :p AND s < :two AND q = :one
""".replace("\n", "|").split("|")

NUMBERS = """
0 1 -1 1.0 1e5 -0 0001 -1.50 1E-3 1e125 1e-130 9.9999999999999999999999999999999999999E+125 1e126 1e-131 +5 .5 5.
1e+3 12345678901234567890123456789012345678 123456789012345678901234567890123456789
1234567890123456789012345678901234567800000 0.00000000000000000000000000000000000001 100.00 -1e-130 1e0 00.100
-99999999999999999999999999999999999999E+88
""".split()


def only(mapping, *texts):
    return {key: value for key, value in mapping.items()
            if any(key + end in text + " " for text in texts for end in " ),]:.;+-=<>*")} or None


def request(table, **members):
    return {"TableName": table, **{name: value for name, value in members.items() if value}}


def with_values(text, values=None):
    holders = {"#n": "n", "#m": "m", "#k": "k"}
    return {"ExpressionAttributeValues": only(values or {**VALUES, ":v": {"S": "v"}}, text),
            "ExpressionAttributeNames": only(holders, text)}


@pytest.mark.parametrize("text", [text for text in CONDITIONS if text])
def test_conditions_hold_and_fail_alike(both, text):
    same(both, "PutItem", {"TableName": "plain", "Item": ITEM})
    same(both, "Scan", request("plain", FilterExpression=text, **with_values(text)))
    same(both, "DeleteItem", request("plain", Key={"p": {"S": "a"}}, ConditionExpression=text,
                                     ReturnValuesOnConditionCheckFailure="ALL_OLD", **with_values(text)))


def names_parts(text):
    """The service answers UPDATED_NEW with the paths named alone, DynamoDB Local with the whole
    attribute."""
    return "." in text or "[" in text


@pytest.mark.parametrize("text", [text for text in UPDATES if text])
@pytest.mark.parametrize("returned", ["ALL_NEW", "UPDATED_NEW", "UPDATED_OLD"])
def test_updates_apply_alike(both, text, returned):
    same(both, "PutItem", {"TableName": "plain", "Item": ITEM})
    key = {"p": {"S": "a"}}
    if returned != "ALL_NEW" and names_parts(text):
        returned = "NONE"
    same(both, "UpdateItem", request("plain", Key=key, UpdateExpression=text, ReturnValues=returned,
                                     **with_values(text)))
    same(both, "GetItem", {"TableName": "plain", "Key": key})


@pytest.mark.parametrize("text", [text for text in PROJECTIONS if text])
def test_projections_select_alike(both, text):
    same(both, "PutItem", {"TableName": "plain", "Item": ITEM})
    names = with_values(text)["ExpressionAttributeNames"]
    same(both, "GetItem", request("plain", Key={"p": {"S": "a"}}, ProjectionExpression=text,
                                  ExpressionAttributeNames=names))


# Of a nested attribute the service says that it is nested, DynamoDB Local that a key is a scalar.
@pytest.mark.parametrize("text", [text for text in KEY_CONDITIONS if text and ".x" not in text])
@pytest.mark.parametrize("forward", [True, False])
def test_key_conditions_read_alike(both, text, forward):
    for number in ["-10", "0", "1", "2", "2.5", "1e2"]:
        same(both, "PutItem", {"TableName": "sorted", "Item": {"p": {"S": "a"}, "s": {"N": number}}})
    values = {":p": {"S": "a"}, ":one": {"N": "1"}, ":two": {"N": "2"}, ":empty": {"S": ""}}
    query = request("sorted", KeyConditionExpression=text, **with_values(text, values))
    query["ScanIndexForward"] = forward
    same(both, "Query", query)


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_are_stored_alike(both, number):
    same(both, "PutItem", {"TableName": "plain", "Item": {"p": {"S": "a"}, "n": {"N": number}}})
    same(both, "GetItem", {"TableName": "plain", "Key": {"p": {"S": "a"}}})
    same(both, "PutItem", {"TableName": "sorted", "Item": {"p": {"S": "a"}, "s": {"N": number}}})
    same(both, "GetItem", {"TableName": "sorted", "Key": {"p": {"S": "a"}, "s": {"N": number}}})


def test_sort_keys_order_alike(both):
    chance = random.Random(20261123)
    for _ in range(150):
        number = f"{chance.choice(['', '-'])}{chance.randint(0, 10**chance.randint(1, 38) - 1)}e{chance.randint(-60, 60)}"
        same(both, "PutItem", {"TableName": "sorted", "Item": {"p": {"S": "a"}, "s": {"N": number}}})
        text = "".join(chance.choice("aAbz0é€𝄞~ ") for _ in range(chance.randint(1, 6)))
        same(both, "PutItem", {"TableName": "texts", "Item": {"p": {"N": "1"}, "s": {"S": text}}})
    for table, key in (("sorted", {"S": "a"}), ("texts", {"N": "1.0"})):
        for forward in (True, False):
            start = None
            while True:
                page = same(both, "Query", request(
                    table, KeyConditionExpression="p = :p", ExpressionAttributeValues={":p": key},
                    Limit=40, ExclusiveStartKey=start) | {"ScanIndexForward": forward})
                start = page.get("LastEvaluatedKey")
                if start is None:
                    break


@pytest.mark.parametrize("prefix", ["a", "A", "é", "zz", "0"])
def test_prefixes_are_found_alike(both, prefix):
    for text in ["a", "aa", "ab", "b", "A", "é", "éa", "z", "0", "01", "1"]:
        same(both, "PutItem", {"TableName": "texts", "Item": {"p": {"N": "7"}, "s": {"S": text}}})
    same(both, "Query", request(
        "texts", KeyConditionExpression="p = :p AND begins_with(s, :s)",
        ExpressionAttributeValues={":p": {"N": "7"}, ":s": {"S": prefix}}))


LEGACY = [
    {"n": {"Value": {"N": "5"}}}, {"n": {"Value": {"N": "6"}}}, {"n": {"Exists": False}},
    {"zz": {"Exists": False}}, {"n": {"Exists": True, "Value": {"N": "5"}}},
    {"n": {"ComparisonOperator": "GT", "AttributeValueList": [{"N": "4"}]}},
    {"n": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"N": "4"}, {"N": "9"}]}},
    {"n": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"N": "9"}, {"N": "4"}]}},
    {"n": {"ComparisonOperator": "IN", "AttributeValueList": [{"N": "4"}, {"N": "5"}]}},
    {"n": {"ComparisonOperator": "NULL"}}, {"zz": {"ComparisonOperator": "NULL"}},
    {"n": {"ComparisonOperator": "NOT_NULL"}}, {"n": {"ComparisonOperator": "NE", "Value": {"N": "5"}}},
    {"str": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [{"S": "he"}]}},
    {"str": {"ComparisonOperator": "CONTAINS", "AttributeValueList": [{"S": "ell"}]}},
    {"str": {"ComparisonOperator": "NOT_CONTAINS", "AttributeValueList": [{"S": "ell"}]}},
    {"ss": {"ComparisonOperator": "CONTAINS", "AttributeValueList": [{"S": "x"}]}},
    {"n": {"ComparisonOperator": "LT", "AttributeValueList": [{"SS": ["a"]}]}},
    {"n": {"ComparisonOperator": "EQ", "AttributeValueList": []}},
    {"n": {"ComparisonOperator": "IN", "AttributeValueList": [{"N": "4"}, {"S": "5"}]}},
    {"n": {"Value": {"N": "5"}, "AttributeValueList": [{"N": "5"}]}}, {"n": {"Exists": True}}, {"n": {}},
    {"n": {"Exists": False, "Value": {"N": "5"}}}, {"n": {"AttributeValueList": [{"N": "5"}]}},
    {"n": {"ComparisonOperator": "GT"}}, {"n": {"Exists": True, "ComparisonOperator": "GT"}},
]  # fmt: skip


@pytest.mark.parametrize("expected", LEGACY, ids=json.dumps)
def test_expected_conditions_hold_alike(both, expected):
    same(both, "PutItem", {"TableName": "plain", "Item": ITEM})
    same(both, "DeleteItem", {"TableName": "plain", "Key": {"p": {"S": "a"}}, "Expected": expected})
    same(both, "Scan", {"TableName": "plain"})


ATTRIBUTE_UPDATES = [
    {"n": {"Action": "PUT", "Value": {"N": "7"}}}, {"n": {"Action": "ADD", "Value": {"N": "7"}}},
    {"zz": {"Action": "ADD", "Value": {"N": "7"}}}, {"n": {"Action": "DELETE"}}, {"n": {"Action": "PUT"}},
    {"ss": {"Action": "ADD", "Value": {"SS": ["z"]}}}, {"ss": {"Action": "DELETE", "Value": {"SS": ["x"]}}},
    {"ss": {"Action": "DELETE", "Value": {"S": "x"}}}, {"str": {"Action": "ADD", "Value": {"S": "x"}}},
    {"l": {"Action": "ADD", "Value": {"L": [{"N": "1"}]}}}, {"n": {"Action": "ADD", "Value": {"SS": ["x"]}}},
    {"p": {"Value": {"S": "x"}}}, {},
]  # fmt: skip


@pytest.mark.parametrize("updates", ATTRIBUTE_UPDATES, ids=json.dumps)
def test_attribute_updates_apply_alike(both, updates):
    same(both, "PutItem", {"TableName": "plain", "Item": ITEM})
    removes = any(update.get("Action") == "DELETE" for update in updates.values())
    for key in ("a",) if removes else ("a", "new"):  # DynamoDB Local makes an item by removing
        same(both, "UpdateItem", {"TableName": "plain", "Key": {"p": {"S": key}}, "AttributeUpdates": updates,
                                  "ReturnValues": "ALL_NEW"})


# --- batches and transactions ---

KEYS = [("plain", {"p": {"S": name}}) for name in "abcd"]
KEYS += [("sorted", {"p": {"S": "a"}, "s": {"N": number}}) for number in ("1", "2.5", "1e2", "-7")]


def units(consumed):
    """By table, without what DynamoDB Local does not tell."""
    return {one["TableName"]: one["CapacityUnits"] for one in consumed}


def same_units(endpoints, operation, request):
    """The answers alike, in whatever order items and capacities come."""

    def ordered(answer):
        answer = plain(answer)
        if "ConsumedCapacity" in answer:
            answer["ConsumedCapacity"] = units(answer["ConsumedCapacity"])
        if operation == "BatchGetItem" and "Responses" in answer:
            answer["Responses"] = {table: sorted(items, key=json.dumps)
                                   for table, items in answer["Responses"].items()}
        return answer

    ours, theirs = (endpoint.call(operation, request) for endpoint in endpoints)
    assert (ours[0], ordered(ours[1])) == (theirs[0], ordered(theirs[1])), (
        f"{operation} {json.dumps(request)}"
    )
    return ours


def random_item(chance, key):
    return {**key, "n": {"N": str(chance.randint(-5, 5))}, "text": {"S": "x" * chance.randint(0, 1500)}}


def random_action(chance, table, key):
    condition = chance.choice([None, "attribute_exists(p)", "attribute_not_exists(p)", "n > :v", "n <> :v"])
    value = {":v": {"N": str(chance.randint(-3, 3))}}
    action = {"TableName": table}
    if chance.random() < 0.5:
        action["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    kind = chance.choice(["Put", "Delete", "Update", "ConditionCheck"])
    if kind == "ConditionCheck":
        condition = condition or "attribute_exists(p)"
    if condition is not None:
        action["ConditionExpression"] = condition
    if kind == "Update":
        action["UpdateExpression"] = chance.choice(["ADD n :v", "SET n = if_not_exists(n, :v) + :v"])
    if kind == "Update" or ":v" in (condition or ""):
        action["ExpressionAttributeValues"] = value
    action |= {"Item": random_item(chance, key)} if kind == "Put" else {"Key": key}
    return {kind: action}


def same_state(both):
    same_units(both, "TransactGetItems", {
        "TransactItems": [{"Get": {"TableName": table, "Key": key}} for table, key in KEYS],
        "ReturnConsumedCapacity": "TOTAL"})


@pytest.mark.parametrize("seed", range(4))
def test_random_transactions_are_done_or_cancelled_alike(both, seed):
    chance = random.Random(seed)
    outcomes = set()
    for _ in range(60):
        targets = chance.sample(KEYS, chance.randint(1, 4))
        call = {"TransactItems": [random_action(chance, *target) for target in targets]}
        if all("Put" in action or "Update" in action for action in call["TransactItems"]):
            call["ReturnConsumedCapacity"] = "TOTAL"  # it counts checks and deletions otherwise
        if chance.random() < 0.3:
            call["ClientRequestToken"] = f"{time.monotonic_ns()}"
        outcomes.add(same_units(both, "TransactWriteItems", call)[0])
        if "ClientRequestToken" in call:  # whose units are its own
            same_units(both, "TransactWriteItems", call | {"ReturnConsumedCapacity": "NONE"})
        same_state(both)
    assert outcomes == {200, 400}


@pytest.mark.parametrize("seed", range(2))
def test_random_batches_write_and_read_alike(both, seed):
    chance = random.Random(seed)
    for _ in range(30):
        writes, reads = {}, {}
        for table, key in chance.sample(KEYS, chance.randint(1, len(KEYS))):
            put = chance.random() < 0.7
            writes.setdefault(table, []).append(
                {"PutRequest": {"Item": random_item(chance, key)}} if put else {"DeleteRequest": {"Key": key}})
        for table, key in chance.sample(KEYS, chance.randint(1, len(KEYS))):
            reads.setdefault(table, {"Keys": []})["Keys"].append(key)
        for table in reads.values():
            table |= chance.choice([{}, {"ConsistentRead": True}, {"ProjectionExpression": "n, zz"},
                                    {"ProjectionExpression": "#n", "ExpressionAttributeNames": {"#n": "n"}}])
        same_units(both, "BatchWriteItem", {"RequestItems": writes})  # without units: it has its own
        same_units(both, "BatchGetItem", {"RequestItems": reads})
        same_state(both)


A = {"p": {"S": "a"}}
REFUSED = [
    ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "plain", "Item": A}}] * 2}),
    ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "plain", "Item": {"p": {"S": ""}}}}]}),
    ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "plain", "Item": A},
                                               "Delete": {"TableName": "plain", "Key": A}}]}),
    ("TransactWriteItems", {"TransactItems": [{"Update": {
        "TableName": "plain", "Key": A, "UpdateExpression": "SET p = :v",
        "ExpressionAttributeValues": {":v": {"S": "b"}}}}]}),
    ("TransactWriteItems", {"TransactItems": [{"ConditionCheck": {
        "TableName": "plain", "Key": A, "ConditionExpression": "attribute_exists("}}]}),
    ("TransactWriteItems", {"TransactItems": [{"Put": {
        "TableName": "plain", "Item": {"p": {"S": str(number)}, "text": {"S": "x" * 350000}}}}
        for number in range(12)]}),
    ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "plain", "Key": A}}] * 2}),
    ("BatchGetItem", {"RequestItems": {"plain": {"Keys": [A, A]}}}),
    ("BatchGetItem", {"RequestItems": {"plain": {"Keys": [A], "ProjectionExpression": "n"},
                                       "texts": {"Keys": [A], "AttributesToGet": ["n"]}}}),
    ("BatchWriteItem", {"RequestItems": {"plain": [{"PutRequest": {"Item": A}},
                                                   {"DeleteRequest": {"Key": A}}]}}),
    ("BatchWriteItem", {"RequestItems": {"plain": [{"PutRequest": {"Item": {"p": {"S": ""}}}}]}}),
]  # fmt: skip


@pytest.mark.parametrize("operation, request_", REFUSED, ids=lambda value: json.dumps(value)[:60])
def test_wrong_batches_and_transactions_are_refused_alike(both, operation, request_):
    same(both, operation, request_)
