"""The refusals of tests/data/dynamodb/conformance, a case a row; README.md there says how a row reads."""

import json
import pathlib
import re
import typing

import pytest

from .values import deep

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "data" / "dynamodb" / "conformance"
REPEATED = re.compile(r"\{(.)\*(\d+)\}")


class Row(typing.NamedTuple):
    """An operation, its request as the file has it, and what the refusal is: form is how `text` is meant."""

    operation: str
    name: str
    request: dict
    error: str
    form: str
    text: str

    def check(self, dynamodb):
        refusal = dynamodb.refused(self.operation, **expanded(self.request))
        assert refusal.error == self.error, refusal.message
        text = expanded(self.text)
        if self.form == "message":
            assert refusal.message == text
        elif self.form == "begins":
            assert refusal.message.startswith(text)
        elif self.form == "contains":
            assert text in refusal.message
        elif self.form == "matches":
            assert re.search(text, refusal.message), refusal.message


def expanded(value):
    """The value that a file's value stands for."""
    if isinstance(value, str):
        return REPEATED.sub(lambda mark: mark[1] * int(mark[2]), value)
    if isinstance(value, list):
        return [expanded(element) for element in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["deep"]:
        return deep(value["deep"])
    if list(value) == ["count", "of"]:
        template = json.dumps(value["of"])
        return [json.loads(template.replace("{i}", str(i))) for i in range(value["count"])]
    return {expanded(name): expanded(member) for name, member in value.items()}


def read(file):
    for group in json.loads((FOLDER / file).read_text(encoding="utf-8")):
        for case in group["cases"]:
            form = next((form for form in ("message", "begins", "contains", "matches") if form in case), "")
            error = case.get("error", "ValidationException")
            yield Row(group["operation"], case["name"], case["request"], error, form, case.get(form, ""))


def refusals(file):
    """Gives a test each row of a file, as `row`."""
    rows = list(read(file))
    names = [f"{row.operation}, {row.name}" for row in rows]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return pytest.mark.parametrize("row", rows, ids=names)
