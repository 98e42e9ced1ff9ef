"""Two servers for the whole run, one in memory and one on disk; every case is asked of both."""

import itertools
import os
import pathlib
import subprocess
import urllib.parse

import pytest

from .client import Client
from .tables import COMMON

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUALL = pathlib.Path(os.environ.get("SQUALL_BINARY") or ROOT / "build" / "squall")
STORES = {"memory": "--memory", "disk": "--data=data"}


@pytest.fixture(scope="session", params=STORES)
def port(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("squall")
    template = folder / "template.yaml"
    template.write_text("AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n")
    command = [SQUALL, "serve", template, STORES[request.param], "--port", "0", "--aws-port", "0", "--quiet"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        ready = dict(part.split("=", 1) for part in process.stdout.readline().split()[1:])
        yield urllib.parse.urlsplit(ready["aws"]).port
    finally:
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture(scope="session")
def dynamodb(port):
    """A Client; the tables of tables.COMMON are there."""
    client = Client(port)
    for table in COMMON:
        client.ok("CreateTable", **table)
    return client


@pytest.fixture(scope="session")
def numbers():
    return itertools.count(1)


@pytest.fixture
def key(numbers):
    """A text that no other case has: the key of a case's items in a table that it shares."""
    return f"case {next(numbers)}"


@pytest.fixture(scope="module")
def new_table(dynamodb, numbers):
    """Creates a table that no other case has, from a request of tables.py; answers its name."""

    def create(request):
        name = f"table-{next(numbers)}"
        dynamodb.ok("CreateTable", **{**request, "TableName": name})
        return name

    return create
