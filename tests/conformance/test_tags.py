from .rows import refusals


@refusals("tags.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
