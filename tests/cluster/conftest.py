"""One control plane for all of these tests, and a Taxiway that its API server asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import binaries
from tests.cluster.control_plane import ControlPlane, running_control_plane
from tests.cluster.world import make_world

POLICIES = Path(__file__).parent / "policies"


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    found = binaries.locate(binaries.wanted_kubernetes())
    with running_control_plane(found, tmp_path_factory.mktemp("control-plane")) as running:
        make_world(running.api)
        yield running
