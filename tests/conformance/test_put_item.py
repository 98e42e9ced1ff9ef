from .rows import refusals


@refusals("put_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
