"""A live release goes away, by helm or with its namespace: nothing that it refuses holds that up.

Its replica answers to the end, on connections that the API server keeps after the Service is gone;
and it refuses that the last policy is deleted by mistake.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import binaries, chart, pods
from tests.cluster.api import Object
from tests.cluster.control_plane import controller_options
from tests.cluster.installation import NAMESPACE, Installation
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.processes import Program
from tests.cluster.site import config_map, policy_of
from tests.cluster.world import has_default_account, of
from tests.serving import until
from webhook.names import APPLIED

pytestmark = pytest.mark.cluster

NO_POLICY = (
    400,
    "BadRequest",
    'admission webhook "validate.policies.taxiway" denied the request: the policy set would not '
    "load, for an error:\npolicies:1:1: no policy document: write one that begins with "
    "apiVersion: taxiway/v1 (that line alone is a policy that asks for nothing)",
)
MINE = config_map("mine", teams_yaml=policy_of("growth"))
THEIRS = config_map("taxiway-policy")
GUIDE = chart.ROOT / "docs/install.md"
LEADS_HERE = '{"spec": {"type": "ExternalName", "externalName": "localhost", "clusterIP": null}}'
OF_A_RELEASE = (
    "services,deployments,configmaps,leases,roles,rolebindings,serviceaccounts,clusterroles,"
    "mutatingwebhookconfigurations,validatingwebhookconfigurations"
)


class Live(Installation):
    """One that helm knows of, and that the API server asks."""

    def install(self) -> None:
        self.api.create(of("v1", "Namespace", NAMESPACE)).made()
        self.api.create(self._secret()).made()
        values = self._values()
        self.resources = chart.rendered(values)
        self.helm("install", chart.RELEASE, chart.CHART, "--namespace", NAMESPACE, values=values)
        where = ("service", "taxiway", "--namespace", NAMESPACE)
        code, said = self.kubectl("patch", *where, "--type=merge", "--patch", LEADS_HERE)
        assert code == 0, said
        self.start()
        until("the API server asks", self.is_asked)

    def helm(self, *arguments: str | Path, values: Object | None = None) -> str:
        return chart.helm(*arguments, values=values, environment=self.kubectl.environment)

    def is_asked(self) -> bool:
        reply = self.api.create(pods.pod_operator("daily", team="payments"), dry_run=True)
        return APPLIED in reply.body.get("metadata", {}).get("annotations", {})

    def left(self) -> str:
        """What there is of the release, in the cluster and in its namespace."""
        mine = "--selector=app.kubernetes.io/instance=taxiway"
        _, said = self.kubectl("get", OF_A_RELEASE, "--all-namespaces", "--output=name", mine)
        return said.strip()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneApiServer]:
    """With the controllers that end a namespace."""
    found = binaries.locate(binaries.wanted_kubernetes())
    folder = tmp_path_factory.mktemp("api-server")
    with lone_api_server(found, folder) as running:
        options = controller_options(running.credentials)
        controllers = Program("controllers", (found["kube-controller-manager"], *options), folder)
        try:
            running.api.create(of("v1", "Namespace", "data")).made()
            until("it can hold pods", lambda: has_default_account(running.api, "data"))
            yield running
        finally:
            controllers.stop()


@pytest.fixture
def live(server: LoneApiServer, tmp_path: Path) -> Iterator[Live]:
    made = Live(server, tmp_path)
    try:
        made.install()
        yield made
    finally:
        made.stop()
        made.kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--timeout=60s")
        made.kubectl.shell(["bash", "-c", uninstalling()[0]])


def uninstalling() -> list[str]:
    """The commands of that chapter of the guide."""
    _, _, chapter = GUIDE.read_text().partition("## Uninstalling\n")
    found = re.search(r"```sh\n(.*?)```", chapter, re.DOTALL)
    assert found is not None
    return found[1].splitlines()


def test_helm_uninstalls_a_release_that_answers_and_whose_policy_is_the_last(live: Live) -> None:
    """A moment ago it was asked about a policy, so that a connection for that is open."""
    live.api.create(MINE).made()
    live.api.delete(MINE).made()
    said = live.helm("uninstall", chart.RELEASE, "--namespace", NAMESPACE)
    assert said == 'release "taxiway" uninstalled\n'
    assert live.left() == ""
    assert live.container.probe("livenessProbe"), "it was there all along"


def test_the_last_policy_is_kept_but_for_the_chart_s_and_goes_with_its_namespace(
    live: Live,
) -> None:
    live.api.create(MINE).made()
    live.api.delete(THEIRS).made()
    tried = ("delete", "configmap", "mine", "--namespace", NAMESPACE, "--dry-run=server")
    until("the replica knows that it is the last", lambda: live.kubectl(*tried)[0] == 1)
    assert live.api.delete(MINE).refusal == NO_POLICY
    code, said = live.kubectl("delete", "namespace", NAMESPACE, "--timeout=60s")
    assert code == 0, said
    assert live.container.probe("livenessProbe"), "it was there all along"
    assert live.left().splitlines() == [
        "mutatingwebhookconfiguration.admissionregistration.k8s.io/airflow-taxiway",
        "validatingwebhookconfiguration.admissionregistration.k8s.io/airflow-taxiway",
    ]
