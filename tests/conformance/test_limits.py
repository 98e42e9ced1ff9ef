"""To the byte and to the level: sizes of items by their numbers, of expressions, and depths.

Facts: dynamodb-conformance limits/numberByteSize, limits/expressionSize, limits/itemSizeBySurface,
limits/nestingDepth, limits/keyLength, limits/emptyValues, validation-ordering/deepRequests.
"""

import pytest

from .values import B, L, N, S, deep

LARGEST_ITEM = 409600
LARGEST_EXPRESSION = 4096
TOO_LARGE = "Item size has exceeded the maximum allowed size"
TOO_LARGE_UPDATE = "Item size to update has exceeded the maximum allowed size"
TOO_LONG = "Expression size has exceeded the maximum allowed size"
TOO_DEEP = "Nesting Levels have exceeded supported limits"


def sized(key, total, **others):
    """An item of `simple` with so many bytes, when `others` have none."""
    return {"pk": S(key), "p": S("x" * (total - len("pk") - len(key) - len("p"))), **others}


# --- numbers in bytes -----------------------------------------------------------------------------


@pytest.mark.parametrize("number, size", [
    ("0", 1), ("1", 2), ("-1", 3), ("12", 2), ("123", 3), ("1234", 3), ("123456", 4), ("3.14159", 5), ("-3.14159", 6),
    ("0.1", 2), ("0.01", 2), ("10", 2), ("100", 2), ("1E125", 2), ("-1E125", 3), ("1.5", 3), ("12.34", 3), ("0.12", 2),
    ("9" * 38, 20),
])
def test_a_number_takes_so_many_bytes(dynamodb, key, number, size):
    rest = LARGEST_ITEM - len("n") - size
    dynamodb.put("simple", **sized(key, rest, n=N(number)))
    refusal = dynamodb.refused("PutItem", TableName="simple", Item=sized(key, rest + 1, n=N(number)))
    assert refusal.message == TOO_LARGE


# --- items of 400 KB, however they come -----------------------------------------------------------


def requests_of_an_item(key, total):
    item = sized(key, total)
    update = {"TableName": "simple", "Key": {"pk": S(key)}, "UpdateExpression": "SET p = :p",
              "ExpressionAttributeValues": {":p": item["p"]}}
    return {
        "put": ("PutItem", {"TableName": "simple", "Item": item}),
        "update": ("UpdateItem", update),
        "batch": ("BatchWriteItem", {"RequestItems": {"simple": [{"PutRequest": {"Item": item}}]}}),
        "transaction": ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "simple", "Item": item}}]}),
        "transact update": ("TransactWriteItems", {"TransactItems": [{"Update": update}]}),
        "INSERT": ("ExecuteStatement", {"Statement": "INSERT INTO \"simple\" VALUE {'pk': ?, 'p': ?}",
                                        "Parameters": [item["pk"], item["p"]]}),
        "UPDATE": ("ExecuteStatement", {"Statement": 'UPDATE "simple" SET p = ? WHERE pk = ?',
                                        "Parameters": [item["p"], item["pk"]]}),
    }


@pytest.mark.parametrize("how", ["put", "update", "batch", "transaction", "transact update", "INSERT", "UPDATE"])
def test_an_item_has_400_kb_and_not_a_byte_more(dynamodb, key, how):
    if how == "UPDATE":
        dynamodb.put("simple", pk=S(key))
    operation, request = requests_of_an_item(key, LARGEST_ITEM)[how]
    dynamodb.ok(operation, **request)
    key = key + " " if how == "INSERT" else key
    operation, request = requests_of_an_item(key, LARGEST_ITEM + 1)[how]
    refusal = dynamodb.refused(operation, **request)
    if how == "transact update":
        assert refusal.error == "TransactionCanceledException"
        reason = refusal.body["CancellationReasons"][0]
        assert (reason["Code"], reason["Message"]) == ("ValidationError", TOO_LARGE_UPDATE)
    else:
        assert refusal.error == "ValidationException"
        assert refusal.message == (TOO_LARGE_UPDATE if how in ("update", "UPDATE") else TOO_LARGE)


# --- expressions ----------------------------------------------------------------------------------


def name(number, length=50):
    return f"x{number}".rjust(length, "a")


def expression(size, first, joint, clause):
    """An expression of exactly so many characters, and how many clauses it has; the last clause is longer."""
    clauses = []
    while len(first + joint.join([*clauses, clause(len(clauses), 50)])) <= size:
        clauses.append(clause(len(clauses), 50))
    missing = size - len(first + joint.join(clauses))
    clauses[-1] = clause(len(clauses) - 1, 50 + missing)
    text = first + joint.join(clauses)
    assert len(text) == size
    return text, len(clauses)


def update_of(size):
    text, count = expression(size, "SET ", ", ", lambda number, length: f"{name(number, length)} = :v{number}")
    return {"UpdateExpression": text, "ExpressionAttributeValues": {f":v{number}": S("x") for number in range(count)}}


def condition_of(size):
    clause = "attribute_not_exists({})".format
    text, _ = expression(size, "", " AND ", lambda number, length: clause(name(number, length)))
    return {"ConditionExpression": text}


def filter_of(size, **others):
    text, count = expression(size, "", " OR ", lambda number, length: f"{name(number, length)} = :v{number}")
    values = {f":v{number}": S("x") for number in range(count)}
    return {"FilterExpression": text, "ExpressionAttributeValues": {**values, **others}}


def projection_of(size):
    return {"ProjectionExpression": expression(size, "", ", ", name)[0]}


def query_of(size, key):
    return {"KeyConditionExpression": "pk = :pk", **filter_of(size, **{":pk": S(key)})}


def test_an_update_of_4096_characters_is_taken(dynamodb, key):
    dynamodb.ok("UpdateItem", TableName="simple", Key={"pk": S(key)}, **update_of(LARGEST_EXPRESSION))
    assert dynamodb.get("simple", pk=S(key))[name(0)] == S("x")


def test_a_condition_of_4096_characters_is_taken(dynamodb, key):
    dynamodb.ok("PutItem", TableName="simple", Item={"pk": S(key)}, **condition_of(LARGEST_EXPRESSION))


def test_a_filter_of_4096_characters_is_taken(dynamodb, key):
    dynamodb.put("simple", **{"pk": S(key), name(0): S("x")})
    assert dynamodb.ok("Query", TableName="simple", **query_of(LARGEST_EXPRESSION, key))["Count"] == 1
    dynamodb.ok("Scan", TableName="simple", **filter_of(LARGEST_EXPRESSION))


def test_a_projection_of_4096_characters_is_taken(dynamodb, key):
    dynamodb.put("simple", **{"pk": S(key), name(0): S("there")})
    request = projection_of(LARGEST_EXPRESSION)
    assert dynamodb.ok("GetItem", TableName="simple", Key={"pk": S(key)}, **request)["Item"] == {name(0): S("there")}


def test_a_condition_of_4096_characters_is_taken_in_a_transaction(dynamodb, key):
    put = {"TableName": "simple", "Item": {"pk": S(key)}, **condition_of(LARGEST_EXPRESSION)}
    dynamodb.ok("TransactWriteItems", TransactItems=[{"Put": put}])
    assert dynamodb.get("simple", pk=S(key)) == {"pk": S(key)}


def test_an_expression_is_measured_before_names_take_their_place(dynamodb, key):
    dynamodb.put("simple", pk=S(key))
    names = {f"#a{number}": "n" * 246 + str(number) for number in range(30)}
    request = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
    assert dynamodb.ok("GetItem", TableName="simple", Key={"pk": S(key)}, **request)["Item"] == {}


@pytest.mark.parametrize("operation, request_of", [
    ("UpdateItem", lambda key, size: {"Key": {"pk": S(key)}, **update_of(size)}),
    ("PutItem", lambda key, size: {"Item": {"pk": S(key)}, **condition_of(size)}),
    ("Query", lambda key, size: query_of(size, key)),
    ("Scan", lambda key, size: filter_of(size)),
    ("GetItem", lambda key, size: {"Key": {"pk": S(key)}, **projection_of(size)}),
])
def test_an_expression_of_4097_characters_is_too_long(dynamodb, key, operation, request_of):
    refusal = dynamodb.refused(operation, TableName="simple", **request_of(key, LARGEST_EXPRESSION + 1))
    assert refusal.error == "ValidationException"
    assert TOO_LONG in refusal.message


@pytest.mark.parametrize("action, member, request_of", [("Put", "Item", condition_of), ("Update", "Key", update_of)])
def test_an_expression_of_4097_characters_is_too_long_in_a_transaction(dynamodb, key, action, member, request_of):
    other = {"Put": {"TableName": "simple", "Item": {"pk": S(key + " first")}}}
    long = {action: {"TableName": "simple", member: {"pk": S(key)}, **request_of(LARGEST_EXPRESSION + 1)}}
    refusal = dynamodb.refused("TransactWriteItems", TransactItems=[other, long])
    assert refusal.error == "ValidationException"
    assert TOO_LONG in refusal.message
    assert dynamodb.get("simple", pk=S(key + " first")) is None


def test_a_long_update_is_told_before_a_deep_key(dynamodb, key):
    update = {"TableName": "absent", "Key": {"pk": S(key)}, **update_of(LARGEST_EXPRESSION + 1)}
    check = {"TableName": "absent", "Key": {"pk": deep(100)}, "ConditionExpression": "attribute_exists(a)"}
    refusal = dynamodb.refused("TransactWriteItems", TransactItems=[{"Update": update}, {"ConditionCheck": check}])
    assert refusal.message.startswith("Invalid UpdateExpression: " + TOO_LONG)


# --- depth, keys, empty values --------------------------------------------------------------------


def test_31_maps_in_an_item_are_kept(dynamodb, key):
    item = {"pk": S(key), "data": deep(31)}
    dynamodb.put("simple", **item)
    assert dynamodb.get("simple", pk=S(key)) == item


def test_31_maps_are_taken_in_a_batch(dynamodb, key):
    put = {"PutRequest": {"Item": {"pk": S(key), "data": deep(31)}}}
    assert dynamodb.ok("BatchWriteItem", RequestItems={"simple": [put]}) == {"UnprocessedItems": {}}


def test_32_maps_are_too_many_in_a_transaction(dynamodb, key):
    update = {"TableName": "simple", "Key": {"pk": S(key)}, "UpdateExpression": "SET deep = :d",
              "ExpressionAttributeValues": {":d": deep(32)}}
    assert TOO_DEEP in str(dynamodb.refused("TransactWriteItems", TransactItems=[{"Update": update}]).body)


def test_a_partition_key_has_2048_bytes(dynamodb, key):
    dynamodb.put("simple", pk=S(key.ljust(2048)))
    assert dynamodb.get("simple", pk=S(key.ljust(2048)))


def test_a_sort_key_has_1024_bytes(dynamodb, key):
    dynamodb.put("composite", pk=S(key), sk=S("a" * 1024))
    assert dynamodb.get("composite", pk=S(key), sk=S("a" * 1024))


def test_strings_and_binaries_may_be_empty(dynamodb, key):
    item = {"pk": S(key), "a": S(""), "b": B(""), "l": L(S(""), S("h"))}
    dynamodb.put("simple", **item)
    assert dynamodb.get("simple", pk=S(key)) == item
