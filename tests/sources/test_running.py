"""What is asked of an API server for an audit, and what comes of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sources.scripted_api import ScriptedApi, Told, refused, scripted_api
from webhook.sources.api_errors import Refused
from webhook.sources.connection import Connection
from webhook.sources.running import Running


def page(*names: str) -> Told:
    items = [{"metadata": {"name": name, "namespace": "data"}, "spec": {}} for name in names]
    return Told(json.dumps({"metadata": {}, "items": items}))


@pytest.fixture
def script(tmp_path: Path) -> Iterator[ScriptedApi]:
    with scripted_api(tmp_path) as running:
        yield running


def running(script: ScriptedApi, *replies: Told, within: tuple[str, ...] = ()) -> Running:
    script.replies = list(replies)
    return Running(Connection(script.kubeconfig), within)


def test_pods_that_have_ended_are_not_asked_for(script: ScriptedApi) -> None:
    found = running(script, page("a", "b")).pods(with_ended=False)
    assert [each.metadata.name for each in found] == ["a", "b"]
    selector = "status.phase!=Succeeded,status.phase!=Failed"
    assert script.asked == [{"limit": "500", "fieldSelector": selector}]


def test_pods_that_have_ended_are_asked_for(script: ScriptedApi) -> None:
    assert [each.metadata.name for each in running(script, page("a")).pods(with_ended=True)] == [
        "a"
    ]
    assert script.asked == [{"limit": "500"}]


def test_owners_say_what_they_are(script: ScriptedApi) -> None:
    found = running(script, page("a"), page("b"), page("c")).owners()
    assert [(each["apiVersion"], each["kind"], each["metadata"]["name"]) for each in found] == [
        ("apps/v1", "Deployment", "a"),
        ("apps/v1", "StatefulSet", "b"),
        ("batch/v1", "CronJob", "c"),
    ]


def test_one_namespace_of_two_may_not_be_listed(script: ScriptedApi) -> None:
    asked = running(script, refused(403, "no"), page("a"), within=("airflow", "data"))
    assert [each.metadata.name for each in asked.pods(with_ended=True)] == ["a"]
    assert asked.unread == [
        "pods of namespace airflow were not looked at: you may not list pods in namespace airflow; "
        "ask its administrators for a Role there with the verb list on pods, and see whether you "
        "have it by `kubectl auth can-i list pods -n airflow`"
    ]


def test_namespaces_are_asked_for_one_by_one_where_they_may_not_be_listed(
    script: ScriptedApi,
) -> None:
    governed = Told(json.dumps({"metadata": {"name": "a", "labels": {"taxiway/govern": "all"}}}))
    plain = Told(json.dumps({"metadata": {"name": "b"}}))
    replies = (refused(403, "no"), governed, plain, refused(404, "no"))
    asked = running(script, *replies, within=("a", "b", "c"))
    assert asked.governed() == {"a"}
    assert asked.unread == ["there is no namespace c: see how it is written"]


def test_another_error_ends_it(script: ScriptedApi) -> None:
    with pytest.raises(Refused) as raised:
        list(running(script, refused(500, "etcd is gone")).pods(with_ended=True))
    assert str(raised.value) == "HTTP 500 Internal Server Error: etcd is gone"
