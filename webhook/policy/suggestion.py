"""Did you mean: the nearest valid name at a place, or the names there are."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 100  # characters of a misspelt name; comparing grows with their square
_LISTED = 16  # names a message can list and still be read


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The valid name that the author probably meant, or None. For tens of names, not thousands."""
    names = sorted(known)
    by_letters = {_letters(each): each for each in names}
    if len(name) > _LONGEST:
        return None
    near = get_close_matches(_letters(name), by_letters, n=1, cutoff=0.6)
    return by_letters[near[0]] if near else None


def suggest(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name, beginning with `; `."""
    names = sorted(known)
    near = nearest(name, names)
    if near is not None:
        return f"; did you mean `{near}`?"
    return f"; there is {', '.join(names[:_LISTED])}" if names else ""


def one_of(names: Iterable[str]) -> str:
    """`a, b or c`."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _letters(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")
