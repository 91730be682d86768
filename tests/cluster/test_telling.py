"""What replicas tell of themselves in a real cluster, with the rights of their own Role alone."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

import pytest

from tests.cli.command import Ended, taxiway
from tests.cluster import binaries
from tests.cluster.api import Object
from tests.cluster.site import NAMESPACE, Place, Site, config_map, policy_of
from tests.cluster.world import of
from tests.serving import until
from webhook import names
from webhook.sources.duties import Outcome
from webhook.sources.objects import Objects
from webhook.sources.status import DEAD_SECONDS, EVERY_SECONDS, Entry, entry_of
from webhook.sources.telling import StatusDuty

pytestmark = pytest.mark.cluster

GROWTH = config_map("growth", teams_yaml=policy_of("growth"))
BAD = config_map("growth", teams_yaml=policy_of("growth").replace("costCenters", "costCentres"))
THIEF = config_map("growth", teams_yaml=policy_of("payments"))
REFUSED = "no change of policies is taken up until this is mended: "
MISTAKE = (
    "growth/teams.yaml:3:12: teams.growth.costCentres: unknown key; did you mean `costCenters`?"
)
TWICE = (
    "growth/teams.yaml:3:3: teams.payments: team `payments` is in base/teams.yaml:3 already; "
    "rename one, or join them"
)
TELLING_SECONDS = 20.0  # a new leader waits 15 s
TIMES = re.compile(r"\(x([0-9]+) over ")  # as kubectl writes how often it happened


@pytest.fixture
def replicas(both: Site) -> Site:
    """Both replicas, with the base policy in force."""
    both.rest()
    return both


def told(replicas: Site, name: str) -> list[tuple[str, str, int, str]]:
    """The Events that `kubectl describe` shows of a ConfigMap: type, reason, count, message."""
    shown = kubectl(replicas, "describe", "configmap", name, "--namespace", NAMESPACE)
    _, _, table = shown.partition("\nEvents:\n")
    rows = [re.split(r" {2,}", line.strip()) for line in table.splitlines()[2:]]
    found = []
    for kind, reason, age, source, message in rows:
        assert source == "taxiway"
        times = TIMES.search(age)
        found.append((kind, reason, int(times[1]) if times else 1, message))
    return found


def kubectl(replicas: Site, *words: str) -> str:
    """What it prints for an administrator."""
    found = binaries.locate(binaries.wanted_kubernetes())["kubectl"]
    done = subprocess.run(
        [found, *words],
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "KUBECONFIG": str(replicas.server.credentials.kubeconfig("administrator")),
            "HOME": str(replicas.places[0].folder),  # where kubectl keeps its cache
        },
    )
    return done.stdout


def test_a_mistake_is_told_beside_its_configmap_until_it_is_mended(replicas: Site) -> None:
    rejected = ("Warning", "PolicyRejected", 1, REFUSED + MISTAKE)
    replicas.put(BAD)
    until("it is told", lambda: told(replicas, "growth") == [rejected], TELLING_SECONDS)
    replicas.put(GROWTH)
    replicas.teams_are(2, 5)
    said = f"policy set {replicas.places[0].revision()} is in force, with the policies of this "
    accepted = ("Normal", "PolicyAccepted", 1, f"{said}ConfigMap")
    until(
        "all is well",
        lambda: sorted(told(replicas, "growth")) == [accepted, rejected],
        TELLING_SECONDS,
    )
    replicas.put(BAD)
    again = (*rejected[:2], 2, rejected[3])
    until(
        "it is told again, of the same Event",
        lambda: sorted(told(replicas, "growth")) == [accepted, again],
        TELLING_SECONDS,
    )
    assert told(replicas, "base") == []
    writers = {
        field["manager"]
        for each in replicas.api.list("Event", NAMESPACE)
        for field in each["metadata"]["managedFields"]
    }
    assert writers == {"taxiway"}


def test_both_configmaps_that_claim_a_team_are_told(replicas: Site) -> None:
    replicas.put(THIEF)
    for name in ("growth", "base"):
        until(f"{name} is told", partial(is_told, replicas, name), TELLING_SECONDS)


def is_told(replicas: Site, name: str) -> bool:
    return ("Warning", "PolicyRejected", 1, REFUSED + TWICE) in told(replicas, name)


def shown(replicas: Site) -> Ended:
    """What `taxiway policies` prints, revisions and ages as they are."""
    kubeconfig = replicas.server.credentials.kubeconfig("administrator")
    return taxiway("policies", "--namespace", NAMESPACE, "--kubeconfig", str(kubeconfig))


def ends_so(ended: Ended, code: int, line: str) -> bool:
    return ended.code == code and re.fullmatch(line, ended.out.splitlines()[-1]) is not None


def test_a_change_is_agreed_on_when_every_replica_has_it(replicas: Site) -> None:
    slow, quick = replicas.places
    before = slow.revision()
    agree = r"2 replicas agree on {}, for (\d+h)?(\d+m)?(\d+s)?"
    until("all agree", lambda: ends_so(shown(replicas), 0, agree.format(before)))
    slow.link.freeze()
    replicas.put(GROWTH)
    replicas.teams_are(2, 5, [quick])
    after = quick.revision()
    sets = ", ".join(f"{revision} \\(1\\)" for revision in sorted((before, after)))
    until("they disagree", lambda: ends_so(shown(replicas), 1, f"2 replicas disagree: {sets}"))
    slow.link.thaw()
    until("all agree again", lambda: ends_so(shown(replicas), 0, agree.format(after)))


def test_a_mistake_is_shown_of_each_replica(replicas: Site) -> None:
    replicas.put(BAD)
    ended = until(
        "it is shown",
        lambda: (said := shown(replicas)).code == 1 and said.out.count(" failing ") == 2 and said,
    )
    assert isinstance(ended, Ended)
    assert ended.out.splitlines()[3:5] == ["taxiway-first, taxiway-second:", f"  {MISTAKE}"]


def test_the_planned_set_is_shown_beside_the_live_one(replicas: Site) -> None:
    def shadow(text: str) -> Object:
        return config_map("plan", label="shadow", plan_yaml=text)

    replicas.put(shadow(policy_of("growth")))
    until("it is planned", lambda: said(replicas).shadow not in (None, said(replicas).revision))
    assert f"  live   {said(replicas).shadow}\n" in shown(replicas).out
    replicas.put(shadow("nonsense"))
    until("it has failed", lambda: said(replicas).shadow is None)
    assert told(replicas, "plan") == []


def test_a_loader_that_is_started_again_says_since_when_the_set_is_in_force(
    replicas: Site,
) -> None:
    place = replicas.places[0]
    since = until("it says so", lambda: since_when(replicas, place.revision()))
    before = written(replicas)
    os.kill(place.service.loader(), signal.SIGKILL)
    until("it says so again", lambda: written(replicas) > before)
    until("since then", lambda: since_when(replicas, place.revision()) == since)


def since_when(replicas: Site, revision: str) -> str | None:
    """Since when the first replica answers by this set, as it says itself."""
    entry = said(replicas)
    return entry.since if entry.revision == revision else None


def written(replicas: Site) -> str:
    return said(replicas).written


def said(replicas: Site) -> Entry:
    stored = replicas.api.get("ConfigMap", names.STATUS, NAMESPACE).made()
    return entry_of(stored["data"]["taxiway-first"])


def test_a_configmap_that_is_missing_is_asked_for(replicas: Site) -> None:
    replicas.api.delete(status()).made()
    replicas.put(GROWTH)  # so that each replica has something to say
    missing = {
        "status": "ConfigMap taxiway-status is missing in namespace taxiway: make an empty one of "
        "this name, as the installation does; until then `taxiway policies` cannot show this "
        "replica"
    }
    try:
        for place in replicas.places:
            place.wait("it is said", lambda each: troubles(each) == missing)
        assert shown(replicas).err == (
            "ConfigMap taxiway-status of namespace taxiway cannot be read: HTTP 404 Not Found: "
            'configmaps "taxiway-status" not found: name the namespace that the service is '
            "installed in by --namespace\n"
        )
    finally:
        replicas.api.create(of("v1", "ConfigMap", names.STATUS, namespace=NAMESPACE)).made()
    for place in replicas.places:
        place.wait("all is well", lambda each: not troubles(each))


def troubles(place: Place) -> dict[str, str]:
    found: dict[str, str] = place.service.ready()["cluster"]["troubles"]
    return found


class Standing:
    """What a replica goes by that a test is in place of: all is well, and it leads."""

    trouble = None
    is_leader = True
    passed = 0.0
    in_force = None

    def clock(self) -> float:
        return self.passed

    def age(self) -> float:
        return 0.0

    def uids(self) -> Mapping[str, str]:
        return {}


def test_the_leader_takes_out_who_has_been_silent_for_two_minutes(replicas: Site) -> None:
    """By the rights of the Role; the clock is the test's, since two minutes are long."""
    standing = Standing()
    objects = Objects(NAMESPACE, replicas.places[0].kubeconfig)
    name, clock = "taxiway-third", standing.clock
    duty = StatusDuty(objects, NAMESPACE, name, standing, standing, standing, clock)
    replicas.api.patch(status(), {"data": {"taxiway-dead": "anything"}}).made()
    good = Outcome(datetime.now(UTC), (), revision="r1")
    for standing.passed in (0.0, DEAD_SECONDS / 2, DEAD_SECONDS - 1):
        duty.turn(good)
        assert "taxiway-dead" in entries(replicas)
    standing.passed += EVERY_SECONDS
    duty.turn(good)
    assert "taxiway-dead" not in entries(replicas)
    replicas.api.patch(status(), {"data": {"taxiway-third": None}}).made()


def status() -> dict[str, object]:
    return config_map(names.STATUS)


def entries(replicas: Site) -> set[str]:
    stored = replicas.api.get("ConfigMap", names.STATUS, NAMESPACE).made()
    return set(stored["data"])
