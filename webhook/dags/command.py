"""What a worker's pod of the KubernetesExecutor runs: the arguments of its first container.

Airflow 3 gives the task as JSON, which holds a token, the ids of the run and its times: that one
argument is not known. Airflow 2 names the task and the file, relative to the DAG folder.
Source: `workload_to_command_args` of the provider; `TaskInstance.command_as_list` of Airflow 2, as
the scheduler calls it.
"""

from types import SimpleNamespace
from typing import Any

from webhook.dags.operators import RUN_ID
from webhook.dags.unknown import Ledger

_WORKLOAD = "{{ the task as JSON, with a token }}"
_EXECUTE = "airflow.sdk.execution_time.execute_workload"


def arguments(task: Any, map_index: int | None, ledger: Ledger) -> list[str]:
    """Each as it stands in the pod; what is not known is a token."""
    try:
        from airflow.models.taskinstance import TaskInstance

        of_airflow_2 = TaskInstance._command_as_list
    except (ImportError, AttributeError):
        return ["python", "-m", _EXECUTE, "--json-string", ledger.token(_WORKLOAD)]
    ti = SimpleNamespace(
        dag_id=task.dag_id,
        task_id=task.task_id,
        run_id=RUN_ID,
        map_index=ledger.token("{{ ti.map_index }}") if map_index is None else map_index,
        task=task,
    )
    return list(of_airflow_2(ti=ti, local=True))
