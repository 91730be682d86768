"""A comparison of two policy sets as one JSON object, for scripts."""

from json import dumps
from typing import Any

from webhook.cli.compared import Alike, Compared, Side
from webhook.cli.policy_diff_text import Sets, table
from webhook.engine.difference import KINDS


def diff_json(found: Compared, sets: Sets, notes: list[str], examples: int) -> str:
    """Plain ASCII on one line; a team's name of null means none."""
    every = [alike for kind in KINDS for alike in found.examples(kind)[:examples]]
    return dumps(
        {
            "old": {"policies": sets.old, "revision": sets.old_revision},
            "new": {"policies": sets.new, "revision": sets.new_revision},
            "pods": found.pods,
            "governed": found.governed,
            "differing": found.differing,
            "unsure": found.unsure,
            "unread": found.refused,
            "kinds": {
                kind: {"pods": found.kinds[kind], "unsure": found.unsure_kinds[kind]}
                for kind in KINDS
            },
            "counts": [
                {"kind": line.kind, "rule": line.rule or None, "team": team or None, "pods": pods}
                for line in table(found)
                for team, pods in line.teams
            ],
            "examples": list(map(_example, every)),
            "notes": notes,
        }
    )


def _example(alike: Alike) -> dict[str, Any]:
    one = alike.example
    return {
        "kinds": list(one.kinds),
        "pods": alike.pods,
        "sure": one.is_sure,
        "name": one.pod,
        "namespace": one.namespace,
        "workload": one.workload.kind,
        "dag": one.workload.dag,
        "task": one.workload.task,
        "origin": one.origin,
        "old": _side(one.old),
        "new": _side(one.new),
    }


def _side(side: Side) -> dict[str, Any]:
    return {"outcome": side.outcome, "team": side.team, "says": list(side.lines)}
