"""`taxiway explain pod/NAME` on a real API server: a pod that is stored, by the policies there."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import Ended, taxiway
from tests.cluster.control_plane import ControlPlane
from tests.cluster.site import config_map
from tests.cluster.world import of

pytestmark = pytest.mark.cluster

NAME = "explained-x7k2"
POLICY = """\
apiVersion: taxiway/v1
requirements: [{label: cost-center}]
teams:
  ml:
    members: {namespaces: [data]}
    apply:
      schedulerName: batch
      tolerations: [{key: gpu, operator: Exists}]
"""


@pytest.fixture(scope="module")
def stored(control_plane: ControlPlane) -> Iterator[Path]:
    """A pod that no webhook has seen, and a policy; the way to the cluster."""
    api = control_plane.api
    policy = config_map("teams", teams_yaml=POLICY)
    policy["metadata"]["namespace"] = "unwatched"
    pod = of("v1", "Pod", NAME, namespace="data")
    pod["metadata"]["labels"] = {"kubernetes_pod_operator": "True", "dag_id": "daily"}
    pod["spec"] = {"containers": [{"name": "base", "image": "busybox", "args": ["SENTINEL"]}]}
    for thing in (policy, pod):
        api.create(thing).made()
    yield control_plane.kubeconfig
    for thing in (policy, pod):
        api.delete(thing)


def explain(kubeconfig: Path, *words: str) -> Ended:
    return taxiway("explain", *words, "--kubeconfig", str(kubeconfig))


def test_a_pod_of_the_cluster_by_the_policies_in_force(stored: Path) -> None:
    ended = explain(stored, f"pod/{NAME}", "-n", "data", "--live", "unwatched")
    *lines, _, last = ended.out.splitlines()
    assert (ended.code, ended.err, last.startswith("policy set ")) == (1, "", True)
    applied = next(line for line in lines if "taxiway/applied" in line)
    assert lines == [
        f"DENIED  {NAME} in data",
        '  governed  pod-operator: label kubernetes_pod_operator is "True"',
        "            dag daily",
        "  team      ml (teams/teams.yaml:4): there is no label team, and its members alone match",
        "              namespaces  data matches",
        "  mode      enforce: the policy's own, which is the default",
        "  gives",
        "    added     label team=ml, because its members match, and the pod names no team",
        "                team ml, teams/teams.yaml:5",
        "    added     toleration gpu",
        "                team ml, teams/teams.yaml:8",
        "    replaced  schedulerName batch, because default-scheduler is what the cluster writes "
        "by itself, and counts as absent",
        "                team ml, teams/teams.yaml:7",
        applied,
        "                Taxiway itself",
        "  requires",
        "    broken    label cost-center is missing: add "
        'labels={"cost-center": "..."} to the KubernetesPodOperator',
        "                teams/teams.yaml:2",
        "  note      the pod is shown as it is stored, and is not patched any more: what is added "
        "here it lacks",
    ]


MISSING = {
    "a pod that there is not": (
        ("pod/none", "-n", "data", "--live", "unwatched"),
        "there is no pod none in namespace data: see --namespace and --context\n",
    ),
    "a namespace without policies": (
        (f"pod/{NAME}", "-n", "data", "--live", "governed"),
        "no ConfigMap in namespace governed has both the label taxiway/policy=live and a key that "
        "ends in .yaml or .yml: give the namespace of the service\n",
    ),
    "a context that there is not": (
        (f"pod/{NAME}", "--policies", "examples/policies", "--context", "elsewhere"),
        "the cluster cannot be asked: the way to the API server is not known: Invalid kube-config "
        "file. Expected object with name elsewhere in {kubeconfig}/contexts list; "
        "give --kubeconfig or --context\n",
    ),
}


@pytest.mark.parametrize(("words", "line"), MISSING.values(), ids=MISSING)
def test_what_cannot_be_read_is_said(words: tuple[str, ...], line: str, stored: Path) -> None:
    assert explain(stored, *words) == Ended(2, "", line.replace("{kubeconfig}", str(stored)))


def test_who_has_no_right_is_told_which(
    control_plane: ControlPlane, stored: Path, tmp_path: Path
) -> None:
    api = control_plane.api
    account = of("v1", "ServiceAccount", "onlooker", namespace="unwatched")
    api.create(account).made()
    known = json.loads(stored.read_text())
    known["users"] = [
        {"name": "administrator", "user": {"token": api.token("onlooker", "unwatched")}}
    ]
    (tmp_path / "onlooker").write_text(json.dumps(known))
    ended = explain(
        tmp_path / "onlooker", f"pod/{NAME}", "-n", "data", "--policies", "examples/policies"
    )
    api.delete(account)
    assert ended == Ended(
        2,
        "",
        f"you may not read pod {NAME}; ask for a Role in namespace data with the verb get on pods, "
        "and see whether you have it by `kubectl auth can-i get pods -n data`\n",
    )


def test_policies_are_from_one_place() -> None:
    for words in ((), ("--live", "a", "--policies", "b")):
        ended = taxiway("explain", "pod/a", *words)
        assert (ended.code, ended.err.splitlines()[-1]) == (
            2,
            "Error: Invalid value for --policies: give it, or --live, and not both",
        )
