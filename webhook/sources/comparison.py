"""Asks now and then whether the mirror still shows what is stored.

A watch says nothing while nothing changes, and a connection that has died without a word says
nothing either. Bookmarks come once a minute, and a change must be live sooner. Keep-alives of TCP
do not help: what stands between (a load balancer, a process that hangs) answers them. So the
versions of the ConfigMaps, some 100 bytes each, are asked for every 2 s on another connection,
as often as a leader renews its Lease.

| answer                                              | what is done                            |
|-----------------------------------------------------|-----------------------------------------|
| the same versions                                   | the mirror is as fresh as this answer   |
| others, twice, and nothing came by watch in between | the watch is dead: cut it               |
| none, or a refusal, twice                           | say so; the watch goes on if it can     |

From recovery to load: a question that is pending 1.0 s, the pause after it 0.5, the first and
the second answer 0.5, a new watch 0.1, quiet 0.3 and two polls 0.5: 3 s of 5.
"""

import random
from collections.abc import Callable

from webhook.sources.api import Api
from webhook.sources.api_errors import ApiError, Refused
from webhook.sources.mirror import Mirror

EVERY_SECONDS = 2.0
SOON_SECONDS = 0.5
JITTER = 0.25  # of the pause, so that replicas do not ask in step
STRIKES = 2  # one question may get lost
LONGEST_RETRY_AFTER_SECONDS = 3.0


class Comparison:
    """`cut` ends the watch. `clock` gives seconds, monotonic."""

    def __init__(
        self, api: Api, mirror: Mirror, cut: Callable[[], None], clock: Callable[[], float]
    ) -> None:
        self._api = api
        self._mirror = mirror
        self._cut = cut
        self._clock = clock
        self._next = clock() + EVERY_SECONDS
        self._behind_at: int | None = None  # how many changes had come when others were stored
        self._strikes = 0

    def now_and_then(self) -> None:
        """Call it often; it takes up to 2 s when it asks and no answer comes.

        Nothing is asked while there is no watch: whoever tries to have one is told what is wrong.
        """
        if not self._mirror.is_watched or self._clock() < self._next:
            return
        pause = self._ask()
        self._next = self._clock() + pause * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311

    def _ask(self) -> float:
        """Returns the seconds until the next question."""
        try:
            stored = self._api.versions(self._mirror.state.resource_version)
        except ApiError as error:
            return self._unanswered(error)
        self._strikes = 0
        self._mirror.trouble = None
        state = self._mirror.state
        if stored == state.versions():
            self._behind_at = None
            self._mirror.seen()
            return EVERY_SECONDS
        if self._behind_at == state.changes:
            self._behind_at = None
            self._cut()
        else:
            self._behind_at = state.changes
        return SOON_SECONDS

    def _unanswered(self, error: ApiError) -> float:
        self._strikes += 1
        if self._strikes >= STRIKES:
            self._mirror.trouble = str(error)
        wanted = error.retry_after if isinstance(error, Refused) else 0.0
        return max(SOON_SECONDS, min(wanted, LONGEST_RETRY_AFTER_SECONDS))
