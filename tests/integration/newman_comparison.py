"""One collection, run by newman and by squall against the same stand-in, and what differs between them.

What is compared: the text of the cli report, what was on the wire (method, scheme, host, target, every header in its
order and case, body), the assertions with names, results and messages, the counts, the failures, the JUnit report, the
exit status. Left out: times and the widths they cause, and what is drawn anew for every request (User-Agent,
Postman-Token, a form's boundary; nonces and signatures, once they were found to be right).
"""

import difflib
import json
import os
import re
import subprocess
import xml.etree.ElementTree as ElementTree

from test_run import facts, plain

DRAWN = [(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "UUID"), (r"(?<!\d)1[6-9]\d{8}(?!\d)", "TIMESTAMP")]
SIZES = (r"\b\d+(\.\d+)?k?B\b", "SIZE")  # of answers that echo a number of no fixed length
LENGTHS = (r'(?i)("content-length",\s+)"\d+"', r'\1"LENGTH"')
SIGNED = r'((?:^|[ ,])(?:cnonce|response|oauth_nonce|oauth_timestamp|oauth_signature|ts|nonce|mac)=)"[^"]*"'


def sent(echo):
    """What was on the wire since the last time."""
    rows = []
    for request in echo.requests:
        headers = [[name, request.header("authorization") if name.lower() == "authorization" else request.steady(name, value)]
                   for name, value in request.headers]
        if request.signed:
            headers = [[name, re.sub(SIGNED, r'\1"RIGHT"', value) if name.lower() == "authorization" else value] for name, value in headers]
        body = request.body.decode("utf-8", "replace")
        rows.append([request.method, request.scheme + "://" + request.authority + request.target, headers,
                     body.replace(request.boundary, "BOUNDARY") if request.boundary else body])
    echo.requests.clear()
    return rows


def suites(path):
    """The JUnit report without times and stack traces."""
    root = ElementTree.parse(path).getroot()
    rows = [[root.get("name"), root.get("tests")]]
    for suite in root:
        cases = [[case.get("name"), case.get("classname"),
                  [[fault.tag, fault.get("type"), fault.get("message"), (fault.text or "").split("Stacktrace:")[0].strip()] for fault in case]]
                 for case in suite.findall("testcase")]
        others = [[one.tag, re.sub(r"\n    at [^\n]*", "", one.text or "").strip()] for one in suite if one.tag != "testcase"]
        rows.append([suite.get("name"), *(suite.get(name) for name in ("tests", "failures", "errors")), cases, others])
    return rows


def observe(program, arguments, echo, folder, drawn=(), timeout=120):
    """
    Runs `program run ARGUMENTS` in `folder`; program: a list, [SQUALL] or newman's. All that it does goes through `echo`.
    Answers what was printed, sent and found, as JSON has it, or None when this squall has no scripts and the collection has.
    """
    echo.requests.clear()
    reports = [folder / name for name in ("report.json", "report.xml")]
    for path in reports:
        path.unlink(missing_ok=True)
    proxies = {name: echo.proxy for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")}
    done = subprocess.run([*program, "run", *map(str, arguments), "-k", "-r", "cli,json,junit",
                           "--reporter-json-export", reports[0], "--reporter-junit-export", reports[1]],
                          capture_output=True, text=True, timeout=timeout, cwd=folder,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "CI": "1", "no_proxy": "", "NO_PROXY": "", **proxies})
    if "built without scripts" in done.stderr:
        return None
    found = {"status": done.returncode, "text": plain(done.stdout, echo.port).split("\n"), "sent": sent(echo)}
    if reports[0].exists():
        found.update(facts(json.loads(reports[0].read_text())), junit=suites(reports[1]))
    text = json.dumps(found, indent=1, ensure_ascii=False).replace(str(echo.port), "PORT")
    for pattern, word in [*DRAWN, *drawn]:
        text = re.sub(pattern, word, text)
    return json.loads(text)


def kept(found):
    """As a file: each line of the report, each request and each result is a line of it."""
    return "{\n" + ",\n".join('"%s": %s' % (name, rows(one)) for name, one in found.items()) + "\n}\n"


def rows(value):
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(" " + json.dumps(one, ensure_ascii=False) for one in value) + "\n]"
    return json.dumps(value, ensure_ascii=False)


def differences(theirs, ours):
    """Lines of a diff, "-" newman's and "+" ours; none when they are equal."""
    one, other = (json.dumps(found, indent=1, ensure_ascii=False).split("\n") for found in (theirs, ours))
    return list(difflib.unified_diff(one, other, "newman", "squall", lineterm="", n=2))


def counted(found):
    """(requests on the wire, assertions) of what a run found."""
    return len(found["sent"]), sum(len(one[2]) for one in found.get("executions", []))
