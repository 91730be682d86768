"""The table of `webhook.trust.rotation`, row by row: what is seen, and the step that follows."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webhook.trust.certificates import Pair, made_authority, made_server
from webhook.trust.rotation import Bundle, Plan, Seen, may_serve, next_step
from webhook.trust.store import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN = Plan(frozenset({"taxiway.airflow.svc"}), 90 * DAY, 360 * DAY, overlap=60.0)
OVERLAP, LESS = 60.0, 59.9


def authority(age: float = 0) -> Pair:
    """So many days old."""
    return made_authority("Taxiway CA", NOW - age * DAY, 360 * DAY)


def server(of: Pair, age: float = 0, host: str = "taxiway.airflow.svc") -> Pair:
    return made_server(of, [host], NOW - age * DAY, 90 * DAY)


def bundles(*pairs: Pair) -> tuple[Bundle, ...]:
    """Of two entries."""
    return (frozenset(each.certificate for each in pairs),) * 2


def serving(*pairs: Pair) -> tuple[bytes, ...]:
    return tuple(each.certificate.der for each in pairs)


CA, NEXT, OTHER = authority(), authority(), authority()
AGED, DEAD = authority(age=240), authority(age=361)
PAIR = server(CA)
REST = Store(CA, PAIR)
INTRODUCED = Store(CA, PAIR, NEXT)
SWAPPED = Store(NEXT, server(NEXT), None, (CA.certificate,))
LOST = Store(None, None, NEXT, (OTHER.certificate,))
BOTH = bundles(CA, NEXT)

ROWS: Mapping[str, tuple[dict[str, Any], str | None]] = {
    "nothing is stored, and nobody serves": ({"store": Store()}, "make"),
    "nothing is stored, and what is served is not believed": (
        {"store": Store(), "bundles": bundles(OTHER), "served": serving(PAIR)},
        "make",
    ),
    "nothing is stored, and somebody serves what is believed": (
        {"store": Store(), "bundles": bundles(CA), "served": (None, *serving(PAIR))},
        "introduce",
    ),
    "nothing is stored, and somebody serves what one entry believes": (
        {
            "store": Store(),
            "bundles": (bundles(CA)[0], frozenset()),
            "served": serving(PAIR),
        },
        "introduce",
    ),
    "nothing is stored, and it is remembered": (
        {"store": Store(), "bundles": bundles(CA), "served": serving(PAIR), "remembered": REST},
        "restore",
    ),
    "nothing is stored, and what is remembered has ended": (
        {"store": Store(), "remembered": Store(DEAD)},
        "make",
    ),
    "the CA has ended": ({"store": Store(DEAD), "bundles": bundles(DEAD)}, "make"),
    "the CA has ended, and the next one was only just introduced": (
        {"store": Store(DEAD, None, NEXT), "bundles": bundles(DEAD, NEXT)},
        "swap",
    ),
    "only a next CA, believed for less than the overlap, while another's is served": (
        {
            "store": LOST,
            "bundles": bundles(NEXT, OTHER),
            "served": serving(server(OTHER)),
            "bundled_for": LESS,
        },
        None,
    ),
    "only a next CA, believed for the overlap": (
        {
            "store": LOST,
            "bundles": bundles(NEXT, OTHER),
            "served": serving(server(OTHER)),
            "bundled_for": OVERLAP,
        },
        "swap",
    ),
    "only a next CA, and nobody serves": ({"store": LOST}, "swap"),
    "a CA that is not believed, and somebody serves what is": (
        {"store": REST, "bundles": bundles(OTHER), "served": serving(server(OTHER))},
        "reintroduce",
    ),
    "a CA that is not believed, and all serve its own": (
        {"store": REST, "bundles": bundles(OTHER), "served": serving(PAIR)},
        None,
    ),
    "all is well": ({"store": REST, "bundles": bundles(CA)}, None),
    "no certificate": ({"store": Store(CA), "bundles": bundles(CA)}, "renew"),
    "a certificate for another host": (
        {"store": Store(CA, server(CA, host="elsewhere")), "bundles": bundles(CA)},
        "renew",
    ),
    "a certificate of 59 days": (
        {"store": Store(CA, server(CA, age=59)), "bundles": bundles(CA)},
        None,
    ),
    "a certificate of 60 days": (
        {"store": Store(CA, server(CA, age=60)), "bundles": bundles(CA)},
        "renew",
    ),
    "a certificate that ends with its CA": (
        {"store": Store(authority(age=355), server(authority(age=355))), "bundles": ()},
        "introduce",
    ),
    "a certificate is asked for": (
        {"store": REST, "bundles": bundles(CA), "asked": "certificate"},
        "renew",
    ),
    "a certificate of 60 days while a CA is exchanged": (
        {"store": Store(CA, server(CA, age=60), NEXT), "bundles": BOTH, "bundled_for": OVERLAP},
        "renew",
    ),
    "a next CA, believed for less than the overlap": (
        {"store": INTRODUCED, "bundles": BOTH, "bundled_for": LESS},
        None,
    ),
    "a next CA, believed for the overlap": (
        {"store": INTRODUCED, "bundles": BOTH, "bundled_for": OVERLAP},
        "swap",
    ),
    "a next CA that has ended, which nobody exchanged in a year": (
        {"store": Store(AGED, server(AGED), DEAD), "bundles": bundles(AGED, DEAD)},
        "introduce",
    ),
    "an old CA, and all have changed for less than the overlap": (
        {"store": SWAPPED, "bundles": BOTH, "changed_for": LESS},
        None,
    ),
    "an old CA, and all have changed for the overlap": (
        {"store": SWAPPED, "bundles": BOTH, "changed_for": OVERLAP},
        "retire",
    ),
    "an old CA that has ended": (
        {"store": Store(CA, PAIR, None, (DEAD.certificate,)), "bundles": bundles(CA, DEAD)},
        "retire",
    ),
    "a CA of 239 days": (
        {"store": Store(authority(age=239), server(CA))},
        None,
    ),
    "a CA of 240 days": (
        {"store": Store(AGED, server(AGED)), "bundles": bundles(AGED)},
        "introduce",
    ),
    "a CA is asked for": ({"store": REST, "bundles": bundles(CA), "asked": "ca"}, "introduce"),
    "a CA is asked for while one is exchanged": (
        {"store": INTRODUCED, "bundles": BOTH, "asked": "ca"},
        None,
    ),
}


@pytest.mark.parametrize(("seen", "name"), ROWS.values(), ids=ROWS)
def test_the_step_that_follows(seen: dict[str, Any], name: str | None) -> None:
    step = next_step(Seen(**seen), PLAN, NOW)
    assert (None if step is None else step.name) == name


def after(**seen: Any) -> Store:
    step = next_step(Seen(**seen), PLAN, NOW)
    assert step is not None
    return step.store


def test_a_new_ca_stands_beside_the_one_that_signs() -> None:
    store = after(store=REST, bundles=bundles(CA), asked="ca")
    assert (store.current, store.server, store.old) == (CA, PAIR, ())
    assert store.next is not None
    assert store.authorities() == (CA.certificate, store.next.certificate)


def test_the_next_ca_signs_and_the_one_before_stays_believed() -> None:
    store = after(store=INTRODUCED, bundles=BOTH, bundled_for=OVERLAP)
    assert (store.current, store.next, store.old) == (NEXT, None, (CA.certificate,))
    assert store.server is not None
    assert store.server.certificate.ends == NOW + 90 * DAY


def test_the_old_ca_goes_when_nobody_needs_it() -> None:
    store = after(store=SWAPPED, bundles=BOTH, changed_for=OVERLAP)
    assert store == Store(SWAPPED.current, SWAPPED.server)


def test_what_replicas_serve_stays_believed_where_its_key_is_lost() -> None:
    served = serving(server(CA), server(OTHER))
    store = after(store=Store(), bundles=bundles(CA, OTHER, NEXT), served=served)
    assert set(store.old) == {CA.certificate, OTHER.certificate}
    assert (store.current, store.server) == (None, None)


def test_an_older_secret_is_taken_as_a_new_one() -> None:
    store = after(store=REST, bundles=bundles(OTHER), served=serving(server(OTHER)))
    assert store == Store(None, None, CA, (OTHER.certificate,))


SERVED: Mapping[str, tuple[Pair | None, tuple[Bundle, ...], bool]] = {
    "where it serves nothing": (None, (), True),
    "where both are believed": (server(OTHER), bundles(CA, OTHER), True),
    "where the fresh one alone is believed": (server(OTHER), bundles(CA), True),
    "where neither is believed": (server(OTHER), bundles(), True),
    "not where only what it serves is believed": (server(OTHER), bundles(OTHER), False),
    "not where one entry believes only what it serves": (
        server(OTHER),
        (*bundles(CA, OTHER), *bundles(OTHER)),
        False,
    ),
    "where what it serves has ended": (server(OTHER, age=90), bundles(OTHER), True),
}


@pytest.mark.parametrize(("served", "entries", "may"), SERVED.values(), ids=SERVED)
def test_a_replica_takes_a_fresh_certificate(
    served: Pair | None, entries: tuple[Bundle, ...], may: bool
) -> None:
    assert may_serve(PAIR, served, entries, NOW) is may
