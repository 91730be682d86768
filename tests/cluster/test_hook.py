"""The hook with the policies of ConfigMaps: on a real API server, with and without the right."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.api import Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.processes import free_port
from tests.cluster.world import of
from tests.hook.given import Hook, hook, messages, pod_operator, v1_pod
from tests.serving import until
from webhook.hook import config_maps
from webhook.hook.settings import NAMESPACE, POLICIES
from webhook.sources.directory import Unreadable

__all__ = ["hook"]

pytestmark = pytest.mark.cluster

GROUP = "rbac.authorization.k8s.io"
HERE, WORKER = "unwatched", "airflow-hook"
TEAM = """\
apiVersion: taxiway/v1
teams: {payments: {members: {dags: ["payments_*"]}, apply: {nodeSelector: {pool: payments}}}}
"""
MODE = b"apiVersion: taxiway/v1\nmode: enforce\n"
ROLE = "airflow-reads-policies"
FORBIDDEN = (
    f"the ConfigMaps of namespace {HERE} cannot be listed: HTTP 403: give Airflow's service "
    "account the verb list on configmaps there"
)
NOTHING = (
    f"no ConfigMap in namespace {HERE} has both the label taxiway/policy=live and a key that ends "
    "in .yaml or .yml: label those that hold policies"
)


@pytest.fixture
def place(
    control_plane: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ControlPlane]:
    """An account as which the hook asks, and its right to list ConfigMaps."""
    api = control_plane.api
    subject = {"kind": "ServiceAccount", "name": WORKER}
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}]
    reference = {"apiGroup": GROUP, "kind": "Role", "name": ROLE}
    binding = {"roleRef": reference, "subjects": [{**subject, "namespace": HERE}]}
    made = [
        of("v1", "ServiceAccount", WORKER, namespace=HERE),
        of(f"{GROUP}/v1", "Role", ROLE, namespace=HERE) | {"rules": rules},
        of(f"{GROUP}/v1", "RoleBinding", ROLE, namespace=HERE) | binding,
    ]
    for thing in made:
        api.create(thing).made()
    kubeconfig = json.loads(control_plane.kubeconfig.read_text())
    kubeconfig["users"] = [{"name": "administrator", "user": {"token": api.token(WORKER, HERE)}}]
    (tmp_path / "kubeconfig").write_text(json.dumps(kubeconfig))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    config_maps._api.cache_clear()
    yield control_plane
    config_maps._api.cache_clear()
    for thing in reversed(made):
        api.delete(thing)


def config_map(name: str, policy: str = "live", **content: object) -> Object:
    return of("v1", "ConfigMap", name, namespace=HERE, labels={"taxiway/policy": policy}) | content


def test_a_pod_is_decided_by_the_live_config_maps(place: ControlPlane, hook: Hook) -> None:
    made = [
        config_map("teams", data={"teams.yaml": TEAM, "notes.txt": "no policy"}),
        config_map("binary", binaryData={"mode.yaml": b64encode(MODE).decode()}),
        config_map("planned", policy="shadow", data={"more.yaml": "no policy at all"}),
    ]
    for thing in made:
        place.api.create(thing).made()
    try:
        hook.set(POLICIES, "configmaps")
        hook.set(NAMESPACE, HERE)
        assert hook(v1_pod(pod_operator()))["spec"]["nodeSelector"] == {"pool": "payments"}
        assert [name for name, _ in config_maps.reader(HERE)()] == [
            "binary/mode.yaml",
            "teams/teams.yaml",
        ]
    finally:
        for thing in made:
            place.api.delete(thing)


def test_a_namespace_without_policies_is_said_to_have_none(place: ControlPlane) -> None:
    with pytest.raises(Unreadable) as raised:
        config_maps.reader(HERE)()
    assert str(raised.value) == NOTHING


def test_without_the_right_the_pod_goes_and_the_log_names_the_right(
    place: ControlPlane, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    place.api.delete(of(f"{GROUP}/v1", "RoleBinding", ROLE, namespace=HERE))
    hook.set(POLICIES, "configmaps")
    hook.set(NAMESPACE, HERE)

    def told() -> str:
        caplog.clear()
        assert hook(v1_pod(pod_operator())) == pod_operator()
        hook.set(NAMESPACE, HERE)  # begin anew
        return next(messages(caplog.records))[1]

    left = "taxiway: pod load-x7k2 is left as it is, because Taxiway cannot decide"
    expected = f"{left}: {FORBIDDEN}"
    until("the right is gone", lambda: told() == expected, 30)


def test_an_api_server_that_is_not_there_is_no_wait(place: ControlPlane, tmp_path: Path) -> None:
    kubeconfig = json.loads((tmp_path / "kubeconfig").read_text())
    kubeconfig["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{free_port()}"
    (tmp_path / "kubeconfig").write_text(json.dumps(kubeconfig))
    with pytest.raises(Unreadable) as raised:
        config_maps.reader(HERE)()
    assert str(raised.value) == (
        f"the ConfigMaps of namespace {HERE} cannot be listed: NewConnectionError: see whether "
        "this process can reach the API server"
    )
