"""`taxiway audit` and `taxiway diff --cluster` on a real API server, by people with more and fewer
rights. What an audit prints at other widths stands in tests/cli/widths.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import yaml

from tests.cli.command import ROOT, Ended, taxiway
from tests.cluster import binaries
from tests.cluster.api import Api, Object
from tests.cluster.audited import NEXT, POLICY, engine, make_cluster, make_people, pod
from tests.cluster.kubectl import Kubectl
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.world import launchers
from tests.serving import until
from webhook.cli.audit_log import AuditLog
from webhook.cli.corpus import Case

pytestmark = pytest.mark.cluster

PRINTED = ROOT / "tests/cli/widths/audit-piped.txt"
CRD = Path(__file__).parent / "crds/policy-reports.yaml"
SERVICE = ("-n", "taxiway")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneApiServer]:
    found = binaries.locate(binaries.wanted_kubernetes())
    folder = tmp_path_factory.mktemp("api-server")
    with lone_api_server(found, folder, audit_level="Request") as running:
        make_cluster(running.api)
        yield running


@pytest.fixture(scope="module")
def api(server: LoneApiServer) -> Api:
    return server.api


@pytest.fixture(scope="module")
def people(server: LoneApiServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kubeconfig of each, and the policies as `old` and `new`."""
    folder = tmp_path_factory.mktemp("people")
    make_people(server.api, server.credentials, folder)
    (folder / "old.yaml").write_text(POLICY)
    (folder / "new.yaml").write_text(NEXT)
    return folder


def audit(people: Path, person: str, *words: str) -> Ended:
    return taxiway("audit", *words, "--kubeconfig", str(people / person))


def list_right(resource: str) -> str:
    return (
        f"you may not list {resource} in the whole cluster; ask its administrators for a "
        f"ClusterRole with the verb list on {resource}, and see whether you have it by "
        f"`kubectl auth can-i list {resource} --all-namespaces`"
    )


NO_OWNERS = [
    f"{resource.partition('.')[0]} were not looked at: {list_right(resource)}"
    for resource in ("deployments.apps", "statefulsets.apps", "cronjobs.batch")
]
NO_PODS = f"pods were not looked at: {list_right('pods')}"
LEFT_OUT = (
    "pods that Airflow did not make were left out, though a namespace labelled taxiway/govern=all "
    "governs them too: "
)
CASES: dict[str, tuple[str, tuple[str, ...], str, list[str]]] = {
    "who may list nothing is told of each right": (
        "nobody",
        (),
        "nothing is governed here",
        [f"{LEFT_OUT}{list_right('namespaces')}", NO_PODS, *NO_OWNERS],
    ),
    "rights in one namespace are used where one says which": (
        "of-one-namespace",
        ("--in", "airflow"),
        "6 governed pods and 1 template: 2 keep the policies, 5 do not",
        [f"{LEFT_OUT}you may not get namespace airflow; ask its administrators for that"],
    ),
    "pods are looked at though templates may not be": (
        "of-pods",
        ("-n", "taxiway"),
        "8 governed pods: 3 keep the policies, 1 with warnings, 5 do not",
        NO_OWNERS,
    ),
}


def test_an_administrator_sees_all_of_it(people: Path) -> None:
    ended = audit(people, "administrator", *SERVICE)
    assert ended.out == PRINTED.read_text().replace("<revision>", engine().revision)
    assert (ended.err, ended.code) == ("", 1)


@pytest.mark.parametrize(("person", "words", "headline", "unread"), CASES.values(), ids=CASES)
def test_what_one_may_not_see_is_said(
    people: Path, person: str, words: tuple[str, ...], headline: str, unread: list[str]
) -> None:
    ended = audit(people, person, "--policies", str(people / "old.yaml"), *words)
    assert ended.out.splitlines()[0] == headline
    assert ended.err.splitlines() == unread
    assert ended.code == 2


def test_who_may_not_read_the_policies_is_told(people: Path) -> None:
    ended = audit(people, "nobody", *SERVICE)
    assert ended.err == (
        "you may not list configmaps in namespace taxiway; ask its administrators for a Role "
        "there with the verb list on configmaps, and see whether you have it by "
        "`kubectl auth can-i list configmaps -n taxiway`\n"
    )
    assert (ended.out, ended.code) == ("", 2)


def test_a_cluster_that_keeps_the_policies_is_good(people: Path, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("apiVersion: taxiway/v1\n")
    ended = audit(people, "administrator", "--policies", str(tmp_path), *SERVICE)
    headline = "8 governed pods and 2 templates: all keep the policies"
    assert (ended.out.splitlines()[0], ended.code) == (headline, 0)


def test_reports_cannot_be_applied_where_nobody_knows_them(people: Path) -> None:
    ended = audit(people, "administrator", *SERVICE, "--apply", "-o", "json")
    assert ended.err == (
        "the cluster has no PolicyReports: install the CustomResourceDefinition "
        "policyreports.wgpolicyk8s.io with version v1alpha2, or print them by -o report\n"
    )
    assert ended.code == 2


@pytest.fixture(scope="module")
def reporting(server: LoneApiServer, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    """The kind is known."""
    kubectl = Kubectl(server.credentials, tmp_path_factory.mktemp("kubectl"))
    code, said = kubectl.apply(yaml.safe_load_all(CRD.read_text()))
    assert code == 0, said
    code, said = kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all")
    assert code == 0, said
    return kubectl


def summaries(api: Api) -> dict[str, Object]:
    """Of each namespace's report."""
    found = {space: api.get("PolicyReport", "taxiway", space) for space in ("airflow", "data")}
    return {space: reply.body["summary"] for space, reply in found.items() if reply.code == 200}


def test_reports_that_are_printed_are_taken_strictly(people: Path, reporting: Kubectl) -> None:
    ended = audit(people, "administrator", *SERVICE, "-o", "report")
    code, said = reporting.apply(yaml.safe_load_all(ended.out))
    assert (code, ended.code) == (0, 1), said


def test_reports_are_applied_and_emptied_again(api: Api, people: Path, reporting: Kubectl) -> None:
    ended = audit(people, "administrator", *SERVICE, "--apply", "-o", "json")
    assert (ended.err, ended.code) == ("3 of 3 PolicyReports applied\n", 1)
    none = {"pass": 0, "fail": 0, "warn": 0, "error": 0, "skip": 0}
    assert summaries(api) == {
        "airflow": {**none, "pass": 2, "fail": 7},
        "data": {**none, "warn": 1},
    }
    gone = pod("payments-4", "data", None)
    api.delete(gone).made()
    ended = audit(people, "administrator", *SERVICE, "--apply", "-o", "json")
    assert ended.err == "3 of 3 PolicyReports applied\n"
    assert summaries(api)["data"] == none


def test_pods_that_were_placed_are_compared_as_they_were_sent(people: Path) -> None:
    sets = (str(people / "old.yaml"), str(people / "new.yaml"))
    cluster = ("--cluster", "--kubeconfig", str(people / "administrator"))
    ended = taxiway("diff", *sets, *cluster, "--in", "airflow", "-o", "json")
    said = json.loads(ended.out)
    assert said["counts"] == [
        {"kind": "placed-elsewhere", "rule": None, "team": "payments", "pods": 3},
        {"kind": "told-differently", "rule": "membership", "team": "fraud", "pods": 3},
    ]
    assert said["notes"] == [
        "2 of the pods had been placed already: what OLD gives was taken off them first. What an "
        "author had written the same counts as given"
    ]
    assert (said["unsure"], ended.err, ended.code) == (0, "", 0)


USERS = """\
apiVersion: taxiway/v1
requirements: [{label: team}]
teams:
  payments:
    members: {users: ["system:serviceaccount:airflow:*"]}
"""


def test_the_audit_log_has_pods_as_they_were_sent_and_who_sent_them(
    api: Api, server: LoneApiServer, tmp_path: Path
) -> None:
    """Of what admission plugins and webhooks add, nothing is there yet."""
    worker = "system:serviceaccount:airflow:airflow-worker"
    for thing in launchers():
        api.create(thing).made()
    stored = api.create(pod("sent", "data", "users_daily"), user=worker).made()
    cases = until("it is logged", partial(logged, server, "sent"))
    assert [(each.request.user, each.request.namespace) for each in cases] == [(worker, "data")]
    spec = cases[0].request.pod.spec
    assert (spec.tolerations, spec.service_account_name) == (None, None)
    assert stored["spec"]["tolerations"]
    assert stored["spec"]["serviceAccountName"] == "default"
    (tmp_path / "old.yaml").write_text("apiVersion: taxiway/v1\nrequirements: [{label: team}]\n")
    (tmp_path / "new.yaml").write_text(USERS)
    sets = (str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"))
    ended = taxiway("diff", *sets, "--audit-log", str(server.audit_log), "-o", "json")
    counts = json.loads(ended.out)["counts"]
    admitted = [each for each in counts if each["kind"] == "newly-admitted"]
    assert admitted == [
        {"kind": "newly-admitted", "rule": "requirement", "team": "payments", "pods": 1}
    ]


def logged(server: LoneApiServer, name: str) -> list[Case]:
    every = AuditLog(str(server.audit_log), govern_all=False).cases()
    return [each for each in every if isinstance(each, Case) and each.request.name == name]
