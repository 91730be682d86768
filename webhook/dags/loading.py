"""The DAGs of files and folders, loaded by Airflow's own DagBag, and what could not be imported."""

import re
from collections.abc import Iterator
from inspect import signature
from os.path import realpath
from traceback import format_exc
from typing import Any, NamedTuple

try:
    from airflow.dag_processing.dagbag import DagBag
except ImportError:  # Airflow up to 3.1
    from airflow.models.dagbag import DagBag

_FRAME = re.compile(r'File "([^"]+)", line ([0-9]+)')


class ImportFailed(NamedTuple):
    """`message` is Airflow's own, its last line; `line` where it came from in the file itself."""

    file: str
    line: int
    message: str


class _Bag(DagBag):  # type: ignore[misc]  # Airflow is not there when types are checked
    """Takes the end of a process for what it is here: one file that cannot be imported.

    Airflow lets SystemExit and KeyboardInterrupt of a file through, and neither is ours: this
    process is in a session of its own, which no terminal interrupts.
    """

    def process_file(self, filepath: str, *given: Any, **named: Any) -> list[Any]:
        try:
            return list(super().process_file(filepath, *given, **named))
        except (SystemExit, KeyboardInterrupt):
            self.import_errors[filepath] = format_exc()
            return []


def load(path: str) -> tuple[list[Any], list[ImportFailed]]:
    """The dags of a file or of all files that Airflow would look at in a folder."""
    given = {"include_examples": False, "read_dags_from_db": False, "load_op_links": False}
    known = signature(DagBag.__init__).parameters
    taken = {key: value for key, value in given.items() if key in known}
    bag = _Bag(dag_folder=path, **taken)
    return list(bag.dags.values()), sorted(_failed(bag.import_errors))


def _failed(errors: dict[str, str]) -> Iterator[ImportFailed]:
    for file, told in errors.items():
        own = realpath(file)
        lines = [int(line) for name, line in _FRAME.findall(told) if realpath(name) == own]
        message = told.strip().splitlines()
        yield ImportFailed(own, lines[-1] if lines else 1, message[-1] if message else "no reason")
