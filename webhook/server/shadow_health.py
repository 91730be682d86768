"""How the last load of the planned set went. It never says anything about readiness."""

from typing import Any

from msgspec import Struct


class ShadowHealth(Struct):
    """Without a revision and errors nothing is planned."""

    revision: str | None = None
    teams: int = 0
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    off: str | None = None  # why it is not asked any more

    def detail(self) -> dict[str, Any] | None:
        """For `/readyz`, which shows all that a replica knows of itself."""
        if self.revision is None and not self.errors:
            return None
        return {
            "revision": self.revision,
            "teams": self.teams,
            "errors": list(self.errors),
            "off": self.off,
        }
