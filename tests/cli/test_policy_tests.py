"""`taxiway test` as it is used: exit codes, what CI systems read, and that no secret comes out."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.cli.command import POLICIES, ROOT, Ended, taxiway
from webhook.cli.expectations import Mismatch
from webhook.cli.junit import junit
from webhook.cli.policy_test_result import Failure, Result
from webhook.policy.load_cases import load_cases

INPUTS = "tests/cli/inputs"
HEAD = "apiVersion: taxiway/v1test\ntests:\n"
POD = "given: {workload: pod-operator, namespace: airflow, dag: payments_a}"
HOLDS = f"{HEAD}- {{name: a, {POD}, expect: {{team: payments}}}}\n"


def run(text: str, folder: Path, *words: str) -> Ended:
    (folder / "tests.yaml").write_text(text)
    return taxiway("test", str(folder), "--policies", POLICIES, *words)


CODES = [
    ("all tests hold", HOLDS, (), 0),
    ("one does not", HOLDS.replace("team: payments", "team: fraud"), (), 1),
    ("all hold, and touch enough", HOLDS, ("--fail-under", "30"), 0),
    ("all hold, and touch too little", HOLDS, ("--fail-under", "60"), 1),
    ("a mistake in a test", HOLDS.replace("team", "taem"), (), 2),
    ("a share that is none", HOLDS, ("--fail-under", "101"), 2),
]


@pytest.mark.parametrize(
    ("text", "words", "code"), [row[1:] for row in CODES], ids=[row[0] for row in CODES]
)
def test_the_exit_code(text: str, words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    ended = run(text, tmp_path, *words)
    assert ended.code == code, ended


REFUSED = {
    "a file that is not there": (
        "given: {file: pods/none.json}",
        "{folder}/tests.yaml:3: {folder}/pods/none.json: cannot be read: No such file or "
        "directory; check its path",
    ),
    "a file without a pod": (
        "given: {file: tests.yaml}",
        "{folder}/tests.yaml:3: {folder}/tests.yaml:1: there is no `kind`, so nobody can tell what "
        "it is; give a Pod",
    ),
    "an object that is no pod": (
        "given: {pod: {apiVersion: v1, kind: Service}}",
        "{folder}/tests.yaml:3: this Service is not a pod and makes none; give a Pod",
    ),
    "a pod whose parts are none": (
        "given: {pod: {apiVersion: v1, kind: Pod, spec: {containers: {}}}}",
        "{folder}/tests.yaml:3: the object is no Pod: Expected `array | null`, got `object` - at "
        "`$.spec.containers`",
    ),
}


@pytest.mark.parametrize(("given", "line"), REFUSED.values(), ids=REFUSED)
def test_no_test_is_run_where_one_has_no_pod(given: str, line: str, tmp_path: Path) -> None:
    ended = run(f"{HEAD}- {{name: a, {given}, expect: {{team: x}}}}\n", tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.rstrip("\n").partition(", a List")[0] == line.format(folder=tmp_path)


def test_tests_and_policies_may_share_a_file(tmp_path: Path) -> None:
    both = f"apiVersion: taxiway/v1\nteams: {{a: {{}}}}\n---\n{HOLDS}".replace("payments}", "null}")
    (tmp_path / "all.yaml").write_text(both)
    assert taxiway("test", str(tmp_path)).code == 0
    assert taxiway("lint", str(tmp_path)).code == 0


def test_the_day_is_the_test_s_then_the_document_s_then_the_command_s(tmp_path: Path) -> None:
    given = "given: {workload: pod-operator, namespace: airflow, dag: legacy_backfill}"
    waived = "expect: {violations: [{rule: requirement, path: metadata.labels.team}]}"
    text = (
        f"apiVersion: taxiway/v1test\nnow: 2199-01-01\ntests:\n"
        f"- {{name: of the test, now: 2026-01-01, {given}, {waived}}}\n"
        f"- {{name: of the document, {given}, {waived}}}\n"
        f"---\n{HEAD}- {{name: of the command, {given}, {waived}}}\n"
    )
    ended = run(text, tmp_path, "-o", "json", "--now", "2199-01-01")
    found = [json.loads(line) for line in ended.out.splitlines()]
    assert [(one["name"], one["passed"]) for one in found] == [
        ("of the test", True),
        ("of the document", False),
        ("of the command", False),
    ]


@pytest.mark.parametrize("output", ["text", "json", "junit"])
def test_nothing_that_an_author_wrote_into_args_or_variables_comes_out(output: str) -> None:
    assert "SENTINEL" in (ROOT / INPUTS / "tested/tests.yaml").read_text()
    ended = taxiway("test", f"{INPUTS}/tested", "--policies", POLICIES, "-o", output)
    assert ended.code == 1
    assert "SENTINEL" not in ended.out + ended.err


# Of an element: its attributes with the pattern of each, and its children in their order. From the
# schemas of Jenkins' xunit-plugin (junit-10.xsd) and of Ant's reports (windyroad/JUnit-Schema):
# what both demand and neither forbids.
COUNT, ANY, SECONDS = r"\d+", r".+", r"\d+\.\d{3}"
SUITE = {
    "id": COUNT,
    "name": ANY,
    "package": ANY,
    "hostname": "localhost",
    "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
    "tests": COUNT,
    "failures": COUNT,
    "errors": "0",
    "time": SECONDS,
}
SCHEMA: dict[str, tuple[dict[str, str], str]] = {
    "testsuites": ({}, "(testsuite )*"),
    "testsuite": (SUITE, "properties (testcase )*system-out system-err "),
    "testcase": ({"name": ANY, "classname": ANY, "time": SECONDS}, "(failure )?"),
    "failure": ({"message": ANY, "type": "expectation"}, ""),
    "properties": ({}, ""),
    "system-out": ({}, ""),
    "system-err": ({}, ""),
}


def invalid(element: Element) -> Iterator[str]:
    attributes, children = SCHEMA[element.tag]
    if list(element.attrib) != list(attributes):
        yield f"{element.tag} has {list(element.attrib)}"
    for key, pattern in attributes.items():
        if not re.fullmatch(pattern, element.get(key, "")):
            yield f"{element.tag} {key} is {element.get(key)}"
    if not re.fullmatch(children, "".join(f"{child.tag} " for child in element)):
        yield f"{element.tag} holds {[child.tag for child in element]}"
    for child in element:
        yield from invalid(child)


def test_ci_systems_read_the_report() -> None:
    ended = taxiway("test", f"{INPUTS}/tested", "--policies", POLICIES, "-o", "junit", "--coverage")
    root = fromstring(ended.out)  # noqa: S314  our own
    assert list(invalid(root)) == []
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures")) == ("6", "4")
    failed = [
        case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None
    ]
    assert len(failed) == 4
    assert ended.err.splitlines()[0] == (
        "coverage 66.67%: 3 of 3 teams, 0 of 2 profiles, 2 of 3 requirements, 1 of 1 exemption"
    )


def test_a_report_whole() -> None:
    holds, fails = load_cases([(name, HOLDS.encode()) for name in ("a.yaml", "b&.yaml")])
    told = Failure(
        "p in n", (Mismatch("team", ("a <b>",), ("none",)), Mismatch("mode", ("\x1b",), ("x",)))
    )
    results = [Result(holds, (), 1, 0.0015), Result(fails, (told,), 1, 0.25)]
    assert junit(results, datetime(2026, 6, 1, 12, 30, 5, 7, UTC)) == REPORT


REPORT = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite id="0" name="a.yaml" package="a.yaml" hostname="localhost" \
timestamp="2026-06-01T12:30:05" tests="1" failures="0" errors="0" time="0.002">
    <properties />
    <testcase name="a" classname="a.yaml" time="0.002" />
    <system-out />
    <system-err />
  </testsuite>
  <testsuite id="1" name="b&amp;.yaml" package="b&amp;.yaml" hostname="localhost" \
timestamp="2026-06-01T12:30:05" tests="1" failures="1" errors="0" time="0.250">
    <properties />
    <testcase name="a" classname="b&amp;.yaml" time="0.250">
      <failure message="team, mode" type="expectation">b&amp;.yaml:3
team of pod p in n
  expected  a &lt;b&gt;
  actual    none
mode of pod p in n
  expected  \\x1b
  actual    x</failure>
    </testcase>
    <system-out />
    <system-err />
  </testsuite>
</testsuites>
"""
