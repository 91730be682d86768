"""What is planned beside the live set, and when that has become something else."""

from msgspec import Struct

from webhook.sources.composing import Uncomposed, shadow_files
from webhook.sources.directory import Files
from webhook.sources.mirror import State


class Plan(Struct, frozen=True):
    """The files of the planned set, or why there are none; neither: nothing is planned."""

    files: Files | None = None
    errors: tuple[str, ...] = ()


class Plans:
    """Remembers what was told last; at first something is told in any case, be it nothing."""

    def __init__(self) -> None:
        self._told: Plan | None = None
        self._looked_at: State | None = None

    def changed(self, state: State) -> Plan | None:
        """What is planned in this state; None while there is nothing new to tell."""
        if state is self._looked_at:
            return None
        self._looked_at = state
        plan = _plan(state)
        if plan == self._told:
            return None
        self._told = plan
        return plan


def _plan(state: State) -> Plan:
    try:
        return Plan(shadow_files(state))
    except Uncomposed as error:
        return Plan(errors=error.errors)
