"""Container resources: each missing request or limit is filled.

One that would put a request above its limit is left out, with a warning. Extended resources and
huge pages come as request and limit together or not at all: the API server refuses them unless
both are equal. A pod with pod-level resources (`spec.resources`) is left alone.
Source: core validation, ValidateResourceRequirements and ValidateContainerResourceName.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from webhook.engine.draft import Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.merge.container import task_container
from webhook.engine.message import one_line, shown
from webhook.engine.operation import add, pointer
from webhook.kube.pod import Container, Quantities, ResourceRequirements
from webhook.kube.quantity import parse_quantity
from webhook.policy import spec


class _Quantity(Struct, frozen=True):
    value: str
    block: Block


class _Wanted(Struct, frozen=True):
    name: str  # cpu, memory, nvidia.com/gpu …
    request: _Quantity | None
    limit: _Quantity | None


_Filled = tuple[str, str, _Quantity]  # requests or limits, the resource, how much


class Resources:
    """The requests and limits of the blocks, each resource by the first block that gives it."""

    def __init__(self, wanted: Sequence[_Wanted]) -> None:
        self._wanted = tuple(wanted)
        self._parts: dict[tuple[int, str, str], Part] = {}

    def merge(self, draft: Draft) -> None:
        found = task_container(draft.pod)
        pod_level = draft.pod.spec.resources
        if found is None or (pod_level and (pod_level.requests or pod_level.limits)):
            return
        at, container = found
        there = container.resources or ResourceRequirements()
        for wanted in self._wanted:
            for kind, name, quantity in _fill(draft, wanted, there):
                _ensure(draft, at, container, kind)
                draft.add(self._part(at, kind, name, quantity))

    def parts(self, draft: Draft) -> Sequence[Part]:
        found = task_container(draft.pod)
        at = found[0] if found else 0
        given = (("requests", "request"), ("limits", "limit"))
        every = (
            (kind, each.name, getattr(each, one)) for each in self._wanted for kind, one in given
        )
        return [self._part(at, kind, name, much) for kind, name, much in every if much is not None]

    def _part(self, at: int, kind: str, name: str, quantity: _Quantity) -> Part:
        key = (at, kind, name)
        if key not in self._parts:
            path = pointer("spec", "containers", at, "resources", kind, name)
            text = f"{kind.removesuffix('s')} {name}={quantity.value}"
            self._parts[key] = Part(
                "resources",
                name,
                quantity.value,
                path,
                text,
                quantity.block.source,
                quantity.block.apply.on_conflict,
                add(path, quantity.value),
            )
        return self._parts[key]


def resources(blocks: Sequence[Block]) -> Resources | None:
    given = [
        (block, block.apply.container.resources)
        for block in blocks
        if block.apply.container is not None and block.apply.container.resources is not None
    ]
    names = {name: None for _, each in given for name in sorted({*each.requests, *each.limits})}
    return Resources([_wanted(name, given) for name in names]) if names else None


def _wanted(name: str, given: Sequence[tuple[Block, spec.Resources]]) -> _Wanted:
    """The request of the first block that gives one, and the limit likewise, if they agree."""
    if comes_in_pairs(name):
        given = [pair for pair in given if name in pair[1].requests or name in pair[1].limits][:1]
    requests = [_Quantity(each.requests[name], b) for b, each in given if name in each.requests]
    limits = [_Quantity(each.limits[name], b) for b, each in given if name in each.limits]
    request, limit = next(iter(requests), None), next(iter(limits), None)
    if request is None or limit is None or not _above(request.value, limit.value):
        return _Wanted(name, request, limit)
    blocks = [block for block, _ in given]
    if blocks.index(request.block) < blocks.index(limit.block):
        return _Wanted(name, request, None)
    return _Wanted(name, None, limit)


def comes_in_pairs(name: str) -> bool:
    """An extended resource (`domain/name`, not Kubernetes' own), or huge pages."""
    if name.startswith("hugepages-"):
        return True
    return "/" in name and not name.split("/")[0].endswith("kubernetes.io")


def _fill(draft: Draft, wanted: _Wanted, there: ResourceRequirements) -> Iterator[_Filled]:
    name = wanted.name
    request, limit = (there.requests or {}).get(name), (there.limits or {}).get(name)
    if comes_in_pairs(name) and (request is not None or limit is not None):
        return
    fill_request = wanted.request if request is None else None
    fill_limit = wanted.limit if limit is None else None
    if fill_request is not None and limit is not None and _above(fill_request.value, limit):
        _warn(draft, fill_request, f"request {name}", f"limit {shown(limit)}")
        fill_request = None
    if fill_limit is not None and request is not None and _above(request, fill_limit.value):
        _warn(draft, fill_limit, f"limit {name}", f"request {shown(request)}")
        fill_limit = None
    if fill_request is not None:
        yield "requests", name, fill_request
    if fill_limit is not None:
        yield "limits", name, fill_limit


def _above(request: str | int | float, limit: str | int | float) -> bool:
    try:
        return parse_quantity(request) > parse_quantity(limit)
    except ValueError:
        return True  # the API server will refuse it and say so; nothing of ours is added to it


def _warn(draft: Draft, quantity: _Quantity, left_out: str, there: str) -> None:
    draft.warnings.append(
        one_line(
            f"{left_out}={quantity.value} of {quantity.block.source} is left out: "
            f"the container's {there} does not allow it"
        )
    )


def _ensure(draft: Draft, at: int, container: Container, kind: str) -> None:
    path = f"/spec/containers/{at}/resources"
    there = container.resources
    quantities: Quantities | None = None
    if there is not None:
        quantities = there.requests if kind == "requests" else there.limits
    draft.ensure(path, there, {})
    draft.ensure(f"{path}/{kind}", quantities, {})
