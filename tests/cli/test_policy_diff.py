"""`taxiway diff`: pods that were placed already, who is asked, how long it takes, and its bar."""

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import ROOT, environment, taxiway
from tests.cli.diffing import NEW, OLD, PODS, pods
from tests.conftest import Measured
from tests.engine.given import TODAY, Json, apply, request, workload_of
from webhook.cli.pod_files import PodFiles
from webhook.cli.policies import read_policies
from webhook.cli.policy_diff import DiffSettings, diff
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

MOST_SECONDS = 5.0  # of this process, for 10,000 pods and 500 teams


def engine(policies: str) -> Engine:
    return Engine(compile_policy(load(read_policies(ROOT / policies)).spec))


def placed(policies: str, body: Json) -> Json:
    """As `/mutate` leaves it; what nobody governs stays as it is."""
    if "dag_id" not in body["metadata"]["labels"]:
        return body
    asked = request(body, namespace=body["metadata"]["namespace"], user=None)
    decided = engine(policies).decide(asked, workload_of(asked), TODAY, patched=True)
    return apply(body, decided.operations)


def said(folder: Path, every: list[Json]) -> Json:
    file = folder / "pods.json"
    file.write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": every}))
    ended = taxiway("diff", OLD, NEW, "--pods", str(file), "-o", "json")
    found: Json = json.loads(ended.out)
    return found


def figures(found: Json) -> list[tuple[str, str, int]]:
    return [(each["kind"], each["team"], each["pods"]) for each in found["counts"]]


def test_placed_pods_differ_as_they_would_have_when_they_were_sent(tmp_path: Path) -> None:
    sent = said(tmp_path, pods())
    found = said(tmp_path, [placed(OLD, body) for body in pods()])
    assert figures(found) == figures(sent)
    assert found["unsure"] == 0
    assert "had been placed already" in found["notes"][1]


def test_pods_that_another_set_has_placed_are_not_sure(tmp_path: Path) -> None:
    found = said(
        tmp_path, [placed(NEW, body) for body in pods() if body["metadata"]["name"] == "load-6"]
    )
    assert found["unsure"] == 1
    assert [(each["sure"], each["kinds"]) for each in found["examples"]] == [
        (False, ["newly-admitted"])
    ]
    assert found["kinds"]["newly-admitted"] == {"pods": 1, "unsure": 1}


def review_of(operation: str, body: Json, **more: Json) -> Json:
    asked = {"uid": "u", "operation": operation, "namespace": "airflow", "object": body, **more}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": asked}


def test_an_update_differs_by_what_it_changed_and_a_deletion_never(tmp_path: Path) -> None:
    body = placed(OLD, pods()[6])
    moved = {**body, "spec": {**body["spec"], "nodeSelector": {"pool": "another"}}}
    found = said(
        tmp_path,
        [
            review_of("UPDATE", moved, oldObject=body),
            review_of("DELETE", pods()[0]),
            review_of("CREATE", pods()[0]),
        ],
    )
    assert figures(found) == [("newly-denied", "fraud", 1)]
    assert (found["pods"], found["governed"]) == (3, 2)


OPTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "no corpus": ((), "Error: Invalid value for --pods: name pods to compare by"),
    "a cluster's option without it": (
        ("--pods", PODS, "--in", "airflow"),
        "Error: Invalid value for --cluster: give it too",
    ),
}


@pytest.mark.parametrize(("words", "error"), OPTIONS.values(), ids=OPTIONS)
def test_options_that_say_too_little(words: tuple[str, ...], error: str) -> None:
    ended = taxiway("diff", OLD, NEW, *words)
    assert (ended.err.splitlines()[-1], ended.code) == (error, 2)


def test_bad_policies_are_told_as_lint_tells_them() -> None:
    bad = "tests/cli/inputs/policies-bad"
    ended = taxiway("diff", OLD, bad, "--pods", PODS)
    assert ended.err == taxiway("review", "--policies", bad, "-").err
    assert (ended.out, ended.code) == ("", 2)


def test_a_bar_on_a_terminal_shows_how_far_it_is() -> None:
    """On standard error, and gone when the answer comes."""
    terminal, theirs = pty.openpty()
    words = ("diff", OLD, NEW, "--pods", PODS, "--allow")
    ended = subprocess.run(
        [sys.executable, "-m", "webhook", *words],
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=ROOT,
        env=environment({"TERM": "xterm", "COLUMNS": "80"}),
        timeout=60,
        check=False,
    )
    os.close(theirs)
    drawn = os.read(terminal, 2**16).decode()
    os.close(terminal)
    assert "1 pods, 1 differ" in drawn
    assert drawn.endswith("\x1b[2K")  # the line is wiped
    assert ended.stdout.decode() == taxiway(*words).out


def large(folder: Path) -> tuple[Path, Path, Path]:
    """500 teams, of which 20 move and some get a requirement; 10,000 pods of 3 KB."""
    teams = {
        f"team-{at}": {
            "costCenters": [f"CC-{at}"],
            "members": {"namespaces": ["airflow"], "dags": [f"team{at}_*"]},
            "apply": {
                "labels": {"cost-center": f"CC-{at}"},
                "nodeSelector": {"pool": f"pool-{at}"},
                "tolerations": [{"key": "dedicated", "value": f"team-{at}"}],
            },
        }
        for at in range(500)
    }
    required = [{"label": "team"}, {"label": "cost-center", "from": "team.costCenters"}]
    for name in ("old", "new"):
        if name == "new":
            required.append({"label": "data-class", "match": {"teams": ["team-1*"]}})  # type: ignore[dict-item]  # a match is no text
            for at in range(20):
                teams[f"team-{at}"]["apply"] = {"nodeSelector": {"pool": "another"}}
        text = json.dumps({"apiVersion": "taxiway/v1", "requirements": required, "teams": teams})
        (folder / f"{name}.yaml").write_text(text)
    body = json.loads((ROOT / "benchmarks/pod.json").read_text())
    lines = []
    for at in range(10_000):
        dag = {"dag_id": f"team{at % 500}_daily"}
        meta = body["metadata"]
        labels = {key: meta["labels"][key] for key in meta["labels"] if key != "team"}
        named = {**meta, "name": f"pod-{at}", "namespace": "airflow", "labels": {**labels, **dag}}
        named["annotations"] = {**meta.get("annotations", {}), **dag}
        lines.append(json.dumps({**body, "metadata": named}))
    (folder / "pods.jsonl").write_text("\n".join(lines))
    return folder / "old.yaml", folder / "new.yaml", folder / "pods.jsonl"


def test_ten_thousand_pods_take_less_than_five_seconds(
    tmp_path: Path, measured: Measured, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, file = large(tmp_path)
    begun = time.process_time()
    corpus = PodFiles((str(file),), govern_all=False)
    code = diff(DiffSettings(old=old, new=new, today=TODAY, output="json"), [corpus])
    seconds = time.process_time() - begun
    measured(f"diff of 10,000 pods by 500 teams: {seconds:.1f} s of processor time")
    found = json.loads(capsys.readouterr().out)
    assert (found["governed"], code) == (10_000, 1)
    assert seconds < MOST_SECONDS
