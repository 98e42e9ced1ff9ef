from .rows import refusals


@refusals("time_to_live.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)
