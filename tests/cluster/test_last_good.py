"""The last good policies survive a restart of every replica, and of whoever stores them."""

import base64
import json
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cluster import binaries
from tests.cluster.api import Object
from tests.cluster.site import (
    BASE,
    NAMESPACE,
    Place,
    config_map,
    empty_objects,
    manifest,
    policy_of,
)
from tests.cluster.storing import BAD, World, answers, leads, troubles
from tests.server.reviews import pod, review
from tests.serving import until
from webhook import names

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parent.parent.parent
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
SAID = "growth/teams.yaml:3:12: teams.growth.costCentres: unknown key; did you mean `costCenters`?"
TAKEOVER_SECONDS = 30.0  # 15 s of the Lease, a turn of 2 s with its jitter, and a busy machine


def test_replicas_restarted_while_a_bad_set_is_stored_answer_by_the_last_good_one(
    world: World,
) -> None:
    with world.replicas(2) as before:
        good = before[0].revision()
        until("it is stored", lambda: world.is_stored(good))
        world.put(config_map("growth", teams_yaml=BAD))
        before[0].wait("it is refused", lambda each: each.policy["last_load"]["errors"])
    world.free_lease()
    with world.replicas(2) as places:
        stored_at = world.stored()["data"]["storedAt"]
        for place in places:
            assert answers(place) == good
            detail = place.service.ready()
            load = detail["policy"]["last_load"]
            assert (detail["ready"], detail["reasons"]) == (True, [])
            assert (load["result"], load["errors"]) == ("bad", [SAID])
            assert load["in_force"] == f"the last good set as stored at {stored_at}, {good}"
            assert detail["policy"]["stored_at"] == stored_at
            (logged,) = place.service.lines("policy-recovered")
            assert (logged["revision"], logged["stored_at"]) == (good, stored_at)
            assert place.service.metric("taxiway_policy_from_last_good_store") == 1
        assert world.generations() == [1, 0, 0, 0], "what was stored already was stored again"
        world.put(config_map("growth", teams_yaml=policy_of("growth")))
        for place in places:
            place.wait("the live set", lambda each: each.policy["teams"] == 2)
            policy = place.policy
            assert (policy["stored_at"], policy["last_load"]["in_force"]) == (None, "this set")
            assert place.service.metric("taxiway_policy_from_last_good_store") == 0
        until("it is stored", lambda: world.is_stored(places[0].revision()))
        assert world.generations() == [1, 2, 0, 0]


def test_a_replica_started_with_no_policy_at_all_answers_by_the_last_good_one(
    world: World,
) -> None:
    """And a person can unpack what is stored, by the guide's own commands."""
    with world.replicas(1) as (place,):
        good = place.revision()
        until("it is stored", lambda: world.is_stored(good))
    world.api.delete(config_map("base")).made()
    with world.replicas(1) as (place,):
        assert answers(place) == good
    shown, unpacked_ = guided(world).splitlines()
    stored_at = world.stored()["data"]["storedAt"]
    assert shown.split() == ["taxiway-last-good-0", "1", "1", "1", stored_at, good]
    assert unpacked_.split()[-1] == "base/teams.yaml"


def guided(world: World) -> str:
    """What the guide's commands print that show what is stored."""
    guide = (ROOT / "docs/policies.md").read_text()
    (command,) = (block for block in SHELL.findall(guide) if "last-good" in block)
    kubectl = binaries.locate(binaries.wanted_kubernetes())["kubectl"]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command.replace("grep last-good", "grep last-good-0")],
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
        env={
            "PATH": f"{kubectl.parent}:{os.environ['PATH']}",
            "KUBECONFIG": str(world.server.credentials.kubeconfig("administrator")),
        },
    )
    return done.stdout


def test_when_the_leader_is_killed_another_one_stores_the_next_set(world: World) -> None:
    with world.replicas(2) as places:
        until("a leader", lambda: [place for place in places if leads(place)])
        (leader,) = [place for place in places if leads(place)]
        (other,) = [place for place in places if place is not leader]
        assert str(world.lease()["holderIdentity"]).startswith(f"{leader.name}_")
        os.kill(leader.service.process.pid, signal.SIGKILL)
        leader.service.process.wait()
        world.put(config_map("growth", teams_yaml=policy_of("growth")))
        other.wait("another leader", leads, TAKEOVER_SECONDS)
        until("it is stored", lambda: world.is_stored(other.revision()))
        assert other.service.metric("taxiway_leader") == 1
        assert [line["event"] for line in other.service.lines("leader")] == ["leader"]
        assert world.lease()["leaseTransitions"] == 2


def test_what_the_installation_should_have_made_is_said_and_used_when_it_is_there(
    world: World,
) -> None:
    missing = [thing for thing in empty_objects() if thing["metadata"]["name"] != names.STATUS]
    for thing in missing:
        world.api.delete(thing).made()
    with world.replicas(1) as (place,):
        assert place.wait("the Lease", lambda each: troubles(each).get("lease")) == (
            "Lease taxiway is missing in namespace taxiway: make an empty one of this name, as "
            "the installation does; until then no replica keeps the last good policies for a "
            "restart"
        )
        world.put(missing[-1])
        assert place.wait("ConfigMaps", lambda each: troubles(each).get("last-good")) == (
            "missing in namespace taxiway: ConfigMap taxiway-last-good-0, taxiway-last-good-1, "
            "taxiway-last-good-2, taxiway-last-good-3: make an empty one of each name, as the "
            "installation does; the last good policies are kept there for a restart"
        )
        assert place.service.metric('taxiway_duty_failing{duty="last-good"}') == 1
        for thing in missing[:-1]:
            world.put(thing)
        until("it is stored", lambda: world.is_stored(place.revision()))
        place.wait("no trouble", lambda each: not troubles(each))


def test_rights_that_are_taken_away_are_said_and_the_duties_go_on_with_them(
    world: World,
) -> None:
    with world.replicas(1) as (place,):
        until("it is stored", lambda: world.is_stored(place.revision()))
        role = manifest("Role")
        only_read = role | {"rules": role["rules"][:1]}
        world.api.replace(only_read).made()
        try:
            refused = place.wait("the Lease", lambda each: troubles(each).get("lease"))
            assert refused is not None
            assert refused.startswith('HTTP 403 Forbidden: leases.coordination.k8s.io "taxiway" is')
            assert place.service.ready()["ready"]
        finally:
            world.api.replace(role).made()
        place.wait("no trouble", lambda each: not troubles(each) and leads(each))


def test_a_replica_that_may_not_list_but_read_what_is_stored_answers_by_that(
    world: World,
) -> None:
    with world.replicas(1) as (place,):
        good = place.revision()
        until("it is stored", lambda: world.is_stored(good))
    role = manifest("Role")
    get = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}
    world.api.replace(role | {"rules": [get | {"resourceNames": names.LAST_GOOD}]}).made()
    try:
        with world.replicas(1) as (place,):
            assert answers(place) == good
            assert place.policy["last_load"]["result"] is None
            trouble = place.wait("why", Place.trouble)
            assert trouble is not None
            assert trouble.startswith(f"the ConfigMaps of namespace {NAMESPACE} cannot be read: ")
            world.api.replace(role).made()
            place.wait("it can read again", lambda each: each.policy["stored_at"] is None)
            assert (place.revision(), place.policy["last_load"]["in_force"]) == (good, "this set")
    finally:
        world.api.replace(role).made()


def part(stored: Object) -> bytes:
    return base64.b64decode(stored["binaryData"]["policies.tar.gz"])


def garbage(stored: Object) -> Object:
    broken = base64.b64encode(part(stored)[::-1]).decode()
    return {"binaryData": {"policies.tar.gz": broken}}


def test_garbage_stored_beside_a_bad_set_is_a_replica_that_is_not_ready_and_says_why(
    world: World,
) -> None:
    with world.replicas(1) as (place,):
        until("it is stored", lambda: world.is_stored(place.revision()))
    stored = world.stored() | {"kind": "ConfigMap"}
    world.api.patch(stored, garbage(stored)).made()
    world.put(config_map("base", teams_yaml=BASE.replace("teams", "tems")))
    with world.replicas(1, wait=False) as (place,):
        assert place.wait("why", lambda each: troubles(each).get("recovery")) == (
            "no last good policies are stored: ConfigMaps taxiway-last-good-0 to 3 hold none, or "
            "not all parts of one; mend the policies, so that this replica becomes ready"
        )
        detail = place.service.ready()
        assert (detail["ready"], detail["policy"]["revision"]) == (False, None)
        body = json.dumps(review(pod())).encode()
        assert place.service.send("POST", "/mutate", body).status == 503
        world.put(config_map("base", teams_yaml=BASE))
        place.wait("ready", lambda each: each.service.ready()["ready"])


def test_a_loader_that_is_replaced_puts_nothing_stored_in_place_of_what_is_in_memory(
    world: World,
) -> None:
    with world.replicas(1) as (place,):
        until("it is stored", lambda: world.is_stored(place.revision()))
        for thing in empty_objects()[4:]:  # no more is stored: without a Lease nobody leads
            world.api.delete(thing).made()
        world.put(config_map("growth", teams_yaml=policy_of("growth")))
        place.wait("it is in force", lambda each: each.policy["teams"] == 2)
        in_force = place.revision()
        world.put(config_map("growth", teams_yaml=BAD))
        place.wait("it is refused", lambda each: each.policy["last_load"]["errors"])
        os.kill(place.service.loader(), signal.SIGKILL)
        place.wait("another loader", lambda each: len(each.service.lines("policy-refused")) == 2)
        place.wait("its duties", lambda each: troubles(each).get("lease"))
        assert answers(place) == in_force
        assert (place.policy["stored_at"], place.service.lines("policy-recovered")) == (None, [])
