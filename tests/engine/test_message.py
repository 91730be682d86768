"""A denial's message: one line, at most 2,000 characters, in the author's own words."""

import pytest

from tests.engine.given import EXECUTOR, Json, decide, engine, pod, workload_of
from tests.engine.given import request as asked
from webhook.airflow.workload import Workload
from webhook.engine import Violation
from webhook.engine.message import denial, one_line, shown
from webhook.policy.enumeration import listed, some

KPO = Workload("pod-operator", "daily", "load")


def test_the_example_of_the_contract_word_for_word() -> None:
    by = engine(
        docs="https://wiki.example.com/airflow-pods",
        requirements=[{"label": "cost-center", "from": "team.costCenters"}],
        teams={
            "payments": {"contact": "#payments-data", "costCenters": ["CC-1001", "CC-1002"]},
            "fraud": {
                "apply": {
                    "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "fraud"}]
                }
            },
        },
    )
    toleration = {"key": "dedicated", "operator": "Equal", "value": "fraud"}
    body = pod({"dag_id": "payments_daily"}, spec={"tolerations": [toleration]})
    decision = decide(by, body)
    message = denial(
        "payments-daily-load-x7k2",
        workload_of(asked(body)),
        decision.violations,
        decision.contact,
        by.policies.spec.docs,
    )
    assert message == (
        "pod payments-daily-load-x7k2 (dag payments_daily, task load) breaks 2 rules: "
        "[requirement] label cost-center is missing; team payments may use CC-1001, CC-1002: "
        'add labels={"cost-center": "CC-1001"} to the KubernetesPodOperator. '
        "[reserved] toleration dedicated=fraud belongs to team fraud: remove it. "
        "Ask #payments-data. See https://wiki.example.com/airflow-pods"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("a\nb\r\nc\td", "a b  c d", id="control characters are spaces"),
        pytest.param("a\u2028b\u2029c\x85d", "a b c d", id="so are other line separators"),
        pytest.param("a\x00b\u200bc\ud800d", "a b c d", id="and what cannot be printed"),
        pytest.param("  a  ", "a", id="ends are trimmed"),
        pytest.param("über, 学", "über, 学", id="letters of all languages stay"),
        pytest.param("exceeded quota", "exceeded: quota", id="the first forbidden phrase"),
        pytest.param("x Exceeded Quota y", "x Exceeded: Quota y", id="in any case"),
        pytest.param("exceeded\nquota", "exceeded: quota", id="put together by a line's end"),
        pytest.param(
            "object has been modified", "object: has been modified", id="the second phrase"
        ),
        pytest.param("x" * 2000, "x" * 2000, id="2,000 characters"),
        pytest.param("x" * 2001, "x" * 1999 + "…", id="one more"),
    ],
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


def test_an_authors_value_is_shown_as_far_as_128_characters() -> None:
    assert (shown("x" * 128), shown("x" * 129)) == ("x" * 128, "x" * 127 + "…")


@pytest.mark.parametrize(
    ("names", "told"),
    [("a", "a"), ("ab", "a or b"), ("abc", "a, b or c"), ("abcd", "a, b, c or others")],
)
def test_at_most_three_names(names: str, told: str) -> None:
    assert some(names) == told


def test_values_to_choose_from_are_the_first_ten() -> None:
    assert listed([str(at) for at in range(10)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert listed([str(at) for at in range(12)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"


def broken(*messages: str) -> list[Violation]:
    return [Violation("reserved", message) for message in messages]


@pytest.mark.parametrize(
    ("workload", "contact", "docs", "message"),
    [
        (KPO, None, None, "pod p (dag daily, task load) breaks 1 rule: [reserved] no."),
        (Workload("other"), None, None, "pod p breaks 1 rule: [reserved] no."),
        (Workload("spark", dag="d"), None, None, "pod p (dag d) breaks 1 rule: [reserved] no."),
        (
            Workload("other"),
            "#x",
            "https://y",
            "pod p breaks 1 rule: [reserved] no. Ask #x. See https://y",
        ),
    ],
    ids=["dag and task", "neither", "a dag alone", "contact and docs"],
)
def test_what_a_denial_is_made_of(
    workload: Workload, contact: str | None, docs: str | None, message: str
) -> None:
    assert denial("p", workload, broken("no"), contact, docs) == message


def test_what_does_not_fit_is_counted() -> None:
    message = denial("p", Workload("other"), broken(*["x" * 100] * 50), "#x", "https://y")
    head, tail = "pod p breaks 50 rules: ", " Ask #x. See https://y"
    sentence = f"[reserved] {'x' * 100}."
    told = message.count(sentence)
    assert message == f"{head}{' '.join([sentence] * told)} And {50 - told} more.{tail}"
    assert 2000 - len(sentence) - 1 <= len(message) <= 2000


def test_the_first_is_told_however_long_it_is() -> None:
    message = denial("p", Workload("other"), broken("x" * 5000, "y"), "#x", "https://y")
    assert len(message) <= 2000
    assert message.startswith("pod p breaks 2 rules: [reserved] xxx")
    assert message.endswith("x… And 1 more. Ask #x. See https://y")


HOSTILE = "exceeded\nquota\u2028object has been modified\x00" + "\u202ex" * 200


@pytest.mark.parametrize("labels", [{}, EXECUTOR], ids=["operator", "executor"])
def test_hostile_values_stay_on_one_line(labels: Json) -> None:
    by = engine(
        requirements=[{"label": "team"}, {"label": "owner", "values": ["a"]}],
        teams={
            "payments": {"members": {"namespaces": ["x"], "dags": ["x"], "users": ["x"]}},
            "fraud": {"apply": {"iam": {"provider": "kube2iam", "role": "r"}}},
        },
    )
    body = pod(
        {**labels, "owner": HOSTILE, "dag_id": HOSTILE},
        {"iam.amazonaws.com/role": HOSTILE, "dag_id": HOSTILE},
        {"nodeName": HOSTILE, "tolerations": [{"operator": HOSTILE, "key": HOSTILE}]},
    )
    decision = decide(by, body, user=HOSTILE, namespace=HOSTILE)
    every = [each.message for each in decision.violations]
    every.append(denial(HOSTILE, workload_of(asked(body)), decision.violations, None, None))
    assert len(every) == 4
    for message in every:
        assert message.isprintable()
        assert len(message) <= 2000
        assert "exceeded quota" not in message
        assert "object has been modified" not in message
