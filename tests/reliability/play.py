"""One scenario from beginning to verdict: a release, pods created all along, a disturbance."""

import itertools
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from tests.cluster import pods
from tests.cluster.api import Api, Object
from tests.cluster.creations import Creations, running
from tests.cluster.lone_api_server import LoneApiServer
from tests.cluster.world import of
from tests.reliability import policies
from tests.reliability.existing_secret import ExistingSecret
from tests.reliability.release import Release, released
from tests.reliability.scenarios import Scenario, Stage
from tests.reliability.verdict import Verdict, judge
from tests.serving import until
from webhook.names import APPLIED

CREATIONS_A_SECOND = 50
# One creation takes some 20 ms, so one at a time nearly does. Very many at once make a machine that
# is slow slower, until calls are given up that nothing else is wrong with.
AT_ONCE = 12
FULL_SECONDS = 300.0
BAD_EVERY = 10  # one pod of so many must be refused
ASKED_SECONDS = 60.0  # a service that makes its own CA writes that into its configurations first
NAMESPACE = "data-first"


class Result(Struct, frozen=True, kw_only=True):
    """One run of a scenario. Times in seconds."""

    scenario: str
    seconds: float
    times: int
    rate: float
    skipped: int
    median: float
    longest: float
    may_fail: bool
    verdict: Verdict

    @property
    def most_failures(self) -> int:
        """0.1 % of what is created in the time that one of each disturbance has."""
        each = FULL_SECONDS * CREATIONS_A_SECOND / 1000
        return int(each * self.times) if self.may_fail else 0

    @property
    def is_good(self) -> bool:
        verdict = self.verdict
        return self.times > 0 and verdict.is_clean and verdict.failed <= self.most_failures


@contextmanager
def running_release(
    server: LoneApiServer, folder: Path, values: Object, secret: ExistingSecret | None = None
) -> Iterator[Release]:
    """Ready, and asked by the API server. `secret` goes with values that name it."""
    make_room(server.api, NAMESPACE)
    with released(server, folder, values) as release:
        if secret is not None:
            secret.create(server.api)
        release.start()
        until("the API server asks", lambda: is_asked(server.api), ASKED_SECONDS)
        yield release


def play_alone(scenario: Scenario, server: LoneApiServer, folder: Path, seconds: float) -> Result:
    """On a server that nobody else uses, with the chart's defaults."""
    secret = None if scenario.is_managed else ExistingSecret(folder / "own")
    values = {} if secret is None else {"tls": secret.values}
    with running_release(server, folder, values, secret) as release:
        return play(scenario, release, "data-alone", seconds, secret)


def play(
    scenario: Scenario,
    release: Release,
    namespace: str,
    seconds: float,
    secret: ExistingSecret | None = None,
) -> Result:
    """`namespace` is new, and holds the pods of this run; it begins with `data-`."""
    make_room(release.api, namespace)
    credentials, first = release.server.credentials, release.wave
    stage = Stage(release, seconds, secret)
    creations = Creations(
        credentials, mixed(namespace), CREATIONS_A_SECOND, dry_run=False, at_once=AT_ONCE
    )
    with running(creations):
        scenario.play(stage)
    stored = release.api.list("Pod", namespace)
    placements = [policies.given(wave) for wave in range(first, release.wave + 1)]
    verdict = judge(creations.each, stored, placements, stage.down)
    return _result(scenario, stage, creations, verdict)


def make_room(api: Api, namespace: str) -> None:
    """A namespace for pods; no controller is here that would make its account."""
    api.create(of("v1", "Namespace", namespace)).made()
    api.create(of("v1", "ServiceAccount", "default", namespace=namespace)).made()
    pod = pods.pod(namespace)
    until("it can hold pods", lambda: api.create(pod, dry_run=True).code == 201)


def is_asked(api: Api) -> bool:
    """Whether the API server asks both endpoints of the release."""
    placed = api.create(policies.good(NAMESPACE), dry_run=True).body
    refused = api.create(policies.bad(NAMESPACE), dry_run=True).code == 400
    return refused and APPLIED in placed.get("metadata", {}).get("annotations", {})


def mixed(namespace: str) -> Callable[[], Object]:
    numbers = itertools.count(1)

    def make() -> Object:
        return (policies.good if next(numbers) % BAD_EVERY else policies.bad)(namespace)

    return make


def _result(scenario: Scenario, stage: Stage, creations: Creations, verdict: Verdict) -> Result:
    took = [each.ended - each.began for each in creations.each]
    return Result(
        scenario=scenario.name,
        seconds=creations.lasted,
        times=stage.times,
        rate=creations.rate(),
        skipped=creations.skipped,
        median=statistics.median(took),
        longest=max(took),
        may_fail=scenario.may_fail,
        verdict=verdict,
    )
