"""What is asked of the API server after each kind of answer, and what is then known."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import until
from tests.sources.scripted_api import (
    Json,
    ScriptedApi,
    Told,
    bookmark,
    config_map,
    events,
    listed,
    refused,
    scripted_api,
)
from webhook.sources import api as asking
from webhook.sources.api import Api
from webhook.sources.mirror import Mirror
from webhook.sources.reflector import Reflector

A, B = config_map("a", 10), config_map("b", 11)
GONE: Json = {
    "kind": "Status",
    "code": 410,
    "reason": "Expired",
    "message": "too old resource version: 11 (20)",
}


def now() -> float:
    return 1000.0


@pytest.fixture
def script(tmp_path: Path) -> Iterator[ScriptedApi]:
    with scripted_api(tmp_path) as running:
        yield running


@pytest.fixture
def api(script: ScriptedApi) -> Api:
    return Api("airflow", script.kubeconfig)


@pytest.fixture
def mirror() -> Mirror:
    return Mirror(now)


@pytest.fixture
def reflector(api: Api, mirror: Mirror) -> Reflector:
    return Reflector(api, mirror)


def test_a_list_and_a_watch_from_its_version(
    script: ScriptedApi, reflector: Reflector, mirror: Mirror
) -> None:
    script.replies = [listed(11, A, B), events()]
    reflector.turn()
    first, second = script.asked
    assert first == {"labelSelector": "taxiway/policy in (live, shadow)"}
    assert 300 <= int(second.pop("timeoutSeconds")) <= 600
    assert second == {
        "labelSelector": "taxiway/policy in (live, shadow)",
        "watch": "true",
        "allowWatchBookmarks": "true",
        "resourceVersion": "11",
    }
    assert mirror.state.versions() == {"a": "10", "b": "11"}


# What the watch from version 11 tells; the versions that are then known, and where the next
# watch begins: None where a list comes first.
TOLD: dict[str, tuple[Told, dict[str, str], str | None]] = {
    "nothing": (events(), {"a": "10"}, "11"),
    "one more": (events(("ADDED", config_map("b", 12))), {"a": "10", "b": "12"}, "12"),
    "a change": (events(("MODIFIED", config_map("a", 12))), {"a": "12"}, "12"),
    "one less": (events(("DELETED", config_map("a", 12))), {}, "12"),
    "a bookmark": (events(bookmark(99)), {"a": "10"}, "99"),
    "a kind of event that there is not yet": (events(("NEWS", A)), {"a": "10"}, "11"),
    "that the version is gone": (events(("ERROR", GONE)), {"a": "10"}, None),
    "that the version is gone, at once": (refused(410, "too old"), {"a": "10"}, None),
    "a version from before a restore": (refused(504, "Too large"), {"a": "10"}, None),
    "nonsense": (Told("nonsense\n"), {"a": "10"}, "11"),
    "an event without a version": (events(("ADDED", {"metadata": {}})), {"a": "10"}, "11"),
    "half an event": (Told('{"type": "ADDED", "obj'), {"a": "10"}, "11"),
}


@pytest.mark.parametrize(("told", "known", "since"), TOLD.values(), ids=TOLD.keys())
def test_where_it_goes_on_after_a_watch_that_tells(
    script: ScriptedApi,
    reflector: Reflector,
    mirror: Mirror,
    told: Told,
    known: dict[str, str],
    since: str | None,
) -> None:
    script.replies = [listed(11, A), told, listed(20, A), events()]
    reflector.turn()
    assert (mirror.state.versions(), mirror.trouble) == (known, None)
    reflector.turn()
    assert script.asked[2].get("resourceVersion") == since


REFUSALS = {
    "403 by its reason": (refused(403, "forbidden:\n you"), "HTTP 403 Forbidden: forbidden: you"),
    "a page of somebody else": (Told("<html>", 502), "HTTP 502 Bad Gateway"),
    "a list that is none": (
        Told("[]"),
        "the API server's answer is none: Expected `object`, got `array`",
    ),
}


@pytest.mark.parametrize(("told", "trouble"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_first_list_that_fails_is_told_and_nothing_is_known(
    script: ScriptedApi, reflector: Reflector, mirror: Mirror, told: Told, trouble: str
) -> None:
    script.replies = [told]
    reflector.turn()
    assert (mirror.trouble, mirror.state.items, mirror.age()) == (trouble, None, None)


WAITS = {
    "what it asks for": ("2", 2.0, 2.0),
    "at most 3 s": ("30", 3.0, 3.0),
    "for no date, which no API server sends": ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0, 1.0),
}


@pytest.mark.parametrize(("after", "least", "most"), WAITS.values(), ids=WAITS.keys())
def test_an_api_server_that_is_busy_is_left_alone(
    script: ScriptedApi, reflector: Reflector, after: str, least: float, most: float
) -> None:
    script.replies = [refused(429, "busy", Retry_After=after)]
    assert least <= reflector.turn() <= most


def test_pauses_grow_to_a_second_and_are_spread(script: ScriptedApi, reflector: Reflector) -> None:
    script.replies = [refused(503, "not yet")] * 30
    pauses = [reflector.turn() for _ in range(30)]
    assert (pauses[0] <= 0.1, max(pauses) <= 1.0) == (True, True)
    assert len(set(pauses)) == 30
    assert max(pauses[10:]) > 0.2


def test_an_outage_is_over_when_a_watch_begins(
    script: ScriptedApi, reflector: Reflector, mirror: Mirror
) -> None:
    script.replies = [listed(11, A), refused(500, "etcd"), events()]
    reflector.turn()
    before = mirror.trouble
    reflector.turn()
    assert (before, mirror.trouble) == ("HTTP 500 Internal Server Error: etcd", None)
    assert script.asked[2]["resourceVersion"] == "11"


def test_a_watch_that_is_cut_ends_at_once(
    script: ScriptedApi, reflector: Reflector, mirror: Mirror, api: Api
) -> None:
    script.replies = [listed(11, A), events(bookmark(12), holds=True)]
    thread = threading.Thread(target=reflector.turn)
    thread.start()
    until("the bookmark", lambda: mirror.state.resource_version == "12")
    assert mirror.is_watched
    api.cut()
    thread.join(5)
    assert (thread.is_alive(), mirror.is_watched, mirror.trouble) == (False, False, None)


def test_a_watch_that_falls_silent_ends(
    script: ScriptedApi, reflector: Reflector, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    """0.2 s are as good as 130 for a test; its head was waited for 1.5."""
    monkeypatch.setattr(asking, "SILENCE_SECONDS", 0.2)
    script.replies = [listed(11, A), events(bookmark(12), holds=True), events()]
    reflector.turn()
    assert mirror.trouble is None
    reflector.turn()
    assert script.asked[2]["resourceVersion"] == "12"
