"""newman's own collections, run by us and compared with what newman 6.2.2 did: on the wire, in the report, in the end.

They lie in tests/data/postman/newman as they are in newman's repository; what newman did is in its kept/. With NEWMAN set
to its command (NEWMAN="npx newman") newman runs here, too, and is compared live; NEWMAN_KEEP=1 keeps its answers.
"""

import json
import os
import pathlib
import shlex

import pytest

from newman_comparison import LENGTHS, SIZES, counted, differences, kept, observe
from postman_echo import PostmanEcho
from test_load import SQUALL

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "postman" / "newman"
NEWMAN = shlex.split(os.environ.get("NEWMAN", ""))
NUMBER = (r'([?&]a=|RandomId=|Correct Random: |name=\\"randomInt\\"\\r\\n\\r\\n)\d+', r"\1NUMBER")

# What newman's own runner gives them (postman_config.json), and what they draw by chance.
OPTIONS = {
    "test/fixtures/run/single-file-inside.json": ["--working-dir", "test/fixtures/files/work-dir"],
    "test/fixtures/run/single-file-outside.json": ["--working-dir", "test/fixtures/files/work-dir"],
    "test/integration/redirect-test/redirect-test.postman_collection.json": ["--ignore-redirects"],
    "test/integration/super-sandbox-test.postman_collection.json": ["--reporter-cli-no-console"],  # names the client
    "test/integration/timeout/timeout.postman_collection.json": ["--timeout-request", "3000", "--timeout-script", "500"],
}
CHANCE = {
    "test/integration/distinct-random-int.postman_collection.json": [NUMBER, SIZES, LENGTHS],
    "test/integration/dynamic-var-replacement.postman_collection.json": [NUMBER, SIZES, LENGTHS],
    "test/integration/multi-value-data.postman_collection.json": [NUMBER, SIZES, LENGTHS],
    "test/integration/super-sandbox-test.postman_collection.json": [NUMBER, SIZES, LENGTHS],
}
# More runs: as newman's tests of its command line have them, and collections of ours against the same server.
MORE = [
    ("../run-request.json", []),
    ("../run-libraries.json", []),
    ("../run-urls.json", []),
    ("../run-v1.json", []),
    ("../run-values.json", []),
    ("../run-mutations.json", []),
    ("../run-schema.json", []),
    ("../run-names.json", []),
    ("../run-lodash.json", []),
    ("../run-lengths.json", []),
    ("../run-callbacks.json", []),
    ("../run-json.json", []),
    ("../run-jar.json", []),
    ("../run-chai.json", []),
    ("../run-files.json", []),
    ("../run-cookies.json", ["-n", "2"]),
    ("../run-digest.json", ["-n", "2"]),
    ("test/fixtures/run/single-get-request.json", ["--iteration-count", "3"]),
    ("test/fixtures/run/single-get-request.json", ["--reporter-cli-no-success-assertions"]),
    ("test/fixtures/run/single-get-request.json", ["--disable-unicode"]),
    ("test/fixtures/run/single-request-failing.json", ["--reporter-cli-no-assertions", "--reporter-cli-no-summary"]),
    ("test/fixtures/run/single-request-failing.json", ["--reporter-cli-no-failures", "--reporter-cli-no-banner", "-x"]),
    ("test/integration/steph/steph.postman_collection.json", ["--global-var", "first=James", "--global-var", "last=Bond"]),
    ("test/integration/steph/steph.postman_collection.json", ["--iteration-count", "3"]),
    ("test/integration/multi-level-folders-v2.postman_collection.json", ["--folder", "F1"]),
    ("test/integration/multi-level-folders-v2.postman_collection.json", ["--folder", "R1", "--folder", "F2.F3"]),
    ("test/integration/timeout/timeout.postman_collection.json", ["--timeout-request", "50"]),
    ("test/fixtures/overrides/pmcollection.json", ["--env-var", "dummyVar=bar2"]),
]


def is_collection(path):
    try:
        value = json.loads(path.read_bytes().decode("utf-8-sig"))
    except ValueError:
        return False
    return isinstance(value, dict) and ("item" in value or "requests" in value)


def files_beside(path):
    """As newman's runner has it: x.postman_collection.json is given x.postman_environment.json and its like."""
    if ".postman_collection." not in path.name:
        return []
    stem = path.name.split(".postman_collection.")[0] + ".postman_"
    rows = [("-e", "environment.json"), ("-g", "globals.json"), ("-d", "data.json"), ("-d", "data.csv")]
    return [word for option, end in rows if (path.parent / (stem + end)).exists() for word in (option, path.parent / (stem + end))]


def cases():
    paths = sorted(path for path in DATA.rglob("*.json") if "kept" not in path.parts and is_collection(path))
    names = [str(path.relative_to(DATA)) for path in paths]
    return [(name, OPTIONS.get(name, [])) for name in names] + MORE


def arguments_of(path, options):
    working = [] if "--working-dir" in options else ["--working-dir", DATA]
    return [DATA / path, *working, *files_beside(DATA / path), *(DATA / word if word.startswith("test/") else word for word in options)]


def name_of(path, options):
    name = path.removeprefix("test/").removeprefix("../").removesuffix(".json").removesuffix(".postman_collection").replace("/", "-")
    return "-".join([name, *(word.strip("-") for word in options if "work" not in word)])


@pytest.fixture(scope="module")
def echo(tmp_path_factory):
    one = PostmanEcho(tmp_path_factory.mktemp("echo"))
    yield one
    one.stop()


@pytest.mark.parametrize("path, options", cases(), ids=lambda value: value if isinstance(value, str) else " ".join(value))
def test_newmans_collection_runs_as_in_newman(path, options, echo, tmp_path):
    file = DATA / "kept" / (name_of(path, options) + ".json")
    chance = CHANCE.get(path, [])
    if NEWMAN:
        theirs = observe(NEWMAN, arguments_of(path, options), echo, tmp_path, chance)
        if os.environ.get("NEWMAN_KEEP"):
            file.write_text(kept(theirs))
    else:
        theirs = json.loads(file.read_text())
    ours = observe([SQUALL], arguments_of(path, options), echo, tmp_path, chance)
    if ours is None:
        pytest.skip("built without scripts")
    assert not differences(theirs, ours), "\n".join(differences(theirs, ours))


def test_what_is_compared_is_not_little():
    """So that collections that are gone, or answers that were kept empty, do not pass for equal."""
    counts = [counted(json.loads((DATA / "kept" / (name_of(path, options) + ".json")).read_text())) for path, options in cases()]
    assert len(counts) >= 88 and sum(sent for sent, _ in counts) >= 530 and sum(held for _, held in counts) >= 990
