"""A pod as its author sent it: what one set gave is taken off again, and what cannot be is told."""

from typing import Any

import msgspec
import pytest

from tests.engine.given import REQUIRED, Json, apply, decide, engine, pod, request, workload_of
from tests.engine.test_properties import of_all, pods_and_policies
from webhook.engine import Engine
from webhook.engine.as_sent import Sent, as_sent
from webhook.kube.pod import Pod

TERM = {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["a"]}]}
AUTHORS = {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["z"]}]}
APPLY: Json = {
    "labels": {"cost-center": "CC-1"},
    "annotations": {"note": "given"},
    "tolerations": [{"key": "dedicated", "value": "payments", "effect": "NoSchedule"}],
    "nodeSelector": {"pool": "payments"},
    "affinity": {
        "nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [TERM]}},
        "podAntiAffinity": {REQUIRED: [{"topologyKey": "zone"}]},
    },
    "topologySpreadConstraints": [
        {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}
    ],
    "priorityClassName": "batch",
    "schedulerName": "volcano",
    "runtimeClassName": "gvisor",
    "imagePullSecrets": [{"name": "registry"}],
    "iam": {"provider": "irsa", "serviceAccountName": "payments-etl"},
    "container": {
        "env": [{"name": "REGION", "value": "eu"}],
        "resources": {"requests": {"cpu": "1"}},
    },
}


def affinity(*terms: Json) -> Json:
    return {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}}


def payments(apply: Json, **more: Any) -> Engine:
    return engine(teams={"payments": {"costCenters": ["CC-1"], "apply": apply, **more}})


def placed(by: Engine, body: Json) -> Json:
    return apply(body, decide(by, body).operations)


def sent(by: Engine, body: Json) -> Sent:
    asked = request(body)
    return as_sent(by, asked, workload_of(asked))


# By the API server, from fields that go with them.
COMPUTED = ("priority", "preemptionPolicy", "overhead", "serviceAccount")


def plain(found: Pod | Json) -> Any:
    """Without what says nothing or is computed, the order of lists, and the values of variables."""
    return _plain(msgspec.to_builtins(msgspec.convert(msgspec.to_builtins(found), Pod)))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        every = {key: _plain(one) for key, one in value.items()}
        return {
            key: one
            for key, one in every.items()
            if one not in (None, {}, []) and key not in COMPUTED
        }
    if isinstance(value, list):
        return sorted((_plain(one) for one in value), key=repr)
    return value


BOTH: Json = {"matchExpressions": [*AUTHORS["matchExpressions"], *TERM["matchExpressions"]]}
OTHER = {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["b"]}]}
PODS: dict[str, tuple[Json, Json]] = {
    "a pod that had nothing of it": (APPLY, pod()),
    "a pod without its team's label": (APPLY, pod({"team": None})),
    "a pod with other labels, annotations and tolerations": (
        APPLY,
        pod(
            {"x": "1"},
            {"y": "2"},
            {"tolerations": [{"key": "spot", "operator": "Exists"}], "nodeSelector": {"z": "1"}},
        ),
    ),
    "a pod with node affinity of its own": (APPLY, pod(spec=affinity(AUTHORS))),
    "terms ANDed into each of the author's": (
        {"affinity": affinity(TERM, OTHER)["affinity"]},
        pod(spec=affinity(AUTHORS, {"matchExpressions": [{"key": "k", "operator": "Exists"}]})),
    ),
    "a wider toleration, so that none was added": (
        APPLY,
        pod(spec={"tolerations": [{"operator": "Exists"}]}),
    ),
}


@pytest.mark.parametrize(("given", "body"), PODS.values(), ids=PODS)
def test_what_was_given_is_taken_off(given: Json, body: Json) -> None:
    members = {} if "team" in body["metadata"]["labels"] else {"namespaces": ["airflow"]}
    by = payments(given, **({"members": members} if members else {}))
    found = sent(by, placed(by, body))
    assert plain(found.request.pod) == plain(body)
    assert (found.is_sure, found.was_placed) == (True, True)


def test_a_pod_that_was_never_placed_stays_as_it_is() -> None:
    body = pod({"cost-center": "CC-1"}, spec={"nodeSelector": {"pool": "payments"}})
    found = sent(payments(APPLY), body)
    assert plain(found.request.pod) == plain(body)
    assert (found.is_sure, found.was_placed) == (True, False)


def test_an_update_stays_as_it_is() -> None:
    by = payments(APPLY)
    before, after = placed(by, pod()), placed(by, pod(annotations={"note": "mine"}))
    asked = request(after, operation="UPDATE", old_pod=request(before).pod)
    assert as_sent(by, asked, workload_of(asked)) == Sent(asked)


def test_what_another_set_gave_is_not_sure() -> None:
    body = placed(payments({"nodeSelector": {"disk": "ssd"}}), pod())
    found = sent(payments({"tolerations": [{"key": "spot"}]}), body)
    assert found.request.pod.spec.node_selector == {"disk": "ssd"}
    assert (found.is_sure, found.was_placed) == (False, True)


def test_what_contradicts_the_set_stays() -> None:
    body = placed(payments({"nodeSelector": {"pool": "a"}}), pod())
    found = sent(payments({"nodeSelector": {"pool": "b"}}), body)
    assert found.request.pod.spec.node_selector == {"pool": "a"}
    assert (found.is_sure, found.was_placed) == (False, True)


@of_all
@pods_and_policies
def test_what_is_taken_off_any_pod_is_given_again(pod: Json, policy: Json) -> None:
    by = engine(**policy)
    after = placed(by, pod)
    found = sent(by, after)
    if found.was_placed and found.is_sure:
        before = msgspec.to_builtins(found.request.pod)
        assert plain(apply(before, decide(by, before).operations)) == plain(after)
