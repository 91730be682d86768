"""Policies applied with kubectl to a real API server that asks Taxiway first."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.cluster import binaries
from tests.cluster.api import Object
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.policy_webhook import asked_about_policies
from tests.cluster.site import NAMESPACE, Site, config_map, site
from tests.cluster.webhooks import Endpoint

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneApiServer]:
    found = binaries.locate(binaries.wanted_kubernetes())
    with lone_api_server(found, tmp_path_factory.mktemp("api-server")) as running:
        yield running


@pytest.fixture(scope="module")
def both(server: LoneApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(server, tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def replicas(both: Site) -> Iterator[Site]:
    """Both replicas, with the base policy in force; the first is asked about changes of it."""
    both.rest()
    with asked_about_policies(both.api, endpoint(both)):
        yield both


def endpoint(replicas: Site) -> Endpoint:
    service = replicas.places[0].service
    return Endpoint(f"https://localhost:{service.port}", service.ca)


class Terminal:
    """kubectl, as an administrator calls it in a folder."""

    def __init__(self, replicas: Site, folder: Path) -> None:
        self._folder = folder
        found = binaries.locate(binaries.wanted_kubernetes())["kubectl"]
        self._environment = {
            "PATH": f"{found.parent}:{os.environ['PATH']}",
            "KUBECONFIG": str(replicas.server.credentials.kubeconfig("administrator")),
            "HOME": str(folder),
        }

    def write(self, thing: Object, name: str = "policy.yaml") -> None:
        (self._folder / name).write_text(yaml.safe_dump(thing))

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Exit code, and all that is seen."""
        done = subprocess.run(
            ["kubectl", "--namespace", NAMESPACE, *arguments],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture
def kubectl(replicas: Site, tmp_path: Path) -> Terminal:
    return Terminal(replicas, tmp_path)


DENIED = 'admission webhook "validate.policies.taxiway" denied the request: '
BAD = "apiVersion: taxiway/v1\nteams:\n  growth: {costCentres: [CC-1]}\n"


def test_a_bad_policy_is_refused_with_its_line_on_the_terminal(
    replicas: Site, kubectl: Terminal
) -> None:
    kubectl.write(config_map("growth", teams_yaml=BAD))
    assert kubectl("apply", "--filename", "policy.yaml") == (
        1,
        'Error from server (BadRequest): error when creating "policy.yaml": '
        f"{DENIED}the policy set would not load, for an error:\n"
        "growth/teams.yaml:3:12: teams.growth.costCentres: unknown key; did you mean "
        "`costCenters`?\n",
    )
    assert replicas.api.get("ConfigMap", "growth", NAMESPACE).code == 404
