"""What Airflow renders of `tests/airflow_real/dags/rendered`: loaded once, for all of a run.

With the settings of `home`: an `airflow.cfg`, and an `airflow_local_settings.py` with a hook.
"""

import os
from datetime import date
from functools import cache
from pathlib import Path
from unittest import mock

from tests.airflow_real import environments
from tests.cli.command import ROOT
from webhook.cli import dag_process
from webhook.cli.dags import DagsSettings
from webhook.cli.policies import read_policies
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

HERE = Path(__file__).parent
FOLDER = ROOT / "tests/airflow_real/dags/rendered"
HOME = HERE / "home"
POLICIES = ROOT / "examples/policies"


def python() -> str:
    """Of the Airflow of this run."""
    return str(environments.locate(environments.wanted()) / "bin/python")


def asked() -> dag_process.Asked:
    return dag_process.Asked(
        paths=(FOLDER,),
        python=python(),
        namespace="airflow",
        pod_template_file=HOME / "pod_template.yaml",
    )


def settings(output: str, *, show_pods: bool = False) -> DagsSettings:
    return DagsSettings(
        asked=asked(),
        policies=POLICIES,
        today=date(2026, 6, 1),
        output=output,
        show_pods=show_pods,
    )


@cache
def records() -> list[dag_process.Record]:
    with mock.patch.dict(os.environ, {"AIRFLOW_HOME": str(HOME)}):
        return dag_process.load(asked())


@cache
def engine() -> Engine:
    return Engine(compile_policy(load(read_policies(POLICIES)).spec))
