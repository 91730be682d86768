"""The process inside Airflow's Python: reads what is asked, and writes one JSON object a line.

| `type`   | says                                                                              |
|----------|-----------------------------------------------------------------------------------|
| `unfit`  | why nothing can be loaded: `airflow`, `provider` or `old`; then nothing follows    |
| `start`  | the versions found, and the configured executors                                   |
| `failed` | a file that Airflow cannot import                                                  |
| `task`   | one object of one task, or why it has none                                         |
| `more`    | how many mapped tasks were left out                                               |
| `ignored` | a task whose `pod_override` its executor does not read                            |
| `end`    | that this is all: without it the process died                                      |

It writes to a file of its own, for a DAG may print what it likes.
"""

import json
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

OLDEST = (2, 7)
PROVIDER = "apache-airflow-providers-cncf-kubernetes"

Record = dict[str, Any]


def main() -> None:
    """`stdin` holds the request: `paths`, `roots`, `folder`, `namespace`, and the
    file to write to."""
    asked = json.load(sys.stdin)
    with Path(asked["output"]).open("w", encoding="utf-8") as stream:
        for record in records(asked):
            stream.write(json.dumps(record, default=repr) + "\n")
            stream.flush()


def records(asked: Record) -> Iterator[Record]:
    unfit = _unfit()
    if unfit is not None:
        yield unfit
        return
    sys.dont_write_bytecode = True  # folders of DAGs and settings stay as they are
    if asked["folder"] not in sys.path:
        sys.path.append(asked["folder"])
    from webhook.dags.rendering import rendered, started

    yield started()
    yield from rendered(asked)
    yield {"type": "end"}


def _unfit() -> Record | None:
    found = version("apache-airflow") or version("apache-airflow-core")
    if found is None:
        return {"type": "unfit", "why": "airflow"}
    if tuple(int(part) for part in found.split(".")[:2]) < OLDEST:
        return {"type": "unfit", "why": "old", "version": found}
    if version(PROVIDER) is None:
        return {"type": "unfit", "why": "provider", "version": found}
    return None


def version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
