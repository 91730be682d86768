"""What the environment says of the hook. Airflow imports it in every process, so nothing is read
before the first pod.

| variable                       | what it says                                                   |
|--------------------------------|----------------------------------------------------------------|
| `TAXIWAY_HOOK_POLICIES`        | the directory of the policies, or `configmaps`                 |
| `TAXIWAY_HOOK_NAMESPACE`       | the service's own: whose ConfigMaps, and whose pods are left   |
|                                | alone; needed with `configmaps`                                |
| `TAXIWAY_HOOK_REFRESH_SECONDS` | how old what is known may get: 5 for a directory, 30 for       |
|                                | ConfigMaps                                                     |
| `TAXIWAY_HOOK_FAILURE`         | of what cannot be decided. `ignore`: the pod goes as it is, as |
|                                | with the mutating webhook; `fail`: its task fails              |
"""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

CONFIGMAPS = "configmaps"
POLICIES = "TAXIWAY_HOOK_POLICIES"
NAMESPACE = "TAXIWAY_HOOK_NAMESPACE"
REFRESH_SECONDS = "TAXIWAY_HOOK_REFRESH_SECONDS"
FAILURE = "TAXIWAY_HOOK_FAILURE"
FAILURES = ("ignore", "fail")

DIRECTORY_SECONDS = 5.0
# A replica of the webhook keeps a set for 60 s after it stopped being current: what the hook did by
# an older one would be contradicted, not recognised.
CONFIGMAPS_SECONDS = 30.0
_MOST_SECONDS = 3600.0


class Misconfigured(Exception):
    """A variable says what it cannot; the message is one line and names it."""


class Settings(Struct, frozen=True, kw_only=True):
    """`directory` None: the ConfigMaps of `namespace`."""

    directory: Path | None
    namespace: str | None
    refresh_seconds: float


def settings(environment: Mapping[str, str]) -> Settings:
    """Raises Misconfigured."""
    where, namespace = environment.get(POLICIES, ""), environment.get(NAMESPACE) or None
    if not where:
        raise Misconfigured(f"{POLICIES} is not set: give a directory of policies, or {CONFIGMAPS}")
    if where == CONFIGMAPS and namespace is None:
        raise Misconfigured(
            f"{NAMESPACE} is not set: with {POLICIES}={CONFIGMAPS} give the namespace that they "
            "stand in"
        )
    directory = None if where == CONFIGMAPS else Path(where)
    usual = DIRECTORY_SECONDS if directory else CONFIGMAPS_SECONDS
    return Settings(
        directory=directory,
        namespace=namespace,
        refresh_seconds=_seconds(environment.get(REFRESH_SECONDS), usual),
    )


def fails(environment: Mapping[str, str]) -> bool:
    """Whether a task fails whose pod cannot be decided. Raises Misconfigured."""
    said = environment.get(FAILURE) or FAILURES[0]
    if said not in FAILURES:
        raise Misconfigured(f"{FAILURE} is `{said}`: say {' or '.join(FAILURES)}")
    return said == "fail"


def _seconds(given: str | None, usual: float) -> float:
    if not given:
        return usual
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1.0
    if not 1.0 <= seconds <= _MOST_SECONDS:
        raise Misconfigured(
            f"{REFRESH_SECONDS} is `{given}`: give seconds, from 1 to {_MOST_SECONDS:.0f}"
        )
    return seconds
