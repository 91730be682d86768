"""What a real Airflow sent, as it is kept in `recorded/`: the tests' measure of `taxiway dags`.

`python -m tests.captures --airflow 3` makes a file again; `make test-airflow` holds it against what
Airflow sends then. Kept without what another run has otherwise (`alike`).
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from tests.captures.alike import without_run

FOLDER = Path(__file__).parent / "recorded"


class Sent(Struct, frozen=True):
    """A POST: of which task, the path it went to, and the status that the API server gave it."""

    file: str
    dag_id: str
    task_id: str
    map_index: int
    by: str  # `executor` for a worker's pod, `operator` for what a task creates
    path: str
    status: int
    object: dict[str, Any]


class Recorded(Struct, frozen=True):
    """Everything that one Airflow sent, with its version and the provider's."""

    airflow: str
    provider: str
    sent: tuple[Sent, ...]


def file_of(airflow: str) -> Path:
    return FOLDER / f"airflow-{airflow}.json"


def stored(airflow: str) -> Recorded:
    return msgspec.json.decode(file_of(airflow).read_bytes(), type=Recorded)


def kept(sent: Iterable[Sent]) -> tuple[Sent, ...]:
    """As they are stored: in an order that does not depend on which task Airflow ran first."""
    every = (msgspec.structs.replace(one, object=without_run(one.object)) for one in sent)
    return tuple(sorted(every, key=lambda one: (one.file, one.dag_id, one.task_id, one.map_index)))


def store(airflow: str, recorded: Recorded) -> None:
    FOLDER.mkdir(exist_ok=True)
    whole = msgspec.to_builtins(recorded)
    file_of(airflow).write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n")
