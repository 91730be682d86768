"""The exchange of CAs as a whole: at no moment does an API server meet one that it does not know.

Each API server learns of a bundle up to 50 s late, and each replica's certificate must be believed
by all of them at every moment, whatever happens to leaders, replicas and the Secret meanwhile.
"""

import random
from collections.abc import Callable

import pytest

from tests.sources.rotating import PLAN, Cluster, Replica
from webhook.trust.store import Store

SETTLED_SECONDS = 60.0  # after an installation
ROTATED_SECONDS = 400.0  # twice the overlap, a new leader for each step, and what turns take


def settled(replicas: int = 3) -> Cluster:
    """As it stands a while after an installation."""
    cluster = Cluster()
    for at in range(replicas):
        Replica(cluster, f"replica-{at}")
    cluster.leader = cluster.replicas[0]
    run(cluster, SETTLED_SECONDS, check=False)
    return cluster


def run(
    cluster: Cluster,
    seconds: float,
    meanwhile: Callable[[], object] = lambda: None,
    *,
    check: bool = True,
) -> None:
    end = cluster.seconds + seconds
    while cluster.seconds < end:
        cluster.turn()
        meanwhile()
        if check:
            assert cluster.failures() == []


def is_at_rest(cluster: Cluster) -> bool:
    """One CA, believed alone, and every replica serves the one certificate of it."""
    store = cluster.store()
    return (
        store.current is not None
        and (store.next, store.old) == (None, ())
        and all(each == {store.current.certificate} for each in cluster.bundles)
        and all(each.pair == store.server for each in cluster.replicas)
    )


def test_replicas_that_start_at_once_make_one_ca() -> None:
    assert is_at_rest(settled())


def test_a_ca_is_exchanged_without_a_moment_of_doubt() -> None:
    cluster = settled()
    before = cluster.store().current
    cluster.asked = "ca"
    run(cluster, ROTATED_SECONDS)
    assert is_at_rest(cluster)
    assert cluster.store().current != before


@pytest.mark.parametrize("calls", range(1, 13))
def test_a_leader_may_die_before_any_of_its_calls(calls: int) -> None:
    """One leader after the other dies at the same call; who takes over has all from what it finds.

    A turn without a step takes 2 calls, one with a step and both entries to change 8.
    """
    cluster = settled()
    before = cluster.store().current
    cluster.asked = "ca"
    for _ in range(5):
        leader = cluster.leader
        assert leader is not None
        leader.calls = calls
        run(cluster, 70)  # its death, and the time of a Lease; or else a step more
        if cluster.leader is None:
            Replica(cluster, "another")
            cluster.leader = cluster.replicas[0]
    for each in cluster.replicas:
        each.calls = None
    run(cluster, ROTATED_SECONDS)
    assert is_at_rest(cluster)
    assert cluster.store().current != before


def with_nothing_stored(cluster: Cluster) -> None:
    cluster.put(Store())


def with_garbage(cluster: Cluster) -> None:
    cluster.data = dict.fromkeys(cluster.data, b"garbage")
    cluster.version += 1


def with_half_of_it(cluster: Cluster) -> None:
    cluster.data = {key: value for key, value in cluster.data.items() if key != "ca.key"}
    cluster.version += 1


@pytest.mark.parametrize("spoil", [with_nothing_stored, with_garbage, with_half_of_it])
def test_what_is_lost_of_the_secret_is_put_back(spoil: Callable[[Cluster], None]) -> None:
    cluster = settled()
    before = cluster.data
    spoil(cluster)
    run(cluster, 4)
    assert cluster.data == before
    assert is_at_rest(cluster)


@pytest.mark.parametrize("spoil", [with_nothing_stored, with_garbage, with_half_of_it])
def test_where_nobody_remembers_it_a_new_ca_is_introduced_beside_the_old_one(
    spoil: Callable[[Cluster], None],
) -> None:
    cluster = settled()
    before = cluster.store().current
    spoil(cluster)
    for each in cluster.replicas:  # every loader begins anew, and what is served goes on
        each.begin()
    run(cluster, ROTATED_SECONDS)
    assert is_at_rest(cluster)
    assert cluster.store().current != before


def test_an_older_secret_that_is_put_back_is_introduced_as_a_new_one() -> None:
    cluster = settled()
    older = cluster.data
    cluster.asked = "ca"
    run(cluster, ROTATED_SECONDS)
    cluster.data, cluster.version = older, cluster.version + 1
    run(cluster, ROTATED_SECONDS)
    assert is_at_rest(cluster)


def test_a_replica_that_is_cut_off_from_the_api_server_keeps_the_old_ca_believed() -> None:
    cluster = settled()
    cluster.asked = "ca"
    cluster.replicas[2].is_cut_off = True
    run(cluster, 5 * ROTATED_SECONDS)
    assert len(cluster.store().old) == 1
    leader = cluster.leader
    assert leader is not None
    assert "the old CA stays in caBundle" in str(leader.complaint_made)
    cluster.replicas[2].is_cut_off = False
    run(cluster, ROTATED_SECONDS)
    assert is_at_rest(cluster)


def test_a_replica_that_does_not_answer_keeps_the_old_ca_believed() -> None:
    cluster = settled()
    cluster.asked = "ca"
    cluster.replicas[2].is_silent = True
    run(cluster, 2 * ROTATED_SECONDS)
    assert len(cluster.store().old) == 1
    cluster.replicas[2].end()
    run(cluster, ROTATED_SECONDS)
    assert is_at_rest(cluster)


def test_what_somebody_else_writes_into_the_bundle_is_gone_after_a_turn() -> None:
    cluster = settled()
    before = cluster.bundles
    cluster.believe([frozenset(), *before[1:]])
    run(cluster, 2, check=False)
    assert cluster.bundles == before


def test_the_time_of_a_new_ca_begins_anew_where_its_bundle_was_overwritten() -> None:
    cluster = settled()
    old = cluster.bundles
    cluster.asked = "ca"
    run(cluster, PLAN.overlap - 10)
    assert cluster.store().next is not None
    cluster.believe(old)
    run(cluster, PLAN.overlap - 10)
    assert cluster.store().next is not None
    run(cluster, ROTATED_SECONDS)
    assert is_at_rest(cluster)


def test_the_time_of_a_new_ca_begins_anew_where_the_leader_could_not_look() -> None:
    cluster = settled()
    leader = cluster.leader
    assert leader is not None
    cluster.asked = "ca"
    run(cluster, PLAN.overlap - 20)
    leader.is_cut_off = True
    run(cluster, 10)
    leader.is_cut_off = False
    run(cluster, PLAN.overlap - 10)
    assert cluster.store().next is not None
    run(cluster, ROTATED_SECONDS)
    assert is_at_rest(cluster)


def test_all_is_renewed_in_time_for_years() -> None:
    cluster = settled(replicas=2)
    for _ in range(80):  # 10 days apart: a CA is exchanged three times
        run(cluster, 20)
        for each in cluster.replicas:
            assert each.pair is not None
            assert each.pair.certificate.left(cluster.now()).days >= 19
        cluster.seconds += 10 * 86_400
    run(cluster, ROTATED_SECONDS)
    assert is_at_rest(cluster)


def kill(cluster: Cluster, chance: random.Random) -> None:
    if cluster.leader is not None:
        cluster.leader.calls = chance.randrange(6)


def cut_off(cluster: Cluster, chance: random.Random) -> None:
    chance.choice(cluster.replicas).is_cut_off = True


def join_again(cluster: Cluster, _: random.Random) -> None:
    for each in cluster.replicas:
        each.is_cut_off = False


def replace(cluster: Cluster, chance: random.Random) -> None:
    chance.choice(cluster.replicas).end()


def ask(cluster: Cluster, chance: random.Random) -> None:
    cluster.asked = chance.choice(("ca", "certificate"))


def spoil(cluster: Cluster, _: random.Random) -> None:
    with_nothing_stored(cluster)


ACCIDENTS = (kill, cut_off, join_again, join_again, replace, ask, ask, spoil)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_in_whatever_order(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  which accidents, not a secret
    cluster = settled()

    def accident() -> None:
        if chance.random() < 0.1:
            chance.choice(ACCIDENTS)(cluster, chance)
        if chance.random() < 0.1:
            cluster.leader = cluster.leader or chance.choice(cluster.replicas)
        if len(cluster.replicas) < 3:
            Replica(cluster, f"replica-{cluster.seconds:.0f}")

    run(cluster, 900, accident)
    for each in cluster.replicas:
        each.is_cut_off, each.calls = False, None
    cluster.leader = cluster.replicas[0]
    run(cluster, 2 * ROTATED_SECONDS)
    assert is_at_rest(cluster)
