"""Adds up JUnit files and prints the closing line; exit status 1 when a case failed or none ran.

Meson writes one file for the unit tests (a case each, from cmocka's TAP), pytest another. A program
that crashed before its TAP plan has no cases of its own: it counts as one failure.
"""

import sys
import xml.etree.ElementTree as ElementTree


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None:
        return "skipped"
    return "passed"


def name_of(suite, case):
    return " ".join(filter(None, [suite.get("name"), case.get("classname"), case.get("name")]))


def main(paths):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for path in paths:
        for suite in ElementTree.parse(path).getroot().iter("testsuite"):
            cases = suite.findall("testcase")
            for case in cases:
                result = outcome(case)
                counts[result] += 1
                if result == "failed":
                    print("FAILED", name_of(suite, case))
            lost = int(suite.get("errors") or 0) + int(suite.get("failures") or 0)
            if lost and not any(outcome(case) == "failed" for case in cases):
                counts["failed"] += 1
                print("FAILED", suite.get("name"))
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    return 1 if counts["failed"] or not counts["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
