"""What the loader's main thread has to do with the duties: tells them of loads, hears of them.

For a directory of policies there are none, and nothing is ever said.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from msgspec.structs import replace

from webhook.sources.directory import Files
from webhook.sources.duties import Duties, Leads, Outcome
from webhook.sources.frames import Frame, Standing
from webhook.sources.recovery import Recovery, why

# Makes the frames of a stored set; raises where it does not load. The text is when it was stored.
Take = Callable[[Files, str], Iterable[Frame]]


class Cluster:
    """`duties` must have been started, or be empty."""

    def __init__(
        self, duties: Duties, leadership: Leads | None = None, recovery: Recovery | None = None
    ) -> None:
        self._duties = duties
        self._leadership = leadership
        self._recovery = recovery
        self._others: list[Duties] = []
        self._outcome: Outcome | None = None
        self._shadow: str | None = None
        self._said = Standing()

    def also(self, duties: Duties) -> None:
        """These are done beside, in a thread of their own; what troubles them is told too."""
        self._others.append(duties)

    @property
    def is_leader(self) -> bool:
        return self._leadership is not None and self._leadership.is_leader

    def tell(self, outcome: Outcome) -> None:
        """A load went so. Returns at once."""
        self._outcome = replace(outcome, shadow=self._shadow)
        self._duties.tell(self._outcome)

    def leave(self) -> None:
        """The replica was told to end: it says so, once, and leads no more.

        What goes on in a thread of its own goes on: the certificate is served to the end.
        """
        self._duties.leave()

    def plan(self, revision: str | None) -> None:
        """The planned set is of this revision; None: there is none that is good."""
        if revision != self._shadow and self._outcome is not None:
            self._shadow = revision
            self._outcome = replace(self._outcome, shadow=revision)
            self._duties.tell(self._outcome)

    def frames(self, take: Take) -> Iterator[Frame]:
        """What there is to say since this was last asked."""
        yield from self._recovered(take)
        troubles = [each.troubles for each in (self._duties, *self._others)]
        standing = Standing(self.is_leader, dict(chain.from_iterable(map(dict.items, troubles))))
        if standing != self._said:
            self._said = standing
            yield standing

    def _recovered(self, take: Take) -> Iterator[Frame]:
        if self._recovery is None or self._outcome is None or self._outcome.revision is not None:
            return
        for files, stored in self._recovery.sets():
            try:
                said = take(files, stored.head.stored_at)
            except Exception as error:  # noqa: BLE001  whatever is stored there, it ends nothing
                self._recovery.refuse(stored, why(error))
                continue
            self._recovery.done()
            yield from said
            return
