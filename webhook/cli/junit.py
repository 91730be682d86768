"""Policy tests as JUnit XML, as CI systems read it: a suite for each file, a case for each test.

It has what both schemas in use ask for: Jenkins' (xunit-plugin, `junit-10.xsd`) and the one of
Ant's reports (windyroad/JUnit-Schema), which wants the time it was made and the machine's name.
That time is the run's, to the second and in UTC; the name is always `localhost`, for a report
should say the same wherever it was made.
"""

from datetime import UTC, datetime
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from webhook.cli.expectations import Mismatch
from webhook.cli.policy_test_result import Result
from webhook.cli.terminal import printable


def junit(results: list[Result], made: datetime | None = None) -> str:
    """The whole report. `made`: when the tests ran; None: now."""
    timestamp = (made or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S")
    root = Element("testsuites")
    for number, (file, each) in enumerate(groupby(results, lambda result: result.test.file)):
        _suite(root, number, file, list(each), timestamp)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, number: int, file: str, results: list[Result], timestamp: str) -> None:
    suite = SubElement(
        root,
        "testsuite",
        {
            "id": str(number),
            "name": _text(file),
            "package": _text(file),
            "hostname": "localhost",
            "timestamp": timestamp,
            "tests": str(len(results)),
            "failures": str(sum(not result.holds for result in results)),
            "errors": "0",
            "time": _seconds(sum(result.seconds for result in results)),
        },
    )
    SubElement(suite, "properties")
    for result in results:
        _case(suite, result)
    SubElement(suite, "system-out")
    SubElement(suite, "system-err")


def _case(suite: Element, result: Result) -> None:
    named = {"name": _text(result.test.case.name), "classname": _text(result.test.file)}
    case = SubElement(suite, "testcase", {**named, "time": _seconds(result.seconds)})
    if result.holds:
        return
    told = [(failure.pod, each) for failure in result.failures for each in failure.mismatches]
    what = ", ".join(dict.fromkeys(each.what for _, each in told))
    failure = SubElement(case, "failure", {"message": _text(what), "type": "expectation"})
    failure.text = "\n".join([result.where, *(line for pair in told for line in _told(*pair))])


def _told(pod: str, mismatch: Mismatch) -> list[str]:
    sides = (("expected", mismatch.expected), ("actual", mismatch.actual))
    lines = [f"  {side:<8}  {_text(line)}" for side, each in sides for line in each]
    return [f"{_text(mismatch.what)} of pod {_text(pod)}", *lines]


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def _text(text: str) -> str:
    """XML 1.0 has no control characters, and a reader of it no use for them."""
    return printable(text)
