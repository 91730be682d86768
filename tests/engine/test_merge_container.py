"""Rows of the table of merges: imagePullSecrets, and env and resources of the task's container."""

from typing import Any

import pytest

from tests.engine.given import Json, applies, decide, engine, operations, pod, told

BASE = "/spec/containers/0"
VARIABLE = {"name": "POOL", "value": "ours"}


def add(path: str, value: Any) -> Json:
    return {"op": "add", "path": path, "value": value}


def holding(**container: Any) -> Json:
    return pod(spec={"containers": [{"name": "base", **container}]})


SECRETS = "/spec/imagePullSecrets"


@pytest.mark.parametrize(
    ("spec", "patch"),
    [
        pytest.param({}, [add(SECRETS, []), add(f"{SECRETS}/-", {"name": "ours"})], id="absent"),
        pytest.param(
            {"imagePullSecrets": None},
            [add(SECRETS, []), add(f"{SECRETS}/-", {"name": "ours"})],
            id="null",
        ),
        pytest.param({"imagePullSecrets": []}, [add(f"{SECRETS}/-", {"name": "ours"})], id="empty"),
        pytest.param(
            {"imagePullSecrets": [{"name": "mine"}, {}]},
            [add(f"{SECRETS}/-", {"name": "ours"})],
            id="others stay before it",
        ),
        pytest.param({"imagePullSecrets": [{"name": "ours"}]}, [], id="there by its name"),
    ],
)
@pytest.mark.parametrize("on_conflict", ["deny", "keep", "override"])
def test_pull_secrets_are_appended_by_name(spec: Json, patch: list[Json], on_conflict: str) -> None:
    decision = decide(applies(on_conflict, imagePullSecrets=[{"name": "ours"}]), pod(spec=spec))
    assert (operations(decision), told(decision)) == (patch, [])


NEW_ENV = [add(f"{BASE}/env", []), add(f"{BASE}/env/-", VARIABLE)]


@pytest.mark.parametrize(
    ("container", "patch"),
    [
        pytest.param({}, NEW_ENV, id="absent"),
        pytest.param({"env": None}, NEW_ENV, id="null"),
        pytest.param({"env": []}, NEW_ENV[1:], id="empty"),
        pytest.param({"env": [{"name": "X"}]}, NEW_ENV[1:], id="others stay before it"),
        pytest.param(
            {"env": [{"name": "POOL", "value": "mine"}]}, [], id="a name that is there, any value"
        ),
        pytest.param(
            {"envFrom": [{"secretRef": {"name": "s"}}]}, [], id="envFrom: keys we cannot see"
        ),
        pytest.param({"envFrom": []}, NEW_ENV, id="envFrom of nothing hides nothing"),
    ],
)
@pytest.mark.parametrize("on_conflict", ["deny", "keep", "override"])
def test_env_is_added_by_name(container: Json, patch: list[Json], on_conflict: str) -> None:
    decision = decide(applies(on_conflict, container={"env": [VARIABLE]}), holding(**container))
    assert (operations(decision), told(decision)) == (patch, [])


@pytest.mark.parametrize(
    ("names", "at"),
    [
        (["base", "xcom"], 0),
        (["istio", "base"], 1),
        (["istio", "worker"], 0),
        (["airflow-worker"], 0),
    ],
)
def test_the_tasks_container_is_base_else_the_first(names: list[str], at: int) -> None:
    body = pod(spec={"containers": [{"name": name, "env": []} for name in names]})
    decision = decide(applies(container={"env": [VARIABLE]}), body)
    assert operations(decision) == [add(f"/spec/containers/{at}/env/-", VARIABLE)]


def test_a_pod_without_containers_gets_no_env() -> None:
    by = applies(container={"env": [VARIABLE], "resources": {"limits": {"cpu": "1"}}})
    assert operations(decide(by, pod(spec={"containers": None}))) == []


def resources(**given: Any) -> Any:
    return applies(container={"resources": given})


MADE = [add(f"{BASE}/resources", {})]
REQUEST = [add(f"{BASE}/resources/requests", {}), add(f"{BASE}/resources/requests/cpu", "1")]
LIMIT = [add(f"{BASE}/resources/limits", {}), add(f"{BASE}/resources/limits/cpu", "2")]


def left_out(what: str, quantity: str, there: str) -> tuple[str, ...]:
    return (
        f"{what} cpu={quantity} of team payments is left out: "
        f"the container's {there} does not allow it",
    )


@pytest.mark.parametrize(
    ("given", "patch", "warnings"),
    [
        pytest.param(None, [*MADE, *REQUEST, *LIMIT], (), id="resources of null"),
        pytest.param({}, [*REQUEST, *LIMIT], (), id="resources of {}"),
        pytest.param(
            {"requests": None, "limits": None}, [*REQUEST, *LIMIT], (), id="null in resources"
        ),
        pytest.param(
            {"requests": {}, "limits": {}}, [REQUEST[1], LIMIT[1]], (), id="{} in resources"
        ),
        pytest.param({"requests": {"cpu": "1500m"}}, LIMIT, (), id="only the limit is missing"),
        pytest.param({"limits": {"cpu": "1"}}, REQUEST, (), id="only the request is missing"),
        pytest.param({"requests": {"cpu": "7"}, "limits": {"cpu": "8"}}, [], (), id="both there"),
        pytest.param(
            {"limits": {"cpu": "999m"}},
            [],
            left_out("request", "1", "limit 999m"),
            id="a request above the limit that is there is left out",
        ),
        pytest.param(
            {"limits": {"cpu": "1000m"}}, REQUEST, (), id="1 is not above 1000m, its equal"
        ),
        pytest.param(
            {"requests": {"cpu": "2001m"}},
            [],
            left_out("limit", "2", "request 2001m"),
            id="a limit below the request that is there is left out",
        ),
        pytest.param({"requests": {"cpu": "2000m"}}, LIMIT, (), id="2 is not below 2000m"),
        pytest.param({"limits": {"cpu": 1}}, REQUEST, (), id="a quantity may be a number"),
        pytest.param(
            {"limits": {"cpu": "1\nexceeded quota"}},
            [],
            left_out("request", "1", "limit 1 exceeded: quota"),
            id="what is no quantity is warned of on one line",
        ),
    ],
)
def test_each_missing_request_or_limit_is_filled(
    given: Any, patch: list[Json], warnings: tuple[str, ...]
) -> None:
    by = resources(requests={"cpu": "1"}, limits={"cpu": "2"})
    decision = decide(by, holding(resources=given))
    assert (operations(decision), decision.warnings, told(decision)) == (patch, warnings, [])


def test_resources_are_made_where_there_are_none() -> None:
    by = resources(requests={"cpu": "1"}, limits={"cpu": "2"})
    assert operations(decide(by, holding())) == [*MADE, *REQUEST, *LIMIT]


GPU = "example.com/gpu"
PAIRED = [
    *MADE,
    add(f"{BASE}/resources/requests", {}),
    add(f"{BASE}/resources/requests/example.com~1gpu", "1"),
    add(f"{BASE}/resources/limits", {}),
    add(f"{BASE}/resources/limits/example.com~1gpu", "1"),
]


@pytest.mark.parametrize(
    ("given", "patch"),
    [
        pytest.param({}, PAIRED[1:], id="neither is there"),
        pytest.param({"requests": {GPU: "2"}}, [], id="a request is there"),
        pytest.param({"limits": {GPU: "2"}}, [], id="a limit is there"),
        pytest.param({"limits": {GPU: "1"}}, [], id="the same limit is there"),
    ],
)
def test_extended_resources_come_together_or_not_at_all(given: Json, patch: list[Json]) -> None:
    decision = decide(resources(limits={GPU: "1"}), holding(resources=given))
    assert (operations(decision), decision.warnings) == (patch, ())


def test_huge_pages_come_together_or_not_at_all() -> None:
    huge = resources(requests={"memory": "1Gi"}, limits={"hugepages-2Mi": "4Mi"})
    given = {"requests": {"memory": "1Gi"}, "limits": {}}
    assert operations(decide(huge, holding(resources=given))) == [
        add(f"{BASE}/resources/requests/hugepages-2Mi", "4Mi"),
        add(f"{BASE}/resources/limits/hugepages-2Mi", "4Mi"),
    ]
    half = {"requests": {"memory": "1Gi", "hugepages-2Mi": "2Mi"}}
    assert operations(decide(huge, holding(resources=half))) == []


@pytest.mark.parametrize(
    ("spec", "alone"),
    [
        pytest.param({"requests": {"cpu": "1"}}, True, id="requests of the pod"),
        pytest.param({"limits": {"cpu": "1"}}, True, id="limits of the pod"),
        pytest.param({}, False, id="{} says nothing"),
        pytest.param(None, False, id="null says nothing"),
    ],
)
def test_pods_with_resources_of_their_own_are_left_alone(spec: Any, alone: bool) -> None:
    body = pod(spec={"resources": spec})
    assert (operations(decide(resources(limits={"cpu": "2"}), body)) == []) == alone


def two_blocks(team: Json, profile: Json) -> Any:
    match = {"labels": {"capacity": "spot"}}
    return engine(
        teams={"payments": {"apply": {"container": {"resources": team}}}},
        profiles={"spot": {"match": match, "apply": {"container": {"resources": profile}}}},
    )


@pytest.mark.parametrize(
    ("team", "profile", "requests", "limits"),
    [
        pytest.param(
            {"requests": {"cpu": "1"}},
            {"limits": {"cpu": "2", "memory": "1Gi"}},
            {"cpu": "1"},
            {"cpu": "2", "memory": "1Gi"},
            id="a request of the team and a limit of the profile are two fields",
        ),
        pytest.param(
            {"requests": {"cpu": "1"}},
            {"requests": {"cpu": "3"}},
            {"cpu": "1"},
            {},
            id="of two requests the earlier wins",
        ),
        pytest.param(
            {"requests": {"cpu": "4"}},
            {"limits": {"cpu": "2"}},
            {"cpu": "4"},
            {},
            id="a later limit below an earlier request is left out",
        ),
        pytest.param(
            {"limits": {"cpu": "2"}},
            {"requests": {"cpu": "4"}},
            {},
            {"cpu": "2"},
            id="a later request above an earlier limit is left out",
        ),
    ],
)
def test_resources_of_two_blocks(team: Json, profile: Json, requests: Json, limits: Json) -> None:
    body = pod({"capacity": "spot"}, spec={"containers": [{"name": "base", "resources": {}}]})
    added = operations(decide(two_blocks(team, profile), body))
    given: dict[str, Json] = {"requests": {}, "limits": {}}
    for operation in added:
        kind, _, name = operation["path"].removeprefix(f"{BASE}/resources/").partition("/")
        if name:
            given[kind][name] = operation["value"]
    assert given == {"requests": requests, "limits": limits}
