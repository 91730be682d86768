"""What a denial tells the author to do, for every kind of author."""

from typing import get_args

import pytest

from webhook.airflow import advice
from webhook.airflow.words import Field
from webhook.airflow.workload import Workload

POD_OPERATOR = Workload("pod-operator", airflow_version="3.3.2")
OLD_POD_OPERATOR = Workload("pod-operator", airflow_version="1.10.15")
JOB_OPERATOR = Workload("job-operator", airflow_version="3.3.2")
EXECUTOR = Workload("kubernetes-executor", airflow_version="2.10.5")
OLD_EXECUTOR = Workload("kubernetes-executor", airflow_version="1.10.9")
SPARK = Workload("spark")
OFFICIAL = Workload("celery-worker", chart="official")
BITNAMI = Workload("celery-worker", chart="bitnami")
COMMUNITY = Workload("celery-worker", chart="community")
OTHER = Workload("other")

EVERY = {
    "a pod operator": POD_OPERATOR,
    "a pod operator of 1.10": OLD_POD_OPERATOR,
    "a job operator": JOB_OPERATOR,
    "an executor": EXECUTOR,
    "an executor of 1.10": OLD_EXECUTOR,
    "Spark": SPARK,
    "a worker of the official chart": OFFICIAL,
    "a worker of Bitnami's chart": BITNAMI,
    "a worker of the community's chart": COMMUNITY,
    "another pod": OTHER,
}

ADDED = {
    "a pod operator": 'add labels={"cost-center": "CC-1"} to the KubernetesPodOperator',
    "a pod operator of 1.10": 'add labels={"cost-center": "CC-1"} to the KubernetesPodOperator',
    "a job operator": 'add labels={"cost-center": "CC-1"} to the KubernetesJobOperator',
    "an executor": 'add executor_config={"pod_override": k8s.V1Pod(metadata=k8s.V1ObjectMeta('
    'labels={"cost-center": "CC-1"}))} to the task',
    "an executor of 1.10": 'add executor_config={"KubernetesExecutor": {"labels": '
    '{"cost-center": "CC-1"}}} to the task',
    "Spark": 'add {"cost-center": "CC-1"} to spec.driver.labels and spec.executor.labels of the '
    "SparkApplication",
    "a worker of the official chart": 'add {"cost-center": "CC-1"} to workers.labels in the Helm '
    "values of Airflow",
    "a worker of Bitnami's chart": 'add {"cost-center": "CC-1"} to worker.podLabels in the Helm '
    "values of Airflow",
    "a worker of the community's chart": 'add {"cost-center": "CC-1"} to workers.podLabels in the '
    "Helm values of Airflow",
    "another pod": 'add {"cost-center": "CC-1"} to metadata.labels of the pod, or of the template '
    "in what makes it (Deployment, Job)",
}


@pytest.mark.parametrize("who", EVERY)
def test_a_label_is_added_where_that_author_writes_labels(who: str) -> None:
    assert advice.add_label(EVERY[who], "cost-center", "CC-1") == ADDED[who]


@pytest.mark.parametrize(
    ("workload", "sentence"),
    [
        pytest.param(
            POD_OPERATOR, 'set labels={"team": "..."} in the KubernetesPodOperator', id="operator"
        ),
        pytest.param(
            EXECUTOR,
            'set executor_config={"pod_override": k8s.V1Pod(metadata=k8s.V1ObjectMeta('
            'labels={"team": "..."}))} in the task',
            id="executor",
        ),
        pytest.param(
            OFFICIAL,
            'set {"team": "..."} in workers.labels in the Helm values of Airflow',
            id="celery worker",
        ),
    ],
)
def test_a_value_that_only_the_author_knows_is_left_open(workload: Workload, sentence: str) -> None:
    assert advice.change_label(workload, "team", None) == sentence


WHERE: dict[str, tuple[Workload, Field, str]] = {
    "an operator's argument": (
        POD_OPERATOR,
        "nodeSelector",
        "node_selector= of the KubernetesPodOperator",
    ),
    "the plural that 1.10 wrote": (
        OLD_POD_OPERATOR,
        "nodeSelector",
        "node_selectors= of the KubernetesPodOperator",
    ),
    "what an operator has no argument for": (
        JOB_OPERATOR,
        "nodeName",
        "nodeName in full_pod_spec= or pod_template_file= of the KubernetesJobOperator",
    ),
    "the Python client's name in a pod_override": (
        EXECUTOR,
        "priorityClassName",
        'priority_class_name in the "pod_override" of the task\'s executor_config',
    ),
    "the generator's name in 1.10": (
        OLD_EXECUTOR,
        "schedulerName",
        'schedulername in the "KubernetesExecutor" of the task\'s executor_config',
    ),
    "what 1.10's executor_config cannot say": (
        OLD_EXECUTOR,
        "runtimeClassName",
        "runtimeClassName in the pod_template_file of airflow.cfg",
    ),
    "the Spark operator's name for a service account": (
        SPARK,
        "serviceAccountName",
        "serviceAccount in spec.driver and spec.executor of the SparkApplication",
    ),
    "what a SparkApplication says in a template only": (
        SPARK,
        "nodeName",
        "nodeName in template.spec under spec.driver and spec.executor of the SparkApplication",
    ),
    "a value of the official chart": (
        OFFICIAL,
        "annotations",
        "workers.podAnnotations in the Helm values of Airflow",
    ),
    "a value of Bitnami's chart": (
        BITNAMI,
        "tolerations",
        "worker.tolerations in the Helm values of Airflow",
    ),
    "a chart's one service account for all": (
        COMMUNITY,
        "serviceAccountName",
        "serviceAccount.name in the Helm values of Airflow",
    ),
    "what the community's chart has no value for": (
        COMMUNITY,
        "priorityClassName",
        "priorityClassName in the pod template of Airflow's workers",
    ),
    "the pod itself": (
        OTHER,
        "affinity",
        "spec.affinity of the pod, or of the template in what makes it (Deployment, Job)",
    ),
}


@pytest.mark.parametrize(("workload", "field", "phrase"), WHERE.values(), ids=WHERE.keys())
def test_a_field_has_the_name_that_its_author_knows(
    workload: Workload, field: Field, phrase: str
) -> None:
    assert advice.field(workload, field) == phrase


REMOVED: dict[str, tuple[Workload, Field, str]] = {
    "an argument with Kubernetes' own name is not named again": (
        POD_OPERATOR,
        "tolerations",
        "remove it",
    ),
    "an entry is taken from the argument that holds it": (
        POD_OPERATOR,
        "nodeSelector",
        "remove it from node_selector= of the KubernetesPodOperator",
    ),
    "an argument with one value goes whole": (
        POD_OPERATOR,
        "serviceAccountName",
        "remove service_account_name= of the KubernetesPodOperator",
    ),
    "an executor's entry is taken from its pod_override": (
        EXECUTOR,
        "tolerations",
        'remove it from tolerations in the "pod_override" of the task\'s executor_config',
    ),
}


@pytest.mark.parametrize(("workload", "field", "clause"), REMOVED.values(), ids=REMOVED.keys())
def test_a_thing_is_removed_from_where_it_is_written(
    workload: Workload, field: Field, clause: str
) -> None:
    assert advice.remove(workload, field) == clause


def test_a_single_value_is_set_in_quotes() -> None:
    assert (
        advice.set_field(POD_OPERATOR, "serviceAccountName", "payments")
        == 'set service_account_name= of the KubernetesPodOperator to "payments"'
    )


@pytest.mark.parametrize("who", EVERY)
@pytest.mark.parametrize("field", get_args(Field))
def test_every_clause_is_short_and_on_one_line(who: str, field: Field) -> None:
    clauses = (
        advice.add_label(EVERY[who], "cost-center", "CC-1001"),
        advice.change_label(EVERY[who], "cost-center", None),
        advice.remove(EVERY[who], field),
        advice.set_field(EVERY[who], field, "payments"),
    )
    assert [c for c in clauses if len(c) > 160 or not c.isprintable()] == []
