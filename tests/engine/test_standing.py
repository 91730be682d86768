"""What is broken in a pod that is there: by whether the service has seen it."""

import pytest

from tests.engine.given import TODAY, Json, apply, decide, engine, pod, request, workload_of
from webhook.engine import Engine
from webhook.engine.standing import standing

COST: Json = {"label": "cost-center", "from": "team.costCenters"}
APPLY = {"nodeSelector": {"pool": "payments"}, "labels": {"cost-center": "CC-1"}}


def by(mode: str = "enforce", apply: Json = APPLY) -> Engine:
    teams = {"payments": {"costCenters": ["CC-1"], "apply": apply}}
    return engine(mode=mode, requirements=[COST], teams=teams)


def placed(body: Json) -> Json:
    return apply(body, decide(by(), body).operations)


def without_label(body: Json) -> Json:
    labels = {
        key: value for key, value in body["metadata"]["labels"].items() if key != "cost-center"
    }
    return {**body, "metadata": {**body["metadata"], "labels": labels}}


BOUND = {"nodeName": "node-1"}
Broken = list[tuple[str, str | None]]
LABEL, POOL = "/metadata/labels/cost-center", "/spec/nodeSelector/pool"
CASES: dict[str, tuple[Engine, Json, Broken]] = {
    "placed, and as it was": (by(), placed(pod()), []),
    "placed, and on a node": (by(), placed(pod(spec=BOUND)), []),
    "placed, and its label taken off": (
        by(),
        without_label(placed(pod())),
        [("requirement", LABEL), ("not-applied", LABEL)],
    ),
    "placed by another set": (
        by(apply={**APPLY, "nodeSelector": {"pool": "v2"}}),
        placed(pod()),
        [("conflict", POOL)],
    ),
    "never seen: a new one would be all right": (
        by(),
        pod(),
        [("not-applied", LABEL), ("not-applied", POOL)],
    ),
    "never seen, and a new one would be denied too": (
        by(),
        pod({"cost-center": "CC-9"}),
        [("requirement", LABEL), ("not-applied", POOL)],
    ),
    "in audit nothing is patched, so nothing is missing": (by("audit"), pod(), []),
}


@pytest.mark.parametrize(("decides", "body", "broken"), CASES.values(), ids=CASES)
def test_what_is_broken(decides: Engine, body: Json, broken: Broken) -> None:
    asked = request(body, from_cluster=True, user=None)
    found = standing(decides, asked, workload_of(asked), TODAY)
    assert [(each.rule, each.path) for each in found.violations] == broken
