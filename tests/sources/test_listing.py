"""Lists of a kind, page by page, from an API server that answers as it is told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sources.scripted_api import ScriptedApi, Told, refused, scripted_api
from webhook.sources import listing
from webhook.sources.api_errors import ApiError
from webhook.sources.connection import Connection
from webhook.sources.inventory import PRIORITY_CLASSES, SERVICE_ACCOUNTS, Named
from webhook.sources.listing import listed, right


def page(*names: str, then: str = "") -> Told:
    """A page; the API server leaves `continue` out of the last one."""
    metadata: dict[str, Any] = {"resourceVersion": "7"} | ({"continue": then} if then else {})
    items = [{"metadata": {"name": name}} for name in names]
    return Told(json.dumps({"metadata": metadata, "items": items or None}))


@pytest.fixture
def script(tmp_path: Path) -> Iterator[ScriptedApi]:
    with scripted_api(tmp_path) as running:
        yield running


def found(script: ScriptedApi, *replies: Told, namespace: str = "") -> list[str]:
    script.replies = list(replies)
    connection = Connection(script.kubeconfig)
    every = listed(connection, SERVICE_ACCOUNTS, Named, namespace=namespace)
    return [each.metadata.name for each in every]


def test_every_page_is_read_and_each_asked_for_by_the_one_before(script: ScriptedApi) -> None:
    names = found(script, page("a", "b", then="x1"), page("c", then="x2"), page("d"))
    assert names == ["a", "b", "c", "d"]
    assert script.asked == [
        {"limit": "500"},
        {"limit": "500", "continue": "x1"},
        {"limit": "500", "continue": "x2"},
    ]


def test_an_empty_list_is_none(script: ScriptedApi) -> None:
    assert found(script, page()) == []


def test_a_list_without_end_is_given_up(
    script: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_PAGES", 2)
    with pytest.raises(ApiError) as raised:
        found(script, page("a", then="x1"), page("b", then="x2"))
    assert str(raised.value) == "there are over 1000 serviceaccounts: that many are not read"


FAILURES = {
    "a list that has grown too old between two pages": (
        (page("a", then="x1"), refused(410, "The provided continue parameter is too old")),
        "HTTP 410 Gone: The provided continue parameter is too old",
    ),
    "nonsense": (
        (Told("<html>"),),
        "the API server's answer is none: JSON is malformed: invalid character (byte 0)",
    ),
    "a list of something else": (
        (Told('{"metadata": {}, "items": [{"name": "a"}]}'),),
        "the API server's answer is none: Object missing required field `metadata` - at "
        "`$.items[0]`",
    ),
}


@pytest.mark.parametrize(("replies", "said"), FAILURES.values(), ids=FAILURES)
def test_what_fails_is_told_in_one_line(
    script: ScriptedApi, replies: tuple[Told, ...], said: str
) -> None:
    with pytest.raises(ApiError) as raised:
        found(script, *replies)
    assert str(raised.value) == said


RIGHTS = {
    "in one namespace": (
        right(SERVICE_ACCOUNTS, "data"),
        "you may not list serviceaccounts in namespace data; ask its administrators for a Role "
        "there with the verb list on serviceaccounts, and see whether you have it by "
        "`kubectl auth can-i list serviceaccounts -n data`",
    ),
    "everywhere": (
        right(PRIORITY_CLASSES),
        "you may not list priorityclasses.scheduling.k8s.io in the whole cluster; ask its "
        "administrators for a ClusterRole with the verb list on priorityclasses.scheduling.k8s.io, "
        "and see whether you have it by "
        "`kubectl auth can-i list priorityclasses.scheduling.k8s.io --all-namespaces`",
    ),
}


@pytest.mark.parametrize(("told", "said"), RIGHTS.values(), ids=RIGHTS)
def test_a_missing_right_is_told_with_how_to_get_it(told: str, said: str) -> None:
    assert told == said
