"""What the scenarios came to: a line for a terminal, results as JSON, and the table in the docs."""

from tests.reliability.play import Result


def line(result: Result) -> str:
    """One run, for a terminal."""
    found = result.verdict
    return (
        f"{result.scenario}, {result.times} times in {result.seconds:.0f} s: {found.stored} pods "
        f"stored, {found.refused} refused, {found.unplaced} unplaced, {found.let_in} let in, "
        f"{found.wrongly_denied} wrongly denied, {found.failed} failed, {found.not_counted} while "
        f"the API server was down; {result.rate:.0f} a second ({result.skipped} left out), "
        f"{result.median * 1000:.0f} ms (median) to {result.longest * 1000:.0f} ms"
    )
