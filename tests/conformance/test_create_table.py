from .rows import refusals


@refusals("create_table.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
