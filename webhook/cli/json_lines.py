"""One pod as one line of JSON, for scripts: keys in a fixed order, `null` for what there is not."""

from json import dumps
from typing import Any

from webhook.cli.verdict import Verdict


def json_line(verdict: Verdict) -> str:
    """Plain ASCII: what an author wrote cannot reach a terminal as anything but text."""
    return dumps(as_json(verdict))


def as_json(verdict: Verdict) -> dict[str, Any]:
    """`mode` is the pod's own, not that of a requirement that has one of its own."""
    decision = verdict.decision
    return {
        "name": verdict.subject.name,
        "namespace": verdict.subject.request.namespace,
        "workload": verdict.workload.kind if verdict.workload else None,
        "team": decision.team,
        "allowed": verdict.allowed,
        "mode": decision.mode,
        "patch": verdict.patch,
        "violations": [
            {"rule": one.rule, "message": one.message, "path": one.path, "mode": one.mode}
            for one in verdict.violations
        ],
        "warnings": list(verdict.warnings),
    }
