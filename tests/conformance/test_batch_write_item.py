from .rows import refusals


@refusals("batch_write_item.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
