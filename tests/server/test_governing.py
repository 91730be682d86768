"""What an installation says beside the policies: who may govern a namespace, what is guarded."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.admission.test_governors import ALL, review
from tests.server.reviews import write_policy
from tests.serving import Server, running_server, until

UNGUARDED = (
    "changes of label owner are not checked: add it to guard.labels of Taxiway's chart, or "
    "set the policy's labels to what is guarded"
)
METRIC = "taxiway_policy_unguarded_labels"
OWNED = "apiVersion: taxiway/v1\nlabels: {team: owner}\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("told")
    settings: dict[str, Any] = {
        "govern_users": ["jane"],
        "govern_groups": [],
        "govern_contact": "#platform",
        "guard_labels": ["team", "cost-center"],
    }
    policies = write_policy(folder / "policies", OWNED)
    with running_server(policies, folder, **settings) as running:
        yield running


def requests(server: Server) -> list[Any]:
    """Both lines, once they are there: a log is written a moment later."""
    found = server.lines("request")
    return found if len(found) == 2 else []


def test_who_may_govern_is_what_the_service_was_told(told: Server) -> None:
    jane, joe = ({"username": name} for name in ("jane", "joe"))
    assert told.review("/validate-namespace", review(ALL, userInfo=jane))["allowed"]
    denied = told.review("/validate-namespace", review(ALL, userInfo=joe))
    assert denied["status"]["message"] == (
        "namespace data: only user jane may set, change or remove its label taxiway/govern, and "
        "you are joe. Leave the label as it is, or ask #platform."
    )
    logged = until("the log", partial(requests, told))
    assert [(line["endpoint"], line["decision"]) for line in logged] == [
        ("validate-namespace", "allowed"),
        ("validate-namespace", "denied"),
    ]


def test_a_label_that_nobody_watches_is_told_until_it_is(told: Server) -> None:
    assert told.metric(METRIC) == 1
    (line,) = told.lines("guard-labels")
    assert (line["level"], line["guarded"], line["warnings"]) == (
        "warning",
        ["team", "cost-center"],
        [UNGUARDED],
    )
    write_policy(told.output.parent / "policies", "apiVersion: taxiway/v1\n")
    until("it is watched", lambda: told.metric(METRIC) == 0)
    until("it is said", lambda: told.lines("guard-labels")[-1]["level"] == "info")
