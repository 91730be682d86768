"""Globs: `*` is any run of characters, `?` any one; everything else is itself, case included.

There are no character classes: none of the names that policies match (namespaces, dags, users,
teams, label values) may hold `[`. A glob is indexable when it is exact or starts with at least
one literal character: a lookup then costs one dictionary probe a length, however many there are.
"""

import re
from collections.abc import Callable

MAX_LENGTH = 512  # a user name of a service account: 22 + 63 + 1 + 253 characters, and room
MAX_WILDCARDS = 16  # matching takes at most length * wildcards steps: 8,192


def is_exact(glob: str) -> bool:
    return "*" not in glob and "?" not in glob


def is_prefix(glob: str) -> bool:
    """Literal characters and then one `*`, the commonest glob."""
    return glob.endswith("*") and is_exact(glob[:-1])


def literal_prefix(glob: str) -> str:
    """What every match starts with: the characters before the first wildcard."""
    return glob.split("*", 1)[0].split("?", 1)[0]


def is_indexable(glob: str) -> bool:
    """Whether an index by exact value or prefix narrows what this glob is tried on."""
    return literal_prefix(glob) != ""


def problem(glob: str) -> str | None:
    """Why this is no glob to accept, or None."""
    if not glob:
        return "is empty; write a name or a glob such as `payments_*`"
    if len(glob) > MAX_LENGTH:
        return f"has {len(glob)} characters; at most {MAX_LENGTH} are allowed"
    if "[" in glob:
        return "has a character class; only * and ? are wildcards, so list the names instead"
    if sum(map(glob.count, "*?")) > MAX_WILDCARDS:
        return f"has more than {MAX_WILDCARDS} wildcards; shorten it"
    return None


def compile_glob(glob: str) -> Callable[[str], object]:
    """A test of a whole value; truthy where the glob matches.

    Runs between `*`s are matched greedily in atomic groups, so that no value makes it backtrack:
    the first place a literal run fits is as good as any later one.
    """
    if is_exact(glob):
        return glob.__eq__
    head, *rest = re.sub(r"\*+", "*", glob).split("*")
    if not rest:
        return re.compile(_literal(head), re.DOTALL).fullmatch
    *middle, tail = rest
    runs = "".join(f"(?>.*?{_literal(run)})" for run in middle)
    return re.compile(f"{_literal(head)}{runs}.*{_literal(tail)}", re.DOTALL).fullmatch


def _literal(run: str) -> str:
    return ".".join(map(re.escape, run.split("?")))
