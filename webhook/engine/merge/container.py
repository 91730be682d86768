"""`container`: env and resources of the task's container, which is `base`, else the first.

env is added by name where absent, but not to a container with `envFrom`, whose keys we cannot
see: an added variable would hide one of them.
"""

from collections.abc import Sequence
from typing import Any

from webhook.engine.draft import Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.operation import add
from webhook.kube.pod import Container, Pod

_BASE = "base"  # Airflow's name of the container that runs the task


class Env:
    """The variables of the blocks, each name by the first block that gives it."""

    def __init__(self, wanted: Sequence[tuple[dict[str, Any], Block]]) -> None:
        self._wanted = tuple(wanted)
        self._parts: dict[int, tuple[Part, ...]] = {}

    def merge(self, draft: Draft) -> None:
        found = task_container(draft.pod)
        if found is None or found[1].env_from:
            return
        at, container = found
        there = {variable.name for variable in container.env or ()}
        for part in self._at(at):
            if part.key not in there:
                draft.ensure(part.path, container.env, [])
                draft.add(part)

    def parts(self, draft: Draft) -> Sequence[Part]:
        found = task_container(draft.pod)
        return self._at(found[0] if found else 0)

    def _at(self, at: int) -> tuple[Part, ...]:
        if at not in self._parts:
            self._parts[at] = tuple(_part(at, variable, block) for variable, block in self._wanted)
        return self._parts[at]


def env(blocks: Sequence[Block]) -> Env | None:
    wanted: dict[str, tuple[dict[str, Any], Block]] = {}
    for block in blocks:
        for variable in block.apply.container.env if block.apply.container else ():
            wanted.setdefault(variable["name"], (variable, block))
    return Env(list(wanted.values())) if wanted else None


def task_container(pod: Pod) -> tuple[int, Container] | None:
    """The container that runs the task, with its position; None in a pod without containers."""
    containers = pod.spec.containers or ()
    for at, container in enumerate(containers):
        if container.name == _BASE:
            return at, container
    return (0, containers[0]) if containers else None


def _part(at: int, variable: dict[str, Any], block: Block) -> Part:
    path = f"/spec/containers/{at}/env"
    return Part(
        "env",
        variable["name"],
        variable,
        path,
        f"env {variable['name']}",
        block.source,
        block.apply.on_conflict,
        add(f"{path}/-", variable),
    )
