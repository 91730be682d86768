"""Several names in one sentence, no more than a person reads."""

from collections.abc import Sequence


def some(found: Sequence[str], joint: str = "or") -> str:
    """At most three names: `a`, `a or b`, `a, b or c`, `a, b, c or others`."""
    few = [*found[:3], *(["others"] if len(found) > 3 else [])]
    return few[0] if len(few) == 1 else f"{', '.join(few[:-1])} {joint} {few[-1]}"


def listed(values: Sequence[str]) -> str:
    """Values to choose from: the first ten, and how many more there are."""
    more = f" and {len(values) - 10} more" if len(values) > 10 else ""
    return ", ".join(values[:10]) + more
