"""What counts as what; and that each thing that must not happen is found."""

import json
from typing import Any

import pytest

from tests.cluster.api import Object
from tests.cluster.creations import Creation
from tests.reliability.policies import Placement, bad, given, good
from tests.reliability.verdict import Period, Verdict, judge, outcome

DOWN = (Period(10.0, 20.0),)
CALL = 'failed calling webhook "validate.pods.taxiway": EOF'
DENIAL = 'admission webhook "validate.pods.taxiway" denied the request: pod x breaks 1 rule'


def said(name: str, at: float, code: int, reason: str = "", message: str = "") -> Creation:
    body = {"code": code, "reason": reason, "message": message}
    return Creation(at, at + 0.1, code, json.dumps(body).encode(), name=name)


OUTCOMES = {
    "a pod that was stored": (said("good-1", 1, 201), "admitted"),
    "a denial of a bad pod": (said("bad-1", 1, 400, "BadRequest", DENIAL), "refused"),
    "a denial of a good pod": (said("good-1", 1, 400, "BadRequest", DENIAL), "wrongly_denied"),
    "a denial for our own fault": (said("good-1", 1, 500, "InternalError", DENIAL), "failed"),
    "a webhook that could not be called": (said("good-1", 1, 500, "InternalError", CALL), "failed"),
    "the same while the API server is down": (said("good-1", 12, 500, "", CALL), "failed"),
    "a mistake of the API server's": (said("good-1", 1, 503, "", "no leader"), "failed"),
    "the same while it is down": (said("good-1", 12, 503, "", "no leader"), "not_counted"),
    "no answer": (Creation(1, 2, error="OSError: refused", name="good-1"), "failed"),
    "no answer while it is down": (Creation(19, 21, error="OSError", name="good-1"), "not_counted"),
    "no answer after it": (Creation(20.5, 21, error="OSError", name="good-1"), "failed"),
}


@pytest.mark.parametrize(("creation", "expected"), OUTCOMES.values(), ids=OUTCOMES)
def test_what_its_creator_got(creation: Creation, expected: str) -> None:
    assert outcome(creation, DOWN) == expected


def placed(by: Placement, **changes: Any) -> Object:
    """A good pod as it is stored with this placement."""
    pod = good("data-1")
    pod["metadata"] |= {"labels": by.labels, "annotations": by.annotations}
    own = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}
    container = pod["spec"]["containers"][0] | {"env": list(by.env)}
    pod["spec"] = {
        "containers": [container],
        "nodeSelector": by.node_selector,
        "tolerations": [*by.tolerations, own],
    } | changes
    return pod


STORED = {
    "all that its policy gives": (placed(given(0)), Verdict(stored=1)),
    "all that another gives": (placed(given(1)), Verdict(stored=1)),
    "parts of two": (placed(given(0), nodeSelector={"pool": "w1"}), Verdict(stored=1, unplaced=1)),
    "no toleration": (placed(given(0), tolerations=[]), Verdict(stored=1, unplaced=1)),
    "nothing": (good("data-1"), Verdict(stored=1, unplaced=1)),
    "a team that does not exist": (bad("data-1"), Verdict(stored=1, let_in=1)),
}


@pytest.mark.parametrize(("pod", "expected"), STORED.values(), ids=STORED)
def test_a_stored_pod_with(pod: Object, expected: Verdict) -> None:
    verdict = judge([], [pod], [given(0), given(1)])
    assert (verdict.stored, verdict.unplaced, verdict.let_in) == (
        expected.stored,
        expected.unplaced,
        expected.let_in,
    )
    assert verdict.is_clean is (expected.unplaced + expected.let_in == 0)
    assert len(verdict.examples) == expected.unplaced + expected.let_in


def test_creations_are_counted() -> None:
    verdict = judge([creation for creation, _ in OUTCOMES.values()], [], [], DOWN)
    assert verdict == Verdict(
        admitted=1,
        refused=1,
        not_counted=2,
        failed=6,
        wrongly_denied=1,
        examples=verdict.examples,
    )
    assert verdict.examples[0] == f"wrongly_denied: {DENIAL}"
    assert not verdict.is_clean
