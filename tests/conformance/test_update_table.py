from .rows import refusals


@refusals("update_table.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
