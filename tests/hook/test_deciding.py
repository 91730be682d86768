"""What only a request tells is not guessed: who asks (`users`) is not known in Airflow."""

import pytest

from tests.engine.given import TODAY, Json, engine
from tests.hook.given import pod_operator
from webhook.hook.deciding import UNREADABLE, Outcome, decide

USERS = ["system:serviceaccount:airflow:airflow-worker"]
WAIT = "and `users` cannot be tested before it is sent: it needs the label team to be placed here"
EXEMPTION = {
    "name": "backfill",
    "waives": ["ticket"],
    "reason": "INC-1",
    "approvedBy": "sre",
    "expires": "2026-12-31",
}


def asked(body: Json, **policy: object) -> Outcome:
    return decide(engine(**policy), body, TODAY, is_of_job=False, own_namespace=None)


def labelled(**labels: str) -> Json:
    body = pod_operator()
    body["metadata"]["labels"] |= labels
    return body


UNSURE = {
    "a team that it would belong to but for its users": (
        {"payments": {"members": {"dags": ["payments_*"], "users": USERS}}},
        f"it may be a pod of payments, {WAIT}",
    ),
    "a team that is known by nothing but its users": (
        {"payments": {"members": {"users": USERS}}},
        f"it may be a pod of payments, {WAIT}",
    ),
    "one team that it belongs to, and one that it might": (
        {
            "payments": {"members": {"dags": ["payments_*"]}},
            "search": {"members": {"namespaces": ["airflow"], "users": USERS}},
        },
        f"it may be a pod of search, {WAIT}",
    ),
}


@pytest.mark.parametrize(("teams", "why"), UNSURE.values(), ids=UNSURE)
def test_an_unlabelled_pod_is_left_to_the_webhook_where_users_decide(teams: Json, why: str) -> None:
    requirements = [{"label": "team"}]
    assert asked(pod_operator(), teams=teams, requirements=requirements) == Outcome(unsure=why)


def test_a_claim_is_held_against_all_that_is_known() -> None:
    teams = {"payments": {"members": {"namespaces": ["data"], "users": USERS}}}
    denial = asked(labelled(team="payments"), teams=teams).denial
    assert denial is not None
    assert "[membership] label team claims team payments, which namespace airflow" in denial
    teams = {"payments": {"members": {"namespaces": ["airflow"], "users": USERS}}}
    outcome = asked(labelled(team="payments"), teams=teams)
    assert (outcome.denial, outcome.unsure) == (None, None)
    assert outcome.operations


def test_a_pod_of_no_team_is_denied_where_that_is_sure() -> None:
    teams = {"search": {"members": {"namespaces": ["data"], "users": USERS}}}
    outcome = asked(pod_operator(), teams=teams, requirements=[{"label": "team"}])
    assert outcome.denial == (
        "pod load-x7k2 (dag payments_daily, task load) breaks 1 rule: [requirement] label team is "
        'missing: add labels={"team": "..."} to the KubernetesPodOperator.'
    )


OPEN = {
    "an exemption that may waive it": {
        "exemptions": [{**EXEMPTION, "match": {"users": USERS, "namespaces": ["airflow"]}}]
    },
    "a profile that may give the label": {
        "profiles": {"by-user": {"match": {"users": USERS}, "apply": {"labels": {"ticket": "A-1"}}}}
    },
}
CLOSED = {
    "an exemption of another namespace": {
        "exemptions": [{**EXEMPTION, "match": {"users": USERS, "namespaces": ["data"]}}]
    },
    "a profile of other pods": {
        "profiles": {
            "by-user": {
                "match": {"users": USERS, "labels": {"capacity": "spot"}},
                "apply": {"labels": {"ticket": "A-1"}},
            }
        }
    },
}


@pytest.mark.parametrize("policy", OPEN.values(), ids=OPEN)
def test_nothing_is_refused_that_the_webhook_might_let_through(policy: Json) -> None:
    outcome = asked(pod_operator(), requirements=[{"label": "ticket"}], **policy)
    assert outcome.denial is None
    assert outcome.warnings == (
        '[requirement] label ticket is missing: add labels={"ticket": "..."} to the '
        "KubernetesPodOperator",
    )


@pytest.mark.parametrize("policy", CLOSED.values(), ids=CLOSED)
def test_what_is_broken_whoever_asks_is_refused(policy: Json) -> None:
    assert asked(pod_operator(), requirements=[{"label": "ticket"}], **policy).denial is not None


def test_a_requirement_for_some_users_is_not_asked_for() -> None:
    requirements = [{"label": "ticket", "match": {"users": USERS}}]
    outcome = asked(pod_operator(), requirements=requirements)
    assert (outcome.denial, outcome.warnings) == (None, ())


def test_what_no_label_says_is_airflows_is_left_alone() -> None:
    body = pod_operator()
    body["metadata"]["labels"] = {}
    assert asked(body, requirements=[{"label": "team"}]) == Outcome()


def test_a_pod_without_a_namespace_is_one_of_default() -> None:
    body = labelled(team="payments")
    del body["metadata"]["namespace"]
    outcome = asked(body, teams={"payments": {"members": {"namespaces": ["default"]}}})
    assert outcome.denial is None


NO_PODS = {
    "a label that is a number": {"metadata": {"labels": {"a": 1}}, "spec": {}},
    "no spec": {"metadata": {}},
    "something that JSON has no word for": {"metadata": {"name": object()}, "spec": {}},
}


@pytest.mark.parametrize("body", NO_PODS.values(), ids=NO_PODS)
def test_what_no_api_server_would_take_is_not_decided(body: Json) -> None:
    with pytest.raises(UNREADABLE):
        asked(body)
