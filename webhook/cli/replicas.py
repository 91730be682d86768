"""`taxiway policies`: by which policy set each replica of a cluster answers, and whether all agree.

Each replica says so in ConfigMap `taxiway-status` of its namespace; `agreement` judges. This runs
on a person's machine with that person's rights: `get` on that ConfigMap is all it takes.
"""

import time
from collections.abc import Iterator, Mapping
from json import dumps
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

from webhook import names
from webhook.cli import exits
from webhook.cli.agreement import Agreement, Replica, duration, judge
from webhook.cli.exits import complain, quiet_broken_pipe
from webhook.cli.terminal import Row, Terminal, paragraph, row
from webhook.sources.api_errors import ApiError, Refused

HEAD = ("REPLICA", "VERSION", "REVISION", "AGE", "STATE", "SHADOW")
GAP = 2
NONE = "-"
NOTHING = (
    "see that replicas run there with `--policies configmaps`, and what their logs say of `status`"
)


class ReplicasSettings(Struct, frozen=True, kw_only=True):
    namespace: str  # the service's own
    kubeconfig: Path | None = None  # None: as kubectl would
    context: str | None = None  # of the kubeconfig; None: its current one
    as_json: bool = False


class Stored(Struct, frozen=True):
    """The part of the ConfigMap that is read."""

    data: dict[str, str] | None = None


def replicas(settings: ReplicasSettings) -> int:
    """The exit code; see `exits`."""
    try:
        data = _read(settings)
    except ApiError as error:
        complain(_reason(error, settings.namespace))
        return exits.BAD_INPUT
    found = judge(data, time.time())
    with quiet_broken_pipe():
        show(found, as_json=settings.as_json)
    return exits.OK if found.is_good else exits.DENIED


def show(found: Agreement, *, as_json: bool) -> None:
    if as_json:
        for each in found.replicas:
            print(dumps(_plain(each)))
        return
    terminal = Terminal()
    style = "bold green" if found.is_good else "bold red"
    ends = row(found.line, style) if found.replicas else row(f"{found.line}: {NOTHING}", style)
    terminal.rows([*_table(found.replicas), *_details(found.replicas, terminal.wrap_at), ends])


def _read(settings: ReplicasSettings) -> Mapping[str, str]:
    """What all replicas have said. Raises ApiError."""
    from webhook.sources.objects import CONFIG_MAPS, Objects  # the Kubernetes client takes 0.5 s

    objects = Objects(settings.namespace, settings.kubeconfig, settings.context)
    return objects.get(CONFIG_MAPS, names.STATUS, Stored).data or {}


def _reason(error: ApiError, namespace: str) -> str:
    what = f"ConfigMap {names.STATUS} of namespace {namespace} cannot be read: {error}"
    if not isinstance(error, Refused):
        return f"{what}: see --kubeconfig and --context"
    if error.is_missing:
        return f"{what}: name the namespace that the service is installed in by --namespace"
    if error.is_forbidden:
        return f"{what}: ask for the right to `get` this ConfigMap"
    return what


def _table(found: tuple[Replica, ...]) -> Iterator[Row]:
    lines = [_cells(each) for each in found]
    widths = [max(map(len, column)) + GAP for column in zip(HEAD, *lines, strict=True)]
    if found:
        yield row("".join(_padded(HEAD, widths)).rstrip(), "bold")
    for each, line in zip(found, lines, strict=True):
        *before, state, _ = _padded(line, widths)
        yield ("".join(before), ""), (state, "green" if each.is_good else "red"), (line[-1], "")


def _padded(cells: tuple[str, ...], widths: list[int]) -> list[str]:
    return [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]


def _cells(each: Replica) -> tuple[str, ...]:
    entry = each.entry
    if entry is None:
        return each.name, NONE, NONE, NONE, each.state, NONE
    age = NONE if each.age is None else duration(each.age)
    return each.name, entry.version, entry.revision or NONE, age, each.state, entry.shadow or NONE


def _details(found: tuple[Replica, ...], width: int | None) -> Iterator[Row]:
    """Why some are not well, an error a line, once for all that say the same."""
    said: dict[tuple[str, ...], list[str]] = {}
    for each in found:
        if each.details:
            said.setdefault(each.details, []).append(each.name)
    for details, who in said.items():
        yield row(f"{', '.join(who)}:", "bold")
        for detail in details:
            yield from paragraph("  ", detail, width)


def _plain(each: Replica) -> dict[str, Any]:
    """One replica as one object; what its entry does not say is absent."""
    entry = {} if each.entry is None else to_builtins(each.entry)
    judged = {"state": each.state, "good": each.is_good, "details": each.details}
    return {"name": each.name, **judged, **entry}
