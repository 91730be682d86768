"""Policies in ConfigMaps of a real API server, and everything that keeps a replica from them.

All along, two replicas answer reviews: none may fail, whatever happens to the API server.
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.cluster import binaries
from tests.cluster.api import Object, trusting
from tests.cluster.expired import expired_token
from tests.cluster.link import Link
from tests.cluster.site import (
    ACCOUNT,
    LIVE_SECONDS,
    NAMESPACE,
    RECOVERY_SECONDS,
    Place,
    Site,
    Traffic,
    answering_all_along,
    config_map,
    manifest,
    policy_of,
)
from tests.cluster.throttling import throttled
from tests.serving import until

pytestmark = pytest.mark.cluster

GROWTH = config_map("growth", teams_yaml=policy_of("growth"))
ROOT = Path(__file__).parent.parent.parent
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
CANNOT = f"the ConfigMaps of namespace {NAMESPACE} cannot be read: "


@pytest.fixture
def replicas(both: Site) -> Site:
    """Both replicas, with the base policy in force."""
    both.rest()
    return both


@pytest.fixture
def traffic(replicas: Site) -> Iterator[list[Traffic]]:
    with answering_all_along(replicas.places) as every:
        yield every


def created(replicas: Site) -> None:
    replicas.put(GROWTH)


def given_a_key(replicas: Site) -> None:
    replicas.put(config_map("base", teams_yaml=policy_of("payments"), more_yml=policy_of("growth")))


def labelled(replicas: Site) -> None:
    replicas.put(config_map("growth", label=None, teams_yaml=policy_of("growth")))
    replicas.put(GROWTH)


def with_the_label(label: str | None) -> Callable[[Site], None]:
    def change(replicas: Site) -> None:
        replicas.put(config_map("growth", label=label, teams_yaml=policy_of("growth")))

    return change


def deleted(replicas: Site) -> None:
    replicas.api.delete(GROWTH).made()


def renamed_to_text(replicas: Site) -> None:
    replicas.put(config_map("growth", teams_txt=policy_of("growth")))


def moved(replicas: Site) -> None:
    """Two changes that are one: between them the team stands twice."""
    replicas.put(config_map("other", teams_yaml=policy_of("growth")))
    replicas.api.delete(GROWTH).made()


CHANGES: dict[str, tuple[Callable[[Site], None], bool, int]] = {
    "a ConfigMap is created": (created, False, 2),
    "a ConfigMap gets another key": (given_a_key, False, 2),
    "a ConfigMap gets the label": (labelled, False, 2),
    "a ConfigMap is deleted": (deleted, True, 1),
    "a ConfigMap loses the label": (with_the_label(None), True, 1),
    "a ConfigMap gets another value of the label": (with_the_label("shadow"), True, 1),
    "a key is renamed to one that is no policy": (renamed_to_text, True, 1),
}


@pytest.mark.parametrize(("change", "is_there", "teams"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_live_on_both_replicas_within_2_s(
    replicas: Site,
    traffic: list[Traffic],
    change: Callable[[Site], None],
    is_there: bool,
    teams: int,
) -> None:
    if is_there:
        replicas.put(GROWTH)
        replicas.teams_are(2, LIVE_SECONDS)
    change(replicas)
    replicas.teams_are(teams, LIVE_SECONDS)


def test_a_team_that_moves_to_another_configmap_is_one_load(
    replicas: Site, traffic: list[Traffic]
) -> None:
    replicas.put(GROWTH)
    replicas.teams_are(2, LIVE_SECONDS)
    before = {place: len(loads(place)) for place in replicas.places}
    moved(replicas)
    for place in replicas.places:
        place.wait("a load", lambda each: len(loads(each)) > before[each])
        assert len(loads(place)) == before[place] + 1
        assert place.policy["last_load"]["errors"] == []
    replicas.teams_are(2, LIVE_SECONDS)


def loads(place: Place) -> list[Object]:
    return place.service.lines("policy-loaded")


def errors(place: Place) -> list[str]:
    """Of the last load."""
    found: list[str] = place.policy["last_load"]["errors"]
    return found


def test_a_bad_configmap_is_named_and_changes_nothing(
    replicas: Site, traffic: list[Traffic]
) -> None:
    before = replicas.places[0].revision()
    bad = "apiVersion: taxiway/v1\nteams:\n  growth: {costCentres: [CC-1]}\n"
    replicas.put(config_map("growth", teams_yaml=bad))
    said = [
        "growth/teams.yaml:3:12: teams.growth.costCentres: unknown key; did you mean `costCenters`?"
    ]
    for place in replicas.places:
        assert place.wait("it is said", errors, LIVE_SECONDS) == said
        assert (place.service.ready()["ready"], place.revision()) == (True, before)
        logged = place.wait("a log line", lambda each: each.service.lines("policy-refused"))
        assert logged[-1]["errors"] == said
        assert place.service.metric("taxiway_policy_last_load_good") == 0


def test_all_configmaps_deleted_is_no_empty_policy(replicas: Site, traffic: list[Traffic]) -> None:
    before = replicas.places[0].revision()
    replicas.api.delete(config_map("base")).made()
    for place in replicas.places:
        assert place.wait("it is said", errors, LIVE_SECONDS) == [
            "no ConfigMap in namespace taxiway has both the label taxiway/policy=live and a key "
            "that ends in .yaml or .yml: label those that hold policies"
        ]
        assert (place.service.ready()["ready"], place.revision()) == (True, before)


def test_the_guides_own_command_puts_the_examples_in_force(replicas: Site) -> None:
    guide = (ROOT / "docs/policies.md").read_text()
    (command,) = (block for block in SHELL.findall(guide) if "policy=live" in block)
    replicas.api.delete(config_map("base")).made()
    for _ in range(2):  # it can be repeated
        kubectl(replicas, command)
    replicas.teams_are(3, LIVE_SECONDS)


def kubectl(replicas: Site, command: str) -> None:
    """Run this as an administrator would, from the top of the repository."""
    found = binaries.locate(binaries.wanted_kubernetes())["kubectl"]
    subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=ROOT,
        check=True,
        timeout=60,
        stdout=subprocess.DEVNULL,
        env={
            "PATH": f"{found.parent}:{os.environ['PATH']}",
            "KUBECONFIG": str(replicas.server.credentials.kubeconfig("administrator")),
            "HOME": str(replicas.places[0].folder),  # where kubectl keeps its cache
        },
    )


def lost(places: list[Place]) -> None:
    """Every one of these says that it cannot read."""
    for place in places:
        place.wait("it says that it cannot read", Place.trouble)
        age = place.service.metric("taxiway_policy_source_age_seconds")
        assert place.policy["source"]["age_seconds"] >= age - 0.1 > 0
        logged = place.wait("a log line", lambda each: each.service.lines("policy-source-lost"))
        assert logged[-1]["reason"].startswith(CANNOT)
        assert place.service.ready()["ready"]


def back(replicas: Site, traffic: list[Traffic], before: str) -> None:
    """The new state is in force 5 s after recovery; until then the last good set answered."""
    assert {revision for each in traffic for revision in each.answered} == {before}
    replicas.teams_are(2, RECOVERY_SECONDS)
    for place in replicas.places:
        place.wait("it can read again", lambda each: each.trouble() is None)


def test_an_api_server_that_stops_and_starts(replicas: Site, traffic: list[Traffic]) -> None:
    before = replicas.places[0].revision()
    with replicas.server.down():
        lost(replicas.places)
    replicas.put(GROWTH)
    back(replicas, traffic, before)


def test_a_version_that_the_api_server_does_not_know_any_more(
    replicas: Site, traffic: list[Traffic]
) -> None:
    """410 Gone: etcd is compacted, and the API server's own memory begins after that."""
    before = replicas.places[0].revision()
    known = replicas.api.get("ConfigMap", "base", NAMESPACE).made()["metadata"]["resourceVersion"]
    for place in replicas.places:
        place.link.close()
    replicas.put(GROWTH)
    replicas.server.forget()
    with replicas.server.down():
        pass  # its own memory of what was before is gone with it
    assert '"code":410' in watched_from(replicas, known)
    lost(replicas.places)
    for place in replicas.places:
        place.link.open()
    back(replicas, traffic, before)


def watched_from(replicas: Site, version: str) -> str:
    """What the API server answers to a watch from there."""
    credentials = replicas.server.credentials
    answer = httpx.get(
        f"{credentials.server}/api/v1/namespaces/{NAMESPACE}/configmaps",
        params={"watch": "true", "resourceVersion": version, "timeoutSeconds": "1"},
        headers={"authorization": f"Bearer {credentials.tokens['administrator']}"},
        verify=trusting(credentials.ca),
        trust_env=False,
    )
    return answer.text


@pytest.mark.parametrize("is_noticed", [True, False], ids=["and is noticed", "for a moment"])
def test_a_connection_that_freezes(
    replicas: Site, traffic: list[Traffic], is_noticed: bool
) -> None:
    """The other replica is not concerned."""
    frozen, other = replicas.places
    before = frozen.revision()
    frozen.link.freeze()
    replicas.put(GROWTH)
    replicas.teams_are(2, LIVE_SECONDS, [other])
    if is_noticed:
        lost([frozen])
        assert frozen.trouble() == f"{CANNOT}the API server does not answer"
    assert (frozen.revision(), other.trouble()) == (before, None)
    frozen.link.thaw()
    back(replicas, traffic[:1], before)


@pytest.mark.parametrize(
    ("is_cut", "verb"),
    [
        pytest.param(True, "watch", id="and the watch is cut"),
        pytest.param(False, "list", id="and the watch goes on"),
    ],
)
def test_a_role_that_is_deleted_and_given_back(
    replicas: Site, traffic: list[Traffic], is_cut: bool, verb: str
) -> None:
    """Rights are looked at when a watch begins."""
    before = replicas.places[0].revision()
    role = manifest("Role")
    replicas.api.delete(role).made()
    for place in replicas.places:
        if is_cut:
            place.link.cut()
    lost(replicas.places)
    refused = (
        f'{CANNOT}HTTP 403 Forbidden: configmaps is forbidden: User "system:serviceaccount:'
        f'{NAMESPACE}:{ACCOUNT}" cannot {verb} resource "configmaps" in API group "" in the '
        f'namespace "{NAMESPACE}": RBAC: role.rbac.authorization.k8s.io "{ACCOUNT}" not found'
    )
    assert {place.trouble() for place in replicas.places} == {refused}
    if is_cut:
        replicas.put(GROWTH)
    replicas.api.create(role).made()
    if not is_cut:
        replicas.put(GROWTH)
    back(replicas, traffic, before)


def test_a_token_that_expires_and_is_renewed(replicas: Site, traffic: list[Traffic]) -> None:
    before = replicas.places[0].revision()
    account = replicas.api.get("ServiceAccount", ACCOUNT, NAMESPACE).made()
    for place in replicas.places:
        place.identify(expired_token(replicas.server.credentials, account))
        place.link.cut()
    lost(replicas.places)
    assert {place.trouble() for place in replicas.places} == {
        f"{CANNOT}HTTP 401 Unauthorized: Unauthorized"
    }
    replicas.put(GROWTH)
    for place in replicas.places:
        place.identify(replicas.api.token(ACCOUNT, NAMESPACE))
    back(replicas, traffic, before)


def test_an_api_server_that_has_no_time(replicas: Site, traffic: list[Traffic]) -> None:
    """Priority and fairness refuse every request of the service's account: 429."""
    before = replicas.places[0].revision()
    with throttled(replicas.api, replicas.server.credentials, ACCOUNT, NAMESPACE):
        for place in replicas.places:
            place.link.cut()
        lost(replicas.places)
        assert {place.trouble() for place in replicas.places} == {
            f"{CANNOT}HTTP 429 Too Many Requests"
        }
        replicas.put(GROWTH)
    back(replicas, traffic, before)


def status_for_the_account(
    replicas: Site, method: str = "GET", namespace: str = NAMESPACE, path: str = "configmaps"
) -> int:
    credentials = replicas.server.credentials
    token = replicas.api.token(ACCOUNT, NAMESPACE)
    with httpx.Client(verify=trusting(credentials.ca), trust_env=False) as client:
        answer = client.request(
            method,
            f"{credentials.server}/api/v1/namespaces/{namespace}/{path}",
            headers={"authorization": f"Bearer {token}"},
        )
    return answer.status_code


RIGHTS = {
    "it may list the ConfigMaps of its namespace": ("GET", NAMESPACE, "configmaps", 200),
    "it may not list those of another": ("GET", "kube-system", "configmaps", 403),
    "it may not read Secrets": ("GET", NAMESPACE, "secrets", 403),
    "it may not read Events, which it writes": ("GET", NAMESPACE, "events", 403),
    "it may not delete policies": ("DELETE", NAMESPACE, "configmaps/base", 403),
}


@pytest.mark.parametrize(("method", "namespace", "path", "code"), RIGHTS.values(), ids=RIGHTS)
def test_the_role_gives_no_more_than_is_needed(
    replicas: Site, method: str, namespace: str, path: str, code: int
) -> None:
    assert status_for_the_account(replicas, method, namespace, path) == code


def test_a_replica_that_cannot_read_is_not_ready_until_it_can(
    replicas: Site, tmp_path: Path
) -> None:
    account = replicas.api.get("ServiceAccount", ACCOUNT, NAMESPACE).made()
    with Link(replicas.server.port) as link:
        place = Place(replicas.server, tmp_path, link)
        place.identify(expired_token(replicas.server.credentials, account))
        with place.running(wait=False) as service:
            assert until("why", place.trouble) == f"{CANNOT}HTTP 401 Unauthorized: Unauthorized"
            detail = service.ready()
            assert (detail["ready"], detail["reasons"]) == (
                False,
                ["no policy set has been loaded yet"],
            )
            assert detail["policy"]["source"]["age_seconds"] is None
            place.identify(replicas.api.token(ACCOUNT, NAMESPACE))
            until("ready", lambda: service.ready()["ready"], RECOVERY_SECONDS)
            assert place.revision() == replicas.places[0].revision()
