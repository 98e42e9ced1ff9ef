"""Large collections, as they are published or as vendors make them, run by us and compared with what newman 6.2.2 did.

They lie in tests/data/postman/published, whose README says where each is from. Of what newman did its kept/ has the
assertions in full, and of each request on the wire, of the text and of the JUnit report no more than a hash: to see
what differs set NEWMAN to its command (NEWMAN="npx newman"), and newman runs beside us; NEWMAN_KEEP=1 keeps its answers.
"""

import collections
import hashlib
import json
import os
import pathlib
import shlex
import subprocess

import pytest

from newman_comparison import counted, differences, kept, observe
from postman_echo import PostmanEcho, anywhere
from saved_answers import SavedAnswers
from test_load import SQUALL

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "postman" / "published"
NEWMAN = shlex.split(os.environ.get("NEWMAN", ""))
NAMES = ["eia", "github", "postman-echo"]
USERS, ITERATIONS = 2, 4


def digest(value):
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:16]


def brief(found):
    """Small enough to be kept, and unequal where anything is."""
    return {**found, "sent": ["%s %s" % (one[0], digest(one)) for one in found["sent"]],
            "text": digest(found["text"]), "junit": digest(found["junit"]), "failures": digest(found["failures"])}


@pytest.fixture
def echo(name, tmp_path):
    folder = tmp_path / "echo"
    folder.mkdir()
    collection = json.loads((DATA / (name + ".json")).read_text())
    one = PostmanEcho(folder, otherwise=anywhere if name == "postman-echo" else SavedAnswers(collection))
    yield one
    one.stop()


@pytest.mark.parametrize("name", NAMES)
def test_a_published_collection_runs_as_in_newman(name, echo, tmp_path):
    path, file = DATA / (name + ".json"), DATA / "kept" / (name + ".json")
    ours = observe([SQUALL], [path], echo, tmp_path)
    if ours is None:
        pytest.skip("built without scripts")
    if NEWMAN:
        theirs = observe(NEWMAN, [path], echo, tmp_path)
        assert not differences(theirs, ours), "\n".join(differences(theirs, ours))
        if os.environ.get("NEWMAN_KEEP"):
            file.write_text(kept(brief(theirs)))
    wrong = differences(json.loads(file.read_text()), brief(ours))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_users_send_a_published_collection_whole_each_time(name, echo, tmp_path):
    """As often as there are iterations, and each request as often as the others."""
    once = observe([SQUALL], [DATA / (name + ".json")], echo, tmp_path)
    if once is None:
        pytest.skip("built without scripts")
    lines = collections.Counter((method, address.partition("?")[0]) for method, address, _, _ in once["sent"])
    done = subprocess.run([SQUALL, "load", DATA / (name + ".json"), "--proxy", echo.proxy, "-k", "-q", "--vus", str(USERS), "--iterations",
                           str(ITERATIONS), "--json", tmp_path / "figures.json"], capture_output=True, text=True, timeout=120, cwd=tmp_path,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    assert done.returncode == 0, done.stderr
    totals = json.loads((tmp_path / "figures.json").read_text())["totals"]
    sent = collections.Counter((one.method, one.scheme + "://" + one.authority + one.target.partition("?")[0]) for one in echo.requests)
    assert sent == collections.Counter({line: count * ITERATIONS for line, count in lines.items()})
    erred = sum(once["stats"][kind][1] for kind in ("prerequestScripts", "testScripts"))
    assert [totals.get("tests", 0), totals.get("failed_tests", 0)] == [(count + erred) * ITERATIONS for count in once["stats"]["assertions"]]
    assert totals["errors"] == 0


def test_what_was_compared_is_not_little():
    found = [counted(json.loads((DATA / "kept" / (name + ".json")).read_text())) for name in NAMES]
    assert sum(sent for sent, _ in found) >= 410 and sum(assertions for _, assertions in found) >= 1000
