"""`/validate-policy` at the edge: over TLS by the real loader, and what goes wrong around it."""

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.admission.test_policy_review import config_map, review
from tests.server.reviews import POLICY, pod, write_policy
from tests.server.reviews import review as pod_review
from tests.serving import Server, running_server, until
from webhook.admission import Answer, Settings
from webhook.admission.record import Record
from webhook.policy.question import Change, Verdict
from webhook.server.application import Application
from webhook.server.bodies import Bodies
from webhook.server.denials import Denials
from webhook.server.logs import Log
from webhook.server.metrics import Metrics
from webhook.server.observer import Observer
from webhook.server.policy_reviews import PolicyReviews, reviewing, unjudged
from webhook.server.request_log import RequestLog
from webhook.server.team_sightings import TeamSightings
from webhook.sources.history import History

PATH = "/validate-policy"
TEXT = "costCenters-of-somebody"
CREATED = review(config_map(data={"p.yaml": f"teams: {{{TEXT}: {{}}}}\n"}), None)
NO_EFFECT = (
    "this policy was not checked before it is stored: policies are read from a directory here, "
    "so this ConfigMap has no effect"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with running_server(write_policy(folder / "policies", POLICY), folder) as running:
        yield running


def test_the_loader_is_asked_and_what_it_says_is_answered_and_logged(server: Server) -> None:
    response = server.review(PATH, CREATED)
    assert response == {
        "uid": CREATED["request"]["uid"],
        "allowed": True,
        "warnings": [NO_EFFECT],
    }
    (line,) = until("the log", lambda: requests(server, "unchecked"))
    assert (line["configmap"], line["namespace"]) == ("teams", "taxiway")
    assert TEXT not in server.output.read_text()
    series = 'taxiway_requests_total{decision="unchecked",endpoint="validate-policy",workload=""}'
    assert server.metric(series) == 1


def requests(server: Server, decision: str) -> list[Any]:
    return [line for line in server.lines("request") if line["decision"] == decision]


def test_two_objects_as_large_as_they_can_be_are_read(server: Server) -> None:
    """1 MiB of policy in each, and as much as kubectl writes into an annotation."""
    annotation = {"annotations": {"last": "x" * 256 * 1024}}
    large = config_map(data={"p.yaml": "#" * 79 + "\n" * 1024 * 1024}, metadata=annotation)
    sent = review(large, {**large, "data": {"p.yaml": "x" * 1024 * 1024}})
    assert len(json.dumps(sent)) > 3 * 1024 * 1024
    assert server.review(PATH, sent)["warnings"] == [NO_EFFECT]


def test_what_is_no_review_is_400(server: Server) -> None:
    reply = server.send("POST", PATH, b"{")
    assert (reply.status, reply.body) == (
        400,
        b"the body is no review of a ConfigMap: it is not valid JSON\n",
    )


def test_a_pod_sent_here_is_none_of_its_business(server: Server) -> None:
    response = server.review(PATH, pod_review(pod()))
    assert (response["allowed"], "warnings" in response) == (True, False)


class Edge:
    """An application with this judge, and what it logs."""

    def __init__(self, reviews: PolicyReviews) -> None:
        self._reader, writer = os.pipe()
        self._log = Log(writer, lambda: "now")
        self.denials = Denials()
        observer = Observer(self._log, RequestLog(self._log), Metrics(), self.denials)
        self.application = Application(
            History(lambda: 0.0), Bodies(lambda: 0.0), observer, Settings(), reviews
        )

    def post(self, sent: Any) -> tuple[int, bytes]:
        return asyncio.run(self._post(json.dumps(sent).encode()))

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        scope = {"path": PATH, "method": "POST", "headers": []}
        await self.application(scope, receive, send)
        return said[0]["status"], said[1]["body"]

    def logged(self) -> str:
        self._log.close()
        written = os.read(self._reader, 65536).decode()
        os.close(self._reader)
        return written


def test_a_bug_is_500_and_logged_without_a_value() -> None:
    async def broken(_: bytes) -> Answer:
        raise KeyError(TEXT)

    edge = Edge(broken)
    assert edge.post(CREATED) == (
        500,
        b"internal error; the log has the details under the request's uid\n",
    )
    written = edge.logged()
    line = json.loads(written)
    assert (line["event"], line["uid"]) == ("bug", CREATED["request"]["uid"])
    assert TEXT not in written


def test_past_the_drain_it_is_503() -> None:
    edge = Edge(unjudged)
    edge.application.is_over = True
    assert edge.post(CREATED)[0] == 503
    edge.logged()


def test_a_refused_policy_is_no_denied_pod() -> None:
    async def no(_: Change) -> Verdict:
        return Verdict(("teams/p.yaml:1:1: x",))

    edge = Edge(reviewing(no, lambda _: None))
    assert json.loads(edge.post(CREATED)[1])["response"]["allowed"] is False
    assert json.loads(edge.logged())["decision"] == "denied"
    assert edge.denials.newest_first() == []


AGO = {
    0.0: "just now",
    1.0: "1 second ago",
    59.9: "59 seconds ago",
    60.0: "1 minute ago",
    7300.0: "2 hours ago",
    90_000.0: "1 day ago",
}


@pytest.mark.parametrize(("seconds", "said"), AGO.items(), ids=AGO.values())
def test_when_a_team_was_seen_last_is_said_as_people_would(seconds: float, said: str) -> None:
    now = 1000.0
    sightings = TeamSightings(lambda: now)
    sightings.note(Record("validate", "allowed", team="payments"))
    sightings.note(Record("validate", "allowed"))
    now += seconds
    assert sightings("payments") == f"this replica saw a pod of it {said}"
    assert sightings("fraud") is None
