"""The policies that the hook decides by: loaded at the first pod, then looked at now and then.

| what is found                      | what is decided by                                        |
|------------------------------------|-----------------------------------------------------------|
| what there was                     | the same set                                              |
| something else, and it is good     | the new set                                               |
| errors, or nothing can be read     | the last good set; what is wrong is logged once           |
| the same, and no set was ever good | none: `Unavailable`, not looked for again before its time |

One thread looks, while the others go on with what there is. Where there is none yet, they wait.
"""

import logging
import os
import threading
from collections.abc import Callable

from webhook.engine import Engine
from webhook.policy.compile import PolicySet, compile_policy
from webhook.policy.documents import Cache
from webhook.policy.errors import PolicyErrors
from webhook.policy.load import load
from webhook.policy.users import names_users
from webhook.sources.directory import Files, Unreadable, digest

_log = logging.getLogger("taxiway")


class Unavailable(Exception):
    """No policy set was ever good; the message says why."""


class Policies:
    """`read` gives the files, or raises Unreadable; `clock` gives seconds, monotonic."""

    def __init__(
        self, read: Callable[[], Files], refresh_seconds: float, clock: Callable[[], float]
    ) -> None:
        self._read = read
        self._refresh_seconds = refresh_seconds
        self._clock = clock
        self._look_at: float | None = None
        self._lock = threading.Lock()
        self._cache: Cache = {}
        self._loaded: bytes | None = None
        self._engine: Engine | None = None
        self._trouble: str | None = None
        # Airflow forks its tasks: a child must not wait for a thread that it does not have.
        os.register_at_fork(after_in_child=self._renew_lock)

    def current(self) -> Engine:
        """The engine to decide by. Raises Unavailable."""
        if self._is_due() and self._lock.acquire(blocking=self._engine is None):
            try:
                if self._is_due():
                    self._look()
            finally:
                self._lock.release()
        if self._engine is None:
            raise Unavailable(self._trouble or "they are not loaded yet")
        return self._engine

    def _is_due(self) -> bool:
        return self._look_at is None or self._clock() >= self._look_at

    def _look(self) -> None:
        trouble: str | None = None
        try:
            self._take(self._read())
        except (Unreadable, PolicyErrors) as error:
            trouble = str(error)
        finally:
            self._look_at = self._clock() + self._refresh_seconds
        if trouble is not None and trouble != self._trouble and self._engine is not None:
            _log.error("taxiway: the last good policies stay in force: %s", trouble)
        self._trouble = trouble

    def _take(self, files: Files) -> None:
        contents = digest(files)
        if contents == self._loaded:
            return
        spec = load(files, cache=self._cache).spec
        before: PolicySet | None = None if self._engine is None else self._engine.policies
        self._engine = Engine(compile_policy(spec, before))
        self._loaded = contents
        _log.info("taxiway: policy set %s is in force", spec.revision)
        if names_users(spec):
            _log.info("taxiway: `users` of these policies cannot be tested before a pod is sent")

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()
