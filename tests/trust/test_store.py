"""The Secret's keys: what is written is read again, and what is broken counts as absent."""

from datetime import UTC, datetime, timedelta

import pytest

from webhook.trust.certificates import made_authority, made_server
from webhook.trust.store import Store, read, written

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CA, NEXT, OLD, OLDER = (made_authority(name, NOW, DAY) for name in ("a", "b", "c", "d"))
SERVER = made_server(CA, ["taxiway.airflow.svc"], NOW, DAY)
FULL = Store(CA, SERVER, NEXT, (OLD.certificate, OLDER.certificate))
KEYS = ("ca.crt", "ca.key", "next-ca.crt", "next-ca.key", "old-ca.crt", "tls.crt", "tls.key")


def data_of(store: Store) -> dict[str, bytes]:
    return {key: value for key, value in written(store).items() if value is not None}


@pytest.mark.parametrize(
    "store",
    [Store(), Store(CA, SERVER), Store(next=NEXT, old=(OLD.certificate,)), FULL],
    ids=["empty", "at rest", "nothing that signs yet", "all"],
)
def test_what_is_written_is_read_as_the_same(store: Store) -> None:
    assert read(data_of(store)) == store
    assert sorted(written(store)) == sorted(KEYS)


BROKEN = {
    "ca.crt": Store(None, None, NEXT, FULL.old),
    "ca.key": Store(None, None, NEXT, FULL.old),
    "tls.crt": Store(CA, None, NEXT, FULL.old),
    "tls.key": Store(CA, None, NEXT, FULL.old),
    "next-ca.crt": Store(CA, SERVER, None, FULL.old),
    "next-ca.key": Store(CA, SERVER, None, FULL.old),
    "old-ca.crt": Store(CA, SERVER, NEXT),
}


@pytest.mark.parametrize(("key", "left"), BROKEN.items(), ids=BROKEN)
def test_what_is_left_where_a_key_is_broken(key: str, left: Store) -> None:
    data = data_of(FULL)
    assert read(data | {key: b"garbage"}) == left
    assert read({name: value for name, value in data.items() if name != key}) == left


def test_a_certificate_of_another_ca_is_none() -> None:
    assert read(data_of(FULL) | {"ca.crt": data_of(FULL)["next-ca.crt"]}).server is None
    other = made_server(NEXT, ["taxiway.airflow.svc"], NOW, DAY)
    assert read(data_of(Store(CA, other))) == Store(CA)


def test_the_bundle_is_whom_replicas_serve_certificates_of_or_will_or_did() -> None:
    every = (CA.certificate, NEXT.certificate, OLD.certificate, OLDER.certificate)
    assert FULL.authorities() == every
