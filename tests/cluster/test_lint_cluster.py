"""`taxiway lint --cluster` on a real API server: by an administrator, and by people with less."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import Ended, taxiway
from tests.cluster.api import Api, Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.site import config_map
from tests.cluster.world import of

pytestmark = pytest.mark.cluster

GROUP = "rbac.authorization.k8s.io"
# Of this world (tests/cluster/world.py) it names what there is, and of each kind something else.
POLICY = """\
apiVersion: taxiway/v1
teams:
  fraud:
    members: {namespaces: [airflow, data]}
    apply:
      nodeSelector: {dedicated: fraud, pool: batch}
      tolerations: [{key: dedicated, value: fraud, effect: NoSchedule}]
      priorityClassName: batch-high
      iam: {provider: irsa, serviceAccountName: fraud-etl}
  growth:
    members: {namespaces: [data]}
    apply:
      nodeSelector: {pool: growth}
      tolerations: [{key: dedicated, value: growth, effect: NoSchedule}]
      priorityClassName: batch-hihg
      runtimeClassName: gvisor
      iam: {provider: irsa, serviceAccountName: growth-etl}
"""
ANYWHERE = POLICY.replace("{namespaces: [data]}", '{dags: ["growth_*"]}')
REFUSED = "the API server refuses pods that get it (403); create it"
NODES = "unless an autoscaler brings such nodes up from none"
SELECTOR = (
    "13:28: warning: teams.growth.apply.nodeSelector.pool: no node has the label pool=growth: the "
    f"pods wait for ever, {NODES}"
)
TAINT = (
    "14:21: warning: teams.growth.apply.tolerations[0]: is for dedicated=growth:NoSchedule, and no "
    f"node has such a taint: mend one of them, {NODES}"
)
PRIORITY = (
    "15:26: warning: teams.growth.apply.priorityClassName: the cluster has no PriorityClass "
    f"`batch-hihg` (did you mean `batch-high`?): {REFUSED}"
)
RUNTIME = (
    "16:25: warning: teams.growth.apply.runtimeClassName: the cluster has no RuntimeClass "
    f"`gvisor`: {REFUSED}"
)
ACCOUNT = (
    "17:49: warning: teams.growth.apply.iam.serviceAccountName: there is no service account "
    f"`growth-etl` in namespace data: {REFUSED}"
)
NOWHERE = ACCOUNT.replace("in namespace data", "in any namespace")
EVERYTHING = [SELECTOR, TAINT, PRIORITY, RUNTIME, ACCOUNT]


def missing(title: str, resource: str, namespace: str | None = None) -> str:
    where, role, flag = " in the whole cluster", "ClusterRole", "--all-namespaces"
    if namespace:
        where, role, flag = f" in namespace {namespace}", "Role there", f"-n {namespace}"
    return (
        f"{title} were not checked: you may not list {resource}{where}; ask its administrators for "
        f"a {role} with the verb list on {resource}, and see whether you have it by "
        f"`kubectl auth can-i list {resource} {flag}`"
    )


NO_NODES = missing("nodes", "nodes")
NO_PRIORITIES = missing("PriorityClasses", "priorityclasses.scheduling.k8s.io")
NO_RUNTIMES = missing("RuntimeClasses", "runtimeclasses.node.k8s.io")
NO_ACCOUNTS = missing("service accounts", "serviceaccounts")
IN_AIRFLOW, IN_DATA = (
    missing(f"service accounts of namespace {name}", "serviceaccounts", name)
    for name in ("airflow", "data")
)

ACCOUNTS = {"apiGroups": [""], "resources": ["serviceaccounts"]}
CLASSES = {
    "apiGroups": ["scheduling.k8s.io", "node.k8s.io"],
    "resources": ["priorityclasses", "runtimeclasses"],
}
# Each person's rules: in the whole cluster, and in namespace data.
PEOPLE: dict[str, tuple[list[Object], list[Object]]] = {
    "nobody": ([], []),
    "reader-of-accounts": ([], [ACCOUNTS]),
    "reader-of-all-but-nodes": ([ACCOUNTS, CLASSES], []),
}


def bound(person: str, kind: str, rules: list[Object], **where: str) -> Iterator[Object]:
    """A role of this kind and its binding; `list` is the one verb."""
    given = [{**rule, "verbs": ["list"]} for rule in rules]
    reference = {"apiGroup": GROUP, "kind": kind, "name": person}
    subject = {"kind": "ServiceAccount", "name": person, "namespace": "unwatched"}
    yield of(f"{GROUP}/v1", kind, person, **where) | {"rules": given}
    binding = of(f"{GROUP}/v1", f"{kind}Binding", person, **where)
    yield binding | {"roleRef": reference, "subjects": [subject]}


@pytest.fixture(scope="module")
def people(control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a kubeconfig of each."""
    api, folder = control_plane.api, tmp_path_factory.mktemp("people")
    made = []
    for person, (everywhere, in_data) in PEOPLE.items():
        made += [
            of("v1", "ServiceAccount", person, namespace="unwatched"),
            *bound(person, "ClusterRole", everywhere),
            *bound(person, "Role", in_data, namespace="data"),
        ]
    for thing in made:
        api.create(thing).made()
    for person in PEOPLE:
        known = json.loads(control_plane.kubeconfig.read_text())
        known["users"] = [{"name": "administrator", "user": {"token": token(api, person)}}]
        (folder / person).write_text(json.dumps(known))
    (folder / "administrator").write_text(control_plane.kubeconfig.read_text())
    yield folder
    for thing in reversed(made):
        api.delete(thing)


def token(api: Api, person: str) -> str:
    return api.token(person, "unwatched")


def lint(kubeconfig: Path, *words: str) -> Ended:
    return taxiway("lint", *words, "--cluster", "--kubeconfig", str(kubeconfig))


def written(folder: Path, policy: str) -> str:
    file = folder / "teams.yaml"
    file.write_text(policy)
    return str(file)


CASES: dict[str, tuple[str, str, list[str], list[str], int]] = {
    "an administrator learns of all": ("administrator", POLICY, EVERYTHING, [], 1),
    "where pods may run anywhere, an account must be somewhere": (
        "administrator",
        ANYWHERE,
        [SELECTOR, TAINT, PRIORITY, RUNTIME, NOWHERE],
        [],
        1,
    ),
    "who may list nothing is told of each right": (
        "nobody",
        POLICY,
        [],
        [IN_AIRFLOW, IN_DATA, NO_PRIORITIES, NO_RUNTIMES, NO_NODES],
        1,
    ),
    "who may list nothing at all namespaces": (
        "nobody",
        ANYWHERE,
        [],
        [NO_ACCOUNTS, IN_AIRFLOW, IN_DATA, NO_PRIORITIES, NO_RUNTIMES, NO_NODES],
        1,
    ),
    "rights in one namespace are used for that one": (
        "reader-of-accounts",
        POLICY,
        [ACCOUNT],
        [IN_AIRFLOW, NO_PRIORITIES, NO_RUNTIMES, NO_NODES],
        1,
    ),
    "nodes are but a hint": (
        "reader-of-all-but-nodes",
        POLICY.partition("  growth:")[0],
        [],
        [NO_NODES],
        0,
    ),
    "a policy that names nothing asks for nothing": (
        "nobody",
        "apiVersion: taxiway/v1\n",
        [],
        [],
        0,
    ),
}


@pytest.mark.parametrize(
    ("person", "policy", "said", "unread", "strict"), CASES.values(), ids=CASES
)
def test_what_is_missing_is_said(
    people: Path,
    tmp_path: Path,
    person: str,
    policy: str,
    said: list[str],
    unread: list[str],
    strict: int,
) -> None:
    file = written(tmp_path, policy)
    ended = lint(people / person, file, "--strict")
    *found, _ = ended.out.splitlines()
    assert found == [f"{file}:{line}" for line in said]
    assert ended.err.splitlines() == unread
    assert ended.code == strict


def test_without_strict_it_is_no_failure(people: Path, tmp_path: Path) -> None:
    file = written(tmp_path, POLICY)
    ended = lint(people / "administrator", file, "-o", "json")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert ended.err == ""
    assert [(line["severity"], line["line"], line["column"]) for line in lines] == [
        ("warning", 13, 28),
        ("warning", 14, 21),
        ("warning", 15, 26),
        ("warning", 16, 25),
        ("warning", 17, 49),
    ]


@pytest.fixture
def stored(control_plane: ControlPlane) -> Iterator[None]:
    """The policy in a ConfigMap of a namespace of its own, and two that are not in force."""
    api = control_plane.api
    every = [
        config_map("teams", teams_yaml=POLICY, notes_txt="nothing"),
        config_map("planned", label="shadow", more_yaml="apiVersion: taxiway/v1\nmode: warn\n"),
        config_map("other", label=None, other_yaml="no policy"),
    ]
    for thing in every:
        thing["metadata"]["namespace"] = "unwatched"
        api.create(thing).made()
    yield
    for thing in every:
        api.delete(thing).made()


def test_the_policies_in_force_are_read_from_the_cluster(people: Path, stored: None) -> None:
    ended = lint(people / "administrator", "--namespace", "unwatched")
    assert ended.out.splitlines() == [
        *(f"teams/teams.yaml:{line}" for line in EVERYTHING),
        "1 file, 2 teams, 0 profiles, 0 requirements: ok, 5 warnings",
    ]
    assert ended.err == ""


def test_policies_with_an_error_are_not_looked_for_in_the_cluster(
    people: Path, tmp_path: Path
) -> None:
    file = written(tmp_path, POLICY.replace("iam", "aim"))
    ended = lint(people / "nobody", file)
    assert (ended.code, ended.err, len(ended.out.splitlines())) == (2, "", 3)


def test_configmaps_that_may_not_be_read(people: Path) -> None:
    ended = lint(people / "nobody", "--namespace", "unwatched")
    right = missing("", "configmaps", "unwatched").partition("checked: ")[2]
    assert ended == Ended(2, "", f"{right}\n")


def test_a_namespace_without_policies(people: Path) -> None:
    ended = lint(people / "administrator", "--namespace", "governed")
    assert ended == Ended(
        2,
        "",
        "no ConfigMap in namespace governed has both the label taxiway/policy=live and a key that "
        "ends in .yaml or .yml: give the namespace of the service\n",
    )


def test_a_context_that_there_is_not(people: Path, tmp_path: Path) -> None:
    ended = lint(people / "nobody", written(tmp_path, POLICY), "--context", "elsewhere")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "the cluster cannot be asked: the way to the API server is not known: Invalid kube-config "
        f"file. Expected object with name elsewhere in {people / 'nobody'}/contexts list; "
        "give --kubeconfig or --context\n"
    )


def test_who_is_not_known(people: Path, tmp_path: Path) -> None:
    known = json.loads((people / "nobody").read_text())
    known["users"] = [{"name": "administrator", "user": {"token": "unknown"}}]
    (tmp_path / "stranger").write_text(json.dumps(known))
    ended = lint(tmp_path / "stranger", written(tmp_path, POLICY))
    assert ended == Ended(
        2,
        "",
        "the cluster does not know you (HTTP 401 Unauthorized: Unauthorized): log in, or give "
        "--context\n",
    )


WRONG = {
    "a namespace without --cluster": (("lint", "examples/policies", "-n", "a"), "--cluster"),
    "neither directory nor cluster": (("lint",), "DIR"),
    "a cluster without a namespace": (("lint", "--cluster"), "--namespace"),
}


@pytest.mark.parametrize(("words", "hint"), WRONG.values(), ids=WRONG)
def test_options_that_do_not_go_together(words: tuple[str, ...], hint: str) -> None:
    ended = taxiway(*words)
    assert (ended.code, ended.out, f"Invalid value for {hint}:" in ended.err) == (2, "", True)
