"""A folder of DAGs as `taxiway dags` shows it, whole, in each form, by a real Airflow.

`TAXIWAY_REGENERATE=1 pytest tests/dags/test_rendered.py` writes the outputs again, those of the
Airflow in `TAXIWAY_AIRFLOW`; read the difference before it is committed. Airflow's and the
provider's release, names' random ends and the policies' revision stand as `<...>`.
"""

import json
import os
import re
from typing import Any

import pytest

from tests.airflow_real import environments
from tests.cli.command import ROOT
from tests.dags.records import FOLDER, HERE, HOME, engine, records, settings
from webhook.cli.dag_json import json_line
from webhook.cli.dag_process import Rendered
from webhook.cli.dag_verdict import of_rendered
from webhook.cli.dags import report
from webhook.cli.subject import Defaults

pytestmark = pytest.mark.airflow

GOLDEN = HERE / "golden"
REGENERATE = os.environ.get("TAXIWAY_REGENERATE") == "1"
OUTPUTS = ("text", "json", "github")


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_folder_is_shown(
    output: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    code = report(records(), engine(), settings(output))
    ended = capsys.readouterr()
    said = masked(f"{ended.out}--- stderr\n{ended.err}--- exit {code}\n")
    file = GOLDEN / f"{output}-{environments.wanted()}.txt"
    if REGENERATE:
        file.write_text(said)
    assert said == file.read_text()


def test_no_golden_file_is_left_over() -> None:
    wanted = {f"{output}-{each}.txt" for output in OUTPUTS for each in environments.LOCKS}
    assert {file.name for file in GOLDEN.iterdir()} == wanted


def masked(said: str) -> str:
    said = said.replace(engine().revision, "<revision>").replace(f"{ROOT}/", "")
    said = re.sub(r"Airflow [0-9.]+ with cncf.kubernetes [0-9.]+", "Airflow <version>", said)
    said = re.sub("[0-9a-f]{32}", "<uuid>", said)
    return re.sub(
        r'("name": "[a-z0-9<>-]+)-[a-z0-9]{8}(-driver|-exec-1)?"', r'\1-<random>\2"', said
    )


WRITTEN = [
    ("a param's default", "3"),
    ("names of the dag and the task", "templates.all.-1"),
    ("a condition on a param", "many"),
    ("a constant of the dag", "payments"),
    ("a filter of the dag", "A!"),
    ("whether a name is one of Airflow's", "True"),
    ("the day of the run", "{{ ds }}"),
    ("known and unknown in one", "x-{{ ds }}-3-{{ ts_nodash }}"),
    ("an unknown joined to a known", "{{ ds }}"),
    ("a part of an unknown", "{{ ds[:4] }}"),
    ("a filter of an unknown", "{{ ds }}"),
    ("a default for what is there at the run", "{{ ds }}"),
    ("a list with an unknown", "{{ ds }}"),
    ("a tuple with an unknown", "{{ ds }}"),
    ("a comparison with an unknown", "{{ ds }}"),
    ("a method of an unknown", "{{ logical_date.strftime('%Y') }}"),
    ("a macro", "{{ macros.ds_add(ds, 7) }}"),
    ("an XCom, as a number", "{{ ti.xcom_pull('extract')['rows'] }}"),
    ("a param without a default", "{{ params.day }}"),
    ("a function of the dag", "{{ asks() }}"),
    ("a variable", "{{ var.value.team }}"),
    ("a connection", "{{ conn.warehouse.host }}"),
    ("a condition on an unknown", "{{ dag_run.conf['full'] }}"),
    ("a loop over an unknown", "{{ var.json.tables }}"),
]


@pytest.mark.parametrize("at", range(len(WRITTEN)), ids=[name for name, _ in WRITTEN])
def test_a_template_is_rendered_as_far_as_it_is_known(at: int) -> None:
    pods = shown("templates", "all")
    assert len(pods[0]["posted"]["spec"]["containers"][0]["args"]) == len(WRITTEN)
    assert pods[0]["posted"]["spec"]["containers"][0]["args"][at] == WRITTEN[at][1]


def shown(dag: str, task: str) -> list[dict[str, Any]]:
    """What `-o json --show-pods` prints of a task."""
    defaults = Defaults(namespace="airflow")
    today = settings("json").today
    return [
        json.loads(json_line(finding, show_pods=True))
        for record in records()
        if isinstance(record, Rendered) and (record.dag, record.task) == (dag, task)
        for finding in of_rendered(record, engine(), defaults, today, govern_all=False)
    ]


def test_the_hook_of_local_settings_comes_last() -> None:
    hooked = [
        one["posted"]["metadata"]["annotations"].get("example.com/hooked")
        for one in (*shown("growth_nightly", "two_pods"), *shown("payments_daily", "decorated"))
    ]
    assert hooked == ["yes", "yes", "yes"]


def test_a_worker_has_what_the_template_and_the_override_say() -> None:
    (pod,) = shown("growth_nightly", "by_override")
    spec = pod["posted"]["spec"]
    assert {
        "labels": {key: pod["posted"]["metadata"]["labels"][key] for key in ("team", "tier")},
        "image": spec["containers"][0]["image"],
        "node": spec["nodeSelector"],
        "account": spec["serviceAccountName"],
        "unknown": [one["path"] for one in pod["posted_unknown"] if "labels" in one["path"]],
    } == {
        "labels": {"team": "growht", "tier": "airflow"},
        "image": "airflow:3",
        "node": {"pool": "payments"},
        "account": "airflow-worker",
        "unknown": ["/metadata/labels/airflow-worker"],
    }


def test_a_folder_is_left_as_it_was() -> None:
    records()
    made = {"__pycache__", "logs", "airflow.db", "webserver_config.py", "none.db"}
    found = {path.name for folder in (HOME, FOLDER) for path in folder.rglob("*")}
    assert found & made == set()
