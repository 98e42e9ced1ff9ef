"""The report's page as people use it: looked at in headless Chromium, light and dark, and clicked."""

import json
import os
import pathlib
import re
import subprocess

import pytest

import browser as chromium
from test_load import SQUALL, collection, measure, server  # noqa: F401
from test_load_reports import items, squall
from test_load_scripts import item, load

pytestmark = pytest.mark.skipif(chromium.CHROMIUM is None, reason="Chromium is not installed")
# Where the pictures are kept that a person is to look at; nowhere unless it is set.
PICTURES = os.environ.get("SQUALL_PICTURES")


@pytest.fixture(scope="module")
def page():
    one = chromium.Browser()
    yield one
    one.close()


@pytest.fixture()
def saved(server, tmp_path):
    measure(tmp_path, collection(tmp_path, items(server)), "--vus", 6, "--duration", "4s", "--fail-if", "p99>60s",
            "--fail-if", "errors>0", "--quiet", "--out", tmp_path / "r.html", status=1)
    return json.loads((tmp_path / "result.json").read_text())


def open_page(page, path, name, **options):
    page.errors.clear()
    page.network.clear()
    page.open(path, **options)
    assert page.errors == []
    assert page.network == ["file://%s" % path], "the page asks for something else"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is wider than the window"
    if PICTURES:
        page.screenshot(pathlib.Path(PICTURES) / (name + ".png"))


def rows(page):
    """The table of requests: a list of cells a row."""
    return page.evaluate("[...document.querySelectorAll('#requests tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText))")


def number(text):
    return float(text.split("\n")[0].replace(",", ""))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 420])
def test_the_page_has_postmans_tiles_and_no_error(page, saved, tmp_path, dark, width):
    open_page(page, tmp_path / "r.html", "report-%s-%d" % ("dark" if dark else "light", width), dark=dark, width=width)
    tiles = page.text("#tiles")
    for word in ("Total requests", "Requests / second", "Avg. response time", "P90", "P95", "P99", "Error rate"):
        assert word in tiles
    assert "{:,}".format(saved["totals"]["requests"]) in tiles
    assert page.evaluate("document.querySelectorAll('#timeline path').length") >= 5
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(17, 21, 28)" if dark else "rgb(245, 246, 248)")
    assert "fail-if errors>0" in page.text("#verdicts li.bad")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != background
    assert page.errors == []


def test_legends_switch_lines_and_charts(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "legend")
    lines = "document.querySelectorAll('#timeline path').length"
    before = page.evaluate(lines)
    page.click("#metrics button:nth-of-type(6)")  # P99
    assert page.evaluate(lines) == before + 1 and "P99" in page.text("#timeline svg")
    page.click("#panels button:nth-of-type(1)")
    assert "Virtual users" not in page.text("#timeline svg")
    for n in (2, 3, 4):
        page.click("#panels button:nth-of-type(%d)" % n)
    assert page.text("#readout") == "Choose a chart above."
    assert page.errors == []


def test_a_click_on_a_window_shows_its_requests(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "before-click")
    assert [number(row[1]) for row in rows(page)] == [row["requests"] for row in saved["requests"]] + [saved["totals"]["requests"]]
    page.click("#timeline rect.area", at_x=0.6)
    shown = rows(page)
    window = next(w for w in saved["windows"] if number(shown[-1][1]) == w["requests"])
    assert window not in (saved["windows"][0], saved["windows"][-1])
    assert sum(number(row[1]) for row in shown[:-1]) == window["requests"]
    assert "Requests from" in page.text("#requests-title")
    page.evaluate("document.querySelector('#timeline svg').focus()")
    page.press("ArrowRight")
    later = saved["windows"][saved["windows"].index(window) + 1]
    assert number(rows(page)[-1][1]) == later["requests"]
    if PICTURES:
        page.screenshot(pathlib.Path(PICTURES) / "clicked.png")
    page.click("#whole")
    assert page.text("#requests-title") == "Requests" and number(rows(page)[-1][1]) == saved["totals"]["requests"]
    page.click("#timeline rect.area", at_x=0.1)
    page.evaluate("document.querySelector('#timeline svg').focus()")
    page.press("Escape")
    assert number(rows(page)[-1][1]) == saved["totals"]["requests"]
    assert page.errors == []


def test_the_charts_can_show_one_request(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "filter")
    assert page.evaluate("[...document.querySelector('#filter').options].map((o) => o.text)") == ["all"] + [
        "Shop / " + row["name"] for row in saved["requests"]]
    drawn = page.evaluate("document.querySelector('#timeline').innerHTML")
    page.evaluate("(() => { const s = document.querySelector('#filter'); s.value = '1'; s.dispatchEvent(new Event('change')); })()")
    assert page.evaluate("document.querySelector('#timeline').innerHTML") != drawn
    page.click("#timeline rect.area", at_x=0.99)
    page.evaluate("document.querySelector('#timeline rect.area').dispatchEvent(new MouseEvent('mousemove', "
                  "{clientX: document.querySelector('#timeline').getBoundingClientRect().right - 20, clientY: 0}))")
    assert "requests/s " + page.evaluate("plain(results.requests[1].windows.at(-1).rps)") in page.text("#readout")
    assert page.errors == []


def test_the_table_sorts_and_failures_show_samples(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "sorted")
    page.click("#requests th:nth-child(4) button")  # average, descending
    averages = [row[3] for row in rows(page)[:-1] if row[3] != "–"]
    assert [number(text) for text in averages] == sorted((number(text) for text in averages), reverse=True)
    page.click("#errors summary")
    assert "the connection was closed within the answer" in page.text("#errors details pre")
    assert page.evaluate("document.querySelectorAll('#slowest tbody tr').length") == 20
    assert "Shop / slow" in page.text("#slowest tbody tr")
    assert page.errors == []


def test_it_prints(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "printed", dark=True)
    paper = page.pdf()
    assert paper.startswith(b"%PDF-") and len(paper) > 20000
    assert page.evaluate("[...document.querySelectorAll('details')].every((box) => box.open)")
    if PICTURES:
        (pathlib.Path(PICTURES) / "report.pdf").write_bytes(paper)


def test_two_runs_on_one_page(page, saved, server, tmp_path):
    (tmp_path / "result.json").rename(tmp_path / "before.json")
    measure(tmp_path, collection(tmp_path, items(server)), "--vus", 2, "--duration", "3s", "--profile", "fixed", "--quiet")
    assert squall("report", "--compare", "before.json", "result.json", "--out", "c.html", "-q", cwd=tmp_path).returncode == 0
    open_page(page, tmp_path / "c.html", "compared")
    assert page.evaluate("document.querySelectorAll('#tiles .change').length") == 7
    assert page.evaluate("document.querySelectorAll('#timeline path.before').length") == 5
    assert page.evaluate("document.querySelectorAll('#spectrum path.before').length") == 1
    now = json.loads((tmp_path / "result.json").read_text())
    share = 100 * (now["totals"]["requests"] / saved["totals"]["requests"] - 1)
    shown = re.search(r"([\d.]+)\s*%", rows(page)[-1][1].split("\n")[1])
    assert float(shown[1]) == pytest.approx(abs(share), abs=0.06)
    page.click("#timeline rect.area", at_x=0.2)
    assert page.evaluate("document.querySelectorAll('#requests .change').length") == 0
    assert page.errors == []


def test_failed_tests_are_listed_and_saved(page, server, tmp_path):
    result, _ = load(tmp_path, [item("a", server.url + "/plain", test="pm.test('<b>never</b>', () => pm.expect(1).to.equal(2))")],
                     "--vus", 2, "--iterations", 8, "-q", "--out", tmp_path / "t.html")
    assert result["failed_tests"] == [{"request": 0, "name": "<b>never</b>", "message": "expected 1 to equal 2", "count": 8}]
    open_page(page, tmp_path / "t.html", "tests")
    cells = page.evaluate("[...document.querySelector('#tests tbody tr').cells].map((cell) => cell.innerText)")
    assert cells == ["a", "<b>never</b>", "expected 1 to equal 2", "8"]
    assert squall("merge", "r.json", "r.json", "--json", "twice.json", "-q", cwd=tmp_path).returncode == 0
    assert json.loads((tmp_path / "twice.json").read_text())["failed_tests"][0]["count"] == 16
    assert page.errors == []


@pytest.mark.parametrize("arguments", [
    ["--iterations", "1", "--vus", "1"],
    ["--rate", "50/s:1s,0:500ms,100/s:1s", "--vus", "4"],
])
def test_short_and_open_runs_have_a_page_too(page, server, tmp_path, arguments):
    subprocess.run([SQUALL, "load", server.url + "/plain", *arguments, "-q", "--out", tmp_path / "s.html"], check=True, capture_output=True)
    open_page(page, tmp_path / "s.html", "short-%d" % len(arguments))
    page.click("#timeline rect.area")
    assert page.errors == []
