"""The DAG folder and the settings that a capture and `taxiway dags` have alike.

| folder     | DAGs                                                        | run by             |
|------------|-------------------------------------------------------------|--------------------|
| `examples` | the provider's own                                          | no executor        |
| `corpus`   | ours: arguments, templates, functions, mapping, Jobs, Spark | no executor        |
| `workers`  | ours: `pod_override`, `pod_template_file`                   | KubernetesExecutor |
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.airflow_real import environments
from tests.captures import examples

HERE = Path(__file__).parent
FOLDERS = ("examples", "corpus", "workers")
TEMPLATE = HERE / "deployment.yaml"
NAMESPACE = "default"


@dataclass(frozen=True)
class Place:
    """One Airflow, and a folder of all DAGs."""

    airflow: str
    python: Path
    dags: Path
    path: str  # Python's, as the deployment has it

    @property
    def folders(self) -> list[Path]:
        return [self.dags / name for name in FOLDERS]


def place(airflow: str, scratch: Path) -> Place:
    """Copies of the DAGs below `scratch`. Raises Missing."""
    found = examples.located(airflow)
    dags = scratch / "dags"
    shutil.copytree(found / "dags", dags / "examples")
    for name in ("corpus", "workers"):
        shutil.copytree(HERE / "dags" / name, dags / name)
    python = environments.locate(airflow) / "bin/python"
    return Place(
        airflow, python, dags, os.pathsep.join([f"{HERE / 'path'}", f"{found / 'packages'}"])
    )
