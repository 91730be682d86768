"""The planned set on its way: from ConfigMaps to frames, and from frames to an engine."""

import asyncio
from collections.abc import Iterable

import pytest

from tests.server.reviews import POLICY
from tests.sources.test_composing import config_map, state
from tests.sources.test_frames import read
from webhook.engine import Engine
from webhook.policy.compile import PolicySet, compile_policy
from webhook.policy.spec import PolicySpec
from webhook.sources import planned_follower, planner
from webhook.sources.frames import Complete, Frame, encoded
from webhook.sources.loader import Loader
from webhook.sources.mirror import ConfigMap
from webhook.sources.plan import Plan, Plans
from webhook.sources.planned_follower import PlannedFollower, PlannedLoad
from webhook.sources.planned_frames import (
    NothingPlanned,
    PlannedBegin,
    PlannedComplete,
    PlannedFailed,
    PlannedFrame,
    PlannedTeams,
)
from webhook.sources.planner import NO_LIVE_SET, Planner

FRAUD = POLICY + "  fraud: {}\n"
LIVE = (("teams/a.yaml", FRAUD.encode()),)


def plan(text: str, *more: tuple[str, bytes]) -> Plan:
    return Plan((("next/a.yaml", text.encode()), *more))


class Scene:
    """A loader that has sent the live set, and its planner."""

    def __init__(self) -> None:
        self.loader = Loader()
        self.planner = Planner(self.loader)
        self.live(FRAUD)

    def live(self, text: str) -> None:
        *_, last = self.loader.frames((("teams/a.yaml", text.encode()),))
        assert isinstance(last, Complete)

    def said(self, planned: Plan) -> list[PlannedFrame]:
        return list(self.planner.frames(planned))

    def spec(self) -> PolicySpec:
        assert self.loader.sent is not None
        return self.loader.sent


@pytest.fixture
def scene() -> Scene:
    return Scene()


def teams(frames: Iterable[PlannedFrame]) -> list[str]:
    told = (each for each in frames if isinstance(each, PlannedTeams))
    return [team.name for each in told for team in each.teams]


def test_only_what_differs_from_the_live_set_is_said(scene: Scene) -> None:
    changed = POLICY.replace("CC-1001", "CC-2") + "  growth: {}\n"
    begin, *rest, complete = scene.said(plan(changed))
    assert isinstance(begin, PlannedBegin)
    assert isinstance(complete, PlannedComplete)
    assert (begin.beside, begin.without, begin.spec.teams) == (
        scene.spec().revision,
        ("fraud",),
        {},
    )
    assert teams(rest) == ["growth", "payments"]
    assert scene.planner.revision == begin.spec.revision


def test_the_same_policies_in_other_places_are_the_same_set(scene: Scene) -> None:
    begin, complete = scene.said(plan(FRAUD))
    assert isinstance(begin, PlannedBegin)
    assert begin.spec.revision == scene.spec().revision
    assert isinstance(complete, PlannedComplete)


def test_each_plan_is_said_whole(scene: Scene) -> None:
    growing = FRAUD + "  growth: {}\n"
    assert teams(scene.said(plan(growing))) == ["growth"]
    assert teams(scene.said(plan(growing))) == ["growth"]


BAD: dict[str, tuple[Plan, tuple[str, ...]]] = {
    "that does not compile": (
        plan("apiVersion: taxiway/v1\nmood: x\n"),
        ("next/a.yaml:2:1: mood: unknown key; did you mean `mode`?",),
    ),
    "that cannot be put together": (Plan(errors=("next: x", "more: y")), ("next: x", "more: y")),
}


@pytest.mark.parametrize(("bad", "errors"), BAD.values(), ids=BAD.keys())
def test_a_plan_is_refused(scene: Scene, bad: Plan, errors: tuple[str, ...]) -> None:
    before = scene.spec()
    assert scene.said(bad) == [PlannedFailed(errors)]
    assert scene.planner.revision is None
    assert scene.spec() is before


def test_without_a_live_set_there_is_nothing_to_compare_with() -> None:
    assert list(Planner(Loader()).frames(plan(POLICY))) == [PlannedFailed((NO_LIVE_SET,))]


def test_a_bug_here_ends_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(planner, "load", broken)
    (failed,) = scene.said(plan(POLICY))
    assert isinstance(failed, PlannedFailed)
    assert failed.errors[0].startswith("policies cannot be read for a bug: ZeroDivisionError at ")


def test_what_the_live_set_is_made_of_is_not_read_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr("webhook.policy.documents._read", read.append)
    with pytest.raises(AttributeError):  # what is read is None here, which no document is
        scene.planner._load((*LIVE, ("the/last.yaml", b"docs: x\n")))
    assert read == ["docs: x\n"]


def test_a_plan_is_told_again_when_another_live_set_was_sent(scene: Scene) -> None:
    assert scene.planner.ready(None) is None
    new = plan(POLICY)
    assert scene.planner.ready(new) == new
    scene.said(new)
    assert scene.planner.ready(None) is None
    scene.live(POLICY)
    assert scene.planner.ready(None) == new
    scene.said(new)
    assert scene.planner.ready(Plan()) == Plan()
    scene.said(Plan())
    scene.live(FRAUD)
    assert scene.planner.ready(None) is None


def test_a_plan_is_read_a_little_at_a_time(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three documents; the live set is loaded in between, and what was read is not read again."""
    monkeypatch.setattr(planner, "READ_SECONDS", 0.0)
    new = plan(f"{POLICY}---\napiVersion: taxiway/v1\n---\n{GROWTH}")
    assert scene.planner.ready(new) is None
    scene.live(FRAUD)
    assert [scene.planner.ready(None) for _ in range(4)] == [None, None, new, None]
    monkeypatch.setattr("webhook.policy.documents._read", lambda _: pytest.fail("read again"))
    assert teams(scene.said(new)) == ["growth"]


def test_a_newer_plan_takes_the_place_of_one_that_is_not_read_yet(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planner, "READ_SECONDS", 0.0)
    assert scene.planner.ready(plan(f"{POLICY}---\nmode: warn\n")) is None
    newer = Plan(errors=("next: x",))
    assert scene.planner.ready(newer) == newer


GROWTH = "apiVersion: taxiway/v1\nteams: {growth: {}}\n"
UNREADABLE = {
    "that is no text": (
        b"\xff",
        "next/b.yaml:1:1: is no UTF-8 text: byte 0xff; save the file as UTF-8",
    ),
    "that is too large": (
        b"#" * (2**24 + 1),
        "next/b.yaml:1:1: with this file the policy set is over 16777216 bytes; shorten it",
    ),
}


@pytest.mark.parametrize(("content", "error"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_plan_that_cannot_be_read_is_refused_when_it_is_loaded(
    scene: Scene, content: bytes, error: str
) -> None:
    bad = plan(POLICY, ("next/b.yaml", content))
    assert scene.planner.ready(bad) == bad
    assert scene.said(bad) == [PlannedFailed((error,))]


TEAMS = config_map("teams", "live", a_yaml="a")
NEXT = config_map("next", "shadow", a_yaml="b")
OTHER = config_map("next", "shadow", "none", a_yaml="b")
CHANGES: dict[str, tuple[list[ConfigMap], list[ConfigMap], Plan | None]] = {
    "nothing at first": ([], [TEAMS], Plan()),
    "nothing still": ([TEAMS], [TEAMS, config_map("x", "draft")], None),
    "a shadow": ([TEAMS], [TEAMS, NEXT], Plan((("next/a.yaml", b"b"),))),
    "the same shadow": ([TEAMS, NEXT], [TEAMS, NEXT], None),
    "a live file that the shadow replaces": (
        [TEAMS, NEXT],
        [config_map("teams", "live", a_yaml="c"), NEXT],
        None,
    ),
    "a shadow that is bad": (
        [TEAMS, NEXT],
        [TEAMS, OTHER],
        Plan(
            errors=(
                "next: there is no live ConfigMap none, which the annotation taxiway/shadows "
                "names: name one with the label taxiway/policy=live",
            )
        ),
    ),
    "a shadow that is gone": ([TEAMS, NEXT], [TEAMS], Plan()),
}


@pytest.mark.parametrize(("before", "after", "told"), CHANGES.values(), ids=CHANGES.keys())
def test_when_a_plan_is_told(
    before: list[ConfigMap], after: list[ConfigMap], told: Plan | None
) -> None:
    plans = Plans()
    if before:
        plans.changed(state(*before))
    assert plans.changed(state(*after)) == told


class Serving:
    """The serving side: the live set, and what was told of the planned one."""

    def __init__(self, live: PolicySpec) -> None:
        self.current: Engine | None = Engine(compile_policy(live))
        self.loads: list[PlannedLoad] = []
        self.failures: list[tuple[str, ...]] = []
        self.goings = 0
        self.follower = PlannedFollower(self, self)

    def loaded(self, load: PlannedLoad) -> None:
        self.loads.append(load)

    def failed(self, errors: tuple[str, ...]) -> None:
        self.failures.append(errors)

    def gone(self) -> None:
        self.goings += 1

    def take(self, frames: Iterable[PlannedFrame]) -> None:
        async def all_of_them() -> None:
            assert self.current is not None
            for frame in frames:
                await self.follower.take(frame, self.current.policies.teams)

        asyncio.run(all_of_them())


def test_the_planned_set_is_the_live_one_with_what_differs(scene: Scene) -> None:
    serving = Serving(scene.spec())
    changed = POLICY.replace("CC-1001", "CC-2") + "  growth: {}\n"
    serving.take(scene.said(plan(changed)))
    (load,) = serving.loads
    teams = load.engine.policies.teams
    assert list(teams) == ["growth", "payments"]
    assert teams["payments"].cost_centers == ("CC-2",)
    assert (load.beside, load.files) == (scene.spec().revision, 1)
    assert load.engine.revision == scene.planner.revision


def test_teams_that_do_not_differ_are_shared_with_the_live_set(scene: Scene) -> None:
    serving = Serving(scene.spec())
    serving.take(scene.said(plan(FRAUD + "  growth: {}\n")))
    assert serving.current is not None
    live, planned = serving.current.policies.teams, serving.loads[0].engine.policies.teams
    assert all(planned[name] is live[name] for name in live)
    one, other = serving.current.policies, serving.loads[0].engine.policies
    assert other.common is one.common


def test_the_same_set_again_is_the_same_engine(scene: Scene) -> None:
    serving = Serving(scene.spec())
    for _ in range(2):
        serving.take(scene.said(plan(POLICY)))
    first, second = serving.loads
    assert first.engine is second.engine


def test_a_planned_set_that_is_bad_or_gone_is_told(scene: Scene) -> None:
    serving = Serving(scene.spec())
    serving.take(scene.said(Plan(errors=("next: x",))))
    serving.take(scene.said(Plan()))
    assert (serving.loads, serving.failures, serving.goings) == ([], [("next: x",)], 1)


def test_a_planned_set_that_cannot_be_compiled_is_a_bad_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> PolicySet:
        raise ZeroDivisionError

    monkeypatch.setattr(planned_follower, "compiled", broken)
    serving = Serving(scene.spec())
    serving.take(scene.said(plan(POLICY)))
    ((error,),) = serving.failures
    assert error.endswith("could not be compiled (ZeroDivisionError): report this bug")


def test_every_frame_crosses_the_pipe(scene: Scene) -> None:
    frames: list[Frame] = [
        *scene.said(plan(FRAUD + "  growth: {}\n")),
        PlannedFailed(("x",)),
        NothingPlanned(),
    ]
    assert [read(encoded(frame)) for frame in frames] == frames
