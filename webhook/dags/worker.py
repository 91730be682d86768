"""The worker pod that the KubernetesExecutor makes for a task.

Airflow's own `PodGenerator.construct_pod` puts it together: the deployment's `pod_template_file`,
or the task's own; what the executor adds; the task's `pod_override`; and `pod_mutation_hook` last.
Its arguments are those of `command`.
"""

from functools import cache
from inspect import signature
from typing import Any

from airflow.configuration import conf
from airflow.providers.cncf.kubernetes import kubernetes_helper_functions as names
from airflow.providers.cncf.kubernetes.kube_config import KubeConfig
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator

from webhook.dags import command
from webhook.dags.legacy import Legacy, translated
from webhook.dags.offline import serialised
from webhook.dags.operators import RUN_ID, name_no_index
from webhook.dags.unknown import Ledger

ALIAS = "KubernetesExecutor"
SECTION = "kubernetes_executor"
_SCHEDULER = "0"
_NAMESPACE = "namespace in [kubernetes_executor] of airflow.cfg"
BOTH = ("CeleryKubernetesExecutor", "LocalKubernetesExecutor")


def executors() -> tuple[str, ...]:
    """Those that the configuration names; the first is the default."""
    named: str = conf.get("core", "executor")
    return tuple(one.strip().split(":")[0].rpartition(".")[2] for one in named.split(","))


def runs_in_a_pod(task: Any) -> bool:
    """Whether the KubernetesExecutor runs the task. Source: `ExecutorLoader`, and the two that are
    a pair, which choose by the task's queue (`kubernetes_queue` of their configuration).
    """
    if _never_starts(task):
        return False
    asked = getattr(task, "executor", None)
    executor = str(asked).rpartition(".")[2] if asked else executors()[0]
    if executor in BOTH:
        section = (
            "local_kubernetes_executor" if executor == BOTH[1] else "celery_kubernetes_executor"
        )
        return bool(task.queue == conf.get(section, "kubernetes_queue", fallback="kubernetes"))
    return executor == ALIAS


def _never_starts(task: Any) -> bool:
    """What the scheduler itself ends or hands to the triggerer. Source: `DagRun.schedule_tis`."""
    if getattr(task, "start_from_trigger", False) is True:
        return True
    callbacks = ("on_execute_callback", "on_success_callback")
    told = any(getattr(task, name, None) for name in callbacks)
    return bool(task.inherits_from_empty_operator and not told and not task.outlets)


def has_template() -> bool:
    """Whether the deployment's own pod template is known."""
    return bool(conf.get(SECTION, "pod_template_file", fallback=None))


def _named(task: Any) -> str:
    """The function was renamed in release 8 of the provider."""
    make = getattr(names, "create_unique_id", None) or names.create_pod_id
    return str(make(dag_id=task.dag_id, task_id=task.task_id))


@cache
def _config() -> Any:
    return KubeConfig()


@cache
def _is_set(key: str) -> bool:
    """Whether the configuration says it, and Airflow's default does not stand in."""
    known = conf.as_dict(display_source=True, raw=True).get(SECTION, {}).get(key)
    return known is not None and known[1] != "default"


def sent(task: Any, map_index: int | None, ledger: Ledger) -> dict[str, Any]:
    """The pod that would be created. Raises Legacy, and what Airflow raises."""
    config = _config()
    given = task.executor_config or {}
    if "KubernetesExecutor" in given and not hasattr(PodGenerator, "from_legacy_obj"):
        raise Legacy(translated(given["KubernetesExecutor"]))
    template = given.get("pod_template_file") or config.pod_template_file or ""
    arguments: dict[str, Any] = {
        "dag_id": task.dag_id,
        "task_id": task.task_id,
        "pod_id": _named(task),
        "try_number": 1,
        "kube_image": config.kube_image,
        "date": None,
        "args": command.arguments(task, map_index, ledger),
        "pod_override_object": PodGenerator.from_obj(given),
        "base_worker_pod": PodGenerator.deserialize_model_file(template),
        "namespace": config.kube_namespace if _is_set("namespace") else ledger.token(_NAMESPACE),
        "scheduler_job_id": _SCHEDULER,
        "run_id": RUN_ID,
        "map_index": 0 if map_index is None else map_index,
        "with_mutation_hook": True,
    }
    taken = signature(PodGenerator.construct_pod).parameters
    pod = PodGenerator.construct_pod(**{key: arguments[key] for key in taken if key in arguments})
    body = serialised(pod)
    if map_index is None:
        name_no_index(body, ledger)
    labels = body["metadata"].get("labels", {})
    if labels.get("airflow-worker") == _SCHEDULER:
        labels["airflow-worker"] = ledger.token("the scheduler's job")
    return body
