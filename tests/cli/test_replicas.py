"""What `taxiway policies` shows of what replicas say of themselves."""

import json
from pathlib import Path

import pytest

from tests.cli.command import taxiway
from tests.sources.scripted_api import Told, refused, scripted_api
from webhook.cli.agreement import duration, judge
from webhook.cli.replicas import show
from webhook.sources.status import text

NOW = 1_780_000_000.0
MISTAKE = (
    "growth/teams.yaml:3:12: teams.growth.costCentres: unknown key; did you mean `costCenters`?"
)
GOOD = {
    "version": "0.1.0",
    "revision": "3ce4fa38e1",
    "since": text(NOW - 11_500),
    "written": text(NOW - 12),
}
UNKNOWN = "its entry cannot be understood: {}: is this `taxiway` older than the cluster's?"

# What one replica says, the state it is shown in, and why.
STATES: dict[str, tuple[dict[str, object], str, tuple[str, ...]]] = {
    "all is well": ({}, "live", ()),
    "the stored policies have errors": ({"errors": [MISTAKE]}, "failing", (MISTAKE,)),
    "and more than are kept": (
        {"errors": [MISTAKE], "moreErrors": 2},
        "failing",
        (MISTAKE, "and 2 more"),
    ),
    "it started while they had": (
        {"policies": "last-good", "errors": [MISTAKE]},
        "last good",
        (MISTAKE,),
    ),
    "it has no set": ({"revision": None, "errors": [MISTAKE]}, "no policy", (MISTAKE,)),
    "what is stored cannot be read": ({"trouble": "HTTP 403"}, "cannot read", ("HTTP 403",)),
    "there were errors, and then it could not be read": (
        {"trouble": "HTTP 403", "errors": [MISTAKE]},
        "failing",
        (MISTAKE, "HTTP 403"),
    ),
    "two entries are missing": ({"written": text(NOW - 75)}, "live", ()),
    "more are missing": (
        {"written": text(NOW - 76), "errors": [MISTAKE]},
        "silent",
        ("has not said anything for 1m16s",),
    ),
    "its clock is ahead": ({"written": text(NOW + 3600)}, "live", ()),
    "a time is none": (
        {"since": "yesterday"},
        "unreadable",
        (UNKNOWN.format("Invalid isoformat string: 'yesterday'"),),
    ),
    "a time has no zone": ({"since": "2026-05-28T20:26:40"}, "live", ()),
    "the entry is none": (
        {"version": 1},
        "unreadable",
        (UNKNOWN.format("Expected `str`, got `int` - at `$.version`"),),
    ),
}


@pytest.mark.parametrize(("changes", "state", "details"), STATES.values(), ids=STATES)
def test_the_state_of_a_replica(
    changes: dict[str, object], state: str, details: tuple[str, ...]
) -> None:
    (found,) = judge({"one": json.dumps({**GOOD, **changes})}, NOW).replicas
    assert (found.state, found.details, found.is_good) == (state, details, state == "live")


OTHER: dict[str, object] = {"revision": "57c3d364a7"}
NO_SET: dict[str, object] = {"revision": None, "since": None}
FAILING: dict[str, object] = {"errors": [MISTAKE]}
LINES: dict[str, tuple[list[dict[str, object]], bool, str]] = {
    "they agree": ([{}, {}], True, "2 replicas agree on 3ce4fa38e1, for 3h11m"),
    "for as long as the last one": (
        [{}, {"since": text(NOW - 61)}],
        True,
        "2 replicas agree on 3ce4fa38e1, for 1m1s",
    ),
    "there is one": ([{}], True, "1 replica answers by 3ce4fa38e1, for 3h11m"),
    "they do not": ([{}, OTHER, {}], False, "3 replicas disagree: 3ce4fa38e1 (2), 57c3d364a7 (1)"),
    "one has none": ([{}, NO_SET], False, "2 replicas disagree: 3ce4fa38e1 (1), none (1)"),
    "none has one": ([NO_SET, NO_SET], False, "2 replicas without any policy set"),
    "they agree and one is failing": (
        [{}, FAILING],
        False,
        "2 replicas agree on 3ce4fa38e1, for 3h11m; 1 not well",
    ),
    "there is none": ([], False, "no replica has said anything of itself yet"),
}


@pytest.mark.parametrize(("entries", "is_good", "line"), LINES.values(), ids=LINES)
def test_what_they_come_to(entries: list[dict[str, object]], is_good: bool, line: str) -> None:
    found = judge({str(n): json.dumps({**GOOD, **each}) for n, each in enumerate(entries)}, NOW)
    assert (found.is_good, found.line) == (is_good, line)


DURATIONS = {0: "0s", 59: "59s", 60: "1m", 61: "1m1s", 3_600: "1h", 11_500: "3h11m", -5: "0s"}
DURATIONS |= {86_400: "1d", 86_400 * 400 + 3_599: "400d", 86_400 + 7_200: "1d2h"}


@pytest.mark.parametrize(("seconds", "shown"), DURATIONS.items(), ids=DURATIONS.values())
def test_a_duration_is_written_as_kubectl_does(seconds: int, shown: str) -> None:
    assert duration(seconds) == shown


SCENES: dict[str, dict[str, dict[str, object]]] = {
    "agreement": {"taxiway-6b7c9d8f5c-x2x4v": {"shadow": "ab12cd34ef"}, "taxiway-6b7c9d8f5c-z": {}},
    "a mistake": {"taxiway-6b7c9d8f5c-x2x4v": FAILING, "taxiway-6b7c9d8f5c-z": FAILING},
    "none": {},
}
AGREEMENT = """\
REPLICA                   VERSION  REVISION    AGE    STATE  SHADOW
taxiway-6b7c9d8f5c-x2x4v  0.1.0    3ce4fa38e1  3h11m  live   ab12cd34ef
taxiway-6b7c9d8f5c-z      0.1.0    3ce4fa38e1  3h11m  live   -
2 replicas agree on 3ce4fa38e1, for 3h11m
"""
TABLE_OF_MISTAKE = """\
REPLICA                   VERSION  REVISION    AGE    STATE    SHADOW
taxiway-6b7c9d8f5c-x2x4v  0.1.0    3ce4fa38e1  3h11m  failing  -
taxiway-6b7c9d8f5c-z      0.1.0    3ce4fa38e1  3h11m  failing  -
taxiway-6b7c9d8f5c-x2x4v, taxiway-6b7c9d8f5c-z:
"""
END_OF_MISTAKE = "2 replicas agree on 3ce4fa38e1, for 3h11m; 2 not well\n"
NOBODY = (
    "no replica has said anything of itself yet: see that replicas run there with "
    "`--policies configmaps`, and what their logs say of `status`\n"
)
OUTPUTS: dict[str, tuple[str, int | None, str]] = {
    "agreement, piped": ("agreement", None, AGREEMENT),
    "agreement, at 80 columns": ("agreement", 80, AGREEMENT),
    "a mistake, piped": (
        "a mistake",
        None,
        f"{TABLE_OF_MISTAKE}  {MISTAKE}\n{END_OF_MISTAKE}",
    ),
    "a mistake, at 80 columns": (
        "a mistake",
        80,
        TABLE_OF_MISTAKE
        + "  growth/teams.yaml:3:12: teams.growth.costCentres: unknown key; did you mean\n"
        + "  `costCenters`?\n"
        + END_OF_MISTAKE,
    ),
    "nothing": ("none", None, NOBODY),
}


@pytest.mark.parametrize(("scene", "columns", "shown"), OUTPUTS.values(), ids=OUTPUTS)
def test_it_is_shown(
    scene: str,
    columns: int | None,
    shown: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    if columns is not None:
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        monkeypatch.setenv("COLUMNS", str(columns))
    data = {name: json.dumps({**GOOD, **each}) for name, each in SCENES[scene].items()}
    show(judge(data, NOW), as_json=False)
    assert capsys.readouterr().out == shown


def test_for_scripts_each_replica_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    show(judge({"one": json.dumps({**GOOD, **FAILING}), "two": "{"}, NOW), as_json=True)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {
            "name": "one",
            "state": "failing",
            "good": False,
            "details": [MISTAKE],
            "version": "0.1.0",
            "revision": "3ce4fa38e1",
            "since": GOOD["since"],
            "policies": "live",
            "errors": [MISTAKE],
            "moreErrors": 0,
            "shadow": None,
            "trouble": None,
            "seen": None,
            "written": GOOD["written"],
        },
        {
            "name": "two",
            "state": "unreadable",
            "good": False,
            "details": [UNKNOWN.format("Input data was truncated")],
        },
    ]


CANNOT = "ConfigMap taxiway-status of namespace ns cannot be read: "
ANSWERS: dict[str, tuple[Told, str]] = {
    "another namespace": (
        refused(404, 'configmaps "taxiway-status" not found'),
        'HTTP 404 Not Found: configmaps "taxiway-status" not found: name the namespace that the '
        "service is installed in by --namespace",
    ),
    "no right to": (
        refused(403, "configmaps is forbidden"),
        "HTTP 403 Forbidden: configmaps is forbidden: ask for the right to `get` this ConfigMap",
    ),
    "a server that is busy": (refused(429, "wait"), "HTTP 429 Too Many Requests: wait"),
    "somebody else's page": (
        Told("<html>"),
        "the API server's answer is none: JSON is malformed: invalid character (byte 0): "
        "see --kubeconfig and --context",
    ),
}


@pytest.mark.parametrize(("told", "said"), ANSWERS.values(), ids=ANSWERS)
def test_what_cannot_be_read_is_said_with_what_to_do(told: Told, said: str, tmp_path: Path) -> None:
    with scripted_api(tmp_path) as script:
        script.replies.append(told)
        ended = taxiway("policies", "-n", "ns", "--kubeconfig", str(script.kubeconfig))
    assert ended == (2, "", f"{CANNOT}{said}\n")


def test_a_context_that_is_none_is_said(tmp_path: Path) -> None:
    with scripted_api(tmp_path) as script:
        given = ("--kubeconfig", str(script.kubeconfig), "--context", "other")
        ended = taxiway("policies", "-n", "ns", *given)
    assert ended == (
        2,
        "",
        f"{CANNOT}the way to the API server is not known: Invalid kube-config file. Expected "
        "object with name other in "
        f"{script.kubeconfig}/contexts list: see --kubeconfig and --context\n",
    )
