"""The Lambda API with boto3, against what AWS answers."""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
REPORT = re.compile(
    r"^START RequestId: (\S+) Version: (\S+)\n(?s:.*)END RequestId: \1\n"
    r"REPORT RequestId: \1\tDuration: (\d+\.\d\d) ms\tBilled Duration: (\d+) ms\t"
    r"Memory Size: (\d+) MB\tMax Memory Used: (\d+) MB\t(?:Init Duration: (\d+\.\d\d) ms\t)?\n$"
)


ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUALL = pathlib.Path(os.environ.get("SQUALL_BINARY") or ROOT / "build" / "squall")
HANDLERS = SQUALL.parent / "lambda" / "handlers"


@contextlib.contextmanager
def serving(*arguments, functions):
    """`squall serve` with these functions alone, on free ports, keeping nothing."""
    with tempfile.TemporaryDirectory() as folder:
        template = pathlib.Path(folder) / "template.yaml"
        template.write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
        command = [SQUALL, "serve", template, "--memory", "--port", "0", "--aws-port", "0"]
        command += [f"--function={name}={HANDLERS / name}" for name in functions]
        process = subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, text=True, cwd=folder
        )
        try:
            ready = process.stdout.readline()
            assert ready.startswith("ready "), ready
            yield dict(part.split("=", 1) for part in ready.split()[1:])["aws"]
        finally:
            process.terminate()
            assert process.wait(10) == 0


def lambda_client(url):
    return boto3.client(
        "lambda",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="secret",
        config=Config(retries={"max_attempts": 0}),
    )


@pytest.fixture(scope="module")
def url():
    with serving(functions=["hello", "prime", "sleep"]) as url:
        yield url


@pytest.fixture(scope="module")
def client(url):
    return lambda_client(url)


def error_of(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value


def tail(answer):
    return base64.b64decode(answer["LogResult"]).decode()


def test_invoke_answers_payload_version_and_log(client):
    answer = client.invoke(FunctionName="prime", Payload=b'{"n": 100}', LogType="Tail")
    assert answer["StatusCode"] == 200
    assert answer["ExecutedVersion"] == "$LATEST"
    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read()) == {"n": 100, "primes": 25}
    lines = REPORT.match(tail(answer))
    assert lines, tail(answer)
    assert lines[1] == answer["ResponseMetadata"]["RequestId"]
    assert lines[5] == "128"
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-type"] == "application/json"
    assert headers["x-amzn-remapped-content-length"] == "0"
    assert re.match(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=", headers["x-amzn-trace-id"])


@pytest.mark.parametrize("name", ["prime", ARN + "prime", "000000000000:function:prime", "prime:$LATEST"])
def test_every_form_of_the_name_invokes(client, name):
    answer = client.invoke(FunctionName=name, Payload=b'{"n": 10}')
    assert json.loads(answer["Payload"].read())["primes"] == 4


def test_event_and_dry_run_answer_nothing(client):
    answer = client.invoke(FunctionName="prime", InvocationType="Event", Payload=b'{"n": 10}')
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    answer = client.invoke(FunctionName="prime", InvocationType="DryRun", Payload=b"{}")
    assert (answer["StatusCode"], answer["Payload"].read()) == (204, b"")
    assert "ExecutedVersion" not in answer


def test_unknown_function_is_not_found(client):
    error = error_of(client.invoke, FunctionName="nobody")
    assert error.response["Error"]["Code"] == "ResourceNotFoundException"
    assert error.response["Error"]["Message"] == f"Function not found: {ARN}nobody:$LATEST"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    error = error_of(client.get_function, FunctionName="nobody", Qualifier="7")
    assert error.response["Error"]["Message"] == f"Function not found: {ARN}nobody:7"


def test_error_bodies_and_headers_are_awss_to_the_byte(url):
    request = urllib.request.Request(
        url + "/2015-03-31/functions/prime/invocations", b"nonsense", method="POST"
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400
    assert caught.value.headers["x-amzn-ErrorType"] == "InvalidRequestContentException"
    assert caught.value.read() == (
        b'{"Type":"User","message":"Could not parse request body into json: Could not parse '
        b"payload into json: Unrecognized token 'nonsense': was expecting (JSON String, Number, "
        b"Array, Object or token 'null', 'true' or 'false')\\n at [Source: REDACTED "
        b"(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 9]\"}"
    )


def test_wrong_region_is_told(client):
    error = error_of(
        client.get_function,
        FunctionName="arn:aws:lambda:ap-southeast-1:000000000000:function:prime",
    )
    assert (
        error.response["Error"]["Message"]
        == "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')"
    )


def test_configuration_has_awss_members(client):
    configuration = client.get_function_configuration(FunctionName="hello")
    del configuration["ResponseMetadata"]
    uuid.UUID(configuration.pop("RevisionId"))
    code = next((HANDLERS / "hello").glob("*.so")).read_bytes()
    assert base64.b64decode(configuration.pop("CodeSha256")) == hashlib.sha256(code).digest()
    assert configuration.pop("CodeSize") == len(code)
    assert configuration.pop("RuntimeVersionConfig")["RuntimeVersionArn"].startswith(
        "arn:aws:lambda:us-east-1::runtime:"
    )
    configuration.pop("LastModified")
    configuration.pop("Role")
    configuration.pop("Runtime")
    configuration.pop("Handler")
    assert configuration == {
        "FunctionName": "hello",
        "FunctionArn": ARN + "hello",
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/hello"},
    }


def test_lists_page_and_leave_out_the_state(client):
    listed = client.list_functions()["Functions"]
    assert [row["FunctionName"] for row in listed] == ["hello", "prime", "sleep"]
    assert "State" not in listed[0]
    page = client.list_functions(MaxItems=2)
    assert len(page["Functions"]) == 2
    rest = client.list_functions(Marker=page["NextMarker"])["Functions"]
    assert [row["FunctionName"] for row in rest] == ["sleep"]


def test_update_is_in_progress_then_successful_and_begins_cold(client):
    client.invoke(FunctionName="hello")
    warm = client.invoke(FunctionName="hello", LogType="Tail")
    assert "Init Duration" not in tail(warm)
    before = client.get_function_configuration(FunctionName="hello")["RevisionId"]
    updated = client.update_function_configuration(
        FunctionName="hello", MemorySize=256, Environment={"Variables": {"A": "b"}}
    )
    assert updated["LastUpdateStatus"] == "InProgress"
    assert updated["LastUpdateStatusReasonCode"] == "Creating"
    assert updated["RevisionId"] != before
    client.get_waiter("function_updated_v2").wait(FunctionName="hello")
    after = client.get_function_configuration(FunctionName="hello")
    assert (after["MemorySize"], after["Environment"]) == (256, {"Variables": {"A": "b"}})
    cold = client.invoke(FunctionName="hello", LogType="Tail")
    lines = REPORT.match(tail(cold))
    assert lines[7] and lines[5] == "256"
    duration, init = float(lines[3]), float(lines[7])
    assert abs(int(lines[4]) - (duration + init)) <= 1.02
    error = error_of(
        client.update_function_configuration,
        FunctionName="hello",
        MemorySize=128,
        RevisionId=before,
    )
    assert error.response["Error"]["Code"] == "PreconditionFailedException"
    client.update_function_configuration(
        FunctionName="hello", MemorySize=128, Environment={"Variables": {}}
    )


def test_refused_configurations(client):
    error = error_of(client.update_function_configuration, FunctionName="hello", MemorySize=20000)
    assert error.response["Error"]["Code"] == "ValidationException"
    large = {"LARGE_VAR": "x" * 4097}
    error = error_of(
        client.update_function_configuration,
        FunctionName="hello",
        Environment={"Variables": large},
    )
    assert error.response["Error"]["Code"] == "InvalidParameterValueException"
    error = error_of(
        client.update_function_code, FunctionName="hello", ZipFile=b"no zip"
    )
    assert error.response["Error"]["Code"] == "InvalidParameterValueException"


def test_concurrency_is_put_got_and_deleted(client):
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(
        FunctionName="hello"
    )
    client.put_function_concurrency(FunctionName="hello", ReservedConcurrentExecutions=0)
    assert client.get_function(FunctionName="hello")["Concurrency"] == {
        "ReservedConcurrentExecutions": 0
    }
    error = error_of(client.invoke, FunctionName="hello")
    assert error.response["Error"]["Code"] == "TooManyRequestsException"
    assert error.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert "retry-after" in error.response["ResponseMetadata"]["HTTPHeaders"]
    client.delete_function_concurrency(FunctionName="hello")
    assert client.invoke(FunctionName="hello")["StatusCode"] == 200
    limits = client.get_account_settings()["AccountLimit"]
    assert limits["ConcurrentExecutions"] == limits["UnreservedConcurrentExecutions"] == 1000


def test_late_function_is_timed_out_and_begins_anew(client):
    client.update_function_configuration(FunctionName="sleep", Timeout=1)
    answer = client.invoke(FunctionName="sleep", Payload=b'{"ms": 1500}', LogType="Tail")
    assert answer["FunctionError"] == "Unhandled"
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert answer["Payload"].read().decode() == (
        '{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: %s Error: Task timed out '
        'after 1.00 seconds"}' % request_id
    )
    assert "\tDuration: 1000.00 ms\tBilled Duration: 10" in tail(answer)
    assert tail(answer).endswith("\tStatus: timeout\t\n")
    again = client.invoke(FunctionName="sleep", Payload=b'{"ms": 1}', LogType="Tail")
    assert json.loads(again["Payload"].read()) == {"slept_ms": 1}
    assert "Init Duration" in tail(again)


def test_answer_and_request_of_six_megabytes(client):
    payload = json.dumps({"n": 10, "padding": "x" * 6_000_000}).encode()
    answer = client.invoke(FunctionName="prime", Payload=payload)
    assert json.loads(answer["Payload"].read())["primes"] == 4
    error = error_of(client.invoke, FunctionName="prime", Payload=b'"' + b"x" * 6_291_456 + b'"')
    assert error.response["Error"]["Code"] == "RequestEntityTooLargeException"
    assert (
        error.response["Error"]["Message"]
        == "Request must be smaller than 6291456 bytes for the InvokeFunction operation"
    )
    error = error_of(
        client.invoke,
        FunctionName="prime",
        InvocationType="Event",
        Payload=b'"' + b"x" * 1_048_576 + b'"',
    )
    assert error.response["Error"]["Code"] == "RequestTooLargeException"


def test_calls_of_the_published_power_tuning_state_machine(client):
    """Initializer, Publisher, Executor, Cleaner and Optimizer, in its order and with its waiters."""
    arn, sizes = ARN + "prime", [128, 256, 512]
    original = client.get_function_configuration(FunctionName=arn, Qualifier="$LATEST")
    for size in sizes + [original["MemorySize"]]:
        client.update_function_configuration(FunctionName=arn, MemorySize=size)
        client.get_waiter("function_updated").wait(FunctionName=arn)
        version = client.publish_version(FunctionName=arn)
        assert version["MemorySize"] == size
        assert version["FunctionArn"] == f"{arn}:{version['Version']}"
        again = client.publish_version(FunctionName=arn)
        assert again["Version"] == version["Version"]
        if len(client.list_aliases(FunctionName=arn)["Aliases"]) == len(sizes):
            break
        alias = f"RAM{size}"
        error = error_of(client.get_alias, FunctionName=arn, Name=alias)
        assert error.response["Error"]["Code"] == "ResourceNotFoundException"
        assert error.response["Error"]["Message"] == f"Cannot find alias arn: {arn}:{alias}"
        created = client.create_alias(
            FunctionName=arn, Name=alias, FunctionVersion=version["Version"]
        )
        assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
        assert created["AliasArn"] == f"{arn}:{alias}"
    for size in sizes:
        alias = f"RAM{size}"
        configuration = client.get_function_configuration(FunctionName=arn, Qualifier=alias)
        assert configuration["Architectures"] == ["x86_64"]
        assert configuration["MemorySize"] == size
        for call in range(5):
            answer = client.invoke(
                FunctionName=arn, Qualifier=alias, LogType="Tail", Payload=b'{"n": 1000}'
            )
            assert answer["ExecutedVersion"] == configuration["Version"]
            lines = REPORT.match(tail(answer))
            assert lines and lines[5] == str(size) and lines[2] == configuration["Version"]
            assert (lines[7] is not None) == (call == 0)
    for size in sizes:
        alias = f"RAM{size}"
        version = client.get_alias(FunctionName=arn, Name=alias)["FunctionVersion"]
        in_use = error_of(client.delete_function, FunctionName=arn, Qualifier=version)
        assert in_use.response["Error"]["Code"] == "ResourceConflictException"
        deleted = client.delete_alias(FunctionName=arn, Name=alias)
        assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
        client.delete_function(FunctionName=arn, Qualifier=version)
    client.update_function_configuration(FunctionName=arn, MemorySize=512)
    assert client.get_function_configuration(FunctionName=arn)["MemorySize"] == 512
    assert client.list_aliases(FunctionName=arn)["Aliases"] == []


def test_alias_errors(client):
    client.publish_version(FunctionName="hello")
    version = client.list_versions_by_function(FunctionName="hello")["Versions"][-1]["Version"]
    client.create_alias(FunctionName="hello", Name="live", FunctionVersion=version)
    error = error_of(
        client.create_alias, FunctionName="hello", Name="live", FunctionVersion=version
    )
    assert error.response["Error"]["Message"] == f"Alias already exists: {ARN}hello:live"
    error = error_of(
        client.create_alias, FunctionName="hello", Name="other", FunctionVersion="999"
    )
    assert error.response["Error"]["Message"] == f"Function not found: {ARN}hello:999"
    error = error_of(
        client.update_alias, FunctionName="hello", Name="nobody", FunctionVersion=version
    )
    assert error.response["Error"]["Message"] == f"Alias not found: {ARN}hello:nobody"
    error = error_of(
        client.create_alias,
        FunctionName="hello",
        Name="weights",
        FunctionVersion=version,
        RoutingConfig={"AdditionalVersionWeights": {version: 0.5}},
    )
    assert error.response["Error"]["Message"] == (
        f"Invalid function version {version}. Function version {version} is already included in "
        "routing configuration."
    )
    client.update_alias(FunctionName="hello", Name="live", Description="d")
    assert client.get_alias(FunctionName="hello", Name="live")["Description"] == "d"
    client.delete_alias(FunctionName="hello", Name="live")


def test_deletions_that_aws_refuses(client):
    error = error_of(client.delete_function, FunctionName="hello", Qualifier="$LATEST")
    assert (
        error.response["Error"]["Message"]
        == "$LATEST version cannot be deleted without deleting the function."
    )
    error = error_of(client.delete_function, FunctionName="hello:1", Qualifier="2")
    assert error.response["Error"]["Message"] == (
        "The derived qualifier from the function name does not match the specified qualifier."
    )


@pytest.mark.parametrize(
    "function, event", [("prime", {"n": 1000}), ("hello", {}), ("sleep", {"ms": 1})]
)
def test_both_hosts_of_a_handler_answer_the_same_bytes(client, function, event):
    payload = json.dumps(event).encode()
    in_process = client.invoke(FunctionName=function, Payload=payload)["Payload"].read()
    with serving("--isolate", functions=[function]) as isolated:
        answer = lambda_client(isolated).invoke(
            FunctionName=function, Payload=payload, LogType="Tail"
        )
        assert answer["Payload"].read() == in_process
        assert REPORT.match(tail(answer)), tail(answer)


@pytest.mark.parametrize("host", [[], ["--isolate"]])
def test_modelled_cpu_makes_memory_buy_time(host):
    """A CPU-bound call: four times the memory, about a quarter of the time; the answer is held."""
    with serving("--cpu", "model", *host, functions=["prime"]) as url:
        client, durations = lambda_client(url), {}
        for size in (256, 1024):
            client.update_function_configuration(FunctionName="prime", MemorySize=size)
            client.invoke(FunctionName="prime", Payload=b'{"n": 10}')
            before = time.monotonic()
            answer = client.invoke(
                FunctionName="prime", Payload=b'{"n": 3000000}', LogType="Tail"
            )
            took_ms = (time.monotonic() - before) * 1000
            durations[size] = float(REPORT.match(tail(answer))[3])
            assert took_ms >= durations[size] - 1
        assert 2 < durations[256] / durations[1024] < 8, durations


def test_stopping_answers_a_call_that_still_runs():
    """serving() itself asserts that the process ends in time, with status 0."""
    with serving(functions=["sleep"]) as url:
        client = lambda_client(url)
        client.update_function_configuration(FunctionName="sleep", Timeout=60)
        host, port = url.removeprefix("http://").split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        connection.request(
            "POST", "/2015-03-31/functions/sleep/invocations", body=b'{"ms": 30000}'
        )
        time.sleep(0.3)
    response = connection.getresponse()
    assert response.status in (500, 503)
    response.read()
    connection.close()
