"""Tests on a real control plane run wherever its binaries can be had; else one line says so.

With CI=true they are never left out: a run that could not do them is a failed run. What tests
measured is said at the end, in a line each.
"""

import os
from collections.abc import Callable

import pytest

from tests.cluster import binaries

LEFT_OUT = pytest.StashKey[str]()
MEASURED = pytest.StashKey[list[str]]()
Measured = Callable[[str], None]


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """Say a line about what was measured."""
    return request.config.stash.setdefault(MEASURED, []).append


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Find or build the binaries if a selected test needs them; runs after `-m` and `-k`."""
    needing = [item for item in items if item.get_closest_marker("cluster")]
    if not needing or config.option.collectonly:
        return
    try:
        binaries.locate(binaries.wanted_kubernetes())
    except binaries.Missing as missing:
        if os.environ.get("CI") == "true":
            raise pytest.UsageError(f"the control plane cannot be had: {missing}") from None
        config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]
        config.stash[LEFT_OUT] = (
            f"left out: {len(needing)} tests on a real control plane: {missing}"
        )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    line = terminalreporter.config.stash.get(LEFT_OUT, None)
    if line:
        terminalreporter.write_line(line, yellow=True)
    for line in terminalreporter.config.stash.get(MEASURED, []):
        terminalreporter.write_line(f"measured: {line}")
