"""Whose pod it is, and who may say so: the label, `members`, and the `membership` rule."""

from typing import Any

import pytest

from tests.engine.given import (
    CELERY,
    EXECUTOR,
    WORKER,
    Json,
    decide,
    engine,
    operations,
    pod,
    told,
)

UNLABELLED = {"team": None}
LABEL = [{"op": "add", "path": "/metadata/labels/team", "value": "payments"}]
TEAM = "/metadata/labels/team"
ADD = 'add labels={"team": "..."} to the KubernetesPodOperator'
KUBE = "system:serviceaccount:kube-system:job-controller"
SPARK = "system:serviceaccount:spark-operator:spark"


def having(members: Json | None, **team: Any) -> Any:
    """A policy whose team payments has these members; everything needs a team."""
    given = team if members is None else {**team, "members": members}
    return engine(
        requirements=[{"label": "team"}],
        controllers=["system:serviceaccount:spark-operator:*"],
        teams={"payments": given},
    )


IRSA = {"iam": {"provider": "irsa", "serviceAccountName": "payments-sa"}}
OWN_ACCOUNT = "system:serviceaccount:airflow:payments-sa"


@pytest.mark.parametrize(
    ("members", "body", "asked", "found"),
    [
        pytest.param({"namespaces": ["airflow"]}, pod(UNLABELLED), {}, True, id="by namespace"),
        pytest.param({"namespaces": ["air*"]}, pod(UNLABELLED), {}, True, id="by a glob"),
        pytest.param({"namespaces": ["prod"]}, pod(UNLABELLED), {}, False, id="another namespace"),
        pytest.param({"dags": ["x", "daily"]}, pod(UNLABELLED), {}, True, id="by dag"),
        pytest.param({"dags": ["dail?"]}, pod(UNLABELLED), {}, True, id="by a dag's glob"),
        pytest.param({"dags": ["Daily"]}, pod(UNLABELLED), {}, False, id="case counts"),
        pytest.param(
            {"dags": ["*"]},
            pod({**UNLABELLED, "dag_id": None}),
            {},
            False,
            id="a pod without a dag matches none",
        ),
        pytest.param({"users": [WORKER]}, pod(UNLABELLED), {}, True, id="by user"),
        pytest.param({"users": ["alice"]}, pod(UNLABELLED), {}, False, id="another user"),
        pytest.param(
            {"namespaces": ["airflow"], "dags": ["daily"], "users": [WORKER]},
            pod(UNLABELLED),
            {},
            True,
            id="every key that is given matches",
        ),
        pytest.param(
            {"namespaces": ["airflow"], "dags": ["other"]},
            pod(UNLABELLED),
            {},
            False,
            id="one key does not",
        ),
        pytest.param(
            {"dags": ["my dag/1"]},
            pod({**UNLABELLED, "dag_id": "mydag1-6f0b54b6c"}),
            {},
            False,
            id="a label of another dag's digest",
        ),
        pytest.param(
            {"dags": ["my dag/1"]},
            pod({**UNLABELLED, "dag_id": "mydag1-3fbf2b693"}),
            {},
            True,
            id="a dag by what Airflow makes of its name for a label",
        ),
        pytest.param(
            {"dags": ["original id"]},
            pod({**UNLABELLED, **EXECUTOR, "dag_id": "x"}, {"dag_id": "original id"}),
            {},
            True,
            id="an executor's dag is its annotation",
        ),
        pytest.param(
            {"namespaces": ["airflow"], "users": [WORKER]},
            pod(UNLABELLED),
            {"user": KUBE},
            False,
            id="users cannot be tested when a controller asks, so the team is not found",
        ),
        pytest.param(
            {"users": ["system:serviceaccount:spark-operator:*"]},
            pod(UNLABELLED),
            {"user": SPARK},
            False,
            id="even by the controller's own name",
        ),
        pytest.param(
            {"namespaces": ["airflow"], "users": [WORKER]},
            pod(UNLABELLED),
            {"user": None},
            False,
            id="nor where there is no request",
        ),
        pytest.param(
            {"namespaces": ["airflow"]},
            pod(UNLABELLED),
            {"user": KUBE},
            True,
            id="a controller's pod is found by what can be tested",
        ),
        pytest.param(
            {"namespaces": ["airflow"], "dags": ["daily"]},
            pod({**UNLABELLED, **CELERY}),
            {},
            False,
            id="dags cannot be tested on a Celery worker",
        ),
        pytest.param(
            {"namespaces": ["airflow"], "dags": ["daily"]},
            pod({**UNLABELLED, "kubernetes_pod_operator": None}),
            {"govern_all": True},
            False,
            id="nor on another pod of a governed namespace",
        ),
        pytest.param(None, pod(UNLABELLED), {}, False, id="a team without members finds nothing"),
    ],
)
def test_an_unlabelled_pod_is_the_team_whose_members_match(
    members: Json | None, body: Json, asked: Json, found: bool
) -> None:
    decision = decide(having(members), body, **asked)
    assert decision.team == ("payments" if found else None)
    assert operations(decision) == (LABEL if found else [])
    assert [each.rule for each in decision.violations] == ([] if found else ["requirement"])


@pytest.mark.parametrize(
    ("user", "namespace", "found"),
    [
        pytest.param(OWN_ACCOUNT, "airflow", True, id="in the request's namespace"),
        pytest.param(OWN_ACCOUNT, "prod", False, id="of another namespace than the request's"),
        pytest.param("payments-sa", "airflow", False, id="a user of that name is no account"),
        pytest.param(
            "system:serviceaccount:airflow:payments-sa2", "airflow", False, id="another account"
        ),
    ],
)
def test_the_service_account_of_a_team_counts_among_its_users(
    user: str, namespace: str, found: bool
) -> None:
    """Its pods may launch pods."""
    by = having({"users": ["alice"]}, apply=IRSA)
    decision = decide(by, pod(UNLABELLED), user=user, namespace=namespace)
    assert decision.team == ("payments" if found else None)
    claimed = decide(by, pod(), user=user, namespace=namespace)
    assert [each.rule for each in claimed.violations] == ([] if found else ["membership"])


def test_a_team_without_users_is_not_narrowed_by_its_account() -> None:
    by = having({"namespaces": ["airflow"]}, apply=IRSA)
    assert decide(by, pod(UNLABELLED), user="alice").team == "payments"


def claims(why: str) -> list[Any]:
    said = (
        f"label team claims team payments, which {why} does not belong to: "
        'set labels={"team": "..."} in the KubernetesPodOperator with your own team, '
        "or ask team payments to be added to its members"
    )
    return [("membership", TEAM, said)]


@pytest.mark.parametrize(
    ("members", "body", "asked", "violations"),
    [
        pytest.param(None, pod(), {}, [], id="anyone may claim a team without members"),
        pytest.param({"namespaces": ["airflow"]}, pod(), {}, [], id="the namespace matches"),
        pytest.param(
            {"namespaces": ["prod"]}, pod(), {}, claims("namespace airflow"), id="it does not"
        ),
        pytest.param({"dags": ["x"]}, pod(), {}, claims("dag daily"), id="the dag does not"),
        pytest.param(
            {"dags": ["*"]},
            pod({"dag_id": None}),
            {},
            claims("a pod without a dag"),
            id="there is no dag",
        ),
        pytest.param({"users": ["a"]}, pod(), {}, claims(f"user {WORKER}"), id="the user does not"),
        pytest.param(
            {"namespaces": ["prod"], "dags": ["x"], "users": ["a"]},
            pod(),
            {},
            claims(f"namespace airflow and dag daily and user {WORKER}"),
            id="none does, and all are told",
        ),
        pytest.param(
            {"namespaces": ["airflow"], "users": ["a"]},
            pod(),
            {"user": KUBE},
            [],
            id="a claim holds where users cannot be tested",
        ),
        pytest.param(
            {"users": ["a"]},
            pod(),
            {"user": "system:kube-controller-manager"},
            [],
            id="the controller manager is a controller",
        ),
        pytest.param({"users": ["a"]}, pod(), {"user": SPARK}, [], id="so is a policy's own"),
        pytest.param({"users": ["a"]}, pod(), {"user": None}, [], id="and where nobody asks"),
        pytest.param(
            {"namespaces": ["prod"], "users": ["a"]},
            pod(),
            {"user": KUBE},
            claims("namespace airflow"),
            id="what can be tested still counts",
        ),
        pytest.param(
            {"dags": ["x"]}, pod(CELERY), {}, [], id="dags cannot be tested on a Celery worker"
        ),
        pytest.param(
            {"dags": ["x"]},
            pod({"kubernetes_pod_operator": None}),
            {"govern_all": True},
            [],
            id="nor on another pod of a governed namespace",
        ),
    ],
)
def test_a_claimed_label_holds_when_every_key_that_can_be_tested_matches(
    members: Json | None, body: Json, asked: Json, violations: list[Any]
) -> None:
    decision = decide(having(members), body, **asked)
    assert (decision.team, told(decision)) == ("payments", violations)


def test_the_label_is_never_rewritten_even_where_the_members_of_another_match() -> None:
    by = engine(teams={"payments": {}, "fraud": {"members": {"namespaces": ["airflow"]}}})
    decision = decide(by, pod())
    assert (decision.team, operations(decision)) == ("payments", [])


def test_a_false_claim_still_gets_the_teams_apply() -> None:
    by = having({"namespaces": ["prod"]}, apply={"labels": {"tier": "gold"}})
    assert [each["path"] for each in operations(decide(by, pod()))] == ["/metadata/labels/tier"]


MANY = ("ants", "bees", "cats", "dogs")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (MANY[:2], "it could be a pod of ants or bees, so say which"),
        (MANY[:3], "it could be a pod of ants, bees or cats, so say which"),
        (MANY, "it could be a pod of ants, bees, cats or others, so say which"),
    ],
)
def test_a_pod_of_several_teams_is_of_none_and_the_denial_names_at_most_three(
    names: tuple[str, ...], said: str
) -> None:
    members = {"namespaces": ["airflow"]}
    by = engine(
        requirements=[{"label": "team"}], teams={name: {"members": members} for name in names}
    )
    decision = decide(by, pod(UNLABELLED))
    assert decision.team is None
    assert told(decision) == [("requirement", TEAM, f"label team is missing; {said}: {ADD}")]


@pytest.mark.parametrize(
    ("members", "asked", "said"),
    [
        pytest.param(
            {"namespaces": ["airflow"], "users": [WORKER]},
            {"user": KUBE},
            "; it looks like a pod of payments, but users cannot be tested here: "
            + ADD.replace("...", "payments"),
            id="it would have matched but for its users",
        ),
        pytest.param(
            {"namespaces": ["prod"], "users": [WORKER]},
            {"user": KUBE},
            f": {ADD}",
            id="it would not have matched in any case",
        ),
        pytest.param(
            {"namespaces": ["airflow"], "users": ["alice"]},
            {},
            f": {ADD}",
            id="what could be tested and did not match is no near miss",
        ),
    ],
)
def test_the_denial_says_which_team_would_have_matched(
    members: Json, asked: Json, said: str
) -> None:
    decision = decide(having(members), pod(UNLABELLED), **asked)
    assert told(decision) == [("requirement", TEAM, f"label team is missing{said}")]


def test_a_near_miss_of_a_celery_worker_is_its_dags() -> None:
    decision = decide(
        having({"namespaces": ["airflow"], "dags": ["x"]}), pod({**UNLABELLED, **CELERY})
    )
    assert told(decision) == [
        (
            "requirement",
            TEAM,
            "label team is missing; it looks like a pod of payments, but dags cannot be tested "
            'here: add {"team": "payments"} to workers.labels in the Helm values of Airflow',
        )
    ]
