"""The revision says what a set says, not how it was written or where."""

import re

import pytest

from webhook.policy.load import load

POLICY = """\
apiVersion: taxiway/v1
labels: {team: owner, costCenter: cc}
requirements: [{label: a}, {label: b}]
stages: [{namespaces: [x], mode: warn}, {namespaces: [y], mode: audit}]
teams: {p: {contact: us, costCenters: [c]}, q: {apply: {labels: {k: v, l: w}}}}
"""


def revision(*texts: str) -> str:
    given = [(f"{number}.yaml", text.encode()) for number, text in enumerate(texts)]
    return load(given).spec.revision


SAME: dict[str, tuple[str, ...]] = {
    "the same text": (POLICY,),
    "comments and blank lines": ("# a\n\n" + POLICY.replace("\n", "  # b\n"),),
    "keys in another order": (
        POLICY.replace("{team: owner, costCenter: cc}", "{costCenter: cc, team: owner}"),
    ),
    "labels in another order": (POLICY.replace("{k: v, l: w}", "{l: w, k: v}"),),
    "stages in another order": (
        POLICY.replace(
            "{namespaces: [x], mode: warn}, {namespaces: [y], mode: audit}",
            "{namespaces: [y], mode: audit}, {namespaces: [x], mode: warn}",
        ),
    ),
    "a default written out": (POLICY + "mode: enforce\n",),
    "another document that says nothing": (POLICY, "apiVersion: taxiway/v1\n"),
    "teams in files of their own": (
        "apiVersion: taxiway/v1\nteams: {q: {apply: {labels: {k: v, l: w}}}}\n",
        POLICY.replace(", q: {apply: {labels: {k: v, l: w}}}", ""),
    ),
}

OTHER: dict[str, str] = {
    "another mode": POLICY + "mode: warn\n",
    "another contact": POLICY.replace("us", "them"),
    "another label value": POLICY.replace("k: v", "k: x"),
    "requirements in another order": POLICY.replace(
        "{label: a}, {label: b}", "{label: b}, {label: a}"
    ),
    "one team less": POLICY.replace("p: {contact: us, costCenters: [c]}, ", ""),
}


@pytest.mark.parametrize("texts", SAME.values(), ids=SAME)
def test_the_revision_stays_with(texts: tuple[str, ...]) -> None:
    assert revision(*texts) == revision(POLICY)


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER)
def test_the_revision_changes_with(text: str) -> None:
    assert revision(text) != revision(POLICY)


def test_the_revision_is_ten_hexadecimal_digits_and_the_same_in_every_process() -> None:
    assert re.fullmatch("[0-9a-f]{10}", revision(POLICY))
    assert revision("apiVersion: taxiway/v1\n") == "0b2947e918"
