from .rows import refusals


@refusals("update_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
