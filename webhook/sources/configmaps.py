"""The policy files of the ConfigMaps of one namespace, and when they have changed.

A policy ConfigMap carries the label `taxiway/policy: live`, or `shadow` where it is only planned;
`composing` says which files they make. A thread lists and watches; whoever polls compares now and
then, and is told when the set has come to rest.
"""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from webhook.names import POLICY_LABEL, POLICY_LIVE
from webhook.sources.api import Api
from webhook.sources.comparison import Comparison
from webhook.sources.composing import live_files
from webhook.sources.directory import SUFFIXES, Files, Unreadable, digest
from webhook.sources.judge import Stored
from webhook.sources.mirror import Mirror, State
from webhook.sources.plan import Plan, Plans
from webhook.sources.quiet import Quiet
from webhook.sources.reflector import Reflector

NOTHING = (
    "no ConfigMap in namespace {} has both the label {}={} and a key that ends in {}: "
    "label those that hold policies"
)


def watched(namespace: str, kubeconfig: Path | None, clock: Callable[[], float]) -> "ConfigMaps":
    """Begin to look at the ConfigMaps of this namespace; `kubeconfig` None: as a pod."""
    logging.disable()  # libraries would write text between the service's lines of JSON
    mirror, api = Mirror(clock), Api(namespace, kubeconfig)
    reflector = Reflector(api, mirror)
    comparison = Comparison(Api(namespace, kubeconfig), mirror, api.cut, clock)
    threading.Thread(target=reflector.run, name="reflector", daemon=True).start()
    return ConfigMaps(namespace, mirror, comparison, clock)


class ConfigMaps:
    """Says when the set has changed and come to rest. `clock` gives seconds, monotonic."""

    def __init__(
        self, namespace: str, mirror: Mirror, comparison: Comparison, clock: Callable[[], float]
    ) -> None:
        self._namespace = namespace
        self._mirror = mirror
        self._comparison = comparison
        self._quiet = Quiet(clock)
        self._loaded: bytes | None = None
        self._settled: State | None = None
        self._plans = Plans()

    @property
    def trouble(self) -> str | None:
        """Why nothing can be read."""
        reason = self._mirror.trouble
        return reason and f"the ConfigMaps of namespace {self._namespace} cannot be read: {reason}"

    def age(self) -> float | None:
        """Seconds since what was last found was known to be all that is stored."""
        return self._mirror.age()

    def uids(self) -> dict[str, str]:
        """Of the ConfigMaps that are stored, by name."""
        items = self._mirror.state.items or {}
        return {name: item.metadata.uid for name, item in items.items()}

    def poll(self) -> Files | Unreadable | None:
        """New contents, or why there are none; None while there is nothing new to tell."""
        self._comparison.now_and_then()
        state = self._mirror.state
        if state.items is None:
            return None  # before the first list is complete, nothing is known
        self._quiet.note(state.changes)
        if not self._quiet.is_over():
            return None
        self._quiet.loaded()
        self._settled = state
        return self._changed(live_files(state))

    def stored(self) -> Stored:
        """What a change that is not stored yet has to be held against."""
        return Stored(self._namespace, self._mirror.state, self._mirror.trouble)

    def plan(self) -> Plan | None:
        """What is planned beside what was polled last; None while there is nothing new to tell."""
        return None if self._settled is None else self._plans.changed(self._settled)

    def _changed(self, found: Files) -> Files | Unreadable | None:
        contents = digest(found)
        if contents == self._loaded:
            return None  # only what is no policy has changed
        self._loaded = contents
        return found or Unreadable(self._nothing())

    def _nothing(self) -> str:
        ends = " or ".join(SUFFIXES)
        return NOTHING.format(self._namespace, POLICY_LABEL, POLICY_LIVE, ends)
