"""A verdict to hold expectations against: a pod with a label too few and tolerations of others."""

from datetime import date
from typing import Any

from tests.engine.given import engine, pod
from webhook.cli.objects import pods_in
from webhook.cli.subject import Defaults, Subject
from webhook.cli.verdict import Verdict, judge

_OTHERS = [{"key": "gpu", "operator": "Exists"}, {"key": "gpu", "value": "ml"}]


def verdict(tolerations: list[dict[str, Any]] | None = None) -> Verdict:
    given = _OTHERS if tolerations is None else tolerations
    reserved = [{"key": each["key"], "operator": "Exists"} for each in given]
    unique = list({each["key"]: each for each in reserved}.values())
    by = engine(
        requirements=[{"label": "tier", "mode": "warn"}],
        teams={"ml": {"apply": {"tolerations": unique}}, "web": {}},
    )
    body = pod({"team": "web"}, spec={"tolerations": given})
    (subject,) = pods_in(body, "pod", Defaults(namespace="airflow"))
    assert isinstance(subject, Subject)
    return judge(by, subject, date(2026, 6, 1), govern_all=False)
