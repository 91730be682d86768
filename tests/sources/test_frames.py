"""What crosses the pipe: whole, in small pieces, and only what has changed."""

import asyncio
from datetime import date

import msgspec
import pytest

from webhook.kube.pod import Toleration
from webhook.policy.spec import Apply, Exemption, Match, PolicySpec, Profile, Team
from webhook.sources.frame_reader import read_frame
from webhook.sources.frames import (
    BYTES_A_FRAME,
    LENGTH_BYTES,
    TEAMS_A_FRAME,
    Alive,
    Begin,
    BrokenFrame,
    Complete,
    Failed,
    Frame,
    Teams,
    changes,
    encoded,
    lines,
)


def spec(*teams: Team) -> PolicySpec:
    return PolicySpec(revision="abc", teams={team.name: team for team in teams})


def read(data: bytes) -> Frame | None:
    async def scene() -> Frame | None:
        pipe = asyncio.StreamReader()
        pipe.feed_data(data)
        pipe.feed_eof()
        return await read_frame(pipe)

    return asyncio.run(scene())


TOLERATION = Toleration(key="dedicated", value="a", toleration_seconds=3)
FULL = PolicySpec(
    revision="abc",
    profiles=(
        Profile(
            name="spot",
            match=Match(labels={"capacity": ("spot",)}),
            apply=Apply(tolerations=(TOLERATION,), affinity={"nodeAffinity": {}}),
        ),
    ),
    exemptions=(
        Exemption(
            name="x",
            match=Match(dags=("legacy",)),
            waives=("team",),
            reason="r",
            approved_by="a",
            expires=date(2026, 12, 31),
        ),
    ),
)
FRAMES: dict[str, Frame] = {
    "the begin of a load": Begin(FULL, ("gone",)),
    "teams": Teams((Team(name="a", apply=Apply(tolerations=(TOLERATION,))),)),
    "its end": Complete(3, 0.25, ("a warning",)),
    "a failure": Failed(("file:1:1: x", "ö")),
    "a sign of life": Alive(),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
def test_a_frame_arrives_as_it_was_sent(frame: Frame) -> None:
    assert read(encoded(frame)) == frame


def test_the_end_of_the_pipe_is_none_also_in_the_middle_of_a_frame() -> None:
    whole = encoded(Failed(("x",)))
    assert [read(whole[:length]) for length in (0, 2, 5, len(whole) - 1)] == [None] * 4


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\xff\xff\xff\xff",
        (3).to_bytes(LENGTH_BYTES) + b"abc",
        (1).to_bytes(LENGTH_BYTES) + b"\x80",
    ],
    ids=["too long", "no MessagePack", "no frame"],
)
def test_nonsense_is_told_from_frames(nonsense: bytes) -> None:
    with pytest.raises(BrokenFrame):
        read(nonsense)


A, B, C = (Team(name=name) for name in "abc")
NEW_B = Team(name="b", contact="#b")
CHANGES: dict[str, tuple[list[Team], list[Team], tuple[str, ...], list[Team]]] = {
    "all at first": ([], [A, B], (), [A, B]),
    "nothing if nothing changed": ([A, B], [A, B], (), []),
    "a new team": ([A], [A, B], (), [B]),
    "a team that changed": ([A, B, C], [A, NEW_B, C], (), [NEW_B]),
    "a team that is gone": ([A, B], [A], ("b",), []),
}


@pytest.mark.parametrize(("before", "after", "gone", "sent"), CHANGES.values(), ids=CHANGES.keys())
def test_what_is_sent(
    before: list[Team], after: list[Team], gone: tuple[str, ...], sent: list[Team]
) -> None:
    begin, *rest = changes({team.name: team for team in before}, spec(*after))
    assert begin == Begin(spec(), gone)
    assert [team for frame in rest if isinstance(frame, Teams) for team in frame.teams] == sent


def test_no_frame_holds_more_than_100_teams() -> None:
    _, *rest = changes({}, spec(*(Team(name=f"t{n}") for n in range(250))))
    sizes = [len(frame.teams) for frame in rest if isinstance(frame, Teams)]
    assert sizes == [TEAMS_A_FRAME, TEAMS_A_FRAME, 50]


def test_no_frame_of_several_teams_is_larger_than_128_kib() -> None:
    heavy = (Team(name=f"t{n}", contact="x" * 30_000) for n in range(20))
    _, *rest = changes({}, spec(*heavy))
    assert max(len(msgspec.msgpack.encode(frame)) for frame in rest) <= BYTES_A_FRAME + 100
    assert len(rest) == 5


def test_lines_are_cut_and_counted() -> None:
    assert lines(["a", "b" * 2000]) == ("a", "b" * 1000)
    many = lines(str(n) for n in range(250))
    assert (len(many), many[199], many[200]) == (201, "199", "... and 50 more")
