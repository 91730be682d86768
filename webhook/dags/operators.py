"""What an operator of the provider cncf.kubernetes sends: a Pod, a Job or a SparkApplication.

The operator's own `execute` runs as far as the object that it creates, which is never sent
(`offline`). Nothing else of it runs, and nothing of a class that is not the provider's: of a
subclass with an `execute` of its own (GKE's, EKS', a team's) the provider's one is run instead.

| operator                          | its `execute` comes to                                  |
|-----------------------------------|---------------------------------------------------------|
| KubernetesPodOperator             | `build_pod_request_obj`, callbacks that alter the pod   |
| `@task.kubernetes`                | the same, with the function's source in the environment |
| `@task.kubernetes_cmd`            | the same, without the command: the function makes it    |
| KubernetesJobOperator, Kueue's    | `build_job_request_obj`                                 |
| SparkKubernetesOperator           | the application with Airflow's labels                   |
| KubernetesCreateResourceOperator  | each object of its YAML; those that make no pod are left |
|                                   | out                                                     |

`deferrable` makes no difference to the object; it is set because the deferrable way ends with it,
without the clean-up that the other one does.
"""

from inspect import unwrap
from types import SimpleNamespace
from typing import Any

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.operators.resource import KubernetesCreateResourceOperator

from webhook.dags.offline import OfflineHook, kept
from webhook.dags.unknown import Ledger, holds_token

OWN = "airflow.providers.cncf.kubernetes."
# Calls the author's function for the command.
COMMAND_DECORATOR = "airflow.providers.cncf.kubernetes.decorators.kubernetes_cmd"
INPUT = "__PYTHON_INPUT"  # `_PYTHON_INPUT_ENV` of the provider's decorators/kubernetes.py
RUN_ID = "manual__2000-01-01T00:00:00+00:00"


# What makes pods, of all that the YAML of a KubernetesCreateResourceOperator may hold.
# fmt: off
KINDS = frozenset({
    "Pod", "PodTemplate", "Job", "CronJob", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet",
    "ReplicationController", "SparkApplication", "ScheduledSparkApplication",
})
# fmt: on


def makes_pods(operator_class: type) -> bool:
    return issubclass(operator_class, KubernetesPodOperator | KubernetesCreateResourceOperator)


def sent(
    task: Any, dag: Any, map_index: int | None, ledger: Ledger, namespace: str | None
) -> tuple[list[dict[str, Any]], list[str]]:
    """What `task`, the caller's own copy and rendered, would send that makes pods, and notes."""
    notes: list[str] = []
    execute = _own_execute(task, ledger, notes)
    given = isinstance(task, KubernetesCreateResourceOperator)
    vars(task).update(deferrable=True, allow_nested_operators=True)
    vars(task)["hook"] = OfflineHook(ledger, task, namespace)
    with kept(all_of_them=given) as bodies:
        execute(task, running(task, dag, map_index))
    if not bodies:
        raise RuntimeError("the operator ended without creating anything")
    for body in bodies:
        if map_index is None:
            name_no_index(body, ledger)
        if _asks_a_run([getattr(task, "op_args", None), getattr(task, "op_kwargs", None)]):
            _name_no_input(body, ledger)
    return [body for body in bodies if not given or body["kind"] in KINDS], notes


def name_no_index(body: Any, ledger: Ledger) -> None:
    """Say of the map index that it is not known, wherever Airflow has put the one of `running`."""
    for key, value in body.items() if isinstance(body, dict) else enumerate(body):
        if key in ("labels", "annotations") and "task_id" in value and "map_index" in value:
            value["map_index"] = ledger.token("{{ ti.map_index }}")
        elif isinstance(value, dict | list):
            name_no_index(value, ledger)


def _asks_a_run(value: Any) -> bool:
    """Whether an argument of the decorated function, or a part of it, is not known."""
    if isinstance(value, dict | list | tuple):
        return any(map(_asks_a_run, value.values() if isinstance(value, dict) else value))
    return holds_token(value)


def _name_no_input(pod: dict[str, Any], ledger: Ledger) -> None:
    """`@task.kubernetes` hands the arguments over as one variable, pickled."""
    for container in pod["spec"]["containers"]:
        for variable in container.get("env", ()):
            if variable["name"] == INPUT:
                variable["value"] = ledger.token("the arguments, pickled")


def running(task: Any, dag: Any, map_index: int | None) -> dict[str, Any]:
    """What `execute` asks of its run: a first try of a run with a name that stands for any.

    A map index that is not known is 0, until `name_no_index` says so.
    """
    ti = SimpleNamespace(
        dag_id=task.dag_id,
        task_id=task.task_id,
        run_id=RUN_ID,
        map_index=0 if map_index is None else map_index,
        try_number=1,
        task=task,
        xcom_push=lambda *_, **__: None,
        xcom_pull=lambda *_, **__: None,
    )
    return {"ti": ti, "task_instance": ti, "dag": dag, "task": task, "run_id": RUN_ID, "params": {}}


def _own_execute(task: Any, ledger: Ledger, notes: list[str]) -> Any:
    """The nearest `execute` that is the provider's own."""
    for one in type(task).__mro__:
        found = vars(one).get("execute")
        if found is None:
            continue
        module = one.__module__
        if module == COMMAND_DECORATOR:
            returned = [ledger.token(f"what {task.python_callable.__name__} returns")]
            task.cmds, task.arguments = ([], returned) if task.args_only else (returned, [])
        elif module.startswith(OWN):
            return unwrap(found)
        elif not module.startswith(("airflow.sdk.", "airflow.decorators.")):
            notes.append(
                f"execute of {one.__name__} is not run: what it changes before the pod is created "
                "is not shown"
            )
    return unwrap(KubernetesPodOperator.execute)
