"""Requests over HTTPS, as the API server sends them: Taxiway beside its controls.

All servers run at once on one core, and one after the other is asked from the other core, so that
what else the machine does falls on all. Before anything is timed, every kind of request is sent
once and its answer looked at: a benchmark that measures the wrong thing is worse than none. The
webhooks that Taxiway is compared with must give the pod the same.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec import Struct

from benchmarks import built, pods, reviews, servers
from benchmarks.asking import Load, Outcome, ask
from benchmarks.client import Connection, request
from benchmarks.figures import Key, Row, Values
from benchmarks.https_cases import (
    CASES,
    CONTROLLER,
    FASTAPI,
    FLOOR,
    GO,
    MEASURES,
    SIZES,
    TAXIWAY,
    TEAMS,
    Case,
    controls,
)
from benchmarks.plan import Plan
from benchmarks.servers import Running

WARM_SECONDS = 0.2
PATCHED, ALLOWED, DENIED = "patched", "allowed", "denied"
EXPECTED = {"untouched": ALLOWED, "denied": DENIED}  # all else is patched
# What only Taxiway writes so.
REVISION = "taxiway/applied"


class Field(Struct, frozen=True):
    """Everybody who takes part: servers by subject and teams, and the files of what is sent."""

    load: Path
    servers: Mapping[tuple[str, int], Running]
    bodies: Mapping[tuple[str, int], Path]

    def server(self, case: Case, subject: str) -> Running:
        return self.servers[subject, case.teams if subject == TAXIWAY else TEAMS]

    def ask(self, case: Case, subject: str, seconds: float) -> Outcome:
        load = Load(
            path=case.path,
            connections=case.connections,
            seconds=seconds,
            rate=case.rate,
            fresh=case.fresh,
            uid=subject not in (FLOOR, GO),
        )
        return ask(self.load, self.server(case, subject), self.bodies[case.body, case.teams], load)


def measure(plan: Plan) -> list[Row]:
    """Every case in every round. Raises Missing."""
    values = Values("https")
    with TemporaryDirectory() as name, field(Path(name), plan) as playing:
        asked = [(case, subject) for case in CASES for subject in case.subjects]
        for case, subject in asked if plan.is_warm else ():
            playing.ask(case, subject, WARM_SECONDS)
        for number in plan.each_round():
            for case, subject in reversed(asked) if number % 2 else asked:
                outcome = playing.ask(case, subject, _seconds(plan, case))
                for measure, value in zip(MEASURES, _measured(outcome), strict=True):
                    values.add(Key(case.name, subject, measure), value)
    return values.rows(controls())


@contextmanager
def field(folder: Path, plan: Plan) -> Iterator[Field]:
    """All servers, ready and asked once. Raises Missing."""
    programs = built.programs()
    teams = plan.teams(TEAMS)
    with ExitStack() as stack:
        started = {
            (FLOOR, TEAMS): servers.empty(folder),
            (GO, TEAMS): servers.empty_go(folder, programs["empty"]),
            (CONTROLLER, TEAMS): servers.controller(folder, programs["controller"], teams),
            (FASTAPI, TEAMS): servers.fastapi(folder, teams),
        } | {
            (TAXIWAY, size): servers.service(_folder(folder, size), (plan.teams(size), 0))
            for size in SIZES
        }
        running = {key: stack.enter_context(server) for key, server in started.items()}
        bodies = {
            (kind, size): _stored(folder / f"{size}-{kind}", body)
            for size in SIZES
            for kind, body in _bodies(running[TAXIWAY, size]).items()
        }
        agree([_given(running[subject, TEAMS]) for subject in (TAXIWAY, CONTROLLER, FASTAPI)])
        yield Field(programs["load"], running, bodies)


def _seconds(plan: Plan, case: Case) -> float:
    if case.rate:
        return plan.open_seconds
    return plan.seconds * (2 if case.is_long else 1)


def _measured(outcome: Outcome) -> tuple[float, ...]:
    """By the order of MEASURES."""
    return outcome.rate, outcome.cpu, outcome.p50, outcome.p99, outcome.p999


def _stored(path: Path, body: bytes) -> Path:
    path.write_bytes(body + b"\n")
    return path


def _bodies(service: Running) -> dict[str, bytes]:
    """What is sent, by kind. A denial is of a pod as this very service has patched it."""
    # A typing error, so that the nearest name is looked up.
    wrong = reviews.labelled({"team": "paymnets"})
    kinds = {
        "base": reviews.POD,
        "1 KB": pods.small(),
        "60 KB": pods.large(),
        "novel": pods.novel(),
        "untouched": reviews.ORDINARY,
        "denied": reviews.patched(wrong, _answer(service, "/mutate", pods.body(wrong))),
    }
    made = {kind: pods.body(pod) for kind, pod in kinds.items()}
    for kind, body in made.items():
        path = "/validate" if kind == "denied" else "/mutate"
        decided, expected = _decision(_answer(service, path, body)), EXPECTED.get(kind, PATCHED)
        if decided != expected:
            raise RuntimeError(f"the pod of `{kind}` was {decided} and not {expected}")
    return made


def _answer(server: Running, path: str, body: bytes) -> bytes:
    with Connection(server.port) as connection:
        return connection.answer(request(path, body))


def _decision(answer: bytes) -> str:
    response = json.loads(answer)["response"]
    if not response["allowed"]:
        return DENIED
    return PATCHED if response.get("patch") else ALLOWED


def _given(server: Running) -> dict[str, Any]:
    """The pod as the patch of a server leaves it."""
    return reviews.patched(reviews.POD, _answer(server, "/mutate", pods.body(reviews.POD)))


def agree(results: list[dict[str, Any]]) -> None:
    """Raises RuntimeError unless all gave the same, empty fields and the revision aside."""
    for result in results:
        result["metadata"]["annotations"].pop(REVISION)
    first, *others = map(_full, results)
    if any(other != first for other in others):
        raise RuntimeError(f"the webhooks give a pod different things: {[first, *others]}")


def _full(value: Any) -> Any:
    """Without fields that are empty: typed objects write some that were not there."""
    if isinstance(value, dict):
        kept = {key: _full(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in (None, {}, [], "")}
    return [_full(each) for each in value] if isinstance(value, list) else value


def _folder(folder: Path, size: int) -> Path:
    own = folder / f"{size}"
    own.mkdir()
    return own
