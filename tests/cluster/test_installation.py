"""An installation by the chart: the API server calls the service through what helm rendered.

Byte for byte: names, paths, CA bundle and certificate. The one change is the Service's type, which
leads to this machine; ports are values of the chart.
"""

import base64
import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.cluster import binaries, chart, pods
from tests.cluster.api import Api, Object
from tests.cluster.installation import HOST, NAMESPACE, Installation, administrator
from tests.cluster.kubectl import Kubectl
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.world import of
from tests.serving import until
from webhook.names import APPLIED

pytestmark = pytest.mark.cluster

JOE = "joe"  # may do everything, and is in no group that may govern
RUNBOOK = chart.ROOT / "docs/runbook.md"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneApiServer]:
    found = binaries.locate(binaries.wanted_kubernetes())
    with lone_api_server(found, tmp_path_factory.mktemp("api-server")) as running:
        api = running.api
        for name in ("data", "trial"):
            api.create(of("v1", "Namespace", name)).made()
            api.create(of("v1", "ServiceAccount", "default", namespace=name)).made()
        api.create(administrator(JOE)).made()
        yield running


@pytest.fixture(scope="module")
def installed(
    server: LoneApiServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    made = Installation(server, tmp_path_factory.mktemp("installation"))
    made.install()
    made.start()
    try:
        until("the API server asks", lambda: APPLIED in annotations(made.api))
        yield made
    finally:
        made.stop()


def annotations(api: Api) -> Object:
    """Of a pod of team payments as the API server would store it."""
    reply = api.create(pods.pod_operator("daily", team="payments"), dry_run=True)
    found: Object = reply.body.get("metadata", {}).get("annotations", {})
    return found


def test_a_pod_is_given_what_its_team_s_policy_says(installed: Installation) -> None:
    made = installed.api.create(pods.pod_operator("daily", team="payments"), dry_run=True).made()
    assert pods.tolerating("payments") in made["spec"]["tolerations"]


def test_a_pod_that_breaks_a_rule_is_refused(installed: Installation) -> None:
    pod = pods.pod_operator("daily", team="paymnts")
    assert installed.api.create(pod, dry_run=True).refusal == (
        400,
        "BadRequest",
        'admission webhook "validate.pods.taxiway" denied the request: pod '
        f"{pod['metadata']['name']} (dag daily, task load) breaks 1 rule: [requirement] label "
        "team is paymnts, which is no team of the policy; the nearest is payments: set "
        'labels={"team": "payments"} in the KubernetesPodOperator.',
    )


def test_a_namespace_is_governed_by_who_may_say_so(installed: Installation) -> None:
    made = of("v1", "Namespace", "governed", labels={"taxiway/govern": "all"})
    assert installed.api.create(made, user=JOE, dry_run=True).refusal == (
        400,
        "BadRequest",
        'admission webhook "validate.namespaces.taxiway" denied the request: namespace governed: '
        "only user system:serviceaccount:argocd:* and group system:masters may set, change or "
        "remove its label taxiway/govern, and you are joe. Leave the label as it is, or ask "
        "#platform.",
    )
    installed.api.create(made, dry_run=True).made()


def test_a_policy_is_checked_before_it_is_stored(installed: Installation) -> None:
    labels = {"taxiway/policy": "live"}
    bad = of("v1", "ConfigMap", "bad", namespace=NAMESPACE, labels=labels)
    bad["data"] = {"teams.yaml": "apiVersion: taxiway/v1\nteam: {}\n"}
    code, reason, message = installed.api.create(bad).refusal
    assert (code, reason) == (400, "BadRequest")
    assert message == (
        'admission webhook "validate.policies.taxiway" denied the request: the policy '
        "set would not load, for an error:\nbad/teams.yaml:2:1: team: unknown key; did you mean "
        "`teams`?"
    )


def test_the_replica_lives_and_is_ready(installed: Installation) -> None:
    assert installed.container.probe("livenessProbe")
    assert installed.container.probe("readinessProbe")


def test_the_command_of_the_notes_shows_that_it_works(installed: Installation) -> None:
    code, said = installed.kubectl.shell(["bash", "-c", command_of(notes(installed))])
    assert (code, '"taxiway/applied":"' in said) == (0, True), said


def notes(installed: Installation, values: Object | None = None) -> str:
    said = chart.helm(
        "install",
        "notes",
        chart.CHART,
        "--namespace",
        "notes",
        "--dry-run=server",
        values=values or {},
        environment=installed.kubectl.environment,
    )
    return said.partition("NOTES:\n")[2]


def command_of(text: str) -> str:
    (found,) = re.findall(r"^  (kubectl run .*)$", text, re.MULTILINE)
    return str(found).replace("--namespace default", "--namespace trial")


WARNED: Object = {
    "replicas": 1,
    "webhooks": {"failurePolicy": "Ignore", "namespaces": ["a", "b"]},
    "policy": {"create": False},
    "govern": {"groups": []},
    "networkPolicy": {"create": False},
    "hostNetwork": True,
}
WARNINGS = (
    "webhooks.failurePolicy is Ignore: while Taxiway is down, pods that policy would refuse",
    "one replica: each restart and each drained node is a moment in which Airflow's pods are not",
    "only these namespaces are looked at: a, b. Empty webhooks.namespaces for all.",
    "policy.create is off: until a ConfigMap in this namespace carries taxiway/policy: live and",
    "govern.users and govern.groups are empty: nobody may set or remove taxiway/govern.",
    "without a NetworkPolicy every pod of the cluster may read the second port: metrics, and the",
    "hostNetwork is on: no NetworkPolicy holds for these pods, so whoever reaches a node reads its",
    "image.repository is taxiway, which names no registry of yours. Build the image "
    "(docs/install.md)",
)
CALM: Object = {
    "tls": {
        "mode": "existingSecret",
        "secretName": "mine",
        "caBundle": "-----BEGIN CERTIFICATE-----",
    },
    "image": {"repository": "images.example.com/taxiway"},
}


@pytest.mark.parametrize(
    ("values", "warnings"), [(WARNED, WARNINGS), (CALM, ())], ids=["all of it", "nothing"]
)
def test_the_notes_warn_of(
    installed: Installation, values: Object, warnings: tuple[str, ...]
) -> None:
    said = re.findall(r"^WARNING: (.*)$", notes(installed, values), re.MULTILINE)
    assert tuple(said) == warnings


def test_helm_test_finds_the_release_working(installed: Installation) -> None:
    check = installed.made_of(chart.one(installed.resources, "Pod"))
    here = {key: each.replace(HOST, "localhost") for key, each in check.environment.items()}
    done = subprocess.run(
        check.command, env=here, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert re.fullmatch(r"ready, by policy set [0-9a-f]{10}", first)
    assert second == "/mutate answers: a patch"


def test_the_break_glass_command_lets_pods_in_while_the_service_is_down(
    installed: Installation,
) -> None:
    installed.stop()
    pod = pods.pod_operator("daily", team="payments")
    code, _, message = installed.api.create(pod, dry_run=True).refusal
    assert (code, 'failed calling webhook "validate.pods.taxiway"' in message) == (500, True)
    code, said = installed.kubectl.shell(["bash", "-c", break_glass()])
    assert code == 0, said
    until("pods come in", lambda: installed.api.create(pod, dry_run=True).code == 201)
    code, said = installed.kubectl.apply(
        each for each in installed.resources if "WebhookConfiguration" in each["kind"]
    )
    assert code == 0, said
    installed.start()
    until("the API server asks again", lambda: APPLIED in annotations(installed.api))


def break_glass() -> str:
    """The first command of that chapter of the runbook."""
    _, _, chapter = RUNBOOK.read_text().partition("## Break glass\n")
    found = re.search(r"```sh\n(.*?)```", chapter, re.DOTALL)
    assert found is not None
    return found[1]


RELEASE = "second"
CA = base64.b64encode(b"what the service wrote").decode()
WRITTEN: dict[tuple[str, str], Object] = {
    ("Secret", "second-taxiway-tls"): {"data": {"tls.crt": CA}},
    ("ConfigMap", "taxiway-last-good-0"): {"binaryData": {"part": CA}},
    ("ConfigMap", "taxiway-status"): {"data": {"replica": "written"}},
    ("Lease", "taxiway"): {"spec": {"holderIdentity": "second-0"}},
}


def test_an_upgrade_keeps_what_the_service_wrote_and_uninstalling_leaves_nothing(
    installed: Installation,
) -> None:
    """A release that never came up: `managed`, and no pod is started."""
    api, kubectl = installed.api, installed.kubectl
    where = ("--namespace", RELEASE, "--create-namespace")
    released("install", kubectl, *where)
    for (kind, name), written in WRITTEN.items():
        api.patch(of("", kind, name, namespace=RELEASE), written).made()
    configuration = of("", "ValidatingWebhookConfiguration", "airflow-second-taxiway")
    bundle = base64.b64encode(installed.certificates.authority.read_bytes()).decode()
    path = "/webhooks/0/clientConfig/caBundle"
    patch = [{"op": "add", "path": path, "value": bundle}]
    api.patch(configuration, patch, how="json").made()

    released("upgrade", kubectl, *where, values={"replicas": 3, "drainSeconds": 20})
    for (kind, name), written in WRITTEN.items():
        kept = api.get(kind, name, RELEASE).made()
        assert {key: kept[key] for key in written} == written
    kept = api.get("ValidatingWebhookConfiguration", "airflow-second-taxiway").made()
    assert kept["webhooks"][0]["clientConfig"]["caBundle"] == bundle

    chart.helm("uninstall", RELEASE, "--namespace", RELEASE, environment=kubectl.environment)
    kinds = "all,configmaps,secrets,leases,roles,rolebindings,clusterroles,clusterrolebindings,"
    code, left = kubectl(
        "get",
        f"{kinds}mutatingwebhookconfigurations,validatingwebhookconfigurations",
        "--all-namespaces",
        f"--selector=app.kubernetes.io/instance={RELEASE}",
    )
    assert (code, left.strip()) == (0, "No resources found")
    api.create(pods.pod_operator("daily", team="payments"), dry_run=True).made()


def released(verb: str, kubectl: Kubectl, *options: str, values: Object | None = None) -> None:
    values = values or {}
    chart.helm(verb, RELEASE, chart.CHART, *options, values=values, environment=kubectl.environment)
