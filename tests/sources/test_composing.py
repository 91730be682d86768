"""The planned set: the live ConfigMaps with the keys of the shadow ones in place."""

from typing import Any

import msgspec
import pytest

from webhook.sources.composing import Uncomposed, live_files, shadow_files
from webhook.sources.mirror import ConfigMap, State

Files = list[tuple[str, bytes]]


def config_map(name: str, policy: str, shadows: str | None = None, **data: str) -> ConfigMap:
    """Keys are written `key_yaml`."""
    whole: dict[str, Any] = {
        "metadata": {
            "name": name,
            "resourceVersion": "1",
            "labels": {"taxiway/policy": policy, "app": "x"},
            "annotations": {"other": "x"} | ({"taxiway/shadows": shadows} if shadows else {}),
        },
        "data": {key.replace("_", "."): text for key, text in data.items()},
    }
    return msgspec.json.decode(msgspec.json.encode(whole), type=ConfigMap)


def state(*items: ConfigMap) -> State:
    return State({item.name: item for item in items})


TEAMS = config_map("teams", "live", a_yaml="a", b_yaml="b")
OTHERS = config_map("others", "live", b_yaml="other b")
PLANNED: dict[str, tuple[list[ConfigMap], Files]] = {
    "a key that one live ConfigMap has takes its place": (
        [config_map("next", "shadow", a_yaml="new")],
        [("next/a.yaml", b"new"), ("others/b.yaml", b"other b"), ("teams/b.yaml", b"b")],
    ),
    "a key that none has is added": (
        [config_map("next", "shadow", c_yml="new")],
        [
            ("next/c.yml", b"new"),
            ("others/b.yaml", b"other b"),
            ("teams/a.yaml", b"a"),
            ("teams/b.yaml", b"b"),
        ],
    ),
    "the annotation says whose key is meant": (
        [config_map("next", "shadow", "others", b_yaml="new")],
        [("next/b.yaml", b"new"), ("teams/a.yaml", b"a"), ("teams/b.yaml", b"b")],
    ),
    "a key that only others have is added to the one that is named": (
        [config_map("next", "shadow", "others", a_yaml="new")],
        [
            ("next/a.yaml", b"new"),
            ("others/b.yaml", b"other b"),
            ("teams/a.yaml", b"a"),
            ("teams/b.yaml", b"b"),
        ],
    ),
    "an empty text takes the key away": (
        [config_map("next", "shadow", a_yaml=" \n")],
        [("others/b.yaml", b"other b"), ("teams/b.yaml", b"b")],
    ),
    "two shadows for one live ConfigMap": (
        [
            config_map("n1", "shadow", "teams", a_yaml="1"),
            config_map("n2", "shadow", "teams", b_yaml="2"),
        ],
        [("n1/a.yaml", b"1"), ("n2/b.yaml", b"2"), ("others/b.yaml", b"other b")],
    ),
    "two shadows that add one key": (
        [config_map("n1", "shadow", c_yaml="1"), config_map("n2", "shadow", c_yaml="2")],
        [
            ("n1/c.yaml", b"1"),
            ("n2/c.yaml", b"2"),
            ("others/b.yaml", b"other b"),
            ("teams/a.yaml", b"a"),
            ("teams/b.yaml", b"b"),
        ],
    ),
}


@pytest.mark.parametrize(("shadows", "files"), PLANNED.values(), ids=PLANNED.keys())
def test_what_the_planned_set_is_made_of(shadows: list[ConfigMap], files: Files) -> None:
    everything = state(TEAMS, OTHERS, *shadows)
    assert list(shadow_files(everything) or ()) == files
    assert list(live_files(everything)) == [
        ("others/b.yaml", b"other b"),
        ("teams/a.yaml", b"a"),
        ("teams/b.yaml", b"b"),
    ]


def test_without_a_shadow_there_is_no_planned_set() -> None:
    assert shadow_files(state(TEAMS, OTHERS, config_map("x", "draft", a_yaml="new"))) is None
    assert shadow_files(State()) is None


BAD: dict[str, tuple[list[ConfigMap], list[str]]] = {
    "a key that several have": (
        [config_map("next", "shadow", b_yaml="new")],
        [
            "next/b.yaml: the live ConfigMaps others and teams have this key: say which one is "
            "meant, by the annotation taxiway/shadows: others"
        ],
    ),
    "an annotation that names no live ConfigMap": (
        [
            config_map("next", "shadow", "team", a_yaml="new"),
            config_map("more", "shadow", "next", a_yaml="new"),
        ],
        [
            "more: there is no live ConfigMap next, which the annotation taxiway/shadows names: "
            "name one with the label taxiway/policy=live",
            "next: there is no live ConfigMap team, which the annotation taxiway/shadows names: "
            "name one with the label taxiway/policy=live",
        ],
    ),
    "an empty key that none has": (
        [config_map("next", "shadow", c_yaml="")],
        [
            "next/c.yaml: is empty, which takes away a live key, and there is none of this name: "
            "delete the key, or name one that is live"
        ],
    ),
    "two for one live key": (
        [
            config_map("n1", "shadow", a_yaml="1"),
            config_map("n2", "shadow", "teams", a_yaml=""),
        ],
        ["n2/a.yaml: stands for teams/a.yaml, as n1/a.yaml does: delete one of them"],
    ),
    "no policy file at all": (
        [config_map("next", "shadow", a_txt="new")],
        [
            "next: no key of this shadow ConfigMap ends in .yaml or .yml: rename those that hold "
            "policies, or take the label taxiway/policy off"
        ],
    ),
}


@pytest.mark.parametrize(("shadows", "errors"), BAD.values(), ids=BAD.keys())
def test_every_error_of_the_planned_set_is_named(
    shadows: list[ConfigMap], errors: list[str]
) -> None:
    with pytest.raises(Uncomposed) as raised:
        shadow_files(state(TEAMS, OTHERS, *shadows))
    assert list(raised.value.errors) == errors
