"""DescribeTable, DeleteTable, ListTables, and what an account is told.

Facts: dynalite test/describeTable.js, deleteTable.js, listTables.js; dynamodb-conformance account/limits,
backups/continuous.
"""

from .rows import refusals


@refusals("tables.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


def test_limits_are_positive(dynamodb):
    answer = dynamodb.ok("DescribeLimits")
    for scope in ("Account", "Table"):
        for direction in ("Read", "Write"):
            assert answer[f"{scope}Max{direction}CapacityUnits"] > 0


def test_an_endpoint_has_an_address_and_a_period(dynamodb):
    endpoint = dynamodb.ok("DescribeEndpoints")["Endpoints"][0]
    assert endpoint["Address"]
    assert endpoint["CachePeriodInMinutes"] > 0


def test_a_table_has_no_recovery_to_a_point_in_time(dynamodb):
    backups = dynamodb.ok("DescribeContinuousBackups", TableName="simple")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"
