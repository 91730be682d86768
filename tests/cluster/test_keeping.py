"""What is written to the ConfigMaps of the last good sets, and that the Role is enough for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.link import Link
from tests.cluster.site import ACCOUNT, NAMESPACE, Place
from tests.cluster.storing import World
from tests.sources.test_last_good import NOW, files
from webhook import names
from webhook.sources.api_errors import Refused
from webhook.sources.archive import unpacked
from webhook.sources.directory import Files
from webhook.sources.duties import Outcome, Undone
from webhook.sources.keeping import LOOK_SECONDS, Keeping, Slots
from webhook.sources.last_good import generations, parts
from webhook.sources.leadership import Leadership
from webhook.sources.objects import Objects

pytestmark = pytest.mark.cluster

ONE, TWO = files("one"), files("two")
BAD = Outcome(datetime(2026, 5, 28, tzinfo=UTC), TWO, reason="a mistake")


def good(of: Files) -> Outcome:
    return Outcome(datetime(2026, 5, 28, tzinfo=UTC), of, revision="r")


class Keeper:
    """A replica's duty; it leads, and the time is the test's."""

    def __init__(self, slots: Slots) -> None:
        self.is_leader = True
        self.now = 0.0
        self.duty = Keeping(slots, self, lambda: self.now)


@pytest.fixture
def objects(world: World, tmp_path: Path) -> Iterator[Objects]:
    """By the service's own Role."""
    with Link(world.server.port) as link:
        place = Place(world.server, tmp_path, link)
        place.identify(world.api.token(ACCOUNT, NAMESPACE))
        yield Objects(NAMESPACE, place.kubeconfig)


@pytest.fixture
def slots(objects: Objects) -> Slots:
    return Slots(objects, NAMESPACE)


def stored_sets(slots: Slots) -> list[Files]:
    return [unpacked(each.archive) for each in generations(slots.read())]


@pytest.fixture
def keeper(slots: Slots) -> Keeper:
    return Keeper(slots)


def test_a_good_set_is_stored_by_the_leader_alone(slots: Slots, keeper: Keeper) -> None:
    keeper.is_leader = False
    keeper.duty.turn(good(ONE))
    assert stored_sets(slots) == []
    keeper.is_leader = True
    keeper.duty.turn(good(ONE))
    assert stored_sets(slots) == [ONE]
    keeper.duty.turn(good(TWO))
    assert stored_sets(slots) == [TWO, ONE]


def test_what_is_stored_already_is_not_stored_again(slots: Slots, keeper: Keeper) -> None:
    keeper.duty.turn(good(ONE))
    before = slots.read()
    Keeper(slots).duty.turn(good(ONE))
    keeper.now += LOOK_SECONDS
    keeper.duty.turn(good(ONE))
    assert slots.read() == before


def test_a_bad_set_is_not_stored_but_the_good_one_before_it_is(
    slots: Slots, keeper: Keeper
) -> None:
    """As when the leader ended before it could, and the next one takes over."""
    keeper.duty.turn(BAD)
    assert stored_sets(slots) == []
    keeper.is_leader = False
    keeper.duty.turn(good(ONE))
    keeper.is_leader = True
    keeper.duty.turn(BAD)
    assert stored_sets(slots) == [ONE]


def test_what_somebody_has_emptied_is_stored_again_within_a_minute(
    world: World, slots: Slots, keeper: Keeper
) -> None:
    outcome = good(ONE)
    keeper.duty.turn(outcome)
    stored = world.stored() | {"kind": "ConfigMap"}
    world.api.patch(stored, {"data": None, "binaryData": None}).made()
    keeper.now += LOOK_SECONDS - 1
    keeper.duty.turn(outcome)
    assert stored_sets(slots) == []
    keeper.now += 1
    keeper.duty.turn(outcome)
    assert stored_sets(slots) == [ONE]


def test_one_configmap_that_is_missing_is_said_and_the_others_are_used(
    world: World, slots: Slots, keeper: Keeper
) -> None:
    world.api.delete(world.stored() | {"kind": "ConfigMap"}).made()
    with pytest.raises(Undone) as raised:
        keeper.duty.turn(good(ONE))
    assert str(raised.value) == (
        "missing in namespace taxiway: ConfigMap taxiway-last-good-0: make an empty one of each "
        "name, as the installation does; the last good policies are kept there for a restart"
    )
    assert stored_sets(slots) == [ONE]


def test_a_set_that_does_not_fit_leaves_the_one_before(slots: Slots, keeper: Keeper) -> None:
    keeper.duty.turn(good(ONE))
    with pytest.raises(Undone) as raised:
        keeper.duty.turn(good(files("large", 5)))
    assert str(raised.value).startswith("the policy set takes 450")
    assert stored_sets(slots) == [ONE]


def test_the_api_server_takes_every_size_and_gives_it_back(world: World, slots: Slots) -> None:
    """Parts of 1,000,000 bytes, which no compression makes less."""
    for size, left in ((2, []), (2, [2]), (4, [])):
        wanted = files(f"of {size} beside {left}", size)
        slots.write(parts(slots.read(), wanted, "r", NOW))
        newest, *others = stored_sets(slots)
        assert newest == wanted
        assert len(others) == len(left)
    labels = {"example.com/kept": "yes"}
    world.api.patch(world.stored() | {"kind": "ConfigMap"}, {"metadata": {"labels": labels}})
    slots.write(parts(slots.read(), files("small"), "r", NOW))
    assert stored_sets(slots) == [files("small")]
    assert labels.items() <= world.stored()["metadata"]["labels"].items()


def test_of_two_writers_at_once_the_second_is_refused(slots: Slots) -> None:
    before = slots.read()
    slots.write(parts(before, files("one"), "r", NOW))
    with pytest.raises(Refused) as raised:
        slots.write(parts(before, files("other"), "r", NOW))
    assert raised.value.is_conflict
    assert stored_sets(slots) == [files("one")]


class Candidates:
    """Two replicas, whose time is the test's."""

    def __init__(self, objects: Objects) -> None:
        self.now = 0.0
        self.one, self.other = (
            Leadership(objects, NAMESPACE, name, lambda: self.now) for name in ("one", "other")
        )

    def leaders(self, passed: float, *turns: Leadership) -> list[str]:
        """Who leads so many seconds later, when these have had their turn."""
        self.now += passed
        for each in turns:
            each.turn(BAD)
        return [each.identity for each in (self.one, self.other) if each.is_leader]


def test_one_leads_at_a_time_and_another_when_it_has_been_silent_for_15_s(
    world: World, objects: Objects
) -> None:
    both = Candidates(objects)
    one, other = both.one, both.other
    assert both.leaders(0, one, other) == ["one"]
    assert both.leaders(14, one, other) == ["one"]
    assert both.leaders(14, other) == [], "it has not renewed for 10 s: it must not write"
    assert both.leaders(1, other) == ["other"]
    assert both.leaders(0, one) == ["other"]
    assert both.leaders(9, one, other) == ["other"]
    spec = world.lease()
    assert (spec["holderIdentity"], spec["leaseTransitions"]) == ("other", 2)


def test_of_two_that_take_it_at_once_one_leads(
    objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has read the Lease before the first wrote it."""
    both = Candidates(objects)
    replace = objects.replace

    def first_the_other(*given: Any) -> Any:
        monkeypatch.setattr(objects, "replace", replace)
        both.other.turn(BAD)
        return replace(*given)

    monkeypatch.setattr(objects, "replace", first_the_other)
    assert both.leaders(0, both.one) == ["other"]


# All that the service's account may do beside reading ConfigMaps: verb, group, resource, names.
RIGHTS = (
    ("update", "", "configmaps", (*names.LAST_GOOD, names.STATUS)),
    ("patch", "", "configmaps", (*names.LAST_GOOD, names.STATUS)),
    ("get", "coordination.k8s.io", "leases", (names.LEASE,)),
    ("update", "coordination.k8s.io", "leases", (names.LEASE,)),
    ("create", "", "events", ("",)),
    ("patch", "", "events", ("",)),
)
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
RESOURCES = {
    ("", "configmaps"): (*names.LAST_GOOD, names.STATUS, "base", ""),
    ("coordination.k8s.io", "leases"): (names.LEASE, "another", ""),
    ("", "events"): ("",),
    ("", "secrets"): ("taxiway", ""),
    ("", "pods"): ("",),
}


def test_the_role_gives_these_rights_and_no_other(world: World) -> None:
    wanted = {(verb, group, kind, name) for verb, group, kind, every in RIGHTS for name in every}
    wanted |= {
        (verb, "", "configmaps", name) for verb in VERBS[:3] for name in RESOURCES["", "configmaps"]
    }
    asked = [
        (verb, group, kind, name)
        for (group, kind), every in RESOURCES.items()
        for verb in VERBS
        for name in every
    ]
    assert {each for each in asked if may(world, *each)} == wanted
    assert not any(may(world, *each, namespace="kube-system") for each in asked)


def may(
    world: World, verb: str, group: str, kind: str, name: str, namespace: str = NAMESPACE
) -> bool:
    attributes = {"verb": verb, "group": group, "resource": kind, "namespace": namespace}
    asked = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "metadata": {},
        "spec": {
            "user": f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}",
            "groups": ["system:serviceaccounts", "system:authenticated"],
            "resourceAttributes": attributes | {"name": name},
        },
    }
    return bool(world.api.create(asked).made()["status"]["allowed"])
