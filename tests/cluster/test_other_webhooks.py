"""Beside other mutating webhooks: what they undo is noticed, and what they add does no harm."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster import pods
from tests.cluster.another_webhook import Operations, another_webhook
from tests.cluster.api import Api, Object
from tests.cluster.audit import audited
from tests.cluster.control_plane import ControlPlane
from tests.cluster.world import WORKER

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("taxiway")]

LATER, EARLIER = "zz-sorts-after", "a-sorts-before"
OURS = "mutate.pods.taxiway"
DENIED = 'admission webhook "validate.pods.taxiway" denied the request: '


def with_the_account_it_saw(pod: Object) -> Operations:
    """What identity webhooks do: they act once, by the service account of that moment."""
    if "saw" in pod["metadata"]["labels"]:
        return []
    account = pod["spec"]["serviceAccountName"]
    return [{"op": "add", "path": "/metadata/labels/saw", "value": account}]


def without_tolerations(pod: Object) -> Operations:
    """A webhook that knows better what a pod tolerates."""
    ours = [one for one in pod["spec"]["tolerations"] if one.get("key") == "dedicated"]
    kept = [one for one in pod["spec"]["tolerations"] if one not in ours]
    return [{"op": "replace", "path": "/spec/tolerations", "value": kept}] if ours else []


def without_our_annotation(pod: Object) -> Operations:
    """The same, and it takes away what says that Taxiway was there."""
    ours = "taxiway/applied" in pod["metadata"].get("annotations", {})
    removal = {"op": "remove", "path": "/metadata/annotations/taxiway~1applied"}
    return without_tolerations(pod) + ([removal] if ours else [])


def with_a_label(pod: Object) -> Operations:
    """A webhook that adds what is none of our business."""
    if "mesh" in pod["metadata"]["labels"]:
        return []
    return [{"op": "add", "path": "/metadata/labels/mesh", "value": "enabled"}]


MISSING = (
    "[not-applied] toleration dedicated=payments:NoSchedule of team payments is missing from the "
    "final pod: it was not added, or another webhook took it away; run the task again, then ask "
    "who runs the cluster. Ask #payments-data. See https://wiki.example.com/airflow-pods"
)
UNDONE = {
    "a toleration is taken away": (without_tolerations, 400, "BadRequest"),
    "our annotation too, so that it is no fault of the author's": (
        without_our_annotation,
        500,
        "InternalError",
    ),
}


@pytest.mark.parametrize(("undo", "code", "reason"), UNDONE.values(), ids=UNDONE)
def test_what_a_later_webhook_undoes_is_caught(
    api: Api, tmp_path: Path, undo: Callable[[Object], Operations], code: int, reason: str
) -> None:
    written = pods.pod_operator("payments_daily")
    with another_webhook(api, LATER, undo, tmp_path):
        refusal = api.create(written, user=WORKER).refusal
    breaks = f"pod {written['metadata']['name']} (dag payments_daily, task load) breaks 1 rule: "
    assert refusal == (code, reason, DENIED + breaks + MISSING)


@pytest.mark.parametrize("name", [EARLIER, LATER])
def test_the_reinvocation_pass_adds_nothing(
    control_plane: ControlPlane, tmp_path: Path, name: str
) -> None:
    """Told by the API server itself: its audit log says of each call whether it changed the pod."""
    written = pods.pod_operator("payments_daily")
    with another_webhook(control_plane.api, name, with_a_label, tmp_path):
        stored = control_plane.api.create(written, user=WORKER).made()
    assert stored["metadata"]["labels"]["mesh"] == "enabled"
    assert mutations(audited(control_plane, written, "create")) == {
        "round_0": True,
        "round_1": False,
    }


def test_an_identity_webhook_that_comes_later_reads_the_account_that_we_set(
    api: Api, tmp_path: Path
) -> None:
    written = pods.pod_operator("fraud_hourly", **{"cost-center": "CC-2001"})
    with another_webhook(api, "azure-wi-webhook", with_the_account_it_saw, tmp_path):
        stored = api.create(written, user=WORKER).made()
    assert stored["metadata"]["labels"]["saw"] == "fraud-etl"


def mutations(annotations: dict[str, str]) -> dict[str, bool]:
    """Whether Taxiway changed the pod, by pass. Source: apiserver's mutating dispatcher.go."""
    found = {}
    for key, value in annotations.items():
        call = re.fullmatch(r"mutation\.webhook\.admission\.k8s\.io/(round_\d)_index_\d+", key)
        if call and json.loads(value)["webhook"] == OURS:
            found[call[1]] = json.loads(value)["mutated"]
    return found
