"""What Airflow sends after the hook is what the webhook would have made of it, and leave alone."""

import json
from datetime import date
from pathlib import Path

import jsonpatch
import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings

from tests.admission.asking import admitted, asked, patch_of, review
from tests.airflow import documents
from tests.engine import generated
from tests.engine.given import TODAY, Json, engine
from tests.hook.given import Hook, as_json, v1_pod
from webhook.admission import operations_json
from webhook.engine import Engine
from webhook.hook.deciding import Outcome, decide
from webhook.hook.models import change
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

ROOT = Path(__file__).parents[2]
PODS = [name for name in documents.names() if documents.document(name)["kind"] in ("Pod", "Job")]
POLICIES = {
    "everything that can be merged": (ROOT / "tests/golden/policy.yaml").read_text(),
    "the policy that the loader is shown": (ROOT / "tests/policy/example.yaml").read_text(),
    "the examples": "\n---\n".join(
        path.read_text()
        for path in sorted((ROOT / "examples/policies").glob("*.yaml"))
        if path.stem != "tests"
    ),
    "nothing but labels": "apiVersion: taxiway/v1\nteams: {payments: {apply: {labels: {a: b}}}}",
    "in warn": "apiVersion: taxiway/v1\nmode: warn\nrequirements: [{label: team}]",
    "in audit": "apiVersion: taxiway/v1\nmode: audit\nrequirements: [{label: team}]",
}


def by(policy: str) -> Engine:
    return Engine(compile_policy(load([("policy.yaml", policy.encode())]).spec))


def hooked(engine: Engine, body: Json, today: date = TODAY) -> tuple[Json, Outcome]:
    """What is sent, and why."""
    pod = v1_pod(body)
    before = as_json(pod)
    outcome = decide(engine, before, today, is_of_job=False, own_namespace="taxiway")
    if outcome.denial is None and outcome.operations:
        operations = json.loads(operations_json(outcome.operations))
        change(pod, before, jsonpatch.apply_patch(before, operations))
    return as_json(pod), outcome


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("name", PODS)
def test_a_real_pod_is_sent_as_the_webhook_would_have_patched_it(name: str, policy: str) -> None:
    (body,) = documents.bodies(documents.document(name))
    body["metadata"].pop("ownerReferences", None)  # the Job controller's, not yet there
    namespace = body["metadata"].get("namespace", "default")
    sent = as_json(v1_pod(body))
    assert sent == body, "the model holds all of the pod"
    after, outcome = hooked(by(policy), body)
    if outcome.unsure is not None or outcome.denial is not None:
        assert after == sent
        return
    request = {"userInfo": None, "namespace": namespace}
    assert after == admitted(sent, by(policy), **request)
    _, again = asked("/mutate", review(after, **request), by(policy))
    assert patch_of(again) == []
    _, final = asked("/validate", review(after, **request), by(policy))
    assert final["allowed"]


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(body=generated.pod(), policy=generated.policy())
def test_any_pod_is_sent_as_the_webhook_would_have_patched_it(body: Json, policy: Json) -> None:
    body["metadata"]["namespace"] = "airflow"
    sent, engine_ = as_json(v1_pod(body)), engine(**policy)
    after, outcome = hooked(engine_, body)
    assume(outcome.unsure is None)
    if outcome.denial is None:
        assert after == admitted(sent, engine_, userInfo=None)
        assert admitted(after, engine_, userInfo=None) == after
    else:
        assert after == sent
        _, response = asked("/validate", review(sent, userInfo=None), engine_)
        assert not response["allowed"]


def test_a_denial_is_the_webhooks_own_word_for_word(hook: Hook) -> None:
    policy = POLICIES["the examples"]
    hook.write(policy)
    body = documents.document("af3.3.2_cncf10.25.0__ke_pod_override")
    _, response = asked("/validate", review(body, userInfo=None), by(policy))
    with pytest.raises(RuntimeError) as raised:
        hook(v1_pod(body))
    assert str(raised.value) == response["status"]["message"]


def test_the_examples_are_policies(hook: Hook) -> None:
    """So that the table above is about something."""
    assert {each["apiVersion"] for each in yaml.safe_load_all(POLICIES["the examples"])} == {
        "taxiway/v1"
    }
