"""How a toleration is written one way, and how a message names it.

What one tolerates is checked against every taint in `engine/test_reserved_properties`.
"""

import pytest

from webhook.kube.pod import Toleration
from webhook.kube.tolerations import Taint, covers, describe, taint_of

CASES = [
    (Toleration("k", "Equal", "v", "NoSchedule"), ("Equal", "v", "NoSchedule"), "k=v:NoSchedule"),
    (Toleration("k", None, "v"), ("Equal", "v", ""), "k=v"),
    (Toleration("k"), ("Equal", "", ""), "k="),
    (Toleration("k", "Exists"), ("Exists", "", ""), "k"),
    (Toleration("k", "Exists", "ignored"), ("Exists", "", ""), "k"),
    (Toleration("k", "Exists", None, "NoExecute", 30), ("Exists", "", "NoExecute"), "k:NoExecute"),
    (Toleration("k", "Gt", "5"), ("Gt", "5", ""), "k Gt 5"),
    (Toleration(None, "Exists"), ("Exists", "", ""), "for every taint"),
    (
        Toleration("", "Exists", None, "NoExecute"),
        ("Exists", "", "NoExecute"),
        "for every taint:NoExecute",
    ),
]


@pytest.mark.parametrize(("toleration", "rest", "shown"), CASES, ids=[case[2] for case in CASES])
def test_what_a_toleration_tolerates(
    toleration: Toleration, rest: tuple[str, str, str], shown: str
) -> None:
    taint: Taint = (toleration.key or "", *rest)
    assert taint_of(toleration) == taint
    assert describe(taint) == shown


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        pytest.param("Gt", "Gt", True, id="a comparison covers itself"),
        pytest.param("Gt", "Lt", False, id="and no other"),
        pytest.param("Gt", "Equal", False, id="nor a value"),
        pytest.param("Exists", "Gt", True, id="Exists covers it"),
    ],
)
def test_comparisons(wide: str, narrow: str, covered: bool) -> None:
    value = "" if wide == "Exists" else "5"
    assert covers(("k", wide, value, ""), ("k", narrow, "5", "")) == covered
