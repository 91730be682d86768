"""Each scenario, short: no pod without its placement, none let in, none refused wrongly."""

import os
from pathlib import Path

import pytest

from tests.cluster import binaries
from tests.cluster.lone_api_server import lone_api_server
from tests.conftest import Measured
from tests.reliability.play import play
from tests.reliability.report import line
from tests.reliability.scenarios import SCENARIOS, Scenario

pytestmark = pytest.mark.cluster

SECONDS = float(os.environ.get("TAXIWAY_RELIABILITY_SECONDS", "20"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_no_pod_is_lost(scenario: Scenario, tmp_path: Path, measured: Measured) -> None:
    found = binaries.locate(binaries.wanted_kubernetes())
    with lone_api_server(found, tmp_path) as server:
        result = play(scenario, server, tmp_path, SECONDS)
    measured(line(result))
    assert result.is_good, result
