"""Policies with their places: where a person finds what the engine went by, as `file:line`."""

from collections.abc import Callable
from typing import Any

from webhook.engine.lines import Line
from webhook.names import AZURE_USE, KUBE2IAM_ROLE
from webhook.policy.documents import Cache, parse_documents
from webhook.policy.load import load
from webhook.policy.spec import PolicySpec, Requirement, Stage
from webhook.policy.union import Part, Parts, gather
from webhook.sources.directory import Files

# Where in `apply` a field of a pod is written, if not under its own name.
_IN_APPLY: dict[str, Callable[[Line], tuple[str, ...]]] = {
    "env": lambda _: ("container", "env"),
    "resources": lambda line: ("container", "resources", *line.path.split("/")[-2:]),
    "serviceAccountName": lambda _: ("iam", "serviceAccountName"),
}


class Places:
    """Where the parts of a set stand."""

    def __init__(self, spec: PolicySpec, parts: Parts) -> None:
        self._spec = spec
        self._parts = parts

    def team(self, name: str) -> str:
        return self._parts.teams[name].where()

    def exemption(self, name: str) -> str:
        return self._parts.exemptions[name].where()

    def profile(self, name: str) -> str:
        return self._parts.profiles[name].where()

    def mode(self) -> str | None:
        """None where no document sets one."""
        part = self._parts.single.get("mode")
        return part.where() if part else None

    def requirement(self, requirement: Requirement) -> str:
        return self._parts.requirements[_index(self._spec.requirements, requirement)].where()

    def stage(self, stage: Stage) -> str:
        return self._parts.stages[_index(self._spec.stages, stage)].where()

    def line(self, line: Line) -> str | None:
        """None for what no policy writes: the team's label, and `taxiway/applied`."""
        kind, _, name = line.source.partition(" ")
        named = {"team": self._parts.teams, "profile": self._parts.profiles}.get(kind)
        if named is None:
            return None
        part: Part = named[name]
        return part.document.where((*part.path, *_steps(part, line)))


def placed(files: Files) -> tuple[PolicySpec, Places]:
    """A checked set. Raises PolicyErrors."""
    cache: Cache = {}
    spec = load(files, cache=cache).spec
    documents = (each for name, data in files for each in parse_documents(name, data, cache))
    return spec, Places(spec, gather(documents)[0])


def _steps(part: Part, line: Line) -> tuple[str, ...]:
    apply = part.value.apply
    if line.field in _IN_APPLY:
        return ("apply", *_IN_APPLY[line.field](line))
    given: Any = getattr(apply, line.field, None) if apply else None
    if line.field == "labels" and line.key not in (given or {}):
        return ("apply", "iam") if line.key == AZURE_USE else ("members",)
    if line.field == "annotations" and line.key == KUBE2IAM_ROLE:
        return ("apply", "iam")
    return ("apply", line.field, line.key)


def _index(every: tuple[Any, ...], one: Any) -> int:
    return next(at for at, each in enumerate(every) if each is one)
