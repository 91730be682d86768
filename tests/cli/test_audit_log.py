"""Pods out of an audit log: which events count, whose request it was, and what cannot be read."""

import json
from pathlib import Path

import pytest

from tests.cli.diffing import pods
from tests.cli.test_pod_files import told
from tests.engine.given import Json
from webhook.cli.audit_log import LONGEST_LINE, AuditLog

POD = pods()[0]
WORKER = "system:serviceaccount:airflow:airflow-worker"
EVENT: Json = {
    "kind": "Event",
    "apiVersion": "audit.k8s.io/v1",
    "level": "RequestResponse",
    "stage": "ResponseComplete",
    "verb": "create",
    "user": {"username": WORKER},
    "objectRef": {"resource": "pods", "namespace": "data", "name": "load-9", "apiVersion": "v1"},
    "responseStatus": {"code": 201},
    "requestObject": POD,
    "responseObject": {**POD, "status": {}},
}
FOUND = f"log:1: load-0 in data by {WORKER}"
NONE = "this is no audit event; give the log as JSON, one a line"


def event(**changes: object) -> Json:
    every = {**EVENT, **changes}
    return {key: value for key, value in every.items() if value is not None}


def about(**changes: str) -> Json:
    return event(objectRef={**EVENT["objectRef"], **changes})


def unnamed() -> Json:
    return {**POD, "metadata": {"generateName": "load-", "labels": {}}}


CASES: dict[str, tuple[list[Json | str], list[str]]] = {
    "a creation": ([EVENT], [FOUND]),
    "one that was refused at the time": ([event(responseStatus={"code": 400})], [FOUND]),
    "one for somebody else": (
        [event(impersonatedUser={"username": "else"})],
        ["log:1: load-0 in data by else"],
    ),
    "a pod without a name": (
        [event(requestObject=unnamed())],
        [f"log:1: load-9 in data by {WORKER}"],
    ),
    "an earlier stage of the same request": ([event(stage="RequestReceived")], []),
    "another verb": ([event(verb="patch"), event(verb="delete", requestObject=None)], []),
    "a binding": ([about(subresource="binding")], []),
    "other pods": ([about(apiGroup="metrics.k8s.io")], []),
    "another resource": ([about(resource="configmaps")], []),
    "several events in one": (
        [{"kind": "EventList", "items": [EVENT, event(verb="get"), EVENT]}],
        [FOUND, FOUND],
    ),
    "a level without objects": ([event(level="Metadata", requestObject=None)], []),
    "no pod": (
        [event(requestObject={"kind": "Pod", "apiVersion": "v1", "metadata": {}})],
        ["log:1: the object is no Pod: Object missing required field `spec`"],
    ),
    "half of an event, and then a whole one": (
        ['{"verb": "create", "objectRef": {"resource": "pods"}', EVENT],
        [f"log:1: {NONE}", FOUND.replace("log:1", "log:2")],
    ),
    "a log as text": (["I0601 12:00:00 some line", EVENT], [f"log:1: {NONE}"]),
    "an empty line": (["", EVENT], [FOUND.replace("log:1", "log:2")]),
}


def log(folder: Path, every: list[Json | str]) -> AuditLog:
    file = folder / "log"
    file.write_text(
        "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in every)
    )
    return AuditLog(str(file), govern_all=False)


@pytest.mark.parametrize(("every", "found"), CASES.values(), ids=CASES)
def test_what_counts(tmp_path: Path, every: list[Json | str], found: list[str]) -> None:
    said = [told(one).removeprefix(f"{tmp_path}/") for one in log(tmp_path, every).cases()]
    assert said == found


def test_creations_without_their_pods_are_counted(tmp_path: Path) -> None:
    corpus = log(tmp_path, [event(requestObject=None)] * 3)
    assert list(corpus.cases()) == []
    assert [note.replace(str(tmp_path), "") for note in corpus.notes] == [
        "3 creations in /log have no requestObject, so their pods are not known: log pods at level "
        "Request in the API server's audit policy"
    ]


def test_a_line_without_end_is_given_up(tmp_path: Path) -> None:
    corpus = log(tmp_path, ["{" + " " * LONGEST_LINE])
    said = [told(one).removeprefix(f"{tmp_path}/") for one in corpus.cases()]
    assert said == ["log:1: is over 16 MiB long; is this one event a line?"]


def test_a_log_that_is_not_there_is_named(tmp_path: Path) -> None:
    corpus = AuditLog(str(tmp_path / "log"), govern_all=False)
    said = [told(one).removeprefix(f"{tmp_path}/") for one in corpus.cases()]
    assert said == ["log: cannot be read: No such file or directory; check its path"]
