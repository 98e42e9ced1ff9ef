"""One connection to a DynamoDB endpoint, kept open: what is sent and what comes back, nothing hidden."""

import http.client
import json
import typing

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261123/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64
)
SIGNED = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20261123T100000Z",
    "Authorization": AUTHORIZATION,
}
NAMESPACES = {
    "ValidationException": "com.amazon.coral.validate",
    "SerializationException": "com.amazon.coral.service",
    "UnknownOperationException": "com.amazon.coral.service",
}


class Answer(typing.NamedTuple):
    status: int
    headers: dict
    body: bytes


class Refusal(typing.NamedTuple):
    """An error's name without its namespace, its text ("" when it has none), and the whole body."""

    error: str
    message: str
    body: dict


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def request(self, method, path="/", body=None, headers=None):
        """Header names of the answer are in lower case."""
        try:
            self.connection.request(method, path, body, headers or {})
            answer = self.connection.getresponse()
            received = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, received, answer.read())
        except (OSError, http.client.HTTPException):
            self.connection.close()  # the next request begins a new one
            raise

    def call(self, operation, request, service="DynamoDB_20120810"):
        """The status and the parsed body, None for an empty one."""
        headers = {**SIGNED, "X-Amz-Target": f"{service}.{operation}"}
        answer = self.request("POST", "/", json.dumps(request).encode(), headers)
        return answer.status, json.loads(answer.body) if answer.body else None

    def ok(self, operation, service="DynamoDB_20120810", **request):
        status, body = self.call(operation, request, service)
        assert status == 200, f"{operation} {shown(request)}: {shown(body)}"
        return body

    def refused(self, operation, **request):
        """Asserts a 400 with the error's right namespace."""
        status, body = self.call(operation, request)
        assert status == 400, f"{operation} {shown(request)} was not refused: {shown(body)}"
        namespace, error = body["__type"].split("#")
        assert namespace == NAMESPACES.get(error, "com.amazonaws.dynamodb.v20120810")
        return Refusal(error, body.get("message", body.get("Message", "")), body)

    def put(self, table, **item):
        return self.ok("PutItem", TableName=table, Item=item)

    def get(self, table, **key):
        """The item, strongly consistent; None when there is none."""
        return self.ok("GetItem", TableName=table, Key=key, ConsistentRead=True).get("Item")

    def scan(self, **request):
        """The items of all pages."""
        items = []
        while True:
            page = self.ok("Scan", **request)
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return items
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 2000 else text[:2000] + "..."
