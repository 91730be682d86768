"""The last 200 denials, for people: what was refused, to whom, and what to do about it.

200 are enough to find one's own in, and at 2 KiB each they take no more than half a MiB.
"""

from collections import deque

import msgspec
from msgspec import Struct

from webhook.admission import Record
from webhook.server.request_log import line_of

MOST = 200
DENIALS = frozenset({"denied", "not-applied"})
COLUMNS = ("TIME", "NAMESPACE", "POD", "DAG", "TEAM", "RULES", "MESSAGE")


class Denial(Struct, frozen=True):
    time: str
    uid: str | None
    endpoint: str
    operation: str | None
    namespace: str | None
    pod: str | None
    workload: str | None
    dag: str | None
    task: str | None
    run: str | None
    team: str | None
    rules: tuple[str, ...]
    message: str | None
    revision: str | None
    dry_run: bool


class Denials:
    """Kept in memory, by this replica alone, until it ends."""

    def __init__(self) -> None:
        self._last: deque[Denial] = deque(maxlen=MOST)

    def add(self, record: Record, time: str) -> None:
        """The same fields as in its line of the log."""
        line = line_of(record, time)
        self._last.append(msgspec.convert(line, Denial, from_attributes=True))

    def newest_first(self) -> list[Denial]:
        return list(reversed(self._last))


def as_text(denials: list[Denial]) -> str:
    """A table with aligned columns; the message comes last, as long as it is."""
    if not denials:
        return "No pod was denied by this replica since it started.\n"
    rows = [COLUMNS, *map(_row, denials)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = (map(str.ljust, row, widths) for row in rows)
    return "".join("  ".join(row).rstrip() + "\n" for row in padded)


def _row(denial: Denial) -> tuple[str, ...]:
    cells = (denial.namespace, denial.pod, denial.dag, denial.team)
    rules = ",".join(denial.rules)
    told = (plain(cell or "-") for cell in (*cells, rules, denial.message))
    return (denial.time, *told)


def plain(text: str) -> str:
    """Without what a terminal would obey: these names were written by whoever sent the pod."""
    return "".join(character if character.isprintable() else "?" for character in text)
