"""Where in a DAG's file a task is written.

Airflow remembers the file of a dag and no line of a task, so each call of `DAG.add_task` is watched
while files are loaded: by then the operator is being called, and of the frames on the stack those
that stand in the folder are kept. The line is that of the innermost one in the dag's own file, so
that a task which a function of the same file makes is found where the operator is called. A task
made of a function is where the function is, decorator and all: there stands what its author gave.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import unwrap
from os.path import realpath
from typing import Any, NamedTuple

from airflow import DAG


class Place(NamedTuple):
    file: str
    line: int


class Places:
    """The places of tasks, by dag and task; filled while it watches."""

    def __init__(self, roots: tuple[str, ...]) -> None:
        self._roots = roots
        self._frames: dict[tuple[str, str], tuple[Place, ...]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        add = DAG.add_task
        frames = self._frames

        def add_task(dag: Any, task: Any) -> Any:
            key = dag.dag_id, task.task_id
            # The last one counts: a file may be loaded twice, and changed between.
            frames[key] = tuple(self._frames_here())
            return add(dag, task)

        DAG.add_task = add_task
        try:
            yield
        finally:
            DAG.add_task = add

    def of(self, task: Any, file: str) -> Place:
        """`file` is the dag's own. The first line of it where nothing better is known."""
        function = _function(task)
        if function is not None:
            place = Place(realpath(function.co_filename), function.co_firstlineno)
            if self._is_ours(place.file):
                return place
        found = self._frames.get((task.dag_id, task.task_id), ())
        own = realpath(file)
        in_file = next((place for place in found if place.file == own), None)
        return in_file or next(iter(found), None) or Place(own, 1)

    def _frames_here(self) -> Iterator[Place]:
        frame = sys._getframe(2)
        while frame is not None:
            name = realpath(frame.f_code.co_filename)
            if self._is_ours(name):
                yield Place(name, frame.f_lineno)
            frame = frame.f_back  # type: ignore[assignment]  # the last one has none

    def _is_ours(self, file: str) -> bool:
        return any(file == root or file.startswith(root.rstrip("/") + "/") for root in self._roots)


def _function(task: Any) -> Any:
    """The code of the function that a decorated task is made of; None for any other."""
    given = getattr(task, "partial_kwargs", None) or {}
    function = getattr(task, "python_callable", None) or given.get("python_callable")
    return getattr(unwrap(function), "__code__", None) if callable(function) else None
