"""Members of a wrong JSON kind: each operation's members, each with the values that its type refuses."""

import json

import pytest

from .rows import FOLDER

FACTS = json.loads((FOLDER / "serialization.json").read_text(encoding="utf-8"))
MEMBERS = [(operation, member, kind) for operation, members in FACTS["members"].items() for member, kind in members]
PACKAGE = "com.amazonaws.dynamodb.v20120810."


def wrong_values(kind):
    """Paths from the member on, values that are refused there, and the texts."""
    kind, _, role = kind.partition(" as ")
    if kind == "AttributeValue":
        for member, inner in FACTS["attribute value"]:
            for path, value, text in wrong_values(inner.replace("{role}", role)):
                yield member + path, value, text
        return
    kind, _, name = kind.partition(" of ")
    for value, text in FACTS["texts"][kind]:
        yield "", value, text.replace("{name}", name if "." in name else PACKAGE + name)


def placed(path, value):
    """The value at a path: `a.0.b` is {"a": [{"b": value}]}."""
    for step in reversed(path.split(".")):
        value = [value] if step == "0" else {step: value}
    return value


@pytest.mark.parametrize("operation, member, kind", MEMBERS, ids=[f"{row[0]}, {row[1]}, {row[2]}" for row in MEMBERS])
def test_refused(dynamodb, operation, member, kind):
    for path, value, text in wrong_values(kind):
        request = placed(member + path, value)
        _, body = dynamodb.call(operation, request)
        expected = {"__type": "com.amazon.coral.service#SerializationException", "Message": text}
        assert body == expected, json.dumps(request)
