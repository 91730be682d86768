"""`/shadow`: what the planned set would have done with the pods that this replica was asked about.

The summary comes first, then the counts, then examples, those seen last first.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from webhook.server.denials import plain
from webhook.server.differences import Count, Example, Side
from webhook.server.shadow import Shadow
from webhook.server.shadow_health import ShadowHealth

MOST_COUNTS = 200  # of kinds, rules and teams; a person reads fewer
NOTHING = "No policy is planned: no ConfigMap of the namespace carries taxiway/policy: shadow."
ANEW = "Counted by this replica alone, and anew when the planned or the live set changes."
COLUMNS = ("KIND", "RULE", "TEAM", "REQUESTS")


class Counted(Struct, frozen=True):
    """A request is counted once for each rule; team: null where the pod has none."""

    kind: str
    rule: str | None
    team: str | None
    requests: int


class Page(Struct, frozen=True):
    summary: str
    revision: str | None  # of the planned set
    live_revision: str | None  # of the one it was made beside
    since: str | None  # what follows was counted from then on
    share: float
    decided: int
    differing: int
    dropped: int
    failed: int
    kinds: dict[str, int]
    counts: tuple[Counted, ...]
    counts_left_out: int
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    examples: tuple[Example, ...]


def page_of(shadow: Shadow, health: ShadowHealth) -> Page:
    """As it is now."""
    tally, plan = shadow.tally, shadow.plan
    ranked = tally.counts.most_common(MOST_COUNTS)
    return Page(
        _summary(shadow, health),
        plan.engine.revision if plan else None,
        plan.beside if plan else None,
        shadow.since if plan else None,
        shadow.share,
        tally.decided,
        tally.differing,
        tally.dropped,
        tally.failed,
        dict(tally.kinds.most_common()),
        tuple(_counted(count, requests) for count, requests in ranked),
        len(tally.counts) - len(ranked),
        health.errors,
        health.warnings,
        tuple(tally.examples()),
    )


def as_text(page: Page) -> str:
    """The same for a terminal."""
    return "".join(f"{plain(line)}\n" for line in _lines(page))


def _summary(shadow: Shadow, health: ShadowHealth) -> str:
    tally, plan = shadow.tally, shadow.plan
    if health.errors:
        count = len(health.errors)
        return f"What is planned is not good, for {count} error{'' if count == 1 else 's'}."
    if plan is None:
        return NOTHING
    told = (
        f"Planned set {plan.engine.revision} beside the live set {plan.beside}, since "
        f"{shadow.since}: {tally.decided} requests decided by both, {tally.differing} differ; "
        f"{tally.dropped} dropped for lack of time, {tally.failed} failed. {ANEW}"
    )
    return f"{told} It is {shadow.off}." if shadow.off else told


def _counted(count: Count, requests: int) -> Counted:
    return Counted(count.kind, count.rule or None, count.team or None, requests)


def _lines(page: Page) -> Iterator[str]:
    yield page.summary
    yield from (f"error: {error}" for error in page.errors)
    yield from (f"warning: {warning}" for warning in page.warnings)
    if page.counts:
        yield ""
        yield from _table([COLUMNS, *map(_row, page.counts)])
    if page.counts_left_out:
        yield f"and {page.counts_left_out} more"
    for example in page.examples:
        yield ""
        yield from _example(example)


def _row(counted: Counted) -> tuple[str, ...]:
    return (counted.kind, counted.rule or "-", counted.team or "-", str(counted.requests))


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def _example(example: Example) -> Iterator[str]:
    more = f"; {example.requests} like it, until {example.last}" if example.requests > 1 else ""
    yield f"{example.time}  {', '.join(example.kinds)}{more}"
    origin = [example.workload, *_told(dag=example.dag, task=example.task, run=example.run)]
    dry = ", in a dry run" if example.dry_run else ""
    name = f"{example.namespace}/{example.pod or '-'}"
    yield f"  {example.operation} {name} ({', '.join(filter(None, origin))}){dry}"
    yield from _side("live", example.live)
    yield from _side("planned", example.planned)


def _told(**names: str | None) -> list[str]:
    return [f"{noun} {name}" for noun, name in names.items() if name]


def _side(whose: str, side: Side) -> Iterator[str]:
    yield f"  {whose:7}  {side.outcome}, {f'team {side.team}' if side.team else 'no team'}"
    yield from (f"           {line}" for line in (*side.messages, *side.patch))
