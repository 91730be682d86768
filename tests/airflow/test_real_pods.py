"""What each pod in `tests/pods`, rendered by Airflow itself, is recognised as."""

import pytest

from tests.airflow import documents
from webhook.airflow.ids import safe_label_value
from webhook.airflow.workload import Workload, recognise

SCHEDULED = "scheduled__2026-01-02T03:00:00+00:00"
MANUAL = "manual__2026-01-02T030405.6789010000-f360bd12f"  # sanitised, as labels hold it
LONG_DAG = "team_payments__daily_very_long_segment_very_long_segm-67ed15305"
LONG_TASK = "extract.transformgroup.loaddonnes1-505a56fb2"


def _executor(version: str, run: str = SCHEDULED) -> Workload:
    return Workload("kubernetes-executor", "payments_daily", "load", run, version)


def _operator(version: str) -> Workload:
    return Workload("pod-operator", "payments_daily", "load", MANUAL, version)


SPARK = Workload("spark", "payments_daily", "s", MANUAL)
EXPECTED: dict[str, list[Workload]] = {
    "af2.10.5_cncf10.1.0__ke_basic": [_executor("2.10.5")],
    "af2.10.5_cncf10.1.0__kpo_basic": [_operator("2.10.5")],
    "af2.10.5_cncf10.1.0__kpo_long_unsafe_ids": [
        Workload("pod-operator", LONG_DAG, LONG_TASK, MANUAL, "2.10.5")
    ],
    "af3.3.2_cncf10.25.0__job_operator": [
        Workload("job-operator", "payments_daily", "j", MANUAL, "3.3.2")
    ],
    "af3.3.2_cncf10.25.0__ke_basic": [_executor("3.3.2")],
    "af3.3.2_cncf10.25.0__ke_mapped": [_executor("3.3.2")],
    "af3.3.2_cncf10.25.0__ke_pod_override": [_executor("3.3.2")],
    "af3.3.2_cncf10.25.0__kpo_basic": [_operator("3.3.2")],
    "af3.3.2_cncf10.25.0__spark_application": [SPARK, SPARK],
    "legacy_af1.10.15__ke_basic": [_executor("1.10.15", "2021-03-04T05:06:07.890123+00:00")],
    "legacy_af2.4.3__ke_basic": [_executor("2.4.3", "scheduled__2021-03-04T05:06:07.890123+00:00")],
}


def test_every_pod_has_an_expectation_and_every_expectation_a_pod() -> None:
    assert documents.names() == sorted(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_pod_is_recognised(name: str) -> None:
    pods = documents.pods(documents.document(name))
    recognised = [
        recognise(pod, namespace="airflow", govern_all=False, own_namespace="taxiway")
        for pod in pods
    ]
    assert recognised == EXPECTED[name]


EXECUTORS = [name for name in EXPECTED if "__ke_" in name]


@pytest.mark.parametrize("name", EXECUTORS)
@pytest.mark.parametrize("key", ["dag_id", "task_id", "run_id"])
def test_a_label_is_what_our_function_makes_of_the_annotation(name: str, key: str) -> None:
    meta = documents.document(name)["metadata"]
    ids = [meta["annotations"].get(key, ""), meta["labels"].get(key, "")]
    assert safe_label_value(ids[0]) == ids[1]
