"""The page for DAG authors: its denials are the engine's own, and its examples are let through."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.airflow_real import environments
from tests.dag_authors import DENIALS, PAGE, POLICIES, ROOT, Json, blocks, messages, section
from webhook.names import RULES

OF_1_10 = "python 1.10"


def test_every_rule_has_its_entry_and_no_other_has() -> None:
    assert re.findall(r"^### `(.+)`$", PAGE.read_text(), re.MULTILINE) == list(RULES)
    assert list(DENIALS) == list(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_the_denials_that_are_quoted_are_what_the_engine_says(rule: str) -> None:
    assert re.findall(r"^- `(.+)`$", section(rule), re.MULTILINE) == messages(rule)


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)[^)]*\)", PAGE.read_text())
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


@pytest.mark.parametrize("code", [*blocks("python"), *blocks(OF_1_10)])
def test_the_examples_in_python_are_python(code: str) -> None:
    assert ast.parse(code).body


def reviewed(*arguments: str, given: str = "") -> tuple[int, list[Json]]:
    """The exit code, and what is said of each pod."""
    done = subprocess.run(
        [sys.executable, "-m", "webhook", *arguments, "--policies", str(POLICIES), "-o", "json"],
        input=given,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,  # 15 s on an idle machine
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_examples_in_yaml_make_pods_that_are_let_through() -> None:
    template, application = map(yaml.safe_load, blocks("yaml"))
    template["metadata"] |= {"namespace": "airflow"}
    template["metadata"]["labels"] |= {"kubernetes_executor": "True", "dag_id": "payments_daily"}
    given = "\n---\n".join(map(json.dumps, (template, application)))
    code, pods = reviewed("review", "-", given=given)
    assert code == 0, pods
    assert [(pod["workload"], pod["team"]) for pod in pods] == [
        ("kubernetes-executor", "payments"),
        ("spark", "payments"),
        ("spark", "payments"),
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DAG folder of the examples."""
    made = tmp_path_factory.mktemp("dags")
    for number, code in enumerate(blocks("python")):
        (made / f"example_{number}.py").write_text(code)
    return made


@pytest.mark.airflow
def test_a_real_airflow_renders_the_examples_and_their_pods_are_let_through(folder: Path) -> None:
    airflow = environments.locate(environments.wanted()) / "bin/python"
    options = ("--executor", "KubernetesExecutor", "--namespace", "airflow", "--timeout", "800")
    code, found = reviewed("dags", str(folder), "--python", str(airflow), *options)
    assert code == 0, found
    of_operators = {
        (pod["task"], pod["workload"]): pod["team"]
        for pod in found
        if pod["workload"] != "kubernetes-executor"
    }
    assert of_operators == {
        ("load", "pod-operator"): "payments",
        ("report", "pod-operator"): "payments",
        ("check", "pod-operator"): "payments",
        ("reindex", "job-operator"): "payments",
    }
    of_executor = [pod["task"] for pod in found if pod["dag"] == "payments_hourly"]
    assert of_executor == ["load"]
