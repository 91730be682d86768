"""Documents of policy tests: what they may say, and that nobody takes them for policies."""

import json
from datetime import date

import jsonschema
import pytest

from tests.policy.loading import document, refused
from tests.policy.test_json_schema import ROOT, read
from webhook.policy.cases import Case, Expected, ExpectedViolation, Given
from webhook.policy.errors import PolicyErrors
from webhook.policy.json_schema import cases_json_schema
from webhook.policy.load import NO_POLICY, load
from webhook.policy.load_cases import Placed, load_cases

VALIDATOR = jsonschema.Draft202012Validator(cases_json_schema())
HEAD = "apiVersion: taxiway/v1test\n"
POD = "given: {workload: pod-operator}"


def cases(text: str) -> tuple[Placed, ...]:
    return load_cases([("t.yaml", text.encode())])


def mistakes(text: str) -> list[str]:
    """The lines of all errors, without the file's name; none if it loads."""
    try:
        cases(text)
    except PolicyErrors as errors:
        return [line.removeprefix("t.yaml:") for line in str(errors).split("\n")]
    return []


def one(expect: str, given: str = POD) -> str:
    return f"{HEAD}tests:\n- name: a\n  {given}\n  expect: {expect}\n"


WHOLE = f"""# comment
{HEAD}now: 2026-06-01
tests:
- name: all of it
  given:
    workload: spark
    name: n
    dag: d
    task: t
    labels: {{a: b}}
    annotations: {{c: "1"}}
    spec: {{priority: 1, hostNetwork: true, nodeName: null, x: [1.5, two]}}
    namespace: ns
    user: u
    governAll: true
  expect:
    governed: true
    team: null
    mode: warn
    violations: [{{rule: reserved, path: "spec.tolerations[0]", mode: warn, message: m}}]
    warnings: []
    pod: {{spec.x: [{{a: 1}}]}}
    absent: [spec.y]
- name: another day
  now: 2027-01-01
  given: {{file: pods/a.json}}
  expect: {{allowed: true, workload: other}}
"""


def test_a_document_says_all_of_this() -> None:
    first, second = cases(WHOLE)
    assert first == Placed(
        "t.yaml",
        5,
        Case(
            name="all of it",
            line=4,
            given=Given(
                workload="spark",
                name="n",
                dag="d",
                task="t",
                labels={"a": "b"},
                annotations={"c": "1"},
                spec={"priority": 1, "hostNetwork": True, "nodeName": None, "x": [1.5, "two"]},
                namespace="ns",
                user="u",
                govern_all=True,
            ),
            expect=Expected(
                asked=("governed", "team", "mode", "violations", "warnings", "pod", "absent"),
                governed=True,
                mode="warn",
                violations=(
                    ExpectedViolation(
                        rule="reserved", path="spec.tolerations[0]", mode="warn", message="m"
                    ),
                ),
                pod={"spec.x": [{"a": 1}]},
                absent=("spec.y",),
            ),
        ),
        date(2026, 6, 1),
    )
    assert (second.line, second.now, second.case.given.file) == (
        25,
        date(2027, 1, 1),
        "pods/a.json",
    )


REFUSED = {
    "a misspelt key": (
        one("{alowed: true}"),
        ["5:12: tests[0].expect.alowed: unknown key; did you mean `allowed`?"],
    ),
    "no pod": (
        one("{allowed: true}", "given: {namespace: a}"),
        ["4:10: tests[0].given: names no pod; give one of workload, pod, file"],
    ),
    "two pods": (
        one("{allowed: true}", "given: {file: a, workload: spark}"),
        ["4:11: tests[0].given.file: stands beside workload; keep one of them"],
    ),
    "a workload's words beside a file": (
        one("{allowed: true}", "given: {file: a, dag: d}"),
        [
            "4:20: tests[0].given.dag: belongs to a `workload`; write it into the file itself",
        ],
    ),
    "nothing expected": (
        one("{}"),
        [
            "5:11: tests[0].expect: expects nothing; name one of governed, workload, team, "
            "allowed, mode, violations, warnings, pod, absent"
        ],
    ),
    "null in a pod": (
        one("{pod: {spec.x: null}}"),
        [
            '5:26: tests[0].expect.pod["spec.x"]: is empty; what must not be there is named '
            "under `absent`"
        ],
    ),
    "there and absent": (
        one("{pod: {spec.x: 1}, absent: [spec.x]}"),
        ["5:11: tests[0].expect.absent[0]: `spec.x` is expected under `pod` too; keep one"],
    ),
    "a word that YAML readers differ about": (
        one("{pod: {spec.x: yes}}"),
        ['5:26: tests[0].expect.pod["spec.x"]: YAML readers differ about yes; quote it: "yes"'],
    ),
    "a rule that does not exist": (
        one("{violations: [{rule: member}]}"),
        [
            "5:32: tests[0].expect.violations[0].rule: `member` is not requirement, membership, "
            "reserved, conflict or not-applied; did you mean `membership`?"
        ],
    ),
    "the same name twice": (
        f"{HEAD}tests:\n- {{name: a, {POD}, expect: {{allowed: true}}}}\n"
        f"- {{name: a, {POD}, expect: {{allowed: true}}}}\n",
        ["4:3: tests[1]: has the same name as item [0]; delete one of them"],
    ),
    "no tests": (
        f"{HEAD}tests: []\n",
        ["2:8: tests: is empty; name at least one"],
    ),
    "standard input for a file": (
        one("{allowed: true}", "given: {file: '-'}"),
        [
            "4:17: tests[0].given.file: is no path; write one such as pods/daily.json, from where "
            "the test's file stands"
        ],
    ),
    "an anchor": (
        one("{allowed: true}", "given: &a {workload: spark}"),
        [
            "4:10: tests[0].given: `&a`: YAML anchors and aliases are not allowed; write the "
            "value out, or make it a profile"
        ],
    ),
    "no YAML at all": (
        "a: [",
        ["2:1: is not YAML: while parsing a flow node did not find expected node content"],
    ),
}


@pytest.mark.parametrize(("text", "lines"), REFUSED.values(), ids=REFUSED)
def test_refused_is(text: str, lines: list[str]) -> None:
    assert mistakes(text) == lines


def test_policies_beside_tests_are_not_read_as_tests() -> None:
    beside = f"{document('mod: x')}\n---\n{one('{allowed: true}')}---\nkind: Pod\n"
    assert [(test.line, test.case.name) for test in cases(beside)] == [(6, "a")]


def test_tests_beside_policies_are_not_read_as_policies() -> None:
    beside = f"{one('{alowed: [*x]}')}---\n{document('mode: audit')}"
    assert load([("p.yaml", beside.encode())]) == load(
        [("p.yaml", document("mode: audit").encode())]
    )


def test_tests_alone_are_no_policy() -> None:
    assert refused(one("{allowed: true}")) == [f"policies:1:1: {NO_POLICY}"]


def test_a_version_that_is_nearly_the_tests_is_refused_as_a_policy() -> None:
    assert refused("apiVersion: taxiway/v1tests\n") == [
        "p.yaml:1:13: apiVersion: `taxiway/v1tests` is no version this Taxiway reads; write "
        "taxiway/v1"
    ]


def test_the_committed_schema_is_the_one_that_the_loader_makes() -> None:
    committed = ROOT / "docs" / "taxiway-tests-v1test.schema.json"
    assert committed.read_text() == json.dumps(cases_json_schema(), indent=2) + "\n"


def test_the_schema_for_editors_accepts_what_is_read() -> None:
    jsonschema.Draft202012Validator.check_schema(cases_json_schema())
    examples = (ROOT / "examples/policies/tests.yaml").read_text()
    for text in (WHOLE, examples):
        assert [error.message for error in VALIDATOR.iter_errors(read(text))] == []


@pytest.mark.parametrize(
    "key",
    ["a misspelt key", "a rule that does not exist", "no tests"],
)
def test_the_schema_refuses_what_the_loader_refuses(key: str) -> None:
    assert not VALIDATOR.is_valid(read(REFUSED[key][0]))
