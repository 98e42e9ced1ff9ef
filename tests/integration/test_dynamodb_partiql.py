"""PartiQL with boto3, against what AWS answers: ExecuteStatement, BatchExecuteStatement, ExecuteTransaction."""

import os
import pathlib
import subprocess

import boto3
import botocore.exceptions
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUALL = pathlib.Path(os.environ.get("SQUALL_BINARY") or ROOT / "build" / "squall")
NEEDS_KEYS = "Where clause does not contain a mandatory equality on all key attributes"
BATCH_KEYS = "Select statements within BatchExecuteStatement must specify the primary key in the where clause."
OVERLAP = "Overlapping conditions with range keys are not supported in where clause"


@pytest.fixture(scope="module", params=["--memory", "--data=data"])
def client(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("squall")
    template = folder / "template.yaml"
    template.write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    command = [SQUALL, "serve", template, request.param, "--port", "0", "--aws-port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    try:
        url = dict(part.split("=", 1) for part in process.stdout.readline().split()[1:])["aws"]
        made = boto3.client("dynamodb", endpoint_url=url, region_name="us-east-1", aws_access_key_id="a",
                            aws_secret_access_key="b")
        make_tables(made)
        yield made
    finally:
        process.terminate()
        assert process.wait(10) == 0


def attributes(names, number=()):
    return [{"AttributeName": n, "AttributeType": "N" if n in number else "S"} for n in names]


def key(hash_name, range_name=None):
    pair = [{"AttributeName": hash_name, "KeyType": "HASH"}]
    return pair + ([{"AttributeName": range_name, "KeyType": "RANGE"}] if range_name else [])


def index(name, schema, projection="ALL", *include):
    shown = {"ProjectionType": projection} | ({"NonKeyAttributes": list(include)} if include else {})
    return {"IndexName": name, "KeySchema": schema, "Projection": shown}


def make_tables(client):
    client.create_table(TableName="hash", AttributeDefinitions=attributes(["pk"]), KeySchema=key("pk"),
                        BillingMode="PAY_PER_REQUEST")
    client.create_table(TableName="number", AttributeDefinitions=attributes(["pk"], ["pk"]), KeySchema=key("pk"),
                        BillingMode="PAY_PER_REQUEST")
    client.create_table(
        TableName="sorted", AttributeDefinitions=attributes(["pk", "sk", "g", "g2", "l", "l2"]),
        KeySchema=key("pk", "sk"), BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            index("gsi-all", key("g")), index("gsi-keys", key("g2"), "KEYS_ONLY"),
            index("gsi-inc", key("g2"), "INCLUDE", "proj"),
            index("gsi-two", [{"AttributeName": "g", "KeyType": "HASH"}, {"AttributeName": "g2", "KeyType": "HASH"}]),
        ],
        LocalSecondaryIndexes=[index("lsi-all", key("pk", "l")), index("lsi-keys", key("pk", "l2"), "KEYS_ONLY")])
    for i in (1, 2, 4):
        client.put_item(TableName="sorted", Item={
            "pk": {"S": "p"}, "sk": {"S": f"s{i}"}, "g": {"S": "z" if i == 2 else "x"}, "g2": {"S": "y"},
            "l": {"S": f"l{i}"}, "l2": {"S": f"k{i}"}, "proj": {"S": f"proj{i}"}, "other": {"S": f"np{i}"}})
    client.put_item(TableName="sorted", Item={"pk": {"S": "p"}, "sk": {"S": "s3"}, "other": {"S": "np3"}})
    client.put_item(TableName="sorted", Item={"pk": {"S": "q"}, "sk": {"S": "s5"}, "g2": {"S": "y2"}})


def run(client, statement, *parameters, **more):
    if parameters:
        more["Parameters"] = list(parameters)
    answer = client.execute_statement(Statement=statement, **more)
    answer.pop("ResponseMetadata")
    return answer


def items(client, statement, *parameters, **more):
    return run(client, statement, *parameters, **more)["Items"]


def refused(client, statement, *parameters, **more):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        run(client, statement, *parameters, **more)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def sort_keys(client, where, **more):
    return [i["sk"]["S"] for i in items(client, 'SELECT pk, sk FROM "sorted" WHERE ' + where, **more)]


def put(client, pk, **attributes):
    client.put_item(TableName="hash", Item={"pk": {"S": pk}, **attributes})


def stored(client, pk):
    return client.get_item(TableName="hash", Key={"pk": {"S": pk}}).get("Item")


def test_a_statement_a_kind(client):
    assert items(client, "INSERT INTO \"hash\" VALUE {'pk': ?, 'n': 1, 's': <<'a', 'b'>>}", {"S": "kinds"}) == []
    assert refused(client, "INSERT INTO \"hash\" VALUE {'pk': 'kinds'}") == (
        "DuplicateItemException", "Duplicate primary key exists in table")
    assert items(client, "UPDATE \"hash\" SET n = n + 1 SET s = set_add(s, <<'c'>>) WHERE pk = 'kinds'") == []
    assert items(client, "SELECT * FROM \"hash\" WHERE pk = 'kinds'") == [
        {"pk": {"S": "kinds"}, "n": {"N": "2"}, "s": {"SS": ["a", "b", "c"]}}]
    assert items(client, "DELETE FROM \"hash\" WHERE pk = 'kinds' AND n = 2 RETURNING ALL OLD *") == [
        {"pk": {"S": "kinds"}, "n": {"N": "2"}, "s": {"SS": ["a", "b", "c"]}}]
    assert items(client, "DELETE FROM \"hash\" WHERE pk = 'kinds' AND n = 2") == []
    assert refused(client, "EXISTS(SELECT * FROM \"hash\" WHERE pk = 'kinds' AND n = 2)") == (
        "ValidationException", "EXISTS can only be used in ExecuteTransaction write requests.")


def test_update_answers_what_returning_says(client):
    put(client, "ret", a={"N": "1"}, m={"M": {"x": {"S": "old"}}})
    update = "UPDATE \"hash\" SET m.x = 'new' REMOVE a WHERE pk = 'ret' RETURNING "
    assert items(client, update + "MODIFIED OLD *") == [{"a": {"N": "1"}, "m": {"M": {"x": {"S": "old"}}}}]
    assert items(client, update + "MODIFIED NEW *") == [{"m": {"M": {"x": {"S": "new"}}}}]
    assert items(client, update + "ALL OLD *") == [{"pk": {"S": "ret"}, "m": {"M": {"x": {"S": "new"}}}}]
    assert items(client, "UPDATE \"hash\" REMOVE m WHERE pk = 'ret' RETURNING MODIFIED NEW *") == []
    assert items(client, "FROM \"hash\" WHERE pk = 'ret' SET c = 1 RETURNING ALL NEW *") == [
        {"pk": {"S": "ret"}, "c": {"N": "1"}}]


@pytest.mark.parametrize("statement, code, message", [
    ("UPDATE \"hash\" SET a = 1 WHERE pk = 'absent'", "ConditionalCheckFailedException",
     "The conditional request failed"),
    ("UPDATE \"hash\" SET a = 1 WHERE pk = 'absent' AND attribute_not_exists(pk)", "ConditionalCheckFailedException",
     "The conditional request failed"),
    ("UPDATE \"hash\" SET a = 1 WHERE a = 1", "ValidationException", NEEDS_KEYS),
    ("UPDATE \"hash\" SET a = 1", "ValidationException", NEEDS_KEYS),
    ("DELETE FROM \"hash\" WHERE pk IN ['a']", "ValidationException", NEEDS_KEYS),
    ("DELETE FROM \"hash\" WHERE pk = 'a' OR pk = 'b'", "ValidationException", NEEDS_KEYS),
    ("DELETE FROM \"sorted\" WHERE pk = 'a' AND sk > 'b'", "ValidationException", NEEDS_KEYS),
    ("DELETE FROM \"hash\" WHERE pk = 'a' AND pk = 'b'", "ValidationException",
     "Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported"),
    ("DELETE FROM \"hash\" WHERE pk = 1", "ValidationException",
     "Key attribute's data type should match its data type in table's schema: Key pk"),
    ("DELETE FROM \"hash\" WHERE pk = ''", "ValidationException",
     "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
     "string value. Key: pk"),
    ("UPDATE \"hash\" SET pk = 'b' WHERE pk = 'a'", "ValidationException",
     "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key"),
    ("INSERT INTO \"sorted\" VALUE {'pk': 'a'}", "ValidationException",
     "Key attribute should be present in the item: Key sk"),
    ("INSERT INTO \"hash\" VALUE {'pk': 1}", "ValidationException",
     "Key attribute's data type should match its data type in table's schema: Key pk"),
    ("INSERT INTO \"none-such\" VALUE {'pk': 'a'}", "ResourceNotFoundException", "Requested resource not found"),
    ("UPDATE \"none-such\" SET a = 1 WHERE pk = 'a' AND n < TRUE", "ValidationException",
     "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"),
    ("SELECT * FROM \"none-such\"", "ResourceNotFoundException", "Requested resource not found"),
    ("SELECT * FROM \"sorted\".\"none\" WHERE pk = 'p'", "ValidationException",
     "The table does not have the specified index"),
    ("SELECT * FROM \"sorted\".\"gsi-two\"", "ValidationException",
     "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys."),
    ("SELECT other, proj, zz FROM \"sorted\".\"gsi-inc\" WHERE g2 = 'y'", "ValidationException",
     "One or more parameter values were invalid: Global secondary index gsi-inc does not project [other, zz]"),
    ("SELECT pk FROM \"sorted\".\"gsi-inc\" WHERE g2 = 'y' AND other = 'a'", "ValidationException",
     "One or more parameter values were invalid: Secondary index gsi-inc does not project one or more filter "
     "attributes: [other]"),
    ("SELECT pk FROM \"sorted\".\"gsi-inc\" WHERE g2 = 'y' AND b = '1' AND (a = '2' OR proj = '3')",
     "ValidationException",
     "One or more parameter values were invalid: Secondary index gsi-inc does not project one or more filter "
     "attributes: [a, b]"),
    ("SELECT pk FROM \"sorted\".\"lsi-keys\" WHERE pk = 'p' AND l2 BETWEEN 'k1' AND 'k4' AND other IS MISSING",
     "ValidationException",
     "One or more parameter values were invalid: Secondary index lsi-keys does not project one or more filter "
     "attributes: [other]"),
    ("SELECT * FROM \"sorted\" WHERE pk = 'p' AND x = '1' OR pk = 'p' AND sk = '2'", "ValidationException", OVERLAP),
    ("SELECT * FROM \"sorted\" WHERE pk = 'p' AND x <> '1' OR pk = 'p' AND sk = '2'", "ValidationException", OVERLAP),
    ("SELECT sk FROM \"sorted\" WHERE pk = 'p' ORDER BY other", "ValidationException",
     "Attribute other in ORDER BY clause must be part of the primary key"),
    ("SELECT sk FROM \"sorted\" WHERE pk > 'a' ORDER BY sk", "ValidationException",
     "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."),
    ("SELECT sk FROM \"sorted\" WHERE pk IN ['p', 'q'] ORDER BY sk DESC", "ValidationException",
     "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause."),
])
def test_refused_statements_have_the_services_texts(client, statement, code, message):
    assert refused(client, statement) == (code, message)


def test_a_missing_item_is_no_reason_to_create_it(client):
    refused(client, "UPDATE \"hash\" SET a = set_add(a, <<'x'>>) WHERE pk = 'never'")
    assert stored(client, "never") is None


def test_a_parameter_is_told_before_the_statement(client):
    text = "One or more parameter values were invalid: Input collection [a, a] contains duplicates."
    assert refused(client, "UPDATE \"hash\" SET WHERE", {"SS": ["a", "a"]}) == ("ValidationException", text)
    unconvertible = "The parameter cannot be converted to a numeric value"
    for number in ("1e99999999999", "-1e2147483648", "1e-2147483648"):
        assert refused(client, "SELECT * FROM \"hash\" WHERE n = ?", {"L": [{"N": number}]}) == (
            "ValidationException", f"{unconvertible}: {number}")
    assert refused(client, "SELECT * FROM \"hash\" WHERE n = ?", {"N": "1e2147483647"})[1].startswith("Number underflow")
    assert refused(client, "SELECT * FROM \"hash\" WHERE n = ?", {"N": ""}) == ("ValidationException", unconvertible)
    assert refused(client, "SELECT * FROM \"hash\" WHERE n = ?") == (
        "ValidationException", "Number of parameters in request and statement don't match.")


def test_numbers_are_keys_by_value(client):
    for pk in ("7310000", "7.3", "-7.3"):
        client.put_item(TableName="number", Item={"pk": {"N": pk}})
    for literal in ("7.31e6", "7.31E6", "7.31e+6", "731e4", "73100000e-1"):
        assert items(client, f'SELECT * FROM "number" WHERE pk = {literal}') == [{"pk": {"N": "7310000"}}]
    assert items(client, 'SELECT * FROM "number" WHERE pk = -.73e1') == [{"pk": {"N": "-7.3"}}]


@pytest.mark.parametrize("where, expected", [
    ("pk = 'p'", ["s1", "s2", "s3", "s4"]),
    ("pk = 'p' AND sk = 's2'", ["s2"]),
    ("pk = 'p' AND 's2' < sk AND sk <= 's4'", ["s3", "s4"]),
    ("pk = 'p' AND sk BETWEEN 's2' AND 's3'", ["s2", "s3"]),
    ("pk = 'p' AND begins_with(sk, 's')", ["s1", "s2", "s3", "s4"]),
    ("pk = 'p' AND sk IN ['s3', 's1', 's3']", ["s1", "s3"]),
    ("pk = 'p' AND (sk = 's1' OR sk > 's3')", ["s1", "s4"]),
    ("pk = 'p' AND sk <> 's2'", ["s1", "s3", "s4"]),
    ("pk = 'p' AND NOT sk = 's1' OR pk = 'p' AND sk = 's2'", ["s2", "s3", "s4"]),
    ("pk = 'p' OR pk = 'p' AND NOT sk = 's1'", ["s1", "s2", "s3", "s4"]),
    ("pk = 'p' AND pk = 'q'", []),
    ("pk = 'p' AND sk > 's3' AND sk < 's2'", []),
    ("pk IN ['q', 'p']", ["s1", "s2", "s3", "s4", "s5"]),
    ("pk = 'p' AND g = 'x' OR pk = 'q'", ["s1", "s4", "s5"]),
    ("pk = 'p' ORDER BY sk DESC", ["s4", "s3", "s2", "s1"]),
    ("pk = 'p' ORDER BY sk", ["s1", "s2", "s3", "s4"]),
    ("pk = 'p' ORDER BY pk ASC", ["s4", "s3", "s2", "s1"]),
    ("pk IN ['p', 'q'] ORDER BY pk DESC, sk ASC", ["s5", "s1", "s2", "s3", "s4"]),
    ("pk IN ['p', 'q'] AND sk IN ['s1', 's5'] ORDER BY pk, sk DESC", ["s1", "s5"]),
])
def test_where_finds_its_items_in_order(client, where, expected):
    assert sort_keys(client, where) == expected


@pytest.mark.parametrize("where", ["pk = 'p'", "pk IN ['p', 'q'] ORDER BY pk DESC", "g2 > 'a'", "pk = 'p' AND sk > 's1'"])
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_make_the_whole(client, where, limit):
    statement = 'SELECT sk FROM "sorted" WHERE ' + where
    whole, pages, token = items(client, statement), [], {}
    while True:
        page = run(client, statement, Limit=limit, **token)
        pages += page["Items"]
        if "NextToken" not in page:
            break
        assert set(page["LastEvaluatedKey"]) == {"pk", "sk"}
        token = {"NextToken": page["NextToken"]}
    assert pages == whole and whole


def test_a_token_belongs_to_its_statement(client):
    first = run(client, "SELECT pk, sk FROM \"sorted\".\"gsi-inc\" WHERE g2 = 'y'", Limit=1)
    other = "SELECT pk, sk FROM \"sorted\".\"gsi-keys\" WHERE g2 = 'y'"
    assert refused(client, other, NextToken=first["NextToken"]) == (
        "ValidationException", "NextToken does not match request")
    assert refused(client, other, NextToken="abc") == ("ValidationException", "Invalid NextToken")


def test_columns_are_flat(client):
    put(client, "flat", m={"M": {"k": {"S": "v"}, "l": {"L": [{"M": {"z": {"S": "q"}, "y": {"S": "no"}}}]}}},
        l={"L": [{"N": "1"}, {"L": [{"N": "7"}]}]})
    assert items(client, "SELECT m.k, l[1][0], m.l[0].z, none FROM \"hash\" WHERE pk = 'flat'") == [
        {"k": {"S": "v"}, "l[1][0]": {"N": "7"}, "l[0]": {"M": {"z": {"S": "q"}}}}]
    assert items(client, "SELECT none FROM \"hash\" WHERE pk = 'flat'") == [{}]


def capacity(client, statement, **more):
    return run(client, statement, ReturnConsumedCapacity="INDEXES", **more)["ConsumedCapacity"]


def test_an_index_answers_what_it_projects(client):
    assert [set(i) for i in items(client, "SELECT * FROM \"sorted\".\"gsi-keys\" WHERE g2 = 'y'")] == [
        {"pk", "sk", "g2"}] * 3
    assert [set(i) for i in items(client, "SELECT * FROM \"sorted\".\"lsi-keys\" WHERE pk = 'p'")] == [
        {"pk", "sk", "l2"}] * 3
    assert len(items(client, "SELECT other FROM \"sorted\".\"lsi-keys\" WHERE pk = 'p'")) == 3
    # A scan of an index sees nothing of what it does not project.
    assert items(client, "SELECT pk FROM \"sorted\".\"lsi-keys\" WHERE other = 'np1'") == []
    assert len(items(client, "SELECT pk FROM \"sorted\".\"gsi-keys\" WHERE NOT other = 'np1'")) == 4
    either = "SELECT sk FROM \"sorted\".\"gsi-inc\" WHERE (g2 = 'y' AND other = 'np1') OR (g2 = 'y2')"
    assert items(client, either) == [{"sk": {"S": "s5"}}]
    assert refused(client, "SELECT * FROM \"sorted\".\"gsi-all\" WHERE g = 'x'", ConsistentRead=True) == (
        "ValidationException", "Strongly consistent read is not supported on Global Secondary Indexes")


def test_capacity_is_the_indexs(client):
    assert capacity(client, "SELECT pk FROM \"sorted\".\"gsi-all\" WHERE g = 'x'") == {
        "TableName": "sorted", "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"gsi-all": {"CapacityUnits": 0.5}}}
    fetched = capacity(client, "SELECT other FROM \"sorted\".\"lsi-keys\" WHERE pk = 'p'", ConsistentRead=True)
    assert fetched["Table"]["CapacityUnits"] == 3.0
    assert fetched["LocalSecondaryIndexes"] == {"lsi-keys": {"CapacityUnits": 1.0}}
    assert capacity(client, "SELECT * FROM \"sorted\" WHERE pk IN ['p', 'q']")["CapacityUnits"] == 1.0
    assert capacity(client, "UPDATE \"hash\" SET a = 1 WHERE pk = 'flat'")["CapacityUnits"] == 1.0


def batch(client, *statements, **more):
    members = [s if isinstance(s, dict) else {"Statement": s} for s in statements]
    return client.batch_execute_statement(Statements=members, **more)["Responses"]


def test_a_batch_reads_by_key(client):
    put(client, "b1", a={"N": "1"})
    answers = batch(client, "SELECT a FROM \"hash\" WHERE pk = 'b1'", "SELECT * FROM \"hash\" WHERE pk = 'none'",
                    "SELECT * FROM \"hash\" WHERE a = 1", "SELECT * FROM \"sorted\".\"gsi-all\" WHERE g = 'x'",
                    "SELECT * FROM \"none-such\" WHERE pk = 'x'", "SLECT * FROM \"hash\" WHERE pk = 'b1'",
                    "SELECT * FROM \"sorted\".\"gsi-two\" WHERE g = 'x'")
    assert answers[:2] == [{"TableName": "hash", "Item": {"a": {"N": "1"}}}, {"TableName": "hash"}]
    assert [a["Error"] for a in answers[2:]] == [
        {"Code": "ValidationError", "Message": BATCH_KEYS}, {"Code": "ValidationError", "Message": BATCH_KEYS},
        {"Code": "ResourceNotFound", "Message": "Requested resource not found"},
        {"Code": "ValidationError",
         "Message": "Statement wasn't well formed, can't be processed: Expected data manipulation"},
        {"Code": "ValidationError", "Message": "PartiQL statements cannot be executed on tables with multi-attribute "
                                               "HASH keys or multi-attribute RANGE keys."}]
    assert not any("TableName" in a for a in answers[2:])


def test_a_batch_writes_each_by_itself(client):
    put(client, "b2", a={"N": "1"})
    put(client, "b3", a={"N": "1"})
    answers = batch(
        client, "INSERT INTO \"hash\" VALUE {'pk': 'b-new'}", "INSERT INTO \"hash\" VALUE {'pk': 'b2'}",
        {"Statement": "UPDATE \"hash\" SET x = 1 WHERE pk = ? AND a = 2", "Parameters": [{"S": "b3"}],
         "ReturnValuesOnConditionCheckFailure": "ALL_OLD"},
        "DELETE FROM \"hash\" WHERE pk = 'b-none' RETURNING ALL OLD *",
        "DELETE FROM \"hash\" WHERE pk = 'b4' RETURNING MODIFIED OLD *", "DELETE FROM \"hash\" WHERE a = 1")
    assert answers[0] == {"TableName": "hash"} and answers[3] == {"TableName": "hash"}
    assert answers[1] == {"TableName": "hash", "Error": {
        "Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}}
    assert answers[2] == {"TableName": "hash", "Error": {
        "Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}}
    assert answers[4]["Error"]["Message"].startswith("Invalid returning clause: RETURNING MODIFIED OLD *.")
    assert answers[5] == {"Error": {"Code": "ValidationError", "Message": NEEDS_KEYS}}
    assert stored(client, "b-new") == {"pk": {"S": "b-new"}}
    assert batch(client, "DELETE FROM \"hash\" WHERE pk = 'b-new' RETURNING ALL OLD *") == [
        {"TableName": "hash", "Item": {"pk": {"S": "b-new"}}}]


def test_a_batch_is_of_one_kind(client):
    with pytest.raises(client.exceptions.ClientError) as caught:
        batch(client, "SELECT * FROM \"hash\" WHERE pk = 'a'", "DELETE FROM \"hash\" WHERE pk = 'b'")
    assert caught.value.response["Error"]["Message"] == (
        "Read and write requests together in the same batch is not supported.")
    with pytest.raises(client.exceptions.ClientError) as caught:
        batch(client, "DELETE FROM \"hash\" WHERE pk = 'b'", "INSERT INTO \"hash\" VALUE {'pk': 'b'}")
    assert caught.value.response["Error"]["Message"] == "Provided list of item keys contains duplicates"


def test_a_batch_counts_each_members_consistency(client):
    put(client, "b5")
    statement = {"Statement": "SELECT * FROM \"hash\" WHERE pk = 'b5'"}
    other = {"Statement": "SELECT * FROM \"hash\" WHERE pk = 'b6'", "ConsistentRead": True}
    used = client.batch_execute_statement(Statements=[statement, other], ReturnConsumedCapacity="TOTAL")
    assert sum(c["CapacityUnits"] for c in used["ConsumedCapacity"]) == 1.5


def transact(client, *statements, **more):
    members = [s if isinstance(s, dict) else {"Statement": s} for s in statements]
    return client.execute_transaction(TransactStatements=members, **more)


def cancelled(client, *statements, **more):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        transact(client, *statements, **more)
    error = caught.value.response
    return error["Error"]["Code"], error["Error"]["Message"], error.get("CancellationReasons")


def test_a_transaction_reads(client):
    put(client, "t1", a={"N": "1"})
    assert transact(client, "SELECT a FROM \"hash\" WHERE pk = 't1'", "SELECT * FROM \"hash\" WHERE 't2' = pk")[
        "Responses"] == [{"Item": {"a": {"N": "1"}}}, {}]
    first = "Validation failed in TransactStatements[0]: "
    needs = first + "Select statements within ExecuteTransaction must specify the primary key in the where clause."
    for where in ("a = 1", "pk = 't1' AND a = 1", "pk = 't1' AND pk = 't2'", "pk IN ['t1']"):
        assert cancelled(client, f'SELECT * FROM "hash" WHERE {where}')[:2] == ("ValidationException", needs)
    assert cancelled(client, "SELECT * FROM \"sorted\".\"gsi-all\" WHERE g = 'x'")[1] == (
        first + "Reads on indices are not supported within transactions.")
    same = "SELECT * FROM \"hash\" WHERE pk = 't1'"
    assert cancelled(client, same, same)[1] == "Transaction request cannot include multiple operations on one item"
    assert cancelled(client, same, same, "SELECT * FROM \"hash\" WHERE pk = 1")[1].endswith(
        "[None, None, ValidationError]")
    assert cancelled(client, same, "DELETE FROM \"hash\" WHERE pk = 't2'")[1] == (
        "ExecuteTransaction API does not support both read and write operations in the same request.")


def test_a_transaction_writes_all_or_nothing(client):
    put(client, "t3", a={"N": "1"})
    assert transact(client, "INSERT INTO \"hash\" VALUE {'pk': 't-new'}",
                    "UPDATE \"hash\" SET a = a + 1 WHERE pk = 't3'")["Responses"] == []
    assert stored(client, "t3")["a"] == {"N": "2"}
    code, message, reasons = cancelled(client, "INSERT INTO \"hash\" VALUE {'pk': 't-new'}",
                                       "UPDATE \"hash\" SET a = 9 WHERE pk = 't3'",
                                       "DELETE FROM \"hash\" WHERE pk = 't4'")
    assert code == "TransactionCanceledException"
    assert message.endswith("[DuplicateItem, None, None]")
    assert reasons[0] == {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}
    assert stored(client, "t3")["a"] == {"N": "2"}
    assert cancelled(client, "UPDATE \"hash\" SET a = 1 WHERE pk = 't3' RETURNING ALL NEW *")[1] == (
        "Validation failed in TransactStatements[0]: RETURNING clause is not supported in ExecuteTransaction.")
    assert cancelled(client, "UPDATE \"hash\" SET a = 1 WHERE pk = 't3'", "SELECT * FROM \"hash\" WHERE")[1] == (
        "Validation failed in TransactStatements[1]: Statement wasn't well formed, can't be processed: "
        "Unexpected term")


def test_exists_is_a_condition_of_a_transaction(client):
    put(client, "t5", a={"N": "1"})
    put(client, "t6")
    check = "EXISTS(SELECT * FROM \"hash\" WHERE pk = 't5' AND (a = 1 AND b IS MISSING))"
    transact(client, check, "UPDATE \"hash\" SET c = 1 WHERE pk = 't6'")
    assert stored(client, "t6")["c"] == {"N": "1"}
    code, message, reasons = cancelled(client, "EXISTS(SELECT * FROM \"hash\" WHERE pk = 't5' AND a IS MISSING)",
                                       "UPDATE \"hash\" SET c = 2 WHERE pk = 't6'")
    assert message.endswith("[ConditionalCheckFailed, None]") and stored(client, "t6")["c"] == {"N": "1"}
    assert reasons == [{"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
                       {"Code": "None"}]
    assert cancelled(client, "EXISTS(SELECT * FROM \"hash\" WHERE pk = 't5')")[1] == (
        "Validation failed in TransactStatements[0]: EXISTS() must contain a single item read with additional "
        "condition")


def test_a_token_makes_a_transaction_happen_once(client):
    put(client, "t7", n={"N": "0"})
    add = "UPDATE \"hash\" SET n = n + 1 WHERE pk = 't7'"
    first = transact(client, add, ClientRequestToken="once", ReturnConsumedCapacity="INDEXES")
    again = transact(client, add, ClientRequestToken="once", ReturnConsumedCapacity="INDEXES")
    assert stored(client, "t7")["n"] == {"N": "1"}
    assert first["ConsumedCapacity"][0]["WriteCapacityUnits"] == 2.0
    assert again["ConsumedCapacity"][0]["ReadCapacityUnits"] == 2.0
    assert "WriteCapacityUnits" not in again["ConsumedCapacity"][0]
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        transact(client, "UPDATE \"hash\" SET n = n + 2 WHERE pk = 't7'", ClientRequestToken="once")
    assert caught.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"
