"""What `taxiway dags` says that Airflow would send, for each task."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 600  # 10 s on an idle machine
POLICY = "apiVersion: taxiway/v1\nteams: {anyone: {}}\n"


@dataclass(frozen=True)
class Rendered:
    """An object, or the reason why there is none."""

    file: str
    dag_id: str
    task_id: str
    map_index: int | None
    by: str  # `executor` for a worker's pod, `operator` for what a task creates
    object: dict[str, Any] | None
    unknown: tuple[tuple[str, str], ...]
    reason: str | None


def rendered(
    python: Path, folders: list[Path], scratch: Path, environment: dict[str, str], *options: str
) -> list[Rendered]:
    """Each object once, though a Job's or an application's pods have a line each."""
    policies = scratch / "policies"
    policies.mkdir(parents=True)
    (policies / "policy.yaml").write_text(POLICY)
    shown = ["--show-pods", "--output", "json", "--timeout", str(SECONDS), *options]
    by = ["--policies", str(policies), "--python", str(python)]
    done = subprocess.run(
        [sys.executable, "-m", "webhook", "dags", *map(str, folders), *by, *shown],
        capture_output=True,
        text=True,
        timeout=SECONDS + 60,
        env={**os.environ, "AIRFLOW_HOME": str(scratch / "home"), **environment},
        check=False,
    )
    found = [of_line(json.loads(line)) for line in done.stdout.splitlines()]
    assert found, done.stderr
    return [one for place, one in enumerate(found) if one not in found[:place]]


def of_line(line: dict[str, Any]) -> Rendered:
    return Rendered(
        file=Path(line["file"]).name,
        dag_id=line["dag"],
        task_id=line["task"],
        map_index=line["map_index"],
        by="executor" if line.get("workload") == "kubernetes-executor" else "operator",
        object=line.get("posted"),
        unknown=tuple((one["path"], one["text"]) for one in line.get("posted_unknown", ())),
        reason=line["reason"],
    )
