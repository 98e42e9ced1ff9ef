from .rows import refusals


@refusals("scan.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
