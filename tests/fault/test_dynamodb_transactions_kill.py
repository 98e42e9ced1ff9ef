"""`kill -9` among transactions: each is there whole or not at all, and its token knows which."""

import contextlib
import http.client

import pytest
from test_dynamodb_kill import TABLE, Endpoint, kill_under_load, scan_all, start

MOVERS = 6
ACCOUNTS = 5
BALANCE = 1000000


def get(endpoint, key):
    return endpoint.call("GetItem", {"TableName": "tab", "Key": {"p": {"S": key}}}).get("Item")


def transfer(mover, number):
    """From one account to the next, with a note of it; its token is the note's key."""
    accounts = [f"account-{(mover + number + step) % ACCOUNTS}" for step in range(2)]
    note = f"note-{mover}-{number}"
    changes = [
        {"Update": {"TableName": "tab", "Key": {"p": {"S": account}}, "UpdateExpression": "ADD n :v",
                    "ExpressionAttributeValues": {":v": {"N": amount}}}}
        for account, amount in zip(accounts, ["-1", "1"])
    ]
    put = {"Put": {"TableName": "tab", "Item": {"p": {"S": note}},
                   "ConditionExpression": "attribute_not_exists(p)"}}
    return note, {"TransactItems": [*changes, put], "ClientRequestToken": note}


def move_until_dead(port, mover, acknowledged, begun):
    endpoint = Endpoint(port)
    with contextlib.suppress(OSError, http.client.HTTPException):
        for number in range(10**9):
            note, request = transfer(mover, number)
            begun[mover] = number
            endpoint.call("TransactWriteItems", request)
            acknowledged.append(note)


def notes_and_sum(endpoint):
    notes = {key for key in scan_all(endpoint) if key.startswith("note-")}
    accounts = [int(get(endpoint, f"account-{number}")["n"]["N"]) for number in range(ACCOUNTS)]
    return notes, sum(accounts)


@pytest.mark.parametrize("durability", ["full", "normal", "off"])
def test_a_transaction_is_there_whole_and_once(tmp_path, durability):
    process, port = start(tmp_path, durability)
    endpoint = Endpoint(port)
    acknowledged, begun = [], {}
    endpoint.call("CreateTable", TABLE)
    for number in range(ACCOUNTS):
        item = {"p": {"S": f"account-{number}"}, "n": {"N": str(BALANCE)}}
        endpoint.call("PutItem", {"TableName": "tab", "Item": item})
    kill_under_load(process, move_until_dead,
                    [(port, mover, acknowledged, begun) for mover in range(MOVERS)])
    assert len(acknowledged) > MOVERS

    process, port = start(tmp_path, durability)
    try:
        endpoint = Endpoint(port)
        notes, total = notes_and_sum(endpoint)
        assert set(acknowledged) <= notes
        assert total == ACCOUNTS * BALANCE
        # A client that heard nothing asks again; one that did may, too. Each has its effect once.
        for mover, number in begun.items():
            for again in (number - 1, number):
                if again >= 0:
                    endpoint.call("TransactWriteItems", transfer(mover, again)[1])
        after, total = notes_and_sum(endpoint)
        assert total == ACCOUNTS * BALANCE
        assert after == notes | {transfer(mover, number)[0] for mover, number in begun.items()}
    finally:
        process.terminate()
        assert process.wait(10) == 0
