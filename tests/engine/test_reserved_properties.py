"""`reserved` and tolerations, checked against every taint that there could be.

Taints are all of two keys, two values in use and one that nobody names, and three effects.
"""

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.given import Json, decide, engine, pod
from webhook.kube.pod import Toleration
from webhook.kube.tolerations import EFFECTS, covers, taint_of

Taint = tuple[str, str, str]
TAINTS: list[Taint] = list(product(("dedicated", "capacity"), ("a", "b", "unused"), EFFECTS))


def tolerates(toleration: Json, taint: Taint) -> bool:
    """`Toleration.ToleratesTaint` of core/v1."""
    key, value, effect = taint
    if toleration.get("effect") and toleration["effect"] != effect:
        return False
    if toleration.get("key") and toleration["key"] != key:
        return False
    return toleration.get("operator") == "Exists" or (toleration.get("value") or "") == value


@st.composite
def toleration(draw: st.DrawFn, keys: tuple[str, ...] = ("", "dedicated", "capacity")) -> Json:
    key = draw(st.sampled_from(keys))
    operator = draw(st.sampled_from(("Exists", "Equal"))) if key else "Exists"
    value = draw(st.sampled_from(("a", "b"))) if operator == "Equal" else None
    effect = draw(st.sampled_from((None, *EFFECTS)))
    every = {"key": key or None, "operator": operator, "value": value, "effect": effect}
    return {name: part for name, part in every.items() if part is not None}


def distinct(most: int) -> st.SearchStrategy[list[Json]]:
    return st.lists(toleration(), max_size=most, unique_by=lambda each: tuple(sorted(each.items())))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(wide=toleration(), narrow=toleration())
def test_one_covers_another_exactly_when_it_tolerates_every_taint_of_it(
    wide: Json, narrow: Json
) -> None:
    said = covers(taint_of(_typed(wide)), taint_of(_typed(narrow)))
    assert said == all(tolerates(wide, each) for each in TAINTS if tolerates(narrow, each))


def _typed(given: Json) -> Toleration:
    return Toleration(given.get("key"), given["operator"], given.get("value"), given.get("effect"))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    own=distinct(2),
    theirs=distinct(2),
    third=distinct(1),
    profile=distinct(1),
    carried=toleration(),
)
def test_a_toleration_is_reserved_exactly_when_it_reaches_a_taint_of_others_alone(
    own: list[Json], theirs: list[Json], third: list[Json], profile: list[Json], carried: Json
) -> None:
    by = engine(
        teams={
            "payments": {"apply": {"tolerations": own}},
            "fraud": {"apply": {"tolerations": theirs}},
            "search": {"apply": {"tolerations": third}},
        },
        profiles={
            "unmatched": {"match": {"labels": {"x": "y"}}, "apply": {"tolerations": profile}}
        },
    )
    found = decide(by, pod(spec={"tolerations": [carried]}), patched=True).violations
    reserved = [each for each in found if each.rule == "reserved"]
    reached = [
        taint
        for taint in TAINTS
        if tolerates(carried, taint)
        and _any([each for each in (*theirs, *third) if each.get("key")], taint)
        and not _any((*own, *profile), taint)
    ]
    assert bool(reserved) == bool(reached)


def _any(tolerations: Any, taint: Taint) -> bool:
    return any(tolerates(each, taint) for each in tolerations)
