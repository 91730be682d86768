"""What the API server's audit log keeps of our decisions: who decided, by what, and how."""

import pytest

from tests.cluster import pods
from tests.cluster.audit import audited
from tests.cluster.control_plane import ControlPlane
from tests.cluster.replica import Replica
from tests.cluster.world import WORKER

pytestmark = pytest.mark.cluster

OURS = ("mutate.pods.taxiway/", "validate.pods.taxiway/")


def ours(annotations: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in annotations.items() if key.startswith(OURS)}


def test_an_admitted_pod_leaves_its_team_workload_policy_and_decision(
    control_plane: ControlPlane, taxiway: Replica
) -> None:
    written = pods.pod_operator("payments_daily")
    control_plane.api.create(written, user=WORKER).made()
    same = {"workload": "pod-operator", "team": "payments", "policy": taxiway.revision()}
    assert ours(audited(control_plane, written, "create")) == {
        **{f"mutate.pods.taxiway/{key}": value for key, value in same.items()},
        "mutate.pods.taxiway/decision": "patched",
        **{f"validate.pods.taxiway/{key}": value for key, value in same.items()},
        "validate.pods.taxiway/decision": "allowed",
    }


def test_a_refused_pod_leaves_who_refused_it(control_plane: ControlPlane, taxiway: Replica) -> None:
    written = pods.pod_operator("fraud_hourly")
    assert control_plane.api.create(written, user=WORKER).code == 400
    annotations = audited(control_plane, written, "create")
    assert annotations["validate.pods.taxiway/decision"] == "denied"
    assert annotations["validate.pods.taxiway/team"] == "fraud"
