"""Certificates that the service makes by itself, on a real API server that calls it by them.

The API server checks each certificate against `caBundle` and the name of the Service. A call that
fails is seen: the pod is refused, or comes in without what policy adds.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.cluster import binaries
from tests.cluster.api import Object
from tests.cluster.balancer import balancing
from tests.cluster.installation import NAMESPACE
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.managed import CONFIGURATION, CONFIGURATIONS, SECRET, Release
from tests.cluster.processes import free_port
from tests.cluster.world import of
from webhook import names

pytestmark = pytest.mark.cluster

REPAIRED_SECONDS = 15.0  # a turn of 2 s, on a busy machine


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneApiServer]:
    found = binaries.locate(binaries.wanted_kubernetes())
    with lone_api_server(found, tmp_path_factory.mktemp("api-server")) as running:
        running.api.create(of("v1", "Namespace", "data")).made()
        running.api.create(of("v1", "ServiceAccount", "default", namespace="data")).made()
        yield running


@pytest.fixture(scope="module")
def release(server: LoneApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    with balancing([free_port(), free_port()]) as balancer:
        made = Release(server, tmp_path_factory.mktemp("managed"), balancer)
        made.install()
        made.start()
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture(autouse=True)
def at_rest(release: Release) -> None:
    release.rest()
    release.wait("the API server asks", release.is_asked)


def test_two_replicas_that_start_at_once_on_an_empty_secret_have_one_ca(release: Release) -> None:
    first, second = (each.shown() for each in release.replicas)
    assert first == second
    assert release.troubles() == {None}
    assert sorted(release.secret()) == ["ca.crt", "ca.key", "tls.crt", "tls.key"]
    assert len(set(release.bundles())) == 1


def test_certificate_and_ca_are_exchanged_under_load_without_one_failed_call(
    release: Release,
) -> None:
    before = release.store()
    with release.under_load():
        release.ask("certificate")
        release.wait("a new certificate", lambda: release.store().server != before.server)
        release.rest()
        renewed = release.store()
        assert renewed.current == before.current
        # A third of its life is left, and some seconds of traffic before it gets there.
        release.put_certificate(seconds=64)
        short = release.store().server
        release.wait("it is renewed", lambda: release.store().server not in (short, renewed.server))
        release.rest()
        release.ask("ca")
        release.wait("a new CA", lambda: release.store().current != before.current)
        release.rest()
    assert names.ROTATE not in stored(release)["metadata"].get("annotations", {})


def stored(release: Release) -> Object:
    return release.api.get("Secret", "taxiway-tls", NAMESPACE).made()


OVERWRITTEN = dict(zip(CONFIGURATIONS, (b"", b"garbage\n"), strict=True))


@pytest.mark.parametrize(("kind", "bundle"), OVERWRITTEN.items(), ids=["nothing", "garbage"])
def test_a_bundle_that_somebody_overwrites_is_mended(
    release: Release, kind: str, bundle: bytes
) -> None:
    before = release.bundles()
    release.overwrite(kind, bundle)
    release.wait("it is mended", lambda: release.bundles() == before, REPAIRED_SECONDS)
    release.wait("the API server asks again", release.is_asked)


def test_a_secret_that_is_emptied_is_filled_with_what_it_held(release: Release) -> None:
    before = release.secret()
    with release.under_load():
        release.put(dict.fromkeys(before))
        release.wait("it is filled", lambda: release.secret() == before, REPAIRED_SECONDS)


def test_a_secret_that_is_garbled_is_filled_with_what_it_held(release: Release) -> None:
    before = release.secret()
    with release.under_load():
        release.put(dict.fromkeys(before, b"garbage"))
        release.wait("it is filled", lambda: release.secret() == before, REPAIRED_SECONDS)


def test_a_secret_that_is_deleted_is_missed_and_filled_when_it_is_back(release: Release) -> None:
    before = release.secret()
    with release.under_load():
        release.api.delete(SECRET).made()
        missing = (
            "Secret taxiway-tls is missing in namespace taxiway: make an empty one, as the "
            "installation does (kubectl create secret generic taxiway-tls --namespace taxiway); "
            "until then nothing is renewed"
        )
        release.wait(
            "it is missed", lambda: {each.trouble() for each in release.replicas} == {missing}
        )
        release.api.create(SECRET).made()
        release.wait("it is filled", lambda: release.secret() == before)
        release.wait("all is well", lambda: release.troubles() == {None})


def test_a_certificate_that_is_to_be_renewed_while_the_api_server_is_down(release: Release) -> None:
    release.put_certificate(seconds=64)
    short = release.store().server
    assert short is not None
    served = short.certificate.der
    release.wait("it is served", lambda: {each.shown() for each in release.replicas} == {served})
    with release.server.down():
        release.wait("it is to be renewed", lambda: short.certificate.needs_renewal(now()))
        assert {each.shown() for each in release.replicas} == {served}
    release.wait("it is renewed", lambda: release.store().server != short)
    release.rest()
    release.wait("the API server asks", release.is_asked)


def now() -> datetime:
    return datetime.now(UTC)


def test_an_exchange_goes_on_where_its_leader_and_then_every_replica_died(release: Release) -> None:
    """From what the Secret and `caBundle` hold alone."""
    before = release.store().current
    release.ask("ca")
    release.wait("a next CA stands beside the current one", lambda: release.store().next)
    leader = release.wait("a leader", lambda: [each for each in release.replicas if each.leads])[0]
    release.kill(leader)
    release.free_lease()
    release.wait("the next CA signs", lambda: release.store().old)
    release.kill(release.replicas[0])
    release.free_lease()
    release.start()
    release.rest()
    assert release.store().current != before


def test_what_a_person_has_to_mend_is_told(release: Release) -> None:
    kind = CONFIGURATIONS[1]
    release.ask("everything")
    release.api.delete(of("", kind, CONFIGURATION)).made()
    told = (
        f"{kind} {CONFIGURATION} is missing: install it again (helm upgrade); the other one is "
        "kept, and until then the API server asks nothing that stands in this one; annotation "
        "taxiway/rotate of Secret taxiway-tls is 'everything': write ca or certificate, or take "
        "it away"
    )
    release.wait("it is told", lambda: release.troubles() == {None, told})
    release.ask("certificate")
    release.install_again(kind)
    release.wait("all is well", lambda: release.troubles() == {None})
