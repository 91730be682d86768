"""What tests share: a control plane and a replica, and an API server to be installed in anew."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.cluster import binaries
from tests.cluster.api import Api
from tests.cluster.control_plane import ControlPlane, running_control_plane
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.replica import Replica, running_replica
from tests.cluster.site import Site, make_site_world, site
from tests.cluster.storing import World
from tests.cluster.webhooks import registered
from tests.cluster.world import make_world

Report = pytest.TestReport
POLICIES = Path(__file__).parent / "policies"


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    found = binaries.locate(binaries.wanted_kubernetes())
    with running_control_plane(found, tmp_path_factory.mktemp("control-plane")) as running:
        make_world(running.api)
        yield running


@pytest.fixture(scope="session")
def api(control_plane: ControlPlane) -> Api:
    return control_plane.api


@pytest.fixture(scope="session")
def replica(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replica]:
    with running_replica(POLICIES, tmp_path_factory.mktemp("taxiway")) as running:
        yield running


@pytest.fixture
def taxiway(api: Api, replica: Replica) -> Iterator[Replica]:
    """The replica, with the API server asking it about every pod."""
    with registered(api, replica.endpoint):
        yield replica


@pytest.fixture(scope="session")
def storing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneApiServer]:
    """One for the tests of what survives a restart: each begins with a fresh installation."""
    found = binaries.locate(binaries.wanted_kubernetes())
    with lone_api_server(found, tmp_path_factory.mktemp("storing")) as running:
        make_site_world(running.api)
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneApiServer]:
    """An API server of a module's own."""
    found = binaries.locate(binaries.wanted_kubernetes())
    with lone_api_server(found, tmp_path_factory.mktemp("api-server")) as running:
        yield running


@pytest.fixture(scope="module")
def both(server: LoneApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two replicas on the ConfigMaps of the module's API server."""
    with site(server, tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def world(storing_server: LoneApiServer, tmp_path: Path) -> World:
    made = World(storing_server, tmp_path)
    made.reset()
    return made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Report, Report]:
    """Say beside a failure where the programs' logs are."""
    report = yield
    running = getattr(item, "funcargs", {}).get("control_plane")
    if report.failed and isinstance(running, ControlPlane):
        logs = "\n".join(str(program.log) for program in running.programs)
        report.sections.append(("logs of the control plane", logs))
    return report
