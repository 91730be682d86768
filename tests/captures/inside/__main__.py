"""Run by the Python of an Airflow: each task of a folder's DAGs, as Airflow runs it.

`python -m tests.captures.inside SETTINGS`, with a JSON object:

| key                                | is                                                         |
|------------------------------------|-------------------------------------------------------------|
| `folder`, `workers`                | of the DAGs; of those that the KubernetesExecutor runs     |
| `count`                            | a file that grows by a byte with each object created       |
| `journal`                          | a file that gets a line of JSON for each task instance     |
| `kubeconfig`, `authority`, `token` | files that stand in for what a pod has mounted             |

- What can run next is decided as `dag.test` decides it; each task instance runs by the function
  that `dag.test` runs it by, or by the real KubernetesExecutor (`launching`).
- A task that has created its object is ended: its pod would have to run for it to go on. It then
  counts as succeeded, so that Airflow goes on to what comes after it.
- What creates nothing, and would need a cluster that runs pods, or another machine, does not run
  (`LEFT_OUT`); it counts as succeeded too.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.captures.inside.launching import Executor, Forks, Launch
from tests.captures.inside.versions import OfAirflow, of_this_airflow

ROUNDS = 50  # of the loop over a DAG: more than the longest chain of tasks here

# Operators by class name, and why their tasks do not run.
LEFT_OUT = {
    "BashOperator": "creates nothing in the cluster",
    "KubernetesDeleteJobOperator": "creates nothing",
    "KubernetesDeleteResourceOperator": "creates nothing",
    "KubernetesInstallKueueOperator": "fetches Kueue's manifest from another machine",
    "KubernetesPatchJobOperator": "creates nothing",
    "KubernetesPodExecOperator": "creates nothing, and needs a pod that runs",
    "SparkKubernetesSensor": "creates nothing",
    "DecoratedSensorOperator": "creates nothing",
}
LEFT_OUT_TASKS = {"watcher"}  # of the provider's tests: it fails when another task failed


def main() -> None:
    settings = json.loads(sys.argv[1])
    stand_in(settings)
    airflow = of_this_airflow()
    airflow.prepare()
    dags = airflow.load(settings["folder"])
    workers = [dag for dag in dags if Path(dag.fileloc).is_relative_to(settings["workers"])]
    others = [dag for dag in dags if dag not in workers]
    ways: list[tuple[Callable[[Path], Launch], list[Any]]] = [(Forks, others), (Executor, workers)]
    count = Path(settings["count"])
    with Path(settings["journal"]).open("w") as journal:
        for way, chosen in ways:
            launch = way(count)
            for dag in chosen:
                for entry in run(airflow, dag, launch):
                    journal.write(json.dumps(entry) + "\n")
                    journal.flush()
            launch.end()
    sys.stdout.flush()
    os._exit(0)  # threads of Airflow's own would be waited for


def stand_in(settings: dict[str, str]) -> None:
    """For what a pod has mounted: the service account's files, and one kubeconfig."""
    from kubernetes import config
    from kubernetes.config import incluster_config
    from kubernetes_asyncio.config import incluster_config as incluster_config_of_triggers

    for loader in (incluster_config, incluster_config_of_triggers):
        loader.SERVICE_TOKEN_FILENAME = settings["token"]
        loader.SERVICE_CERT_FILENAME = settings["authority"]
    given = config.load_kube_config

    def load_kube_config(config_file: str | None = None, **others: Any) -> None:
        if config_file and not Path(config_file).exists():
            config_file = settings["kubeconfig"]  # an example names one that nobody has
        given(config_file=config_file, **others)

    config.load_kube_config = load_kube_config


def run(airflow: OfAirflow, dag: Any, launch: Launch) -> Iterator[dict[str, object]]:
    """Run a DAG's tasks in Airflow's order, and say of each how many objects it created."""
    started = airflow.start(dag)
    for _ in range(ROUNDS):
        ready = started.ready()
        if not ready:
            return
        for ti in ready:
            task = dag.task_dict[ti.task_id]
            before, reason = launch.count(), left_out(task)
            if not reason:
                launch(started, ti, task)
            yield {
                "file": Path(dag.fileloc).name,
                "dag_id": ti.dag_id,
                "task_id": ti.task_id,
                "map_index": ti.map_index,
                "by": launch.by,
                "left_out": reason,
                "first": before,
                "objects": launch.count() - before,
            }
            started.succeeded(ti)
    raise SystemExit(f"{dag.dag_id} is not through after {ROUNDS} rounds")


def left_out(task: Any) -> str:
    """Why the task does not run; nothing if it does."""
    if task.task_id.split(".")[-1] in LEFT_OUT_TASKS:
        return "fails when another task failed"
    kind = getattr(task, "operator_class", type(task))
    kinds = {base.__name__ for base in kind.__mro__} if isinstance(kind, type) else {task.task_type}
    return next((LEFT_OUT[name] for name in LEFT_OUT if name in kinds), "")


if __name__ == "__main__":
    main()
