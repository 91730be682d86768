"""What the leader does next with CA and certificate, by what is stored, believed and served.

The API servers learn of a changed `caBundle` by watch and acknowledge nothing. So a CA stands in
it for a time (`overlap`, 60 s) before any replica serves a certificate of it, and for as long
after the last replica has stopped. `caBundle` is always that of the Secret: `Store.authorities`.
All that has to be known is in the Secret and in `caBundle`; what is timed is timed anew by a
leader that takes over, which makes a step later, never earlier. The first row that fits:

| the Secret holds, and what else is so                   | step        | the Secret then holds    |
|---------------------------------------------------------|-------------|--------------------------|
| no CA, but a next one, which is believed for the        | swap        | next is current          |
| overlap, or nobody serves anything that is believed     |             |                          |
| no CA; this replica remembers what it held              | restore     | what it held             |
| no CA; replicas serve certificates of CAs believed now  | introduce   | a new next CA, those old |
| no CA; nobody serves anything that is believed          | make        | a new CA, a certificate  |
| a CA that is not believed, while replicas serve others  | reintroduce | it as the next one,      |
| that are: somebody put back an older Secret             |             | those as old ones        |
| no certificate, one for other hosts, one with a third   | renew       | a new certificate        |
| of its life left, or a new one was asked for            |             |                          |
| a next CA, which is believed for the overlap            | swap        | next is current,         |
|                                                         |             | current is old           |
| old CAs, of which no replica has served a certificate   | retire      | no old ones              |
| for the overlap, or which are past their end            |             |                          |
| a CA with a third of its life left, or one was asked for| introduce   | a next CA as well        |

A CA past its end is none: nobody believes it any more.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from webhook.trust.certificates import Certificate, Pair, is_issued_by, made_authority, made_server
from webhook.trust.store import Store

ASK_CA, ASK_CERTIFICATE = "ca", "certificate"  # what a person may ask for

Bundle = frozenset[Certificate]


class Plan(Struct, frozen=True):
    """What is wanted. `overlap` in seconds."""

    hosts: frozenset[str]
    life: timedelta
    authority_life: timedelta
    overlap: float


class Seen(Struct, frozen=True):
    """How it stands. Times are in seconds, by the leader's own clock."""

    store: Store
    bundles: tuple[Bundle, ...] = ()  # what each entry of the webhook configurations believes
    served: tuple[bytes | None, ...] = ()  # what each replica shows, in DER; None: no answer
    bundled_for: float = 0.0  # how long `bundles` are known to have been those of the store
    changed_for: float = 0.0  # how long every replica has been known to serve the current CA's
    remembered: Store | None = None  # what the Secret held when it could sign last
    asked: str | None = None


class Step(Struct, frozen=True):
    """What to write into the Secret, and what that is called."""

    name: str
    store: Store


def next_step(seen: Seen, plan: Plan, now: datetime) -> Step | None:
    """None: there is nothing to do but to wait."""
    store, current = seen.store, seen.store.current
    if current is None or current.certificate.is_over(now):
        return _without_authority(seen, plan, now)
    if current.certificate not in believed(seen.bundles) and (others := _others(seen, now)):
        return Step("reintroduce", Store(next=current, old=others))
    if _wants_renewal(seen, plan, now):
        return Step("renew", replace(store, server=_server(current, plan, now)))
    if store.next is not None and not store.next.certificate.is_over(now):
        return _swap(store, store.next, plan, now) if _is_believed_by_all(seen, plan) else None
    if store.old:
        return Step("retire", replace(store, old=())) if _may_retire(seen, plan, now) else None
    if current.certificate.needs_renewal(now) or seen.asked == ASK_CA:
        return Step("introduce", replace(store, next=_authority(plan, now)))
    return None


def needs_peers(store: Store, bundles: tuple[Bundle, ...], now: datetime) -> bool:
    """Whether it matters now what other replicas serve."""
    current = store.current
    return (
        bool(store.old)
        or current is None
        or current.certificate.is_over(now)
        or current.certificate not in believed(bundles)
    )


def believed(bundles: Iterable[Bundle]) -> Bundle:
    """The CAs that every entry believes."""
    every = list(bundles)
    return frozenset.intersection(*every) if every else frozenset()


def may_serve(fresh: Pair, served: Pair | None, bundles: tuple[Bundle, ...], now: datetime) -> bool:
    """Whether a replica may serve this certificate in place of the one it serves.

    Asked before it does: the leader has waited, but somebody may have changed `caBundle` since.
    What it serves is kept only where that is believed and the fresh one is not.
    """
    if served is None or served.certificate.is_over(now):
        return True
    trusted = believed(bundles)
    return _is_of(fresh.certificate.der, trusted) or not _is_of(served.certificate.der, trusted)


def _without_authority(seen: Seen, plan: Plan, now: datetime) -> Step | None:
    remembered, following, others = seen.remembered, seen.store.next, _others(seen, now)
    if following is not None and not following.certificate.is_over(now):
        if _is_believed_by_all(seen, plan) or not _used(seen, now):
            return _swap(seen.store, following, plan, now)
        return None
    if remembered is not None and _can_sign(remembered, now):
        return Step("restore", remembered)
    made = _authority(plan, now)
    if others:
        return Step("introduce", Store(next=made, old=others))
    return Step("make", Store(current=made, server=_server(made, plan, now)))


def _swap(store: Store, following: Pair, plan: Plan, now: datetime) -> Step:
    before = () if store.current is None else (store.current.certificate,)
    old = tuple(each for each in (*before, *store.old) if not each.is_over(now))
    return Step("swap", Store(following, _server(following, plan, now), None, old))


def _wants_renewal(seen: Seen, plan: Plan, now: datetime) -> bool:
    server = seen.store.server
    if server is None or seen.asked == ASK_CERTIFICATE:
        return True
    shown = server.certificate
    return shown.hosts != plan.hosts or (shown.needs_renewal(now) and _would_last(seen, shown))


def _would_last(seen: Seen, shown: Certificate) -> bool:
    """Whether a new one would end later: it ends with its CA, which is being replaced then."""
    current = seen.store.current
    return current is not None and current.certificate.ends > shown.ends


def _is_believed_by_all(seen: Seen, plan: Plan) -> bool:
    return seen.bundled_for >= plan.overlap


def _may_retire(seen: Seen, plan: Plan, now: datetime) -> bool:
    return seen.changed_for >= plan.overlap or all(each.is_over(now) for each in seen.store.old)


def _others(seen: Seen, now: datetime) -> tuple[Certificate, ...]:
    """Those that are not in the store."""
    known = seen.store.authorities()
    return tuple(each for each in _used(seen, now) if each not in known)


def _used(seen: Seen, now: datetime) -> list[Certificate]:
    """CAs that some entry believes, and that replicas serve certificates of."""
    shown = [der for der in seen.served if der is not None]
    found = (each for each in frozenset[Certificate]().union(*seen.bundles))
    lasting = sorted((each for each in found if not each.is_over(now)), key=lambda each: each.der)
    return [each for each in lasting if any(is_issued_by(der, each) for der in shown)]


def _is_of(der: bytes, authorities: Bundle) -> bool:
    return any(is_issued_by(der, each) for each in authorities)


def _can_sign(store: Store, now: datetime) -> bool:
    signing = store.current or store.next
    return signing is not None and not signing.certificate.is_over(now)


def _authority(plan: Plan, now: datetime) -> Pair:
    """Each has a name of its own, so that a client finds the right one of two in a bundle."""
    return made_authority(f"Taxiway CA {now:%Y-%m-%dT%H:%M:%S.%fZ}", now, plan.authority_life)


def _server(authority: Pair, plan: Plan, now: datetime) -> Pair:
    return made_server(authority, sorted(plan.hosts), now, plan.life)
