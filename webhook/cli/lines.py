"""Names in one setting, one a line: they may hold commas (`CN=sre,OU=groups`) and blanks."""

from webhook.policy.globs import problem


def globs(text: str) -> tuple[str, ...]:
    """The lines that are not empty. Raises ValueError for one that is no glob."""
    found = tuple(line.strip() for line in text.splitlines() if line.strip())
    for glob in found:
        wrong = problem(glob)
        if wrong:
            raise ValueError(f"`{glob}` {wrong}")
    return found
