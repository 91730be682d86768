"""Tests on real programs run wherever these can be had; else one line says what is left out.

| marker    | needs                                                   |
|-----------|---------------------------------------------------------|
| `cluster` | a real control plane: etcd, kube-apiserver, kwok …      |
| `airflow` | a real Airflow in an environment of its own, PostgreSQL |

With CI=true they are never left out: a run that could not do them is a failed run. What tests
measured is said at the end, in a line each.
"""

import os
from collections.abc import Callable

import pytest

from tests.airflow_real import environments, postgres
from tests.cluster import binaries

LEFT_OUT = pytest.StashKey[list[str]]()
MEASURED = pytest.StashKey[list[str]]()
Measured = Callable[[str], None]


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Say a line about what was measured."""
    return request.config.stash.setdefault(MEASURED, []).append


def need_control_plane() -> None:
    binaries.locate(binaries.wanted_kubernetes())


def need_airflow() -> None:
    environments.locate(environments.wanted())
    postgres.locate()


NEEDS = {
    "cluster": ("control plane", need_control_plane),
    "airflow": ("Airflow", need_airflow),
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Find or make what the selected tests need; runs after `-m` and `-k`."""
    if config.option.collectonly:
        return
    for marker, (what, find) in NEEDS.items():
        needing = [item for item in items if item.get_closest_marker(marker)]
        try:
            if needing:
                find()
        except binaries.Missing as missing:
            if os.environ.get("CI") == "true":
                raise pytest.UsageError(f"the {what} cannot be had: {missing}") from None
            config.hook.pytest_deselected(items=needing)
            items[:] = [item for item in items if item not in needing]
            line = f"left out: {len(needing)} tests on a real {what}: {missing}"
            config.stash.setdefault(LEFT_OUT, []).append(line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in terminalreporter.config.stash.get(LEFT_OUT, []):
        terminalreporter.write_line(line, yellow=True)
    for line in terminalreporter.config.stash.get(MEASURED, []):
        terminalreporter.write_line(f"measured: {line}")
