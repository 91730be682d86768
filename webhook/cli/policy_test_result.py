"""What became of one policy test, whoever shows it."""

from msgspec import Struct

from webhook.cli.expectations import Mismatch
from webhook.policy.load_cases import Placed


class Failure(Struct, frozen=True):
    """What does not hold for one pod of a test."""

    pod: str
    mismatches: tuple[Mismatch, ...]


class Result(Struct, frozen=True):
    """One test that was run; it holds where it has no failures."""

    test: Placed
    failures: tuple[Failure, ...]
    pods: int
    seconds: float

    @property
    def holds(self) -> bool:
        return not self.failures

    @property
    def where(self) -> str:
        return f"{self.test.file}:{self.test.line}"
