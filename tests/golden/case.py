"""A golden case: one YAML with a pod that Airflow rendered, a policy, and what comes of them.

`request`, `policy` and `pod` are the input, `expect` the outcome. A new case begins with
`policy.yaml` and the pod of `tests/pods`; an old one keeps the policy it has.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.admission.asking import asked, review
from tests.airflow import documents
from tests.contract import patched
from tests.engine.api_server import defaulted
from tests.engine.given import Json
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

HERE = Path(__file__).parent
CASES = HERE / "cases"
REVISION = "REVISION"  # stands for the policy's own, which changes with every comma of it
REQUEST = {
    "namespace": "airflow",
    "userInfo": {"username": "system:serviceaccount:airflow:airflow-worker"},
}


def names() -> dict[str, Json]:
    """The cases that there must be, each with its pod."""
    return {
        f"{name}{suffix}": body
        for name in documents.names()
        for suffix, body in _numbered(documents.bodies(documents.document(name)))
    }


def _numbered(bodies: list[Json]) -> Iterator[tuple[str, Json]]:
    """A document that holds several pods has a case for each."""
    for count, body in enumerate(bodies, 1):
        yield (f".{count}" if len(bodies) > 1 else ""), body


def begun(body: Json) -> Json:
    """A new case, without its outcome."""
    return {"request": REQUEST, "policy": (HERE / "policy.yaml").read_text(), "pod": body}


def outcome(case: Json) -> Json:
    """What both endpoints say of the pod, first and in a second pass."""
    by = Engine(compile_policy(load([("policy.yaml", case["policy"].encode())]).spec))
    sent = review(case["pod"], **case["request"])
    mutate, first = asked("/mutate", sent, by)
    final = defaulted(patched(sent, first))
    _, again = asked("/mutate", review(final, **case["request"]), by)
    validate, said = asked("/validate", review(final, **case["request"]), by)
    record = validate.record
    expect = {
        "workload": record.workload,
        "dag": record.dag,
        "task": record.task,
        "team": record.team,
        "mutate": mutate.record.decision,
        "patch": _patch(first),
        "warnings": list(said.get("warnings", ())),
        "validate": record.decision,
        "violations": [
            {"rule": each.rule, "path": each.path, "mode": each.mode, "message": each.message}
            for each in record.violations
        ],
        "denial": record.message,
        "second pass": _patch(again),
    }
    return _without(expect, by.revision)


def _patch(response: Json) -> list[Any]:
    found: list[Any] = json.loads(base64.b64decode(response.get("patch", "W10=")))
    return found


def _without(expect: Json, revision: str) -> Json:
    told: Json = json.loads(json.dumps(expect).replace(f"@{revision}", f"@{REVISION}"))
    return told


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as they are written, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class's signature
        return True


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.ScalarNode:
    style = "|" if "\n" in data else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _text)


def write(path: Path, case: Json) -> None:
    shown = yaml.dump(case, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True)
    path.write_text(shown)


def read(path: Path) -> Json:
    case: Json = yaml.safe_load(path.read_text())
    return case
