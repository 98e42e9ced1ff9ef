"""TransactWriteItems: all or nothing, and the reasons.

Facts: dynalite test/transactWriteItem.js; dynamodb-conformance transactions/transactWrite,
error-messages/transactWriteItems, error-messages/conditionalCheck, limits/transactionLimits.
"""

import pytest

from .rows import refusals
from .values import L, N, S

FAILED = "The conditional request failed"
ANOTHER_KEY = "The provided key element does not match the schema"
WRONG_KEY = "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: "
NOT_THERE = {"ConditionExpression": "attribute_not_exists(pk)"}


@refusals("transact_write_items.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


def put(pk, attributes=None, **request):
    return {"Put": {"TableName": "simple", "Item": {"pk": pk, **(attributes or {})}, **request}}


def update(pk, text, values, **request):
    values = {":" + name: value for name, value in values.items()}
    return {"Update": {"TableName": "simple", "Key": {"pk": pk}, "UpdateExpression": text,
                       "ExpressionAttributeValues": values, **request}}


def delete(pk):
    return {"Delete": {"TableName": "simple", "Key": {"pk": pk}}}


def check(pk, text, values=None):
    request = {"ExpressionAttributeValues": values} if values else {}
    return {"ConditionCheck": {"TableName": "simple", "Key": {"pk": pk}, "ConditionExpression": text, **request}}


def cancelled(dynamodb, actions, *codes):
    """The reasons of a cancelled transaction, which must have these codes."""
    refusal = dynamodb.refused("TransactWriteItems", TransactItems=actions)
    assert refusal.error == "TransactionCanceledException"
    assert refusal.message == ("Transaction cancelled, please refer cancellation reasons for specific reasons "
                               f"[{', '.join(codes)}]")
    reasons = refusal.body["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == list(codes)
    return reasons


# --- what is done ---------------------------------------------------------------------------------


def test_a_put_an_update_and_a_delete_are_done_together(dynamodb, key):
    dynamodb.put("simple", pk=S(key + " 2"), d=S("b"))
    dynamodb.put("simple", pk=S(key + " 3"))
    actions = [put(S(key + " 1"), {"d": S("c")}), update(S(key + " 2"), "SET d = :v", {"v": S("a")}),
               delete(S(key + " 3"))]
    assert dynamodb.ok("TransactWriteItems", TransactItems=actions) == {}
    assert dynamodb.get("simple", pk=S(key + " 1")) == {"pk": S(key + " 1"), "d": S("c")}
    assert dynamodb.get("simple", pk=S(key + " 2")) == {"pk": S(key + " 2"), "d": S("a")}
    assert dynamodb.get("simple", pk=S(key + " 3")) is None


def test_a_check_that_is_met_lets_the_others_pass(dynamodb, key):
    dynamodb.put("simple", pk=S(key), s=S("a"))
    checked = check(S(key), "(attribute_exists(pk)) AND (s = :v)", {":v": S("a")})
    dynamodb.ok("TransactWriteItems", TransactItems=[checked, put(S(key + " 2"))])
    assert dynamodb.get("simple", pk=S(key + " 2")) == {"pk": S(key + " 2")}


def test_an_update_of_a_missing_item_makes_it(dynamodb, key):
    dynamodb.ok("TransactWriteItems", TransactItems=[update(S(key), "SET s = :n", {"n": S("c")}, **NOT_THERE)])
    assert dynamodb.get("simple", pk=S(key)) == {"pk": S(key), "s": S("c")}


def test_a_token_is_done_once(dynamodb, key):
    request = {"ClientRequestToken": key, "TransactItems": [update(S(key), "ADD n :o", {"o": N(1)})]}
    dynamodb.ok("TransactWriteItems", **request)
    dynamodb.ok("TransactWriteItems", **request)
    assert dynamodb.get("simple", pk=S(key))["n"] == N(1)
    request["TransactItems"] = [update(S(key), "ADD n :o", {"o": N(2)})]
    assert dynamodb.refused("TransactWriteItems", **request).error == "IdempotentParameterMismatchException"


def test_a_write_takes_two_units(dynamodb, key):
    actions = [put(S(key)), put(S(key + " 2"))]
    answer = dynamodb.ok("TransactWriteItems", TransactItems=actions, ReturnConsumedCapacity="TOTAL")
    assert sum(used["CapacityUnits"] for used in answer["ConsumedCapacity"]) == 4.0


def test_100_items_are_written_and_read(dynamodb, key):
    keys = [S(f"{key}-{number}") for number in range(100)]
    dynamodb.ok("TransactWriteItems", TransactItems=[put(pk) for pk in keys])
    reads = [{"Get": {"TableName": "simple", "Key": {"pk": pk}}} for pk in keys]
    answer = dynamodb.ok("TransactGetItems", TransactItems=reads)
    assert answer["Responses"] == [{"Item": {"pk": pk}} for pk in keys]


@pytest.mark.parametrize("count, is_taken", [(10, True), (12, False)], ids=["3.5 MB", "4.2 MB"])
def test_a_transaction_has_4_mb(dynamodb, key, count, is_taken):
    actions = [put(S(f"{key}-{number}"), {"p": S("x" * 350000)}) for number in range(count)]
    if is_taken:
        dynamodb.ok("TransactWriteItems", TransactItems=actions)
    else:
        assert dynamodb.refused("TransactWriteItems", TransactItems=actions).error == "ValidationException"


# --- what cancels ---------------------------------------------------------------------------------


def test_every_condition_that_fails_is_a_reason(dynamodb, key):
    for number in (1, 2):
        dynamodb.put("simple", pk=S(f"{key} {number}"))
    actions = [put(S(f"{key} {number}"), **NOT_THERE) for number in (1, 2)]
    cancelled(dynamodb, actions, "ConditionalCheckFailed", "ConditionalCheckFailed")


def test_what_would_have_passed_has_the_reason_none(dynamodb, key):
    dynamodb.put("simple", pk=S(key))
    reasons = cancelled(dynamodb, [put(S(key + " 2"), **NOT_THERE), put(S(key), **NOT_THERE)],
                        "None", "ConditionalCheckFailed")
    assert reasons[1]["Message"] == FAILED
    assert dynamodb.get("simple", pk=S(key + " 2")) is None


def test_a_check_that_fails_leaves_everything(dynamodb, key):
    dynamodb.put("simple", pk=S(key), s=S("a"))
    cancelled(dynamodb, [check(S(key), "s = :v", {":v": S("z")}), put(S(key + " 2"))], "ConditionalCheckFailed", "None")
    assert dynamodb.get("simple", pk=S(key + " 2")) is None


def test_all_old_is_told_with_the_reason(dynamodb, key):
    item = {"pk": S(key), "d": S("o")}
    dynamodb.put("simple", **item)
    action = put(S(key), ReturnValuesOnConditionCheckFailure="ALL_OLD", **NOT_THERE)
    assert cancelled(dynamodb, [action], "ConditionalCheckFailed")[0]["Item"] == item


@pytest.mark.parametrize("text, values, condition", [
    ("ADD h :n", {"n": N(1)}, "attribute_exists(pk)"),
    ("SET s = :n", {"n": S("x"), "m": N(0)}, "c > :m"),
    ("SET s = :n", {"n": S("x"), "m": S("a")}, "attribute_exists(pk) AND s = :m"),
])
def test_an_update_of_a_missing_item_on_a_condition_makes_nothing(dynamodb, key, text, values, condition):
    action = update(S(key), text, values, ConditionExpression=condition)
    cancelled(dynamodb, [action], "ConditionalCheckFailed")
    assert dynamodb.get("simple", pk=S(key)) is None


@pytest.mark.parametrize("pk", [N(5), L(S("x"))], ids=["a number", "a list"])
@pytest.mark.parametrize("action", [
    put, lambda pk: update(pk, "SET x = :v", {"v": S("x")}), delete, lambda pk: check(pk, "attribute_not_exists(pk)"),
], ids=["put", "update", "delete", "check"])
def test_a_key_of_another_type_cancels(dynamodb, action, pk):
    (reason,) = cancelled(dynamodb, [action(pk)], "ValidationError")
    assert reason["Message"] == (WRONG_KEY + next(iter(pk)) if action is put else ANOTHER_KEY)
