from .rows import refusals


@refusals("query.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
