"""How a replica that starts on a bad set finds the last good one.

Until this loader has had one good load, what is stored is asked for; the first whole set that
loads, the newest first, is served in place of the live one until that is good. Whoever has had a
good load keeps it in memory, and nothing stored takes its place.
"""

from collections.abc import Callable, Iterator

from webhook import names
from webhook.policy.errors import PolicyErrors
from webhook.sources.archive import Damaged, unpacked
from webhook.sources.bug import bug
from webhook.sources.directory import Files
from webhook.sources.duties import Outcome, Undone
from webhook.sources.last_good import Generation, Slot, generations

WHERE = f"ConfigMaps {names.LAST_GOOD[0]} to {names.LAST_GOOD[-1][-1]}"
NOTHING = (
    f"no last good policies are stored: {WHERE} hold none, or not all parts of one; mend the "
    "policies, so that this replica becomes ready"
)
UNUSABLE = (
    "the last good policies of {}, stored in {}, cannot be served: {}; mend the live policies, so "
    "that this replica becomes ready"
)


class Recovery:
    """A duty, and what the loader's main thread makes of it. `read` may raise as a duty may."""

    name = "recovery"

    def __init__(self, read: Callable[[], tuple[Slot, ...]]) -> None:
        self._read = read
        self._is_over = False
        self._found: tuple[Generation, ...] = ()
        self._refused: dict[str, str] = {}  # by an archive's digest, why it cannot be served

    def turn(self, outcome: Outcome) -> None:
        self._is_over = self._is_over or outcome.revision is not None
        if self._is_over or self._found:
            return
        stored = generations(self._read())
        fresh = tuple(each for each in stored if each.head.archive not in self._refused)
        if not stored:
            raise Undone(NOTHING)
        if not fresh:
            raise Undone(self._refused[stored[0].head.archive])
        self._found = fresh

    def sets(self) -> Iterator[tuple[Files, Generation]]:
        """Those that were found, the newest first, until `done` is said. For the main thread."""
        if self._is_over:
            self._found = ()
        for each in self._found:
            try:
                files = unpacked(each.archive)
            except Damaged as error:
                self.refuse(each, str(error))
            else:
                yield files, each
        self._found = ()

    def done(self) -> None:
        """One of them is in force."""
        self._is_over = True
        self._found = ()

    def refuse(self, each: Generation, reason: str) -> None:
        """It cannot be served, for this reason."""
        where = ", ".join(each.slots)
        said = UNUSABLE.format(each.head.stored_at, where, reason)
        self._refused[each.head.archive] = said


def why(error: Exception) -> str:
    """Of a set that does not load: its first mistake."""
    if isinstance(error, PolicyErrors):
        return str(error.errors[0])
    return bug(error)
