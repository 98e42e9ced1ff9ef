from .rows import refusals


@refusals("transact_get_items.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
