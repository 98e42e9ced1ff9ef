"""TransactGetItems and TransactWriteItems as boto3 uses them, alone and all at once."""

import random
import threading

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import Squall

ACCOUNTS = [str(number) for number in range(6)]
BALANCE = 100
THREADS = 4
TRANSFERS = 50
KINDS = {
    "memory": ["--memory"],
    "normal": ["--data", "data"],
    "full": ["--data", "data", "--durability", "full"],
}


@pytest.fixture(scope="module", params=KINDS)
def squall(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("transactions")
    (folder / "template.yaml").write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    squall = Squall(folder, folder / "template.yaml", *KINDS[request.param])
    yield squall
    assert squall.stop() == 0, squall.stderr()


def connect(squall):
    return boto3.client(
        "dynamodb", endpoint_url=squall.aws, region_name="eu-west-1", aws_access_key_id="test",
        aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def client(squall):
    """With every account at its beginning."""
    client = connect(squall)
    client.create_table(
        TableName="accounts", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    for account in ACCOUNTS:
        client.put_item(TableName="accounts", Item={"id": {"S": account}, "n": {"N": str(BALANCE)}})
    yield client
    client.delete_table(TableName="accounts")


def change(account, expression, amount, **more):
    return {"Update": {"TableName": "accounts", "Key": {"id": {"S": account}},
                       "UpdateExpression": expression,
                       "ExpressionAttributeValues": {":v": {"N": str(amount)}}, **more}}


def transfer(source, target, amount):
    return [change(source, "SET n = n - :v", amount, ConditionExpression="n >= :v"),
            change(target, "SET n = n + :v", amount)]


def balances(client):
    """All of one moment."""
    answer = client.transact_get_items(TransactItems=[
        {"Get": {"TableName": "accounts", "Key": {"id": {"S": account}}}} for account in ACCOUNTS])
    return [int(response["Item"]["n"]["N"]) for response in answer["Responses"]]


def test_reasons_come_in_order_with_the_item(client):
    actions = [
        change("0", "SET n = :v", 1),
        {"ConditionCheck": {"TableName": "accounts", "Key": {"id": {"S": "1"}},
                            "ConditionExpression": "n > :v",
                            "ExpressionAttributeValues": {":v": {"N": "1000"}},
                            "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}},
    ]
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=actions)
    assert caught.value.response["CancellationReasons"] == [
        {"Code": "None"},
        {"Code": "ConditionalCheckFailed", "Item": {"id": {"S": "1"}, "n": {"N": str(BALANCE)}},
         "Message": "The conditional request failed"},
    ]
    assert caught.value.response["Error"]["Message"] == (
        "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, ConditionalCheckFailed]")
    assert balances(client) == [BALANCE] * len(ACCOUNTS)


def test_a_hundred_actions_are_one_transaction(client):
    def put(number):
        return {"Put": {"TableName": "accounts", "Item": {"id": {"S": f"more-{number}"}}}}

    client.transact_write_items(TransactItems=[put(number) for number in range(100)])
    with pytest.raises(ClientError) as caught:
        client.transact_write_items(TransactItems=[put(number) for number in range(101)])
    text = caught.value.response["Error"]["Message"]
    assert text.startswith("1 validation error detected: Value '[TransactWriteItem(")
    assert text.endswith("at 'transactItems' failed to satisfy constraint: "
                         "Member must have length less than or equal to 100")
    assert client.scan(TableName="accounts", Select="COUNT")["Count"] == 100 + len(ACCOUNTS)


def test_a_token_has_one_effect(client):
    request = {"TransactItems": transfer("0", "1", 5), "ClientRequestToken": "once",
               "ReturnConsumedCapacity": "TOTAL"}
    first, second = (client.transact_write_items(**request)["ConsumedCapacity"] for _ in range(2))
    assert first == [{"TableName": "accounts", "CapacityUnits": 4.0, "WriteCapacityUnits": 4.0}]
    assert second == [{"TableName": "accounts", "CapacityUnits": 4.0, "ReadCapacityUnits": 4.0}]
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.transact_write_items(**{**request, "TransactItems": transfer("0", "1", 6)})
    assert balances(client)[:2] == [BALANCE - 5, BALANCE + 5]


def move(squall, seed, wrong):
    client, chance = connect(squall), random.Random(seed)
    for _ in range(TRANSFERS):
        source, target = chance.sample(ACCOUNTS, 2)
        try:
            client.transact_write_items(TransactItems=transfer(source, target, chance.randint(1, 60)))
        except client.exceptions.TransactionCanceledException as error:
            codes = [reason["Code"] for reason in error.response["CancellationReasons"]]
            if codes != ["ConditionalCheckFailed", "None"]:
                wrong.append(codes)


def watch(squall, done, wrong):
    client = connect(squall)
    while not done.is_set():
        found = balances(client)
        if sum(found) != BALANCE * len(ACCOUNTS) or min(found) < 0:
            wrong.append(found)


def test_transfers_keep_the_sum_at_every_moment(squall, client):
    wrong, done = [], threading.Event()
    movers = [threading.Thread(target=move, args=(squall, seed, wrong)) for seed in range(THREADS)]
    watcher = threading.Thread(target=watch, args=(squall, done, wrong))
    for thread in [*movers, watcher]:
        thread.start()
    for thread in movers:
        thread.join()
    done.set()
    watcher.join()
    assert wrong == []
    assert sum(balances(client)) == BALANCE * len(ACCOUNTS)
