"""The language of policy tests, `taxiway/v1test`, made of the same shapes as the policies'.

    apiVersion: taxiway/v1test
    tests:
      - name: a pod of payments' dags is payments'
        given: {workload: pod-operator, namespace: airflow, dag: payments_daily}
        expect:
          team: payments
          violations: []
          pod: {spec.nodeSelector.pool: payments}

Each key of `expect` that is given has to hold. `violations` and `warnings` are whole lists: what
they do not name is as wrong as what they name and there is not. Of `pod` only what is given is
compared, and an item of a list has to be like any that is there.
"""

from typing import Any

from webhook import names
from webhook.policy import limits, pod_paths
from webhook.policy.cases import VERSION, Case, Cases, Expected, ExpectedViolation, Given
from webhook.policy.kubernetes_names import (
    annotation_key,
    dns_label,
    filled_label_value,
    label_key,
    label_value,
)
from webhook.policy.language_words import LINE, MODE
from webhook.policy.nodes import Mapping
from webhook.policy.places import Json, Place
from webhook.policy.shapes import Field, ListOf, MapOf, Record
from webhook.policy.shapes_json import Anything, OrNull
from webhook.policy.shapes_scalar import Choice, Day, Flag, Text, any_text

TESTS = 5_000  # of one document: at 100 bytes each they are half of what a file may hold
EXPECTED = 100  # of one test, paths or violations: a person has to read them
_WAYS = ("workload", "pod", "file")
_WORDS = ("name", "dag", "task", "labels", "annotations", "spec")


def _filled(text: str) -> str | None:
    return any_text(text) if text else "is empty; give it a value or delete the key"


def _file(text: str) -> str | None:
    if text in ("", "-") or "\0" in text:
        return "is no path; write one such as pods/daily.json, from where the test's file stands"
    return None


def _check_given(given: Json, node: Mapping, at: Place) -> None:
    ways = [key for key in _WAYS if key in given]
    if not ways:
        at.report(node, f"names no pod; give one of {', '.join(_WAYS)}")
    elif len(ways) > 1:
        (at / ways[1]).report(node.pairs[ways[1]][0], f"stands beside {ways[0]}; keep one of them")
    elif ways != ["workload"]:
        for key in node.pairs:
            if key in _WORDS:
                said = f"belongs to a `workload`; write it into the {ways[0]} itself"
                (at / key).report(node.pairs[key][0], said)


def _check_expected(given: Json, node: Mapping, at: Place) -> None:
    if not given:
        at.report(node, f"expects nothing; name one of {', '.join(_EXPECTED.fields)}")
    for step, path in enumerate(given.get("absent", ())):
        if path in given.get("pod", {}):
            (at / "absent" / step).report(node, f"`{path}` is expected under `pod` too; keep one")


def _check_case(given: Json, node: Mapping, _: Place) -> None:
    given["line"] = node.mark.line


def _expected(**given: Any) -> Expected:
    return Expected(asked=tuple(given), **given)


def _cases(**given: Any) -> Cases:
    return Cases(**{key: value for key, value in given.items() if key != "apiVersion"})


_ANY_TEXT = Text(_filled)
_NOT_NULL = Anything(without="is empty; what must not be there is named under `absent`")
_GIVEN = Record(
    "Given",
    "The pod: a workload in a few words, a whole pod, or a file of pods.",
    {
        "workload": Field(Choice(names.WORKLOADS), "What made the pod; Airflow's labels follow."),
        "name": Field(Text(_filled), "Its name."),
        "dag": Field(_ANY_TEXT, "The dag's id."),
        "task": Field(_ANY_TEXT, "The task's id."),
        "labels": Field(
            MapOf(Text(label_value), limits.LABELS, label_key), "Labels the author gave it."
        ),
        "annotations": Field(
            MapOf(Text(any_text), limits.ANNOTATIONS, annotation_key),
            "Annotations the author gave it.",
        ),
        "spec": Field(Anything(only_mappings=True), "More of the pod's spec."),
        "pod": Field(Anything(only_mappings=True), "A whole Kubernetes object, as `review` takes."),
        "file": Field(
            Text(_file),
            "A file of pods, as `review` takes it, from where the test's file stands; what is "
            "expected has to hold for each.",
        ),
        "namespace": Field(Text(dns_label), "Of a pod that does not name its own; else default."),
        "user": Field(_ANY_TEXT, "Who creates it. Left out: `users` cannot be tested."),
        "governAll": Field(
            Flag(),
            "The namespace is labelled taxiway/govern: all.",
            attribute="govern_all",
            default=False,
        ),
    },
    Given,
    _check_given,
)
_VIOLATION = Record(
    "ExpectedViolation",
    "One broken rule. What is left out may be anything.",
    {
        "rule": Field(Choice(names.RULES), "The rule.", required=True),
        "message": Field(_ANY_TEXT, "A part of the message."),
        "path": Field(Text(pod_paths.problem), "Where, such as metadata.labels.cost-center."),
        "mode": Field(MODE, "The mode in force for it."),
    },
    ExpectedViolation,
)
_EXPECTED = Record(
    "Expected",
    "What has to come of it. What is left out may be anything.",
    {
        "governed": Field(Flag(), "Whether Taxiway looks at it at all."),
        "workload": Field(Choice(names.WORKLOADS), "What Taxiway takes it for."),
        "team": Field(OrNull(Text(filled_label_value)), "Whose it is; null: nobody's."),
        "allowed": Field(Flag(), "Whether it is let through."),
        "mode": Field(MODE, "The mode in force for the pod."),
        "violations": Field(
            ListOf(_VIOLATION, EXPECTED), "All that it breaks once it is patched; []: nothing."
        ),
        "warnings": Field(
            ListOf(_ANY_TEXT, EXPECTED), "A part of each warning; []: there is none."
        ),
        "pod": Field(
            MapOf(_NOT_NULL, EXPECTED, pod_paths.problem, least=1),
            "What stands in the patched pod, by paths such as spec.containers[base].env[A].value.",
        ),
        "absent": Field(
            ListOf(Text(pod_paths.problem), EXPECTED, least=1, key=str),
            "Paths to what must not stand in the patched pod.",
        ),
    },
    _expected,
    _check_expected,
)
_CASE = Record(
    "Test",
    "One test: a pod, and what has to come of it.",
    {
        "name": Field(LINE, "What it shows, in a sentence.", required=True),
        "given": Field(_GIVEN, "The pod.", required=True),
        "expect": Field(_EXPECTED, "What has to come of it.", required=True),
        "now": Field(Day(), "The day by which exemptions are judged, UTC."),
    },
    Case,
    _check_case,
)


def _name(case: Case) -> str:
    return case.name


DOCUMENT = Record(
    "Tests",
    "A document of policy tests. It stands beside the policies, and is none of them.",
    {
        "apiVersion": Field(Choice((VERSION,)), f"Write apiVersion: {VERSION}", required=True),
        "now": Field(Day(), "The day of all tests that name none, UTC. Left out: today."),
        "tests": Field(
            ListOf(_CASE, TESTS, least=1, key=_name, alike="has the same name as"),
            "The tests.",
            required=True,
        ),
    },
    _cases,
)
