"""What an author gets who writes a pod that policy does not admit, word for word."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.cluster import pods
from tests.cluster.api import Api, Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.world import SCHEDULER, WORKER

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("taxiway")]

DENIED = 'admission webhook "validate.pods.taxiway" denied the request: '
DENIED_ALL = 'admission webhook "validate.all.taxiway" denied the request: '
ASK_FRAUD = " Ask #fraud. See https://wiki.example.com/airflow-pods"


def test_a_pod_operators_pod_without_a_cost_center_is_refused_with_code_400(api: Api) -> None:
    unpaid = pods.pod_operator("fraud_hourly")
    assert api.create(unpaid, user=WORKER).refusal == (
        400,
        "BadRequest",
        f"{DENIED}pod {unpaid['metadata']['name']} (dag fraud_hourly, task load) breaks 1 rule: "
        "[requirement] label cost-center is missing; team fraud may use CC-2001: add "
        f'labels={{"cost-center": "CC-2001"}} to the KubernetesPodOperator.{ASK_FRAUD}',
    )
    assert api.get("Pod", unpaid["metadata"]["name"], "data").code == 404


def test_an_executors_pod_without_a_cost_center_is_refused_in_its_own_words(api: Api) -> None:
    unpaid = pods.real("af3.3.2_cncf10.25.0__ke_basic.json")
    for ids in (unpaid["metadata"]["labels"], unpaid["metadata"]["annotations"]):
        ids["dag_id"] = "fraud_hourly"
    assert api.create(unpaid, user=SCHEDULER).refusal == (
        400,
        "BadRequest",
        f"{DENIED}pod {unpaid['metadata']['name']} (dag fraud_hourly, task load) breaks 1 rule: "
        "[requirement] label cost-center is missing; team fraud may use CC-2001: add "
        'executor_config={"pod_override": k8s.V1Pod(metadata=k8s.V1ObjectMeta('
        f'labels={{"cost-center": "CC-2001"}}))}} to the task.{ASK_FRAUD}',
    )


def test_a_pod_that_its_team_pays_for_is_admitted(api: Api) -> None:
    paid = pods.pod_operator("fraud_hourly", **{"cost-center": "CC-2001"})
    stored = api.create(paid, user=WORKER).made()
    assert (stored["spec"]["serviceAccountName"], stored["spec"]["nodeSelector"]) == (
        "fraud-etl",
        {"dedicated": "fraud"},
    )


def test_a_plain_pod_in_a_governed_namespace_must_say_whose_it_is(api: Api) -> None:
    nobodys = pods.pod("governed")
    assert api.create(nobodys).refusal[:2] == (400, "BadRequest")
    assert (
        api.create(nobodys)
        .refusal[2]
        .startswith(
            f"{DENIED_ALL}pod {nobodys['metadata']['name']} breaks 2 rules: "
            "[requirement] label cost-center is missing"
        )
    )
    frauds = pods.pod("governed", team="fraud", **{"cost-center": "CC-2001"})
    assert api.create(frauds).made()["spec"]["nodeSelector"] == {"dedicated": "fraud"}


def test_a_plain_pod_in_any_other_namespace_is_left_alone(api: Api) -> None:
    stored = api.create(pods.pod("unwatched")).made()
    assert "annotations" not in stored["metadata"]
    assert "nodeSelector" not in stored["spec"]


def test_kubectl_shows_on_a_dry_run_what_would_be_stored(
    control_plane: ControlPlane, api: Api, tmp_path: Path
) -> None:
    written = pods.pod_operator("payments_daily")
    shown = kubectl(control_plane, tmp_path, written, "--dry-run=server", "--output=json")
    would = json.loads(shown.stdout)
    assert (
        would["metadata"]["labels"] | {"team": "payments", "cost-center": "CC-1001"}
        == (would["metadata"]["labels"])
    )
    assert pods.tolerating("payments") in would["spec"]["tolerations"]
    assert (would["spec"]["priorityClassName"], would["spec"]["priority"]) == (
        "payments-batch",
        1000,
    )
    assert api.get("Pod", written["metadata"]["name"], "data").code == 404


def test_kubectl_prints_a_denial_in_one_line(control_plane: ControlPlane, tmp_path: Path) -> None:
    unpaid = pods.pod_operator("fraud_hourly")
    refused = kubectl(control_plane, tmp_path, unpaid)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f'Error from server (BadRequest): error when creating "{tmp_path}/pod.json": {DENIED}'
        f"pod {unpaid['metadata']['name']} (dag fraud_hourly, task load) breaks 1 rule: "
        "[requirement] label cost-center is missing; team fraud may use CC-2001: add "
        f'labels={{"cost-center": "CC-2001"}} to the KubernetesPodOperator.{ASK_FRAUD}'
    ]


def kubectl(
    control_plane: ControlPlane, folder: Path, thing: Object, *options: str
) -> subprocess.CompletedProcess[str]:
    """`kubectl create` of this object, as Airflow's worker."""
    file = folder / "pod.json"
    file.write_text(json.dumps(thing))
    who = (f"--kubeconfig={control_plane.kubeconfig}", f"--as={WORKER}")
    return subprocess.run(
        [control_plane.kubectl, *who, "create", f"--filename={file}", *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=40,
    )
