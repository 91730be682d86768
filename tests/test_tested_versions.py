"""The README's table of tested versions is what the tests run with."""

import re
import tomllib
from pathlib import Path

from benchmarks import calls
from tests.airflow_real import environments
from tests.cluster import binaries

ROOT = Path(__file__).parent.parent
ROWS = re.findall(
    r"^\| ([A-Z][^|]*?) \| ([^|]*?) \|", (ROOT / "README.md").read_text(), re.MULTILINE
)
TESTED = dict(ROWS)
MOST_IMPORTANT = ("Kubernetes, the oldest", "Kubernetes, the newest")


def test_both_versions_of_kubernetes_are_the_ones_that_are_pinned() -> None:
    pinned = [binaries.kubernetes(minor).version for minor in binaries.known_kubernetes()]
    assert [f"v{TESTED[row]}" for row in MOST_IMPORTANT] == pinned
    assert pinned[-1].startswith(f"v{binaries.NEWEST_KUBERNETES}.")


def test_helm_is_the_one_that_is_pinned() -> None:
    assert f"v{TESTED['Helm']}" == binaries.HELM.version


def test_python_is_from_the_oldest_that_may_be_installed_on_each_that_is_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest, newer = TESTED["Python, the oldest"], TESTED["Python, newer"].split(", ")
    assert project["requires-python"] == f">={oldest}"
    of_python = "Programming Language :: Python :: "
    minors = [line for line in project["classifiers"] if line.startswith(f"{of_python}3.")]
    assert minors == [of_python + minor for minor in (oldest, *newer)]
    assert list(calls.read()) == [oldest, *newer]


def test_the_chart_asks_for_the_oldest_and_so_does_its_guide() -> None:
    oldest = TESTED[MOST_IMPORTANT[0]].rpartition(".")[0]
    chart = (ROOT / "charts/taxiway/Chart.yaml").read_text()
    assert re.findall(r"kubeVersion: (.*)", chart) == [f'">={oldest}.0-0"']
    assert f"Kubernetes {oldest} or later" in (ROOT / "docs/install.md").read_text()


def test_both_versions_of_airflow_are_the_ones_that_are_locked() -> None:
    locked = [environments.version(airflow) for airflow in environments.LOCKS]
    assert [TESTED["Airflow, the newest"], TESTED["Airflow 2"]] == locked
