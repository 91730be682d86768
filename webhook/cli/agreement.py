"""Whether the replicas of a cluster answer by the same policy set, by what each says of itself.

| state       | what it means                                                              | good |
|-------------|----------------------------------------------------------------------------|------|
| live        | answers by the policies that are stored                                    | yes  |
| cannot read | what is stored cannot be read: answers by what it knew                     | no   |
| failing     | the stored policies have errors: the last good set stays in force          | no   |
| last good   | started while they had errors: answers by the set that was kept for that   | no   |
| no policy   | has no set at all: it is not ready, and is sent no request                 | no   |
| silent      | has not said anything for 75 s: ended, cut off, or its loader is stuck     | no   |
| unreadable  | its entry is none that this version understands                            | no   |

The last that applies is shown. Times are compared with this machine's clock.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from webhook.sources.status import BadEntry, Entry, entry_of

SILENT_SECONDS = 75.0  # two of the entries that come every 30 s are missing, and some more
UNREADABLE = "its entry cannot be understood: {}: is this `taxiway` older than the cluster's?"
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


class Replica(Struct, frozen=True, kw_only=True):
    """One replica. `age`: seconds since its set came into force; `details`: why it is not good."""

    name: str
    state: str
    entry: Entry | None
    age: float | None = None
    details: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return self.state == "live"

    @property
    def revision(self) -> str | None:
        return None if self.entry is None else self.entry.revision


class Agreement(Struct, frozen=True):
    """What all replicas come to. `line` is one sentence."""

    replicas: tuple[Replica, ...]
    is_good: bool  # they agree, and each of them is good
    line: str


def judge(data: Mapping[str, str], now: float) -> Agreement:
    """`data` is the status ConfigMap's; `now` seconds since 1970."""
    replicas = tuple(_replica(name, data[name], now) for name in sorted(data))
    agree = len({each.revision for each in replicas}) == 1
    is_good = agree and all(each.is_good for each in replicas)
    return Agreement(replicas, is_good, _line(replicas, agree))


def duration(seconds: float) -> str:
    """The two largest units, as kubectl writes ages: 13s, 5m, 3h12m, 2d4h."""
    left = max(0, int(seconds))
    for place, (unit, size) in enumerate(_UNITS):
        if left >= size:
            count, rest = divmod(left, size)
            smaller, its_size = _UNITS[min(place + 1, len(_UNITS) - 1)]
            more = rest // its_size
            return f"{count}{unit}{more}{smaller}" if more else f"{count}{unit}"
    return "0s"


def _replica(name: str, text: str, now: float) -> Replica:
    try:
        entry = entry_of(text)
        written, since = _seconds(entry.written), _seconds(entry.since)
    except (BadEntry, ValueError) as error:
        return Replica(
            name=name, state="unreadable", entry=None, details=(UNREADABLE.format(error),)
        )
    age = None if since is None else now - since
    state, details = _state(entry, 0.0 if written is None else now - written)
    return Replica(name=name, state=state, entry=entry, age=age, details=details)


def _state(entry: Entry, passed: float) -> tuple[str, tuple[str, ...]]:
    """What it says of itself, `passed` seconds ago; and why that is not good."""
    if passed > SILENT_SECONDS:
        return "silent", (f"has not said anything for {duration(passed)}",)
    more = (f"and {entry.more_errors} more",) if entry.more_errors else ()
    details = (*entry.errors, *more, *([entry.trouble] if entry.trouble else []))
    if entry.revision is None:
        return "no policy", details
    if entry.policies == "last-good":
        return "last good", details
    if entry.errors:
        return "failing", details
    return ("cannot read" if entry.trouble else "live"), details


def _line(replicas: tuple[Replica, ...], agree: bool) -> str:
    if not replicas:
        return "no replica has said anything of itself yet"
    count = f"{len(replicas)} replica{'' if len(replicas) == 1 else 's'}"
    if not agree:
        sets = Counter(each.revision or "none" for each in replicas)
        shown = ", ".join(f"{name} ({number})" for name, number in sorted(sets.items()))
        return f"{count} disagree: {shown}"
    revision = replicas[0].revision
    if revision is None:
        return f"{count} without any policy set"
    verb = "agree" if len(replicas) > 1 else "answers"
    ages = [each.age for each in replicas if each.age is not None]
    lasting = f", for {duration(min(ages))}" if ages else ""
    bad = sum(not each.is_good for each in replicas)
    but = f"; {bad} not well" if bad else ""
    return f"{count} {verb} {'on' if len(replicas) > 1 else 'by'} {revision}{lasting}{but}"


def _seconds(text: str | None) -> float | None:
    """Raises ValueError."""
    return datetime.fromisoformat(text).timestamp() if text else None
