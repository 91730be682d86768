"""What is done to a release while pods are created, again and again until the time is over.

| scenario                  | what happens                                                         |
|---------------------------|----------------------------------------------------------------------|
| rolling restart           | every pod is replaced, as a Deployment does it                       |
| kill -9 of a replica      | once in five minutes; the kubelet starts it again                    |
| certificate in a Secret   | another certificate of the same CA comes into the mounted Secret     |
| certificate, managed      | the service is asked for a new one                                   |
| CA rotation, managed      | the service is asked for a new CA: two in the bundle, swap, one left |
| policy change             | another wave is stored                                               |
| API server restart        | it is killed, the next time it is told to end; then it is started    |

A kill alone may cost creations: the calls that the process had taken, and those that are sent to
its address until endpoints are without it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from msgspec import Struct

from tests.cluster.installation import NAMESPACE
from tests.cluster.world import of
from tests.reliability.existing_secret import ExistingSecret
from tests.reliability.release import Release
from tests.reliability.verdict import Period
from tests.serving import until
from webhook import names

KILL_EVERY_SECONDS = 300.0
# Kubelets look at Secrets each in its own time: in a cluster up to a minute and a half apart.
KUBELETS_APART_SECONDS = 0.5
RESTARTS = 15  # at most, of an API server
RENEWAL_SECONDS = 60.0
ROTATION_SECONDS = 180.0  # an overlap is 60 s, and the leader looks every few
SECRET = "taxiway-tls"  # noqa: S105  its name


@dataclass
class Stage:
    """Where a scenario plays, and what there is to know of it afterwards."""

    release: Release
    seconds: float
    existing_secret: ExistingSecret | None = None  # where the release has one
    times: int = 0  # how often it has happened
    down: list[Period] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def turns(self, pause: float) -> Iterator[None]:
        """After each pause, for as long as one that takes what the last one took ends in time."""
        end, took = self.began + self.seconds, 0.0
        while time.monotonic() + pause + took < end:
            time.sleep(pause)
            began = time.monotonic()
            yield
            took = time.monotonic() - began
            self.times += 1
        time.sleep(max(0.0, end - time.monotonic()))


def rolling_restart(stage: Stage) -> None:
    for _ in stage.turns(1.0):
        stage.release.restart()


def kill(stage: Stage) -> None:
    """A third of the way, so that what comes after is seen too."""
    third = min(stage.seconds, KILL_EVERY_SECONDS) / 3
    for _ in stage.turns(third):
        next_third = time.monotonic() + 2 * third
        stage.release.pods[stage.times % len(stage.release.pods)].kill()
        stage.release.settle()
        time.sleep(max(0.0, next_third - time.monotonic()))


def certificate_in_a_secret(stage: Stage) -> None:
    for _ in stage.turns(1.0):
        assert stage.existing_secret is not None
        stage.existing_secret.rotate(stage.release, KUBELETS_APART_SECONDS)


def certificate(stage: Stage) -> None:
    for _ in stage.turns(1.0):
        before = kept(stage, "tls.crt")
        ask(stage, "certificate")
        until("a new certificate", partial(differs, stage, "tls.crt", before), RENEWAL_SECONDS)


def authority(stage: Stage) -> None:
    """Until only the new one is left: that takes twice the overlap, even where time is over."""
    for _ in stage.turns(1.0):
        before = kept(stage, "ca.crt")
        ask(stage, "ca")
        until("the new CA signs", partial(differs, stage, "ca.crt", before), ROTATION_SECONDS)
        until("it alone is left", lambda: not kept(stage, "old-ca.crt"), ROTATION_SECONDS)


def ask(stage: Stage, what: str) -> None:
    secret = of("v1", "Secret", SECRET, namespace=NAMESPACE)
    change = {"metadata": {"annotations": {names.ROTATE: what}}}
    stage.release.api.patch(secret, change).made()


def kept(stage: Stage, key: str) -> str:
    """What the service has stored, in base64; empty: nothing."""
    data = stage.release.api.get("Secret", SECRET, NAMESPACE).made().get("data") or {}
    return str(data.get(key, ""))


def differs(stage: Stage, key: str, before: str) -> bool:
    return kept(stage, key) != before


def policy_change(stage: Stage) -> None:
    for _ in stage.turns(1.0):
        stage.release.change_policy()


def api_server_restart(stage: Stage) -> None:
    for _ in stage.turns(max(4.0, stage.seconds / RESTARTS)):
        began = time.monotonic()
        with stage.release.server.down(politely=stage.times % 2 == 1):
            time.sleep(1.0)
        stage.down.append(Period(began, time.monotonic()))


class Scenario(Struct, frozen=True):
    """`may_fail`: whether creations may."""

    name: str
    play: Callable[[Stage], None]
    is_managed: bool = True  # the chart's default, else a Secret of one's own
    may_fail: bool = False


SCENARIOS = (
    Scenario("rolling restart", rolling_restart),
    Scenario("kill -9 of a replica", kill, may_fail=True),
    Scenario("certificate in a Secret", certificate_in_a_secret, is_managed=False),
    Scenario("certificate, managed", certificate),
    Scenario("CA rotation, managed", authority),
    Scenario("policy change", policy_change),
    Scenario("API server restart", api_server_restart),
)
