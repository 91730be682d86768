"""An audit as Markdown, for an issue or a wiki: coverage as a table, and what is broken."""

from collections.abc import Iterator

from webhook.cli.audit_text import broken, coverage, headline, left_out, percent, title
from webhook.cli.audited import Alike, Audited
from webhook.cli.policy_diff_markdown import cell, code, escaped


def audit_markdown(found: Audited, heading: str, notes: list[str], most: int) -> list[str]:
    """Its lines."""
    every = found.findings()
    left = left_out(found, most)
    more = ["", left] if left else []
    return [
        f"### Taxiway: {headline(found)}",
        "",
        code(heading),
        *_table(found),
        *(line for alike in every[:most] for line in _finding(alike)),
        *more,
        *(line for note in notes for line in ("", f"> {escaped(note)}")),
    ]


def _table(found: Audited) -> Iterator[str]:
    lines = coverage(found)
    if not lines:
        return
    yield ""
    yield "| team | namespace | pods | break | warn | cost center |"
    yield "|---|---|---:|---:|---:|---:|"
    for team, namespace, share in lines:
        where = cell(namespace) if namespace else ""
        counts = f"{share.pods:,} | {share.denied:,} | {share.warned:,} | {percent(share)}"
        yield f"| {cell(team) if namespace else team} | {where} | {counts} |"


def _finding(alike: Alike) -> Iterator[str]:
    yield ""
    yield f"- {alike.things:,} of {code(title(alike))}"
    if alike.finding.thing.name:
        yield f"  such as {code(alike.finding.thing.name)}"
    for rule, _, text in broken(alike.finding.violations):
        yield f"  - **{rule}** {code(text)}"
