"""An explanation as one line of JSON, for scripts: what `review` says of a pod, and why."""

from json import dumps
from typing import Any

from msgspec import to_builtins

from webhook.airflow.signs import why_not
from webhook.cli.explain_text import Explained
from webhook.cli.json_lines import as_json
from webhook.cli.places import Places
from webhook.engine import Violation
from webhook.engine.explanation import Explanation
from webhook.policy.spec import Exemption


def explain_line(explained: Explained, places: Places) -> str:
    """Plain ASCII."""
    request = explained.verdict.subject.request
    why = explained.explanation
    if why is None:
        reasons = (
            why_not(request.pod, request.namespace) if explained.verdict.subject.judged else ()
        )
        return dumps(as_json(explained.verdict) | {"why": {"ungoverned": reasons}})
    return dumps(as_json(explained.verdict) | {"why": _why(why, places)})


def _why(why: Explanation, places: Places) -> dict[str, Any]:
    own = why.ownership
    return {
        "signs": why.signs,
        "team": {
            "name": own.team,
            "rule": own.rule,
            "label": own.label,
            "candidates": own.candidates,
            "nearly": own.nearly,
            "members": [to_builtins(test) for test in own.tests],
            "place": places.team(own.team) if own.team else None,
        },
        "mode": {
            "policy": why.policy_mode,
            "place": places.mode(),
            "stages": [to_builtins(each) | {"place": places.stage(each)} for each in why.stages],
        },
        "blocks": why.blocks,
        "gives": [to_builtins(each) | {"place": places.line(each)} for each in why.lines],
        "requires": [
            {
                "label": each.requirement.label,
                "wanted": each.wanted,
                "value": each.value,
                "met": each.violation is None,
                "message": each.violation.message if each.violation else None,
                "place": places.requirement(each.requirement),
            }
            for each in why.requirements
        ],
        "waived": [_exempted(each.violation, each.exemption, places) for each in why.waived],
        "lapsed": [_exempted(each.violation, each.exemption, places) for each in why.lapsed],
    }


def _exempted(violation: Violation, exemption: Exemption, places: Places) -> dict[str, Any]:
    return {
        "rule": violation.rule,
        "message": violation.message,
        "exemption": exemption.name,
        "expires": exemption.expires.isoformat(),
        "reason": exemption.reason,
        "approvedBy": exemption.approved_by,
        "place": places.exemption(exemption.name),
    }
