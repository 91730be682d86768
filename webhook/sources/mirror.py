"""What is known of the policy ConfigMaps, shared by the threads of the loader.

Written by the thread that lists and watches, read by the one that loads. A state is never
changed but exchanged for another by one assignment, so that no lock is needed.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from webhook.names import POLICY_LABEL, SHADOWS


class Labels(Struct, frozen=True):
    """The one label of a ConfigMap that is read."""

    policy: str | None = field(name=POLICY_LABEL, default=None)


class Annotations(Struct, frozen=True):
    """The one annotation that is read; kubectl's own may have 256 KiB."""

    shadows: str | None = field(name=SHADOWS, default=None)


class ObjectMeta(Struct, rename="camel", frozen=True):
    resource_version: str
    name: str = ""  # a bookmark has none
    uid: str = ""
    labels: Labels | None = None
    annotations: Annotations | None = None


class ConfigMap(Struct, rename="camel", frozen=True):
    """The parts of a ConfigMap that are read. Source: Kubernetes API reference, core/v1."""

    metadata: ObjectMeta
    data: dict[str, str] | None = None
    binary_data: dict[str, bytes] | None = None  # base64; kubectl writes here what is no UTF-8

    @property
    def name(self) -> str:
        return self.metadata.name

    @property
    def policy(self) -> str | None:
        """`live`, `shadow`, or neither."""
        labels = self.metadata.labels
        return None if labels is None else labels.policy

    @property
    def shadows(self) -> str | None:
        """The name of the ConfigMap that a shadow stands for, where it names one."""
        annotations = self.metadata.annotations
        return None if annotations is None else annotations.shadows


class State(Struct, frozen=True):
    items: Mapping[str, ConfigMap] | None = None  # by name; None: never listed
    resource_version: str = ""  # to watch from; empty: list first
    changes: int = 0  # how many there have been

    def versions(self) -> dict[str, str]:
        """The resourceVersion of each ConfigMap, by name."""
        return {name: item.metadata.resource_version for name, item in (self.items or {}).items()}


class Mirror:
    """`clock` gives seconds, monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen_last: float | None = None
        self.state = State()
        self.is_watched = False  # whether changes are being told of, as far as anyone knows
        self.trouble: str | None = None  # why nothing can be read; None: it can

    def listed(self, items: Mapping[str, ConfigMap], resource_version: str) -> None:
        self.state = State(items, resource_version, self.state.changes + 1)
        self.seen()

    def put(self, item: ConfigMap) -> None:
        """A ConfigMap that is new or has changed."""
        name, version = item.metadata.name, item.metadata.resource_version
        self._change({**(self.state.items or {}), name: item}, version)

    def removed(self, item: ConfigMap) -> None:
        """It is gone, or its label is."""
        kept = dict(self.state.items or {})
        kept.pop(item.metadata.name, None)
        self._change(kept, item.metadata.resource_version)

    def advanced(self, resource_version: str) -> None:
        """Nothing has changed up to here."""
        self.state = replace(self.state, resource_version=resource_version)
        self.seen()

    def is_too_old(self) -> None:
        """Changes since then are not known any more: list again."""
        self.state = replace(self.state, resource_version="")

    def seen(self) -> None:
        """What is here is all that there is."""
        self._seen_last = self._clock()

    def age(self) -> float | None:
        """Seconds since what is here was known to be all that there is; None: it never was."""
        return None if self._seen_last is None else self._clock() - self._seen_last

    def _change(self, items: Mapping[str, ConfigMap], resource_version: str) -> None:
        self.state = State(items, resource_version, self.state.changes + 1)
        self.seen()
