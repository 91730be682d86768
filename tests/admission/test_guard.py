"""Labels of the policy that no UPDATE is sent for are told of, where somebody may do something."""

import json
from datetime import date

import pytest

from tests import contract
from tests.admission.asking import Sets, pod, review
from tests.engine.given import engine
from webhook.admission import ENDPOINTS, Settings, answer, unguarded
from webhook.policy.spec import LabelKeys

OWNED = LabelKeys(team="owner", cost_center="cc")


def said(key: str) -> str:
    return (
        f"changes of label {key} are not checked: add it to guard.labels of Taxiway's chart, or "
        "set the policy's labels to what is guarded"
    )


CASES = {
    "nobody told what is guarded": (OWNED, None, ()),
    "both are": (OWNED, ("owner", "cc"), ()),
    "both are, and another": (OWNED, ("team", "cc", "owner"), ()),
    "the team's is not": (OWNED, ("team", "cc"), (said("owner"),)),
    "neither is": (OWNED, ("team", "cost-center"), (said("owner"), said("cc"))),
    "one label is both": (LabelKeys(team="owner", cost_center="owner"), (), (said("owner"),)),
}


@pytest.mark.parametrize(("labels", "guarded", "warnings"), CASES.values(), ids=CASES)
def test_a_warning_for_each_label_that_is_not_guarded(
    labels: LabelKeys, guarded: tuple[str, ...] | None, warnings: tuple[str, ...]
) -> None:
    assert unguarded(labels, guarded) == warnings


def test_who_updates_a_pod_is_warned() -> None:
    by = engine(labels={"team": "owner", "costCenter": "cost-center"})
    sent = review(pod(), operation="UPDATE", oldObject=pod({"team": "fraud"}))
    settings = Settings(guard_labels=("team", "cost-center"))
    body = json.dumps(sent).encode()
    given = answer(ENDPOINTS["/validate"], body, Sets([by]), date(2026, 6, 1), settings)
    headers = {key.decode(): value.decode() for key, value in given.headers}
    response = contract.check("/validate", sent, given.status, headers, given.body)
    assert (response["allowed"], response["warnings"]) == (True, [said("owner")])
