from .rows import refusals


@refusals("partiql.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
