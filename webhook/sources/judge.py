"""Judges a change of a policy ConfigMap by the sets as they would be after it.

| label before and after      | judged is                                                          |
|-----------------------------|--------------------------------------------------------------------|
| `live` on either side       | the live set; what the planned one would lack then is a warning    |
| `shadow` on either side     | the set as it is planned                                           |

The rule is `policy.change`'s; here is what it is asked with: the ConfigMaps that are stored, as
the mirror shows them, with the changed one as it was and as it would be. Documents that a load
has read are not read again; what a question reads is forgotten with it, but what the sets said of
themselves is kept for a while: the one after a change is the one before the next.
"""

from collections.abc import Callable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from webhook.names import POLICY_LIVE, POLICY_SHADOW
from webhook.policy import change as policy
from webhook.policy.change import Effect, Files, State
from webhook.policy.documents import Cache
from webhook.policy.errors import PolicyError
from webhook.policy.load import Loaded
from webhook.policy.question import Change, PolicyFiles, Verdict
from webhook.sources import mirror
from webhook.sources.composing import Uncomposed, live_files, shadow_files
from webhook.sources.directory import digest
from webhook.sources.frames import lines
from webhook.sources.mirror import ConfigMap

MOST_STATES = 8  # live and planned: before, after, without; and those of the change before
NO_CONFIG_MAPS = "policies are read from a directory here, so this ConfigMap has no effect"
NOT_YET = "the ConfigMaps of namespace {} have not been read yet; apply it once more"
ELSEWHERE = "policies are read from namespace {}, so this ConfigMap has no effect"
NOT_COMPARED = "it was held against what was stored before: {}"

Composed = Callable[[mirror.State], Files]


class Stored(Struct, frozen=True):
    """What is known to be stored. `trouble`: why that may be old."""

    namespace: str
    state: mirror.State
    trouble: str | None = None


class Judge:
    """Remembers what sets said of themselves. `documents` are the loader's: only read here."""

    def __init__(self, documents: Cache) -> None:
        self._documents = documents
        self._states: dict[tuple[bytes, date], State] = {}

    def know(self, files: Files, today: date, loaded: Loaded) -> None:
        """This set was loaded: the next question is likely to be about a change of it."""
        self._keep((digest(files), today), policy.state_of(loaded))

    def verdict(self, change: Change, stored: Stored | None, today: date) -> Verdict:
        """What the change would do."""
        unchecked = _why_not(change, stored)
        if stored is None or unchecked is not None:
            return Verdict(unchecked=unchecked)
        trial = _Trial(self, change, stored.state, today, dict(self._documents))
        verdict = _verdict(*trial.effects())
        if stored.trouble is None:
            return verdict
        warnings = (NOT_COMPARED.format(stored.trouble), *verdict.warnings)
        return replace(verdict, warnings=warnings)

    def state(self, files: Files, today: date, cache: Cache) -> State:
        """What a set says of itself, said before or found out now."""
        key = digest(files), today
        return self._keep(key, self._states.get(key) or policy.state(files, today, cache))

    def _keep(self, key: tuple[bytes, date], state: State) -> State:
        """The last that was asked for is the last to be forgotten."""
        self._states.pop(key, None)
        self._states[key] = state
        while len(self._states) > MOST_STATES:
            del self._states[next(iter(self._states))]
        return state


class _Trial:
    """One change, in both sets."""

    def __init__(
        self, judge: Judge, change: Change, state: mirror.State, today: date, cache: Cache
    ) -> None:
        self._judge = judge
        self._name = change.name
        self._today = today
        self._cache = cache
        self._labels = {each.label for each in (change.before, change.after) if each is not None}
        self._before = _with(state, change.name, change.before)
        self._after = _with(state, change.name, change.after)
        self._without = _with(state, change.name, None)

    def effects(self) -> tuple[Effect, Effect]:
        """On the live set, and on the planned one."""
        live = self._effect(live_files) if POLICY_LIVE in self._labels else Effect()
        planned = Effect() if live.errors or not self._plans() else self._effect(_planned)
        if POLICY_SHADOW in self._labels:
            return live, planned
        return live, Effect(standing=planned.errors)  # the live set must not wait for a plan

    def _plans(self) -> bool:
        items = (self._after.items or {}).values()
        return any(item.policy == POLICY_SHADOW for item in items)

    def _effect(self, composed: Composed) -> Effect:
        before = self._state(composed, self._before)
        after = self._state(composed, self._after)
        if before is after:
            return Effect()  # what differs is no policy
        hidden: tuple[PolicyError, ...] = ()
        if after.errors and not self._is_readable():
            hidden = self._state(composed, self._without).errors
        return policy.effect(before, after, hidden, self._name)

    def _state(self, composed: Composed, state: mirror.State) -> State:
        try:
            files = composed(state)
        except Uncomposed as error:
            return State(tuple(map(_error, error.errors)))
        return self._judge.state(files, self._today, self._cache)

    def _is_readable(self) -> bool:
        """Whether the ConfigMap as it is stored says what it means."""
        items = self._before.items or {}
        own = {name: item for name, item in items.items() if name == self._name}
        made_live = {name: _labelled_live(item) for name, item in own.items()}
        return policy.is_readable(live_files(mirror.State(made_live)), self._cache)


def _why_not(change: Change, stored: Stored | None) -> str | None:
    if stored is None:
        return NO_CONFIG_MAPS
    if change.namespace != stored.namespace:
        return ELSEWHERE.format(stored.namespace)
    return NOT_YET.format(stored.namespace) if stored.state.items is None else None


def _planned(state: mirror.State) -> Files:
    """The set as it is planned: without a shadow, as it is. Raises Uncomposed."""
    files = shadow_files(state)
    return live_files(state) if files is None else files


def _with(state: mirror.State, name: str, files: PolicyFiles | None) -> mirror.State:
    """The same state, but for what this ConfigMap holds."""
    items = {known: item for known, item in (state.items or {}).items() if known != name}
    if files is not None:
        items[name] = ConfigMap(_meta(name, files), files.data, files.binary_data)
    return mirror.State(items)


def _meta(name: str, files: PolicyFiles) -> mirror.ObjectMeta:
    labels, shadows = mirror.Labels(files.label), mirror.Annotations(files.shadows)
    return mirror.ObjectMeta("", name, labels=labels, annotations=shadows)


def _labelled_live(item: ConfigMap) -> ConfigMap:
    meta = replace(item.metadata, labels=mirror.Labels(POLICY_LIVE))
    return replace(item, metadata=meta)


def _error(line: str) -> PolicyError:
    """What cannot be put together is said of a file, or of a whole ConfigMap."""
    file, _, message = line.partition(": ")
    return PolicyError(file, 1, 1, "", message)


def _verdict(live: Effect, planned: Effect) -> Verdict:
    errors = tuple(map(str, (*live.errors, *planned.errors)))  # of each set 1,000 at most
    if errors:
        return Verdict(errors)
    warnings = [
        *map(str, live.warnings),
        *_still("the last good policies stay in force", live.standing),
        *map(str, (each for each in planned.warnings if each not in live.warnings)),
        *_still("what is planned cannot be tried", planned.standing),
    ]
    return Verdict((), lines(warnings), live.gone)


def _still(what: str, standing: tuple[PolicyError, ...]) -> list[str]:
    if not standing:
        return []
    many = f"{len(standing)} errors, the first" if len(standing) > 1 else "an error"
    return [f"{what} as long as there is {many}: {standing[0]}"]
