"""The duty of the service's own certificate, put together, in a thread of its own.

Of its own, because it asks other replicas, which may take seconds to fail: a Lease that is not
renewed meanwhile would be another's. It begins at once: a new replica serves what is stored while
its policies are still being read.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from webhook.sources.ca_bundle import CaBundle
from webhook.sources.certificate import CertificateDuty
from webhook.sources.duties import Duties, Leads, Outcome
from webhook.sources.objects import Objects
from webhook.sources.peers import Peers
from webhook.sources.process import Managed
from webhook.sources.served_pair import ServedPair
from webhook.sources.tls_secret import TlsSecret
from webhook.trust.certificates import canonical
from webhook.trust.rotation import Plan


def keeping_certificate(
    namespace: str,
    kubeconfig: Path | None,
    managed: str,
    leader: Leads,
    clock: Callable[[], float],
) -> Duties:
    """Begin with it. `managed`: a `Managed` in JSON, as it came by the command line."""
    wanted = msgspec.json.decode(managed, type=Managed)
    objects = Objects(namespace, kubeconfig)
    duty = CertificateDuty(
        TlsSecret(objects, namespace, wanted.secret),
        CaBundle(objects, wanted.configuration),
        Peers(wanted.peers, wanted.port),
        ServedPair(wanted.file),
        plan_of(wanted),
        leader,
        clock,
        _now,
    )
    duties = Duties([duty], clock)
    duties.tell(Outcome(_now(), ()))  # it does not wait for a load
    duties.start()
    return duties


def plan_of(managed: Managed) -> Plan:
    return Plan(
        hosts=canonical(managed.hosts),
        life=timedelta(seconds=managed.life_seconds),
        authority_life=timedelta(seconds=managed.authority_life_seconds),
        overlap=managed.overlap_seconds,
    )


def _now() -> datetime:
    return datetime.now(UTC)
