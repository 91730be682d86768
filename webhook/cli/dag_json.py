"""One pod of one task as one line of JSON, for scripts: keys in a fixed order."""

from json import dumps
from typing import Any

from webhook.cli.dag_verdict import Finding
from webhook.cli.json_lines import as_json


def json_line(finding: Finding, *, show_pods: bool) -> str:
    """Plain ASCII. `show_pods`: with what Airflow would send, args and environment and all."""
    whole: dict[str, Any] = {
        "file": finding.file,
        "line": finding.line,
        "dag": finding.dag,
        "task": finding.task,
        "map_index": finding.map_index,
        "operator": finding.operator,
        "result": finding.result,
        "reason": finding.reason,
        "open": [{"path": one.unknown.path, "text": one.unknown.text} for one in finding.open],
        "notes": list(finding.notes),
    }
    if finding.verdict is not None:
        judged = as_json(finding.verdict)
        del judged["allowed"]
        judged["violations"] = [
            {"rule": one.rule, "message": one.message, "path": one.path, "mode": one.mode}
            for one in finding.violations
        ]
        whole |= judged
        if show_pods:
            whole["unknown"] = [{"path": one.path, "text": one.text} for one in finding.unknown]
            whole["pod"] = finding.verdict.subject.raw
            whole["posted"] = finding.posted
            whole["posted_unknown"] = list(finding.posted_unknown)
    return dumps(whole)
