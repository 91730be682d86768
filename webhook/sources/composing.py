"""The policy files that ConfigMaps hold: of the set that is in force, and of the one as planned.

Each key of a policy ConfigMap that ends in `.yaml` or `.yml` is a file, named
`configmap-name/key`. Those of ConfigMaps labelled `taxiway/policy: live` are the live set. The
planned set is the live one with the keys of those labelled `shadow` in place:

| a key of a shadow ConfigMap                                | what it does                        |
|------------------------------------------------------------|-------------------------------------|
| one live ConfigMap has it                                  | takes its place                     |
| none has it                                                | is added                            |
| several have it, and `taxiway/shadows: NAME` says which    | takes the place of that one's       |
| several have it, and nothing says which                    | an error                            |
| its text is empty                                          | takes the key away; an error where  |
|                                                            | there is none                       |
| another shadow ConfigMap has it for the same live key      | an error                            |

With the annotation `taxiway/shadows: NAME` all keys of a shadow ConfigMap are NAME's, which has
to be a live one. A shadow ConfigMap without a policy file is an error as well: a plan that
changes nothing must not look like one that does no harm.
"""

from collections.abc import Iterator

from webhook.names import POLICY_LABEL, POLICY_LIVE, POLICY_SHADOW, SHADOWS
from webhook.policy.enumeration import some
from webhook.sources.directory import SUFFIXES, Files
from webhook.sources.mirror import ConfigMap, State

Place = tuple[str, str]  # a ConfigMap's name, and a key of it
Contents = dict[Place, bytes]


class Uncomposed(Exception):
    """The planned set cannot be put together; `errors` are one line each, and say what to do."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        self.errors = errors
        super().__init__("\n".join(errors))


def live_files(state: State) -> Files:
    """Name and content of each file of the live set, by name."""
    return _named(_contents(_labelled(state, POLICY_LIVE)))


def shadow_files(state: State) -> Files | None:
    """Those of the set as it is planned; None where no ConfigMap is a shadow. Raises Uncomposed."""
    shadows = _labelled(state, POLICY_SHADOW)
    if not shadows:
        return None
    plan = _Plan(_labelled(state, POLICY_LIVE))
    for item in shadows:
        plan.put(item)
    if plan.errors:
        raise Uncomposed(tuple(plan.errors))
    return _named(plan.contents)


class _Plan:
    """The live set, with one shadow ConfigMap after the other put in place."""

    def __init__(self, live: list[ConfigMap]) -> None:
        self._live = _contents(live)
        self._names = {item.name for item in live}
        self._with: dict[str, list[str]] = {}  # which live ConfigMaps have a key
        for name, key in self._live:
            self._with.setdefault(key, []).append(name)
        self._by: dict[Place, str] = {}  # which shadow ConfigMap stands for a live file
        self.contents = dict(self._live)
        self.errors: list[str] = []

    def put(self, item: ConfigMap) -> None:
        """Put the files of this shadow ConfigMap in place."""
        files = _files_of(item)
        if not files:
            ends = " or ".join(SUFFIXES)
            self.errors.append(
                f"{item.name}: no key of this shadow ConfigMap ends in {ends}: rename those that "
                f"hold policies, or take the label {POLICY_LABEL} off"
            )
        elif item.shadows is not None and item.shadows not in self._names:
            self.errors.append(
                f"{item.name}: there is no live ConfigMap {item.shadows}, which the annotation "
                f"{SHADOWS} names: name one with the label {POLICY_LABEL}={POLICY_LIVE}"
            )
        else:
            for key, text in files:
                self._put(item, key, text)

    def _put(self, item: ConfigMap, key: str, text: bytes) -> None:
        names = self._with.get(key, [])
        if item.shadows is not None:
            names = [name for name in names if name == item.shadows]
        if len(names) > 1:
            said = (
                f"the live ConfigMaps {some(names, 'and')} have this key: say which one is meant, "
                f"by the annotation {SHADOWS}: {names[0]}"
            )
            self.errors.append(f"{item.name}/{key}: {said}")
        elif not names and not text.strip():
            self.errors.append(
                f"{item.name}/{key}: is empty, which takes away a live key, and there is none of "
                "this name: delete the key, or name one that is live"
            )
        else:
            self._replace((names[0], key) if names else None, (item.name, key), text)

    def _replace(self, old: Place | None, new: Place, text: bytes) -> None:
        if old is not None:
            first = self._by.setdefault(old, new[0])
            if first != new[0]:
                said = f"stands for {'/'.join(old)}, as {first}/{new[1]} does: delete one of them"
                self.errors.append(f"{'/'.join(new)}: {said}")
                return
            del self.contents[old]
        if text.strip():
            self.contents[new] = text


def _labelled(state: State, policy: str) -> list[ConfigMap]:
    """In the order of their names, so that errors are."""
    found = (state.items or {}).items()
    return [item for _, item in sorted(found) if item.policy == policy]


def _contents(items: list[ConfigMap]) -> Contents:
    return {(item.name, key): text for item in items for key, text in _files_of(item)}


def _files_of(item: ConfigMap) -> list[tuple[str, bytes]]:
    return sorted((key, text) for key, text in _keys(item) if key.endswith(SUFFIXES))


def _keys(item: ConfigMap) -> Iterator[tuple[str, bytes]]:
    """No key stands in both maps: the API server sees to that."""
    for key, text in (item.data or {}).items():
        yield key, text.encode()
    yield from (item.binary_data or {}).items()


def _named(contents: Contents) -> Files:
    return tuple(sorted(("/".join(place), text) for place, text in contents.items()))
