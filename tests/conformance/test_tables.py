from .rows import refusals


@refusals("tables.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
