"""A container's requests and limits, as `validateResourceRequirements` takes them.

| resource | rule |
|---|---|
| `cpu`, `memory`, `ephemeral-storage` | a request at most its limit |
| `hugepages-<size>` | request and limit equal, whole pages; `cpu` or `memory` as well |
| `example.com/name` | request and limit equal, whole numbers |
| any | not negative; no finer than a thousandth, to which the API server rounds |

Of huge pages and extended resources a limit alone is completed with the same request, as the API
server does; a request alone is a problem. A fraction of a byte, which is nearly always `m` for
`M`, is a problem here, where the API server only warns. Source: Kubernetes 1.36,
`pkg/apis/core/validation/validation.go`, `pkg/apis/core/helper/helpers.go`, and
`SetDefaults_ResourceList` in `pkg/apis/core/v1/defaults.go`.
"""

from decimal import Decimal

from webhook.kube.quantity import parse_quantity
from webhook.policy import limits
from webhook.policy.errors import clip
from webhook.policy.kubernetes_names import label_key
from webhook.policy.nodes import Mapping
from webhook.policy.places import Json, Place
from webhook.policy.shapes import Field, MapOf, Record
from webhook.policy.shapes_scalar import Amount
from webhook.policy.spec import Resources
from webhook.policy.suggestion import suggest

_STANDARD = ("cpu", "memory", "ephemeral-storage")
_HUGE = "hugepages-"
_LARGEST = Decimal(2**63 - 1)  # a quantity's greatest value; larger ones are cut to it
_FINEST = Decimal("0.001")


def resource_name(name: str) -> str | None:
    """Why a container cannot ask for a resource of this name, or None."""
    if name.startswith(_HUGE):
        return (
            None
            if _page(name)
            else f"`{clip(name)}` names no page size; write one such as hugepages-2Mi"
        )
    if "/" not in name:
        said = f"`{clip(name)}` is no resource of a container"
        return None if name in _STANDARD else said + suggest(name[:100], _STANDARD)
    if label_key(name) is not None or (
        _extended(name) and label_key(f"requests.{name}") is not None
    ):
        return (
            f"`{clip(name)}` is no name of an extended resource; write one such as nvidia.com/gpu"
        )
    if name.startswith("requests."):
        return f"`{clip(name)}` begins as quotas name resources; leave out `requests.`"
    return None


def quantity(text: str) -> str | None:
    """Why no container can ask for so much, or None."""
    try:
        value = parse_quantity(text)
    except ValueError as error:
        return str(error)
    if value < 0:
        return f"{clip(text)} is negative"
    if value > _LARGEST:
        return f"{clip(text)} is more than a quantity can hold, 2^63-1"
    if value % _FINEST:
        return f"{clip(text)} is finer than a thousandth (1m), to which Kubernetes would round it"
    return None


def _extended(name: str) -> bool:
    """Kubernetes' own names are not, nor is any name with `kubernetes.io/` in it."""
    return "/" in name and "kubernetes.io/" not in name


def _paired(name: str) -> bool:
    """Whether request and limit must be equal (`IsOvercommitAllowed` is its opposite)."""
    return name.startswith(_HUGE) or _extended(name)


def _page(name: str) -> Decimal | None:
    try:
        size = parse_quantity(name.removeprefix(_HUGE))
    except ValueError:
        return None
    return size if 0 < size <= _LARGEST and size == int(size) else None


def _check(given: Json, node: Mapping, at: Place) -> None:
    requests, most = given.get("requests", {}), given.get("limits", {})
    for block in ("requests", "limits"):
        for name, text in given.get(block, {}).items():
            _check_whole(name, text, node, at / block / name)
    for name, text in requests.items():
        _check_pair(name, text, most.get(name), node, at / "requests" / name)
    every = {*requests, *most}
    if any(name.startswith(_HUGE) for name in every) and not every & {"cpu", "memory"}:
        at.report(node, "huge pages want cpu or memory as well; add a request for one of them")


def _check_whole(name: str, text: str, node: Mapping, at: Place) -> None:
    value, mark = parse_quantity(text), _node(node, at)
    page = _page(name) if name.startswith(_HUGE) else None
    if page is not None:
        if value % page:
            at.report(mark, f"{text} is no multiple of the page size {name.removeprefix(_HUGE)}")
    elif name != "cpu" and value != int(value):
        meant = (
            f"; did you mean {text[:-1]}M?" if text.endswith("m") and not _extended(name) else ""
        )
        at.report(mark, f"{text} is a fraction, and {name} comes whole{meant}")


def _check_pair(name: str, request: str, limit: str | None, node: Mapping, at: Place) -> None:
    if limit is None:
        if _paired(name):
            at.report(
                _node(node, at), f"{name} must have a limit too, equal to the request {request}"
            )
        return
    wanted, most = parse_quantity(request), parse_quantity(limit)
    if _paired(name) and wanted != most:
        at.report(
            _node(node, at),
            f"{request} must be equal to the limit {limit}, as {name} is not shared",
        )
    elif wanted > most:
        at.report(_node(node, at), f"{request} is above its limit {limit}")


def _node(node: Mapping, at: Place) -> Mapping:
    """The node of the quantity that a place names: its last two steps are block and resource.

    By a plan, `node` is of another document, whose block may not have it: no place is wanted then.
    """
    block, name = str(at.path[-2]), str(at.path[-1])
    inner = node.pairs[block][1]
    return inner.pairs[name][1] if isinstance(inner, Mapping) and name in inner.pairs else node  # type: ignore[return-value]


def _build(
    requests: dict[str, str] | None = None, limits: dict[str, str] | None = None
) -> Resources:
    completed = {name: text for name, text in (limits or {}).items() if _paired(name)}
    return Resources(
        requests=dict(sorted({**completed, **(requests or {})}.items())), limits=limits or {}
    )


_QUANTITIES = MapOf(Amount(quantity), limits.RESOURCES, resource_name)
RESOURCES = Record(
    "ResourceRequirements",
    "Requests and limits; each is filled in where the author gave none.",
    {
        "requests": Field(_QUANTITIES, "What the scheduler sets aside."),
        "limits": Field(_QUANTITIES, "What the container may use at most."),
    },
    _build,
    _check,
    nulls_absent=True,
)
