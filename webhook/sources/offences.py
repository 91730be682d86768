"""Which ConfigMaps keep a policy set from being loaded, and what to say beside each.

A file is named `configmap-name/key`. An error belongs to the ConfigMap of the file that it stands
in, and to those of the files that it names, as `other/teams.yaml:3`: a team that stands in two
ConfigMaps is wrong in the second as far as a reader can tell, and either may be the one to mend.
An error that stands in no ConfigMap (there is no policy document at all) is for the log alone.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from webhook.policy.errors import PolicyError

# What the API server lets an Event's note be, in bytes (`NoteLengthLimit` of its validation).
# It does not hold the core/v1 form to it; readers that convert between the two do.
MESSAGE_BYTES = 1024
INTRODUCTION = "no change of policies is taken up until this is mended: "
BETWEEN = " | "
_PLACE = re.compile(r"([a-z0-9.-]+/[-._a-zA-Z0-9]+):[0-9]+")  # of a ConfigMap's name and key


def offences(errors: Sequence[PolicyError], files: Collection[str]) -> dict[str, str]:
    """The message for each offending ConfigMap, by its name. `files`: the names of all."""
    lines: dict[str, list[str]] = {}
    known = frozenset(files)
    for error in errors:
        line = str(error)
        for name in dict.fromkeys(_config_maps(error, known)):
            lines.setdefault(name, []).append(line)
    return {name: message(each) for name, each in sorted(lines.items())}


def message(lines: Sequence[str]) -> str:
    """The first of these that fit, whole, and how many more there are."""
    room = MESSAGE_BYTES - len(INTRODUCTION)
    shown: list[str] = []
    for number, line in enumerate(lines, 1):
        rest = _rest(len(lines) - number)
        if shown and _size([*shown, line, *rest]) > room:
            break
        shown.append(line)
    rest = _rest(len(lines) - len(shown))
    if len(shown) == 1:
        shown = [_cut(shown[0], room - _size(["", *rest]))]
    return INTRODUCTION + BETWEEN.join([*shown, *rest])


def _config_maps(error: PolicyError, files: Collection[str]) -> Iterator[str]:
    named: Mapping[str, None] = dict.fromkeys([error.file, *_PLACE.findall(error.message)])
    for file in named:
        name, slash, _ = file.partition("/")
        if slash and file in files:
            yield name


def _rest(count: int) -> list[str]:
    return [f"and {count} more"] if count else []


def _size(parts: Sequence[str]) -> int:
    return len(BETWEEN.join(parts).encode())


def _cut(line: str, size: int) -> str:
    """At most so many bytes, and no half of a character."""
    raw = line.encode()
    if len(raw) <= size:
        return line
    return raw[: size - len("…".encode())].decode(errors="ignore") + "…"
