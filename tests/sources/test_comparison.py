"""A watch that has died without a word is found out, and one that is merely late is left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.scripted_api import ScriptedApi, Told, config_map, listed, refused, scripted_api
from webhook.sources.api import Api
from webhook.sources.comparison import EVERY_SECONDS, Comparison
from webhook.sources.mirror import ConfigMap, Mirror, ObjectMeta

SAME = listed(12, config_map("a", 10))
OTHER = listed(12, config_map("a", 12))
NOTHING = Told('{"metadata": {"resourceVersion": "12"}, "items": null}')  # as a real one writes it


class Scene:
    """A mirror that holds `a` in version 10, watched; `ask` lets time pass until it asks."""

    def __init__(self, script: ScriptedApi) -> None:
        self.now = 1000.0
        self.cuts = 0
        self.script = script
        self.mirror = Mirror(lambda: self.now)
        self.mirror.listed({"a": item(10)}, "10")
        self.mirror.is_watched = True
        self.comparison = Comparison(
            Api("airflow", script.kubeconfig), self.mirror, self._cut, lambda: self.now
        )

    def _cut(self) -> None:
        self.cuts += 1

    def ask(self, *replies: Told) -> None:
        for reply in replies:
            self.script.replies = [reply]
            self.now += 2 * EVERY_SECONDS
            self.comparison.now_and_then()
            assert self.script.replies == []


def item(version: int) -> ConfigMap:
    return ConfigMap(ObjectMeta(str(version), "a"))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with scripted_api(tmp_path) as script:
        yield Scene(script)


CASES: dict[str, tuple[tuple[Told, ...], int, str | None]] = {
    "the same is stored": ((SAME,), 0, None),
    "something else is stored: the watch may be under way": ((OTHER,), 0, None),
    "something else is stored, again": ((OTHER, OTHER), 1, None),
    "something else is stored, and still after the cut": ((OTHER, OTHER, OTHER), 1, None),
    "something else, and then it has come": ((OTHER, SAME, OTHER), 0, None),
    "nothing at all is stored, again": ((NOTHING, NOTHING), 1, None),
    "one answer is lost": ((refused(500, "etcd"),), 0, None),
    "two answers are lost": (
        (refused(500, "etcd"),) * 2,
        0,
        "HTTP 500 Internal Server Error: etcd",
    ),
    "two are lost and the third is not": ((*(refused(500, "etcd"),) * 2, SAME), 0, None),
}


@pytest.mark.parametrize(("replies", "cuts", "trouble"), CASES.values(), ids=CASES.keys())
def test_what_is_done(
    scene: Scene, replies: tuple[Told, ...], cuts: int, trouble: str | None
) -> None:
    scene.ask(*replies)
    assert (scene.cuts, scene.mirror.trouble) == (cuts, trouble)


def test_a_change_that_came_by_watch_shows_that_it_lives(scene: Scene) -> None:
    scene.ask(OTHER)
    scene.mirror.put(item(11))
    scene.ask(OTHER)
    assert scene.cuts == 0
    scene.ask(OTHER)
    assert scene.cuts == 1


def test_it_asks_for_versions_alone_and_nothing_older_than_what_is_known(scene: Scene) -> None:
    scene.ask(SAME)
    assert scene.script.asked == [
        {
            "labelSelector": "taxiway/policy in (live, shadow)",
            "resourceVersion": "10",
            "resourceVersionMatch": "NotOlderThan",
        }
    ]


def test_the_state_is_as_fresh_as_the_last_answer(scene: Scene) -> None:
    scene.ask(SAME)
    scene.now += 1.5
    assert scene.mirror.age() == 1.5
    scene.ask(refused(500, "etcd"))
    assert scene.mirror.age() == 1.5 + 2 * EVERY_SECONDS


def test_nothing_is_asked_while_there_is_no_watch(scene: Scene) -> None:
    scene.mirror.is_watched = False
    scene.now += 2 * EVERY_SECONDS
    scene.comparison.now_and_then()
    assert scene.script.asked == []


def test_a_busy_api_server_is_left_alone_for_as_long_as_it_asks(scene: Scene) -> None:
    scene.ask(refused(429, "busy", Retry_After="3"))
    scene.now += 2.0
    scene.comparison.now_and_then()
    assert len(scene.script.asked) == 1
