"""What the loader says of the planned set: by what it differs from the live one it was made beside.

A good load is `PlannedBegin`, any number of `PlannedTeams`, `PlannedComplete`; a bad one is
`PlannedFailed` alone, and `NothingPlanned` says that no shadow is stored any more. Each load is
whole: it rests on the live teams as they were last sent, and on no load of a planned set before.
"""

from msgspec import Struct

from webhook.policy.spec import PolicySpec, Team


class PlannedBegin(Struct, tag=True, frozen=True):
    """The planned set without its teams, and the names of live teams that it does not have."""

    spec: PolicySpec
    beside: str  # the revision of the live set
    without: tuple[str, ...] = ()


class PlannedTeams(Struct, tag=True, frozen=True):
    """Some of the teams that are not in the live set, or are others there."""

    teams: tuple[Team, ...]


class PlannedComplete(Struct, tag=True, frozen=True):
    """All was sent. `warnings` are lint's, one line each."""

    files: int
    seconds: float  # what reading, parsing and checking took
    warnings: tuple[str, ...] = ()


class PlannedFailed(Struct, tag=True, frozen=True):
    """The planned set cannot be put together or does not compile; one line for each error."""

    errors: tuple[str, ...]


class NothingPlanned(Struct, tag=True, frozen=True):
    """No ConfigMap is a shadow any more."""


PlannedFrame = PlannedBegin | PlannedTeams | PlannedComplete | PlannedFailed | NothingPlanned
