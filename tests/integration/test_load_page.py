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
    window = saved["windows"][page.evaluate("results.intervals.indexOf(picked)")]
    assert number(shown[-1][1]) == window["requests"]
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
    assert "requests/s " + page.evaluate("rate(results.requests[1].windows.at(-1).rps)") in page.text("#readout")
    assert page.errors == []


def test_the_table_sorts_and_failures_show_samples(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "sorted")
    page.click("#requests th:nth-child(4) button")  # average, descending
    averages = [row[3] for row in rows(page)[:-1] if row[3] != "–"]
    assert [number(text) for text in averages] == sorted((number(text) for text in averages), reverse=True)
    slow = "document.querySelectorAll('#slowest tbody tr').length"
    assert page.evaluate(slow) == 10 and "Shop / slow" in page.text("#slowest tbody tr")
    page.click("#more-slowest")
    assert page.evaluate(slow) == 20 and not page.evaluate("document.querySelector('#more-slowest').offsetHeight")
    assert page.errors == []


def kinds(page):
    """The list of failures: what, which requests, how often, which share of the requests."""
    return page.evaluate("[...document.querySelectorAll('#errors .kinds > *')].map((line) => [...(line.querySelector('summary') || line).children]"
                         ".map((cell) => cell.innerText.trim()))")


def choose(page, request):
    page.evaluate("(() => { const s = document.querySelector('#filter'); s.value = '%d'; s.dispatchEvent(new Event('change')); })()" % request)


def test_failures_have_a_trend_by_kind_and_samples(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "failures")
    fail, cut = saved["requests"][2], saved["requests"][3]
    assert (fail["failures"], cut["failures"]) == ({"500": fail["requests"]}, {"closed": cut["requests"]})
    shown = {row[0]: row[1:] for row in kinds(page)}
    assert shown == {name: [asked, "{:,}".format(row["requests"]), "%.2f %%" % (100 * row["requests"] / saved["totals"]["requests"])]
                     for name, asked, row in (("HTTP 500", "fail {:,}".format(fail["requests"]), fail),
                                              ("closed before the answer was whole", "cut {:,}".format(cut["requests"]), cut))}
    # Each second's bar is stacked of both, in the colours of the list.
    bars = page.evaluate("[...document.querySelectorAll('#trend .column')].map((bar) => bar.style.fill)")
    assert len(bars) >= 2 * (len(saved["windows"]) - 1) and set(bars) == {"var(--kind1)", "var(--kind2)"}
    tip = page.evaluate("document.querySelector('#trend .area title').textContent")
    first = saved["windows"][0]["failures"]
    assert "HTTP 500: {:,}".format(first["500"]) in tip and "closed before the answer was whole: {:,}".format(first["closed"]) in tip
    # A bar is a window, too.
    page.evaluate("document.querySelectorAll('#trend .area')[1].dispatchEvent(new MouseEvent('click'))")
    assert number(rows(page)[-1][1]) == saved["windows"][1]["requests"]
    page.click("#whole")
    for place in (1, 2):
        page.click("#errors details:nth-of-type(%d) summary" % place)
    text = page.text("#errors")
    assert "GET /fail HTTP/1.1" in text and "GET /cut HTTP/1.1" in text
    assert "HTTP/1.1 500 Internal Server Error\nno" in text and "the connection was closed within the answer" in text
    if PICTURES:
        page.screenshot(pathlib.Path(PICTURES) / "failures-open.png")
    assert page.errors == []


def test_failures_can_be_one_requests(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "failures-filter")
    choose(page, 3)
    assert [row[0] for row in kinds(page)] == ["closed before the answer was whole"] and kinds(page)[0][3] == "100.00 %"
    assert "Shop / cut" in page.text("#errors-title")
    choose(page, 0)
    assert kinds(page) == [] and page.text("#errors-note") == "Every request was answered with 2xx."
    assert page.errors == []


def test_the_page_and_the_terminal_say_the_same(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "same")
    done = squall("report", "result.json", cwd=tmp_path)
    table = done.stdout[done.stdout.index("  Request "):]
    heads = page.evaluate("[...document.querySelectorAll('#requests th')].map((cell) => cell.innerText)")
    for line, shown in zip(table.splitlines()[2:7], rows(page)):
        cells = dict(zip(heads, (text.replace(",", "").replace("\u2013", "-") for text in shown)))
        assert line.split()[1:] == [cells[name] for name in ("Total", "Req/s", "Avg ms", "Min", "Max", "P90", "P95", "P99")] + [
            cells["Error %"] + "%", cells["Non\u20112xx"]]
    # As tests/unit/loadgen/test_figure_text.c has them.
    for value, decimals, text in ((0.125, 2, "0.13"), (0.135, 2, "0.14"), (0.145, 2, "0.15"), (9.996, 2, "10.00"), (12.35, 1, "12.4"),
                                  (12.349, 1, "12.3"), (999.95, 1, "1,000.0"), (1234.5, 0, "1,235")):
        assert page.evaluate("fixed(%r, %d)" % (value, decimals)) == text


def test_many_requests_are_found_by_their_names(page, server, tmp_path):
    folders = [{"name": "Folder %d" % f, "item": [{"name": "Request %d" % n, "request": server.url + "/plain"} for n in range(15)]}
               for f in range(8)]
    measure(tmp_path, collection(tmp_path, folders), "--iterations", 1, "--vus", 1, "-q", "--out", tmp_path / "m.html")
    open_page(page, tmp_path / "m.html", "many")
    assert len(rows(page)) == 100 + 1 and page.text("#more") == "Show all 120"
    page.click("#search")
    page.evaluate("(() => { const s = document.querySelector('#search'); s.value = 'folder 7 / request 1'; s.dispatchEvent(new Event('input')); })()")
    assert len(rows(page)) == 6 + 1 and "Folder 7 / Request 14" in rows(page)[-2][0]
    page.evaluate("(() => { const s = document.querySelector('#search'); s.value = ''; s.dispatchEvent(new Event('input')); })()")
    page.click("#more")
    assert len(rows(page)) == 120 + 1
    assert page.errors == []


def test_the_course_by_users_is_a_table(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "users")  # a ramp: 25 % of 6 users to all of them
    lines = page.evaluate("[...document.querySelectorAll('#users tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText))")
    assert len(lines) >= 2 and sum(number(line[2]) for line in lines) == saved["totals"]["requests"]
    assert page.errors == []


def test_users_of_a_rate_are_told_in_tenths_where_they_are_few(page, server, tmp_path):
    measure(tmp_path, server.url + "/plain", "--vus", 2, "--rate", "20/s:2s", "-q")
    result = json.loads((tmp_path / "result.json").read_text())
    for busy, shown in ((0.4, []), (2.4, ["1.2", "2.4"])):
        for at, window in enumerate(result["windows"]):
            window["vus"] = busy / 2 if at == 0 else busy
        (tmp_path / "rate.json").write_text(json.dumps(result))
        assert squall("report", tmp_path / "rate.json", "--out", tmp_path / "rate.html", "-q").returncode == 0
        open_page(page, tmp_path / "rate.html", "rate")
        assert page.evaluate("[...document.querySelectorAll('#users tbody td:first-child')].map((cell) => cell.innerText)") == shown
        assert page.evaluate("document.querySelector('#users-card').hidden") == (shown == [])
    assert page.errors == []


def test_an_hour_at_a_time_has_lines_and_a_haze(page, server, tmp_path):
    measure(tmp_path, collection(tmp_path, items(server)), "--vus", 2, "--iterations", 20, "-q")
    part = json.loads((tmp_path / "result.json").read_text())
    names = []
    for at in range(1000):  # one after another, as if each were another machine's
        part["started_ms"] += 3000
        names.append(tmp_path / ("%04d.json" % at))
        names[-1].write_text(json.dumps(part))
    assert squall("merge", *names, "--json", tmp_path / "hour.json", "--out", tmp_path / "hour.html", "-q").returncode == 0
    hour = json.loads((tmp_path / "hour.json").read_text())
    assert hour["totals"]["requests"] == 1000 * part["totals"]["requests"] and len(hour["windows"]) >= 1000
    assert (tmp_path / "hour.html").stat().st_size < 1 << 20
    open_page(page, tmp_path / "hour.html", "hour")
    assert page.evaluate("[...document.querySelectorAll('#timeline svg > text')].some((text) => text.textContent === '40:00')")
    assert page.evaluate("document.querySelectorAll('#timeline path[opacity=\"0.25\"]').length") == 5
    page.click("#timeline rect.area", at_x=0.5)
    assert re.fullmatch(r"Requests from [23]\d:\d\d to [23]\d:\d\d(\.\d)?", page.text("#requests-title"))
    shown = rows(page)
    assert sum(number(row[1]) for row in shown[:-1]) == number(shown[-1][1]) > 0
    assert page.errors == []


def test_it_prints(page, saved, tmp_path):
    open_page(page, tmp_path / "r.html", "printed", dark=True)
    paper = page.pdf()
    assert paper.startswith(b"%PDF-") and len(paper) > 20000
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("[...document.querySelectorAll('details')].every((box) => box.open)")
    page.call("Emulation.setEmulatedMedia", media="print")
    page.call("Emulation.setDeviceMetricsOverride", width=703, height=1032, deviceScaleFactor=1, mobile=False)  # A4 without its margins
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the paper is too narrow"
    assert page.evaluate("[...document.querySelectorAll('.scroll')].every((box) => box.scrollWidth <= box.clientWidth)")
    assert page.evaluate("document.querySelectorAll('#trend .column').length") > 0
    page.call("Emulation.setEmulatedMedia", media="")
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
    is_open, head = "--rate" in arguments, page.text("#meta")
    assert ("profile fixed" in head, "up to 4 virtual users" in head, "rate 50/s:1s,0:500ms" in head) == (not is_open, is_open, is_open)
    page.click("#timeline rect.area")
    assert page.errors == []
