"""Every scenario of the chart: linted by the real helm, applied to a real API server, strictly."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster import binaries, chart
from tests.cluster.api import Object
from tests.cluster.kubectl import Kubectl
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.world import of

pytestmark = pytest.mark.cluster

CRDS = Path(__file__).parent / "crds"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneApiServer]:
    """With the kinds of cert-manager and of Prometheus' operator, and the release's namespace."""
    found = binaries.locate(binaries.wanted_kubernetes())
    with lone_api_server(found, tmp_path_factory.mktemp("api-server")) as running:
        yield running


@pytest.fixture(scope="module")
def kubectl(server: LoneApiServer, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    made = Kubectl(server.credentials, tmp_path_factory.mktemp("kubectl"))
    for file in sorted(CRDS.glob("*.yaml")):
        code, said = made.apply(yaml.safe_load_all(file.read_text()))
        assert code == 0, said
    code, said = made("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all")
    assert code == 0, said
    server.api.create(of("v1", "Namespace", chart.NAMESPACE)).made()
    # No controller is here to make it, and a pod without its account is refused.
    server.api.create(of("v1", "ServiceAccount", "default", namespace=chart.NAMESPACE)).made()
    return made


@pytest.mark.parametrize("scenario", chart.SCENARIOS, ids=chart.scenario_name)
def test_helm_finds_nothing_to_say_of(scenario: Path) -> None:
    version = binaries.kubernetes(binaries.wanted_kubernetes()).version
    options = ("--strict", "--quiet", "--kube-version", version, "--values", scenario)
    assert chart.helm("lint", chart.CHART, *options) == ""


@pytest.mark.parametrize("scenario", chart.SCENARIOS, ids=chart.scenario_name)
def test_the_api_server_takes_every_resource_of(
    scenario: Path, server: LoneApiServer, kubectl: Kubectl
) -> None:
    resources = chart.rendered(scenario=scenario)
    code, said = kubectl.apply(resources)
    assert code == 0, said
    assert said.count(" serverside-applied\n") == len(resources), said
    # A pod cannot be changed into that of the next scenario, whose policy would be sent to a
    # Service that leads nowhere.
    for kind in ("Pod", "ValidatingWebhookConfiguration"):
        server.api.delete(chart.one(resources, kind)).made()


TEMPLATE = ("template", "--namespace", chart.NAMESPACE, "--kube-version", "1.30.0")
TOGETHER: dict[str, tuple[str, Object, str]] = {
    "one port for both": (
        "taxiway",
        {"ports": {"ops": 8443}},
        "ports.admission and ports.ops are both 8443: give each a port of its own",
    ),
    "more replicas at least than at most": (
        "taxiway",
        {"autoscaling": {"enabled": True, "minReplicas": 7}},
        "autoscaling.minReplicas is 7, more than autoscaling.maxReplicas, 6: raise the one or "
        "lower the other",
    ),
    "a quota for no class": (
        "taxiway",
        {"priorityClassName": "", "criticalPodsQuota": {"create": True}},
        "criticalPodsQuota.create is for the class in priorityClassName, which is empty: set it, "
        "or turn the quota off",
    ),
    "one port of the Service for both": (
        "taxiway",
        {"service": {"port": 8080}},
        "service.port and service.opsPort are both 8080: give each a port of its own",
    ),
    "a port of root's on the node's network": (
        "taxiway",
        {"hostNetwork": True, "ports": {"admission": 443}},
        "on the node's network nobody but root may listen on port 443: give ports.admission and "
        "ports.ops numbers from 1024",
    ),
    "only a namespace that is never looked at": (
        "taxiway",
        {"webhooks": {"namespaces": ["airflow", "taxiway"]}},
        "webhooks.namespaces names taxiway, which is never looked at: take it out, there or in "
        "webhooks.excludedNamespaces",
    ),
    "an issuer of a kind without a name": (
        "taxiway",
        {"tls": {"mode": "cert-manager", "certManager": {"issuerRef": {"kind": "ClusterIssuer"}}}},
        "tls.certManager.issuerRef has no name: set it, or leave the whole reference empty for a "
        "CA of the chart's own",
    ),
    "autoscaling by a share of nothing": (
        "taxiway",
        {"autoscaling": {"enabled": True}, "resources": {"requests": None}},
        "autoscaling goes by a share of resources.requests.cpu, which is not set: set it, or turn "
        "autoscaling off",
    ),
    "a variable that has a value": (
        "taxiway",
        {"extraEnv": [{"name": "TAXIWAY_PORT", "value": "9443"}]},
        "extraEnv names TAXIWAY_PORT, which the chart sets itself: change the value that it comes "
        "from",
    ),
    "a first policy that says nothing": (
        "taxiway",
        {"policy": {"content": ""}},
        "policy.content holds no document of apiVersion taxiway/v1, without which no replica is "
        "ready: write one, or turn policy.create off",
    ),
    "a release that begins with a digit": (
        "1a",
        {},
        "resources would be named 1a-taxiway, but a Service's name begins with a letter: set "
        "fullnameOverride, or name the release otherwise",
    ),
}


@pytest.mark.parametrize(("release", "values", "why"), TOGETHER.values(), ids=TOGETHER)
def test_values_that_do_not_go_together_are_refused(release: str, values: Object, why: str) -> None:
    done = chart.helm_ends(*TEMPLATE, release, chart.CHART, values=values)
    # `Error: execution error at (FILE:LINE:COLUMN): …`
    said = done.stderr.splitlines()[0].partition("): ")[2]
    assert (done.returncode, said) == (1, why)


def test_a_release_with_dots_has_names_without() -> None:
    text = chart.helm(*TEMPLATE, "a.b", chart.CHART, values={})
    service = chart.one(
        [each for each in yaml.safe_load_all(text) if each], "Service", "a-b-taxiway"
    )
    assert service["spec"]["ports"][0]["name"] == "https"


NAMES: Object = {
    "fullnameOverride": "true",
    "nameOverride": "off",
    "priorityClassName": "1e3",
    "criticalPodsQuota": {"create": True},
    "tls": {"secretName": "123"},
    "serviceAccount": {"name": "0x1f"},
    "image": {"pullSecrets": ["456"]},
    "networkPolicy": {"monitoringNamespaces": ["789"]},
    "serviceMonitor": {"enabled": True},
}


@pytest.mark.parametrize("values", [{}, NAMES], ids=["the chart's names", "odd names"])
def test_names_that_yaml_takes_for_something_else_stay_names(values: Object) -> None:
    def render(release: str, namespace: str, values: Object) -> list[Object]:
        command = ("template", "--namespace", namespace, "--kube-version", "1.30.0")
        text = chart.helm(*command, release, chart.CHART, values=values)
        return [each for each in yaml.safe_load_all(text) if each]

    odd = render("on", "2024", {"fullnameOverride": "plain", **values})
    plain = render("plain", "plain", {"fullnameOverride": "plain", **_plain(values)})
    assert list(map(_types, odd)) == list(map(_types, plain))


def _plain(value: Any) -> Any:
    """The same values with a word for every text."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return "plain" if isinstance(value, str) else value


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _types(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_types(each) for each in value]
    return type(value)


def test_a_low_port_is_opened_to_a_user_who_is_not_root() -> None:
    pods = chart.one(chart.rendered({"ports": {"admission": 443}}), "Deployment")["spec"]
    assert pods["template"]["spec"]["securityContext"]["sysctls"] == [
        {"name": "net.ipv4.ip_unprivileged_port_start", "value": "443"}
    ]


def test_an_empty_priority_class_is_none() -> None:
    pods = chart.one(chart.rendered({"priorityClassName": ""}), "Deployment")["spec"]["template"]
    assert "priorityClassName" not in pods["spec"]


def test_a_field_that_kubernetes_does_not_know_is_refused(kubectl: Kubectl) -> None:
    """Else the test above could not fail."""
    deployment = chart.one(chart.rendered(), "Deployment")
    deployment["spec"]["replica"] = 2
    code, said = kubectl.apply([deployment])
    assert (code, ".spec.replica: field not declared in schema" in said) == (1, True), said


def kinds(scenario: str) -> set[str]:
    (path,) = (each for each in chart.SCENARIOS if chart.scenario_name(each) == scenario)
    return {each["kind"] for each in chart.rendered(scenario=path)}


EVERYWHERE = {
    "ConfigMap",
    "Deployment",
    "Lease",
    "MutatingWebhookConfiguration",
    "Pod",
    "Role",
    "RoleBinding",
    "Service",
    "ServiceAccount",
    "ValidatingWebhookConfiguration",
}
TWICE = {"NetworkPolicy", "PodDisruptionBudget"}
MANAGED = {"ClusterRole", "ClusterRoleBinding", "Secret"}
KINDS = {
    "defaults": TWICE | MANAGED,
    "existing-secret": TWICE,
    "cert-manager": TWICE | {"Certificate", "Issuer", "PrometheusRule", "ServiceMonitor"},
    "cert-manager-issuer": TWICE | {"Certificate"},
    "one-replica": MANAGED,
    "large": TWICE | MANAGED | {"HorizontalPodAutoscaler", "ResourceQuota"},
}


@pytest.mark.parametrize(("scenario", "more"), KINDS.items(), ids=KINDS)
def test_nothing_is_made_that_is_not_needed(scenario: str, more: set[str]) -> None:
    assert kinds(scenario) == EVERYWHERE | more


def container(scenario: Object | None = None) -> Object:
    deployment = chart.one(chart.rendered(scenario), "Deployment")
    (found,) = deployment["spec"]["template"]["spec"]["containers"]
    return found  # type: ignore[no-any-return]


def test_the_grace_period_holds_the_drain_and_the_closing_after_it() -> None:
    deployment = chart.one(chart.rendered({"drainSeconds": 40}), "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    drain = {"name": "TAXIWAY_DRAIN_SECONDS", "value": "40"}
    assert drain in pod["containers"][0]["env"]
    assert pod["terminationGracePeriodSeconds"] == 40 + 15
    assert "lifecycle" not in pod["containers"][0]


def test_a_container_can_write_nothing_and_become_nobody() -> None:
    found = container()
    assert found["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert found["resources"]["limits"] == {"memory": found["resources"]["requests"]["memory"]}


def test_state_is_made_without_data() -> None:
    """An upgrade names no data, so it takes none away."""
    resources = chart.rendered()
    state = [
        chart.one(resources, kind, name)
        for kind, name in (
            *(("ConfigMap", f"taxiway-last-good-{part}") for part in range(4)),
            ("ConfigMap", "taxiway-status"),
            ("Lease", "taxiway"),
            ("Secret", "taxiway-tls"),
        )
    ]
    assert {key for each in state for key in each} == {"apiVersion", "kind", "metadata", "type"}


def test_policies_and_state_are_told_apart_by_the_label() -> None:
    labelled = {
        each["metadata"]["name"]
        for each in chart.rendered()
        if each["metadata"].get("labels", {}).get("taxiway/policy")
    }
    assert labelled == {"taxiway-policy"}


def test_configurations_sort_before_the_clouds_identity_webhooks() -> None:
    name = chart.one(chart.rendered(), "MutatingWebhookConfiguration")["metadata"]["name"]
    others = ["azure-wi-webhook-mutating-webhook-configuration", "pod-identity-webhook"]
    assert sorted([*others, name])[0] == name
