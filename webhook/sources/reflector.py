"""Keeps the mirror at what is stored: one list, then watches that each go on where one ended.

| what happens                                  | what is done                                   |
|-----------------------------------------------|------------------------------------------------|
| the watch ends: its time is over, it was cut  | watch again from the last resourceVersion      |
| 410 Gone, 504 or 400 to that resourceVersion  | list again                                     |
| any other status, no answer                   | say so, wait, try again                        |

Bookmarks move the resourceVersion on while nothing changes here, so that it does not grow old.
Pauses are random between 0 and a bound that doubles up to 1 s ("full jitter"): replicas that lost
the API server together do not come back together, and none comes later than 1 s.
"""

import random
import time

from webhook.sources.api import Api
from webhook.sources.api_errors import ApiError, Cut, Refused
from webhook.sources.bug import bug
from webhook.sources.mirror import ConfigMap, Mirror

FIRST_PAUSE_SECONDS = 0.1
# Two tries a second, on average, by each of a few replicas: nothing to an API server.
LONGEST_PAUSE_SECONDS = 1.0
# The API server asks for 1 s when it is busy, and for up to 32 when it stays so; by then a policy
# would be live too late.
LONGEST_RETRY_AFTER_SECONDS = 3.0
# After 5 to 10 minutes a watch begins anew, maybe at another API server, as client-go's do.
WATCH_SECONDS = (300, 600)
HEALTHY_SECONDS = 1.0  # a watch that lasted so long was no failure
# Gone; no number of this etcd's; a number that this etcd will only come to, since it was restored.
TOO_OLD = frozenset({410, 400, 504})


class Reflector:
    """`run` is for a thread of its own. `api` is this thread's alone, but for `cut`."""

    def __init__(self, api: Api, mirror: Mirror) -> None:
        self._api = api
        self._mirror = mirror
        self._bound = FIRST_PAUSE_SECONDS

    def run(self) -> None:
        """Look, for ever."""
        while True:
            time.sleep(self.turn())

    def turn(self) -> float:
        """One list if there has to be one, and one watch. Returns the seconds to wait then."""
        started = time.monotonic()
        at_least = 0.0
        try:
            if not self._mirror.state.resource_version:
                self._list()
            self._watch()
        except Cut:
            pass  # whether it can go on is seen by going on
        except ApiError as error:
            at_least = self._failed(error)
        except Exception as error:  # noqa: BLE001  the edge of this thread: it must not end
            self._mirror.trouble = bug(error)
        finally:
            self._mirror.is_watched = False
        return max(at_least, self._pause(time.monotonic() - started))

    def _list(self) -> None:
        found = self._api.list()
        by_name = {item.metadata.name: item for item in found.items}
        self._mirror.listed(by_name, found.metadata.resource_version)

    def _watch(self) -> None:
        seconds = random.randint(*WATCH_SECONDS)  # noqa: S311  a jitter is no secret
        since = self._mirror.state.resource_version
        for kind, item in self._api.watch(since, seconds, self._opened):
            self._happened(kind, item)

    def _opened(self) -> None:
        self._mirror.is_watched = True
        self._mirror.trouble = None

    def _happened(self, kind: str, item: ConfigMap) -> None:
        match kind:
            case "ADDED" | "MODIFIED":
                self._mirror.put(item)
            case "DELETED":
                self._mirror.removed(item)
            case "BOOKMARK":
                self._mirror.advanced(item.metadata.resource_version)

    def _failed(self, error: ApiError) -> float:
        """Returns how long the API server wants to be left alone."""
        if not isinstance(error, Refused):
            self._mirror.trouble = str(error)
            return 0.0
        if error.status in TOO_OLD and self._mirror.state.resource_version:
            self._mirror.is_too_old()
            return 0.0
        self._mirror.trouble = str(error)
        return min(error.retry_after, LONGEST_RETRY_AFTER_SECONDS)

    def _pause(self, lasted: float) -> float:
        if lasted >= HEALTHY_SECONDS and self._mirror.trouble is None:
            self._bound = FIRST_PAUSE_SECONDS
        pause = random.uniform(0.0, self._bound)  # noqa: S311  a jitter is no secret
        self._bound = min(2 * self._bound, LONGEST_PAUSE_SECONDS)
        return pause
