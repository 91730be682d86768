"""What `taxiway dags` says of what Airflow's process writes, and with which exit code."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from tests.cli.command import ROOT
from webhook.airflow.smallest import smallest
from webhook.cli.dag_process import (
    Asked,
    Failed,
    Ignored,
    Loaded,
    More,
    Record,
    Rendered,
    Started,
)
from webhook.cli.dags import DagsSettings, report
from webhook.dags.unknown import Ledger
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

POLICY = """
apiVersion: taxiway/v1
requirements: [{label: team}]
stages: [{namespaces: [dev], mode: warn}]
teams: {payments: {}}
"""
STARTED = Started(
    airflow="3.3.2", provider="10.25.0", executors=("LocalExecutor",), has_template=True
)
AT: dict[str, Any] = {"file": str(ROOT / "dags/a.py"), "line": 7, "dag": "d", "task": "t"}
LEDGER = Ledger()
TOKEN, CONNECTION = LEDGER.token("{{ ds }}"), LEDGER.token("connection k")
TOLD = tuple(LEDGER.every())
HOW = "note  rendered by Airflow 3.3.2 with cncf.kubernetes 10.25.0, executor LocalExecutor\n"


def rendered(team: str | None = "payments", namespace: str = "airflow", **given: Any) -> Rendered:
    """A KubernetesPodOperator's pod."""
    pod = smallest("pod-operator", name="p", dag="d", task="t")
    pod["metadata"]["namespace"] = namespace
    if team is not None:
        pod["metadata"]["labels"]["team"] = team
    return Rendered(**AT, operator="Op", map_index=-1, object=pod, told=TOLD, **given)


def without(error: str) -> Rendered:
    return Rendered(**AT, operator="Op", map_index=3, error=error)


CASES: list[tuple[str, list[Record], int, str]] = [
    ("a pod that is allowed is only counted", [rendered()], 0, "1 pod of 1 dag: 1 allowed"),
    (
        "a pod that is denied",
        [rendered(None)],
        1,
        "DENIED  dags/a.py:7  d.t  pod-operator\n"
        '  requirement  label team is missing: add labels={"team": "..."} to the '
        "KubernetesPodOperator\n\n"
        "1 pod of 1 dag: 1 denied",
    ),
    (
        "a team that only the run can tell",
        [rendered(TOKEN)],
        2,
        "UNKNOWN  dags/a.py:7  d.t  pod-operator\n"
        "  unknown      metadata.labels.team is {{ ds }}, which cannot be known before the run\n\n"
        "1 pod of 1 dag: 1 unknown",
    ),
    (
        "a namespace that only the connection can tell",
        [rendered(namespace=CONNECTION)],
        2,
        "UNKNOWN  dags/a.py:7  d.t  pod-operator\n"
        "  unknown      the namespace comes from connection k: give --namespace\n\n"
        "1 pod of 1 dag: 1 unknown",
    ),
    (
        "a missing label of a pod whose namespace might soften it is not certain",
        [rendered(None, namespace=CONNECTION)],
        2,
        "UNKNOWN  dags/a.py:7  d.t  pod-operator\n"
        "  unknown      the namespace comes from connection k: give --namespace\n\n"
        "1 pod of 1 dag: 1 unknown",
    ),
    (
        "whatever the mapping brings, where it may be anything",
        [rendered(fields={"*": "{{ ti.xcom_pull('a') }}"})],
        2,
        "UNKNOWN  dags/a.py:7  d.t  pod-operator\n"
        "  unknown      the whole pod is {{ ti.xcom_pull('a') }}, which cannot be known before "
        "the run\n\n"
        "1 pod of 1 dag: 1 unknown",
    ),
    (
        "an argument that no decision depends on may be unknown",
        [rendered(fields={"arguments": "{{ ti.xcom_pull('a') }}"})],
        0,
        "1 pod of 1 dag: 1 allowed",
    ),
    (
        "what is only warned of is said, and allowed",
        [rendered(None, namespace="dev")],
        0,
        "ALLOWED  dags/a.py:7  d.t  pod-operator\n"
        '  requirement (warn)  label team is missing: add labels={"team": "..."} to the '
        "KubernetesPodOperator\n\n"
        "1 pod of 1 dag: 1 allowed",
    ),
    (
        "a team that only the run can tell, where nothing is denied",
        [rendered(TOKEN, namespace="dev")],
        0,
        "1 pod of 1 dag: 1 allowed",
    ),
    (
        "a pod that Airflow cannot make",
        [without("ValueError: no")],
        2,
        "FAILED  dags/a.py:7  d.t[3]\n  Airflow cannot make its pod: ValueError: no\n\n"
        "0 pods of 1 dag: 1 failed",
    ),
    (
        "a file that Airflow cannot import",
        [Failed(file=str(ROOT / "dags/b.py"), line=3, message="SyntaxError: no")],
        2,
        "FAILED  dags/b.py:3  import\n  Airflow cannot import this file: SyntaxError: no\n\n"
        "0 pods of 1 dag: 1 failed",
    ),
    (
        "more mapped tasks than are rendered",
        [rendered(), More(**AT, count=900)],
        2,
        "UNKNOWN  dags/a.py:7  d.t\n  900 more mapped tasks were not rendered\n\n"
        "1 pod of 1 dag: 1 unknown, 1 allowed",
    ),
]


def settings(**given: Any) -> DagsSettings:
    asked = Asked(paths=(Path("dags"),), namespace=None)
    return DagsSettings(asked=asked, policies=Path("p"), today=date(2026, 6, 1), **given)


def ended(
    records: list[Record], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    monkeypatch.chdir(ROOT)
    engine = Engine(compile_policy(load((("p.yaml", POLICY.encode()),)).spec))
    code = report(records, engine, settings())
    out, err = capsys.readouterr()
    return out.replace(f"; policy set {engine.revision}", ""), f"{err}{code}"


@pytest.mark.parametrize(
    ("records", "code", "said"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_it_says(
    records: list[Record],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    every: list[Record] = [STARTED, Loaded(path="dags", dags=1), *records]
    blocks, _, last = said.rpartition("\n")
    wanted = f"{blocks}\n{HOW}{last}\n" if blocks else f"{HOW}{last}\n"
    assert ended(every, capsys, monkeypatch) == (wanted, str(code))


def test_unknown_is_no_failure_if_it_is_allowed() -> None:
    engine = Engine(compile_policy(load((("p.yaml", POLICY.encode()),)).spec))
    every: list[Record] = [STARTED, Loaded(path="dags", dags=1), rendered(TOKEN)]
    assert report(every, engine, settings(allow_unknown=True)) == 0
    assert report([*every, rendered(None)], engine, settings(allow_unknown=True)) == 1


def test_a_folder_without_a_dag_was_not_meant(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, rest = ended([STARTED, Loaded(path="docs", dags=0)], capsys, monkeypatch)
    assert out == f"{HOW}0 pods of 0 dags: none at all\n"
    assert rest == "docs: Airflow finds no dag in it; give the folder that holds the DAG files\n2"


def test_an_executor_of_pods_wants_its_template_and_an_override_its_executor(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pods = structs.replace(STARTED, executors=("KubernetesExecutor",), has_template=False)
    records: list[Record] = [pods, Loaded(path="dags", dags=1), Ignored(**AT)]
    out, rest = ended(records, capsys, monkeypatch)
    assert (out.splitlines()[1:], rest) == (
        [
            "note  no pod_template_file is configured, so workers are rendered without one: give "
            "the deployment's by --pod-template-file",
            "note  a pod_override is of no use under this executor (d.t has one): where tasks run "
            "in pods, give --executor KubernetesExecutor",
            "0 pods of 1 dag: none at all",
        ],
        "0",
    )
