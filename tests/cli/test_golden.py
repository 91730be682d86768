"""Whole outputs of the real command. `TAXIWAY_REGENERATE=1 pytest tests/cli/test_golden.py` writes
them again; read the difference before it is committed.

A revision of policies stands as `<revision>`, so that a comment in them, or a new version of the
semantics, does not change every file.
"""

import os
import re
from pathlib import Path

import pytest

from tests.cli.command import POLICIES, ROOT, taxiway
from tests.cli.diffing import NEW, OLD, PODS
from webhook.cli.policies import read_policies
from webhook.policy.load import load

ENVIRONMENT = re.compile("[A-Z_]+=")  # in front of the command, as in a shell
GOLDEN = Path(__file__).parent / "golden"
REGENERATE = os.environ.get("TAXIWAY_REGENERATE") == "1"

REVIEW = f"review --policies {POLICIES} --now 2026-06-01"
WORKER = "--user system:serviceaccount:airflow:airflow-worker"
INPUTS = "tests/cli/inputs"
EXPLAIN = f"explain {INPUTS}/explained/pods.yaml --policies {INPUTS}/explained/policy.yaml"
EXPLAINED = f"{EXPLAIN} --now 2026-06-01 --user system:serviceaccount:airflow:worker"
TESTED = f"test {INPUTS}/tested --policies {POLICIES} --coverage"
# As on a terminal of so many columns, without its colours.
ON_80, ON_120 = (f"COLUMNS={width} FORCE_COLOR=1 NO_COLOR=1 TERM=xterm" for width in (80, 120))
CASES = {
    "the-examples": f"{REVIEW} {WORKER} examples/pods/pod-operator.json "
    "examples/pods/job-operator.json examples/pods/kubernetes-executor.json",
    "the-examples-as-json": f"{REVIEW} -o json examples/pods/pod-operator.json "
    "examples/pods/job-operator.json examples/pods/kubernetes-executor.json",
    "a-whole-review": f"{REVIEW} examples/reviews/pod-operator.json",
    "audit-shows-what-would-be-sent": f"{REVIEW} {INPUTS}/in-audit.yaml",
    "audit-sends-nothing": f"{REVIEW} -o json {INPUTS}/in-audit.yaml",
    "a-container-keeps-what-it-has": f"{REVIEW} {INPUTS}/growth.yaml",
    "an-update": f"{REVIEW} {INPUTS}/update.yaml",
    "what-cannot-be-reviewed": f"{REVIEW} {INPUTS}/several.yaml {INPUTS}/missing.yaml",
    "a-governed-namespace": f"{REVIEW} --all {INPUTS}/several.yaml",
    "a-spark-application": f"{REVIEW} tests/pods/af3.3.2_cncf10.25.0__spark_application.json",
    "bad-policies": f"review --policies {INPUTS}/policies-bad examples/pods/pod-operator.json",
    "lint": f"lint {POLICIES} --now 2026-06-01",
    "lint-errors": f"lint {INPUTS}/policies-bad",
    "lint-errors-as-json": f"lint -o json {INPUTS}/policies-bad",
    "lint-warnings": f"lint {INPUTS}/policies-odd --now 2026-06-01",
    "lint-warnings-when-strict": f"lint --strict {INPUTS}/policies-odd --now 2026-06-01",
    "no-policies-there": f"review --policies {INPUTS}/missing examples/pods/pod-operator.json",
    "no-policies-in-it": f"lint {GOLDEN.relative_to(ROOT)}",
    "diff": f"diff {OLD} {NEW} --pods {PODS}",
    "diff-as-json": f"diff {OLD} {NEW} --pods {PODS} --examples 1 -o json",
    "diff-as-markdown": f"diff {OLD} {NEW} --pods {PODS} -o markdown --allow",
    "diff-of-nothing": f"diff {OLD} {OLD} --pods {PODS}",
    "diff-in-counts-alone": f"diff {NEW} {OLD} --pods {PODS} --examples 0",
    "diff-of-what-cannot-be-read": f"diff {OLD} {NEW} --pods {PODS} --pods {INPUTS}/several.yaml "
    f"--pods {INPUTS}/missing.yaml",
    "diff-without-pods": f"diff {OLD} {NEW} --audit-log /dev/null",
    "tests-of-the-examples": f"test {POLICIES} --coverage --fail-under 100",
    "tests-in-80-columns": f"{ON_80} {TESTED} --fail-under 90",
    "tests-in-120-columns": f"{ON_120} {TESTED}",
    "tests-as-json": f"{TESTED} -o json",
    "tests-with-mistakes": f"test {INPUTS}/tests-bad --policies {POLICIES}",
    "no-tests-there": f"test {INPUTS}/policies-odd",
    "explained-in-80-columns": f"{ON_80} {EXPLAINED}",
    "explained-in-120-columns": f"{ON_120} {EXPLAINED}",
    "explained-to-a-pipe": f"{EXPLAIN} --now 2026-06-06",
    "explained-as-json": f"{EXPLAINED} -o json",
    "an-update-explained": f"explain {INPUTS}/update.yaml --policies {POLICIES}",
    "a-date-that-is-none": f"{REVIEW} --now yesterday examples/pods/pod-operator.json",
}


@pytest.mark.parametrize("name", CASES)
def test_the_command_says(name: str) -> None:
    said = transcript(CASES[name])
    file = GOLDEN / f"{name}.txt"
    if REGENERATE:
        file.write_text(said)
    assert said == file.read_text()


def test_no_golden_file_is_left_over() -> None:
    assert sorted(file.stem for file in GOLDEN.iterdir()) == sorted(CASES)


def transcript(command: str) -> str:
    words = command.split()
    given = [word for word in words if ENVIRONMENT.match(word)]
    asked = words[len(given) :]
    ended = taxiway(*asked, env=dict(word.split("=", 1) for word in given))
    head = " ".join(["$", *given, "taxiway", *asked])
    parts = (head, ended.out, "--- stderr", ended.err, f"--- exit {ended.code}")
    text = "\n".join(part.rstrip("\n") for part in parts if part)
    for policies in (POLICIES, OLD, NEW):
        text = text.replace(load(read_policies(ROOT / policies)).spec.revision, "<revision>")
    return text + "\n"
