"""ExecuteStatement, BatchExecuteStatement, ExecuteTransaction.

Facts: dynamodb-conformance partiql/executeStatement, partiql/batchExecuteStatement,
partiql/executeTransaction, partiql/comparison, partiql/grammar, partiql/setFunctions,
partiql/fromFirstUpdate, error-messages/partiqlFunctions.
"""

import pytest

from .rows import refusals
from .values import B, L, M, N, NS, NULL, S, SS, TRUE

WRONG_OPERAND = "An operand in the update expression has an incorrect data type"
NO_KEY = "Select statements within BatchExecuteStatement must specify the primary key in the where clause."


@refusals("partiql.json")
def test_refused(dynamodb, row):
    row.check(dynamodb)


def execute(dynamodb, statement, *parameters, **request):
    """The items that a statement answers."""
    if parameters:
        request["Parameters"] = list(parameters)
    return dynamodb.ok("ExecuteStatement", Statement=statement, **request)["Items"]


def batch(dynamodb, *statements):
    """The responses; a statement is its text or (text, parameters)."""
    requests = [statement if isinstance(statement, dict) else {"Statement": statement} for statement in statements]
    return dynamodb.ok("BatchExecuteStatement", Statements=requests)["Responses"]


def transaction(*statements):
    return [{"Statement": statement} for statement in statements]


# --- statements -----------------------------------------------------------------------------------


def test_an_item_is_inserted_selected_updated_and_deleted(dynamodb, key):
    where = f"WHERE pk = '{key}'"
    execute(dynamodb, f"INSERT INTO \"simple\" VALUE {{'pk': '{key}', 'data': 'i'}}")
    assert execute(dynamodb, f'SELECT * FROM "simple" {where}') == [{"pk": S(key), "data": S("i")}]
    execute(dynamodb, f"UPDATE \"simple\" SET data = 'after' {where}")
    assert dynamodb.get("simple", pk=S(key))["data"] == S("after")
    execute(dynamodb, f'UPDATE "simple" REMOVE data {where}')
    assert dynamodb.get("simple", pk=S(key)) == {"pk": S(key)}
    execute(dynamodb, f'DELETE FROM "simple" {where}')
    assert execute(dynamodb, f'SELECT * FROM "simple" {where}') == []


def test_parameters_stand_for_values(dynamodb, key):
    execute(dynamodb, "INSERT INTO \"simple\" VALUE {'pk': ?, 'data': ?}", S(key), S("x"))
    found = execute(dynamodb, 'SELECT * FROM "simple" WHERE pk = ?', S(key))
    assert found == [{"pk": S(key), "data": S("x")}]


def test_an_item_is_inserted_once(dynamodb, key):
    statement = f"INSERT INTO \"simple\" VALUE {{'pk': '{key}'}}"
    execute(dynamodb, statement)
    assert dynamodb.refused("ExecuteStatement", Statement=statement).error == "DuplicateItemException"


@pytest.mark.parametrize("selected, item", [
    ("m.nested", {"nested": S("deep")}), ("pk, m", {"m": M(nested=S("deep"))}),
])
def test_a_select_answers_the_paths_it_names(dynamodb, key, selected, item):
    dynamodb.put("simple", pk=S(key), m=M(nested=S("deep")), extra=S("no"))
    expected = {"pk": S(key), **item} if "pk" in selected else item
    assert execute(dynamodb, f'SELECT {selected} FROM "simple" WHERE pk = ?', S(key)) == [expected]


def test_a_select_finds_by_a_sort_keys_beginning(dynamodb, key):
    for sort in ("prefix-a", "prefix-b", "other"):
        dynamodb.put("composite", pk=S(key), sk=S(sort))
    found = execute(dynamodb, "SELECT * FROM \"composite\" WHERE pk = ? AND begins_with(\"sk\", 'prefix-')", S(key))
    assert [item["sk"]["S"] for item in found] == ["prefix-a", "prefix-b"]


@pytest.mark.parametrize("order, found", [("DESC", "321"), ("ASC", "123")])
def test_order_by_goes_along_the_sort_key(dynamodb, key, order, found):
    for number in (1, 2, 3):
        dynamodb.put("composite_number", pk=S(key), sk=N(number))
    items = execute(dynamodb, f'SELECT * FROM "composite_number" WHERE pk = ? ORDER BY sk {order}', S(key))
    assert "".join(item["sk"]["N"] for item in items) == found


def test_a_select_takes_half_a_unit(dynamodb, key):
    dynamodb.put("simple", pk=S(key))
    answer = dynamodb.ok("ExecuteStatement", Statement='SELECT * FROM "simple" WHERE pk = ?', Parameters=[S(key)],
                         ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == {"TableName": "simple", "CapacityUnits": 0.5}


# --- grammar --------------------------------------------------------------------------------------


@pytest.mark.parametrize("literal, number", [
    ("7.31e6", "7310000"), ("7.31E6", "7310000"), ("7.31e+6", "7310000"), ("731e4", "7310000"),
    ("73100000e-1", "7310000"), (".73e1", "7.3"), ("-.73e1", "-7.3"),
])
def test_a_number_may_have_an_exponent(dynamodb, literal, number):
    dynamodb.put("simple_number", pk=N(number))
    assert execute(dynamodb, f'SELECT * FROM "simple_number" WHERE pk = {literal}') == [{"pk": N(number)}]


@pytest.mark.parametrize("literal, number", [("7.32e6", "7320000"), (".7325e1", "7.325")])
def test_an_inserted_number_may_have_an_exponent(dynamodb, literal, number):
    execute(dynamodb, f"INSERT INTO \"simple_number\" VALUE {{'pk': {literal}}}")
    assert dynamodb.get("simple_number", pk=N(number)) == {"pk": N(number)}


@pytest.mark.parametrize("statement", [
    "SELECT * FROM \"simple\" WHERE pk = '{key}' -- a note",
    "SELECT * FROM \"simple\" -- a note\nWHERE pk = '{key}'",
    "-- a note\nSELECT * FROM \"simple\" WHERE pk = '{key}'",
    "SELECT * FROM \"simple\" /* a note */ WHERE pk = '{key}'",
    "SELECT * FROM \"simple\" WHERE pk = '{key}' /* a note */",
], ids=["behind", "on a line", "before", "between", "in a block behind"])
def test_a_statement_may_have_comments(dynamodb, key, statement):
    dynamodb.put("simple", pk=S(key))
    assert execute(dynamodb, statement.format(key=key)) == [{"pk": S(key)}]


@pytest.mark.parametrize("statement, left", [
    ("FROM \"simple\" WHERE pk = '{key}' SET c = 1", {"a": N(1), "b": S("bee"), "c": N(1)}),
    ("FROM \"simple\" WHERE pk = '{key}' REMOVE b", {"a": N(1)}),
    ("FROM \"simple\" WHERE pk = '{key}' SET c = 2 REMOVE a", {"b": S("bee"), "c": N(2)}),
    ("from \"simple\" where pk = '{key}' set c = 4", {"a": N(1), "b": S("bee"), "c": N(4)}),
    ("FROM \"simple\" WHERE pk = '{key}' AND a = 1 SET c = 5", {"a": N(1), "b": S("bee"), "c": N(5)}),
], ids=["SET", "REMOVE", "both", "lower case", "a condition"])
def test_an_update_may_begin_with_from(dynamodb, key, statement, left):
    for run in (lambda text: execute(dynamodb, text),
                lambda text: batch(dynamodb, text),
                lambda text: dynamodb.ok("ExecuteTransaction", TransactStatements=transaction(text))):
        dynamodb.put("simple", pk=S(key), a=N(1), b=S("bee"))
        run(statement.format(key=key))
        assert dynamodb.get("simple", pk=S(key)) == {"pk": S(key), **left}


def test_an_update_with_from_takes_parameters(dynamodb, key):
    dynamodb.put("simple", pk=S(key))
    execute(dynamodb, 'FROM "simple" WHERE pk = ? SET c = ?', S(key), N(7))
    assert dynamodb.get("simple", pk=S(key)) == {"pk": S(key), "c": N(7)}


@pytest.mark.parametrize("statement", [
    "FROM \"simple\" WHERE pk = '{key}' AND a = 2 SET c = 5",
    "FROM \"simple\" WHERE pk = '{key} missing' SET c = 1",
    "UPDATE \"simple\" SET ss = set_add(ss, <<'x'>>) WHERE pk = '{key} missing'",
], ids=["a condition that is not met", "no item", "UPDATE of no item"])
def test_an_update_needs_its_item(dynamodb, key, statement):
    dynamodb.put("simple", pk=S(key), a=N(1))
    refusal = dynamodb.refused("ExecuteStatement", Statement=statement.format(key=key))
    assert refusal.error == "ConditionalCheckFailedException"


# --- comparison -----------------------------------------------------------------------------------


def is_found(dynamodb, key, operator, value):
    return bool(execute(dynamodb, f'SELECT pk FROM "simple" WHERE pk = ? AND val {operator} ?', S(key), value))


@pytest.mark.parametrize("stored, same, other", [
    (SS("a", "b", "c"), SS("c", "a", "b"), SS("a", "b", "d")),
    (NS(1, 2, 3), NS(3, 1, 2), NS(1, 2, 4)),
    ({"BS": ["AQI=", "AwQ="]}, {"BS": ["AwQ=", "AQI="]}, {"BS": ["AQI=", "BQY="]}),
    (L(S("a"), S("b")), L(S("a"), S("b")), L(S("b"), S("a"))),
    (M(x=N(1), y=N(2)), M(y=N(2), x=N(1)), M(x=N(1), y=N(3))),
    (B("AQID"), B("AQID"), B("AQIE")),
    (NULL, NULL, S("no")),
], ids=["SS", "NS", "BS", "L", "M", "B", "NULL"])
def test_values_are_equal(dynamodb, key, stored, same, other):
    """Whatever the order in sets and maps, in the same order in lists."""
    dynamodb.put("simple", pk=S(key), val=stored)
    found = [is_found(dynamodb, key, operator, value) for operator in ("=", "<>") for value in (stored, same, other)]
    assert found == [True, True, False, False, False, True]


@pytest.mark.parametrize("value", [TRUE, NULL, L(S("a")), M(a=S("b")), SS("a"), NS(1), {"BS": ["AQ=="]}],
                         ids=lambda value: next(iter(value)))
def test_a_value_of_another_type_is_not_equal(dynamodb, key, value):
    dynamodb.put("simple", pk=S(key), val=B("AQID"))
    assert [is_found(dynamodb, key, operator, value) for operator in ("=", "<>")] == [False, True]


def test_binaries_are_compared_by_byte_and_types_are_not_compared(dynamodb, key):
    dynamodb.put("simple", pk=S(key), val=B("AQID"), age=N(30))
    assert [is_found(dynamodb, key, operator, B("AQIE")) for operator in ("<", ">")] == [True, False]
    assert not is_found(dynamodb, key, "<", N(5))
    assert execute(dynamodb, 'SELECT age FROM "simple" WHERE pk = ? AND age > 20', S(key)) == [{"age": N(30)}]


# --- set functions --------------------------------------------------------------------------------


@pytest.mark.parametrize("assignment, name, elements", [
    ("ss = set_add(ss, <<'0', 'z'>>)", "ss", ["0", "a", "b", "c", "z"]),
    ("ns = set_add(ns, <<4, 1>>)", "ns", ["1", "2", "3", "4"]),
    ("ss = set_add(ss, <<'a'>>)", "ss", ["a", "b", "c"]),
    ("fresh = set_add(fresh, <<'x'>>)", "fresh", ["x"]),
    ("ss = SET_ADD(ss, <<'x'>>)", "ss", ["a", "b", "c", "x"]),
    ("ss = set_add(ss, <<'x'>>) SET ns = set_add(ns, <<9>>)", "ns", ["1", "2", "3", "9"]),
    ("ss = set_delete(ss, <<'a'>>)", "ss", ["b", "c"]),
    ("ns = set_delete(ns, <<2>>)", "ns", ["1", "3"]),
    ("ss = set_delete(ss, <<'a', 'b', 'c'>>)", "ss", None),
    ("ss = set_delete(ss, <<'zz'>>)", "ss", ["a", "b", "c"]),
    ("fresh = set_delete(fresh, <<'a'>>)", "fresh", None),
])
def test_a_set_after_an_update(dynamodb, key, assignment, name, elements):
    dynamodb.put("simple", pk=S(key), ss=SS("a", "b", "c"), ns=NS(1, 2, 3))
    execute(dynamodb, f'UPDATE "simple" SET {assignment} WHERE pk = ?', S(key))
    value = dynamodb.get("simple", pk=S(key)).get(name)
    assert (value and sorted(*value.values())) == elements


@pytest.mark.parametrize("assignment", [
    "ss = set_add(ss, <<1>>)", "ss = set_delete(ss, <<1>>)", "s = set_add(s, <<'x'>>)",
])
def test_a_set_function_on_another_type_is_refused(dynamodb, key, assignment):
    dynamodb.put("simple", pk=S(key), ss=SS("a"), s=S("str"))
    refusal = dynamodb.refused("ExecuteStatement", Statement=f'UPDATE "simple" SET {assignment} WHERE pk = ?',
                               Parameters=[S(key)])
    assert refusal[:2] == ("ValidationException", WRONG_OPERAND)


# --- transactions ---------------------------------------------------------------------------------


def test_statements_of_a_transaction_are_done_together(dynamodb, key):
    dynamodb.put("simple", pk=S(key), data=S("b"))
    statements = transaction(f"INSERT INTO \"simple\" VALUE {{'pk': '{key} 2', 'data': 'n'}}",
                             f"UPDATE \"simple\" SET data = 'a' WHERE pk = '{key}'")
    dynamodb.ok("ExecuteTransaction", TransactStatements=statements)
    assert dynamodb.get("simple", pk=S(key + " 2"))["data"] == S("n")
    assert dynamodb.get("simple", pk=S(key))["data"] == S("a")


def test_a_transaction_that_is_cancelled_leaves_nothing(dynamodb, key):
    dynamodb.put("simple", pk=S(key))
    statements = transaction(f"INSERT INTO \"simple\" VALUE {{'pk': '{key}'}}",
                             f"INSERT INTO \"simple\" VALUE {{'pk': '{key} 2'}}")
    refusal = dynamodb.refused("ExecuteTransaction", TransactStatements=statements)
    assert refusal.error == "TransactionCanceledException"
    assert dynamodb.get("simple", pk=S(key + " 2")) is None


def test_a_repeated_token_costs_reads(dynamodb, key):
    dynamodb.put("simple", pk=S(key), n=N(0))
    request = {"TransactStatements": transaction(f"UPDATE \"simple\" SET n = n + 1 WHERE pk = '{key}'"),
               "ClientRequestToken": key, "ReturnConsumedCapacity": "INDEXES"}
    first, second = (dynamodb.ok("ExecuteTransaction", **request)["ConsumedCapacity"][0] for _ in range(2))
    assert dynamodb.get("simple", pk=S(key))["n"] == N(1)
    assert (first["WriteCapacityUnits"], first.get("ReadCapacityUnits")) == (2.0, None)
    assert (second["ReadCapacityUnits"], second.get("WriteCapacityUnits")) == (2.0, None)


def test_a_transaction_reads(dynamodb, key):
    statements = transaction(f"SELECT * FROM \"composite\" WHERE pk = '{key}' AND sk = 's1'")
    assert dynamodb.ok("ExecuteTransaction", TransactStatements=statements)["Responses"] == [{}]


# --- batches --------------------------------------------------------------------------------------


def test_a_batch_reads_in_its_order_and_goes_on_after_errors(dynamodb, key):
    dynamodb.put("simple", pk=S(key + " a"))
    dynamodb.put("simple", pk=S(key + " b"))
    responses = batch(dynamodb,
                      f"SELECT * FROM \"simple\" WHERE pk = '{key} b'",
                      f"SELECT * FROM \"absent\" WHERE pk = '{key}'",
                      f"SLECT * FROM \"simple\" WHERE pk = '{key}'",
                      "DELETE FROM \"simple\" WHERE pk = 'x' RETURNING MODIFIED OLD *",
                      f"SELECT * FROM \"simple\" WHERE pk = '{key} a'")
    assert responses[0]["Item"] == {"pk": S(key + " b")}
    assert responses[1]["Error"]["Code"] == "ResourceNotFound"
    malformed = "Statement wasn't well formed, can't be processed: Expected data manipulation"
    assert responses[2]["Error"] == {"Code": "ValidationError", "Message": malformed}
    returning = ("Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE "
                 "statements.")
    assert responses[3]["Error"] == {"Code": "ValidationError", "Message": returning}
    assert responses[4]["Item"] == {"pk": S(key + " a")}


def test_a_batch_writes(dynamodb, key):
    dynamodb.put("simple", pk=S(key))
    batch(dynamodb, f"INSERT INTO \"simple\" VALUE {{'pk': '{key} 2'}}",
          f"UPDATE \"simple\" SET data = 'z' WHERE pk = '{key}'")
    assert dynamodb.get("simple", pk=S(key + " 2")) == {"pk": S(key + " 2")}
    assert dynamodb.get("simple", pk=S(key)) == {"pk": S(key), "data": S("z")}


@pytest.mark.parametrize("statement, item", [
    ("DELETE FROM \"simple\" WHERE pk = '{key}' RETURNING ALL OLD *", {"pk": "{key}", "data": "g"}),
    ("UPDATE \"simple\" SET data = 'n' WHERE pk = '{key}' RETURNING ALL NEW *", {"pk": "{key}", "data": "n"}),
    ("UPDATE \"simple\" SET data = 'm' WHERE pk = '{key}' RETURNING MODIFIED NEW *", {"data": "m"}),
    ("UPDATE \"simple\" REMOVE data WHERE pk = '{key}' RETURNING MODIFIED NEW *", None),
], ids=["DELETE, ALL OLD", "UPDATE, ALL NEW", "UPDATE, MODIFIED NEW", "UPDATE, MODIFIED NEW of nothing"])
def test_a_batch_returns(dynamodb, key, statement, item):
    dynamodb.put("simple", pk=S(key), data=S("g"))
    (response,) = batch(dynamodb, statement.format(key=key))
    expected = {name: S(text.format(key=key)) for name, text in item.items()} if item else None
    assert response == {"TableName": "simple", **({"Item": expected} if expected else {})}


def test_each_statement_of_a_batch_takes_its_units(dynamodb, key):
    dynamodb.put("simple", pk=S(key))
    eventual = {"Statement": f"SELECT * FROM \"simple\" WHERE pk = '{key}'"}
    strong = {**eventual, "ConsistentRead": True}

    def units(*statements):
        answer = dynamodb.ok("BatchExecuteStatement", Statements=list(statements), ReturnConsumedCapacity="TOTAL")
        return sum(used["CapacityUnits"] for used in answer["ConsumedCapacity"])

    other = {"Statement": f"SELECT * FROM \"simple\" WHERE pk = '{key} missing'"}
    assert [units(eventual), units(strong), units(strong, other)] == [0.5, 1.0, 1.5]


@pytest.mark.parametrize("statement", [
    "SELECT * FROM \"simple\" WHERE val = 'a'",
    "SELECT * FROM \"simple\" WHERE pk = 'p' AND attribute_exists(ss)",
    "SELECT * FROM \"composite\".\"gsi1\" WHERE lsi1sk = 'x'",
    "SELECT * FROM \"composite\".\"gsi1\" WHERE pk = 'p' AND sk = 's1' AND lsi1sk = 'x'",
])
def test_a_select_in_a_batch_needs_the_key(dynamodb, statement):
    (response,) = batch(dynamodb, statement)
    assert response["Error"]["Code"] == "ValidationError"
    assert NO_KEY in response["Error"]["Message"]
