"""PolicyReports of an audit: one a namespace, as `wgpolicyk8s.io/v1alpha2` has them.

| of a report | is                                                                              |
|-------------|---------------------------------------------------------------------------------|
| `summary`   | `pass`: pods and templates that break nothing; `fail`, `warn`: broken rules      |
| `results`   | a broken rule each: `fail` in enforce, `warn` in warn and in audit               |

There are 400 results at most, the failures first: at up to 2,500 bytes each that is 1 MB, and etcd
takes 1.5. Of all namespaces 40,000 are kept. How many a report leaves out stands in an annotation;
its summary counts them. A report holds
no time, so that an audit that finds the same changes nothing.
Source: the policy working group's CustomResourceDefinition, v1alpha2.
"""

from typing import Any

from msgspec import Struct

from webhook.cli.audited import Thing
from webhook.engine import Decision, Violation

API_VERSION = "wgpolicyk8s.io/v1alpha2"
KIND = "PolicyReport"
NAME = "taxiway"
MANAGED_BY = ("app.kubernetes.io/managed-by", "taxiway")
LEFT_OUT = "taxiway/left-out"
MOST_RESULTS = 400
MOST_KEPT = 40_000  # results of all namespaces: 100 MB where each message is as long as can be

Json = dict[str, Any]


class _Namespace(Struct):
    passed: int = 0
    failed: int = 0
    warned: int = 0
    failures: list[Json] = []
    warnings: list[Json] = []


class Reports:
    """Of each namespace, what will be its report."""

    def __init__(self) -> None:
        self._found: dict[str, _Namespace] = {}
        self._kept = 0

    def add(self, thing: Thing, decision: Decision) -> None:
        """A governed pod or template."""
        here = self._found.setdefault(thing.namespace, _Namespace())
        here.passed += not decision.violations
        for violation in decision.violations:
            is_failure = violation.mode == "enforce"
            here.failed += is_failure
            here.warned += not is_failure
            kept = here.failures if is_failure else here.warnings
            if len(kept) < MOST_RESULTS and self._kept < MOST_KEPT:
                self._kept += 1
                kept.append(_result(thing, decision, violation))

    def all(self, also: set[str]) -> list[Json]:
        """By namespace. `also`: those that have a report, though nothing is governed there now."""
        names = sorted(self._found.keys() | also)
        return [_report(name, self._found.get(name, _Namespace())) for name in names]


def _report(namespace: str, found: _Namespace) -> Json:
    results = [*found.failures, *found.warnings][:MOST_RESULTS]
    left = found.failed + found.warned - len(results)
    label, value = MANAGED_BY
    metadata: Json = {"name": NAME, "namespace": namespace, "labels": {label: value}}
    if left:
        metadata["annotations"] = {LEFT_OUT: str(left)}
    summary = {
        "pass": found.passed,
        "fail": found.failed,
        "warn": found.warned,
        "error": 0,
        "skip": 0,
    }
    report = {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata}
    return {**report, "summary": summary, "results": results}


def _result(thing: Thing, decision: Decision, violation: Violation) -> Json:
    is_failure = violation.mode == "enforce"
    properties = {
        "team": decision.team,
        "mode": violation.mode,
        "path": violation.path,
        "workload": decision.workload.kind if decision.workload else None,
        "revision": decision.revision,
    }
    return {
        "source": "taxiway",
        "policy": "taxiway",
        "rule": violation.rule,
        "category": "Airflow pods",
        "severity": "high" if is_failure else "medium",
        "result": "fail" if is_failure else "warn",
        "scored": is_failure,
        "message": violation.message,
        "resources": [
            {
                "apiVersion": thing.api_version,
                "kind": thing.kind,
                "namespace": thing.namespace,
                "name": thing.name,
            }
        ],
        "properties": {key: value for key, value in properties.items() if value},
    }
