"""An audit as one JSON object, for scripts: every finding that was kept."""

from json import dumps
from typing import Any

from webhook.cli.audited import Alike, Audited


def audit_json(
    found: Audited, policies: tuple[str, str], unread: list[str], notes: list[str]
) -> str:
    """Plain ASCII on one line; a team of null means none. `policies`: where from, and revision."""
    where, revision = policies
    return dumps(
        {
            "policies": where,
            "revision": revision,
            "pods": found.pods,
            "templates": found.templates,
            "results": found.results,
            "coverage": [
                {
                    "team": team or None,
                    "namespace": namespace,
                    "pods": share.pods,
                    "denied": share.denied,
                    "warned": share.warned,
                    "cost_center": {
                        "allowed": share.paid,
                        "wrong": share.wrong,
                        "missing": share.pods - share.paid - share.wrong,
                    },
                }
                for (team, namespace), share in sorted(found.shares.items())
            ],
            "findings": list(map(_finding, found.findings())),
            "left_out": found.left_out,
            "unread": unread,
            "notes": notes,
        }
    )


def _finding(alike: Alike) -> dict[str, Any]:
    one = alike.finding
    return {
        "count": alike.things,
        "kind": one.thing.kind,
        "name": one.thing.name,
        "namespace": one.thing.namespace,
        "workload": one.workload.kind,
        "dag": one.workload.dag,
        "task": one.workload.task,
        "team": one.team or None,
        "violations": [
            {"rule": each.rule, "message": each.message, "path": each.path, "mode": each.mode}
            for each in one.violations
        ],
    }
