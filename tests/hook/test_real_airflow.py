"""The hook in a real Airflow, and with the Kubernetes client that it has: another than ours."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.airflow import documents
from tests.airflow_real import environments
from tests.engine.given import Json
from tests.hook.test_same_as_the_webhook import PODS, POLICIES, by, hooked

ROOT = Path(__file__).parents[2]
SETTINGS = "from webhook.hook import pod_mutation_hook\n"
POLICY = """
apiVersion: taxiway/v1
requirements: [{label: cost-center, from: team.costCenters}]
profiles:
  jobs: {match: {workloads: [job-operator]}, apply: {annotations: {by: job}}}
teams:
  payments:
    costCenters: [CC-1001]
    members: {dags: ["payments_*"]}
    apply:
      tolerations: [{key: dedicated, operator: Equal, value: payments, effect: NoSchedule}]
      nodeSelector: {pool: payments}
"""
OURS = {"key": "dedicated", "operator": "Equal", "value": "payments", "effect": "NoSchedule"}
MISSING = "label cost-center is missing; team payments may use CC-1001: "
DENIAL = "pod {} (dag payments_daily, task load) breaks 1 rule: [requirement] " + MISSING
ARGUMENT = 'add labels={"cost-center": "CC-1001"} to the KubernetesPodOperator.'
OVERRIDE = (
    'add executor_config={"pod_override": k8s.V1Pod(metadata=k8s.V1ObjectMeta(labels='
    '{"cost-center": "CC-1001"}))} to the task.'
)

pytestmark = pytest.mark.airflow


def given() -> Iterator[Json]:
    """Every pod by every policy, once with models all through and once with plain data in them."""
    for policy in POLICIES.values():
        for name in PODS:
            (body,) = documents.bodies(documents.document(name))
            body["metadata"].pop("ownerReferences", None)
            for plain in (False, True):
                yield {"policy": policy, "pod": body, "plain": plain}


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What it said of everything."""
    home = tmp_path_factory.mktemp("airflow-home")
    (home / "config").mkdir()
    (home / "config/airflow_local_settings.py").write_text(SETTINGS)
    (home / "policies").mkdir()
    (home / "policies/policy.yaml").write_text(POLICY)
    done = subprocess.run(
        [
            str(environments.locate(environments.wanted()) / "bin/python"),
            str(Path(__file__).with_name("in_airflow.py")),
        ],
        input=json.dumps(list(given())),
        env={
            "AIRFLOW_HOME": str(home),
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
            "TAXIWAY_HOOK_POLICIES": str(home / "policies"),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said: Json = json.loads(done.stdout.splitlines()[-1])
    return said


def test_with_airflows_own_client_each_pod_is_sent_as_the_webhook_would_have_patched_it(
    airflow: Json,
) -> None:
    wrong = []
    for each, found in zip(given(), airflow["pods"], strict=True):
        after, outcome = hooked(by(each["policy"]), each["pod"])
        expected: Any = {"sent": after}
        if outcome.denial is not None:
            expected = outcome.denial
            found = found.get("says")
        if found != expected:
            wrong.append((each["pod"]["metadata"]["name"], each["plain"], found, expected))
    assert wrong == []


def test_a_pod_operators_pod_is_placed_and_what_its_tasks_share_is_not_changed(
    airflow: Json,
) -> None:
    for call in ("pod operator", "pod operator again"):
        pod = airflow["calls"][call]["sent"]
        assert pod["spec"]["tolerations"] == [{"key": "spot", "operator": "Exists"}, OURS]
        assert pod["spec"]["nodeSelector"] == {"pool": "payments"}
        assert pod["metadata"]["labels"]["team"] == "payments"


def test_an_executors_pod_is_placed(airflow: Json) -> None:
    pod = airflow["calls"]["executor"]["sent"]
    assert pod["spec"]["tolerations"] == [OURS]
    assert pod["metadata"]["annotations"]["taxiway/applied"].startswith("payments@")


def test_the_template_of_a_job_is_known_for_one(airflow: Json) -> None:
    template = airflow["calls"]["job operator"]["sent"]["spec"]["template"]
    assert template["metadata"]["annotations"]["by"] == "job"
    assert template["spec"]["tolerations"] == [OURS]


def test_a_pod_operators_denial_is_an_airflow_exception_of_its_task(airflow: Json) -> None:
    said = airflow["calls"]["pod operator, denied"]
    name = said["says"].split()[1]
    assert said == {
        "error": "AirflowException",
        "is Airflow's": True,
        "says": DENIAL.format(name) + ARGUMENT,
        "because of": None,
    }


def test_an_executors_denial_is_what_its_scheduler_logs_as_the_hooks_failure(
    airflow: Json,
) -> None:
    """It logs the cause: "Pod Mutation Hook failed for the task …. Details: %s"."""
    said = airflow["calls"]["executor, denied"]
    assert said["error"] == "PodMutationHookException"
    denial = DENIAL.format("payments-daily-load") + OVERRIDE
    assert said["because of"] == f"AirflowException: {denial}"
