from .rows import refusals


@refusals("batch_get_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
