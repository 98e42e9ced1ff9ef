"""Real clients that are no Python library: the AWS CLI, and the SDKs for JavaScript and Go where Node and Go are."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(__file__).resolve().parent / "clients"
CACHE = pathlib.Path(os.environ.get("SQUALL_CLIENTS", ROOT / ".cache" / "clients"))
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.fixture
def empty(start_squall, tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    return start_squall(template)


@pytest.fixture
def aws(empty):
    def run(*arguments, fails=False):
        done = subprocess.run([str(pathlib.Path(sys.executable).parent / "aws"), "--endpoint-url", empty.aws, *arguments],
                              capture_output=True, text=True, env={**os.environ, **KEYS}, timeout=60)
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr.strip() if fails else json.loads(done.stdout or "null")

    return run


def test_the_aws_cli_makes_fills_reads_and_drops_a_table(aws):
    made = aws("dynamodb", "create-table", "--table-name", "Music", "--billing-mode", "PAY_PER_REQUEST",
               "--attribute-definitions", "AttributeName=Artist,AttributeType=S", "AttributeName=Song,AttributeType=S",
               "--key-schema", "AttributeName=Artist,KeyType=HASH", "AttributeName=Song,KeyType=RANGE",
               "--tags", "Key=team,Value=bench")
    assert made["TableDescription"]["TableArn"] == "arn:aws:dynamodb:eu-west-1:000000000000:table/Music"
    aws("dynamodb", "wait", "table-exists", "--table-name", "Music")
    for song, year in ("One", 1991), ("Two", 1992), ("Three", 1993):
        aws("dynamodb", "put-item", "--table-name", "Music", "--item",
            json.dumps({"Artist": {"S": "Ann"}, "Song": {"S": song}, "Year": {"N": str(year)}}))
    found = aws("dynamodb", "query", "--table-name", "Music", "--key-condition-expression", "Artist = :a",
                "--filter-expression", "#y > :y", "--expression-attribute-names", '{"#y": "Year"}',
                "--expression-attribute-values", '{":a": {"S": "Ann"}, ":y": {"N": "1991"}}',
                "--return-consumed-capacity", "TOTAL", "--page-size", "1")
    assert sorted(item["Song"]["S"] for item in found["Items"]) == ["Three", "Two"]
    refused = aws("dynamodb", "delete-item", "--table-name", "Music", "--key",
                  '{"Artist": {"S": "Ann"}, "Song": {"S": "One"}}', "--condition-expression", "Year > Artist", fails=True)
    assert "An error occurred (ValidationException) when calling the DeleteItem operation: " \
           "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: Year" in refused
    aws("dynamodb", "delete-table", "--table-name", "Music")
    aws("dynamodb", "wait", "table-not-exists", "--table-name", "Music")
    assert aws("dynamodb", "list-tables") == {"TableNames": []}


def test_the_sdk_for_javascript_works_unchanged(empty):
    if shutil.which("node") is None or not (CACHE / "node" / "node_modules").exists():
        pytest.skip("Node.js or its AWS SDK is not here")
    done = subprocess.run(["node", str(PROGRAMS / "node" / "dynamodb.mjs"), empty.aws], cwd=CACHE / "node",
                          capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr


def test_the_sdk_for_go_works_unchanged(empty):
    program = CACHE / "go-dynamodb"
    if not program.exists():
        pytest.skip("Go or its AWS SDK is not here")
    done = subprocess.run([str(program), empty.aws], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "ok\n"), done.stderr
