"""What is said of planned sets in the log and in `/readyz`, and how often."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.engine.given import engine
from webhook.cli.shadow_report import ShadowReport, shadowing
from webhook.engine import Engine
from webhook.server.application import Afterwards
from webhook.server.health import CertificateHealth, Health
from webhook.server.logs import Clock, Log
from webhook.server.metrics import Metrics
from webhook.sources.planned_follower import PlannedLoad

LIVE = engine(teams={"payments": {}})
PLANNED = engine(teams={"payments": {}, "growth": {}})
LOAD = PlannedLoad(PLANNED, LIVE.revision, 2, 0.25, ("next/a.yaml:1:1: x: is odd",))


class Scene:
    """A report, and all that it has to do with."""

    def __init__(self, folder: Path) -> None:
        self.current: Engine | None = LIVE
        self.afterwards: Afterwards | None = None
        self._output = folder / "output"
        self._file = os.open(self._output, os.O_CREAT | os.O_WRONLY)
        self._log = Log(self._file, Clock())
        self.health = Health(time.time, CertificateHealth(datetime.now(UTC)))
        self.report: ShadowReport = shadowing(self, self, 1.0, self._log, Metrics(), self.health)

    def find(self, revision: str) -> Engine | None:
        return self.current if self.current and revision == self.current.revision else None

    def close(self) -> None:
        self._log.close()
        os.close(self._file)

    def logged(self) -> list[dict[str, Any]]:
        """But for the times."""
        self.close()
        lines = map(msgspec.json.decode, self._output.read_bytes().splitlines())
        return [{key: line[key] for key in line if key != "time"} for line in lines]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_a_good_plan_is_logged_and_in_the_detail(scene: Scene) -> None:
    scene.report.loaded(LOAD)
    detail = {"revision": PLANNED.revision, "teams": 2, "errors": [], "off": None}
    assert scene.health.detail()["shadow"] == detail
    assert scene.afterwards is not None
    assert scene.logged() == [
        {
            "level": "info",
            "event": "shadow-loaded",
            "revision": PLANNED.revision,
            "beside": LIVE.revision,
            "changed": True,
            "teams": 2,
            "files": 2,
            "seconds": 0.25,
            "warnings": ["next/a.yaml:1:1: x: is odd"],
        }
    ]


def test_a_bad_plan_is_logged_once_and_ends_what_was_decided(scene: Scene) -> None:
    scene.report.loaded(LOAD)
    for _ in range(2):
        scene.report.failed(("next: x",))
    detail = {"revision": None, "teams": 0, "errors": ["next: x"], "off": None}
    assert scene.health.detail()["shadow"] == detail
    assert scene.afterwards is None
    refused = {"level": "warning", "event": "shadow-refused", "errors": ["next: x"]}
    assert scene.logged()[1:] == [refused]


def test_a_plan_that_is_gone_is_logged_if_there_was_one(scene: Scene) -> None:
    scene.report.gone()
    scene.report.loaded(LOAD)
    scene.report.gone()
    scene.report.gone()
    assert scene.health.detail()["shadow"] is None
    assert [line["event"] for line in scene.logged()] == ["shadow-loaded", "shadow-gone"]


def test_no_plan_makes_a_replica_less_ready(scene: Scene) -> None:
    before = list(scene.health.reasons())
    scene.report.failed(("next: x",))
    assert list(scene.health.reasons()) == before
    scene.close()
