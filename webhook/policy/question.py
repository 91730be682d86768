"""What the serving process asks about a change of policies, and what it is told.

Both cross the pipe to the loader process, which alone knows YAML: they are data only.
"""

from msgspec import Struct


class PolicyFiles(Struct, rename="camel", frozen=True):
    """The parts of a ConfigMap that are policy."""

    label: str  # of `taxiway/policy`: one of POLICY_LABELS
    data: dict[str, str] | None = None
    binary_data: dict[str, bytes] | None = None
    shadows: str | None = None  # the annotation `taxiway/shadows`


class Change(Struct, frozen=True):
    """One ConfigMap's policies before and after; None: it has none, or is not there."""

    namespace: str
    name: str
    before: PolicyFiles | None
    after: PolicyFiles | None


class Verdict(Struct, frozen=True):
    """What a change would do. Each error and warning is one line."""

    errors: tuple[str, ...] = ()  # why it must not be stored
    warnings: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()  # teams that the set would no longer have
    unchecked: str | None = None  # why it cannot be judged
