from .rows import refusals


@refusals("delete_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
