"""Pods of KubernetesPodOperators that policy refuses, and what their authors read of it.

Code 400 fails the task at once: neither the provider nor Airflow tries again by itself. The words
are those of Taxiway's answer, whole, in the log of the task, and nothing was created.
"""

import pytest

from tests.airflow_real.deployment import Deployment
from tests.airflow_real.place import Place
from tests.airflow_real.placement import pods_of
from tests.airflow_real.refusals import refusals

pytestmark = [pytest.mark.airflow, pytest.mark.cluster]

OPERATOR = "KubernetesPodOperator"
SEE = "See https://wiki.example.com/airflow-pods"
FRAUD, PAYMENTS = f"Ask #fraud. {SEE}", f"Ask #payments-data. {SEE}"
UNPAID = (
    "breaks 1 rule: [requirement] label cost-center is missing; team fraud may use CC-2001: add "
    f'labels={{"cost-center": "CC-2001"}} to the {OPERATOR}. {FRAUD}'
)
UNKNOWN_CODES = (
    "breaks 2 rules: [requirement] label cost-center is missing; which codes are allowed depends "
    f'on the team, and this pod has none: add labels={{"cost-center": "..."}} to the {OPERATOR}. '
)
REFUSED = {
    "fraud_refused": {
        "no_cost_center": UNPAID,
        "deferrable": UNPAID,
        "decorated": UNPAID,
        "mapped": UNPAID,
        "a_payments_node": (
            "breaks 1 rule: [conflict] nodeSelector dedicated is payments, team fraud wants fraud: "
            f"remove it from node_selector= of the {OPERATOR}. {FRAUD}"
        ),
    },
    "payments_refused": {
        "a_frauds_cost_center": (
            "breaks 1 rule: [requirement] label cost-center is CC-2001; team payments may use "
            'CC-1001, CC-1002, cc-17: set labels={"cost-center": "CC-1001"} in the '
            f"{OPERATOR}. {PAYMENTS}"
        ),
        "a_frauds_claim": (
            "breaks 1 rule: [membership] label team claims team fraud, which dag payments_refused "
            f'does not belong to: set labels={{"team": "..."}} in the {OPERATOR} with your own '
            f"team, or ask team fraud to be added to its members. {FRAUD}"
        ),
        "a_frauds_role": (
            "breaks 1 rule: [reserved] IAM role arn:aws:iam::111122223333:role/fraud-etl belongs "
            f"to team fraud: remove it. {PAYMENTS}"
        ),
        "a_frauds_account": (
            "breaks 1 rule: [reserved] service account fraud-etl belongs to team fraud: remove "
            f"service_account_name= of the {OPERATOR}. {PAYMENTS}"
        ),
        "a_frauds_nodes": (
            "breaks 1 rule: [reserved] toleration dedicated=fraud belongs to team fraud: remove "
            f"it. {PAYMENTS}"
        ),
        "a_node_by_name": (
            "breaks 1 rule: [reserved] nodeName fraud goes around the scheduler and every taint: "
            "remove nodeName in full_pod_spec= or pod_template_file= of the "
            f"{OPERATOR}. {PAYMENTS}"
        ),
        "a_team_misspelt": (
            f"{UNKNOWN_CODES}[requirement] label team is paymets, which is no team of the policy; "
            'the nearest is payments: set labels={"team": "payments"} in the '
            f"{OPERATOR}. {SEE}"
        ),
    },
    "growth_refused": {
        "nobodys": (
            f"{UNKNOWN_CODES}[requirement] label team is missing: add "
            f'labels={{"team": "..."}} to the {OPERATOR}. {SEE}'
        ),
    },
}
CASES = [
    pytest.param(dag, task, said, id=f"{task.replace('_', ' ')}, of {dag}")
    for dag, tasks in REFUSED.items()
    for task, said in tasks.items()
]


@pytest.mark.parametrize(("dag", "task", "said"), CASES)
def test_the_author_reads_why_in_the_log_of_the_task(
    place: Place, pod_operators: Deployment, dag: str, task: str, said: str
) -> None:
    ended = [each for each in pod_operators.until_done(dag) if each.task == task]
    assert {(each.state, each.tries) for each in ended} == {("failed", 1)}
    assert pods_of(place, dag, task) == []
    for each in ended:
        log = pod_operators.task_log(dag, task, each.map_index)
        assert refusals(log) == [f"pod POD (dag {dag}, task {task}) {said}"], log


def test_every_task_of_the_refused_dags_is_held(pod_operators: Deployment) -> None:
    tasks = {dag: {each.task for each in pod_operators.until_done(dag)} for dag in REFUSED}
    assert tasks == {dag: set(said) for dag, said in REFUSED.items()}
