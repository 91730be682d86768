"""One scenario from beginning to verdict: a release, pods created all along, a disturbance."""

import itertools
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from tests.cluster.api import Api, Object
from tests.cluster.creations import Creations, creating
from tests.cluster.lone_api_server import LoneApiServer
from tests.cluster.world import of
from tests.reliability import policies
from tests.reliability.existing_secret import ExistingSecret
from tests.reliability.release import released
from tests.reliability.scenarios import Scenario, Stage
from tests.reliability.verdict import Verdict, judge
from tests.serving import until
from webhook.names import APPLIED

CREATIONS_A_SECOND = 50
FULL_SECONDS = 300.0  # from here on a run is not a short one
BAD_EVERY = 10  # one pod of so many must be refused
NAMESPACE = "data-1"


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


def play(scenario: Scenario, server: LoneApiServer, folder: Path, seconds: float) -> Result:
    """`server` is this scenario's own."""
    make_room(server.api)
    secret = ExistingSecret(folder / "own")
    values = scenario.values(secret, is_short=seconds < FULL_SECONDS)
    with released(server, folder, values) as release:
        if not scenario.is_managed:
            secret.create(server.api)
        release.start()
        until("the API server asks", lambda: is_asked(server.api), 60.0)
        with creating(
            server.credentials, mixed(NAMESPACE), CREATIONS_A_SECOND, dry_run=False
        ) as creations:
            stage = Stage(release, seconds, secret)
            scenario.play(stage)
    return _result(scenario, stage, creations)


def make_room(api: Api) -> None:
    """A namespace for the pods; no controller is here that would make its account."""
    api.create(of("v1", "Namespace", NAMESPACE)).made()
    api.create(of("v1", "ServiceAccount", "default", namespace=NAMESPACE)).made()


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


def _result(scenario: Scenario, stage: Stage, creations: Creations) -> Result:
    stored = stage.release.api.list("Pod", NAMESPACE)
    placements = [policies.given(wave) for wave in range(stage.wave + 1)]
    took = [each.ended - each.began for each in creations.each]
    return Result(
        scenario=scenario.name,
        seconds=time.monotonic() - stage.began,
        times=stage.times,
        rate=creations.rate(),
        skipped=creations.skipped,
        median=statistics.median(took),
        longest=max(took),
        may_fail=scenario.may_fail,
        verdict=judge(creations.each, stored, placements, stage.down),
    )
