"""The second port, for people and probes."""

import http.client
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests import contract
from tests.server.reviews import pod, review, write_policy
from tests.serving import HOST, Server, ask, running_server, until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """After one pod was patched, and three were denied, one of them in a dry run."""
    directory: Path = tmp_path_factory.mktemp("ops")
    with running_server(write_policy(directory / "policies"), directory) as running:
        running.review("/mutate", review(pod()))
        for name, dry in (("first", False), ("second", False), ("third", True)):
            sent = review(pod({"cost-center": None}, name=name), uid=name, dryRun=dry)
            done = review(contract.patched(sent, running.review("/mutate", sent)), uid=name)
            done["request"]["dryRun"] = dry
            assert not running.review("/validate", done)["allowed"]
        yield running


def test_healthz(server: Server) -> None:
    reply = server.get("/healthz")
    assert (reply.status, reply.body) == (200, b"ok\n")


def test_readyz_says_all_there_is_to_know(server: Server) -> None:
    detail = server.ready()
    revision = detail["policy"]["revision"]
    assert detail == {
        "ready": True,
        "reasons": [],
        "draining": False,
        "listener": True,
        "policy": {
            "revision": revision,
            "teams": 1,
            "since": detail["policy"]["since"],
            "age_seconds": detail["policy"]["age_seconds"],
            "last_load": {
                "result": "good",
                "at": detail["policy"]["since"],
                "errors": [],
                "in_force": "this set",
            },
            "stored_at": None,
            "last_good_load_age_seconds": detail["policy"]["age_seconds"],
            "source": {"age_seconds": detail["policy"]["source"]["age_seconds"], "error": None},
            "warnings": detail["policy"]["warnings"],
        },
        "cluster": {"leader": False, "troubles": {}},
        "shadow": None,
        "certificate": {
            "expires": detail["certificate"]["expires"],
            "expires_in_seconds": detail["certificate"]["expires_in_seconds"],
            "error": None,
        },
    }
    assert 89 * 86400 < detail["certificate"]["expires_in_seconds"] <= 90 * 86400


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_head_is_answered_as_get_without_the_body(server: Server, path: str) -> None:
    connection = http.client.HTTPConnection(HOST, server.ops_port, timeout=10)
    try:
        reply = ask(connection, "HEAD", path, None, {})
        same = ask(connection, "GET", path, None, {})  # no byte of a body was in between
    finally:
        connection.close()
    assert (reply.status, reply.body, same.status) == (200, b"", 200)
    assert reply.headers["content-type"] == same.headers["content-type"]
    assert same.body


def test_denials_as_json_newest_first(server: Server) -> None:
    denials = server.get("/denials").json()
    assert [(each["pod"], each["uid"], each["dry_run"]) for each in denials] == [
        ("third", "third", True),
        ("second", "second", False),
        ("first", "first", False),
    ]
    first = denials[-1]
    assert first["message"].startswith("pod first (dag daily, task load")
    assert {key: first[key] for key in ("team", "dag", "task", "run", "workload", "rules")} == {
        "team": "payments",
        "dag": "daily",
        "task": "load",
        "run": "run-1",
        "workload": "pod-operator",
        "rules": ["requirement"],
    }


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/denials?format=text", None), ("/denials", "text/plain"), ("/denials", "text/plain, */*")],
)
def test_denials_as_text_in_columns(server: Server, path: str, accept: str | None) -> None:
    reply = server.get(path, accept)
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    head, *rows = reply.body.decode().splitlines()
    assert head.split() == ["TIME", "NAMESPACE", "POD", "DAG", "TEAM", "RULES", "MESSAGE"]
    assert [row.split()[2] for row in rows] == ["third", "second", "first"]
    assert {row.index("pod ") for row in rows} == {head.index("MESSAGE")}


def test_a_format_that_there_is_not_is_422(server: Server) -> None:
    assert server.get("/denials?format=xml").status == 422


SERIES = {
    'taxiway_requests_total{decision="patched",endpoint="mutate",workload="pod-operator"}': 4,
    'taxiway_requests_total{decision="denied",endpoint="validate",workload="pod-operator"}': 3,
    "taxiway_request_duration_seconds_count"
    '{decision="denied",endpoint="validate",workload="pod-operator"}': 3,
    'taxiway_denials_total{rule="requirement",team="payments"}': 3,
    'taxiway_violations_total{mode="enforce",rule="requirement"}': 3,
    "taxiway_ready": 1,
    "taxiway_policy_teams": 1,
    "taxiway_policy_last_load_good": 1,
    'taxiway_policy_loads_total{result="good"}': 1,
    "taxiway_unfinished_bodies": 0,
    "taxiway_log_lines_dropped_total": 0,
}


@pytest.mark.parametrize(("series", "value"), SERIES.items(), ids=SERIES.keys())
def test_metrics(server: Server, series: str, value: float) -> None:
    name, _, rest = series.rstrip("}").partition("{")
    wanted = {f"{name}{{{','.join(order)}}}" if rest else name for order in orders(rest)}
    text = server.get("/metrics").body.decode().splitlines()
    found = [float(line.rpartition(" ")[2]) for line in text if line.rpartition(" ")[0] in wanted]
    assert found == [value]


def orders(labels: str) -> list[tuple[str, ...]]:
    """Labels in any order: it means nothing."""
    return list(permutations(labels.split(",")))


def test_metrics_are_what_prometheus_reads(server: Server) -> None:
    reply = server.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain")
    families = {each.name: each for each in text_string_to_metric_families(reply.body.decode())}
    assert families["taxiway_certificate_expiry_timestamp_seconds"].samples[0].value > 1.7e9
    info = families["taxiway_policy_info"].samples[0]
    assert info.labels == {"revision": server.ready()["policy"]["revision"]}


def test_a_directory_holds_nothing_that_is_only_planned(server: Server) -> None:
    nothing = "No policy is planned: no ConfigMap of the namespace carries taxiway/policy: shadow."
    assert server.get("/shadow?format=text").body.decode() == f"{nothing}\n"
    page = server.get("/shadow").json()
    assert (page["summary"], page["revision"], page["decided"]) == (nothing, None, 0)


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json"])
def test_pages_for_people(server: Server, path: str) -> None:
    assert server.get(path).status == 200


def test_docs_tell_of_what_is_answered_without_fastapi(server: Server) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    probed = [path for path, told in paths.items() if "head" in told]
    assert probed == ["/healthz", "/readyz", "/metrics"]
    assert {path: told["get"]["summary"] for path, told in paths.items()} == {
        "/healthz": "200 while this process lives",
        "/readyz": "200 while this replica wants requests, else 503; the detail is the same",
        "/metrics": "For Prometheus",
        "/denials": "The last 200 denials, newest first, as JSON or as text",
        "/shadow": "What the planned policies would do differently: JSON or text",
    }


@pytest.mark.parametrize("path", ["/mutate", "/validate"])
def test_admission_is_not_answered_here(server: Server, path: str) -> None:
    assert server.get(path).status == 404


def test_a_line_for_each_decided_request(server: Server) -> None:
    denied = server.lines("request")
    line = next(each for each in denied if each["decision"] == "denied")
    assert line["message"].startswith("pod first (dag daily, task load")
    kept = {key: line[key] for key in line.keys() - {"time", "ms", "revision", "message"}}
    assert kept == {
        "level": "warning",
        "event": "request",
        "uid": "first",
        "endpoint": "validate",
        "decision": "denied",
        "operation": "CREATE",
        "namespace": "airflow",
        "pod": "first",
        "workload": "pod-operator",
        "dag": "daily",
        "task": "load",
        "run": "run-1",
        "team": "payments",
        "rules": ["requirement"],
    }


def test_a_pod_in_audit_is_logged_with_its_patch_but_no_env(server: Server) -> None:
    sent = review(pod({"cost-center": "wrong"}), namespace="trial", uid="in-audit")
    assert "patch" not in server.review("/mutate", sent)
    server.review("/validate", sent)
    until("two lines", lambda: len(lines_of(server, "in-audit")) == 2)
    lines = {line["endpoint"]: line for line in lines_of(server, "in-audit")}
    patch = {operation["path"]: operation for operation in lines["mutate"]["patch"]}
    env = [operation for path, operation in patch.items() if path.startswith("/spec/containers")]
    assert env
    assert all("value" not in operation for operation in env)
    assert patch["/spec/tolerations/-"]["value"]["value"] == "payments"
    assert [each["rule"] for each in lines["validate"]["violations"]] == ["requirement"]


def test_pods_that_are_none_of_our_business_are_not_logged(server: Server) -> None:
    server.review("/mutate", review(pod({"kubernetes_pod_operator": None}), uid="not-ours"))
    server.review("/mutate", review(pod(), uid="ours"))
    until("the line of what came later", lambda: lines_of(server, "ours"))
    assert lines_of(server, "not-ours") == []


def lines_of(server: Server, uid: str) -> list[dict[str, Any]]:
    return [line for line in server.lines("request") if line["uid"] == uid]
