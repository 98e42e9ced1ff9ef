"""squall demo, shortened: what it prints, what it leaves, and how it ends when it is interrupted."""

import json
import os
import pathlib
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQUALL = pathlib.Path(os.environ.get("SQUALL_BINARY") or ROOT / "build" / "squall")


def start(folder, temporary):
    temporary.mkdir()
    return subprocess.Popen([SQUALL, "demo", "--out", folder, "--duration", "2s"], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, env=dict(os.environ, TMPDIR=str(temporary)),
                            start_new_session=True)


def group_is_gone(leader):
    """Whether no process is left in the demo's session; those that end take a moment."""
    for _ in range(50):
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_the_demo_runs_end_to_end(tmp_path):
    process = start(tmp_path / "out", tmp_path / "tmp")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    for name in ("load.html", "tune-prime.html", "tune-list.html"):
        assert (tmp_path / "out" / name).stat().st_size > 5000
        assert str(tmp_path / "out" / name) in out
    for name in ("tune-prime.json", "tune-list.json"):
        assert json.loads((tmp_path / "out" / name).read_text())["power"] >= 128
    totals = json.loads((tmp_path / "out" / "load.json").read_text())["totals"]
    assert totals["requests"] > 100 and totals["errors"] == 0 and totals["non_2xx"] == 0
    assert "Total requests" in out and "cheapest" in out and "fastest" in out
    assert list((tmp_path / "tmp").iterdir()) == []
    assert group_is_gone(process.pid)


def test_an_interrupted_demo_leaves_nothing(tmp_path):
    process = start(tmp_path / "out", tmp_path / "tmp")
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert err.splitlines()[-1] == "squall: demo: interrupted"
    assert list((tmp_path / "tmp").iterdir()) == []
    assert group_is_gone(process.pid)


def test_children_die_with_a_killed_demo(tmp_path):
    process = start(tmp_path / "out", tmp_path / "tmp")
    time.sleep(1.5)
    process.kill()
    process.communicate(timeout=20)
    assert group_is_gone(process.pid)
