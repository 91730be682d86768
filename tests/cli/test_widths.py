"""What `diff` and `audit` print at the widths that people have, whole: nothing falls off.

`TAXIWAY_REGENERATE=1 pytest tests/cli/test_widths.py` writes the files again; read the difference.
Revisions stand as `<revision>`.
"""

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from tests.cli.command import ROOT
from tests.cli.diffing import NEW, OLD, PODS
from tests.cluster.audited import engine, things
from webhook.cli.audit import judged
from webhook.cli.audit_markdown import audit_markdown
from webhook.cli.audit_text import audit_rows
from webhook.cli.audited import Audited, Thing
from webhook.cli.compared import Compared, compare
from webhook.cli.corpus import Case
from webhook.cli.objects import pods_in
from webhook.cli.pod_files import PodFiles
from webhook.cli.policies import read_policies
from webhook.cli.policy_diff_text import Sets, diff_rows
from webhook.cli.subject import Defaults, Subject
from webhook.cli.terminal import Row
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

WIDTHS = Path(__file__).parent / "widths"
REGENERATE = os.environ.get("TAXIWAY_REGENERATE") == "1"
TODAY = date(2026, 6, 1)
NOTE = (
    "1,204 of the pods had been placed already: what OLD gives was taken off them first. What an "
    "author had written the same counts as given"
)


def text(rows: Iterable[Row]) -> str:
    return "".join("".join(part for part, _ in row).rstrip() + "\n" for row in rows)


def of(policies: str) -> Engine:
    return Engine(compile_policy(load(read_policies(ROOT / policies)).spec))


def compared() -> Compared:
    old, new, found = of(OLD), of(NEW), Compared()
    for case in PodFiles((PODS,), govern_all=False).cases():
        assert isinstance(case, Case)
        compare(old, new, case, TODAY, found)
    return found


def audited() -> Audited:
    by = engine()
    found = Audited(by.policies)
    for raw in things():
        for made in pods_in(raw, "here", Defaults()):
            assert isinstance(made, Subject)
            namespace, name = made.request.namespace, raw["metadata"]["name"]
            thing = Thing(raw["apiVersion"], raw["kind"], namespace, name)
            governed = frozenset({"governed"})
            decided = judged(by, thing, made.request, governed, "taxiway", TODAY)
            if decided is not None:
                found.add(thing, made.request, *decided)
    return found


SETS = Sets("policies", "<revision>", "../pull-request/policies", "<revision>")
HEADING = "namespace taxiway, policy set <revision>"
CASES = {
    "diff-80": lambda: text(diff_rows(compared(), SETS, [NOTE], 3, 80)),
    "diff-120": lambda: text(diff_rows(compared(), SETS, [NOTE], 3, 120)),
    "audit-80": lambda: text(audit_rows(audited(), HEADING, [], 20, 80)),
    "audit-120": lambda: text(audit_rows(audited(), HEADING, [], 4, 120)),
    "audit-piped": lambda: text(audit_rows(audited(), HEADING, [], 20, None)),
    "audit-markdown": lambda: "\n".join(audit_markdown(audited(), HEADING, [], 20)) + "\n",
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_printed(name: str) -> None:
    said, file = CASES[name](), WIDTHS / f"{name}.txt"
    if REGENERATE:
        file.write_text(said)
    assert said == file.read_text()


@pytest.mark.parametrize("width", [80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    for name in (f"diff-{width}", f"audit-{width}"):
        assert [line for line in CASES[name]().splitlines() if len(line) > width] == []


def test_no_file_is_left_over() -> None:
    assert sorted(file.stem for file in WIDTHS.iterdir()) == sorted(CASES)
