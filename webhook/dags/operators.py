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

`deferrable` makes no difference to the object; it is set because the deferrable way ends with it,
without the clean-up that the other one does.
"""

from inspect import unwrap
from types import SimpleNamespace
from typing import Any

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

from webhook.dags.offline import OfflineHook, Posted, kept
from webhook.dags.unknown import Ledger

OWN = "airflow.providers.cncf.kubernetes."
# Calls the author's function for the command.
COMMAND_DECORATOR = "airflow.providers.cncf.kubernetes.decorators.kubernetes_cmd"
RUN_ID = "manual__2000-01-01T00:00:00+00:00"


def makes_pods(operator_class: type) -> bool:
    return issubclass(operator_class, KubernetesPodOperator)


def sent(
    task: Any, dag: Any, map_index: int | None, ledger: Ledger, namespace: str | None
) -> tuple[dict[str, Any], list[str]]:
    """The object that `task`, the caller's own copy and rendered, would send, and notes on it."""
    notes: list[str] = []
    execute = _own_execute(task, ledger, notes)
    vars(task).update(deferrable=True, allow_nested_operators=True)
    vars(task)["hook"] = OfflineHook(ledger, task, namespace)
    try:
        with kept():
            execute(task, running(task, dag, map_index))
    except Posted as posted:
        return posted.body, notes
    raise RuntimeError("the operator ended without creating anything")


def running(task: Any, dag: Any, map_index: int | None) -> dict[str, Any]:
    """What `execute` asks of its run: a first try of a run with a name that stands for any."""
    ti = SimpleNamespace(
        dag_id=task.dag_id,
        task_id=task.task_id,
        run_id=RUN_ID,
        map_index=-1 if map_index is None else map_index,
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
            task.cmds = [ledger.token(f"what {task.python_callable.__name__} returns")]
        elif module.startswith(OWN):
            return unwrap(found)
        elif not module.startswith(("airflow.sdk.", "airflow.decorators.")):
            notes.append(
                f"execute of {one.__name__} is not run: what it changes before the pod is created "
                "is not shown"
            )
    return unwrap(KubernetesPodOperator.execute)
