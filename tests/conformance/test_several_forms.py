"""Where AWS's wording depends on region or date: the form that docs/dynamodb.md says is ours."""

from .rows import refusals


@refusals("several_forms.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
