from .rows import refusals


@refusals("get_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
